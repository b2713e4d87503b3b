//! Events as JSON: the model's spelling, and what embedded objects are called.

use crate::delivered::Delivered;
use cimarron_model::{Array, CimType, Name, Object, ObjectPath, Scalar, Value};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

const CLASS: &str = "__CLASS";
const RELPATH: &str = "__RELPATH";

impl Serialize for Delivered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(CLASS, &self.class)?;
        entries(self.values.iter().map(|(name, value)| (name, value)), &mut map)?;
        map.end()
    }
}

fn entries<'a, M: SerializeMap>(
    values: impl Iterator<Item = (&'a Name, &'a Value)>,
    map: &mut M,
) -> Result<(), M::Error> {
    values
        .filter(|(name, _)| !name.is(CLASS))
        .try_for_each(|(name, value)| map.serialize_entry(name, &ShownValue(value)))
}

struct ShownValue<'a>(&'a Value);

impl Serialize for ShownValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Scalar(Scalar::Object(object)) => Embedded(object).serialize(serializer),
            Value::Array(array) if holds_objects(array) => {
                let mut list = serializer.serialize_seq(Some(array.len()))?;
                for element in array.iter() {
                    match element {
                        Some(Scalar::Object(object)) => {
                            list.serialize_element(&Embedded(&object))?;
                        }
                        other => list.serialize_element(&other)?,
                    }
                }
                list.end()
            }
            other => other.serialize(serializer),
        }
    }
}

fn holds_objects(array: &Array) -> bool {
    array.cim_type() == CimType::Object
}

struct Embedded<'a>(&'a Object);

impl Serialize for Embedded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// A class in the model's spelling, with its path, which is its name.
        #[derive(serde::Serialize)]
        struct Class<'a> {
            #[serde(flatten)]
            class: &'a Object,
            #[serde(rename = "__RELPATH")]
            path: &'a str,
        }
        match self.0 {
            Object::Class(class) => {
                Class { class: self.0, path: class.name.as_str() }.serialize(serializer)
            }
            Object::Instance(instance) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry(CLASS, &instance.class)?;
                let path = instance.path.as_ref().map(ObjectPath::relative);
                map.serialize_entry(RELPATH, &path)?;
                entries(instance.properties().map(|(n, p)| (n, &p.value)), &mut map)?;
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use cimarron_model::{Class, Instance, Property};

    #[test]
    fn embedded_objects_have_paths_and_events_have_none() {
        let mut disk = Instance::new("X_Disk").with("Name", "a");
        disk.path = Some(ObjectPath::parse("root/x:X_Disk.Name=\"a\"").unwrap());
        let place = Object::Instance(Instance::new("X_Place"));
        let list =
            Array::from_options(CimType::Object, [Some(Scalar::from(std::sync::Arc::new(place)))]);
        disk.set("At", Value::from(list.unwrap()));
        let values = vec![
            ("__CLASS".into(), "X_Event".into()),
            ("N".into(), u64::MAX.into()),
            ("TargetInstance".into(), Object::Instance(disk).into()),
        ];
        let event = Delivered { class: "X_Event".into(), values };
        assert_eq!(
            serde_json::to_string(&event).unwrap(),
            r#"{"__CLASS":"X_Event","N":18446744073709551615,"TargetInstance":{"__CLASS":"X_Disk","__RELPATH":"X_Disk.Name=\"a\"","Name":"a","At":[{"__CLASS":"X_Place","__RELPATH":null}]}}"#
        );
    }

    #[test]
    fn classes_are_spelt_as_everywhere() {
        let class = Class::new("X_New").with(Property::new("Id", CimType::UInt32));
        let values = vec![("TargetClass".into(), Object::Class(class).into())];
        let json = serde_json::to_value(Delivered { class: "E".into(), values }).unwrap();
        let class = json.get("TargetClass").unwrap();
        assert_eq!(class.get("__RELPATH"), class.get("__CLASS"));
        assert_eq!(class.pointer("/properties/Id/type").unwrap(), "uint32");
    }
}
