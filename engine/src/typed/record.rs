//! A row, an instance or a class as a value, for serde.
//!
//! A struct's fields find their properties without case; see [`Plan`].

use super::plan::{Key, Plan, field_of};
use super::time;
use super::value::{Lasting, ValueDe};
use super::variant::{Content, Variant, of_text};
use crate::error::{TypedError, TypedProblem};
use crate::session::{Field, Row};
use crate::view::ValueView;
use cimarron_model::{Class, Instance, Property, Value};
use cimarron_wql::SystemProperty;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

/// What has properties.
#[derive(Clone, Copy)]
pub(super) enum Record<'de, 'v> {
    Row(Row<'de>),
    Instance(&'v Instance),
    /// An embedded class: its properties' defaults are their values.
    Class(&'v Class),
}

/// One property of a record.
enum Entry<'de, 'v> {
    Field(Row<'de>, Field<'de>),
    Property(&'v str, &'v Value),
    Declared(&'v Property),
    System(&'static str, Value),
}

impl<'de> Entry<'de, '_> {
    fn name(&self) -> &str {
        match self {
            Self::Field(_, field) => field.name,
            Self::Property(name, _) => name,
            Self::Declared(property) => property.name.as_str(),
            Self::System(name, _) => name,
        }
    }

    fn de(&self) -> ValueDe<'de, '_> {
        match self {
            Self::Field(row, field) => {
                ValueDe { view: field.view(), lasting: Lasting::Row(*row, field.name) }
            }
            Self::Property(_, value) => ValueDe::of(ValueView::from(*value)),
            Self::Declared(property) => {
                ValueDe::of(property.default.as_ref().map_or(ValueView::Null, ValueView::from))
            }
            Self::System(_, value) => ValueDe::of(ValueView::from(value)),
        }
    }

    /// Says where an error is.
    fn blame(&self, error: TypedError) -> TypedError {
        let cim_type = match self {
            Self::Field(_, field) => (field.cim_type, field.is_array),
            Self::Property(_, value) => (value.cim_type(), value.is_array()),
            Self::Declared(p) => (p.data_type.cim_type, p.data_type.is_array()),
            Self::System(_, value) => (value.cim_type(), value.is_array()),
        };
        error.within(self.name(), Some(cim_type))
    }
}

impl<'de> Record<'de, '_> {
    fn class_name(&self) -> &str {
        match self {
            Self::Row(row) => row.class_name(),
            Self::Instance(instance) => instance.class.as_str(),
            Self::Class(class) => class.name.as_str(),
        }
    }

    /// A system property, as far as the record knows it.
    fn system(&self, property: SystemProperty) -> Option<Value> {
        use SystemProperty as P;
        Some(match (*self, property) {
            // A field of that name asks for it, as a select list would.
            (Self::Row(row), property) => row.derived(property),
            (record, P::Class) => Value::from(record.class_name()),
            (Self::Instance(_), P::Genus) => Value::from(2_i32),
            (Self::Class(_), P::Genus) => Value::from(1_i32),
            (Self::Instance(instance), P::RelPath) => {
                Value::from(instance.path.as_ref()?.relative())
            }
            (Self::Instance(instance), P::Path) => {
                Value::from(instance.path.as_ref().filter(|p| p.namespace.is_some())?.to_wmi())
            }
            (Self::Class(class), P::Superclass) => Value::from(class.superclass.as_ref()?.as_str()),
            _ => return None,
        })
    }

    /// What is said about a field that found no property.
    fn explain(&self, error: TypedError) -> TypedError {
        match self {
            Self::Row(row) => {
                let names: Vec<&str> = row.fields().map(|f| f.name).collect();
                if let TypedProblem::Missing { field, .. } = error.problem()
                    && error.property().is_none()
                    && row.property(field).is_some()
                    && !names.iter().any(|name| cimarron_model::fold::eq(name, field))
                {
                    return error.hint("the class has it: add it to the select list");
                }
                error.suggest(names.iter().copied())
            }
            Self::Instance(instance) => error.suggest(
                instance.properties().map(|(n, _)| n.as_str()).collect::<Vec<_>>().into_iter(),
            ),
            Self::Class(class) => error.suggest(class.properties.iter().map(|p| p.name.as_str())),
        }
    }
}

/// A record as serde takes it apart.
pub(super) struct RecordDe<'de, 'v, 'p> {
    record: Record<'de, 'v>,
    plan: Option<&'p mut Plan<'de>>,
}

impl<'de, 'v, 'p> RecordDe<'de, 'v, 'p> {
    pub(super) const fn of(record: Record<'de, 'v>) -> Self {
        Self { record, plan: None }
    }

    pub(super) const fn planned(row: Row<'de>, plan: &'p mut Plan<'de>) -> Self {
        Self { record: Record::Row(row), plan: Some(plan) }
    }

    fn visit_map<V: Visitor<'de>>(self, shape: Shape, visitor: V) -> Result<V::Value, TypedError> {
        let record = self.record;
        let mut own = Plan::default();
        let plan = self.plan.unwrap_or(&mut own);
        if let Shape::Struct(fields) = shape {
            plan.reset_for(fields);
        }
        match record {
            Record::Row(row) => {
                let entries = row.fields().map(|field| Entry::Field(row, field));
                visitor.visit_map(Properties::new(record, shape, plan, entries))
            }
            Record::Instance(instance) => {
                let entries = instance.properties();
                let entries = entries.map(|(name, p)| Entry::Property(name.as_str(), &p.value));
                visitor.visit_map(Properties::new(record, shape, plan, entries))
            }
            Record::Class(class) => {
                let entries = class.properties.iter().map(Entry::Declared);
                visitor.visit_map(Properties::new(record, shape, plan, entries))
            }
        }
        .map_err(|error| record.explain(error))
    }

    fn visit_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.record {
            Record::Row(row) => {
                let count = row.fields().len();
                let mut columns = Columns(row.fields().map(|field| Entry::Field(row, field)));
                let value = visitor.visit_seq(&mut columns)?;
                match columns.0.len() {
                    0 => Ok(value),
                    left => Err(TypedError::other(format!(
                        "the row has {count} columns and the type takes {}",
                        count - left
                    ))),
                }
            }
            _ => Err(TypedError::mismatch(&visitor, "an instance")),
        }
    }

    /// The only column of a row.
    fn only(&self, expected: &dyn Expected) -> Result<Entry<'de, 'v>, TypedError> {
        let Record::Row(row) = self.record else {
            return Err(TypedError::mismatch(expected, "an instance"));
        };
        let mut fields = row.fields();
        match (fields.len(), fields.next()) {
            (1, Some(field)) => Ok(Entry::Field(row, field)),
            (count, _) => Err(TypedError::mismatch(expected, format!("a row of {count} columns"))),
        }
    }

    fn in_only<V: Visitor<'de>>(
        self,
        visitor: V,
        visit: impl FnOnce(ValueDe<'de, '_>, V) -> Result<V::Value, TypedError>,
    ) -> Result<V::Value, TypedError> {
        let entry = self.only(&visitor)?;
        visit(entry.de(), visitor).map_err(|error| entry.blame(error))
    }
}

macro_rules! only_column {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
            self.in_only(visitor, |value, visitor| value.$method(visitor))
        }
    )* };
}

impl<'de> Deserializer<'de> for RecordDe<'de, '_, '_> {
    type Error = TypedError;

    /// The JSON spelling of an instance: its class first.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        self.visit_map(Shape::Any, visitor)
    }

    only_column! {
        deserialize_bool deserialize_u8 deserialize_i8 deserialize_u16 deserialize_i16
        deserialize_u32 deserialize_i32 deserialize_u64 deserialize_i64 deserialize_u128
        deserialize_i128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_identifier
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        self.visit_map(Shape::Map, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        if time::Kind::of(name, fields).is_some() {
            return self.in_only(visitor, |v, visitor| v.deserialize_struct(name, fields, visitor));
        }
        self.visit_map(Shape::Struct(fields), visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        self.visit_seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        self.visit_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        self.visit_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        visitor.visit_newtype_struct(self)
    }

    /// A row of one column is that column, which may be NULL.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        match self.only(&"") {
            Ok(entry) if entry.de().view.is_null() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypedError> {
        visitor.visit_unit()
    }

    /// The variant that is named like the class, or like the nearest class above it.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        let record = self.record;
        let above = || {
            let derivation = record.system(SystemProperty::Derivation)?.texts()?;
            derivation.iter().find_map(|class| of_text(variants, class))
        };
        match of_text(variants, record.class_name()).or_else(above) {
            Some(name) => visitor.visit_enum(Variant { name, content: Content::Record(self) }),
            None if self.only(&"").is_ok() => {
                self.in_only(visitor, |v, visitor| v.deserialize_enum(name, variants, visitor))
            }
            None => {
                let name = record.class_name();
                visitor.visit_enum(Variant { name, content: Content::Record(self) })
            }
        }
    }
}

/// What the properties of a record go into.
#[derive(Clone, Copy)]
enum Shape {
    Struct(&'static [&'static str]),
    Map,
    /// A map whose first entry is `__CLASS`.
    Any,
}

const CLASS: &str = SystemProperty::Class.as_str();

/// The properties of a record, one after the other.
struct Properties<'de, 'v, 'p, I> {
    record: Record<'de, 'v>,
    shape: Shape,
    plan: &'p mut Plan<'de>,
    entries: I,
    /// How many entries were taken.
    taken: usize,
    /// How many of the plan's system properties were looked at.
    system: usize,
    current: Option<Entry<'de, 'v>>,
}

impl<'de, 'v, 'p, I: Iterator<Item = Entry<'de, 'v>>> Properties<'de, 'v, 'p, I> {
    const fn new(
        record: Record<'de, 'v>,
        shape: Shape,
        plan: &'p mut Plan<'de>,
        entries: I,
    ) -> Self {
        Self { record, shape, plan, entries, taken: 0, system: 0, current: None }
    }

    /// What a struct takes the entry as; `None` when it is to be passed over.
    fn field_for<'e>(&mut self, column: usize, entry: &'e Entry<'de, 'v>) -> Option<&'e str> {
        let key = match entry {
            Entry::Field(_, field) => self.plan.key(column, field.name),
            other => {
                field_of(self.plan.fields, column, other.name()).map_or(Key::Unknown, Key::Field)
            }
        };
        match key {
            Key::Field(field) => Some(field),
            Key::Again => None,
            Key::Unknown => Some(entry.name()),
        }
    }

    /// The next system property that a struct asks for and no column gives.
    fn next_system(&mut self) -> Option<Entry<'de, 'v>> {
        loop {
            let (field, property) = *self.plan.system.get(self.system)?;
            self.system += 1;
            let selected = match self.record {
                Record::Row(_) => {
                    let columns = self.plan.columns.get(..self.taken).unwrap_or_default();
                    columns.iter().any(|(_, key)| *key == Key::Field(field))
                }
                Record::Instance(instance) => instance.get(field).is_some(),
                Record::Class(class) => class.property(field).is_some(),
            };
            if !selected && let Some(value) = self.record.system(property) {
                return Some(Entry::System(field, value));
            }
        }
    }

    fn key<S: DeserializeSeed<'de>>(name: &str, seed: S) -> Result<S::Value, TypedError> {
        let name: StrDeserializer<'_, TypedError> = name.into_deserializer();
        seed.deserialize(name)
    }
}

impl<'de, 'v, I: Iterator<Item = Entry<'de, 'v>>> MapAccess<'de> for Properties<'de, 'v, '_, I> {
    type Error = TypedError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, TypedError> {
        if matches!(self.shape, Shape::Any) && self.system == 0 {
            self.system = 1;
            let class = Value::from(self.record.class_name());
            self.current = Some(Entry::System(CLASS, class));
            return Self::key(CLASS, seed).map(Some);
        }
        while let Some(entry) = self.entries.next() {
            let column = self.taken;
            self.taken += 1;
            let name = match self.shape {
                Shape::Struct(_) => self.field_for(column, &entry),
                Shape::Map => Some(entry.name()),
                Shape::Any => Some(entry.name()).filter(|name| *name != CLASS),
            };
            if let Some(name) = name {
                let key = Self::key(name, seed)?;
                self.current = Some(entry);
                return Ok(Some(key));
            }
        }
        if matches!(self.shape, Shape::Struct(_))
            && let Some(entry) = self.next_system()
        {
            let key = Self::key(entry.name(), seed)?;
            self.current = Some(entry);
            return Ok(Some(key));
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, TypedError> {
        let Some(entry) = self.current.take() else {
            return Err(TypedError::other("a value was asked for before its key"));
        };
        seed.deserialize(entry.de()).map_err(|error| entry.blame(error))
    }
}

/// The columns of a row, in select order.
struct Columns<I>(I);

impl<'de, 'v, I> SeqAccess<'de> for Columns<I>
where
    I: ExactSizeIterator<Item = Entry<'de, 'v>>,
{
    type Error = TypedError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, TypedError> {
        let Some(entry) = self.0.next() else { return Ok(None) };
        seed.deserialize(entry.de()).map(Some).map_err(|error| entry.blame(error))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}
