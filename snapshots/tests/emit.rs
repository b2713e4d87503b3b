//! The forms that a schema is written in.

#![allow(clippy::unwrap_used)]

use cimarron_model::{Array, Class, Dialect, Elements, Instance, Name, Object};
use cimarron_mof::Emit;
use cimarron_mof::emit::cimxml::{Layout, write_class, write_instance, write_qualifier_type};
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

/// Ends with limits, wholes and parts, and references outside of associations.
const TIES: &str = r#"
class X_Room { [key] string Id; };
class X_Rack { [key] string Id; [EmbeddedInstance("X_Room")] string Copy; X_Room ref In; object ref Any; };
[Association, Composition] class X_InRoom { [key, Aggregate] X_Room ref Room; [key, Min(2), Max(40)] X_Rack ref Rack; };
[Association, Aggregation] class X_Spare { [key, Max(1)] X_Rack ref Rack; [key, Aggregate, Min(1), Max(1)] X_Room ref Room; };
[Association] class X_Beside { [key, Min(3)] X_Rack ref One; [key] object ref Other; };
"#;

#[test]
fn ties_as_diagram() {
    let text = emitted(&archive(TIES, Dialect::Wmi), Emit::Mermaid);
    assert_snapshot_in!("mof-compiler", "ties_mermaid", text);
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

/// Values that MOF has no literals for, and a qualifier type alone.
#[test]
fn values_of_programs_as_cim_xml() {
    let class = Class { name: "X_Kind".into(), ..Class::default() };
    let reals = vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.1];
    let reals = Array::from_elements(Elements::Real64(reals));
    let instance = Instance::new("X_Odd")
        .with("Reals", reals)
        .with("Small", f32::NEG_INFINITY)
        .with("Kind", Object::Class(class));
    let mut bytes = Vec::new();
    write_instance(&mut bytes, &instance, None, Layout::Lines).unwrap();
    let archive = archive(FORMS, Dialect::Dmtf);
    let schema = archive.namespaces().next().unwrap();
    let codes = schema.qualifier_type("Codes").unwrap().to_qualifier_type();
    write_qualifier_type(&mut bytes, &codes, Layout::Compact).unwrap();
    assert_snapshot_in!("mof-compiler", "cimxml_values", String::from_utf8(bytes).unwrap());
}
