//! The forms that a schema is written in.

#![allow(clippy::unwrap_used)]

use cimarron_model::{Dialect, Name};
use cimarron_mof::Emit;
use cimarron_mof::emit::cimxml::{Layout, write_class, write_instance};
use cimarron_schema::{Archive, ClassForm};
use cimarron_snapshots::{assert_snapshot_in, compile_clean};

const FLEET: &str = include_str!("../../cli/demo/fleet.mof");

fn archive(mof: &str, dialect: Dialect) -> Archive {
    Archive::from_bytes(compile_clean(mof, dialect).archive().unwrap()).unwrap()
}

fn emitted(archive: &Archive, form: Emit) -> String {
    let mut bytes = Vec::new();
    form.write(archive, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn fleet_as_diagram() {
    let text = emitted(&archive(FLEET, Dialect::Wmi), Emit::Mermaid);
    assert_snapshot_in!("mof-compiler", "fleet_mermaid", text);
}

/// Every class, and the first instance of each: the rest has nothing new.
#[test]
fn fleet_as_cim_xml() {
    let archive = archive(FLEET, Dialect::Wmi);
    let schema = archive.namespaces().next().unwrap();
    let mut bytes = Vec::new();
    for class in schema.classes() {
        write_class(&mut bytes, &class.to_class(ClassForm::Local), Some(schema), Layout::Lines)
            .unwrap();
    }
    let mut seen: Vec<Name> = Vec::new();
    for instance in schema.instances() {
        if !seen.contains(&instance.class) {
            seen.push(instance.class.clone());
            write_instance(&mut bytes, &instance, Some(schema), Layout::Lines).unwrap();
        }
    }
    assert_snapshot_in!("mof-compiler", "fleet_cimxml", String::from_utf8(bytes).unwrap());
}

const FORMS: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier EmbeddedInstance : string = null, Scope(property, method, parameter);
Qualifier Codes : uint8[] = {1, 2}, Scope(any), Flavor(EnableOverride, Restricted, Translatable);
class X_Base { [Key] string Id = "a <b> & \"c\"\r\n"; [Codes{1, NULL}] real64 Ratios[2] = {0.5, 1.0e30}; };
class X_Sub : X_Base {
    [EmbeddedInstance("X_Base")] string Inner;
    uint32 Find(X_Base REF One, X_Base REF Many[], uint8 Bytes[4]);
};
instance of X_Sub { Id = "x"; };
"#;

/// Documents, qualifier types, and elements that the fleet has not.
#[test]
fn forms_of_cim_xml() {
    let text = emitted(&archive(FORMS, Dialect::Dmtf), Emit::CimXml);
    assert_snapshot_in!("mof-compiler", "cimxml_forms", text);
}
