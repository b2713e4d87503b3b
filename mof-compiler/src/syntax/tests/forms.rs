//! Every form of the language.

use super::{declarations, parse};
use crate::source::Span;
use crate::syntax::ast::*;

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let (sketches, reports) = parse(text);
        assert_eq!(reports, [] as [String; 0], "{text}");
        assert_eq!(sketches.join(" | "), *expected, "{text}");
    }
}

#[test]
fn classes() {
    check(&[
        ("class A {};", "class A {}"),
        ("CLASS a_1 : B { } ;", "class a_1: B {}"),
        ("class A as $x {};", "class A as x {}"),
        ("class A as $x : B {};", "class A as x: B {}"),
        ("class A : B as $x {};", "class A as x: B {}"),
        ("class Gerät : Ding {};", "class Gerät: Ding {}"),
        (
            r#"[Association, Description("a" "b"): ToSubclass Amended, Values{"x","y"}, Max(-1)] class A {};"#,
            r#"[Association, Description("ab"): ToSubclass Amended, Values({"x","y"}), Max(-1)] class A {}"#,
        ),
        (
            "[dynamic: ToInstance NotToSubclass, key:NotToInstance] class A {};",
            "[dynamic: ToInstance NotToSubclass, key: NotToInstance] class A {}",
        ),
        ("[Values{}] class A {};", "[Values({})] class A {}"),
        ("class A {}; class B {};", "class A {} | class B {}"),
    ]);
}

#[test]
fn properties() {
    check(&[
        ("class A { string s; };", "class A {string s;}"),
        ("class A { UInt8 s[]; real32 r[4]; };", "class A {uint8[] s; real32[4] r;}"),
        (
            r#"class A { [Key] sint64 k = -0x10; boolean b = TRUE; string s = null; };"#,
            "class A {[Key] sint64 k=-16; boolean b=true; string s=NULL;}",
        ),
        (
            r#"class A { char16 c = 'A'; real64 r = -.5e1; datetime d = "x"; uint8 a[] = {1, 017, 101b}; };"#,
            r#"class A {char16 c='65'; real64 r=-5.0; datetime d="x"; uint8[] a={1,15,5};}"#,
        ),
        ("class A { B REF b; };", "class A {ref:B b;}"),
        (r#"class A { B REF b = "B.k=1"; };"#, r#"class A {ref:B b="B.k=1";}"#),
        (
            "class A { object o; object:B p; B q; B r[]; object ref s; B ref t[] = {$x}; };",
            "class A {object:* o; object:B p; object:B q; object:B[] r; ref:* s; ref:B[] t={$x};}",
        ),
        (
            "class A { B b = instance of B as $b { x = 1; }; B c[] = { class D {}, [q] instance of B {} }; };",
            "class A {object:B b=instance B as b {x=1;}; object:B[] c={class D {},[q] instance B {}};}",
        ),
    ]);
}

#[test]
fn methods() {
    check(&[
        ("class A { uint32 m(); };", "class A {uint32 m();}"),
        (
            "class A { [Static] void m([In, ID(0)] B REF b, [out] string s[] = {\"x\"}, C c); };",
            "class A {[Static] void m([In, ID(0)] ref:B b, [out] string[] s={\"x\"}, object:C c);}",
        ),
        ("class A { B REF m(); B n(); };", "class A {ref:B m(); object:B n();}"),
        ("class A { uint8[] m(); uint8 n[](); };", "class A {uint8[] m(); uint8[] n();}"),
    ]);
}

#[test]
fn words_are_keywords_only_where_they_must_be() {
    check(&[
        (
            "class A { string Group; string Scope; uint8 flavor; string class; string as; string of; };",
            "class A {string Group; string Scope; uint8 flavor; string class; string as; string of;}",
        ),
        (
            "class A { string any; string key; string description; string instance; string qualifier; };",
            "class A {string any; string key; string description; string instance; string qualifier;}",
        ),
        (
            "class A { string String; object object; void void(); B ref; B ref ref; string ref = \"x\"; };",
            "class A {string String; object:* object; void void(); object:B ref; ref:B ref; string ref=\"x\";}",
        ),
        (
            "[Class, Schema(\"x\"), ref, Flavor] class Scope : of { as x; };",
            "[Class, Schema(\"x\"), ref, Flavor] class Scope: of {object:as x;}",
        ),
        (
            "instance of as as $as { class = 1; of = $of; ref = NULL; string = 2; };",
            "instance as as as {class=1; of=$of; ref=NULL; string=2;}",
        ),
        (
            "Qualifier Qualifier : string, Scope(class, qualifier, reference);",
            "qualifier Qualifier: string scope Class Qualifier Reference",
        ),
    ]);
}

#[test]
fn qualifier_declarations() {
    check(&[
        (
            "Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);",
            "qualifier Key: boolean=false scope Property Reference flavor DisableOverride ToSubclass",
        ),
        (
            "qualifier Values : string[] = {\"a\"}, SCOPE(ANY);",
            "qualifier Values: string[]={\"a\"} scope Any",
        ),
        (
            "Qualifier Q : uint8, Flavor(Restricted), Scope(schema);",
            "qualifier Q: uint8 scope Schema flavor Restricted",
        ),
        ("Qualifier Q : string;", "qualifier Q: string"),
        ("Qualifier Description : ToSubClass Amended;", "flavors Description: ToSubclass Amended"),
    ]);
}

#[test]
fn instances() {
    check(&[
        ("instance of A {};", "instance A {}"),
        (
            r#"[q] instance of A as $Alias { [r(1):ToInstance] p = "x"; q = {}; r = {NULL, TRUE, 'a', 1.5}; };"#,
            r#"[q] instance A as Alias {[r(1): ToInstance] p="x"; q={}; r={NULL,true,'97',1.5};}"#,
        ),
        (
            "instance of A { e = instance of B { f = { instance of C {g=1;}, $d }; }; c = class X : Y { string s; }; };",
            "instance A {e=instance B {f={instance C {g=1;},$d};}; c=class X: Y {string s;};}",
        ),
    ]);
}

#[test]
fn directives() {
    check(&[
        (
            "#pragma locale (\"en_US\") #pragma autorecover #PRAGMA namespace(\"\\\\\\\\.\\\\root\") class A {};",
            "Pragma locale Some(\"en_US\") | Pragma autorecover None | Pragma namespace Some(\"\\\\\\\\.\\\\root\") | class A {}",
        ),
        (
            "#pragma classflags(\"updateonly\", \"forceupdate\")\n# pragma deleteclass(\"A\",NOFAIL)",
            "Pragma classflags Some(\"updateonly,forceupdate\") | Pragma deleteclass Some(\"A,NOFAIL\")",
        ),
        (
            "#include (\"a.mof\") #pragma include(\"b\" \".mof\") #pragma odd()",
            "Include include Some(\"a.mof\") | Pragma include Some(\"b.mof\") | Pragma odd Some(\"\")",
        ),
        ("#pragma autorecover", "Pragma autorecover None"),
        ("", ""),
        (" // nothing\n/* at all */ ", ""),
    ]);
}

#[test]
fn strings_borrow_when_they_can() {
    let text = r#"instance of A { a = "plain"; b = "es\tcaped"; c = "two " /* x */ "parts"; };"#;
    let [Declaration::Instance(instance)] = &declarations(text)[..] else { panic!("{text}") };
    let strings: Vec<(&str, bool)> = instance
        .properties
        .iter()
        .map(|p| match &p.value.kind {
            ValueKind::String(s) => (&**s, matches!(s, Text::Written(_))),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(strings, [("plain", true), ("es\tcaped", false), ("two parts", false)]);
}

#[test]
fn nodes_know_their_place() {
    let text = "[Q (1) : ToSubclass]\nclass A as $x : B { [R] B REF b [ 2 ] = \"x\" \"y\" ; } ;";
    let [Declaration::Class(class)] = &declarations(text)[..] else { panic!("{text}") };
    let [Feature::Property(property)] = &class.features[..] else { panic!("{text}") };
    let qualifier = &class.qualifiers[0];
    let slices: Vec<&str> = [
        class.span,
        qualifier.span,
        qualifier.value.as_ref().unwrap().span,
        qualifier.flavors[0].span,
        class.name.span,
        class.alias.unwrap().span,
        class.superclass.unwrap().span,
        property.span,
        property.data_type.span,
        property.data_type.array.unwrap().span,
        property.name.span,
        property.default.as_ref().unwrap().span,
    ]
    .map(Span::range)
    .map(|range| &text[range])
    .to_vec();
    assert_eq!(
        slices,
        [
            text,
            "Q (1) : ToSubclass",
            "1",
            "ToSubclass",
            "A",
            "$x",
            "B",
            "[R] B REF b [ 2 ] = \"x\" \"y\" ;",
            "B REF",
            "[ 2 ]",
            "b",
            "\"x\" \"y\"",
        ]
    );
}
