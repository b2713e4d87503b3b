//! Any bytes, loaded as a MOF file or a zip of them (encodings, includes) and parsed: never a
//! panic; every declaration and every diagnostic stands inside the text that it names, and
//! each diagnostic can be shown.
#![no_main]

use cimarron_mof::source::{Loader, MemoryFileSystem};
use cimarron_mof::syntax::parse_sources;
use cimarron_mof::{Diagnostics, FileId, SourceMap, Span};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut files = MemoryFileSystem::new();
    files.insert("input.mof", bytes);
    let mut loader = Loader::new(&files);
    if loader.add_path("input.mof").is_err() {
        return;
    }
    let mut sink = Diagnostics::new();
    let sources = loader.finish(&mut sink);
    for (file, declaration) in parse_sources(&sources, &mut sink) {
        assert_inside(sources.map(), file, declaration.span());
    }
    for diagnostic in sink.into_sorted() {
        assert_inside(sources.map(), diagnostic.file, diagnostic.span);
        for label in &diagnostic.labels {
            assert_inside(sources.map(), label.file, label.span);
        }
        assert!(!diagnostic.render(sources.map()).to_string().is_empty());
    }
});

fn assert_inside(sources: &SourceMap, file: FileId, span: Span) {
    assert!(sources.text(file).get(span.range()).is_some(), "{file:?} {span:?}");
}
