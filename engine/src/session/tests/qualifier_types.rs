//! Qualifier types (DSP0200 5.3.2.28 to 5.3.2.31; DSP0004 5.6.1, 7.8).

use super::*;
use cimarron_model::{CimType, DataType, Flavor, QualifierType, Scope, Scopes, Value};

const USES: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);
Qualifier In : boolean = true, Scope(parameter), Flavor(DisableOverride, ToSubclass);
Qualifier Mark : string, Scope(any);
Qualifier OnClass : uint32, Scope(any);
Qualifier OnProperty : uint32, Scope(any);
Qualifier OnMethod : uint32, Scope(any);
Qualifier OnParameter : uint32, Scope(any);
Qualifier Unused : uint32, Scope(any);
[OnClass(1)] class X_Top {
    [Key, OnProperty(2)] string Id;
    [OnMethod(3)] uint32 Do([In, OnParameter(4)] uint8 How);
};
class X_Low : X_Top { };
"#;

fn declaration(name: &str, cim_type: CimType, scopes: Scopes) -> QualifierType {
    let data_type = DataType::scalar(cim_type);
    QualifierType {
        name: name.into(),
        default: QualifierType::null(&data_type),
        data_type,
        scopes,
        flavor: Flavor::DMTF_DEFAULT,
    }
}

fn only(scope: Scope) -> Scopes {
    Scopes::NONE.with(scope)
}

#[test]
fn a_change_must_leave_uses_right() {
    let (number, text) = (CimType::UInt32, CimType::String);
    let any = Scopes::ANY;
    for (declared, expected) in [
        (declaration("X_New", text, any), Ok(())),
        (declaration("Unused", text, any), Ok(())),
        (declaration("Mark", number, any), Ok(())),
        (declaration("OnClass", text, any), Err(Status::QualifierTypeInUse)),
        (declaration("onclass", number, any), Ok(())),
        (declaration("OnClass", number, only(Scope::Class)), Ok(())),
        (declaration("OnClass", number, only(Scope::Method)), Err(Status::QualifierTypeInUse)),
        (declaration("OnProperty", number, only(Scope::Property)), Ok(())),
        (declaration("OnProperty", number, only(Scope::Class)), Err(Status::QualifierTypeInUse)),
        (declaration("OnMethod", text, any), Err(Status::QualifierTypeInUse)),
        (declaration("OnParameter", text, any), Err(Status::QualifierTypeInUse)),
        (declaration("OnParameter", number, only(Scope::Parameter)), Ok(())),
        // By itself.
        (declaration("9", text, any), Err(Status::InvalidQualifierType)),
        (declaration("X_R", CimType::Reference, any), Err(Status::InvalidQualifierType)),
        (declaration("X_N", text, Scopes::NONE), Err(Status::InvalidQualifierType)),
        (declaration("Abstract", text, any), Err(Status::InvalidQualifierType)),
        (
            QualifierType { default: 7_u32.into(), ..declaration("X_D", text, any) },
            Err(Status::InvalidQualifierType),
        ),
        (
            QualifierType {
                flavor: Flavor::AMENDED.with(Flavor::TO_SUBCLASS),
                ..declaration("X_T", number, any)
            },
            Err(Status::InvalidQualifierType),
        ),
    ] {
        let session = session(Dialect::Dmtf, USES);
        let name = declared.name.as_str();
        let before = session.get_qualifier_type(&context(), name).ok();
        let found = session.set_qualifier_type(&context(), &declared).map_err(|e| e.status());
        assert_eq!(found, expected, "{declared:?}");
        let after = session.get_qualifier_type(&context(), name).ok();
        let expected = if expected.is_ok() { Some(declared.clone()) } else { before };
        assert_eq!(after, expected, "{declared:?}");
    }
}

#[test]
fn what_is_used_stays() {
    let session = session(Dialect::Dmtf, USES);
    let delete = |name| session.delete_qualifier_type(&context(), name).map_err(|e| e.status());
    for name in ["OnClass", "key", "OnMethod", "OnParameter"] {
        assert_eq!(delete(name), Err(Status::QualifierTypeInUse), "{name}");
    }
    assert_eq!(delete("UNUSED"), Ok(()));
    assert_eq!(delete("Unused"), Err(Status::QualifierNotFound));
    let missing = session.get_qualifier_type(&context(), "unused").unwrap_err();
    assert_eq!(missing.status(), Status::QualifierNotFound);
    session.delete_class(&context(), "X_Low").unwrap();
    session.delete_class(&context(), "X_Top").unwrap();
    assert_eq!(delete("OnClass"), Ok(()));
    let left = session.enumerate_qualifier_types(&context()).unwrap();
    let left: Vec<_> = left.iter().map(|q| q.name.as_str()).collect();
    assert_eq!(left, ["In", "Key", "Mark", "OnMethod", "OnParameter", "OnProperty"]);
}

/// An archive may change a type together with the classes that use it.
#[test]
fn archives_change_types_as_their_classes_allow() {
    let session = session(Dialect::Wmi, USES);
    let compile = |text: &str| {
        let done = session.compile_mof_text(&context(), "x.mof", text);
        done.map(drop).map_err(|e| e.status())
    };
    let alone = "Qualifier OnClass : string, Scope(any);";
    assert_eq!(compile(alone), Err(Status::QualifierTypeInUse));
    let both = r#"
        #pragma classflags("forceupdate")
        Qualifier OnClass : string, Scope(any);
        [OnClass("one")] class X_Top { [Key] string Id; };
    "#;
    assert_eq!(compile(both), Ok(()));
    let class = session.get_class(&context(), "X_Low", ClassOptions::new()).unwrap();
    let value = class.qualifiers.get("OnClass").map(|q| q.value.clone());
    assert_eq!(value, Some(Value::from("one")));
}

/// Who makes a class says its qualifiers' values in types of his own.
#[test]
fn values_of_qualifiers_get_their_declared_types() {
    use cimarron_model::{Array, Class, Method, Parameter, Property, Qualifier, Qualifiers};
    let of = |cim_type, items: &[Option<i64>]| {
        let items = items.iter().map(|item| item.map(Into::into));
        Value::from(Array::from_options(cim_type, items).unwrap())
    };
    let sint64 = |items: &[Option<i64>]| of(CimType::SInt64, items);
    let bytes = |items: &[Option<u8>]| {
        let items = items.iter().map(|item| item.map(Into::into));
        Value::from(Array::from_options(CimType::UInt8, items).unwrap())
    };
    let null = Value::null(CimType::String);
    for (name, given, expected) in [
        ("One", Value::from(7_i64), Some(Value::from(7_u8))),
        ("One", Value::from(7_u8), Some(Value::from(7_u8))),
        ("One", Value::from(256_i64), None),
        ("One", Value::from("7"), None),
        ("One", sint64(&[Some(7)]), None),
        ("One", null.clone(), Some(Value::null(CimType::UInt8))),
        ("Many", sint64(&[Some(7), None]), Some(bytes(&[Some(7), None]))),
        ("Many", bytes(&[Some(7), None]), Some(bytes(&[Some(7), None]))),
        ("Many", sint64(&[]), Some(bytes(&[]))),
        ("Many", sint64(&[Some(256)]), None),
        ("Many", Value::from(7_u8), None),
        ("Many", null.clone(), Some(Value::null_array(CimType::UInt8))),
        ("Share", Value::from(1_i64), Some(Value::from(1.0_f32))),
        ("Share", Value::from(0.5_f64), Some(Value::from(0.5_f32))),
        ("Share", Value::from(0.1_f64), None),
    ] {
        let text = "Qualifier One : uint8, Scope(any); Qualifier Many : uint8[], Scope(any);
            Qualifier Share : real32, Scope(any);";
        let session = session(Dialect::Dmtf, &format!("{USES}{text}"));
        let qualifier = || Qualifier::new(name, given.clone());
        let mut class = Class::new("X_Made");
        let mut key = Property::new("K", DataType::scalar(CimType::String));
        key.qualifiers.set(Qualifier::new("Key", true));
        key.qualifiers.set(qualifier());
        class.properties.push(key);
        let qualifiers: Qualifiers = [qualifier()].into_iter().collect();
        let data_type = DataType::scalar(CimType::UInt32);
        class.methods.push(Method {
            name: "M".into(),
            return_type: Some(data_type.clone()),
            parameters: vec![Parameter {
                name: "P".into(),
                data_type,
                qualifiers: qualifiers.clone(),
                default: None,
            }],
            qualifiers,
            origin: None,
            propagated: false,
        });
        class.qualifiers.set(qualifier());
        let put = session.create_class(&context(), &class);
        let Some(expected) = expected else {
            assert!(put.is_err(), "{name} {given}");
            continue;
        };
        put.unwrap_or_else(|error| panic!("{name} {given}: {error}"));
        let class = session.get_class(&context(), "X_Made", ClassOptions::new()).unwrap();
        let method = &class.methods[0];
        for qualifiers in [
            &class.qualifiers,
            &class.properties[0].qualifiers,
            &method.qualifiers,
            &method.parameters[0].qualifiers,
        ] {
            let value = qualifiers.get(name).map(|qualifier| &qualifier.value);
            assert_eq!(value, Some(&expected), "{name} {given}");
        }
    }
}
