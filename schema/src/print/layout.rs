//! Lines, columns and indentation.

use std::fmt;

/// A writer that knows its column, and indents each line when the first text of
/// that line arrives (so blank lines stay empty).
pub(super) struct Layout<'w> {
    out: &'w mut dyn fmt::Write,
    width: usize,
    column: usize,
    indent: usize,
    /// The column where lines become comments, while they do.
    comment: Option<usize>,
    at_start: bool,
}

const COMMENT: &str = "// ";

impl<'w> Layout<'w> {
    /// Columns per level of nesting.
    pub(super) const STEP: usize = 4;

    pub(super) fn new(out: &'w mut dyn fmt::Write, width: usize) -> Self {
        Self { out, width, column: 0, indent: 0, comment: None, at_start: true }
    }

    /// Writes text that holds no line break.
    pub(super) fn put(&mut self, text: &str) -> fmt::Result {
        if self.at_start {
            self.at_start = false;
            self.column = self.indent + self.prefix();
            let margin = self.comment.unwrap_or(self.indent);
            write!(self.out, "{:margin$}", "")?;
            if self.comment.is_some() {
                let rest = self.indent.saturating_sub(margin);
                write!(self.out, "{COMMENT}{:rest$}", "")?;
            }
        }
        self.column += text.chars().count();
        self.out.write_str(text)
    }

    /// Ends the line.
    pub(super) fn newline(&mut self) -> fmt::Result {
        self.at_start = true;
        self.out.write_char('\n')
    }

    /// Indents the lines that begin from here on by `columns` more.
    pub(super) const fn indent(&mut self, columns: usize) {
        self.indent += columns;
    }

    /// Takes back an [`indent`](Self::indent).
    pub(super) const fn outdent(&mut self, columns: usize) {
        self.indent = self.indent.saturating_sub(columns);
    }

    /// Whether lines are being written as comments.
    pub(super) const fn in_comment(&self) -> bool {
        self.comment.is_some()
    }

    /// Has the lines that begin from here on written as comments, and says
    /// whether they were not before.
    pub(super) const fn begin_comment(&mut self) -> bool {
        let begins = self.comment.is_none();
        if begins {
            self.comment = Some(self.indent);
        }
        begins
    }

    /// Ends the comments that a [`begin_comment`](Self::begin_comment) began.
    pub(super) const fn end_comment(&mut self) {
        self.comment = None;
    }

    /// The columns left on this line.
    pub(super) fn room(&self) -> usize {
        let used = if self.at_start { self.indent + self.prefix() } else { self.column };
        self.width.saturating_sub(used)
    }

    /// The columns that the next line will offer.
    pub(super) fn next_room(&self) -> usize {
        self.width.saturating_sub(self.indent + self.prefix())
    }

    const fn prefix(&self) -> usize {
        if self.comment.is_some() { COMMENT.len() } else { 0 }
    }
}
