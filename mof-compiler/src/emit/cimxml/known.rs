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

    /// The type of a key in a path; without a name that of the only key.
    pub(super) fn key_type(
        self,
        path: &ObjectPath,
        name: Option<&str>,
        value: &KeyValue,
    ) -> CimType {
        let declared = self.class_of(path).and_then(|class| match name {
            Some(name) => class.property(name),
            None => class.keys().next(),
        });
        let declared = declared.map(PropertyView::data_type).map(|t| t.cim_type);
        declared.filter(|cim_type| fits(value, *cim_type)).unwrap_or_else(|| shown_by(value))
    }

    fn class_of(self, path: &ObjectPath) -> Option<ClassView<'w>> {
        let schema = match &path.namespace {
            Some(name) => self.all.iter().copied().find(|s| fold::eq(s.name(), name)),
            None => self.here,
        };
        schema?.class(path.class.as_ref()?.as_str())
    }
}

/// Whether a key of the type is written so in a path.
const fn fits(value: &KeyValue, cim_type: CimType) -> bool {
    match value {
        KeyValue::Integer(_) => cim_type.is_integer() || is_real(cim_type),
        KeyValue::Real(_) => is_real(cim_type),
        KeyValue::Boolean(_) => matches!(cim_type, CimType::Boolean),
        KeyValue::String(_) => {
            matches!(cim_type, CimType::String | CimType::Char16 | CimType::DateTime)
        }
        KeyValue::Untyped(_) => true,
        KeyValue::Reference(_) => matches!(cim_type, CimType::Reference),
    }
}

const fn is_real(cim_type: CimType) -> bool {
    matches!(cim_type, CimType::Real32 | CimType::Real64)
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
