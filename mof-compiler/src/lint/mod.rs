//! Lints: what is legal and still doubtful, MOF0500 to MOF0599.
//!
//! A lint looks at the syntax tree, for what is written and where, and at the resolved
//! classes, for what holds. Each is one function; lints on single classes get a
//! `Subject` with both, lints on files and whole compilations get the `Linted`.
//! They run after everything else and only those that somebody asked for, so a plain
//! compilation pays nothing.

mod description;
mod files;
mod key;
mod literal;
mod misspelt;
mod naming;
mod redundant;
mod shape;
mod subject;
mod table;
mod units;
mod unused;
mod value_map;
mod version;

pub use table::Lint;
pub(crate) use table::Normally;

use crate::compile::{Roots, Unit};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span};
use crate::syntax::ast::{ClassDeclaration, InstanceDeclaration};
use cimarron_model::{Dialect, Name};
use cimarron_schema::SchemaBuilder;
use indexmap::IndexMap;
use subject::Subject;

/// A compilation to look at.
pub(crate) struct Linted<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) units: &'a IndexMap<Name, Unit<'a>>,
    pub(crate) schema: &'a SchemaBuilder,
    pub(crate) dialect: Dialect,
    pub(crate) roots: &'a Roots,
}

type OfClass = fn(&Subject<'_>, &mut Report<'_>);
type OfAll = fn(&Linted<'_>, &mut Report<'_>);

impl<'a> Linted<'a> {
    /// All class declarations, by namespace and place.
    fn classes(&self) -> impl Iterator<Item = (FileId, &'a ClassDeclaration<'a>)> {
        self.units.values().flat_map(|unit| &unit.classes).map(|class| (class.file, &*class.node))
    }

    /// All instance declarations, by namespace and place.
    fn instances(&self) -> impl Iterator<Item = (FileId, &'a InstanceDeclaration<'a>)> {
        self.units.values().flat_map(Unit::declared).map(|one| (one.at.file, one.at.node))
    }
}

/// Lints on single classes, each with the codes that it may give.
const OF_CLASSES: &[(&[Lint], OfClass)] = &[
    (&[Lint::ClassWithoutDescription], description::of_class),
    (
        &[
            Lint::PropertyWithoutDescription,
            Lint::MethodWithoutDescription,
            Lint::ParameterWithoutDescription,
        ],
        description::of_members,
    ),
    (&[Lint::HollowDescription], description::hollow),
    (&[Lint::OuterBlanks], description::outer_blanks),
    (&[Lint::JoinedWords], description::joined_words),
    (&[Lint::MissingVersion], version::version),
    (&[Lint::MissingPackagePath], version::package_path),
    (&[Lint::MissingSchemaPrefix], naming::schema_prefix),
    (&[Lint::ClassNameCase], naming::class_case),
    (&[Lint::MemberNameCase], naming::member_case),
    (&[Lint::OverrideSpelling], naming::override_spelling),
    (&[Lint::MemberNamedAsClass], naming::named_as_class),
    (&[Lint::MisspeltQualifier], misspelt::qualifiers),
    (&[Lint::MisspeltReference], misspelt::references),
    (&[Lint::ValueMapWithoutValues], value_map::without_values),
    (&[Lint::ValuesWithoutValueMap], value_map::without_value_map),
    (&[Lint::PlainOctets], units::plain_octets),
    (&[Lint::UnitsWithoutPUnit], units::without_punit),
    (&[Lint::InexactKey], key::inexact),
    (&[Lint::KeyDefault], key::default),
    (&[Lint::WritableKey], key::writable),
    (&[Lint::ClassWithoutKey], key::missing),
    (&[Lint::RedundantQualifier], redundant::qualifiers),
    (&[Lint::RedundantFlavor], redundant::flavors),
    (&[Lint::IdleOverride], redundant::overrides),
    (&[Lint::TooManyParameters], shape::parameters),
    (&[Lint::MissingDirection], shape::directions),
];

/// Lints on more than one class.
const OF_ALL: &[(&[Lint], OfAll)] = &[
    (&[Lint::FileName, Lint::SeveralClasses], files::names),
    (&[Lint::RepeatedInclude], files::includes),
    (&[Lint::LeadingZero], literal::leading_zero),
    (&[Lint::UnusedAlias], unused::aliases),
    (&[Lint::UnusedQualifierType], unused::qualifier_types),
    (&[Lint::AbstractLeaf], shape::abstract_leaves),
];

/// Runs the lints that the levels of `sink` ask for.
pub(crate) fn run(linted: &Linted<'_>, sink: &mut Diagnostics) {
    let mut report = Report { sink };
    let wanted: Vec<_> = OF_CLASSES.iter().filter(|(lints, _)| report.runs_any(lints)).collect();
    if !wanted.is_empty() {
        for subject in linted.subjects() {
            for (_, lint) in &wanted {
                lint(&subject, &mut report);
            }
        }
    }
    for (lints, lint) in OF_ALL {
        if report.runs_any(lints) {
            lint(linted, &mut report);
        }
    }
}

/// Where lints say what they find.
pub(crate) struct Report<'s> {
    sink: &'s mut Diagnostics,
}

impl Report<'_> {
    fn runs_any(&self, lints: &[Lint]) -> bool {
        lints.iter().any(|lint| self.sink.levels().runs(*lint))
    }

    /// Reports a finding, if its lint runs.
    fn say(&mut self, lint: Lint, at: (FileId, Span), message: String, help: Option<String>) {
        if self.sink.levels().runs(lint) {
            let mut found = Diagnostic::new(Code::Lint(lint), at.0, at.1, message);
            found.help = help;
            self.sink.push(found);
        }
    }

    /// The same with a second place.
    fn say_beside(
        &mut self,
        lint: Lint,
        at: (FileId, Span),
        message: String,
        other: (FileId, Span, &str),
    ) {
        if self.sink.levels().runs(lint) {
            let found = Diagnostic::new(Code::Lint(lint), at.0, at.1, message);
            self.sink.push(found.with_label(other.0, other.1, other.2));
        }
    }
}
