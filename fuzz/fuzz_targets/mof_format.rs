//! Any text, formatted at several widths: never a panic; what is formatted is not formatted
//! again; the formatter never refuses its own work; and what compiles without a mistake
//! compiles to the very same archive afterwards.
#![no_main]

use cimarron_fuzz::compile_mof;
use cimarron_model::Dialect;
use cimarron_mof::format::{FormatError, FormatOptions, format};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses the options, so that a corpus of MOF works with a digit before it.
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let options = FormatOptions {
        width: [100, 20, 40, 72][usize::from(choice >> 1) % 4],
        rewrap_strings: choice & 1 == 1,
        ..FormatOptions::default()
    };
    let once = match format(text, &options) {
        Ok(once) => once,
        Err(FormatError::Syntax(_)) => return,
        Err(error) => panic!("{error}\n{text}"),
    };
    match format(&once, &options) {
        Ok(twice) => assert_eq!(twice, once, "not idempotent"),
        Err(error) => panic!("{error}\n{once}"),
    }
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        assert_eq!(archive(&once, dialect), archive(text, dialect), "{dialect}\n{once}");
    }
});

/// The archive of a text without mistakes.
fn archive(text: &str, dialect: Dialect) -> Option<Vec<u8>> {
    let (compiled, _) = compile_mof(text.as_bytes(), dialect)?;
    if compiled.has_errors() {
        return None;
    }
    compiled.archive().ok().map(|bytes| bytes.to_vec())
}
