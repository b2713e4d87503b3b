//! Text that is not to be formatted, and switches that switch nothing.

use super::printer::Printer;
use super::tokens::{Comment, Tok};
use super::tree::Statement;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};
use std::ops::Range;

/// What begins a switch, after `//` and blanks.
pub(super) const MARK: &str = "cimarron-fmt:";

/// Where the printing of statements goes on.
pub(super) struct Resume {
    pub(super) statement: usize,
    pub(super) comment: usize,
}

/// The first token of a statement.
pub(super) fn tok_at<'s, 'a>(statements: &'s [Statement<'a>], at: usize) -> Option<&'s Tok<'a>> {
    statements.get(at).and_then(Statement::first)
}

/// What the printer did about switches, in the order of the text.
#[derive(Default)]
pub(super) struct Heeded {
    /// Where the switches begin that it heeded.
    switches: Vec<usize>,
    /// What it left as it was.
    copied: Vec<Range<usize>>,
}

impl Printer<'_> {
    /// Writes the comments up to the one that switches formatting off, then the
    /// source as it is up to the one that switches it on, or to the end of the
    /// block, where there is nothing to go on with.
    pub(super) fn switched_off(
        &mut self,
        statements: &[Statement<'_>],
        from: &Resume,
        off: usize,
        first: bool,
        end: &Tok<'_>,
    ) -> Option<Resume> {
        let tok = tok_at(statements, from.statement).unwrap_or(end);
        self.lead_to(tok, from.comment, off, first);
        let switch = tok.leading.get(off)?;
        self.heeded.switches.push(switch.start);
        let start = switch.end();
        let toks = (from.statement..=statements.len())
            .map(|at| (at, tok_at(statements, at).unwrap_or(end)));
        let mut skip = off + 1;
        for (statement, tok) in toks {
            let mut comments = tok.leading.iter().enumerate().skip(skip);
            if let Some((comment, on)) = comments.find(|(_, c)| c.switches("on")) {
                self.heeded.switches.push(on.start);
                let text = self.source.get(start..on.start).unwrap_or_default();
                // It stands on a line of its own, which is formatted.
                self.copy(start, start + text.trim_end_matches([' ', '\t']).len());
                return Some(Resume { statement, comment });
            }
            skip = 0;
        }
        let text = self.source.get(start..end.start).unwrap_or_default();
        self.copy(start, start + text.trim_end().len());
        None
    }

    /// Copies lines of the source.
    fn copy(&mut self, start: usize, end: usize) {
        self.heeded.copied.push(start..end);
        self.verbatim(start, end);
        self.fresh_line();
    }
}

impl Heeded {
    /// Whether a switch did something, or stands where formatting is off anyway.
    fn has(&self, switch: &Switch) -> bool {
        let start = switch.place.start;
        let before = self.copied.partition_point(|copied| copied.start <= start);
        let copied = before.checked_sub(1).and_then(|last| self.copied.get(last));
        self.switches.binary_search(&start).is_ok()
            || (switch.word == "off" && copied.is_some_and(|copied| copied.contains(&start)))
    }
}

/// A comment that is written to the formatter.
pub(super) struct Switch {
    pub(super) place: Range<usize>,
    word: String,
}

impl Switch {
    /// The switches among the comments of tokens.
    pub(super) fn among<'t, 'a: 't>(toks: impl Iterator<Item = &'t Tok<'a>>) -> Vec<Self> {
        let of = |comment: &Comment<'_>| {
            let word = comment.instruction()?.to_owned();
            Some(Self { place: comment.start..comment.end(), word })
        };
        let comments = toks.flat_map(|tok| tok.leading.iter().chain(&tok.trailing));
        let mut found: Vec<Self> = comments.filter_map(of).collect();
        found.sort_by_key(|switch| switch.place.start);
        found
    }

    /// Those of them that nothing came of.
    pub(super) fn unheeded(all: Vec<Self>, heeded: &Heeded) -> impl Iterator<Item = Self> {
        all.into_iter().filter(|switch| !heeded.has(switch))
    }

    /// What is to be said of it.
    pub(super) fn finding(&self, span: Span) -> Diagnostic {
        let word = &self.word;
        let is_known = matches!(word.as_str(), "off" | "on");
        let (message, help) = if is_known {
            let help = "a switch is a line comment on a line of its own between declarations, \
                        features or values of properties, and `on` stands below an `off` of \
                        the same block";
            (format!("the switch `{word}` has no effect here"), help)
        } else {
            (format!("`{word}` is no switch of the formatter"), "write `off` or `on`")
        };
        Diagnostic::new(Code::UnheededComment, FileId::default(), span, message).with_help(help)
    }
}
