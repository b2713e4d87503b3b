//! Update flags and deletions of MOF against a live namespace.

use super::*;
use cimarron_mof::{Code, Diagnostics};
use cimarron_schema::ClassForm;

/// A namespace with one hierarchy and rows in it.
const BASE: &str = r#"
    class X_Top { [key] string Id; uint32 Size = 7; string Note; };
    [Weight(1)] class X_Mid : X_Top { uint8 Level; };
    class X_Low : X_Mid { };
    class X_Free { [key] string Id; };
    class X_Kept { [key] string Id; [Description("old")] string Text; };
    class X_OfKept : X_Kept { };
    instance of X_Low { Id = "a"; Size = 70000; Note = "n"; Level = 1; };
    instance of X_Kept { Id = "k"; Text = "t"; };
"#;

fn session() -> Session {
    let repository = Repository::new();
    repository.create_namespace("root/a", Dialect::Wmi).unwrap();
    let session = repository.session("root/a").unwrap();
    session.compile_mof_text(&context(), "base.mof", BASE).unwrap();
    session
}

/// Compiles, and gives the codes of what was found or the status of what was refused.
fn compile(session: &Session, text: &str) -> Result<(), String> {
    let codes = |said: &Diagnostics| {
        let codes: Vec<_> = said.as_slice().iter().map(|d| d.code.to_string()).collect();
        codes.join(" ")
    };
    match session.compile_mof_text(&context(), "x.mof", text) {
        Ok((_, said)) if said.as_slice().is_empty() => Ok(()),
        Ok((_, said)) => Err(codes(&said)),
        Err(error) => {
            let refused =
                |said: &&Diagnostics| said.as_slice().iter().all(|d| d.code != Code::Unloadable);
            let said = error.diagnostics().filter(refused);
            Err(said.map_or(format!("{:?}", error.status()), codes))
        }
    }
}

#[test]
fn each_mode_goes_as_far_as_it_may() {
    let wider = "class X_Top { [key] string Id; uint32 Size = 7; string Note; uint64 More = 5; };";
    let narrower = "class X_Top { [key] string Id; uint8 Size = 7; };";
    let heavy = r#"[Weight(2) : ToSubclass DisableOverride] class X_Top
                   { [key] string Id; uint32 Size = 7; string Note; };"#;
    let clash = "class X_Top { [key] string Id; string Level; };";
    let rekeyed = "class X_Top { string Id; [key] uint32 Size = 7; string Note; };";
    for (flags, text, expected) in [
        ("", wider, Err("ClassHasChildren")),
        ("", "class X_Low : X_Mid { uint8 N; };", Err("ClassHasInstances")),
        ("", "class X_Free { [key] string Id; uint8 N; };", Ok(())),
        ("", r#"class X_Kept { [key] string Id; [Description("new")] string Text; };"#, Ok(())),
        (
            "",
            r#"class X_Kept { [key] string Id; [Description("new")] uint8 Text; };"#,
            Err("ClassHasChildren"),
        ),
        ("safeupdate", wider, Ok(())),
        ("forceupdate", wider, Ok(())),
        ("safeupdate", narrower, Err("ClassHasInstances")),
        ("forceupdate", narrower, Ok(())),
        ("safeupdate", heavy, Err("ClassHasChildren")),
        ("forceupdate", heavy, Ok(())),
        ("safeupdate", clash, Err("ClassHasChildren")),
        ("forceupdate", clash, Err("ClassHasChildren")),
        ("safeupdate", rekeyed, Ok(())),
        ("createonly", "class X_Free { [key] string Id; };", Err("MOF0270")),
        ("createonly", "class X_New { [key] string Id; };", Ok(())),
        ("updateonly", "class X_New { [key] string Id; };", Err("MOF0271")),
        ("updateonly", "class X_Free { [key] string Id; uint8 N; };", Ok(())),
    ] {
        let session = session();
        let text = format!("#pragma classflags(\"{flags}\")\n{text}");
        let found = compile(&session, &text);
        assert_eq!(found, expected.map_err(str::to_owned), "{text}");
        assert_eq!(rows(&session, "SELECT Id, Level FROM X_Mid"), ["a|1"], "{text}");
        if found.is_err() {
            assert_eq!(rows(&session, "SELECT Size, Note FROM X_Top"), ["70000|n"], "{text}");
        }
    }
}

#[test]
fn what_is_below_follows_a_changed_class() {
    let session = session();
    let text = r#"
        #pragma classflags("safeupdate")
        class X_Top { uint64 More = 5; [key] string Id; uint32 Size = 9; string Note; };
        class X_Late : X_Low { };
        instance of X_Low { Id = "b"; };
    "#;
    compile(&session, text).unwrap();
    let shown = rows(&session, "SELECT Id, More, Size, Level FROM X_Low");
    assert_eq!(shown, ["a|5|70000|1", "b|5|9|NULL"]);
    let late = session.get_class(&context(), "X_Late", ClassForm::Resolved).unwrap();
    assert!(late.property("More").is_some());
    assert!(get(&session, r#"X_Top="A""#).is_ok());

    // A value that fits no more goes, and only that.
    let narrow = r#"#pragma classflags("forceupdate")
        class X_Top { [key] string Id; uint16 Size = 9; };"#;
    compile(&session, narrow).unwrap();
    assert_eq!(rows(&session, "SELECT Id, Size, Level FROM X_Low"), ["a|9|1", "b|9|NULL"]);

    // The qualifier that stood in the way is gone from the class below.
    let heavy = r#"#pragma classflags("forceupdate")
        [Weight(2) : ToSubclass DisableOverride] class X_Top { [key] string Id; };"#;
    compile(&session, heavy).unwrap();
    let mid = session.get_class(&context(), "X_Mid", ClassForm::Resolved).unwrap();
    let weight = mid.qualifiers.get("Weight").map(|q| q.value.clone());
    assert_eq!(weight.and_then(|v| v.as_integer()), Some(2));
}

#[test]
fn deletions_reach_what_is_there() {
    for (text, expected, left) in [
        (r#"#pragma deleteclass("x_mid", FAIL)"#, Ok(()), vec![]),
        (r#"#pragma deleteclass("X_Nope", NOFAIL)"#, Ok(()), vec!["a"]),
        (r#"#pragma deleteclass("X_Nope", FAIL)"#, Err("MOF0263"), vec!["a"]),
        (r#"#pragma deleteinstance("X_Top.Id='A'", FAIL)"#, Ok(()), vec![]),
        (r#"#pragma deleteinstance("X_Low=\"a\"", FAIL)"#, Ok(()), vec![]),
        (r#"#pragma deleteinstance("X_Low.Id='zz'", NOFAIL)"#, Ok(()), vec!["a"]),
        (r#"#pragma deleteinstance("X_Low.Id='zz'", FAIL)"#, Err("MOF0263"), vec!["a"]),
        (
            r#"#pragma deleteclass("X_Top", FAIL)
               class X_Top { [key] uint8 Number; };
               instance of X_Top { Number = 3; };"#,
            Ok(()),
            vec!["3"],
        ),
        // What derives from it goes with it, and cannot be derived from below.
        (
            r#"#pragma deleteclass("X_Mid", FAIL) class X_Over : X_Low { };"#,
            Err("MOF0100"),
            vec!["a"],
        ),
        (
            r#"class X_Over : X_Low { }; instance of X_Over { Id = "o"; };
               #pragma deleteclass("X_Mid", FAIL)"#,
            Ok(()),
            vec![],
        ),
    ] {
        let session = session();
        let found = compile(&session, text);
        assert_eq!(found, expected.map_err(str::to_owned), "{text}");
        let key = if text.contains("Number") { "Number" } else { "Id" };
        assert_eq!(rows(&session, &format!("SELECT {key} FROM X_Top")), left, "{text}");
    }
}

#[test]
fn a_deleted_namespace_instance_takes_the_namespace_with_it() {
    let sub = r#"
        instance of __Namespace { Name = "sub"; };
        #pragma namespace("root/a/sub")
        class X_S { [key] string K; };
        #pragma namespace("root/a/sub/deep")
        class X_D { [key] string K; };
    "#;
    let delete = "#pragma namespace(\"root/a\")
        #pragma deleteinstance(\"__Namespace.Name='Sub'\", FAIL)";
    let again = "instance of __Namespace { Name = \"sub\"; };
        #pragma namespace(\"root/a/sub\")
        class X_N { [key] uint8 K; };";
    let there = |session: &Session| {
        let namespaces = session.repository().namespaces();
        let names = namespaces.iter().map(|n| n.name.to_string());
        let below: Vec<_> = names.filter(|name| name.starts_with("root/a/")).collect();
        (below.join(" "), rows(session, "SELECT Name FROM __Namespace").join(" "))
    };
    for (texts, below, named) in [
        (vec![sub], "root/a/sub root/a/sub/deep", "sub"),
        (vec![sub, delete], "", ""),
        (vec![&format!("{sub}{delete}")], "", ""),
        (vec![sub, &format!("{delete}{again}")], "root/a/sub", "sub"),
        (vec![&format!("{sub}{delete}{again}")], "root/a/sub", "sub"),
    ] {
        let session = session();
        for text in &texts {
            assert_eq!(compile(&session, text), Ok(()), "{text}");
        }
        assert_eq!(there(&session), (below.to_owned(), named.to_owned()), "{texts:?}");
        if let Ok(sub) = session.repository().session("root/a/sub") {
            let old = sub.get_class(&context(), "X_S", ClassForm::Local).is_ok();
            assert_eq!(old, !texts.concat().contains("X_N"), "{texts:?}");
        }
    }
    // What was there is nothing to build on.
    let session = session();
    compile(&session, sub).unwrap();
    let over = format!("{delete}\n#pragma namespace(\"root/a/sub\")\nclass X_T : X_S {{ }};");
    assert_eq!(compile(&session, &over), Err("MOF0100".to_owned()));
    assert_eq!(there(&session).1, "sub");
}

#[test]
fn instance_flags_reach_what_is_there() {
    for (flags, id, expected) in [
        ("createonly", "A", Err("MOF0270")),
        ("createonly", "new", Ok(())),
        ("updateonly", "a", Ok(())),
        ("updateonly", "new", Err("MOF0271")),
        ("", "a", Ok(())),
    ] {
        let session = session();
        let text = format!(
            "#pragma instanceflags(\"{flags}\")\ninstance of X_Low {{ Id = \"{id}\"; Size = 1; }};"
        );
        assert_eq!(compile(&session, &text), expected.map_err(str::to_owned), "{text}");
    }
}

#[test]
fn a_localised_text_fills_the_namespace_of_its_locale() {
    let session = session();
    let text = r#"
        instance of __Namespace { Name = "ms_409"; };
        #pragma namespace("\\\\.\\root\\a\\ms_409")
        [Amendment, Locale(1033), Description("kept") : Amended] class X_Kept { };
    "#;
    compile(&session, text).unwrap();
    let localised = session.repository().session("root/a/ms_409").unwrap();
    let class = localised.get_class(&context(), "X_Kept", ClassForm::Local).unwrap();
    assert!(class.qualifiers.is_true("Amendment"));
    let refused = localised.create_instance(&context(), &Instance::new("X_Kept"));
    assert!(refused.is_err());
}
