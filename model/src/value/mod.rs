//! Owned CIM values.
//!
//! A value always knows its type, NULL included: writers have three states (not
//! given, NULL, a value), and a NULL that reaches a wire needs its type without
//! its class at hand. Arrays hold their elements in one typed vector with
//! optional NULL marks, so `uint8[]` costs a byte an element.

mod array;
mod scalar;

pub use array::Array;
pub use scalar::{Elements, Scalar};

use crate::{CimType, Object, ObjectPath};
use smol_str::SmolStr;
use std::fmt;
use std::sync::Arc;

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Scalar(Scalar::String(SmolStr::new(text)))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Scalar(Scalar::String(text.into()))
    }
}

impl From<ObjectPath> for Value {
    fn from(path: ObjectPath) -> Self {
        Self::Scalar(Scalar::Reference(Arc::new(path)))
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Scalar(Scalar::Object(Arc::new(object)))
    }
}

impl From<Array> for Value {
    fn from(array: Array) -> Self {
        Self::Array(array)
    }
}

// What a schema has most of fits a cache line.
const _: () = assert!(size_of::<Value>() <= 32 && size_of::<crate::Qualifier>() <= 64);

/// A CIM value of a known type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// NULL of a scalar (`false`) or array (`true`) type.
    Null(CimType, bool),
    /// One value.
    Scalar(Scalar),
    /// An array.
    Array(Array),
}

impl Value {
    /// NULL of a scalar type.
    pub const fn null(cim_type: CimType) -> Self {
        Self::Null(cim_type, false)
    }

    /// NULL of an array type.
    pub const fn null_array(cim_type: CimType) -> Self {
        Self::Null(cim_type, true)
    }

    /// The intrinsic type; of the elements for an array.
    pub fn cim_type(&self) -> CimType {
        match self {
            Self::Null(cim_type, _) => *cim_type,
            Self::Scalar(scalar) => scalar.cim_type(),
            Self::Array(array) => array.cim_type(),
        }
    }

    /// Whether the type is an array type.
    pub const fn is_array(&self) -> bool {
        matches!(self, Self::Null(_, true) | Self::Array(_))
    }

    /// Whether the value is NULL.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null(..))
    }

    /// The scalar, if this is one.
    pub const fn as_scalar(&self) -> Option<&Scalar> {
        match self {
            Self::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The array, if this is one.
    pub const fn as_array(&self) -> Option<&Array> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The plain texts of the elements, those of NULL empty; a scalar is one element.
    /// `None` where the value itself is NULL.
    pub fn texts(&self) -> Option<Vec<String>> {
        let text = |item: Option<Scalar>| item.map(|scalar| scalar.to_string()).unwrap_or_default();
        match self {
            Self::Scalar(scalar) => Some(vec![scalar.to_string()]),
            Self::Array(array) => Some(array.iter().map(text).collect()),
            Self::Null(..) => None,
        }
    }

    /// The text of a `string`.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Scalar(Scalar::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The truth of a `boolean`.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Scalar(Scalar::Boolean(truth)) => Some(*truth),
            _ => None,
        }
    }

    /// The number of an integer of any width.
    pub fn as_integer(&self) -> Option<i128> {
        self.as_scalar().and_then(Scalar::as_integer)
    }
}

impl fmt::Display for Value {
    /// The plain text of the value; `NULL`, and arrays as `{a, b}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null(..) => f.write_str("NULL"),
            Self::Scalar(scalar) => write!(f, "{scalar}"),
            Self::Array(array) => {
                f.write_str("{")?;
                for (i, item) in array.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    match item {
                        Some(scalar) => write!(f, "{scalar}")?,
                        None => f.write_str("NULL")?,
                    }
                }
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reals_keep_their_bits() {
        assert_eq!(Value::from(f64::NAN), Value::from(f64::NAN));
        assert_ne!(Value::from(0.0_f64), Value::from(-0.0_f64));
        assert_ne!(Value::from(0.0_f32), Value::from(0.0_f64));
    }
}
