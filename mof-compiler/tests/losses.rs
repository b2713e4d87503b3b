//! What forms of output say that they cannot say.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use cimarron_model::Dialect;
use cimarron_mof::emit::Emit;
use cimarron_mof::source::MemoryFileSystem;
use cimarron_mof::{CompileOptions, Diagnostics, EmptyBase, Loader, compile};

fn losses(form: Emit, text: &str) -> Vec<String> {
    let nowhere = MemoryFileSystem::new();
    let mut loader = Loader::new(&nowhere);
    loader.add_text("a.mof", text).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect: Dialect::Wmi, ..CompileOptions::default() };
    let compiled = compile(&sources, &options, &EmptyBase, said);
    assert!(!compiled.has_errors(), "{text}: {:?}", compiled.diagnostics.as_slice());
    form.losses(&compiled.schema).iter().map(ToString::to_string).collect()
}

#[test]
fn characters_that_xml_cannot_hold_are_counted() {
    let class = "[Description(\"d\")] class X_A { [key] string K; string P = \"x\"; string L[]; char16 C; };\n";
    for (text, expected) in [
        (class.to_owned(), None),
        // Tabs, line breaks and the ends of ranges are held.
        (class.replace("\"x\"", "\"\\t\\n\\r\\x20\\xFFFD\""), None),
        (
            class.replace("\"x\"", "\"\\x1\""),
            Some("1 value with characters that XML cannot hold (X_A.P)"),
        ),
        (
            class.replace("\"x\"", "\"\\xB\\xC\""),
            Some("1 value with characters that XML cannot hold (X_A.P)"),
        ),
        (
            class.replace("\"x\"", "\"\\xFFFF\""),
            Some("1 value with characters that XML cannot hold (X_A.P)"),
        ),
        (
            class.replace("\"d\"", "\"\\x1F\""),
            Some("1 value with characters that XML cannot hold (X_A Description)"),
        ),
        (
            format!(
                "{class}class X_B : X_A {{ }};\ninstance of X_B {{ K = \"k\"; L = {{\"a\", \"\\x2\"}}; C = '\\x7'; }};\n"
            ),
            Some(
                "2 values with characters that XML cannot hold \
                 (instance of X_B L, instance of X_B C)",
            ),
        ),
    ] {
        let expected: Vec<_> = expected
            .map(|what| format!("cimxml: {what}: written with U+FFFD in their place"))
            .into_iter()
            .collect();
        assert_eq!(losses(Emit::CimXml, &text), expected, "{text}");
        for form in [Emit::Archive, Emit::Mof, Emit::Json, Emit::Mermaid] {
            assert!(losses(form, &text).is_empty(), "{form} {text}");
        }
    }
}
