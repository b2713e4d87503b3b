//! The other ways to the same result: on a repository, in one text, emitted, loaded.

use crate::case::MofCase;
use crate::finding::MAIN;
use crate::json::Json;
use cimarron_engine::{CallContext, EmptyRepository, EngineError, Repository};
use cimarron_model::Dialect;
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{
    CompileOptions, Compiled, DEFAULT_NAMESPACE, Diagnostics, Emit, Language, Loader, compile,
};
use cimarron_schema::{Archive, ClassForm, ClassView, SchemaView};
use std::fmt::Write;
use std::sync::Arc;

/// A repository that holds the base finds the same in the text.
pub(crate) fn live(case: &MofCase, compiled: &Compiled, language: Language, problems: &mut String) {
    let repository = Repository::new();
    repository.create_namespace(DEFAULT_NAMESPACE, Dialect::Dmtf).unwrap();
    let session = repository.session(DEFAULT_NAMESPACE).unwrap();
    let add = |text: &str| {
        let nowhere = MemoryFileSystem::new();
        let mut loader = Loader::new(&nowhere);
        loader.add_text(MAIN, text).unwrap();
        let mut said = Diagnostics::new();
        let sources = loader.finish(&mut said);
        match session.compile_mof_as(&CallContext::new(), language, &sources, said) {
            Ok((_, said)) => said,
            Err(EngineError::Mof(said)) => *said,
            Err(error) => panic!("{error}"),
        }
    };
    add(&case.base);
    let codes = |said: Diagnostics| -> Vec<String> {
        said.into_sorted().iter().map(|found| found.code.to_string()).collect()
    };
    let (live, own) = (codes(add(&case.mof)), codes(compiled.diagnostics.clone()));
    if live != own {
        writeln!(problems, "on a repository {live:?}, and on the base {own:?}").unwrap();
    }
}

/// What is compiled onto a base is what it is in one text with that, where the two make one.
pub(crate) fn together(
    case: &MofCase,
    archive: &Archive,
    options: &CompileOptions,
    problems: &mut String,
) {
    let nowhere = MemoryFileSystem::new();
    let mut loader = Loader::new(&nowhere);
    loader.add_text("base.mof", &case.base).unwrap();
    loader.add_text(MAIN, &case.mof).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let compiled = compile(&sources, options, &EmptyRepository, said);
    if compiled.has_errors() {
        return;
    }
    let together = Archive::from_bytes(compiled.archive().unwrap()).unwrap();
    let together = together.namespace(&options.namespace).unwrap();
    let schema = archive.namespace(&options.namespace).unwrap();
    for class in schema.classes() {
        let resolved = |class: ClassView<'_>| Json::of(&class.to_class(ClassForm::Resolved));
        let (apart, one) = (resolved(class), together.class(class.name()).map(resolved));
        if one.as_ref() != Some(&apart) {
            writeln!(problems, "in one text with the base {one:?}\n  apart {apart:?}").unwrap();
        }
    }
    let instances = |schema: SchemaView<'_>| -> Vec<Json> {
        schema.instances().map(|i| Json::of(&i)).collect()
    };
    let (apart, one) = (instances(schema), instances(together));
    if !one.ends_with(&apart) {
        writeln!(problems, "in one text with the base {one:?}\n  apart {apart:?}").unwrap();
    }
}

/// What is emitted as MOF compiles without errors, to the same archive. It is MOF 2,
/// which has no room for all that MOF 3 allows.
pub(crate) fn emitted(archive: &Archive, dialect: Dialect, problems: &mut String) {
    let options = CompileOptions { dialect, ..CompileOptions::default() };
    let mut mof = Vec::new();
    Emit::Mof.write(archive, &mut mof).unwrap();
    let files = MemoryFileSystem::new();
    let mut loader = Loader::new(&files);
    loader.add_bytes("emitted.mof", mof.clone()).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let compiled = compile(&sources, &options, &EmptyRepository, said);
    let same = compiled.archive().is_ok_and(|again| *again == *archive.bytes());
    if compiled.has_errors() || !same {
        let findings = compiled.diagnostics.as_slice();
        let mof = String::from_utf8_lossy(&mof);
        writeln!(problems, "emitted as\n{mof}\nit is something else: {findings:?}").unwrap();
    }
}

/// What compiles for WMI can be loaded.
pub(crate) fn loaded(archive: Archive, problems: &mut String) {
    let repository = Repository::new();
    repository.create_namespace(DEFAULT_NAMESPACE, Dialect::Wmi).unwrap();
    let session = repository.session(DEFAULT_NAMESPACE).unwrap();
    if let Err(error) = session.load_archive(&CallContext::new(), &Arc::new(archive)) {
        writeln!(problems, "it cannot be loaded: {error}").unwrap();
    }
}
