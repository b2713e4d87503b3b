//! What the schema declares of the elements that are written.
//!
//! Paths and values do not hold the declared types of keys and members, and CIM-XML
//! wants them said. Where no schema is at hand, or it does not have the class, what is
//! written says what the value alone shows.

use cimarron_model::{CimType, DataType, KeyValue, ObjectPath, Qualifiers, fold};
use cimarron_schema::{ClassView, PropertyView, SchemaView};

/// The namespace that is written, and those beside it.
#[derive(Clone, Copy, Default)]
pub(super) struct Known<'w> {
    here: Option<SchemaView<'w>>,
    all: &'w [SchemaView<'w>],
}

impl<'w> Known<'w> {
    pub(super) const fn new(here: Option<SchemaView<'w>>, all: &'w [SchemaView<'w>]) -> Self {
        Self { here, all }
    }

    /// The declaration of an instance's property.
    pub(super) fn property(self, class: &str, name: &str) -> Option<(DataType, Qualifiers)> {
        let property = self.here?.class(class)?.property(name)?;
        Some((property.data_type(), property.qualifiers().to_qualifiers()))
    }

    /// A key in a path as its class declares it, with its type; without a name the only
    /// key. A path writes references, booleans and others as text or numbers, too.
    pub(super) fn key(
        self,
        path: &ObjectPath,
        name: Option<&str>,
        value: &KeyValue,
    ) -> (KeyValue, CimType) {
        let declared = self.class_of(path).and_then(|class| match name {
            Some(name) => class.property(name),
            None => class.keys().next(),
        });
        let declared = declared.map(PropertyView::data_type).map(|t| t.cim_type);
        declared
            .and_then(|cim_type| Some((bound(value, cim_type)?, cim_type)))
            .unwrap_or_else(|| (value.clone(), shown_by(value)))
    }

    /// What is known where a path leads: paths among its keys that name no namespace
    /// stay in its own.
    pub(super) fn at(self, path: &ObjectPath) -> Self {
        Self { here: self.schema_of(path), all: self.all }
    }

    fn schema_of(self, path: &ObjectPath) -> Option<SchemaView<'w>> {
        match &path.namespace {
            Some(name) => self.all.iter().copied().find(|s| fold::eq(s.name(), name)),
            None => self.here,
        }
    }

    fn class_of(self, path: &ObjectPath) -> Option<ClassView<'w>> {
        self.schema_of(path)?.class(path.class.as_ref()?.as_str())
    }
}

/// The key as a value of the type; `None` for what is none. A real keeps the digits
/// that it is written with.
fn bound(value: &KeyValue, cim_type: CimType) -> Option<KeyValue> {
    let bound = value.bind(cim_type).ok()?;
    match value {
        KeyValue::Real(_) => Some(value.clone()),
        _ => KeyValue::from_value(&bound),
    }
}

/// The type of a key whose declaration is not known: the widest of its kind.
fn shown_by(value: &KeyValue) -> CimType {
    match value {
        KeyValue::Integer(number) if i64::try_from(*number).is_ok() => CimType::SInt64,
        KeyValue::Integer(_) => CimType::UInt64,
        KeyValue::Real(_) => CimType::Real64,
        KeyValue::Boolean(_) => CimType::Boolean,
        KeyValue::String(_) | KeyValue::Untyped(_) => CimType::String,
        KeyValue::Reference(_) => CimType::Reference,
    }
}
