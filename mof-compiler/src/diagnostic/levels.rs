//! Which findings are allowed, warned of or denied.
//!
//! Settings name a code or a group and come in order: a later one wins over an
//! earlier one, as on the command line of rustc. Some errors cannot be moved: after a
//! *hard* error there is no declaration that an archive could hold, or none whose
//! meaning is certain, so allowing it would not make the text compile.

use super::{Code, Severity, UnknownCode};
use crate::lint::{Lint, Normally};
use cimarron_model::{Dialect, suggest};
use cimarron_schema::rules::Rule;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It is passed over: not shown and not counted.
    Allow,
    /// It is a warning.
    Warn,
    /// It is an error, and nothing is written.
    Deny,
}

impl Level {
    /// Every level, the mildest first.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Warn, Self::Deny];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    const fn severity(self) -> Option<Severity> {
        match self {
            Self::Allow => None,
            Self::Warn => Some(Severity::Warning),
            Self::Deny => Some(Severity::Error),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Several codes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Whatever would be a warning.
    Warnings,
    /// The lints that `cimarron lint` warns of unless told otherwise.
    Style,
    /// The lints that run on request only.
    Pedantic,
    /// Every lint, and whatever would be a warning.
    All,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 4] = [Self::Warnings, Self::Style, Self::Pedantic, Self::All];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warnings => "warnings",
            Self::Style => "style",
            Self::Pedantic => "pedantic",
            Self::All => "all",
        }
    }

    /// Whether a lint is one of the group.
    pub(super) fn holds(self, lint: Lint) -> bool {
        match self {
            Self::Warnings => false,
            Self::Style => lint.normally() == Normally::Warn,
            Self::Pedantic => lint.normally() == Normally::Allow,
            Self::All => true,
        }
    }

    pub(super) const fn holds_warnings(self) -> bool {
        matches!(self, Self::Warnings | Self::All)
    }
}

/// What a level is set for: `MOF0501`, `warnings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Selector {
    /// Several codes.
    Group(Group),
    /// One code.
    Code(Code),
}

/// A selector that selects nothing, or a level that a code cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// Neither a code nor a group.
    #[error("{error}{}", did_you_mean(.error, .similar.as_deref()))]
    Unknown {
        /// Why it is no code.
        error: UnknownCode,
        /// The group that is probably meant.
        similar: Option<String>,
    },
    /// A hard error stays one.
    #[error(
        "{code} ({}) is always an error and cannot be set to `{level}`: what it is about \
         cannot be compiled; `cimarron explain {code}` says what to do",
        code.title()
    )]
    Hard {
        /// The error.
        code: Code,
        /// The level that was asked for.
        level: Level,
    },
}

fn did_you_mean(error: &UnknownCode, similar: Option<&str>) -> String {
    if let Some(similar) = similar {
        return format!("; did you mean `{similar}`?");
    }
    let near: Vec<&str> = error.near().into_iter().map(Code::as_str).collect();
    if near.is_empty() {
        let groups = Group::ALL.map(Group::as_str).join(", ");
        return format!(", and groups are {groups}");
    }
    format!("; near it are {}", near.join(", "))
}

impl Selector {
    /// Refuses a level that the code cannot have.
    pub(super) fn check(self, level: Level) -> Result<(), LevelError> {
        match self {
            Self::Code(code) if code.is_hard() && level != Level::Deny && !code.may_warn() => {
                Err(LevelError::Hard { code, level })
            }
            _ => Ok(()),
        }
    }
}

impl FromStr for Selector {
    type Err = LevelError;

    fn from_str(text: &str) -> Result<Self, LevelError> {
        let group = Group::ALL.into_iter().find(|g| g.as_str().eq_ignore_ascii_case(text));
        if let Some(group) = group {
            return Ok(Self::Group(group));
        }
        text.parse().map(Self::Code).map_err(|error| {
            let similar = suggest::nearest(text, Group::ALL.map(Group::as_str)).map(str::to_owned);
            LevelError::Unknown { error, similar }
        })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Group(group) => group.as_str(),
            Self::Code(code) => code.as_str(),
        })
    }
}

impl Code {
    /// Whether the code is always an error: it can be neither allowed nor lowered to a
    /// warning. After any other error the declaration still has one meaning that an
    /// archive can hold, and another compiler or dialect accepts it. Of the rules on
    /// classes those are hard on which names, slots, keys and paths rest.
    pub fn is_hard(self) -> bool {
        if self.severity() != Severity::Error {
            return false;
        }
        match self {
            Self::Rule(rule) => matches!(
                rule,
                Rule::MissingSuperclass
                    | Rule::CircularSuperclass
                    | Rule::HierarchyTooDeep
                    | Rule::InvalidClassName
                    | Rule::ClassNameTooLong
                    | Rule::TooManyProperties
                    | Rule::AssociationAndIndication
                    | Rule::SingletonWithKey
                    | Rule::LeadingUnderscore
                    | Rule::DuplicateProperty
                    | Rule::PropertyTypeChanged
                    | Rule::ReferenceWidened
                    | Rule::NewKeyInSubclass
                    | Rule::KeyType
                    | Rule::KeyInheritanceChanged
                    | Rule::InvalidMemberName
                    | Rule::PropertyNameTooLong
                    | Rule::DuplicateMethod
                    | Rule::DuplicateParameter
                    | Rule::ReservedParameterName
                    | Rule::MethodNameTooLong
                    | Rule::InvalidParameterId
                    | Rule::ReservedQualifier
                    | Rule::QualifierNameTooLong
            ),
            _ => !matches!(
                self,
                Self::AliasCircle
                    | Self::DuplicateClass
                    | Self::DuplicateQualifierType
                    | Self::DuplicateQualifier
                    | Self::MissingScope
                    | Self::WmiForm
                    | Self::UnknownPragma
                    | Self::NothingToDelete
            ),
        }
    }

    /// Whether all findings of the code are errors that stay errors in a dialect.
    pub fn is_hard_in(self, dialect: Dialect) -> bool {
        let warns = self.warns_somewhere() || (dialect == Dialect::Wmi && self.warns_in_wmi());
        self.is_hard() && !warns
    }

    /// The group of a lint: `style` or `pedantic`.
    pub fn group(self) -> Option<Group> {
        let Self::Lint(lint) = self else { return None };
        [Group::Style, Group::Pedantic].into_iter().find(|group| group.holds(lint))
    }

    /// Hard errors that are warnings in some form; the warning can be moved.
    const fn may_warn(self) -> bool {
        self.warns_in_wmi() || self.warns_somewhere()
    }

    /// Hard errors that are warnings in comments, or in the paths of includes.
    const fn warns_somewhere(self) -> bool {
        matches!(self, Self::Encoding | Self::UnknownEscape)
    }

    /// Hard errors that WMI only warns of, in all or some forms.
    const fn warns_in_wmi(self) -> bool {
        matches!(
            self,
            Self::TypeMismatch
                | Self::PathKeys
                | Self::QualifierValue
                | Self::InvalidDateTime
                | Self::ValueLength
                | Self::ValueBounds
                | Self::Rule(Rule::ReferenceWidened)
        )
    }
}

/// The level of every code.
///
/// ```
/// use cimarron_mof::diagnostic::{Level, Levels};
///
/// let mut levels = Levels::default();
/// levels.set("warnings".parse()?, Level::Deny)?;
/// levels.set("MOF0023".parse()?, Level::Allow)?;
/// assert!(levels.set("MOF0100".parse()?, Level::Allow).is_err());
/// # Ok::<(), cimarron_mof::diagnostic::LevelError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    codes: BTreeMap<Code, Level>,
    /// What becomes of warnings that have no level of their own.
    warnings: Option<Level>,
    /// Whether lints without a level of their own are what they normally are.
    linting: bool,
}

impl Levels {
    /// The levels of a lint run: each lint is what it normally is.
    pub fn linting() -> Self {
        Self { linting: true, ..Self::default() }
    }

    /// Sets a level; what was set before for the same codes is forgotten.
    ///
    /// # Errors
    /// [`LevelError::Hard`] when the code is always an error and the level is not.
    pub fn set(&mut self, selector: Selector, level: Level) -> Result<(), LevelError> {
        selector.check(level)?;
        match selector {
            Selector::Code(code) => drop(self.codes.insert(code, level)),
            Selector::Group(group) => self.set_group(group, level),
        }
        Ok(())
    }

    fn set_group(&mut self, group: Group, level: Level) {
        for lint in Lint::ALL.iter().filter(|lint| group.holds(**lint)) {
            self.codes.insert(Code::Lint(*lint), level);
        }
        if group.holds_warnings() {
            self.warnings = Some(level);
            for set in self.codes.values_mut().filter(|set| **set == Level::Warn) {
                *set = level;
            }
        }
    }

    /// Whether no finding is changed and no lint runs.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.warnings.is_none() && !self.linting
    }

    /// Whether some lint runs.
    pub(crate) fn any_lint(&self) -> bool {
        !self.is_empty() && Lint::ALL.iter().any(|lint| self.runs(*lint))
    }

    /// Whether a lint runs.
    pub(crate) fn runs(&self, lint: Lint) -> bool {
        match self.codes.get(&Code::Lint(lint)) {
            Some(level) => *level != Level::Allow,
            None => {
                self.linting
                    && lint.normally() == Normally::Warn
                    && self.warnings != Some(Level::Allow)
            }
        }
    }

    /// The severity of a finding that would have `severity`; `None` to pass it over.
    pub fn severity(&self, code: Code, severity: Severity) -> Option<Severity> {
        if severity == Severity::Error && code.is_hard() {
            return Some(severity);
        }
        match self.codes.get(&code) {
            Some(level) => level.severity(),
            None if severity == Severity::Warning => {
                self.warnings.map_or(Some(severity), Level::severity)
            }
            None => Some(severity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(settings: &[(&str, Level)]) -> Levels {
        let mut levels = Levels::default();
        for (selector, level) in settings {
            levels.set(selector.parse().unwrap(), *level).unwrap();
        }
        levels
    }

    #[test]
    fn the_last_setting_wins() {
        use Level::{Allow, Deny, Warn};
        let (soft, stray) = (Code::Rule(Rule::QualifierScope), Code::StraySemicolon);
        for (settings, code, expected) in [
            (&[][..], stray, Some(Severity::Warning)),
            (&[("MOF0023", Deny)], stray, Some(Severity::Error)),
            (&[("MOF0023", Deny), ("mof23", Allow)], stray, None),
            (&[("warnings", Deny)], stray, Some(Severity::Error)),
            (&[("all", Deny)], stray, Some(Severity::Error)),
            (&[("warnings", Allow)], stray, None),
            (&[("warnings", Deny), ("MOF0023", Warn)], stray, Some(Severity::Warning)),
            (&[("MOF0023", Warn), ("warnings", Deny)], stray, Some(Severity::Error)),
            (&[("MOF0023", Allow), ("warnings", Deny)], stray, None),
            (&[], soft, Some(Severity::Error)),
            (&[("MOF0161", Allow)], soft, None),
            (&[("MOF0161", Warn)], soft, Some(Severity::Warning)),
            (&[("161", Warn), ("warnings", Deny)], soft, Some(Severity::Error)),
            (&[("all", Allow)], soft, Some(Severity::Error)),
        ] {
            let found = levels(settings).severity(code, code.severity());
            assert_eq!(found, expected, "{settings:?} {code}");
        }
    }

    #[test]
    fn hard_errors_stay() {
        let mut set = Levels::default();
        for level in [Level::Allow, Level::Warn] {
            let refused = set.set("MOF0100".parse().unwrap(), level).unwrap_err();
            assert!(refused.to_string().contains("always an error"), "{refused}");
        }
        set.set("MOF0100".parse().unwrap(), Level::Deny).unwrap();
        // Integers for strings are warned of in WMI, other wrong types never.
        set.set("MOF0220".parse().unwrap(), Level::Allow).unwrap();
        let mismatch = Code::TypeMismatch;
        assert_eq!(set.severity(mismatch, Severity::Error), Some(Severity::Error));
        assert_eq!(set.severity(mismatch, Severity::Warning), None);
        for (code, expected) in [
            ("MOF0002", [false, false]),
            ("MOF0012", [false, false]),
            ("MOF0100", [true, true]),
            ("MOF0124", [false, true]),
            ("MOF0220", [false, true]),
            ("MOF0238", [false, true]),
        ] {
            let code: Code = code.parse().unwrap();
            let hard = [Dialect::Wmi, Dialect::Dmtf].map(|dialect| code.is_hard_in(dialect));
            assert_eq!(hard, expected, "{code}");
        }
    }

    #[test]
    fn lints_run_when_asked_for() {
        use Level::{Allow, Deny, Warn};
        let (normal, taste) = (Lint::MissingVersion, Lint::SeveralClasses);
        let linting = |settings: &[(&str, Level)]| {
            let mut levels = Levels::linting();
            for (selector, level) in settings {
                levels.set(selector.parse().unwrap(), *level).unwrap();
            }
            (levels.runs(normal), levels.runs(taste))
        };
        assert!(!Levels::default().any_lint());
        assert!(levels(&[("MOF0514", Warn)]).any_lint());
        assert!(!levels(&[("warnings", Deny)]).any_lint());
        assert_eq!(linting(&[]), (true, false));
        assert_eq!(linting(&[("pedantic", Warn)]), (true, true));
        assert_eq!(linting(&[("all", Deny), ("MOF0504", Allow)]), (false, true));
        assert_eq!(linting(&[("style", Allow)]), (false, false));
        assert_eq!(linting(&[("warnings", Allow)]), (false, false));
    }

    #[test]
    fn selectors_that_select_nothing_say_what_there_is() {
        for (text, expected) in [
            ("warning", "did you mean `warnings`?"),
            ("MOF9999", "near it are"),
            ("??", "groups are warnings, style, pedantic, all"),
        ] {
            let error = text.parse::<Selector>().unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
