//! The printer: one layout, and the steps that declarations and values share.

use super::PrintOptions;
use super::layout::Layout;
use cimarron_model::Dialect;
use std::fmt;

/// Prints onto one layout.
pub(super) struct Printer<'w, 'o> {
    pub(super) layout: Layout<'w>,
    pub(super) options: &'o PrintOptions<'o>,
    /// Whether what is printed is an instance, whose qualifiers go to no subclasses.
    pub(super) in_instance: bool,
}

impl<'w, 'o> Printer<'w, 'o> {
    pub(super) fn new(out: &'w mut dyn fmt::Write, options: &'o PrintOptions<'o>) -> Self {
        Self { layout: Layout::new(out, options.width), options, in_instance: false }
    }

    pub(super) fn end(&mut self) -> fmt::Result {
        self.layout.put(";")?;
        self.layout.newline()
    }

    pub(super) fn quotes_objects(&self) -> bool {
        self.options.dialect == Dialect::Dmtf
    }

    pub(super) fn indented(&mut self, body: impl FnOnce(&mut Self) -> fmt::Result) -> fmt::Result {
        self.indented_by(Layout::STEP, body)
    }

    pub(super) fn indented_by(
        &mut self,
        columns: usize,
        body: impl FnOnce(&mut Self) -> fmt::Result,
    ) -> fmt::Result {
        self.layout.indent(columns);
        let result = body(self);
        self.layout.outdent(columns);
        result
    }

    /// Runs `body` with its lines as comments.
    pub(super) fn commented(&mut self, body: impl FnOnce(&mut Self) -> fmt::Result) -> fmt::Result {
        let begins = self.layout.begin_comment();
        let result = body(self);
        if begins {
            self.layout.end_comment();
        }
        result
    }

    /// Parts from what went before: `, ` where text of so many columns still fits
    /// behind it with a comma or bracket of its own, else a comma and a new line.
    pub(super) fn separate(&mut self, columns: usize) -> fmt::Result {
        self.layout.put(",")?;
        if columns.saturating_add(2) <= self.layout.room() {
            self.layout.put(" ")
        } else {
            self.layout.newline()
        }
    }
}
