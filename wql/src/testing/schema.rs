//! The classes of a small namespace.

use super::Dice;
use super::rows::{ClassRow, TestRow};
use crate::schema::{ClassInfo, PropertyInfo, Schema};
use cimarron_model::{ArrayShape, CimType, Class, DataType, Instance, Name, Property, Qualifier};
use std::borrow::Cow;

/// Whatever a property may have.
const TYPES: [CimType; 16] = [
    CimType::String,
    CimType::Boolean,
    CimType::UInt8,
    CimType::SInt8,
    CimType::UInt16,
    CimType::SInt16,
    CimType::UInt32,
    CimType::SInt32,
    CimType::UInt64,
    CimType::SInt64,
    CimType::Real32,
    CimType::Real64,
    CimType::Char16,
    CimType::DateTime,
    CimType::Reference,
    CimType::Object,
];

/// Classes as the model has them.
#[derive(Clone, Debug)]
pub struct TestSchema(Vec<Class>);

impl Default for TestSchema {
    fn default() -> Self {
        Self::new()
    }
}

impl TestSchema {
    /// `T_Base` (one property of each type), `T_Derived` below it, `T_Point` and
    /// `T_Point3` to embed, an unrelated `T_Other`, an association `T_Link`, and the
    /// event classes.
    pub fn new() -> Self {
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

    /// `R_Base` with random properties behind its key, `R_Derived` with some more, and
    /// the classes of [`TestSchema::new`].
    pub fn random(dice: &mut Dice<'_>) -> Self {
        Self::random_of(dice, &TYPES)
    }

    /// The same with properties of some types only.
    pub fn random_of(dice: &mut Dice<'_>, types: &[CimType]) -> Self {
        let mut properties = vec![Property::new("Id", DataType::scalar(CimType::String))];
        let mut more = |properties: &mut Vec<Property>, count: usize| {
            for _ in 0..count {
                let cim_type = dice.pick(types).copied().unwrap_or(CimType::String);
                let data_type = match cim_type {
                    CimType::Reference => DataType::reference("T_Base".into()),
                    CimType::Object => {
                        let class = dice.maybe(|_| Name::new("T_Point"));
                        DataType { cim_type, array: ArrayShape::Scalar, class }
                    }
                    scalar => DataType::scalar(scalar),
                };
                properties.push(Property::new(format!("P{}", properties.len()), data_type));
            }
        };
        more(&mut properties, 8);
        let base = class("R_Base", None, properties.clone());
        more(&mut properties, 3);
        let mut schema = Self::new();
        schema.0.push(base);
        schema.0.push(class("R_Derived", Some("R_Base"), properties));
        schema
    }

    /// The classes, each with all that it inherits, superclasses first.
    pub fn classes(&self) -> &[Class] {
        &self.0
    }

    /// Gives a class, and those below it, one property more, behind its others.
    pub fn add(&mut self, class: &str, property: &Property) {
        let Some(slot) = self.find(class).map(|class| class.properties.len()) else { return };
        let mut below = Vec::new();
        below.extend(self.class_and_subclasses(class).iter().map(|class| class.name.clone()));
        for class in self.0.iter_mut().filter(|class| below.contains(&class.name)) {
            class.properties.insert(slot.min(class.properties.len()), property.clone());
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Class> {
        self.0.iter().find(|c| c.name.is(name))
    }

    /// The class of this name and all below it.
    pub(super) fn class_and_subclasses(&self, name: &str) -> Vec<&Class> {
        let is_a = |class: &&Class| TestClass { schema: self, class }.is_a(name);
        self.0.iter().filter(is_a).collect()
    }

    /// The instance as a row.
    pub fn row(&self, instance: Instance) -> TestRow<'_> {
        TestRow { schema: self, instance: Cow::Owned(instance) }
    }

    /// The same of an instance that somebody keeps.
    pub const fn row_of<'s>(&'s self, instance: &'s Instance) -> TestRow<'s> {
        TestRow { schema: self, instance: Cow::Borrowed(instance) }
    }

    /// Every class, as schema queries look at it.
    pub fn class_rows(&self) -> impl Iterator<Item = ClassRow<'_>> {
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

/// A class among the others.
#[derive(Clone, Copy)]
pub struct TestClass<'s> {
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
