//! Shapes that serde knows and few types have.

use super::*;
use cimarron_model::{Char16, CimType, Class, Object, Property, Value};
use serde::de::{Deserializer, Visitor};
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Deserialize)]
struct Id(String);

#[derive(Debug, PartialEq, Deserialize)]
struct Nothing;

#[derive(Debug, PartialEq, Deserialize)]
struct Two(Id, Option<Id>);

#[derive(Debug, PartialEq, Deserialize)]
enum Device {
    #[serde(rename = "X_Fan")]
    Fan(Id, i16),
    #[serde(rename = "X_Disk")]
    Disk,
    #[serde(rename = "X_Part", rename_all = "PascalCase")]
    Part { name: String },
}

/// What asks for bytes and for nothing else.
#[derive(Debug, PartialEq)]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Taken;
        impl Visitor<'_> for Taken {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_byte_buf(Taken)
    }
}

fn id(text: &str) -> Id {
    Id(text.into())
}

fn named(name: &str) -> Device {
    Device::Part { name: name.into() }
}

fn one<T: DeserializeOwned>(query: &str) -> Result<T, String> {
    let rows = stocked().query_as::<T>(&context(), query).map_err(|error| error.to_string())?;
    Ok(rows.into_iter().next().expect(query))
}

macro_rules! reads {
    ($($query:literal as $ty:ty => $expected:expr;)*) => { $(
        assert_eq!(one::<$ty>($query), Ok($expected), $query);
    )* };
}

#[test]
fn rows_as_shapes_of_all_kinds() {
    reads! {
        "SELECT Id FROM X_Disk" as Id => id("d1");
        "SELECT Any FROM X_Disk" as Option<Id> => None;
        "SELECT Any FROM X_Disk" as () => ();
        "SELECT Any FROM X_Disk" as Nothing => Nothing;
        "SELECT Id, Any FROM X_Disk" as Two => Two(id("d1"), None);
        "SELECT Id, Kind FROM X_Disk" as Two => Two(id("d1"), Some(id("spinning")));
        "SELECT Id, Speed FROM X_Fan" as Device => Device::Fan(id("f1"), 9);
        "SELECT Id FROM X_Disk" as Device => Device::Disk;
        "SELECT Bytes FROM X_Disk" as Bytes => Bytes(vec![1, 2, 3]);
        "SELECT FreeSpace FROM X_Disk" as u128 => u128::from(u64::MAX);
        "SELECT Offset FROM X_Disk" as i128 => -3;
        "SELECT Any, Part FROM X_Disk" as (Nothing, Option<Device>) =>
            (Nothing, Some(named("motor")));
        "SELECT Parts, Names, Bytes FROM X_Disk" as ((Part, Device), Two, Bytes) => (
            (Part { name: id("head"), number: 1 }, named("arm")),
            Two(id("a"), Some(id("b"))),
            Bytes(vec![1, 2, 3]),
        );
    }
    for (wrong, expected) in [
        (one::<(Nothing,)>("SELECT Id FROM X_Disk").map(drop), "expected unit"),
        (one::<Bytes>("SELECT Names FROM X_Disk").map(drop), "expected bytes"),
        (one::<Bytes>("SELECT Any FROM X_Disk").map(drop), "NULL"),
        (one::<Two>("SELECT Names FROM X_Disk").map(drop), "Names"),
        (one::<u128>("SELECT Offset FROM X_Disk").map(drop), "-3"),
        (one::<Device>("SELECT Id, Speed, State FROM X_Fan").map(drop), "3 columns"),
    ] {
        let error = wrong.unwrap_err();
        assert!(error.contains(expected), "{error}: {expected}");
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    name: Id,
    number: u8,
}

/// What an instance and a class know of themselves.
#[derive(Debug, PartialEq, Deserialize)]
struct About {
    #[serde(rename = "__CLASS")]
    class: String,
    #[serde(rename = "__GENUS")]
    genus: u8,
    #[serde(rename = "__SUPERCLASS")]
    superclass: Option<String>,
    #[serde(rename = "__RELPATH")]
    path: Option<String>,
    #[serde(rename = "Name")]
    name: Option<String>,
}

#[test]
fn instances_and_classes_as_structs() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Holder {
        any: About,
    }
    let mut inner = part("a", 1);
    inner.path = Some("X_Part.Name=\"a\"".parse().unwrap());
    let mut class = Class::new("X_Made");
    class.superclass = Some("X_Part".into());
    let mut property = Property::new("Name", CimType::String);
    property.default = Some("b".into());
    class.properties.push(property);
    class.properties.push(Property::new("Number", CimType::UInt8));
    let text = |text: &str| Some(text.to_owned());
    let about = |class: &str, genus, superclass, path, name| Holder {
        any: About { class: class.into(), genus, superclass, path, name },
    };
    for (object, expected) in [
        (Object::Instance(inner), about("X_Part", 2, None, text("X_Part.Name=\"a\""), text("a"))),
        (Object::Class(class.clone()), about("X_Made", 1, text("X_Part"), None, text("b"))),
    ] {
        let holder = Instance::new("X_Holder").with("any", object);
        assert_eq!(from_instance::<Holder>(&holder).unwrap(), expected);
    }
    let holder = Instance::new("X_Holder").with("any", Object::Class(class));
    type Map = BTreeMap<String, serde_json::Value>;
    let map = from_instance::<BTreeMap<String, Map>>(&holder).unwrap();
    let expected = serde_json::json!({ "any": { "Name": "b", "Number": null } });
    assert_eq!(serde_json::to_value(map).unwrap(), expected);
    let error = from_instance::<BTreeMap<String, Part>>(&holder).unwrap_err().to_string();
    assert!(error.contains("any.Number") || error.contains("`Number`"), "{error}");
}

#[test]
fn half_a_character_is_a_number_and_no_text() {
    let half = || Instance::new("X_Disk").with("Letter", Char16(0xd800));
    type Letter<T> = BTreeMap<String, T>;
    let read = from_instance::<Letter<u16>>(&half()).unwrap();
    assert_eq!(read["Letter"], 0xd800);
    for error in [
        from_instance::<Letter<char>>(&half()).map(drop).unwrap_err(),
        from_instance::<Letter<String>>(&half()).map(drop).unwrap_err(),
    ] {
        assert!(error.to_string().contains("the lone surrogate U+D800"), "{error}");
    }
}

#[test]
fn shapes_are_written_as_what_they_hold() {
    #[derive(Serialize)]
    struct Wrapped<T>(T);
    #[derive(Serialize)]
    #[serde(rename = "X_Empty")]
    struct Empty;
    #[derive(Serialize)]
    enum Choice {
        #[serde(rename = "X_Fan")]
        Fan(Wrapped<BTreeMap<&'static str, u8>>),
        Number(u8),
        Both(u8, u8),
        Solid,
    }
    #[derive(Serialize)]
    struct X<T> {
        v: T,
    }
    /// Bytes as serde has them.
    struct Raw;
    impl Serialize for Raw {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_bytes(&[1, 2])
        }
    }
    let bytes =
        || cimarron_model::Array::from_elements(cimarron_model::Elements::UInt8(vec![1, 2]));
    let written = |instance: Result<Instance, TypedError>| instance.unwrap().get("v").cloned();
    let object = |instance: Instance| Some(Value::from(Object::Instance(instance)));
    let fan = || Wrapped(BTreeMap::from([("Speed", 7_u8)]));
    for (found, expected) in [
        (written(to_instance(&X { v: Wrapped(7_u8) })), Some(Value::from(7_u8))),
        (written(to_instance(&X { v: Some(Wrapped('a')) })), Some(Value::from(Char16(0x61)))),
        (written(to_instance(&X { v: () })), Some(Value::null(CimType::String))),
        (written(to_instance(&X { v: Raw })), Some(Value::from(bytes()))),
        (written(to_instance(&X { v: Wrapped(Raw) })), Some(Value::from(bytes()))),
        (written(to_instance(&X { v: Choice::Solid })), Some(Value::from("Solid"))),
        (written(to_instance(&X { v: Empty })), object(Instance::new("X_Empty"))),
        (
            written(to_instance(&X { v: Choice::Fan(fan()) })),
            object(Instance::new("X_Fan").with("Speed", 7_u8)),
        ),
    ] {
        assert_eq!(found, expected);
    }
    for (wrong, expected) in [
        (to_instance(&X { v: Choice::Number(1) }), "the variant `Number` holds a value"),
        (to_instance(&X { v: Choice::Both(1, 2) }), "the tuple variant `Both` is no CIM value"),
    ] {
        let error = wrong.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
