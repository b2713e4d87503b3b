//! LIKE over texts that lie one behind the other.
//!
//! Most patterns have a run of characters that every matching text must have, and `%run%`
//! asks for nothing else. That run is searched for in all texts at once, in a copy whose
//! ASCII letters are lower case, and where it is found the text around it is looked at.
//!
//! What is not ASCII does not get in the way: two characters beyond ASCII fold into it, the
//! Kelvin sign and the long s, and texts that have one of them are asked one by one when the
//! run has its letter.

use super::batch::Texts;
use super::mask::Mask;
use super::short::Needle;
use crate::like::{LikePattern, Literals, StringCase};
use memchr::memmem;
use std::fmt;

/// A pattern, made ready to be searched for.
#[derive(Clone)]
pub struct TextSearch {
    pattern: LikePattern,
    plan: Plan,
}

/// How the texts that match are found.
#[derive(Clone)]
enum Plan {
    /// All match.
    All,
    /// Each is asked.
    Each,
    /// Those are asked that have the run, or all of those match.
    Run(Box<Run>),
}

#[derive(Clone)]
struct Run {
    /// For all texts.
    finder: memmem::Finder<'static>,
    /// For a single one.
    needle: Needle,
    /// Whether having the run is enough.
    is_enough: bool,
    /// What beyond ASCII folds to a letter of the run.
    disguises: Vec<memmem::Finder<'static>>,
}

impl PartialEq for TextSearch {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}

impl fmt::Debug for TextSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pattern.fmt(f)
    }
}

/// Less than one text in this many is searched alone: folding all of them costs more.
const SPARSE: usize = 4;

impl TextSearch {
    pub(crate) fn new(pattern: LikePattern) -> Self {
        let folded = pattern.case() == StringCase::Folded;
        // Beyond ASCII, folding may change how many bytes a character has.
        let plan = match pattern.literals(|c| c.is_ascii() || !folded) {
            Literals::Anything => Plan::All,
            Literals::Run { text, is_enough } => match Needle::new(&text, pattern.case()) {
                Some(needle) => {
                    let disguised = [('k', "\u{212a}"), ('s', "\u{17f}")];
                    let disguises = disguised.iter().filter(|(c, _)| folded && text.contains(*c));
                    Plan::Run(Box::new(Run {
                        finder: memmem::Finder::new(&text).into_owned(),
                        needle,
                        is_enough,
                        disguises: disguises.map(|(_, from)| memmem::Finder::new(*from)).collect(),
                    }))
                }
                None => Plan::Each,
            },
            Literals::None => Plan::Each,
        };
        Self { pattern, plan }
    }

    /// The pattern.
    pub const fn pattern(&self) -> &LikePattern {
        &self.pattern
    }

    /// Keeps the rows whose texts match.
    pub(super) fn select(&self, texts: Texts<'_>, rows: &mut Mask, folded: &mut Vec<u8>) {
        let matches = |row| self.pattern.matches(texts.get(row));
        match &self.plan {
            Plan::All => {}
            Plan::Run(run) if !run.is_plain_in(texts, rows) => rows.retain(matches),
            Plan::Run(run) if rows.count() < texts.len() / SPARSE => {
                texts.touch(rows.rows());
                rows.retain(|row| {
                    run.needle.is_in(texts.get(row).as_bytes()) && (run.is_enough || matches(row))
                });
            }
            Plan::Run(run) => {
                let mut found = Mask::default();
                self.find(run, texts, rows, folded, &mut found);
                rows.intersect(&found);
            }
            Plan::Each => rows.retain(matches),
        }
    }

    /// Bytes as the run is searched for in them.
    fn folded<'b>(&self, bytes: &'b [u8], folded: &'b mut Vec<u8>) -> &'b [u8] {
        match self.pattern.case() {
            StringCase::Exact => bytes,
            StringCase::Folded => {
                folded.clear();
                folded.extend(bytes.iter().map(u8::to_ascii_lowercase));
                folded
            }
        }
    }

    /// Finds texts that match, all of those among the rows.
    fn find(
        &self,
        run: &Run,
        texts: Texts<'_>,
        rows: &Mask,
        folded: &mut Vec<u8>,
        found: &mut Mask,
    ) {
        let range = rows.range();
        let Some(last) = range.end.checked_sub(1) else { return };
        let (base, end) = (texts.span(range.start).0, texts.span(last).1);
        let area = texts.text().as_bytes().get(base..end).unwrap_or_default();
        let area = self.folded(area, folded);
        let mut row = range.start;
        let mut from = 0;
        while let Some(hit) = area.get(from..).and_then(|rest| run.finder.find(rest)) {
            let start = from + hit;
            row = texts.at_byte(base + start, row);
            let end = texts.span(row).1 - base;
            if start + run.finder.needle().len() > end {
                // It reaches into the next text.
                from = start + 1;
                continue;
            }
            if run.is_enough || rows.contains(row) && self.pattern.matches(texts.get(row)) {
                found.insert(row);
            }
            from = end;
        }
    }
}

impl Run {
    /// Whether each of the texts that has the run, case aside, has its very letters.
    fn is_plain_in(&self, texts: Texts<'_>, rows: &Mask) -> bool {
        let range = rows.range();
        if texts.is_ascii() || self.disguises.is_empty() || range.is_empty() {
            return true;
        }
        let (start, end) = (texts.span(range.start).0, texts.span(range.end - 1).1);
        let area = texts.text().as_bytes().get(start..end).unwrap_or_default();
        self.disguises.iter().all(|disguise| disguise.find(area).is_none())
    }
}
