//! Any bytes, compiled as a MOF file in either dialect: never a panic; what compiles without
//! a mistake makes an archive that opens, and that archive, printed as MOF, compiles to the
//! very same bytes.
#![no_main]

use cimarron_fuzz::{compile_mof, findings, to_mof};
use cimarron_model::Dialect;
use cimarron_schema::{Archive, WriteError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        check(bytes, dialect);
    }
});

fn check(bytes: &[u8], dialect: Dialect) {
    let Some((compiled, _)) = compile_mof(bytes, dialect) else { return };
    if compiled.has_errors() {
        return;
    }
    let written = match compiled.archive() {
        Ok(written) => written,
        Err(WriteError::TooLarge | WriteError::TooDeep) => return,
        Err(error) => panic!("{error}"),
    };
    let archive = Archive::from_bytes(written).expect("what was just written opens");
    let mof = to_mof(&archive);
    let (again, sources) = compile_mof(mof.as_bytes(), dialect).expect("text is loaded");
    assert!(!again.has_errors(), "{dialect}\n{mof}\n{}", findings(&again, &sources));
    let again = again.archive().expect("what fitted once fits again");
    if again[..] != *archive.bytes() {
        let again = Archive::from_bytes(again).expect("what was just written opens");
        panic!("{dialect}: another archive\n{mof}\n--- again ---\n{}", to_mof(&again));
    }
}
