//! What the formatter makes of texts, and that it does so once.

use super::*;
use proptest::prelude::*;

fn formatted(text: &str) -> String {
    format(text, &FormatOptions::default()).unwrap().into_owned()
}

#[test]
fn what_is_formatted_is_borrowed() {
    let text = "class X_A {};\n";
    assert!(matches!(format(text, &FormatOptions::default()), Ok(Cow::Borrowed(t)) if t == text));
    assert_eq!(formatted(""), "");
    assert_eq!(formatted(" \n\u{FEFF} \n"), "");
}

#[test]
fn a_comment_does_not_end_with_the_star_that_it_begins_with() {
    for text in ["/*/**/\n", "/*/ x **/\nclass A {};\n", "class A {}; /*/*/\n"] {
        assert_eq!(formatted(text), text);
    }
}

#[test]
fn a_comment_that_comes_to_begin_a_line_keeps_its_form() {
    for text in ["; /*a\n\tb\n\t*/;;\n", "class A {}; /* a */ /*b\n\tc*/\n\nclass B {};"] {
        let once = formatted(text);
        assert_eq!(formatted(&once), once, "{text:?}");
    }
}

#[test]
fn line_ends_are_those_of_most_lines() {
    for (text, expected) in [
        ("class A\n{};\r\n// c\r\n", "class A {};\r\n// c\r\n"),
        ("class A\n{};\r\n// c\n", "class A {};\n// c\n"),
        ("class A\r{};// c\r/* d\re */\r", "class A {}; // c\r/* d\re */\r"),
        ("class A\r\n{\r\n};", "class A {};\r\n"),
    ] {
        assert_eq!(formatted(text), expected, "{text:?}");
    }
}

#[test]
fn syntax_errors_are_those_of_the_parser() {
    let text = "class A { strin g P; };\nclass B {};\nclas C {};\n";
    let mut said = Diagnostics::new();
    parse_file(text, FileId::default(), &mut said);
    match format(text, &FormatOptions::default()) {
        Err(FormatError::Syntax(found)) => assert_eq!(found.as_slice(), said.as_slice()),
        other => panic!("{other:?}"),
    }
    // A stray semicolon is a warning.
    assert_eq!(formatted("class A {};;"), "class A {};;\n");
}

#[test]
fn what_is_switched_off_stays_byte_for_byte() {
    for (off, on) in [
        ("class  X { } ;\n\n\n\n", ""),
        ("\n\n \t\nclass  X { } ; \n  \n\t\n", "  "),
        ("", ""),
        ("\n\n\n", " "),
        ("  // odd\n\n\n/* c */  \n", ""),
    ] {
        let text = format!("// cimarron-fmt: off\n{off}{on}// cimarron-fmt: on\nclass Y {{}};\n");
        assert_eq!(
            formatted(&text),
            text.replace("  // cim", "// cim").replace(" // cim", "// cim")
        );
        // The last thing in a block.
        let block = format!(
            "class Z {{\n    uint8 A;\n    // cimarron-fmt: off\n{off}    // cimarron-fmt: on\n}};\n"
        );
        let feature = block.replace("class  X { } ;", "uint8   B;");
        assert_eq!(formatted(&feature), feature);
    }
}

#[test]
fn switches_that_are_not_heeded_are_found() {
    for (text, said) in [
        ("// cimarron-fmt: off\nclass A { };\n// cimarron-fmt: on\n", &[][..]),
        ("// cimarron-fmt: off\nclass A { };\r\n", &[]),
        ("class A {\n// cimarron-fmt: off\n};", &["// cimarron-fmt: off"]),
        ("class A // cimarron-fmt: off\n{ };", &["// cimarron-fmt: off"]),
        ("/* cimarron-fmt: off */\nclass A { };", &["/* cimarron-fmt: off */"]),
        ("// x\r\n// cimarron-fmt: of\r\nclass A { };", &["// cimarron-fmt: of"]),
        ("// cimarron-fmt: on\rclass A { };", &["// cimarron-fmt: on"]),
        (
            "class A {\r\nuint8 B[] = {\r\n// cimarron-fmt: off\r\n1,\r\n// cimarron-fmt: on\r\n2};\r\n};",
            &["// cimarron-fmt: off", "// cimarron-fmt: on"],
        ),
        (
            "// cimarron-fmt: off\n[A,\n// cimarron-fmt: off\nB,\n// cimarron-fmt: on\nC]\nclass A { };",
            &["// cimarron-fmt: on"],
        ),
    ] {
        let found = unheeded_switches(text, &FormatOptions::default());
        let places: Vec<&str> = found.iter().map(|d| &text[d.span.range()]).collect();
        assert_eq!(places, said, "{text:?}");
    }
}

#[test]
fn deep_and_long_texts_are_no_trouble() {
    let open = "instance of A { P = ".repeat(60);
    let close = "; }".repeat(60);
    let deep = format!("{open}1{close};");
    assert_eq!(formatted(&formatted(&deep)), formatted(&deep));
    let many = "// c\n".repeat(100_000);
    assert_eq!(formatted(&many), many);
    let literals = format!("class A {{ string S = {}; }};", "\"x\"\n".repeat(50_000));
    for rewrap_strings in [false, true] {
        let options = FormatOptions { rewrap_strings, ..FormatOptions::default() };
        assert!(format(&literals, &options).is_ok());
    }
    let commas = format!("class A {{ uint8 S[] = {{{}1}}; }};", "1 /* c */, // d\n".repeat(20_000));
    assert!(format(&commas, &FormatOptions::default()).is_ok());
}

#[test]
fn a_mistake_of_the_formatter_would_be_seen() {
    for (before, after, differs) in [
        ("class A {};", "class B {};", Err("a token")),
        ("class A {}; class B {};", "class A {};", Err("a token")),
        (r#""a" "b""#, r#""ab""#, Ok(())),
        (r#""a" "b";"#, r#""a", "b";"#, Err("a token")),
        (r#""\x4" "1""#, r#""\x41""#, Err("a token")),
        (r#""\n""#, r#""\x000A""#, Ok(())),
        ("# pragma x", "#pragma x", Ok(())),
        ("a // x\n, b", "a, // x\nb", Ok(())),
        ("a // x\n, b", "a, // xy\nb", Err("a comment")),
        ("a /* x */ // y\n", "a // x */ // y\n", Err("a comment")),
        ("a // x\n", "a", Err("a comment")),
    ] {
        assert_eq!(
            verify::same_meaning(before, after, Language::Mof2),
            differs,
            "{before} / {after}"
        );
    }
}

#[test]
fn the_forms_of_other_versions_are_laid_out_alike() {
    let text = "#pragma include(\"a.mof\")
Qualifier Key:boolean=false scope(property,reference) policy(disableOverride);
[Q] structure S:T{[R] string A[]=  {\"x\"}; enumeration E:uint8{A=1,  [D(\"b\")]B=2, // two

C=3}; E Value=E.A;X  REF R= a.b:1/root/x:X.K=\"a\";};
enumeration Words:string{One,Two=\"2\"};
association A:B{C ref D;};
value of S as $s{A={\"y\"};P=value of T{Q=1;};};
";
    let expected = "#pragma include (\"a.mof\")
Qualifier Key : boolean = false scope(property, reference) policy(disableOverride);
[Q]
structure S : T {
    [R]
    string A[] = {\"x\"};
    enumeration E : uint8 {
        A = 1,
        [D(\"b\")] B = 2, // two

        C = 3
    };
    E Value = E.A;
    X REF R = a.b:1/root/x:X.K=\"a\";
};
enumeration Words : string {
    One,
    Two = \"2\"
};
association A : B {
    C ref D;
};
value of S as $s {
    A = {\"y\"};
    P = value of T { Q = 1; };
};
";
    let options = FormatOptions { language: Language::Mof3, ..FormatOptions::default() };
    let laid_out = |text: &str| lay_out(text, &options).map(|(printer, _)| printer.out);
    assert_eq!(laid_out(text).as_deref(), Ok(expected));
    assert_eq!(laid_out(expected).as_deref(), Ok(expected));
}

#[test]
fn paths_outside_of_quotes_have_no_blanks_in_their_keys() {
    let text = "instance of B { P=root/x:A.Id =\"b\" , Z = 3; L={ A.Id= \"c\",Z= 2, A.Z =1 ,Id=\"q\" }; E=S.V; N=3; };
class B { uint32 Z=1; uint32 M(uint32 a=1, uint32 b=2, A REF c = A.Id =\"x\", Z = 2); };
instance of B { P = A.Id=\"a long key, so long that it does not stand on a line of its own but goes on\", Z = 2; };
";
    let expected = "\
instance of B {
    P = root/x:A.Id=\"b\",Z=3;
    L = {A.Id=\"c\",Z=2, A.Z=1,Id=\"q\"};
    E = S.V;
    N = 3;
};
class B {
    uint32 Z = 1;
    uint32 M(uint32 a = 1, uint32 b = 2, A REF c = A.Id=\"x\",Z=2);
};
instance of B {
    P = A.Id=\"a long key, so long that it does not stand on a line of its own but goes on\",Z=2;
};
";
    let options = FormatOptions { language: Language::Mof3, ..FormatOptions::default() };
    let laid_out = |text: &str| lay_out(text, &options).map(|(printer, _)| printer.out);
    assert_eq!(laid_out(text).as_deref(), Ok(expected));
    assert_eq!(laid_out(expected).as_deref(), Ok(expected));
}

#[test]
fn strings_of_keys_stay_behind_their_equals_signs() {
    let text = "class T_D { T_C REF Q = T_C.Id=\"a\" \"b\",N=2; T_C REF P[] = {T_C.Id = \"a\" // c
\"b\"}; string S = \"a\" \"b\"; };
";
    let expected = "\
class T_D {
    T_C REF Q = T_C.Id=\"a\"
        \"b\",N=2;
    T_C REF P[] = {
        T_C.Id=\"a\" // c
            \"b\"
    };
    string S =
        \"a\"
        \"b\";
};
";
    let options = FormatOptions { language: Language::Mof3, ..FormatOptions::default() };
    let laid_out = |text: &str| lay_out(text, &options).map(|(printer, _)| printer.out);
    assert_eq!(laid_out(text).as_deref(), Ok(expected));
    assert_eq!(laid_out(expected).as_deref(), Ok(expected));
}

#[test]
fn the_end_of_a_text_of_mof3_ends_a_comment() {
    let options = FormatOptions { language: Language::Mof3, ..FormatOptions::default() };
    for text in ["class T {}; /* un\n", "class T {};\n\n/* un\n * til\n"] {
        assert_eq!(format(text, &options).unwrap(), text);
    }
}

/// Declarations as tokens, with `~` between them.
const DECLARATIONS: &[&str] = &[
    "class~A~{~}~;",
    "[~Abstract~,~Description~(~\"text one\"~\"text two\"~)~:~ToSubclass~Amended~]~class~B~as~$b~:~A~{~[~key~]~string~Id~=~\"x\"~;~uint8~N~[~3~]~=~{~1~,~2~,~3~}~;~}~;",
    "class~C~{~[~ValueMap~{~\"1\"~,~\"2\"~\"3\"~}~,~Max~(~5~)~]~uint16~V~;~sint32~M~(~[~in~]~uint8~P~,~[~out~,~Q~{~\"a\"~}~]~object~:~A~R~[~]~)~;~void~E~(~)~;~B~ref~T~;~}~;",
    "Qualifier~Q~:~string~[~]~=~{~\"a\"~,~\"b\"~}~,~Scope~(~class~,~property~)~,~Flavor~(~EnableOverride~)~;",
    "Qualifier~R~:~ToSubclass~Amended~;",
    "#pragma~namespace~(~\"root\"~\"x\"~)",
    "#pragma~autorecover",
    "#include~(~\"a.mof\"~)",
    "instance~of~B~as~$i~{~Id~=~\"1\"~;~P~=~instance~of~C~{~V~=~1~;~W~=~{~}~;~}~;~L~=~{~instance~of~D~{~}~,~$i~,~NULL~}~;~}~;",
    ";",
];

const GAPS: &[&str] = &[
    "",
    "",
    "",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n\n",
    "\t",
    "// c\n",
    " // c\n",
    "\n// c\n",
    "\n\n// c\n\n",
    "/* b */",
    " /* b */ ",
    "\n/* b */ ",
    "/* b */\n",
    "\n/* b */\n",
    "/* m\n  n */",
    "\n /* m\n\t n */\n",
    "/* b *//* b */",
    "// cimarron-fmt: off\n",
    "\n// cimarron-fmt: off\n",
    "\n// cimarron-fmt: on\n",
];

/// Declarations of MOF 3 in the same way.
const DECLARATIONS_3: &[&str] = &[
    "class~A~{~}~;",
    "[~Q~,~R~{~\"a\"~,~\"b\"~}~]~structure~S~:~T~{~[~R~]~string~A~[~]~=~{~\"x\"~\"y\"~}~;~enumeration~E~:~uint8~{~A~=~1~,~[~D~(~\"b\"~)~]~B~=~2~}~;~E~V~=~E~.~A~;~}~;",
    "enumeration~W~:~string~{~One~,~Two~=~\"2\"~}~;",
    "association~A~:~B~{~C~ref~D~;~uint8~M~(~[~in~]~uint8~P~,~S~R~[~]~)~;~void~N~(~)~;~}~;",
    "Qualifier~Q~:~string~[~]~=~{~\"a\"~}~Scope~(~class~,~any~)~Policy~(~disableOverride~)~;",
    "instance~of~B~as~$i~{~Id~=~\"1\"~;~P~=~value~of~C~{~V~=~E~.~A~;~}~;~L~=~{~$i~,~NULL~}~;~}~;",
    "value~of~S~as~$s~{~A~=~{~\"y\"~}~;~}~;",
    "class~D~{~C~REF~P~=~C.Id=~\"a\"~\"b\"~,~N~=~2~;~C~REF~Q~[~]~=~{~C.Id=~\"\\x4\"~\"1\"~,~C.Id~=~\"c\"~}~;~}~;",
    "#pragma~include~(~\"a.mof\"~)",
];

/// What gaps are made of where there is more than one thing in one.
const PIECES: &[&str] =
    &["\n", "\n\n", " ", "/* b */", "/* m\n n */", "// c\n", "/*\tm\n\n  n\n*/"];

/// White space and comments.
fn gap() -> impl Strategy<Value = String> {
    let several = prop::collection::vec(prop::sample::select(PIECES), 2..6);
    prop_oneof![
        6 => prop::sample::select(GAPS).prop_map(str::to_owned),
        1 => several.prop_map(|pieces| pieces.concat()),
    ]
}

/// A text that parses, with any white space and comments between its tokens.
fn text() -> impl Strategy<Value = (Language, String)> {
    let of = |language, declarations| {
        let declaration = prop::sample::select(declarations);
        let gaps = prop::collection::vec(gap(), 80);
        let text = prop::collection::vec((declaration, gaps), 0..4).prop_map(written);
        text.prop_map(move |text| (language, text))
    };
    prop_oneof![
        2 => of(Language::Mof2, DECLARATIONS),
        1 => of(Language::Mof3, DECLARATIONS_3),
    ]
}

/// Declarations with what stands in their gaps.
fn written(parts: Vec<(&str, Vec<String>)>) -> String {
    let mut text = String::new();
    for (declaration, gaps) in parts {
        let mut gaps = gaps.into_iter();
        for token in declaration.split('~') {
            let gap = gaps.next().unwrap_or_default();
            let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#');
            if gap.is_empty() && text.ends_with(word) && token.starts_with(word) {
                text.push(' ');
            }
            text.push_str(&gap);
            text.push_str(token);
        }
    }
    text + "\n// end"
}

proptest! {
    #[test]
    fn formatting_is_idempotent_and_keeps_everything(
        (language, text) in text(),
        width in 20_usize..120,
        rewrap_strings: bool,
    ) {
        let options = FormatOptions { width, rewrap_strings, language };
        // That comments and meaning stay is part of formatting.
        let once = format(&text, &options).unwrap();
        let twice = format(&once, &options).unwrap();
        prop_assert_eq!(&twice, &once, "{}", text);
        let blanks = once.contains("\n\n\n") && !text.contains("cimarron-fmt");
        prop_assert!(!blanks || text.contains("\n\n  n"), "{}", once);
    }

    #[test]
    fn never_panics(text in r#"([\[\]{}(),;:=#"'/*\n a-c0-9$.]|//|/\*|\*/){0,60}"#) {
        let _ = format(&text, &FormatOptions::default());
    }
}
