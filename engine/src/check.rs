//! The semantic checks of every write, in one place.
//!
//! A value is taken when it converts to its property's type without loss:
//!
//! | given | taken by |
//! |---|---|
//! | an integer | every integer type that has the number; `char16` as a code unit; a real that has it exactly |
//! | `char16` | an integer type that has the code unit |
//! | `real32`, `real64` | the other one, when it has the number exactly |
//! | a string | `datetime` and references, when it reads as one (both are text in WMI's API); DMTF's embedded strings |
//! | anything | its own type |
//!
//! There is no way from text to numbers or booleans: whoever receives text from a
//! wire knows more about it than this module. Arrays convert element by element.

mod bounds;
mod embedded;
mod number;

use bounds::{is_key_text, passed_bound};
use number::number;

pub(crate) use number::exactly;

use crate::error::EngineError;
use crate::limits::Limits;
use crate::schema::{ClassRef, Layout, Schema, Slot};
use crate::store::{Location, RowQualifiers};
use crate::view::ValueView;
use cimarron_model::{
    Array, CimType, DateTime, Dialect, Instance, Name, Object, ObjectPath, suggest,
};
use smallvec::SmallVec;
use std::sync::Arc;

/// A value that fits its property.
#[derive(Clone, Debug)]
pub(crate) enum Checked<'a> {
    /// As it was given, or converted to another number.
    View(ValueView<'a>),
    /// Read from text.
    Reference(Arc<ObjectPath>),
    /// With converted members.
    Object(Arc<Object>),
    /// With converted elements.
    Array(Array),
}

impl Checked<'_> {
    pub(crate) fn view(&self) -> ValueView<'_> {
        match self {
            Self::View(view) => *view,
            Self::Reference(path) => ValueView::Reference(path),
            Self::Object(object) => ValueView::Object(object),
            Self::Array(array) => ValueView::Array(array),
        }
    }
}

/// Values by slot, in no order, each slot at most once. NULL stands for NULL.
pub(crate) type Cells<'a> = SmallVec<[(u32, Checked<'a>); 12]>;

/// The cells as the store takes them.
pub(crate) fn views<'c>(
    cells: &'c [(u32, Checked<'_>)],
) -> impl Iterator<Item = (u32, ValueView<'c>)> + Clone {
    cells.iter().map(|(slot, value)| (*slot, value.view()))
}

/// The values of a row's keys, in declaration order; NULL where one is missing.
pub(crate) fn keys<'c>(
    layout: &Layout,
    cells: &'c [(u32, Checked<'_>)],
) -> SmallVec<[ValueView<'c>; 4]> {
    layout
        .keys
        .iter()
        .map(|key| {
            let cell = cells.iter().find(|(slot, _)| slot == key);
            cell.map_or(ValueView::Null, |(_, value)| value.view())
        })
        .collect()
}

/// What values are checked against.
#[derive(Clone, Copy)]
pub(crate) struct Checker<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) dialect: Dialect,
    pub(crate) location: &'a Location,
    pub(crate) limits: &'a Limits,
}

impl<'a> Checker<'a> {
    /// That the class can have instances of its own.
    pub(crate) fn instantiable(self, class: ClassRef<'_>) -> Result<(), EngineError> {
        let def = class.def();
        if def.is_abstract {
            Err(EngineError::AbstractClass { class: def.name.clone() })
        } else if !def.has_keys && !def.is_singleton {
            Err(EngineError::NoKey { class: def.name.clone() })
        } else {
            Ok(())
        }
    }

    /// The given properties of an instance, converted.
    pub(crate) fn given(
        self,
        layout: &'a Layout,
        instance: &'a Instance,
    ) -> Result<Cells<'a>, EngineError> {
        let mut cells = Cells::with_capacity(instance.len() + layout.defaults.len());
        let mut guess = 0;
        for (name, property) in instance.properties() {
            let number = slot_of(layout, name, guess)?;
            guess = number + 1;
            if let Some(slot) = layout.slot(number) {
                let value = self.convert(slot, ValueView::from(&property.value))?;
                cells.push((number, value));
            }
        }
        Ok(cells)
    }

    /// Completes the cells of a new row: defaults where nothing was given, and
    /// keys and other properties that need a value have one.
    pub(crate) fn complete(
        self,
        layout: &'a Layout,
        cells: &mut Cells<'a>,
    ) -> Result<(), EngineError> {
        if !layout.defaults.is_empty() {
            let mut given = vec![false; layout.slots.len()];
            for (slot, _) in cells.iter() {
                if let Some(mark) = given.get_mut(*slot as usize) {
                    *mark = true;
                }
            }
            for number in &layout.defaults {
                if given.get(*number as usize) == Some(&false) {
                    cells.push((*number, self.default(layout, *number)?));
                }
            }
        }
        let lacks = |number: &u32| {
            !cells.iter().any(|(slot, value)| slot == number && !value.view().is_null())
        };
        if let Some(key) = layout.keys.iter().find(|n| lacks(n)) {
            return Err(illegal_null(layout, *key, "it is a key"));
        }
        if self.dialect == Dialect::Wmi
            && let Some(number) = layout.not_null.iter().find(|n| lacks(n))
        {
            return Err(illegal_null(layout, *number, NOT_NULL));
        }
        Ok(())
    }

    /// What a property is when nothing is given: its default or NULL.
    pub(crate) fn default(
        self,
        layout: &'a Layout,
        number: u32,
    ) -> Result<Checked<'a>, EngineError> {
        match layout.slot(number) {
            Some(slot) => {
                let default = slot.default.as_ref().map_or(ValueView::Null, ValueView::from);
                self.convert(slot, default)
            }
            None => Ok(Checked::View(ValueView::Null)),
        }
    }

    /// A value as its property holds it.
    pub(crate) fn convert<'v>(
        self,
        slot: &Slot,
        value: ValueView<'v>,
    ) -> Result<Checked<'v>, EngineError> {
        self.convert_at(slot, value, 0)
    }

    fn convert_at<'v>(
        self,
        slot: &Slot,
        value: ValueView<'v>,
        depth: usize,
    ) -> Result<Checked<'v>, EngineError> {
        match value {
            ValueView::Null if slot.not_null && self.dialect == Dialect::Wmi => {
                Err(EngineError::IllegalNull { property: slot.name.clone(), reason: NOT_NULL })
            }
            ValueView::Null => Ok(Checked::View(value)),
            ValueView::Array(array) if slot.array.is_array() => {
                self.convert_array(slot, array, depth)
            }
            ValueView::Array(_) => Err(mismatch(slot, value)),
            _ if slot.array.is_array() => Err(mismatch(slot, value)),
            _ => self.convert_scalar(slot, value, depth),
        }
    }

    fn convert_scalar<'v>(
        self,
        slot: &Slot,
        value: ValueView<'v>,
        depth: usize,
    ) -> Result<Checked<'v>, EngineError> {
        let converted = match (slot.cim_type, value) {
            (CimType::Reference, ValueView::Reference(path)) => {
                self.check_reference(slot, path)?;
                Checked::View(value)
            }
            (CimType::Reference, ValueView::String(text)) => {
                let path = ObjectPath::parse(text).map_err(|cause| EngineError::Unreadable {
                    property: slot.name.clone(),
                    problem: format!("the text is not an object path: {cause}"),
                })?;
                self.check_reference(slot, &path)?;
                Checked::Reference(Arc::new(path))
            }
            (CimType::Object, ValueView::Object(object)) => {
                match self.check_object(slot, object, depth)? {
                    Some(converted) => Checked::Object(Arc::new(converted)),
                    None => Checked::View(value),
                }
            }
            (CimType::Object, ValueView::String(_)) if slot.embedded_text => Checked::View(value),
            (CimType::DateTime, ValueView::String(text)) => {
                let datetime = DateTime::parse(text).map_err(|cause| EngineError::Unreadable {
                    property: slot.name.clone(),
                    problem: cause.to_string(),
                })?;
                Checked::View(ValueView::DateTime(datetime))
            }
            (expected, value) if value.cim_type() == Some(expected) => Checked::View(value),
            (expected, value) => Checked::View(number(slot, expected, value)?),
        };
        self.check_bounds(slot, converted.view())?;
        Ok(converted)
    }

    fn convert_array<'v>(
        self,
        slot: &Slot,
        array: &'v Array,
        depth: usize,
    ) -> Result<Checked<'v>, EngineError> {
        if array.has_nulls() && self.dialect == Dialect::Wmi {
            return Err(EngineError::NullElement { property: slot.name.clone() });
        }
        // WMI takes the size as a hint.
        if let Some(size) = slot.array.fixed_size()
            && self.dialect == Dialect::Dmtf
            && array.len() != size as usize
        {
            let problem = format!("the array has {} elements instead of {size}", array.len());
            return Err(EngineError::OutOfRange { property: slot.name.clone(), problem });
        }
        let as_it_is = array.cim_type() == slot.cim_type
            && !matches!(slot.cim_type, CimType::Reference | CimType::Object)
            && slot.bounds.is_none();
        if as_it_is {
            return Ok(Checked::View(ValueView::Array(array)));
        }
        let mut converted = Array::new(element_type(slot, array));
        for element in array.iter() {
            match element {
                None => converted.push_null(),
                Some(scalar) => {
                    let element = self.convert_scalar(slot, ValueView::from(&scalar), depth)?;
                    let scalar = element.view().to_scalar();
                    if scalar.is_none_or(|s| converted.push(s).is_err()) {
                        return Err(mismatch(slot, ValueView::Array(array)));
                    }
                }
            }
        }
        Ok(Checked::Array(converted))
    }

    fn check_bounds(self, slot: &Slot, value: ValueView<'_>) -> Result<(), EngineError> {
        if slot.is_key && self.dialect == Dialect::Wmi && !is_key_text(value) {
            return Err(EngineError::InvalidKeyText { property: slot.name.clone() });
        }
        let limit = self.limits.string_length;
        if let ValueView::String(text) = value
            && text.len() > limit
        {
            return Err(EngineError::TooLong { what: "string", length: text.len(), limit });
        }
        match slot.bounds.as_deref().and_then(|bounds| passed_bound(bounds, value)) {
            Some(problem) => Err(EngineError::OutOfRange { property: slot.name.clone(), problem }),
            None => Ok(()),
        }
    }

    /// That a path leads to an object that the property may reference, as far as
    /// this namespace's schema can tell. The object need not be there.
    fn check_reference(self, slot: &Slot, path: &ObjectPath) -> Result<(), EngineError> {
        let (Some(declared), Some(found)) = (&slot.class, &path.class) else {
            return match (&slot.class, &path.class) {
                (Some(declared), None) => Err(EngineError::Unreadable {
                    property: slot.name.clone(),
                    problem: format!("the path names a namespace and no `{declared}`"),
                }),
                _ => Ok(()),
            };
        };
        if !self.location.holds(path) {
            return Ok(());
        }
        match (self.schema.class(declared.as_str()), self.schema.class(found.as_str())) {
            (Some(declared), Some(found)) if !found.is_a(declared) => {
                Err(EngineError::WrongClass {
                    property: slot.name.clone(),
                    expected: declared.name().clone(),
                    found: found.name().clone(),
                })
            }
            _ => Ok(()),
        }
    }
}

const NOT_NULL: &str = "it is Not_Null or Indexed";

/// The qualifiers that an instance itself carries.
pub(crate) fn qualifiers(layout: &Layout, instance: &Instance) -> Option<Arc<RowQualifiers>> {
    let mut guess = 0;
    let mut properties = Vec::new();
    for (name, property) in instance.properties() {
        if !property.qualifiers.is_empty()
            && let Some(slot) = layout.slot_of(name.as_str(), guess)
        {
            properties.push((slot, property.qualifiers.clone()));
            guess = slot + 1;
        }
    }
    let any = !instance.qualifiers.is_empty() || !properties.is_empty();
    any.then(|| Arc::new(RowQualifiers { instance: instance.qualifiers.clone(), properties }))
}

/// The slot of a property that a caller names.
pub(crate) fn slot_of(layout: &Layout, name: &Name, guess: u32) -> Result<u32, EngineError> {
    layout.slot_of(name.as_str(), guess).ok_or_else(|| {
        if cimarron_wql::SystemProperty::from_name(name.as_str()).is_some() {
            EngineError::SystemProperty { property: name.clone() }
        } else {
            no_such_property(layout, name)
        }
    })
}

/// The error for a property that is not there.
pub(crate) fn no_such_property(layout: &Layout, name: &Name) -> EngineError {
    EngineError::NoSuchProperty {
        class: layout.class.clone(),
        property: name.clone(),
        suggestion: suggest::nearest(name.as_str(), layout.names()).map(Name::new),
    }
}

fn illegal_null(layout: &Layout, number: u32, reason: &'static str) -> EngineError {
    let property = layout.slot(number).map(|s| s.name.clone()).unwrap_or_default();
    EngineError::IllegalNull { property, reason }
}

/// DMTF's embedded strings may be arrays of text or of objects.
fn element_type(slot: &Slot, array: &Array) -> CimType {
    if slot.embedded_text && array.cim_type() == CimType::String {
        CimType::String
    } else {
        slot.cim_type
    }
}

fn mismatch(slot: &Slot, value: ValueView<'_>) -> EngineError {
    let found = value.cim_type().unwrap_or(slot.cim_type);
    let found_array = matches!(value, ValueView::Array(_));
    let hint = if slot.array.is_array() && !found_array {
        ": give an array"
    } else if found == CimType::String && slot.cim_type == CimType::Object {
        ": give the object itself"
    } else if found == CimType::String {
        ": convert the text first"
    } else {
        ""
    };
    EngineError::TypeMismatch {
        property: slot.name.clone(),
        expected: slot.cim_type,
        array: slot.array,
        found,
        found_array,
        hint,
    }
}

#[cfg(test)]
mod tests;
