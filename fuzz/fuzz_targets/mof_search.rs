//! A text and the files of a search path, cut out of any bytes at U+001E: never a panic, and what
//! compiles without a mistake makes an archive that opens. The first line of a file is its name.
#![no_main]

use cimarron_model::Dialect;
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{CompileOptions, Diagnostics, EmptyBase, Language, Loader, compile};
use cimarron_schema::{Archive, WriteError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.split(|byte| *byte == 0x1E);
    let own = parts.next().unwrap_or_default();
    let mut files = MemoryFileSystem::new();
    files.insert("own.mof", own);
    for part in parts {
        let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        let (name, text) = part.split_at(end);
        files.insert(format!("lib/{}.mof", String::from_utf8_lossy(name)), text);
    }
    for (dialect, language) in [
        (Dialect::Wmi, Language::Mof2),
        (Dialect::Dmtf, Language::Mof2),
        (Dialect::Dmtf, Language::Mof3),
    ] {
        let mut loader = Loader::new(&files);
        if loader.add_path("own.mof").is_err() {
            return;
        }
        // Where there are no files, there is no such directory.
        let _ = loader.add_search_path("lib");
        let mut said = Diagnostics::new();
        let sources = loader.finish(&mut said);
        let options = CompileOptions { dialect, language, ..CompileOptions::default() };
        let compiled = compile(&sources, &options, &EmptyBase, said);
        if compiled.has_errors() {
            continue;
        }
        match compiled.archive() {
            Ok(written) => {
                Archive::from_bytes(written).expect("what was just written opens");
            }
            Err(WriteError::TooLarge | WriteError::TooDeep) => {}
            Err(error) => panic!("{error}"),
        }
    }
});
