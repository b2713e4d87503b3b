//! A small namespace for tests: classes and instances from `model`.

use crate::rows::{Genus, Row, ValueRef};
use crate::schema::{ClassInfo, PropertyInfo, Schema};
use cimarron_model::{
    ArrayShape, CimType, Class, DataType, DateTime, Instance, Name, Object, Property, Qualifier,
    Value,
};
use std::borrow::Cow;

pub(crate) struct TestSchema(Vec<Class>);

impl TestSchema {
    /// `T_Base` (one property of each type), `T_Derived` below it, `T_Point` and
    /// `T_Point3` to embed, and an unrelated `T_Other`.
    pub(crate) fn new() -> Self {
        use CimType::*;
        let scalar = |name: &str, t| Property::new(name, DataType::scalar(t));
        let embedded = |name: &str, class: Option<&str>| {
            let class = class.map(Name::new);
            Property::new(name, DataType { cim_type: Object, array: ArrayShape::Scalar, class })
        };
        let base = vec![
            scalar("Id", String),
            scalar("Flag", Boolean),
            scalar("U8", UInt8),
            scalar("S8", SInt8),
            scalar("U64", UInt64),
            scalar("S64", SInt64),
            scalar("R32", Real32),
            scalar("R64", Real64),
            scalar("Char", Char16),
            scalar("Text", String),
            scalar("When", DateTime),
            Property::new("Link", DataType::reference("T_Base".into())),
            embedded("Point", Some("T_Point")),
            embedded("Thing", None),
            Property::new("List", DataType::array(UInt16)),
            scalar("Group", String),
        ];
        let with = |mut properties: Vec<Property>, more| {
            properties.push(more);
            properties
        };
        let event = || vec![scalar("TIME_CREATED", UInt64)];
        let operation = || with(event(), embedded("TargetInstance", None));
        let mut indication = class("CIM_Indication", None, vec![scalar("Severity", UInt16)]);
        indication.qualifiers.set(Qualifier::new("Indication", true));
        let mut derived = base.clone();
        derived.push(scalar("Extra", String));
        let point = vec![
            scalar("X", SInt32),
            scalar("Label", String),
            Property::new("Marks", DataType::array(String)),
            embedded("Inner", Some("T_Point")),
        ];
        let mut point3 = point.clone();
        point3.push(scalar("Z", SInt32));
        Self(vec![
            class("T_Base", None, base),
            class("T_Derived", Some("T_Base"), derived),
            class("T_Point", None, point),
            class("T_Point3", Some("T_Point"), point3),
            class("T_Other", None, vec![scalar("Id", String)]),
            class("T_Link", None, {
                let end = |name| Property::new(name, DataType::reference("T_Base".into()));
                vec![end("From"), end("To")]
            }),
            class("__Namespace", None, vec![scalar("Name", String)]),
            class("__Event", None, event()),
            class("__NamespaceOperationEvent", Some("__Event"), {
                with(event(), embedded("TargetNamespace", Some("__Namespace")))
            }),
            class("__InstanceOperationEvent", Some("__Event"), operation()),
            class("__InstanceCreationEvent", Some("__InstanceOperationEvent"), operation()),
            class("__InstanceModificationEvent", Some("__InstanceOperationEvent"), {
                with(operation(), embedded("PreviousInstance", None))
            }),
            class(
                "__AggregateEvent",
                None,
                vec![scalar("NumberOfEvents", UInt32), embedded("Representative", None)],
            ),
            class("T_Event", Some("__Event"), {
                let event = with(event(), embedded("Point", Some("T_Point")));
                with(
                    with(event, scalar("Level", UInt8)),
                    Property::new("Names", DataType::array(String)),
                )
            }),
            indication,
        ])
    }

    fn find(&self, name: &str) -> Option<&Class> {
        self.0.iter().find(|c| c.name.is(name))
    }

    pub(crate) fn row(&self, instance: Instance) -> TestRow<'_> {
        TestRow { schema: self, instance }
    }

    /// Every class, as schema queries look at it.
    pub(crate) fn class_rows(&self) -> impl Iterator<Item = ClassRow<'_>> {
        self.0.iter().map(|class| ClassRow { schema: self, class })
    }
}

fn class(name: &str, superclass: Option<&str>, properties: Vec<Property>) -> Class {
    Class { superclass: superclass.map(Name::new), properties, ..Class::new(name) }
}

impl Schema for TestSchema {
    type Class<'a> = TestClass<'a>;

    fn class(&self, name: &str) -> Option<TestClass<'_>> {
        self.find(name).map(|class| TestClass { schema: self, class })
    }

    fn class_names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|c| c.name.as_str())
    }
}

#[derive(Clone, Copy)]
pub(crate) struct TestClass<'s> {
    schema: &'s TestSchema,
    class: &'s Class,
}

impl ClassInfo for TestClass<'_> {
    fn name(&self) -> &str {
        self.class.name.as_str()
    }

    fn property(&self, name: &str) -> Option<PropertyInfo<'_>> {
        let (slot, p) = self.class.properties.iter().enumerate().find(|(_, p)| p.name.is(name))?;
        let embedded =
            p.data_type.class.as_ref().filter(|_| p.data_type.cim_type == CimType::Object);
        Some(PropertyInfo {
            slot,
            name: p.name.as_str(),
            cim_type: p.data_type.cim_type,
            is_array: p.data_type.is_array(),
            embedded_class: embedded.map(Name::as_str),
        })
    }

    fn property_names(&self) -> impl Iterator<Item = &str> {
        self.class.properties.iter().map(|p| p.name.as_str())
    }

    fn is_a(&self, ancestor: &str) -> bool {
        let above = |class: &&Class| self.schema.find(class.superclass.as_ref()?.as_str());
        std::iter::successors(Some(self.class), above).any(|class| class.name.is(ancestor))
    }

    fn is_indication(&self) -> bool {
        self.class.is_indication()
    }
}

pub(crate) struct TestRow<'s> {
    schema: &'s TestSchema,
    instance: Instance,
}

impl Row for TestRow<'_> {
    fn value(&self, slot: usize) -> ValueRef<'_> {
        let class = self.schema.find(self.class_name()).unwrap();
        let value = self.instance.get(class.properties[slot].name.as_str());
        value.map_or(ValueRef::Null, ValueRef::from)
    }

    fn class_name(&self) -> &str {
        self.instance.class.as_str()
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        self.schema.find(class)?.superclass.as_ref().map(Name::as_str)
    }

    fn property_count(&self) -> usize {
        self.schema.find(self.class_name()).unwrap().properties.len()
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        let id = self.instance.get("Id").and_then(Value::as_str)?;
        Some(format!("{}.Id=\"{id}\"", self.class_name()).into())
    }

    fn namespace(&self) -> Option<&str> {
        Some("root/test")
    }

    fn server(&self) -> Option<&str> {
        Some("HOST")
    }
}

/// A class as a row.
pub(crate) struct ClassRow<'s> {
    schema: &'s TestSchema,
    class: &'s Class,
}

impl Row for ClassRow<'_> {
    fn value(&self, _slot: usize) -> ValueRef<'_> {
        ValueRef::Null
    }

    fn class_name(&self) -> &str {
        self.class.name.as_str()
    }

    fn superclass_of(&self, class: &str) -> Option<&str> {
        self.schema.find(class)?.superclass.as_ref().map(Name::as_str)
    }

    fn genus(&self) -> Genus {
        Genus::Class
    }

    fn property_count(&self) -> usize {
        self.class.properties.len()
    }

    fn relative_path(&self) -> Option<Cow<'_, str>> {
        Some(self.class_name().into())
    }

    fn namespace(&self) -> Option<&str> {
        Some("root/test")
    }

    fn server(&self) -> Option<&str> {
        Some("HOST")
    }
}

pub(crate) fn datetime(text: &str) -> DateTime {
    text.parse().unwrap()
}

pub(crate) fn embedded(instance: Instance) -> Value {
    Object::Instance(instance).into()
}
