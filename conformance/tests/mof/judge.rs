//! What a case says, against what was compiled.

use crate::case::MofCase;
use crate::finding::{Expected, labels, marked, place};
use crate::json::Json;
use cimarron_mof::{CompileOptions, Compiled, Diagnostic, Severity, SourceMap};
use cimarron_schema::{Archive, ClassForm, SchemaView};
use std::fmt::Write;

pub(crate) fn findings(
    case: &MofCase,
    compiled: &Compiled,
    sources: &SourceMap,
    problems: &mut String,
) {
    let found = compiled.diagnostics.clone().into_sorted();
    for (severity, expected) in
        [(Severity::Error, &case.errors), (Severity::Warning, &case.warnings)]
    {
        let found: Vec<_> = found.iter().filter(|d| d.severity == severity).collect();
        let fits = |(e, d): (&Expected, &&Diagnostic)| e.fits(d, sources);
        if found.len() == expected.len() && expected.iter().zip(&found).all(fits) {
            continue;
        }
        writeln!(problems, "{} {severity}s expected, found {}:", expected.len(), found.len())
            .unwrap();
        for diagnostic in found {
            let (file, line, column) = place(diagnostic, sources);
            let code = diagnostic.code;
            writeln!(
                problems,
                "  {{ code = \"{code}\", line = {line}, column = {column}, text = '{}' }}  in {file}: {} ({:?}) {:?} {} {}",
                marked(diagnostic.file, diagnostic.span, sources),
                diagnostic.message,
                diagnostic.help,
                labels(diagnostic, sources),
                diagnostic.status().cim(),
                diagnostic.status().wbem().name(),
            )
            .unwrap();
        }
    }
}

pub(crate) fn counts(case: &MofCase, compiled: &Compiled, problems: &mut String) {
    let counted = compiled.statistics();
    for (what, expected) in &case.counts {
        let found = match what.as_str() {
            "classes" => counted.classes,
            "associations" => counted.associations,
            "indications" => counted.indications,
            "qualifier_types" => counted.qualifier_types,
            "properties" => counted.properties,
            "instances" => counted.instances,
            _ => panic!("nobody counts {what}"),
        };
        if found != *expected {
            writeln!(problems, "{expected} {what} expected, found {found}").unwrap();
        }
    }
}

pub(crate) fn content(case: &MofCase, archive: &Archive, problems: &mut String) {
    let schema = archive.namespace(CompileOptions::default().namespace.as_str()).unwrap();
    for line in case.check.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (path, expected) = line.split_once(" = ").unwrap_or_else(|| panic!("no `=`: {line}"));
        let (schema, path) = match path.split_once(':') {
            Some((namespace, path)) => (archive.namespace(namespace), path),
            None => (Some(schema), path),
        };
        let found = schema.and_then(|schema| look_up(schema, path));
        let fits = match (&found, expected) {
            (None, "absent") => true,
            (None, _) | (_, "absent") => false,
            (Some(found), json) => {
                let json = serde_json::from_str(json).unwrap_or_else(|e| panic!("{line}: {e}"));
                found.fits(&json)
            }
        };
        if !fits {
            writeln!(problems, "{line}\n  found {found:?}").unwrap();
        }
    }
    if let Some(expected) = &case.instances {
        let expected: Vec<Json> =
            serde_json::from_str(expected).unwrap_or_else(|e| panic!("{expected}: {e}"));
        let found: Vec<Json> = schema.instances().map(|i| Json::of(&i)).collect();
        if found != expected {
            writeln!(problems, "instances {expected:?}\n  found {found:?}").unwrap();
        }
    }
}

/// What stands at `Class.member…` or `Qualifier.Name.member…`.
fn look_up(schema: SchemaView<'_>, path: &str) -> Option<Json> {
    let mut names = path.split('.');
    let first = names.next()?;
    let root = if first == "Qualifier" {
        Json::of(&schema.qualifier_type(names.next()?)?.to_qualifier_type())
    } else {
        Json::of(&schema.class(first)?.to_class(ClassForm::Resolved))
    };
    names.try_fold(root, |json, name| json.member(name).cloned())
}
