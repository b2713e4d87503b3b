//! What the MOF compiler says, and what comes out of it.

#![allow(clippy::unwrap_used)]

use cimarron_model::Dialect;
use cimarron_schema::{Archive, ClassForm};
use cimarron_snapshots::{assert_snapshot_in, compile_clean, compile_text};

/// The findings of a text, rendered, in order.
fn findings(mof: &str, dialect: Dialect) -> String {
    let (compiled, sources) = compile_text(mof, dialect);
    let sorted = compiled.diagnostics.into_sorted();
    let rendered: Vec<String> =
        sorted.iter().map(|d| d.render(sources.map()).to_string()).collect();
    rendered.join("\n")
}

const SYNTAX: &str = r#"
class X_A {
    uint32 Count = 089;
    string Text = "no end;
    uint8 Byte = 0x1FF;
};
clas X_B { };
class X_C { string Name }
class X_D { string Path = "C:\dir"; };
"#;

const CLASSES: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier Association : boolean = false, Scope(association), Flavor(DisableOverride, ToSubclass);
Qualifier MaxLen : uint32 = null, Scope(property);
[Key] class X_Scoped { };
class X_Base { [Key] string Id; uint16 Size; [Kye] string Typo; };
class X_Sub : X_Base { uint32 Size; [Key] string Second; };
class X_Orphan : X_Bsae { };
class X_Loop1 : X_Loop2 { };
class X_Loop2 : X_Loop1 { };
[Association] class X_Link { [Key] X_Base REF One; X_Nowhere REF Two; };
class X_Twice { uint8 A; string A; uint8 B = 300; [MaxLen("x")] string C; };
"#;

const INSTANCES: &str = r#"
[abstract] class X_Abstract { };
class X_Disk { [key] string Id; uint64 Size; datetime Since; X_Disk ref Mirror; };
instance of X_Abstract { };
instance of X_Disk { Size = 5; };
instance of X_Disk { Id = NULL; };
instance of X_Disk { Id = "a"; Szie = 1; Size = "big"; Since = "20261301000000.000000+000"; };
instance of X_Disk as $D { Id = "b"; Mirror = $E; };
instance of X_Dsik { };
"#;

#[test]
fn diagnostics() {
    assert_snapshot_in!("mof-compiler", "syntax_errors", findings(SYNTAX, Dialect::Wmi));
    assert_snapshot_in!("mof-compiler", "class_errors", findings(CLASSES, Dialect::Dmtf));
    assert_snapshot_in!("mof-compiler", "instance_errors", findings(INSTANCES, Dialect::Wmi));
}

const HIERARCHY: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier Description : string = null, Scope(any), Flavor(EnableOverride, ToSubclass, Translatable);
Qualifier Deprecated : string[] = null, Scope(any), Flavor(EnableOverride, Restricted);
Qualifier Override : string = null, Scope(property, reference, method), Flavor(EnableOverride, Restricted);
Qualifier Out : boolean = false, Scope(parameter), Flavor(DisableOverride, ToSubclass);

[Description("The base."), Deprecated{"X_New"}]
class X_Base {
    [Key, Description("Who it is.")] string Id = "none";
    [Deprecated{"No value"}] uint16 Codes[4] = {1, NULL, 3};
    uint32 Stop([Description("How long to wait.")] uint32 Seconds, [Out] string Reason);
};
class X_Sub : X_Base {
    [Override("Id"), Description("Who it is, \"quoted\".")] string Id;
    datetime Since = "00000001000000.000000:000";
    real64 Ratio = 0.1;
};
"#;

#[test]
fn resolved_class_as_json() {
    let compiled = compile_clean(HIERARCHY, Dialect::Dmtf);
    let archive = Archive::from_bytes(compiled.archive().unwrap()).unwrap();
    let schema = archive.namespaces().next().unwrap();
    let class = schema.class("X_Sub").unwrap().to_class(ClassForm::Resolved);
    let json = serde_json::to_string_pretty(&class).unwrap();
    assert_snapshot_in!("schema", "resolved_class", json);
}

#[test]
fn classes_as_mof() {
    use cimarron_schema::{PrintOptions, class_to_mof, qualifier_type_to_mof};
    let compiled = compile_clean(HIERARCHY, Dialect::Dmtf);
    let archive = Archive::from_bytes(compiled.archive().unwrap()).unwrap();
    let schema = archive.namespaces().next().unwrap();
    let flavor_of =
        |name: &str| schema.qualifier_type(name).map(cimarron_schema::QualifierTypeView::flavor);
    let options = PrintOptions::new(Dialect::Dmtf).declared(&flavor_of);
    let mut mof = String::new();
    for declaration in schema.qualifier_types() {
        mof.push_str(&qualifier_type_to_mof(&declaration.to_qualifier_type(), &options));
    }
    for class in schema.classes() {
        for form in [ClassForm::Local, ClassForm::Resolved] {
            mof.push_str(&format!("\n// {form:?}\n"));
            mof.push_str(&class_to_mof(&class.to_class(form), &options));
        }
    }
    assert_snapshot_in!("schema", "printed_mof", mof);
}
