//! Any bytes, compiled as a MOF file in either dialect: never a panic; what compiles without
//! a mistake makes an archive that opens, and that archive, printed as MOF, compiles to the
//! very same bytes.
//!
//! As MOF 3, too: then the printed MOF 2 compiles but for what MOF 2 cannot say, and is the
//! same archive but for complex values, which are text in MOF 2.
#![no_main]

use cimarron_fuzz::{compile_as, compile_mof, findings, to_mof};
use cimarron_model::Dialect;
use cimarron_mof::{Code, Compiled, Language, Severity};
use cimarron_schema::rules::Rule;
use cimarron_schema::{Archive, WriteError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        check(bytes, dialect);
    }
    check_mof3(bytes);
});

/// The archive of what compiled without errors, where it fits into one.
fn archive_of(compiled: &Compiled) -> Option<Archive> {
    if compiled.has_errors() {
        return None;
    }
    match compiled.archive() {
        Ok(written) => Some(Archive::from_bytes(written).expect("what was just written opens")),
        Err(WriteError::TooLarge | WriteError::TooDeep) => None,
        Err(error) => panic!("{error}"),
    }
}

fn check(bytes: &[u8], dialect: Dialect) {
    let Some((compiled, _)) = compile_mof(bytes, dialect) else { return };
    let Some(archive) = archive_of(&compiled) else { return };
    let mof = to_mof(&archive);
    let (again, sources) = compile_mof(mof.as_bytes(), dialect).expect("text is loaded");
    assert!(!again.has_errors(), "{dialect}\n{mof}\n{}", findings(&again, &sources));
    let again = again.archive().expect("what fitted once fits again");
    if again[..] != *archive.bytes() {
        let again = Archive::from_bytes(again).expect("what was just written opens");
        panic!("{dialect}: another archive\n{mof}\n--- again ---\n{}", to_mof(&again));
    }
}

/// What MOF 3 allows and DMTF's MOF 2 refuses: void, arrays as results and of references,
/// references in any class, associations under any class.
const BEYOND_MOF2: [Code; 5] = [
    Code::WmiForm,
    Code::Rule(Rule::ArrayReturned),
    Code::Rule(Rule::ReferenceOutsideAssociation),
    Code::Rule(Rule::AssociationUnderClass),
    Code::Rule(Rule::MethodSignatureChanged),
];

fn check_mof3(bytes: &[u8]) {
    let Some((compiled, _)) = compile_as(bytes, Dialect::Dmtf, Language::Mof3) else { return };
    let Some(archive) = archive_of(&compiled) else { return };
    let mof = to_mof(&archive);
    let (again, sources) = compile_mof(mof.as_bytes(), Dialect::Dmtf).expect("text is loaded");
    if again.has_errors() {
        let found = again.diagnostics.as_slice().iter();
        let mut errors = found.filter(|found| found.severity == Severity::Error);
        let foreign = errors.any(|error| !BEYOND_MOF2.contains(&error.code));
        assert!(!foreign, "{mof}\n{}", findings(&again, &sources));
        return;
    }
    let text = again.archive().expect("what fitted once fits again");
    if text[..] == *archive.bytes() {
        return;
    }
    assert!(mof.contains("\"instance of "), "another archive\n{mof}");
    assert_eq!(again.statistics(), compiled.statistics(), "{mof}");
    let text = Archive::from_bytes(text).expect("what was just written opens");
    let (third, sources) =
        compile_mof(to_mof(&text).as_bytes(), Dialect::Dmtf).expect("text is loaded");
    assert!(!third.has_errors(), "{mof}\n{}", findings(&third, &sources));
    assert_eq!(third.archive().expect("it fits again")[..], *text.bytes(), "{mof}");
}
