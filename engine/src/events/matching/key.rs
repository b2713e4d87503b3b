//! Constants and values as keys of a hash table, so that whatever `=` takes for equal is one
//! key.

use super::super::data::{EventData, Origin};
use cimarron_model::{CimType, DateTime, fold};
use cimarron_wql::like::StringCase;
use cimarron_wql::{BoundPath, Constant, Fetched, PathConstant, SystemValue, ValueRef};
use smol_str::SmolStr;
use std::borrow::Cow;

/// Values of one family are compared with one form of a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Family {
    Boolean,
    Integer,
    Real32,
    Real64,
    Char16,
    Text,
    DateTime,
    Reference,
}

/// What a constant stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Key {
    Boolean(bool),
    /// Integers, and reals that are whole.
    Number(i128),
    /// The bits of a real that is not whole.
    Real(u64),
    /// Folded where case does not count; of references what all spellings of one share.
    Text(SmolStr),
    Instant(i64),
    Interval(i64),
}

/// A value of an event, to look for.
pub(super) enum Probe<'a> {
    Key(Key),
    Text(Cow<'a, str>),
}

/// The constant for each family of values that it compares with.
pub(super) fn forms(constant: &Constant) -> Vec<(Family, &Constant)> {
    use Family::{Boolean, Char16, Integer, Real32, Real64, Reference, Text};
    let families: &[Family] = match constant {
        Constant::Untyped(forms) => {
            return forms.iter().filter_map(|(t, c)| Some((family_of(*t)?, c))).collect();
        }
        Constant::Boolean(_) => &[Boolean],
        Constant::Integer(_) => &[Integer, Real32, Real64, Char16],
        Constant::Real(_) => &[Real32, Real64],
        Constant::Text(_) => &[Text],
        Constant::DateTime(_) => &[Family::DateTime],
        Constant::Path(_) => &[Reference],
        _ => &[],
    };
    families.iter().map(|family| (*family, constant)).collect()
}

const fn family_of(cim_type: CimType) -> Option<Family> {
    Some(match cim_type {
        CimType::Boolean => Family::Boolean,
        CimType::Real32 => Family::Real32,
        CimType::Real64 => Family::Real64,
        CimType::Char16 => Family::Char16,
        CimType::String => Family::Text,
        CimType::DateTime => Family::DateTime,
        CimType::Reference => Family::Reference,
        // Integers of all widths are filed under the widest.
        CimType::UInt64 => Family::Integer,
        _ => return None,
    })
}

impl Key {
    /// The key of a constant; `None` when what equals it is more than one key, or nothing.
    pub(super) fn of(constant: &Constant, case: StringCase) -> Option<Self> {
        Some(match constant {
            Constant::Boolean(truth) => Self::Boolean(*truth),
            Constant::Integer(number) => Self::Number(*number),
            Constant::Real(real) => Self::of_real(*real)?,
            Constant::Text(text) => match case {
                StringCase::Folded => Self::Text(fold::fold(text).into()),
                StringCase::Exact => Self::Text(text.clone()),
            },
            Constant::Path(path) => Self::Text(path.canonical().into()),
            Constant::DateTime(datetime) if !datetime.has_wildcards() => Self::of_time(*datetime)?,
            _ => return None,
        })
    }

    fn of_real(real: f64) -> Option<Self> {
        // 2^127: from there on no real is an i128.
        const BEYOND: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
        if real.is_nan() {
            None
        } else if real.fract() == 0.0 && real.abs() < BEYOND {
            Some(Self::Number(real as i128))
        } else {
            Some(Self::Real(real.to_bits()))
        }
    }

    fn of_time(datetime: DateTime) -> Option<Self> {
        let micros = datetime.utc_micros()?;
        Some(if datetime.is_interval() { Self::Interval(micros) } else { Self::Instant(micros) })
    }

    pub(super) fn hash(&self) -> u64 {
        match self {
            Self::Text(text) => fold::hash(text),
            Self::Boolean(truth) => mix(u64::from(*truth)),
            Self::Number(number) => mix(*number as u64 ^ (*number >> 64) as u64),
            Self::Real(bits) => mix(*bits),
            Self::Instant(micros) | Self::Interval(micros) => mix(*micros as u64),
        }
    }
}

/// Spreads numbers that lie close together.
const fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// What values have in common that `=` takes for equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Alike {
    /// NULL, and what is not there.
    Null,
    Boolean(bool),
    Number(i128),
    Real(u64),
    Text(SmolStr),
    Instant(i64),
    Interval(i64),
    /// What is like nothing else but its own spelling.
    Other(String),
}

impl Alike {
    /// What the value that the path leads to has in common with those of other events.
    pub(crate) fn of(path: &BoundPath, event: &EventData) -> Self {
        let fetched = path.fetch(event);
        let other = match &fetched {
            Fetched::Value(value @ (ValueRef::DateTime(_) | ValueRef::Real32(_))) => {
                format!("{value:?}")
            }
            Fetched::Value(value @ ValueRef::Real64(_)) => format!("{value:?}"),
            _ => String::new(),
        };
        match probe(path, fetched, &event.origin) {
            None => Self::Null,
            Some((_, None)) => Self::Other(other),
            Some((_, Some(Probe::Key(key)))) => match key {
                Key::Boolean(truth) => Self::Boolean(truth),
                Key::Number(number) => Self::Number(number),
                Key::Real(bits) => Self::Real(bits),
                Key::Text(text) => Self::Text(text),
                Key::Instant(micros) => Self::Instant(micros),
                Key::Interval(micros) => Self::Interval(micros),
            },
            Some((_, Some(Probe::Text(text)))) => match path.case(event.origin.rules.dialect()) {
                StringCase::Exact => Self::Text(text.as_ref().into()),
                StringCase::Folded => Self::Text(fold::fold(&text).into()),
            },
        }
    }
}

impl Probe<'_> {
    pub(super) fn hash(&self) -> u64 {
        match self {
            Self::Key(key) => key.hash(),
            Self::Text(text) => fold::hash(text),
        }
    }

    /// Whether a constant's key is this value's.
    pub(super) fn is(&self, key: &Key, case: StringCase) -> bool {
        match (self, key) {
            (Self::Text(text), Key::Text(key)) => match case {
                StringCase::Folded => fold::eq(text, key),
                StringCase::Exact => text == key.as_str(),
            },
            (Self::Key(own), key) => own == key,
            _ => false,
        }
    }
}

/// What to look for when this stands at the end of a path in an event from somewhere: the
/// family, and a key unless the value equals no constant. `None` for NULL and what cannot be
/// compared. Paths of objects are references, though they are texts.
pub(super) fn probe<'a>(
    path: &BoundPath,
    fetched: Fetched<'a>,
    origin: &Origin,
) -> Option<(Family, Option<Probe<'a>>)> {
    let reference = |canonical: String| {
        Some((Family::Reference, Some(Probe::Key(Key::Text(canonical.into())))))
    };
    let value = match fetched {
        Fetched::Value(value) => value,
        Fetched::System(SystemValue::Integer(number)) => ValueRef::Signed(number),
        Fetched::System(SystemValue::Text(text)) if path.is_object_path() => {
            let text = text.as_ref().into();
            return reference(PathConstant::new(&text, &origin.rules).canonical());
        }
        Fetched::System(SystemValue::Text(text)) => {
            return Some((Family::Text, Some(Probe::Text(text))));
        }
        Fetched::System(_) | Fetched::Missing => return None,
    };
    let number = |number: i128| Some(Probe::Key(Key::Number(number)));
    let real = |value: f64| Key::of_real(value).map(Probe::Key);
    Some(match value {
        ValueRef::Boolean(truth) => (Family::Boolean, Some(Probe::Key(Key::Boolean(truth)))),
        ValueRef::Unsigned(n) => (Family::Integer, number(n.into())),
        ValueRef::Signed(n) => (Family::Integer, number(n.into())),
        ValueRef::Char16(c) => (Family::Char16, number(c.0.into())),
        ValueRef::Real32(n) => (Family::Real32, real(n.into())),
        ValueRef::Real64(n) => (Family::Real64, real(n)),
        ValueRef::String(text) => (Family::Text, Some(Probe::Text(text.into()))),
        ValueRef::DateTime(time) => (Family::DateTime, Key::of_time(time).map(Probe::Key)),
        ValueRef::Reference(path) => return reference(origin.rules.canonical(path)),
        _ => return None,
    })
}
