//! What the writing out of MOF 3 costs, and that no text makes it panic.

use crate::evolution::{Change, Element, compare_as};
use crate::{
    CompileOptions, Compiled, Diagnostics, EmptyBase, Language, Loader, OsFileSystem, compile,
};
use cimarron_model::Dialect;
use cimarron_schema::Archive;
use proptest::prelude::*;
use std::fmt::Write;

fn compiled(mof: &str) -> Compiled {
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_text("test.mof", mof).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions {
        dialect: Dialect::Dmtf,
        language: Language::Mof3,
        ..CompileOptions::default()
    };
    compile(&sources, &options, &EmptyBase, said)
}

/// The findings but that names here are short and name no schema.
fn codes(mof: &str) -> Vec<String> {
    let codes = compiled(mof).diagnostics.into_sorted().into_iter().map(|d| d.code.to_string());
    codes.filter(|code| code != "MOF0152").collect()
}

/// Every alias holds the one before twice.
fn doubling(times: usize) -> String {
    let mut mof = "structure S { string P; S L; S R; }; value of S as $0 { P = \"\"; };".to_owned();
    for i in 1..=times {
        let before = i - 1;
        write!(mof, "value of S as ${i} {{ L = ${before}; R = ${before}; }};").unwrap();
    }
    // Names cannot begin with a digit.
    mof.replace('$', "$a")
}

#[test]
fn aliases_do_not_grow_without_bound() {
    assert_eq!(codes(&doubling(8)), Vec::<String>::new());
    let found = codes(&doubling(40));
    assert!(found.contains(&"MOF0435".to_owned()) && found.len() < 50, "{found:?}");
}

#[test]
fn namespaces_share_what_aliases_may_become() {
    let one = |i: usize| {
        format!(
            "#pragma namespace(\"root/n{i}\")\n{}",
            doubling(15).replace("$a", &format!("$n{i}_"))
        )
    };
    assert_eq!(codes(&one(0)), Vec::<String>::new());
    let many = (0..16).map(one).collect::<String>();
    assert!(codes(&many).contains(&"MOF0435".to_owned()));
}

#[test]
fn aliases_nest_up_to_a_limit() {
    let chain = |length: usize| {
        let mut mof = "structure S { S N; }; value of S as $a0 { };".to_owned();
        for i in 1..=length {
            write!(mof, "value of S as $a{i} {{ N = $a{}; }};", i - 1).unwrap();
        }
        codes(&mof)
    };
    assert_eq!(chain(60), Vec::<String>::new());
    let found = chain(70);
    assert!(!found.is_empty() && found.iter().all(|code| code == "MOF0435"), "{found:?}");
}

#[test]
fn uses_of_an_enumeration_do_not_grow_without_bound() {
    let names: Vec<String> = (0..1_000).map(|i| format!("N{i}")).collect();
    let mut mof = format!("enumeration E : string {{ {} }}; class C {{ [Key] ", names.join(", "));
    (0..501).for_each(|i| write!(mof, "E P{i}; ").unwrap());
    mof += "};";
    assert_eq!(codes(&mof), ["MOF0435"]);
}

#[test]
fn octets_do_not_grow_without_bound() {
    let octets = |count: usize| {
        codes(&format!("class C {{ octetstring P = \"0x{}\"; }};", "00".repeat(count)))
    };
    assert_eq!(octets(10), Vec::<String>::new());
    assert_eq!(octets(1_000_000), ["MOF0435"]);
}

#[test]
fn qualifier_types_that_nobody_declares_are_not_compared() {
    let archive = |mof: &str| Archive::from_bytes(compiled(mof).archive().unwrap()).unwrap();
    let compared = |old: &str, new: &str| {
        let found = compare_as(Language::Mof3, &archive(old), &archive(new)).changes;
        let is_one = |change: &&Change| matches!(change.element, Element::QualifierType(_));
        found.iter().filter(is_one).count()
    };
    let (with, without) = ("class C { [MaxLen(5)] string K; };", "class C { string K; };");
    assert_eq!((compared(with, without), compared(without, with)), (0, 0));
    let own = format!("{with} Qualifier Q : boolean = false Scope(any);");
    assert_eq!((compared(&own, without), compared(without, &own)), (1, 1));
}

#[test]
fn a_long_line_of_enumerations_takes_linear_time() {
    let chain = |length: usize| {
        let mut mof = "enumeration E0 : integer { A0 = 0 };".to_owned();
        (1..length).for_each(|i| {
            write!(mof, "enumeration E{i} : E{} {{ A{i} = {i} }};", i - 1).unwrap();
        });
        codes(&(mof + &format!("class C {{ E{} P = A0; }};", length - 1)))
    };
    assert_eq!(chain(256), Vec::<String>::new());
    // Only the first that is too far down says so.
    assert_eq!(chain(257), ["MOF0103"]);
    assert_eq!(chain(2_000), ["MOF0103"]);
}

/// Pieces that make text which is nearly right.
const PIECES: [&str; 44] = [
    "structure",
    "class",
    "association",
    "indication",
    "enumeration",
    "instance of",
    "value of",
    "Qualifier",
    "Scope(any)",
    "Policy(restricted)",
    "[Key]",
    "[Override]",
    "A",
    "B",
    "C",
    "string",
    "integer",
    "octetstring",
    "A REF",
    "B",
    "x",
    "y",
    "[]",
    "{",
    "}",
    "};",
    ";",
    ":",
    ",",
    "=",
    "(",
    ")",
    "as $a",
    "$a",
    "$b",
    "\"0xAB\"",
    "\"s\"",
    "1",
    "-7",
    "TRUE",
    "NULL",
    "A.x",
    "B.x=1",
    "void m()",
];

/// Declarations that fit each other more or less.
const DECLARATIONS: [&str; 16] = [
    "structure A : B { enumeration E : string { x, y = \"z\" }; E P = x; A Next; };",
    "structure B { structure A { integer N; }; A Inner; B[] L; };",
    "class C : A { [Key] string Id; B V = $a; C REF R; octetstring O = \"0x00\"; };",
    "class D : C { [Override] E P = E.y; void m(F f = x, C c[] = {$c}); F[] n(); };",
    "enumeration F : G { x = 1 };",
    "enumeration G : integer { y = 2 };",
    "enumeration G : F { z = 3 };",
    "association L : C { C REF Left; D REF Right; };",
    "value of B as $a { Inner = $b; };",
    "value of A as $b { P = x; Next = $c; N = 5; };",
    "instance of C as $c { Id = \"1\"; V = $a; R = $c; O = \"0xFF\"; };",
    "instance of D { Id = \"1\"; R = C.Id=\"1\"; V = value of B { Inner = value of A { }; }; };",
    "Qualifier Q : F = x Scope(any) Policy(disableoverride);",
    "[Q(y)] indication I { [Q] F P; };",
    "structure C_A { string P; };",
    "class C { structure A { A Self; }; A P; [Key] integer Id; };",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn never_panics(
        pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..60),
    ) {
        let _ = compiled(&pieces.join(" ")).archive();
    }

    #[test]
    fn declarations_in_any_order(
        list in proptest::collection::vec(proptest::sample::select(&DECLARATIONS[..]), 0..12),
    ) {
        let _ = compiled(&list.join("\n")).archive();
    }
}
