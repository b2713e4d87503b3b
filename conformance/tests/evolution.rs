//! The evolution suite: every case of `conformance/evolution/*.toml` against the
//! comparison of schemas.
//!
//! `conformance/evolution/README.md` describes the form of a case.

#![allow(clippy::unwrap_used, clippy::panic)]

use cimarron_conformance::{Case, dmtf_schema, read_fixture, run_suite};
use cimarron_model::Dialect;
use cimarron_mof::evolution::{Change, Changes, Kind, compare};
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{CompileOptions, Diagnostics, EmptyBase, Loader, OsFileSystem, compile};
use cimarron_schema::Archive;
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::BTreeSet;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvolutionCase {
    name: String,
    spec: String,
    /// `dmtf` when absent.
    dialect: Option<String>,
    old: String,
    new: String,
    /// Lines of `VERDICT ID ELEMENT`.
    changes: String,
    /// The same the other way round.
    back: Option<String>,
    /// Lines of `OLD -> NEW`.
    #[serde(default)]
    renames: String,
}

impl Case for EvolutionCase {
    fn name(&self) -> &str {
        &self.name
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

fn archive(mof: &str, dialect: Dialect) -> Result<Archive, String> {
    let mut files = MemoryFileSystem::new();
    assert!(files.insert("qualifiers.mof", read_fixture("evolution", "qualifiers.mof").as_bytes()));
    assert!(files.insert("case.mof", mof.as_bytes()));
    let mut loader = Loader::new(&files);
    if dialect == Dialect::Dmtf {
        loader.add_path("qualifiers.mof").map_err(|e| e.to_string())?;
    }
    loader.add_path("case.mof").map_err(|e| e.to_string())?;
    finish(loader, dialect)
}

fn finish(loader: Loader<'_>, dialect: Dialect) -> Result<Archive, String> {
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect, ..CompileOptions::default() };
    let compiled = compile(&sources, &options, &EmptyBase, said);
    if compiled.has_errors() {
        let findings = compiled.diagnostics.into_sorted();
        let text: Vec<_> = findings.iter().map(|d| d.render(sources.map()).to_string()).collect();
        return Err(text.join("\n"));
    }
    Archive::from_bytes(compiled.archive().unwrap()).map_err(|e| e.to_string())
}

/// A change as a case writes it.
fn line(change: &Change) -> String {
    let mut text = format!("{} {} {}", change.verdict, change.kind, change.element);
    if let Some(qualifier) = &change.qualifier {
        text += &format!(" [{qualifier}]");
    }
    if change.experimental {
        text += " (experimental)";
    }
    text
}

fn values(change: &Change) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    format!("{} | {} -> {}", line(change), text(&change.old), text(&change.new))
}

/// Every kind that a case expects, to see that no row of the table goes untested.
type Seen = RefCell<BTreeSet<&'static str>>;

fn judge(expected: &str, found: &Changes, seen: &Seen) -> Option<String> {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    seen.borrow_mut().extend(found.changes.iter().map(|c| c.kind.as_str()));
    let fits = |(line_expected, change): (&&str, &Change)| {
        **line_expected == line(change) || **line_expected == values(change)
    };
    if expected.len() == found.changes.len() && expected.iter().zip(&found.changes).all(fits) {
        return None;
    }
    let found: Vec<String> = found.changes.iter().map(values).collect();
    Some(format!("expected:\n{}\n  found:\n{}", expected.join("\n"), found.join("\n")))
}

fn run(case: &EvolutionCase, seen: &Seen) -> Vec<String> {
    let dialect = case.dialect.as_deref().unwrap_or("dmtf").parse().unwrap();
    let (old, new) = match (archive(&case.old, dialect), archive(&case.new, dialect)) {
        (Ok(old), Ok(new)) => (old, new),
        (old, new) => return [old.err(), new.err()].into_iter().flatten().collect(),
    };
    let mut problems = Vec::new();
    for one in [&old, &new] {
        if !compare(one, one).is_empty() {
            problems.push("a schema differs from itself".to_owned());
        }
    }
    let forth = compare(&old, &new);
    problems.extend(judge(&case.changes, &forth, seen));
    if let Some(expected) = &case.back {
        let back = compare(&new, &old);
        problems.extend(judge(expected, &back, seen).map(|p| format!("back: {p}")));
    }
    let renames: Vec<String> =
        forth.renames.iter().map(|r| format!("{} -> {}", r.old, r.new)).collect();
    if !case.renames.lines().map(str::trim).filter(|l| !l.is_empty()).eq(renames.iter()) {
        problems.push(format!("renames found: {renames:?}"));
    }
    problems
}

#[test]
fn evolution() {
    let seen = Seen::default();
    run_suite("evolution", 60, |case: &EvolutionCase| run(case, &seen));
    let seen = seen.into_inner();
    let untested: Vec<_> =
        Kind::ALL.iter().map(|kind| kind.as_str()).filter(|id| !seen.contains(id)).collect();
    assert!(untested.is_empty(), "no case shows {untested:?}");
}

/// The DMTF schema: no change from itself, and what is changed in a copy is found,
/// once each.
#[test]
fn whole_schema() {
    let Some(zip) = dmtf_schema() else { return };
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_path(&zip).unwrap();
    let whole = finish(loader, Dialect::Dmtf).unwrap();
    assert!(compare(&whole, &whole).is_empty());

    let file = std::fs::File::open(&zip).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut files = MemoryFileSystem::new();
    let mut root = None;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        if !entry.is_file() {
            continue;
        }
        let name = entry.name().to_owned();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
        let text = mutated(&name, text);
        if name.starts_with("cim_schema") && name.ends_with(".mof") {
            root = Some(name.clone());
        }
        assert!(files.insert(&name, text.as_bytes()));
    }
    let mut loader = Loader::new(&files);
    loader.add_path(root.unwrap()).unwrap();
    let copy = finish(loader, Dialect::Dmtf).unwrap();
    let found: Vec<String> = compare(&whole, &copy).changes.iter().map(line).collect();
    let expected: Vec<&str> = MUTATIONS.iter().map(|m| m.change).collect();
    assert_eq!(found, expected);
}

/// A change to one file of the schema.
struct Mutation {
    file: &'static str,
    old: &'static str,
    new: &'static str,
    change: &'static str,
}

/// In the order in which the comparison reports them.
const MUTATIONS: &[Mutation] = &[
    Mutation {
        file: "CIM_Fan.mof",
        old: "boolean VariableSpeed;",
        new: "uint8 VariableSpeed;",
        change: "breaking property-type-changed CIM_Fan.VariableSpeed",
    },
    Mutation {
        file: "CIM_ManagedElement.mof",
        old: "MaxLen ( 64 )",
        new: "MaxLen ( 32 )",
        change: "breaking maxlen-decreased CIM_ManagedElement.Caption [MaxLen]",
    },
    Mutation {
        file: "CIM_ManagedSystemElement.mof",
        old: "string Name;",
        new: "string Name = \"none\";",
        change: "compatible default-changed CIM_ManagedSystemElement.Name",
    },
];

fn mutated(name: &str, text: String) -> String {
    let Some(mutation) = MUTATIONS.iter().find(|m| name.ends_with(&format!("/{}", m.file))) else {
        return text;
    };
    assert!(text.contains(mutation.old), "{name} has no `{}`", mutation.old);
    text.replacen(mutation.old, mutation.new, 1)
}
