//! From the value that was given to the one that its property holds.

use super::Checker;
use super::bounds::{is_dense, is_key_text, passed_bound};
use super::number::number;
use super::problem::{NOT_NULL, REQUIRED, mismatch};
use crate::error::EngineError;
use crate::schema::Slot;
use crate::view::ValueView;
use cimarron_model::{
    Array, CimType, DateTime, DateTimeForm, Dialect, Elements, Object, ObjectPath,
};
use std::sync::Arc;

/// A value that fits its property.
#[derive(Clone, Debug)]
pub(crate) enum Checked<'a> {
    /// As it was given, or converted to another number.
    View(ValueView<'a>),
    /// Made for a key without a value.
    Text(Box<str>),
    /// Read from text.
    Reference(Arc<ObjectPath>),
    /// With converted members.
    Object(Arc<Object>),
    /// With converted elements. Few values are, and a row has many values.
    Array(Box<Array>),
}

impl Checked<'_> {
    #[inline]
    pub(crate) fn view(&self) -> ValueView<'_> {
        match self {
            Self::View(view) => *view,
            Self::Text(text) => ValueView::String(text),
            Self::Reference(path) => ValueView::Reference(path),
            Self::Object(object) => ValueView::Object(object),
            Self::Array(array) => ValueView::Array(array),
        }
    }
}

impl Checker<'_> {
    /// A value as its property holds it.
    #[inline(always)]
    pub(crate) fn convert<'v>(
        self,
        slot: &Slot,
        value: ValueView<'v>,
    ) -> Result<Checked<'v>, EngineError> {
        if self.takes(slot, value) {
            return Ok(Checked::View(value));
        }
        self.convert_at(slot, value, 0)
    }

    /// Whether a value is its property's as it is, as far as that is quickly seen.
    #[inline(always)]
    fn takes(self, slot: &Slot, value: ValueView<'_>) -> bool {
        if value.cim_type() != Some(slot.cim_type) || slot.array.is_array() || self.is_bounded(slot)
        {
            return false;
        }
        let is_any = !slot.is_key || self.dialect != Dialect::Wmi;
        match value {
            ValueView::String(text) => {
                text.len() <= self.limits.string_length && (is_any || is_dense(text))
            }
            ValueView::Char16(_) => is_any,
            ValueView::Null
            | ValueView::DateTime(_)
            | ValueView::Reference(_)
            | ValueView::Object(_)
            | ValueView::Array(_) => false,
            _ => true,
        }
    }

    #[inline(never)]
    pub(super) fn convert_at<'v>(
        self,
        slot: &Slot,
        value: ValueView<'v>,
        depth: usize,
    ) -> Result<Checked<'v>, EngineError> {
        match value {
            ValueView::Null => match self.needs_value(slot) {
                Some(reason) => {
                    Err(EngineError::IllegalNull { property: slot.name.clone(), reason })
                }
                None => Ok(Checked::View(value)),
            },
            ValueView::Array(array) if slot.array.is_array() => {
                self.convert_array(slot, array, depth)
            }
            ValueView::Array(_) => Err(mismatch(slot, value)),
            _ if slot.array.is_array() => Err(mismatch(slot, value)),
            _ => self.convert_scalar(slot, value, depth),
        }
    }

    /// Why a property that is no key cannot be NULL.
    pub(super) fn needs_value(self, slot: &Slot) -> Option<&'static str> {
        match self.dialect {
            Dialect::Wmi => slot.not_null.then_some(NOT_NULL),
            Dialect::Dmtf => slot.is_required().then_some(REQUIRED),
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
                Checked::View(ValueView::DateTime(self.read_datetime(slot, text)?))
            }
            (CimType::DateTime, ValueView::DateTime(datetime)) => {
                if datetime.has_wildcards() {
                    self.read_datetime(slot, &datetime.to_string())?;
                }
                Checked::View(value)
            }
            (expected, value) if value.cim_type() == Some(expected) => Checked::View(value),
            (expected, value) => Checked::View(number(slot, expected, value)?),
        };
        self.check_bounds(slot, converted.view())?;
        Ok(converted)
    }

    /// Asterisks stand elsewhere in WMI's datetimes than in DMTF's.
    fn read_datetime(self, slot: &Slot, text: &str) -> Result<DateTime, EngineError> {
        let form = match self.dialect {
            Dialect::Wmi => DateTimeForm::Wmi,
            Dialect::Dmtf => DateTimeForm::Dmtf,
        };
        DateTime::parse_as(text, form).map_err(|cause| EngineError::Unreadable {
            property: slot.name.clone(),
            problem: cause.to_string(),
        })
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
        if let Some(size) = slot.array.fixed_size()
            && self.dialect == Dialect::Dmtf
            && array.len() != size as usize
        {
            let expected = size as usize;
            let property = slot.name.clone();
            return Err(EngineError::ArraySize { property, expected, found: array.len() });
        }
        if array.cim_type() == slot.cim_type && self.is_plain(slot) {
            if let Some(Elements::String(texts)) = array.elements() {
                texts.iter().try_for_each(|text| self.check_length(text))?;
            }
            return Ok(Checked::View(ValueView::Array(array)));
        }
        let mut converted = Array::with_capacity(element_type(slot, array), array.len());
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
        Ok(Checked::Array(Box::new(converted)))
    }

    /// Whether every value of the slot's own type will do, save that texts have a
    /// greatest length.
    #[inline]
    pub(super) fn is_plain(self, slot: &Slot) -> bool {
        let key_text = slot.is_key
            && self.dialect == Dialect::Wmi
            && matches!(slot.cim_type, CimType::String | CimType::Char16);
        let looked_into =
            matches!(slot.cim_type, CimType::Reference | CimType::Object | CimType::DateTime);
        !key_text && !looked_into && !self.is_bounded(slot)
    }

    /// Whether some values are too long, too short, too great or too small. WMI keeps the
    /// qualifiers that say so without acting on them.
    #[inline(always)]
    pub(super) fn is_bounded(self, slot: &Slot) -> bool {
        slot.is_bounded() && self.dialect == Dialect::Dmtf
    }

    fn check_length(self, text: &str) -> Result<(), EngineError> {
        let limit = self.limits.string_length;
        if text.len() <= limit {
            return Ok(());
        }
        Err(EngineError::TooLong { what: "string", length: text.len(), limit })
    }

    fn check_bounds(self, slot: &Slot, value: ValueView<'_>) -> Result<(), EngineError> {
        if slot.is_key && self.dialect == Dialect::Wmi && !is_key_text(value) {
            return Err(EngineError::InvalidKeyText { property: slot.name.clone() });
        }
        if let ValueView::String(text) = value {
            self.check_length(text)?;
        }
        let bounds = slot.bounds.as_deref().filter(|_| self.is_bounded(slot));
        match bounds.and_then(|bounds| passed_bound(bounds, value)) {
            Some(problem) => Err(EngineError::OutOfRange { property: slot.name.clone(), problem }),
            None => Ok(()),
        }
    }
}

/// DMTF's embedded strings may be arrays of text or of objects.
fn element_type(slot: &Slot, array: &Array) -> CimType {
    if slot.embedded_text && array.cim_type() == CimType::String {
        CimType::String
    } else {
        slot.cim_type
    }
}
