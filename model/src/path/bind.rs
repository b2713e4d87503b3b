//! Keys take their property's type.

use super::number::{self, NotANumber, Radix};
use super::{KeyError, KeyValue, ObjectPath};
use crate::{Char16, CimType, DateTime, Scalar, Value};
use smol_str::SmolStr;
use std::sync::Arc;

impl KeyValue {
    /// The key as a value of its property's type.
    ///
    /// Numbers, booleans, `char16` and datetimes may come as text, because
    /// selectors and some clients send them so; a string must come as text. 0 and
    /// 1 are booleans. A `char16` may come as its code unit. A reference's text is
    /// read as a path of either form.
    ///
    /// # Errors
    /// When the value is of another kind, or out of the type's range.
    pub fn bind(&self, ty: CimType) -> Result<Value, KeyError> {
        let scalar = match ty {
            CimType::Boolean => Scalar::Boolean(self.bind_boolean()?),
            CimType::UInt8 => Scalar::UInt8(self.bind_integer(ty)?),
            CimType::SInt8 => Scalar::SInt8(self.bind_integer(ty)?),
            CimType::UInt16 => Scalar::UInt16(self.bind_integer(ty)?),
            CimType::SInt16 => Scalar::SInt16(self.bind_integer(ty)?),
            CimType::UInt32 => Scalar::UInt32(self.bind_integer(ty)?),
            CimType::SInt32 => Scalar::SInt32(self.bind_integer(ty)?),
            CimType::UInt64 => Scalar::UInt64(self.bind_integer(ty)?),
            CimType::SInt64 => Scalar::SInt64(self.bind_integer(ty)?),
            CimType::Real32 => Scalar::Real32(self.bind_real32()?),
            CimType::Real64 => Scalar::Real64(self.bind_real64(ty)?),
            CimType::Char16 => Scalar::Char16(self.bind_char16()?),
            CimType::String => Scalar::String(self.text(ty)?.clone()),
            CimType::DateTime => Scalar::DateTime(DateTime::parse(self.text(ty)?)?),
            CimType::Reference => Scalar::Reference(Arc::new(match self {
                Self::Reference(path) => (**path).clone(),
                other => ObjectPath::parse(other.text(ty)?)?,
            })),
            CimType::Object => return Err(KeyError::NotAKeyType(ty)),
        };
        Ok(Value::Scalar(scalar))
    }

    fn mismatch(&self, expected: CimType) -> KeyError {
        KeyError::Type { found: self.to_string(), expected }
    }

    fn out_of_range(&self, expected: CimType) -> KeyError {
        KeyError::OutOfRange { found: self.to_string(), expected }
    }

    /// The text, when the value is text.
    fn text(&self, expected: CimType) -> Result<&SmolStr, KeyError> {
        match self {
            Self::String(text) | Self::Untyped(text) => Ok(text),
            _ => Err(self.mismatch(expected)),
        }
    }

    fn bind_boolean(&self) -> Result<bool, KeyError> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Integer(0) => Some(false),
            Self::Integer(1) => Some(true),
            Self::String(text) | Self::Untyped(text) => match text.as_str() {
                "0" => Some(false),
                "1" => Some(true),
                word => number::boolean(word),
            },
            _ => None,
        }
        .ok_or_else(|| self.mismatch(CimType::Boolean))
    }

    /// The integer, of whatever width.
    fn integer(&self, expected: CimType) -> Result<i128, KeyError> {
        if let Self::Integer(value) = self {
            return Ok(*value);
        }
        number::integer(self.text(expected)?, Radix::Selector).map_err(|cause| match cause {
            NotANumber::Malformed => self.mismatch(expected),
            NotANumber::TooLarge => self.out_of_range(expected),
        })
    }

    fn bind_integer<T: TryFrom<i128>>(&self, ty: CimType) -> Result<T, KeyError> {
        T::try_from(self.integer(ty)?).map_err(|_| self.out_of_range(ty))
    }

    fn bind_real64(&self, ty: CimType) -> Result<f64, KeyError> {
        match self {
            Self::Real(value) => Ok(*value),
            Self::Integer(value) => Ok(*value as f64),
            _ => match number::real(self.text(ty)?) {
                Ok(value) => Ok(value),
                Err(NotANumber::Malformed) => Ok(self.integer(ty)? as f64),
                Err(NotANumber::TooLarge) => Err(self.out_of_range(ty)),
            },
        }
    }

    fn bind_real32(&self) -> Result<f32, KeyError> {
        let wide = self.bind_real64(CimType::Real32)?;
        let narrow = wide as f32;
        if narrow.is_infinite() && wide.is_finite() {
            return Err(self.out_of_range(CimType::Real32));
        }
        Ok(narrow)
    }

    fn bind_char16(&self) -> Result<Char16, KeyError> {
        if let Self::Integer(_) = self {
            return self.bind_integer(CimType::Char16).map(Char16);
        }
        let text = self.text(CimType::Char16)?;
        let mut units = text.encode_utf16();
        match (units.next(), units.next()) {
            (Some(unit), None) => Some(Char16(unit)),
            _ => lone_surrogate(text),
        }
        .ok_or_else(|| self.mismatch(CimType::Char16))
    }
}

/// The code unit of `\xD800` to `\xDFFF`, as [`Char16`] prints one that text
/// cannot hold.
fn lone_surrogate(text: &str) -> Option<Char16> {
    let hex = text.strip_prefix("\\x").filter(|hex| hex.len() == 4)?;
    let unit = u16::from_str_radix(hex, 16).ok()?;
    (0xd800..=0xdfff).contains(&unit).then_some(Char16(unit))
}
