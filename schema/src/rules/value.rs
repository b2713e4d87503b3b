//! Values against what their property's qualifiers say of them (DSP0004 5.6.3).
//!
//! The compiler asks for defaults and for the values of instances.

use super::number::integer;
use super::unit::check_unit;
use super::valuemap::{Mapped, MappedTexts};
use cimarron_model::{Array, CimType, DataType, Elements, Qualifier, Scalar, Value};
use hashbrown::HashMap;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// What a value does not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// MinLen and MaxLen
    Length,
    /// MinValue and MaxValue
    Bounds,
    /// ValueMap
    ValueMap,
    /// IsPUnit
    Unit,
    /// OctetString
    OctetString,
}

/// A value that does not fit what a qualifier says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// What it does not keep.
    pub limit: Limit,
    /// The qualifier that says so.
    pub qualifier: &'static str,
    /// The element of an array that does not fit.
    pub item: Option<usize>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
}

/// Judges a value by the qualifiers that hold where it goes; `qualifier` finds one. What long
/// maps allow is kept in `maps`.
pub fn check_value<'q>(
    value: &Value,
    data_type: &DataType,
    maps: &ReadMaps,
    qualifier: impl Fn(&'static str) -> Option<&'q Qualifier>,
) -> Vec<Misfit> {
    Judge { data_type, qualifier, maps, map: OnceCell::new() }.value(value)
}

/// The long ValueMaps by which values were judged: many instances have values of one property,
/// and many properties the map of the one that they override; to read it for each takes minutes.
#[derive(Debug, Default)]
pub struct ReadMaps(RefCell<HashMap<(*const Array, CimType), Kept>>);

/// A map, which keeps its address as long as it is kept, and what was read of it.
type Kept = (Arc<Array>, Rc<ReadMap>);

impl ReadMaps {
    /// What was read of a map for values of a type. One that nobody shares is read once.
    fn of(&self, map: &Value, cim_type: CimType) -> Rc<ReadMap> {
        /// A shorter one is read faster than it is found.
        const LONG: usize = 32;
        let long = map.as_array().filter(|array| array.len() >= LONG);
        let Some(shared) = long.and_then(Array::shared) else { return Rc::default() };
        let mut all = self.0.borrow_mut();
        let kept = all.entry((Arc::as_ptr(shared), cim_type));
        kept.or_insert_with(|| (shared.clone(), Rc::default())).1.clone()
    }
}

/// What a ValueMap allows, read when it is asked for.
#[derive(Debug, Default)]
struct ReadMap {
    numbers: OnceCell<Mapped>,
    texts: OnceCell<MappedTexts>,
}

fn characters(length: usize) -> String {
    format!("{length} character{}", if length == 1 { "" } else { "s" })
}

struct Judge<'a, F> {
    data_type: &'a DataType,
    qualifier: F,
    /// Where long maps are kept.
    maps: &'a ReadMaps,
    /// Its ValueMap, read once for all elements of an array.
    map: OnceCell<Rc<ReadMap>>,
}

impl<'q, F: Fn(&'static str) -> Option<&'q Qualifier>> Judge<'_, F> {
    fn value(&self, value: &Value) -> Vec<Misfit> {
        match value {
            Value::Null(..) => Vec::new(),
            Value::Scalar(scalar) => self.scalar(scalar, None),
            Value::Array(array) => self.array(array),
        }
    }

    fn array(&self, array: &Array) -> Vec<Misfit> {
        let items = array.iter().enumerate();
        items.filter_map(|(i, item)| Some(self.scalar(&item?, Some(i)))).flatten().collect()
    }

    fn scalar(&self, scalar: &Scalar, item: Option<usize>) -> Vec<Misfit> {
        let mut found = Vec::new();
        let mut add = |limit, qualifier, message: Option<String>| {
            found.extend(message.map(|message| Misfit { limit, qualifier, item, message }));
        };
        match scalar {
            Scalar::String(text) => {
                let (name, message) = self.length(text);
                add(Limit::Length, name, message);
                add(Limit::ValueMap, "ValueMap", self.mapped_text(text));
                add(Limit::Unit, "IsPUnit", self.unit(text));
                add(Limit::OctetString, "OctetString", self.octets(text));
            }
            other => {
                if let Some(number) = other.as_integer() {
                    let (name, message) = self.bounds(number);
                    add(Limit::Bounds, name, message);
                    add(Limit::ValueMap, "ValueMap", self.mapped_number(number));
                } else if let Scalar::Real32(_) | Scalar::Real64(_) = other {
                    let (name, message) = self.real_bounds(other);
                    add(Limit::Bounds, name, message);
                }
            }
        }
        found
    }

    fn number(&self, name: &'static str) -> Option<i128> {
        (self.qualifier)(name)?.value.as_integer()
    }

    fn is_true(&self, name: &'static str) -> bool {
        (self.qualifier)(name).is_some_and(|q| q.value.as_bool() == Some(true))
    }

    fn length(&self, text: &str) -> (&'static str, Option<String>) {
        let limit = |name| self.number(name).and_then(|n| usize::try_from(n).ok());
        let (most, least) = (limit("MaxLen"), limit("MinLen"));
        // The text of an embedded object is no text of the property's own.
        let embedded =
            self.is_true("EmbeddedObject") || (self.qualifier)("EmbeddedInstance").is_some();
        if embedded || (most.is_none() && least.is_none()) {
            return ("MaxLen", None);
        }
        // Where nothing fits, the declaration has had its report.
        if most.is_some_and(|most| least.is_some_and(|least| least > most)) {
            return ("MaxLen", None);
        }
        let length = text.chars().count();
        match (most, least) {
            (Some(most), _) if length > most => {
                ("MaxLen", Some(format!("the string has {}, MaxLen is {most}", characters(length))))
            }
            (_, Some(least)) if length < least => (
                "MinLen",
                Some(format!("the string has {}, MinLen is {least}", characters(length))),
            ),
            _ => ("MaxLen", None),
        }
    }

    /// MinValue and MaxValue. Where nothing fits, the declaration has had its report.
    fn range(&self) -> (Option<i128>, Option<i128>) {
        match (self.number("MinValue"), self.number("MaxValue")) {
            (Some(least), Some(most)) if least > most => (None, None),
            range => range,
        }
    }

    fn bounds(&self, number: i128) -> (&'static str, Option<String>) {
        match self.range() {
            (Some(least), _) if number < least => {
                ("MinValue", Some(format!("{number} is less than MinValue, which is {least}")))
            }
            (_, Some(most)) if number > most => {
                ("MaxValue", Some(format!("{number} is more than MaxValue, which is {most}")))
            }
            _ => ("MaxValue", None),
        }
    }

    fn real_bounds(&self, scalar: &Scalar) -> (&'static str, Option<String>) {
        let number = match scalar {
            Scalar::Real32(x) => f64::from(*x),
            Scalar::Real64(x) => *x,
            _ => return ("MaxValue", None),
        };
        match self.range() {
            (Some(least), _) if number < least as f64 => {
                ("MinValue", Some(format!("{number} is less than MinValue, which is {least}")))
            }
            (_, Some(most)) if number > most as f64 => {
                ("MaxValue", Some(format!("{number} is more than MaxValue, which is {most}")))
            }
            _ => ("MaxValue", None),
        }
    }

    /// The ValueMap, and what of it has been read.
    fn map(&self) -> Option<(&'q Value, &ReadMap)> {
        let written = &(self.qualifier)("ValueMap")?.value;
        let read = self.map.get_or_init(|| self.maps.of(written, self.data_type.cim_type));
        Some((written, read))
    }

    fn mapped_number(&self, number: i128) -> Option<String> {
        let (written, read) = self.map()?;
        let range = self.data_type.cim_type.integer_range()?;
        let mapped = read.numbers.get_or_init(|| Mapped::new(written, range));
        (!mapped.allows(number)).then(|| format!("{number} is no value of the ValueMap"))
    }

    fn mapped_text(&self, text: &str) -> Option<String> {
        let (written, read) = self.map()?;
        let mapped = read.texts.get_or_init(|| MappedTexts::new(written));
        (!mapped.allows(text)).then(|| format!("`{text}` is no value of the ValueMap"))
    }

    fn unit(&self, text: &str) -> Option<String> {
        if !self.is_true("IsPUnit") {
            return None;
        }
        check_unit(text).err().map(|_| format!("`{text}` is no programmatic unit"))
    }

    /// `0x`, four octets with the length of all, and the octets.
    fn octets(&self, text: &str) -> Option<String> {
        if !self.is_true("OctetString") || self.data_type.cim_type != CimType::String {
            return None;
        }
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let digits = digits.filter(|d| d.len() >= 8 && d.len() % 2 == 0);
        let Some(digits) = digits.filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit())) else {
            return Some(format!("`{text}` is no string of octets"));
        };
        let length = integer(&format!("0x{}", digits.get(..8)?))?;
        let octets = digits.len() / 2;
        (i128::try_from(octets).ok()? != length)
            .then(|| format!("the length says {length} octets, and there are {octets}"))
    }
}

/// Judges the octets of a `uint8[]` with OctetString: four of length, then the rest.
pub fn check_octets(array: &Array) -> Option<String> {
    let Some(Elements::UInt8(octets)) = array.elements() else { return None };
    let Some(length) = octets.first_chunk::<4>().map(|b| u32::from_be_bytes(*b)) else {
        return Some("the four octets of the length are missing".to_owned());
    };
    let count = octets.len();
    (usize::try_from(length) != Ok(count))
        .then(|| format!("the length says {length} octets, and there are {count}"))
}
