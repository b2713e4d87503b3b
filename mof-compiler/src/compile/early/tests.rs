//! Whether classes that are compiled early come out as those at their turn.

use crate::compile::{Compiled, compile_mof2};
use crate::{CompileOptions, Diagnostics, EmptyBase, Loader, OsFileSystem};
use cimarron_model::Dialect;
use proptest::prelude::*;

const QUALIFIERS: &str = r#"
    Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride);
    Qualifier Association : boolean = false, Scope(association), Flavor(DisableOverride);
    Qualifier Abstract : boolean = false, Scope(class, association), Flavor(Restricted);
    Qualifier Override : string = null, Scope(any), Flavor(Restricted);
    Qualifier Description : string = null, Scope(any), Flavor(Translatable);
    Qualifier Deprecated : string[] = null, Scope(any), Flavor(Restricted);
    Qualifier MaxLen : uint32 = null, Scope(property);
    Qualifier Values : string[] = null, Scope(any);
    Qualifier ValueMap : string[] = null, Scope(any);
    Qualifier EmbeddedInstance : string = null, Scope(any);
    class T_Top { [Key, Description("x" "y")] string Id; uint8 N = 3; };
"#;

/// Texts that go behind [`QUALIFIERS`].
const TEXTS: [&str; 32] = [
    "class T_A : T_Top { string B; uint32 M([In] T_Top REF P); };",
    // What is inherited from is still to come, or comes never.
    "class T_A : T_B { }; class T_B : T_Top { };",
    "class T_A : T_Missing { string B; }; class T_C : T_A { };",
    "class T_A : T_B { }; class T_B : T_A { };",
    // References and embedded instances.
    "[Association] class T_A { [Key] T_Top REF L; [Key] T_Later REF R; }; class T_Later { };",
    "[Association] class T_A { [Key] T_Top REF L; [Key] T_Never REF R; };",
    "class T_A { [EmbeddedInstance(\"T_Later\")] string E; }; class T_Later : T_Top { };",
    "class T_A { [EmbeddedInstance(\"T_Tip\")] string E; };",
    // Defaults.
    "class T_A { uint8 N = 300; string S = \"a\"; [MaxLen(2)] string L = \"abc\"; };",
    "class T_A { uint8 N[] = { 1, 2 }; datetime D = \"x\"; }; class T_B : T_A { uint8 N[] = { 3 }; };",
    "class T_A { T_Top REF R = $x; }; instance of T_Top as $x { Id = \"1\"; };",
    "class T_Late { [Key] string Id; T_Top REF Q = $x; };
     class T_A { T_Top REF R = \"T_Late.Id=\\\"1\\\"\"; };
     instance of T_Top as $x { Id = \"1\"; };",
    // Defaults that are judged when all classes are there.
    "class T_A { [EmbeddedInstance(\"T_Later\")] string E = \"instance of T_Later { N = 1; };\"; };
     class T_Later : T_Top { };",
    "class T_A { [EmbeddedInstance(\"T_Top\")] string E; };
     class T_B : T_A { [Override(\"E\")] string E = \"instance of T_Never { };\"; };",
    "class T_A { T_Later REF R = \"T_Later.No=1\"; }; class T_Later : T_Top { };",
    // Findings, with advice and with places in other classes.
    "[Deprecated { \"No value\" }] class T_Old { }; class T_A : T_Old { }; class T_B : T_A { };",
    "class T_A : T_Top { [Descripton(\"x\")] string B; [MaxLen(\"x\")] string C; };",
    "class T_A : T_Top { [Descripton(\"x\")] string B; };",
    "[Association] class T_A { [Key] T_Top REF R; [Key] T_Top REF S; };
     [Association] class T_B : T_A { [Override(\"R\")] T_Later REF R; }; class T_Later { };",
    "class T_A : T_Top { [Override(\"Id\")] uint8 Id; [Override(\"No\")] string X; };",
    "class T_A { [ValueMap { \"1\", \"1\" }, Values { \"a\" }] uint8 V; }; class T_B : T_A { };",
    "class T_A { string A; string a; }; class T_B : T_A { [Key, Key] string K; };",
    // What is taken back.
    "class T_A { }; class T_A { string B; }; class T_B : T_A { };",
    "class T_A : T_Later { }; class T_A { string B; }; class T_Later { };",
    "class T_A { [New] string B; }; Qualifier New : boolean = false, Scope(property);",
    "class T_A { [MaxLen(1)] string B; }; Qualifier MaxLen : string = null, Scope(property);",
    "class T_A { }; #pragma deleteclass(\"T_Top\", nofail)\n class T_B : T_Top { };",
    // Other namespaces, flavors and classes that could not be read.
    "class T_A { }; #pragma namespace(\"root/other\")\n class T_A { string B; }; class T_B : T_A { };",
    "class T_A { }; #pragma namespace(\"root/other\")\n class T_B : T_A { [Key] string B; };",
    "#pragma namespace(\"root/other\")\n class T_B { [MaxLen(1)] string B; };",
    "Qualifier Description : Restricted; class T_A { [Description(\"x\")] string B; };",
    "class T_Bad { string }; class T_A : T_Bad { [Override(\"X\")] string X; T_Bad REF R; };",
];

/// Declarations that need, repeat, change and take back each other.
const DECLARATIONS: [&str; 26] = [
    "class T_A { [Key] string Id; uint8 N = 3; };",
    "class T_A { [Key] string Id; [MaxLen(2)] string S = \"abc\"; };",
    "class T_A : T_B { };",
    "class T_B : T_A { [Override(\"Id\")] string Id; [Description(\"b\")] uint8 M; };",
    "[Abstract] class T_B : T_A { [Override(\"N\")] uint16 N; };",
    "class T_C : T_B { [ValueMap { \"1\", \"..\" }, Values { \"a\" }] uint8 V; };",
    "class T_C { [EmbeddedInstance(\"T_A\")] string E; T_B REF R; };",
    "class T_C { [EmbeddedInstance(\"T_A\")] string E = \"instance of T_B { Id = 1; };\"; };",
    "class T_J : T_C { [Override(\"E\")] string E = \"instance of T_A { }\"; };",
    "class T_D : T_C { uint32 M([Descripton(\"x\")] T_A REF P, T_E Q); };",
    "[Deprecated { \"T_D\" }] class T_E : T_D { [Deprecated { \"T_E.Y\" }] string X; string Y; };",
    "[Association] class T_F { [Key] T_A REF L; [Key] T_E REF R; };",
    "[Association] class T_G : T_F { [Override(\"R\")] T_D REF R; };",
    "[Association] class T_G : T_F { [Override(\"L\")] T_B REF L; T_A REF D = \"T_B.Id=\\\"1\\\"\"; };",
    "class T_H { T_A REF R = $a; object O = instance of T_A { Id = \"1\"; }; };",
    "instance of T_A as $a { Id = \"1\"; };",
    "class T_Bad { string };",
    "class T_I : T_Bad { [Override(\"X\")] string X; };",
    "Qualifier MaxLen : uint32 = null, Scope(property);",
    "Qualifier Description : uint8 = 1, Scope(class);",
    "Qualifier Broken : ;",
    "Qualifier Description : Restricted;",
    "#pragma namespace(\"root/other\")\n",
    "#pragma namespace(\"root/cimv2\")\n",
    "#pragma deleteclass(\"T_B\", nofail)\n",
    "#pragma classflags(\"forceupdate\")\n",
];

fn compiled(text: &str, dialect: Dialect, batch: Option<u32>) -> Compiled {
    let mut loader = Loader::new(&OsFileSystem);
    loader.add_text("early.mof", text).unwrap();
    let mut said = Diagnostics::new();
    let sources = loader.finish(&mut said);
    let options = CompileOptions { dialect, ..CompileOptions::default() };
    compile_mof2(&sources, &options, &EmptyBase, said, batch)
}

fn compare(text: &str) {
    let bytes = |of: &Compiled| of.archive().unwrap().to_vec();
    for dialect in [Dialect::Dmtf, Dialect::Wmi] {
        let late = compiled(text, dialect, None);
        for batch in [1, 200, u32::MAX] {
            let early = compiled(text, dialect, Some(batch));
            assert_eq!(early.diagnostics.as_slice(), late.diagnostics.as_slice(), "{text}");
            assert_eq!(early.statistics(), late.statistics(), "{text}");
            assert_eq!(bytes(&early), bytes(&late), "{text}");
        }
    }
}

#[test]
fn early_is_as_late() {
    for text in TEXTS {
        compare(&format!("{QUALIFIERS}{text}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn early_is_as_late_whatever_comes(
        declared: bool,
        declarations in prop::collection::vec(prop::sample::select(&DECLARATIONS[..]), 1..10),
    ) {
        let declared = if declared { QUALIFIERS } else { "" };
        compare(&format!("{declared}{}", declarations.join("\n")));
    }
}
