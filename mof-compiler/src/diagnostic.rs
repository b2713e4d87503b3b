//! What the compiler has to say about a text.
//!
//! The compiler never stops at the first mistake, so its stages push into one
//! [`Diagnostics`] sink and go on. The sink keeps a bounded number and counts
//! the rest: a binary file fed by accident must not cost gigabytes.

mod broken;
mod code;
mod explain;
mod levels;
mod render;
mod suppress;

pub(crate) use broken::Broken;
pub use code::{Code, Severity, UnknownCode};
pub use explain::{Example, Explanation};
pub use levels::{Group, Level, LevelError, Levels, Selector};
pub use render::Rendered;

pub(crate) use suppress::{SUPPRESSION, suppress, unsuppressed};

use crate::source::{FileId, SourceMap, Span};
use cimarron_model::Status;
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How grave it is; normally [`Code::severity`].
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The file it is about.
    pub file: FileId,
    /// The place in that file.
    pub span: Span,
    /// Further places that explain it.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// The condition, where it is more exact than that of the code.
    pub(crate) condition: Option<Status>,
}

/// A further place that a diagnostic points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub file: FileId,
    /// The place in that file.
    pub span: Span,
    /// What is there.
    pub message: String,
}

impl Diagnostic {
    /// A finding with the severity that its code has by default.
    #[cold]
    pub fn new(code: Code, file: FileId, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            file,
            span,
            labels: Vec::new(),
            help: None,
            condition: None,
        }
    }

    /// The condition that front ends report: that of the code, or of syntax errors what WMI
    /// would have expected.
    pub fn status(&self) -> Status {
        self.condition.unwrap_or_else(|| self.code.status())
    }

    /// The same with a condition that is more exact than that of the code.
    #[must_use]
    pub fn with_status(mut self, condition: Status) -> Self {
        self.condition = Some(condition);
        self
    }

    /// The same with another severity, where the dialect or an option decides.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same with a further place.
    #[must_use]
    pub fn with_label(mut self, file: FileId, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { file, span, message: message.into() });
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The finding as text: place, excerpt, carets, help.
    pub fn render<'a>(&'a self, sources: &'a SourceMap) -> Rendered<'a> {
        Rendered::new(self, sources)
    }
}

/// Collects diagnostics, up to a limit for each severity.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    limit: usize,
    /// By severity, in the order of [`Severity::ALL`].
    counts: [usize; 3],
    /// What could not be read, and would have made what others use.
    pub(crate) broken: Broken,
    /// The same by code.
    tally: BTreeMap<(Severity, Code), usize>,
    levels: Levels,
    /// The files about which less is said than there is.
    passed_over: HashMap<FileId, PassedOver>,
}

/// What is not said about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PassedOver {
    /// What is no error.
    Warnings,
    /// Anything.
    Wholly,
}

impl Default for Diagnostics {
    fn default() -> Self {
        Self::new()
    }
}

impl Diagnostics {
    /// How many findings of one severity are kept unless told otherwise.
    pub const DEFAULT_LIMIT: usize = 1_000;

    /// How many errors get advice that takes looking through many names.
    const ADVISED: usize = 100;

    /// An empty sink with the default limit.
    pub fn new() -> Self {
        Self::with_limit(Self::DEFAULT_LIMIT)
    }

    /// An empty sink that keeps `limit` findings of each severity.
    pub fn with_limit(limit: usize) -> Self {
        Self {
            kept: Vec::new(),
            limit,
            counts: [0; 3],
            tally: BTreeMap::new(),
            levels: Levels::default(),
            broken: Broken::default(),
            passed_over: HashMap::new(),
        }
    }

    /// Adds a finding, or only counts it when its severity's limit is reached. One
    /// that the levels allow is neither.
    #[cold]
    pub fn push(&mut self, mut diagnostic: Diagnostic) {
        match self.passed_over.get(&diagnostic.file) {
            Some(PassedOver::Wholly) => return,
            Some(PassedOver::Warnings) if diagnostic.severity != Severity::Error => return,
            _ => {}
        }
        let Some(severity) = self.graded(diagnostic.code, diagnostic.severity) else { return };
        diagnostic.severity = severity;
        if self.counted(diagnostic.code, severity, 1) <= self.limit {
            self.kept.push(diagnostic);
        }
    }

    /// Counts findings of a code that somebody else found and did not keep.
    pub fn omit(&mut self, code: Code, how_many: usize) {
        if let Some(severity) = self.graded(code, code.severity()).filter(|_| how_many > 0) {
            self.counted(code, severity, how_many);
        }
    }

    /// How many findings of one severity are kept.
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Whether a finding would be kept, so that it is worth saying where it is.
    pub(crate) fn keeps(&self, code: Code, severity: Severity) -> bool {
        let severity = self.graded(code, severity).unwrap_or(severity);
        self.count(severity) < self.limit
    }

    fn graded(&self, code: Code, severity: Severity) -> Option<Severity> {
        if self.levels.is_empty() { Some(severity) } else { self.levels.severity(code, severity) }
    }

    /// Counts findings and gives how many of the severity there are now.
    fn counted(&mut self, code: Code, severity: Severity, how_many: usize) -> usize {
        *self.tally.entry((severity, code)).or_default() += how_many;
        self.counts.get_mut(severity as usize).map_or(0, |count| {
            *count += how_many;
            *count
        })
    }

    /// Adds all that `other` kept, and its counts.
    pub fn append(&mut self, other: Self) {
        self.broken.append(other.broken);
        let mut dropped = other.tally;
        for diagnostic in other.kept {
            if let Some(count) = dropped.get_mut(&(diagnostic.severity, diagnostic.code)) {
                *count -= 1;
            }
            self.push(diagnostic);
        }
        for ((severity, code), count) in dropped.into_iter().filter(|(_, count)| *count > 0) {
            if let Some(severity) = self.graded(code, severity) {
                self.counted(code, severity, count);
            }
        }
    }

    /// Judges what there is, and all that comes, by other levels.
    pub fn set_levels(&mut self, levels: Levels) {
        let passed_over = std::mem::take(&mut self.passed_over);
        let new = Self { levels, passed_over, ..Self::with_limit(self.limit) };
        let before = std::mem::replace(self, new);
        self.append(before);
    }

    /// From here on nothing but errors is said about files of the search path, and nothing
    /// about those that nothing needs.
    pub(crate) fn pass_over(&mut self, map: &SourceMap) {
        self.passed_over.extend(map.searched().map(|file| (file, PassedOver::Warnings)));
        self.passed_over.extend(map.unheard().map(|file| (file, PassedOver::Wholly)));
    }

    /// The levels that findings are judged by.
    pub fn levels(&self) -> &Levels {
        &self.levels
    }

    /// Keeps only the findings that `stays` says to; the others are not counted either.
    pub(crate) fn retain(&mut self, mut stays: impl FnMut(&Diagnostic) -> bool) {
        let (counts, tally) = (&mut self.counts, &mut self.tally);
        self.kept.retain(|diagnostic| {
            let stay = stays(diagnostic);
            if !stay {
                if let Some(count) = counts.get_mut(diagnostic.severity as usize) {
                    *count = count.saturating_sub(1);
                }
                if let Some(count) = tally.get_mut(&(diagnostic.severity, diagnostic.code)) {
                    *count = count.saturating_sub(1);
                }
            }
            stay
        });
    }

    /// Keeps the first of findings that are the same; the others are not counted either.
    pub(crate) fn keep_first(&mut self) {
        let mut found = HashSet::new();
        self.retain(|d| found.insert((d.file, d.span, d.code, d.message.clone())));
    }

    /// How many findings of each severity and code there were, kept or not.
    pub fn tally(&self) -> impl Iterator<Item = (Severity, Code, usize)> {
        let some = self.tally.iter().filter(|(_, count)| **count > 0);
        some.map(|((severity, code), count)| (*severity, *code, *count))
    }

    /// The findings kept so far, in the order they were made.
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.kept
    }

    /// How many findings of this severity there were, kept or not.
    pub fn count(&self, severity: Severity) -> usize {
        self.counts.get(severity as usize).copied().unwrap_or_default()
    }

    /// Whether nothing was ever found, kept or not.
    pub(crate) fn is_untouched(&self) -> bool {
        self.tally.is_empty()
    }

    /// Whether it is still worth looking for advice that takes looking through
    /// many names. Whoever has a hundred errors has another problem than slips,
    /// and a look through all names for each would take quadratic time.
    pub(crate) fn wants_advice(&self) -> bool {
        self.count(Severity::Error) < Self::ADVISED
    }

    /// Whether there was an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many findings were counted and not kept.
    pub fn dropped(&self) -> usize {
        self.counts.iter().sum::<usize>() - self.kept.len()
    }

    /// The kept findings in the order of files and places, each once.
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        let mut kept = self.kept;
        kept.sort_by_key(|d| (d.file, d.span, d.code, d.severity));
        kept.dedup();
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: u32, code: Code) -> Diagnostic {
        Diagnostic::new(code, FileId(0), Span::new(start, start + 1), code.title())
    }

    #[test]
    fn keeps_up_to_the_limit_of_each_severity() {
        let mut sink = Diagnostics::with_limit(2);
        for start in [5, 1, 3] {
            sink.push(at(start, Code::UnexpectedToken));
        }
        sink.push(at(0, Code::StraySemicolon));
        assert_eq!((sink.count(Severity::Error), sink.count(Severity::Warning)), (3, 1));
        assert_eq!(sink.dropped(), 1);
        let mut both = Diagnostics::with_limit(3);
        both.append(sink);
        assert_eq!((both.count(Severity::Error), both.dropped()), (3, 1));
        assert_eq!(
            both.tally().collect::<Vec<_>>(),
            [
                (Severity::Error, Code::UnexpectedToken, 3),
                (Severity::Warning, Code::StraySemicolon, 1),
            ]
        );
        let mut more = both.clone();
        more.omit(Code::UnexpectedToken, 4);
        assert_eq!((more.count(Severity::Error), more.dropped()), (7, 5));
        let places: Vec<u32> = both.clone().into_sorted().iter().map(|d| d.span.start).collect();
        assert_eq!(places, [0, 1, 5]);

        let mut levels = Levels::default();
        levels.set(Selector::Group(Group::Warnings), Level::Deny).unwrap();
        both.set_levels(levels.clone());
        assert_eq!((both.count(Severity::Error), both.count(Severity::Warning)), (4, 0));
        both.retain(|d| d.code != Code::StraySemicolon);
        assert_eq!((both.count(Severity::Error), both.tally().count()), (3, 1));
        levels.set(Selector::Group(Group::Warnings), Level::Allow).unwrap();
        let mut quiet = Diagnostics::new();
        quiet.set_levels(levels);
        quiet.push(at(0, Code::StraySemicolon));
        assert_eq!((quiet.count(Severity::Warning), quiet.as_slice().len()), (0, 0));
    }
}
