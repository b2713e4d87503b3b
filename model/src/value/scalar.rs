//! Single values, and vectors of them: one variant for each intrinsic type.

use super::Value;
use crate::{Char16, CimType, DateTime, Object, ObjectPath};
use smol_str::SmolStr;
use std::fmt;
use std::sync::Arc;

macro_rules! scalars {
    ($( $(#[$doc:meta])* $variant:ident($ty:ty), $same:expr; )*) => {
        /// One value of an intrinsic type; never NULL.
        ///
        /// Equality is identity: reals compare by their bits, so NaN equals the
        /// same NaN and -0 differs from 0. Comparison in queries is `wql`'s.
        #[derive(Clone, Debug)]
        pub enum Scalar {
            $( $(#[$doc])* $variant($ty), )*
        }

        impl Scalar {
            /// The intrinsic type.
            pub const fn cim_type(&self) -> CimType {
                match self { $( Self::$variant(_) => CimType::$variant, )* }
            }
        }

        impl PartialEq for Scalar {
            fn eq(&self, other: &Self) -> bool {
                match (self, other) {
                    $( (Self::$variant(a), Self::$variant(b)) => {
                        let same: fn(&$ty, &$ty) -> bool = $same;
                        same(a, b)
                    } )*
                    _ => false,
                }
            }
        }

        impl Eq for Scalar {}

        $( impl From<$ty> for Scalar {
            fn from(value: $ty) -> Self { Self::$variant(value) }
        } )*

        $( impl From<$ty> for Value {
            fn from(value: $ty) -> Self { Self::Scalar(Scalar::$variant(value)) }
        } )*

        /// The elements of an array, one vector of their type.
        #[derive(Clone, Debug)]
        pub enum Elements {
            $( $(#[$doc])* $variant(Vec<$ty>), )*
        }

        impl Elements {
            /// An empty vector for elements of this type.
            pub fn new(cim_type: CimType) -> Self {
                match cim_type { $( CimType::$variant => Self::$variant(Vec::new()), )* }
            }

            /// An empty vector with room for so many elements of this type.
            pub fn with_capacity(cim_type: CimType, capacity: usize) -> Self {
                match cim_type {
                    $( CimType::$variant => Self::$variant(Vec::with_capacity(capacity)), )*
                }
            }

            /// The type of the elements.
            pub const fn cim_type(&self) -> CimType {
                match self { $( Self::$variant(_) => CimType::$variant, )* }
            }

            /// How many elements there are, NULL ones included.
            pub fn len(&self) -> usize {
                match self { $( Self::$variant(items) => items.len(), )* }
            }

            /// Whether there is none.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            pub(super) fn get(&self, index: usize) -> Option<Scalar> {
                match self {
                    $( Self::$variant(items) => items.get(index).cloned().map(Scalar::$variant), )*
                }
            }

            /// Appends; gives the value back when it is of another type.
            pub(super) fn push(&mut self, value: Scalar) -> Result<(), Scalar> {
                match (self, value) {
                    $( (Self::$variant(items), Scalar::$variant(item)) => {
                        items.push(item);
                        Ok(())
                    } )*
                    (_, other) => Err(other),
                }
            }
        }
    };
}

scalars! {
    /// `boolean`
    Boolean(bool), |a, b| a == b;
    /// `uint8`
    UInt8(u8), |a, b| a == b;
    /// `sint8`
    SInt8(i8), |a, b| a == b;
    /// `uint16`
    UInt16(u16), |a, b| a == b;
    /// `sint16`
    SInt16(i16), |a, b| a == b;
    /// `uint32`
    UInt32(u32), |a, b| a == b;
    /// `sint32`
    SInt32(i32), |a, b| a == b;
    /// `uint64`
    UInt64(u64), |a, b| a == b;
    /// `sint64`
    SInt64(i64), |a, b| a == b;
    /// `real32`
    Real32(f32), |a, b| a.to_bits() == b.to_bits();
    /// `real64`
    Real64(f64), |a, b| a.to_bits() == b.to_bits();
    /// `char16`
    Char16(Char16), |a, b| a == b;
    /// `string`
    String(SmolStr), |a, b| a == b;
    /// `datetime`
    DateTime(DateTime), |a, b| a == b;
    /// A reference
    Reference(Arc<ObjectPath>), |a, b| a == b;
    /// An embedded instance or class
    Object(Arc<Object>), |a, b| a == b;
}

impl PartialEq for Elements {
    fn eq(&self, other: &Self) -> bool {
        self.cim_type() == other.cim_type()
            && self.len() == other.len()
            && (0..self.len()).all(|i| self.get(i) == other.get(i))
    }
}

impl Eq for Elements {}

impl Scalar {
    /// A value of the type that stands where an array element is NULL.
    pub(super) fn placeholder(cim_type: CimType) -> Self {
        match cim_type {
            CimType::Boolean => Self::Boolean(false),
            CimType::UInt8 => Self::UInt8(0),
            CimType::SInt8 => Self::SInt8(0),
            CimType::UInt16 => Self::UInt16(0),
            CimType::SInt16 => Self::SInt16(0),
            CimType::UInt32 => Self::UInt32(0),
            CimType::SInt32 => Self::SInt32(0),
            CimType::UInt64 => Self::UInt64(0),
            CimType::SInt64 => Self::SInt64(0),
            CimType::Real32 => Self::Real32(0.0),
            CimType::Real64 => Self::Real64(0.0),
            CimType::Char16 => Self::Char16(Char16(0)),
            CimType::String => Self::String(SmolStr::default()),
            CimType::DateTime => Self::DateTime(DateTime::default()),
            CimType::Reference => Self::Reference(Arc::default()),
            CimType::Object => Self::Object(Arc::default()),
        }
    }

    /// The number of an integer of any width.
    pub fn as_integer(&self) -> Option<i128> {
        Some(match *self {
            Self::UInt8(n) => n.into(),
            Self::SInt8(n) => n.into(),
            Self::UInt16(n) => n.into(),
            Self::SInt16(n) => n.into(),
            Self::UInt32(n) => n.into(),
            Self::SInt32(n) => n.into(),
            Self::UInt64(n) => n.into(),
            Self::SInt64(n) => n.into(),
            _ => return None,
        })
    }

    /// An integer as a value of an integer type; `None` when the type is no
    /// integer or the number is outside its range.
    pub fn from_integer(cim_type: CimType, number: i128) -> Option<Self> {
        Some(match cim_type {
            CimType::UInt8 => Self::UInt8(number.try_into().ok()?),
            CimType::SInt8 => Self::SInt8(number.try_into().ok()?),
            CimType::UInt16 => Self::UInt16(number.try_into().ok()?),
            CimType::SInt16 => Self::SInt16(number.try_into().ok()?),
            CimType::UInt32 => Self::UInt32(number.try_into().ok()?),
            CimType::SInt32 => Self::SInt32(number.try_into().ok()?),
            CimType::UInt64 => Self::UInt64(number.try_into().ok()?),
            CimType::SInt64 => Self::SInt64(number.try_into().ok()?),
            _ => return None,
        })
    }
}

impl fmt::Display for Scalar {
    /// The plain text of the value: strings without quotes, reals in their
    /// shortest exact form, references in WMI form, embedded objects as
    /// `instance of C` or `class C`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(true) => f.write_str("TRUE"),
            Self::Boolean(false) => f.write_str("FALSE"),
            Self::UInt8(n) => write!(f, "{n}"),
            Self::SInt8(n) => write!(f, "{n}"),
            Self::UInt16(n) => write!(f, "{n}"),
            Self::SInt16(n) => write!(f, "{n}"),
            Self::UInt32(n) => write!(f, "{n}"),
            Self::SInt32(n) => write!(f, "{n}"),
            Self::UInt64(n) => write!(f, "{n}"),
            Self::SInt64(n) => write!(f, "{n}"),
            Self::Real32(x) => write!(f, "{x}"),
            Self::Real64(x) => write!(f, "{x}"),
            Self::Char16(c) => write!(f, "{c}"),
            Self::String(text) => f.write_str(text),
            Self::DateTime(t) => write!(f, "{t}"),
            Self::Reference(path) => write!(f, "{path}"),
            Self::Object(object) => write!(f, "{object}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_convert_within_range_only() {
        for (t, n, fits) in [
            (CimType::UInt8, 255, true),
            (CimType::UInt8, 256, false),
            (CimType::SInt8, -129, false),
            (CimType::UInt64, i128::from(u64::MAX), true),
            (CimType::SInt64, i128::from(u64::MAX), false),
            (CimType::String, 1, false),
        ] {
            let scalar = Scalar::from_integer(t, n);
            assert_eq!(scalar.is_some(), fits, "{t} {n}");
            assert!(scalar.is_none_or(|s| s.as_integer() == Some(n) && s.cim_type() == t));
        }
    }
}
