//! From syntax trees to a schema: collect, resolve, check, lower.
//!
//! A compilation has four steps, and each goes on after a mistake so that one
//! run reports everything it can find:
//!
//! 1. `collect` sorts the declarations of all files by namespace, following
//!    `#pragma namespace`, and keeps what other directives ask for.
//! 2. `order` puts classes behind those that they need. MOF files may declare them
//!    in any order.
//! 3. `class`, `qualifier` and `value` turn declarations into `cimarron-model`
//!    types; `cimarron_schema::rules` judges them and `place` finds the text that a
//!    violation is about.
//! 4. `instances` does the same for instances, `alias` resolving their aliases and `history`
//!    knowing what their classes were before the text changed them.
//!
//! The first three are taken for all namespaces before the fourth for any (`stages`).
//!
//! What WMI's directives delete again is judged at the end, by `buried`.
//!
//! Where nothing that comes later can make a difference, `early` takes the third step for
//! a class as soon as it is parsed.

mod alias;
mod base;
mod buried;
mod circle;
mod class;
mod classes;
mod collect;
mod directive;
mod doubt;
mod early;
mod embedded;
mod filter;
mod flavors;
mod follow;
mod given;
mod gone;
mod history;
mod instance;
mod instances;
mod key;
mod limits;
mod loose;
pub(crate) mod mof3;
mod namespace;
mod order;
mod place;
mod qualifier;
mod redeclare;
mod reference;
mod roots;
mod same_defaults;
mod stages;
mod standard;
mod surroundings;
mod system;
mod unit;
mod update;
mod value;
mod waiting;

pub use base::{Base, EmptyBase};
pub(crate) use place::methods;
pub(crate) use qualifier::with_flavor;
pub(crate) use roots::Roots;
pub(crate) use system::special_classes;
pub use system::{SystemPlace, system_classes};
pub(crate) use unit::Unit;
pub use update::{Changes, Deletion, DeletionTarget, Existence, UpdateFlags, UpdateMode};

use crate::Language;
use crate::diagnostic::{Diagnostic, Diagnostics, Levels, suppress};
use crate::lint::{self, Linted};
use crate::source::{FileId, SourceMap, Sources, Span};
use alias::AliasTable;
use cimarron_model::{CimType, Dialect};
use cimarron_schema::{ArchiveBytes, SchemaBuilder, WriteError, WrittenArchive};
use early::Early;
use hashbrown::HashSet;
use std::io::{Seek, Write};

/// The namespace that declarations go to unless something says otherwise.
pub const DEFAULT_NAMESPACE: &str = "root/cimv2";

/// What a compilation follows.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// The dialect of the text.
    pub dialect: Dialect,
    /// The language of the text.
    pub language: Language,
    /// Where declarations go until a `#pragma namespace`, as `root/cimv2`.
    pub namespace: String,
    /// Which findings are allowed, warned of or denied, and which lints run.
    pub levels: Levels,
    /// How classes meet what is there, until a `#pragma classflags` (WMI).
    pub class_flags: UpdateFlags,
    /// How instances meet what is there, until a `#pragma instanceflags` (WMI).
    pub instance_flags: UpdateFlags,
    /// What becomes of the embedded objects that DMTF MOF writes as strings.
    pub embedded: EmbeddedForm,
    /// Whether the caller writes the localised part of the result by itself, as
    /// `#pragma amendment` asks for.
    pub splits: bool,
}

/// What becomes of an embedded object that DMTF MOF writes as a string of MOF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmbeddedForm {
    /// It stays the string that it is.
    #[default]
    Text,
    /// It becomes the instance that the string describes, so that queries find its members.
    Objects,
}

impl Default for CompileOptions {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            language: Language::default(),
            namespace: DEFAULT_NAMESPACE.to_owned(),
            levels: Levels::default(),
            class_flags: UpdateFlags::default(),
            instance_flags: UpdateFlags::default(),
            embedded: EmbeddedForm::default(),
            splits: false,
        }
    }
}

/// What a compilation produced.
#[derive(Debug)]
pub struct Compiled {
    /// The classes, qualifier types and instances. Worth keeping only when
    /// there were no errors.
    pub schema: SchemaBuilder,
    /// What the text does to what is there already.
    pub changes: Changes,
    /// What there was to say.
    pub diagnostics: Diagnostics,
}

/// How much a compilation produced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Classes, associations and indications included.
    pub classes: usize,
    /// Association classes.
    pub associations: usize,
    /// Indication classes.
    pub indications: usize,
    /// Qualifier declarations.
    pub qualifier_types: usize,
    /// Properties that classes expose, inherited ones counted in each class.
    pub properties: usize,
    /// Instances.
    pub instances: usize,
}

impl Compiled {
    /// Whether anything was wrong with the text.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.has_errors()
    }

    /// The bytes of an archive.
    pub fn archive(&self) -> Result<ArchiveBytes, WriteError> {
        self.schema.finish()
    }

    /// Writes the same archive to a file, from its start on, without having all of it in memory.
    pub fn write_archive(
        &self,
        target: &mut (impl Write + Seek),
    ) -> Result<WrittenArchive, WriteError> {
        self.schema.write_to(target)
    }

    /// How much was compiled.
    pub fn statistics(&self) -> Statistics {
        let mut total = Statistics::default();
        for (_, namespace) in self.schema.namespaces() {
            for class in namespace.classes() {
                total.classes += 1;
                total.associations += usize::from(class.qualifiers.is_true("Association"));
                total.indications += usize::from(class.qualifiers.is_true("Indication"));
                total.properties += class.properties.len();
            }
            total.qualifier_types += namespace.qualifier_types().len();
            total.instances += namespace.instances().len();
        }
        total
    }
}

/// Compiles sources on top of what `base` has. `diagnostics` holds what was said
/// while they were loaded, and comes back with what there is to add.
pub fn compile(
    sources: &Sources,
    options: &CompileOptions,
    base: &dyn Base,
    mut diagnostics: Diagnostics,
) -> Compiled {
    diagnostics.pass_over(sources.map());
    diagnostics.set_levels(options.levels.clone());
    let mut compiled = match options.language {
        Language::Mof2 => {
            // Lints look at trees.
            let batch = if options.levels.any_lint() { None } else { Some(early::BATCH) };
            compile_mof2(sources, options, base, diagnostics, batch)
        }
        Language::Mof3 => {
            let mut schema = SchemaBuilder::new(options.dialect);
            let changes = mof3::compile(sources, options, base, &mut schema, &mut diagnostics);
            schema.namespace(&options.namespace);
            Compiled { schema, changes, diagnostics }
        }
    };
    suppress(&mut compiled.diagnostics, sources.map());
    if sources.map().has_copies() {
        once(&mut compiled.diagnostics, sources.map());
    }
    compiled
}

/// A mistake of a file that is compiled for several namespaces is one.
fn once(diagnostics: &mut Diagnostics, map: &SourceMap) {
    let mut seen = HashSet::new();
    diagnostics.retain(|found| {
        seen.insert((found.code, map.original(found.file), found.span, found.message.clone()))
    });
}

/// Compiles MOF 2. With a `batch`, most classes are compiled when so many bytes of text
/// have been parsed; without, all at their turn, and their trees stay.
fn compile_mof2(
    sources: &Sources,
    options: &CompileOptions,
    base: &dyn Base,
    mut diagnostics: Diagnostics,
    batch: Option<u32>,
) -> Compiled {
    let mut schema = SchemaBuilder::new(options.dialect);
    let roots = Roots::new(sources);
    let system = system::SystemClasses::default();
    let context = Context {
        dialect: options.dialect,
        language: Language::Mof2,
        namespace: &options.namespace,
        embedded: options.embedded,
        base,
        roots: &roots,
        system: &system,
        types: None,
        keeps_trees: batch.is_none(),
    };
    let mut early = Early::new(&context, sources.map(), batch.unwrap_or_default());
    crate::syntax::parse_each(sources, &mut diagnostics, &mut |file, declaration| {
        early.take(file, declaration);
    });
    let mut declarations = early.finish();
    let collect::Collected { mut units, mut changes, gone, buried, .. } =
        collect::collect(&mut declarations, &roots, options, base, &mut diagnostics);
    let deleted = units.iter().filter(|(_, unit)| !unit.deleted.is_empty());
    let deleted = deleted.map(|(name, unit)| (name.clone(), unit.deleted.clone())).collect();
    let remaining = unit::Remaining { base, deleted, gone };
    let by_name = units.iter().map(|(name, unit)| (name.as_str(), unit, false));
    let gone = buried.iter().map(|(name, unit)| (name.as_str(), unit, true));
    let mut aliases = AliasTable::new(by_name.chain(gone), &roots, &mut diagnostics);
    if options.dialect == Dialect::Wmi {
        aliases.find_circles(&roots);
    }
    let stages = stages::Stages { context, remaining: &remaining, map: sources.map() };
    stages.compile(&mut units, &mut aliases, &mut schema, &mut changes, &mut diagnostics);
    let around = unit::Around { schema: &schema, base };
    let context = Context { base: &around, ..context };
    buried::judge_namespaces(buried, &aliases, sources.map(), &context, &mut diagnostics);
    // A text without any declaration still makes an archive of its namespace.
    schema.namespace(&options.namespace);
    if options.levels.any_lint() {
        let linted = Linted {
            sources,
            units: &units,
            schema: &schema,
            dialect: options.dialect,
            roots: &roots,
        };
        lint::run(&linted, &mut diagnostics);
    }
    Compiled { schema, changes, diagnostics }
}

impl Context<'_> {
    /// What the language calls a primitive type.
    pub(crate) const fn type_name(&self, cim_type: CimType) -> &'static str {
        match self.language {
            Language::Mof3 => mof3::type_name(cim_type),
            Language::Mof2 => cim_type.as_str(),
        }
    }

    /// Whether the rules of DSP0004 2.x hold that MOF 3 dropped.
    pub(crate) fn is_dmtf_mof2(&self) -> bool {
        self.dialect == Dialect::Dmtf && self.language == Language::Mof2
    }
}

/// What every step of one namespace's compilation may look at.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) language: Language,
    pub(crate) namespace: &'a str,
    pub(crate) embedded: EmbeddedForm,
    pub(crate) base: &'a dyn Base,
    pub(crate) roots: &'a Roots,
    pub(crate) system: &'a system::SystemClasses,
    /// The types of a text of MOF 3, of which some are local to others.
    pub(crate) types: Option<&'a mof3::Types<'a>>,
    /// Whether the trees of classes are wanted after their compilation.
    pub(crate) keeps_trees: bool,
}

/// A node of the syntax tree and the file that it stands in.
#[derive(Debug)]
pub(crate) struct At<'a, T> {
    pub(crate) file: FileId,
    pub(crate) node: &'a T,
}

// Derives would ask for `T: Copy`, which the reference does not need.
impl<T> Copy for At<'_, T> {}

impl<T> Clone for At<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<'a, T> At<'a, T> {
    pub(crate) const fn new(file: FileId, node: &'a T) -> Self {
        Self { file, node }
    }

    pub(crate) fn error(
        &self,
        code: crate::Code,
        span: Span,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(code, self.file, span, message)
    }
}

pub(crate) use flavors::GlobalFlavors;
