//! `cimarron show`: the classes of an archive as MOF, JSON, CIM-XML, a diagram or a tree.

use crate::args::{ClassFormat, ShowArgs, Shown, SyncMode, usage};
use crate::core::data::{Data, Expect};
use crate::core::open_archive;
use crate::core::transfer::archive_of_namespace;
use crate::failure::{Failure, Stop};
use crate::output::classes::{write_classes, write_namespace};
use crate::output::{json_lines, stdout, tree};
use cimarron_model::{Class, Dialect, Name, Status, fold};
use cimarron_mof::DEFAULT_NAMESPACE;
use cimarron_mof::emit::mermaid::{DiagramOptions, write_diagram};
use cimarron_mof::emit::{cimxml, needs_pragma, write_namespace_pragma};
use cimarron_schema::{Archive, ClassForm, ClassView, SchemaView, class_in_locale, is_locale};
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;

pub(crate) fn run(args: &ShowArgs) -> Result<(), Stop> {
    if args.tree && args.format != ClassFormat::Mof {
        return Err(usage("--tree draws a tree; leave out --format").into());
    }
    if args.neighbours && args.format != ClassFormat::Mermaid {
        return Err(usage("--neighbours needs --format mermaid").into());
    }
    let classes = args.classes();
    if args.neighbours && classes.is_empty() {
        return Err(usage("--neighbours needs a CLASS").into());
    }
    let archive = match args.source() {
        Shown::Archive(path) => open_archive(path)?,
        Shown::Data(folder) => {
            classes_in(folder, args.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE))?
        }
    };
    let form = if args.local { ClassForm::Local } else { ClassForm::Resolved };
    let namespace = match args.source() {
        Shown::Archive(_) => args.namespace.as_deref(),
        Shown::Data(_) => None,
    };
    let reading = Reading { archive: &archive, form, namespace, locales: &args.locale };
    reading.has_namespace()?;
    let chosen = choose(reading, &classes)?;
    let mut out = stdout();
    match args.format {
        _ if args.tree => write_tree(&mut out, reading, &chosen)?,
        ClassFormat::Json => write_json(&mut out, reading, &chosen)?,
        ClassFormat::Mof => write_mof(&mut out, reading, &chosen)?,
        ClassFormat::CimXml => write_cimxml(&mut out, reading, &chosen)?,
        ClassFormat::Mermaid => write_mermaid(&mut out, reading, args.neighbours, &classes)?,
    }
    out.flush()?;
    Ok(())
}

/// The classes of a namespace of a data directory.
fn classes_in(folder: &Path, namespace: &str) -> Result<Archive, Failure> {
    let data = Data::open(folder, Dialect::default(), SyncMode::Always, Expect::There)?;
    let archive = archive_of_namespace(&data.session(namespace)?)?;
    data.close()?;
    Ok(archive)
}

/// What is read, and how.
#[derive(Clone, Copy)]
struct Reading<'a> {
    archive: &'a Archive,
    form: ClassForm,
    /// The namespace that is asked for, of several.
    namespace: Option<&'a str>,
    locales: &'a [String],
}

impl<'a> Reading<'a> {
    /// The namespaces that hold anything; those of localised classes are merged into the others where a
    /// locale is asked for.
    fn namespaces(self) -> impl Iterator<Item = SchemaView<'a>> {
        let last = |name: &str| name.rsplit('/').next().is_some_and(is_locale);
        let merged = move |name: &str| !self.locales.is_empty() && last(name);
        self.archive.filled_namespaces().filter(move |s| match self.namespace {
            Some(asked) => fold::eq(s.name(), asked),
            None => !merged(s.name()),
        })
    }

    /// That the archive has the namespace that is asked for.
    fn has_namespace(self) -> Result<(), Failure> {
        let Some(asked) = self.namespace else { return Ok(()) };
        let names = || self.archive.namespaces().map(SchemaView::name);
        if names().any(|name| fold::eq(name, asked)) {
            return Ok(());
        }
        let message = format!("the archive has no namespace `{asked}`");
        Err(Failure::input(Status::InvalidNamespace, message).with_nearest(asked, names()))
    }

    fn class(self, schema: SchemaView<'_>, class: ClassView<'_>) -> Class {
        class_in_locale(self.archive, schema, class, self.form, self.locales)
    }
}

/// A class and the namespace that it is in.
#[derive(Clone, Copy)]
struct Chosen<'a> {
    schema: SchemaView<'a>,
    class: ClassView<'a>,
}

/// The named classes, in the order of their names on the command line; empty
/// when none is named. A name that several namespaces have stands for each.
fn choose<'a>(reading: Reading<'a>, names: &[String]) -> Result<Vec<Chosen<'a>>, Failure> {
    let mut chosen = Vec::new();
    for name in names {
        let before = chosen.len();
        for schema in reading.namespaces() {
            chosen.extend(schema.class(name).map(|class| Chosen { schema, class }));
        }
        if chosen.len() == before {
            return Err(unknown_class(reading, name));
        }
    }
    Ok(chosen)
}

fn unknown_class(reading: Reading<'_>, name: &str) -> Failure {
    let failure = Failure::input(Status::ClassNotFound, format!("there is no class `{name}`"));
    let classes = reading.namespaces().flat_map(|s| s.classes().map(ClassView::name));
    failure.with_nearest(name, classes)
}

fn all(reading: Reading<'_>) -> Vec<Chosen<'_>> {
    let mut all: Vec<_> = reading
        .namespaces()
        .flat_map(|schema| schema.classes_by_name().map(move |class| Chosen { schema, class }))
        .collect();
    all.sort_by(|a, b| fold::cmp(a.class.name(), b.class.name()));
    all
}

fn write_json(out: &mut dyn Write, reading: Reading<'_>, chosen: &[Chosen<'_>]) -> io::Result<()> {
    let everything = if chosen.is_empty() { all(reading) } else { Vec::new() };
    let classes = if chosen.is_empty() { everything.as_slice() } else { chosen };
    json_lines(
        out,
        classes.iter().map(|one| Described {
            namespace: one.schema.name(),
            class: reading.class(one.schema, one.class),
        }),
    )
}

/// What programs are told of a class. Names alone do not tell it from that of another namespace.
#[derive(Serialize)]
struct Described<'a> {
    namespace: &'a str,
    #[serde(flatten)]
    class: Class,
}

fn write_mof(out: &mut dyn Write, reading: Reading<'_>, chosen: &[Chosen<'_>]) -> io::Result<()> {
    let dialect = reading.archive.dialect();
    if chosen.is_empty() {
        let schemas: Vec<_> = reading.namespaces().collect();
        let needs_pragma = needs_pragma(&schemas);
        for schema in schemas {
            if needs_pragma {
                write_namespace_pragma(out, schema.name(), dialect)?;
            }
            write_namespace(out, schema, &|class| reading.class(schema, class), dialect)?;
        }
        return Ok(());
    }
    let several = are_of_several(chosen);
    for (i, one) in chosen.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        if several {
            write_namespace_pragma(out, one.schema.name(), dialect)?;
        }
        let to_class = |class: ClassView<'_>| reading.class(one.schema, class);
        write_classes(out, one.schema, [one.class], &to_class, dialect)?;
    }
    Ok(())
}

fn write_cimxml(
    out: &mut dyn Write,
    reading: Reading<'_>,
    chosen: &[Chosen<'_>],
) -> io::Result<()> {
    let schemas: Vec<_> = reading.namespaces().collect();
    if chosen.is_empty() {
        return cimxml::write_document(out, &schemas, &|s, class| reading.class(s, class));
    }
    let of_schema = |schema: &SchemaView<'_>| -> Vec<Class> {
        let classes = chosen.iter().filter(|one| one.schema.name() == schema.name());
        classes.map(|one| reading.class(one.schema, one.class)).collect()
    };
    let groups: Vec<_> = schemas.iter().map(|schema| (*schema, of_schema(schema))).collect();
    cimxml::write_classes(out, &groups)
}

fn write_mermaid(
    out: &mut dyn Write,
    reading: Reading<'_>,
    neighbours: bool,
    classes: &[String],
) -> io::Result<()> {
    let options = DiagramOptions {
        classes: classes.iter().map(Name::new).collect(),
        neighbours,
        ..DiagramOptions::default()
    };
    let schemas: Vec<_> = reading.namespaces().collect();
    write_diagram(out, &schemas, reading.archive.dialect(), &options)
}

/// Draws the hierarchies, each namespace's below its name where there are several.
fn write_tree(out: &mut dyn Write, reading: Reading<'_>, chosen: &[Chosen<'_>]) -> io::Result<()> {
    let chosen = if chosen.is_empty() { roots(reading) } else { chosen.to_vec() };
    let several = are_of_several(&chosen);
    let mut nodes = Vec::new();
    let mut namespace = None;
    for one in chosen {
        if several && namespace.replace(one.schema.name()) != Some(one.schema.name()) {
            nodes.push((0, one.schema.name()));
        }
        subtree(one.class, usize::from(several), &mut nodes);
    }
    tree::draw(&nodes).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// The classes without a superclass.
fn roots(reading: Reading<'_>) -> Vec<Chosen<'_>> {
    let classes = reading
        .namespaces()
        .flat_map(|schema| schema.classes_by_name().map(move |class| Chosen { schema, class }));
    classes.filter(|one| one.class.superclass().is_none()).collect()
}

/// Whether the classes are of more than one namespace.
fn are_of_several(chosen: &[Chosen<'_>]) -> bool {
    let mut names = chosen.iter().map(|one| one.schema.name());
    let first = names.next();
    names.any(|name| Some(name) != first)
}

/// Lists a class, which is `depth` deep, and all below it, depth first and siblings by name,
/// with their depths.
fn subtree<'a>(root: ClassView<'a>, depth: usize, nodes: &mut Vec<(usize, &'a str)>) {
    let mut pending = vec![(depth, root)];
    while let Some((depth, class)) = pending.pop() {
        nodes.push((depth, class.name()));
        let mut children: Vec<_> = class.children().map(|child| (depth + 1, child)).collect();
        children.sort_by(|(_, a), (_, b)| fold::cmp(b.name(), a.name()));
        pending.append(&mut children);
    }
}
