//! One archive from several inputs: archives, and MOF compiled on top of them.

use super::{Inputs, STDIN_NAME, Targets, Texts, archive_at, archive_from, within_limits};
use crate::args::{FindingsArgs, MofArgs};
use crate::failure::{Failure, Stop};
use crate::progress::Progress;
use cimarron_model::{Class, Dialect, Status};
use cimarron_mof::{Diagnostics, SourceMap, compile};
use cimarron_schema::{Archive, ClassForm, NamespaceBuilder, SchemaBuilder, Shared};
use std::path::{Path, PathBuf};

/// How to read the inputs.
pub(crate) struct Gathering<'a> {
    pub(crate) inputs: &'a [PathBuf],
    pub(crate) mof: &'a MofArgs,
    pub(crate) findings: &'a FindingsArgs,
}

impl Gathering<'_> {
    /// Reads and compiles everything. What the MOF gives to say is written to
    /// standard error.
    pub(crate) fn run(&self, progress: &Progress) -> Result<Archive, Stop> {
        let mut archives = Vec::new();
        let mut mof = Vec::new();
        for path in self.inputs {
            match archive_at(path)? {
                Some(archive) => archives.push((path.as_path(), archive)),
                None => mof.push(path.clone()),
            }
        }
        if mof.is_empty() {
            // Archives give nothing to say, and a report says that.
            self.report(&self.findings.sink(), &SourceMap::default(), progress)?;
            if archives.len() == 1 {
                return Ok(archives.swap_remove(0).1);
            }
        }
        let dialect = self.dialect(&archives, !mof.is_empty())?;
        let mut all = SchemaBuilder::new(dialect);
        for (path, archive) in &archives {
            add_archive(&mut all, archive, path)?;
        }
        if !mof.is_empty() {
            self.add_mof(&mut all, &mof, progress)?;
        }
        let bytes = within_limits(all.finish())?;
        Ok(archive_from(bytes)?)
    }

    fn report(
        &self,
        found: &Diagnostics,
        sources: &SourceMap,
        progress: &Progress,
    ) -> Result<(), Stop> {
        let report = self.findings.report.report.as_deref();
        Targets::default().with("--report", report).refuse_clashes()?;
        progress.aside(|| self.findings.report(found, sources))
    }

    fn dialect(&self, archives: &[(&Path, Archive)], mof: bool) -> Result<Dialect, Failure> {
        let mut all =
            archives.iter().map(|(path, archive)| (path.display().to_string(), archive.dialect()));
        let Some((first, dialect)) = all.next() else { return Ok(self.mof.dialect.0) };
        let own = mof.then(|| ("the MOF".to_owned(), self.mof.dialect.0));
        match all.chain(own).find(|(_, other)| *other != dialect) {
            None => Ok(dialect),
            Some((path, other)) => Err(Failure::input(
                Status::InvalidParameter,
                format!("`{first}` follows {dialect} and {path} follows {other}: they cannot be one site"),
            )
            .with_help("say --dialect for the MOF, or make a site of each")),
        }
    }

    fn add_mof(
        &self,
        all: &mut SchemaBuilder,
        paths: &[PathBuf],
        progress: &Progress,
    ) -> Result<(), Stop> {
        let options = self.mof.options();
        let inputs = Inputs::gather(paths, STDIN_NAME, &self.mof.search)?;
        let Texts { sources, said } = inputs.load_onto(&*all, &options, self.findings.sink())?;
        let compiled = compile(&sources, &options, &*all, said);
        self.report(&compiled.diagnostics, sources.map(), progress)?;
        if compiled.has_errors() {
            return Err(Stop::Reported);
        }
        for (name, new) in compiled.schema.namespaces() {
            let namespace = all.namespace(name.as_str());
            for declared in new.qualifier_types() {
                namespace.add_qualifier_type(declared.clone());
            }
            for class in new.classes() {
                add_class(namespace, class.to_class(ClassForm::Local), "the MOF")?;
            }
            for instance in new.instances() {
                namespace.add_instance(instance.clone());
            }
        }
        Ok(())
    }
}

fn add_archive(all: &mut SchemaBuilder, archive: &Archive, path: &Path) -> Result<(), Failure> {
    let mut shared = Shared::default();
    for schema in archive.namespaces() {
        let namespace = all.namespace(schema.name());
        for declared in schema.qualifier_types() {
            namespace.add_qualifier_type(declared.to_qualifier_type());
        }
        for class in schema.classes() {
            let class = class.to_resolved(&mut shared).to_class(ClassForm::Local);
            add_class(namespace, class, &format!("`{}`", path.display()))?;
        }
        for instance in schema.instances() {
            namespace.add_instance(instance);
        }
    }
    Ok(())
}

/// Adds a class; one that is there already must be the same.
fn add_class(namespace: &mut NamespaceBuilder, class: Class, from: &str) -> Result<(), Failure> {
    if let Some(known) = namespace.class(class.name.as_str()) {
        if known.to_class(ClassForm::Local) == class {
            return Ok(());
        }
        let message = format!("{from} declares `{}` other than the inputs before it", class.name);
        return Err(Failure::input(Status::AlreadyExists, message)
            .with_help("make a site of each, or put them into different namespaces"));
    }
    let added = namespace.add_class(class);
    added.map(|_| ()).map_err(|e| Failure::input(Status::InvalidSuperclass, e.to_string()))
}
