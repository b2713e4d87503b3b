//! What several fuzz targets share: MOF to an archive in memory, and back.

use cimarron_model::Dialect;
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{
    CompileOptions, Compiled, Diagnostics, EmptyBase, Language, Loader, Sources, compile,
};
use cimarron_schema::{
    Archive, ClassForm, PrintOptions, SchemaView, class_to_mof, instance_to_mof,
    qualifier_type_to_mof,
};

/// Compiles one file on its own; `None` when there is no text in its bytes.
pub fn compile_mof(bytes: &[u8], dialect: Dialect) -> Option<(Compiled, Sources)> {
    compile_as(bytes, dialect, Language::Mof2)
}

/// Compiles one file in a language on its own; `None` when there is no text in its bytes.
pub fn compile_as(
    bytes: &[u8],
    dialect: Dialect,
    language: Language,
) -> Option<(Compiled, Sources)> {
    let mut files = MemoryFileSystem::new();
    files.insert("input.mof", bytes);
    let mut loader = Loader::new(&files);
    loader.add_path("input.mof").ok()?;
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect, language, ..CompileOptions::default() };
    Some((compile(&sources, &options, &EmptyBase, said), sources))
}

/// Everything that was found, with the text that it was found in.
pub fn findings(compiled: &Compiled, sources: &Sources) -> String {
    let found = compiled.diagnostics.clone().into_sorted();
    found.iter().map(|one| one.render(sources.map()).to_string()).collect()
}

/// An archive of MOF that has no mistakes.
pub fn archive_of(mof: &str, dialect: Dialect) -> Archive {
    let (compiled, sources) = compile_mof(mof.as_bytes(), dialect).expect("text is loaded");
    assert!(!compiled.has_errors(), "{}", findings(&compiled, &sources));
    let bytes = compiled.archive().expect("a small schema fits");
    Archive::from_bytes(bytes).expect("what was just written opens")
}

/// All that an archive holds, as MOF that compiles to the same archive.
pub fn to_mof(archive: &Archive) -> String {
    archive.namespaces().map(|schema| namespace_to_mof(schema, archive.dialect())).collect()
}

fn namespace_to_mof(schema: SchemaView<'_>, dialect: Dialect) -> String {
    let flavor_of = |name: &str| schema.qualifier_type(name).map(|declared| declared.flavor());
    let plain = PrintOptions::new(dialect);
    let options = plain.declared(&flavor_of);
    let path = schema.name().replace('\\', "\\\\");
    let mut mof = format!("#pragma namespace (\"{path}\")\n");
    for declared in schema.qualifier_types() {
        mof += &qualifier_type_to_mof(&declared.to_qualifier_type(), &plain);
    }
    for class in schema.classes() {
        mof += &class_to_mof(&class.to_class(ClassForm::Local), &options);
    }
    for instance in schema.instances() {
        mof += &instance_to_mof(&instance, &options);
    }
    mof
}
