//! Lines, columns, tokens and comments.

use super::shape::width;
use super::switches::Heeded;
use super::tokens::{Comment, Delimiter, Kind, Tok, indentation};

/// Columns per level of nesting.
pub(super) const STEP: usize = 4;

/// Writes tokens and their comments, and knows where on the line it is.
pub(super) struct Printer<'a> {
    /// The text that is formatted.
    pub(super) source: &'a str,
    pub(super) out: String,
    pub(super) width: usize,
    /// The column where a line that begins now begins.
    pub(super) indent: usize,
    column: usize,
    at_start: bool,
    /// Whether a comment ended the line.
    must_break: bool,
    space: bool,
    /// Whether the comments above the next token have been written.
    led: bool,
    /// The lines ended so far.
    pub(super) lines: usize,
    pub(super) heeded: Heeded,
}

impl<'a> Printer<'a> {
    pub(super) fn new(source: &'a str, width: usize) -> Self {
        Self {
            source,
            out: String::with_capacity(source.len() + source.len() / 8),
            width,
            indent: 0,
            column: 0,
            at_start: true,
            must_break: false,
            space: false,
            led: false,
            lines: 0,
            heeded: Heeded::default(),
        }
    }

    /// The column where the next text goes, without a space before it.
    fn here(&self) -> usize {
        if self.at_start || self.must_break { self.indent } else { self.column }
    }

    /// Whether so many columns fit on this line behind a space or none.
    pub(super) fn fits(&self, space: bool, columns: usize) -> bool {
        let space = usize::from(space && !self.at_start && !self.must_break);
        self.here() + space + columns <= self.width
    }

    pub(super) fn newline(&mut self) {
        self.out.push('\n');
        self.lines += 1;
        (self.at_start, self.must_break, self.space, self.column) = (true, false, false, 0);
    }

    /// Ends the line if anything stands on it.
    pub(super) fn fresh_line(&mut self) {
        if !self.at_start {
            self.newline();
        }
    }

    fn blank_line(&mut self) {
        self.fresh_line();
        if !self.out.is_empty() && !self.is_below_blank() {
            self.out.push('\n');
            self.lines += 1;
        }
    }

    /// Whether the last line is blank; one that was copied may hold white space.
    fn is_below_blank(&self) -> bool {
        let lines = self.out.strip_suffix('\n').unwrap_or(&self.out);
        lines.trim_end_matches([' ', '\t']).ends_with('\n')
    }

    pub(super) const fn space(&mut self) {
        self.space = true;
    }

    /// Writes text, which may hold line breaks only within comments.
    pub(super) fn put(&mut self, text: &str) {
        if self.must_break {
            self.newline();
        }
        if self.at_start {
            self.out.extend(std::iter::repeat_n(' ', self.indent));
            self.column = self.indent;
        } else if self.space {
            self.out.push(' ');
            self.column += 1;
        }
        (self.at_start, self.space) = (false, false);
        self.out.push_str(text);
        self.column += width(text);
    }

    /// Writes a token with its comments.
    pub(super) fn token(&mut self, tok: &Tok<'_>, space: bool) {
        self.space |= space;
        if !std::mem::take(&mut self.led) {
            self.comments_of(tok, 0, None);
        }
        self.space |= space;
        if tok.text.starts_with('#') {
            self.put("#");
            self.put(tok.text.trim_start_matches(['#', ' ', '\t']));
        } else {
            self.put(tok.text);
        }
        self.trailing(tok);
    }

    /// Writes a string literal, given without its quotes.
    pub(super) fn literal(&mut self, raw: &str) {
        self.led = false;
        self.put("\"");
        self.put(raw);
        self.put("\"");
    }

    /// Writes the comments behind a token.
    pub(super) fn trailing(&mut self, tok: &Tok<'_>) {
        for comment in &tok.trailing {
            self.space = true;
            self.comment(comment);
        }
        self.must_break |= !tok.trailing.is_empty();
    }

    /// Writes the comments above a token from the one numbered `from` on, with
    /// the blank lines between them, and has [`token`](Self::token) not repeat
    /// them. `first`: whether nothing stands before in the block.
    pub(super) fn lead(&mut self, tok: &Tok<'_>, from: usize, first: bool) {
        self.comments_of(tok, from, Some(first));
        self.led = true;
    }

    /// Has [`token`](Self::token) write no comments above the next one.
    pub(super) const fn without_lead(&mut self) {
        self.led = true;
    }

    /// Writes the comments above a token from one to another, and ends the line.
    pub(super) fn lead_to(&mut self, tok: &Tok<'_>, from: usize, to: usize, first: bool) {
        for (n, comment) in tok.leading.iter().enumerate().take(to + 1).skip(from) {
            if n > from && comment.newlines == 0 {
                self.space = true;
            } else {
                self.start_line(comment, n > from || !first);
            }
            self.comment(comment);
            if comment.ends_line {
                self.newline();
            }
        }
        self.fresh_line();
    }

    /// `blanks`: whether blank lines are kept, and whether nothing stands before.
    fn comments_of(&mut self, tok: &Tok<'_>, from: usize, blanks: Option<bool>) {
        let mut first = blanks.unwrap_or(true);
        // `{ /* nothing */ }`
        let alone = tok.kind == Kind::Close(Delimiter::Brace) && self.out.ends_with('{');
        for (n, comment) in tok.leading.iter().enumerate().skip(from) {
            let keeps_blank = blanks.is_some() && !first;
            let follows = n > from && comment.newlines == 0;
            if comment.above && !follows {
                self.start_line(comment, keeps_blank);
            } else if keeps_blank && comment.newlines > 1 {
                self.blank_line();
            }
            self.space |= follows || tok.kind.is_tight();
            self.comment(comment);
            if comment.ends_line {
                self.newline();
            } else {
                self.space = alone || !tok.kind.is_tight();
            }
            first = false;
        }
        if tok.newlines > 1 && blanks.is_some() && !first && self.at_start {
            self.blank_line();
        }
    }

    /// Begins a line for a comment, below a blank one where there was one.
    fn start_line(&mut self, comment: &Comment<'_>, keeps_blank: bool) {
        if keeps_blank && comment.newlines > 1 {
            self.blank_line();
        }
        self.fresh_line();
    }

    /// Writes every comment above a token on a line of its own.
    pub(super) fn comments_above(&mut self, tok: &Tok<'_>, from: usize, first: bool) {
        self.lead_to(tok, from, tok.leading.len(), first);
    }

    /// Writes a comment; the further lines of one that begins its line, or began it, move
    /// with it.
    pub(super) fn comment(&mut self, comment: &Comment<'_>) {
        let mut lines = comment.text.split('\n');
        let first = lines.next().unwrap_or_default().trim_end();
        let begins_line = self.at_start || self.must_break;
        self.put(first);
        let start = self.column.saturating_sub(width(first));
        // One that begins a line now will be seen to have begun it.
        let column = comment.column.or(begins_line.then_some(start));
        for line in lines {
            self.out.push('\n');
            self.lines += 1;
            let words = line.trim_start_matches([' ', '\t']);
            let blank = line.get(..line.len() - words.len()).unwrap_or_default();
            self.column = 0;
            if !words.trim_end().is_empty() {
                match column {
                    Some(column) => {
                        self.column = (indentation(blank) + start).saturating_sub(column);
                        self.out.extend(std::iter::repeat_n(' ', self.column));
                    }
                    None => {
                        self.out.push_str(blank);
                        self.column = width(blank);
                    }
                }
                self.out.push_str(words.trim_end());
                self.column += width(words.trim_end());
            }
        }
    }

    /// Writes part of the source as it is; it begins and ends a line.
    pub(super) fn verbatim(&mut self, from: usize, to: usize) {
        let text = self.source.get(from..to).unwrap_or_default();
        let text = text.trim_start_matches([' ', '\t']);
        self.fresh_line();
        self.out.push_str(text.strip_prefix('\n').unwrap_or(text));
        self.at_start = self.out.is_empty() || self.out.ends_with('\n');
    }
}
