//! A borrowed, typed property value.
//!
//! One type is what columns give back, what writers hand in and what rows show.

mod exact;

pub(crate) use exact::exactly;

use cimarron_model::{Array, Char16, CimType, DateTime, Object, ObjectPath, Scalar, Value};
use cimarron_wql::ValueRef;
use std::sync::Arc;

macro_rules! views {
    (copied { $( $copied:ident($copied_type:ty), )* } shared { $( $shared:ident($shared_type:ty), )* }) => {
        /// A property value, borrowed from whatever holds it.
        #[derive(Clone, Copy, Debug, Default)]
        pub enum ValueView<'a> {
            /// NULL of any type
            #[default]
            Null,
            $(
                #[doc = concat!("A value of `CimType::", stringify!($copied), "`")]
                $copied($copied_type),
            )*
            /// `string`
            String(&'a str),
            $(
                #[doc = concat!("A value of `CimType::", stringify!($shared), "`")]
                $shared(&'a Arc<$shared_type>),
            )*
            /// An array of any type
            Array(&'a Array),
        }

        impl<'a> From<&'a Scalar> for ValueView<'a> {
            #[inline]
            fn from(scalar: &'a Scalar) -> Self {
                match scalar {
                    $( Scalar::$copied(v) => Self::$copied(*v), )*
                    Scalar::String(v) => Self::String(v),
                    $( Scalar::$shared(v) => Self::$shared(v), )*
                }
            }
        }

        impl ValueView<'_> {
            /// The scalar, owned; `None` for NULL and arrays.
            pub fn to_scalar(self) -> Option<Scalar> {
                Some(match self {
                    Self::Null | Self::Array(_) => return None,
                    $( Self::$copied(v) => Scalar::$copied(v), )*
                    Self::String(v) => Scalar::String(v.into()),
                    $( Self::$shared(v) => Scalar::$shared(v.clone()), )*
                })
            }

            /// The type, of the elements for an array; `None` for NULL.
            pub fn cim_type(self) -> Option<CimType> {
                Some(match self {
                    Self::Null => return None,
                    $( Self::$copied(_) => CimType::$copied, )*
                    Self::String(_) => CimType::String,
                    $( Self::$shared(_) => CimType::$shared, )*
                    Self::Array(array) => array.cim_type(),
                })
            }

            /// The type of a scalar; `None` for NULL and arrays.
            #[inline(always)]
            pub(crate) const fn scalar_type(&self) -> Option<CimType> {
                match self {
                    Self::Null | Self::Array(_) => None,
                    $( Self::$copied(_) => Some(CimType::$copied), )*
                    Self::String(_) => Some(CimType::String),
                    $( Self::$shared(_) => Some(CimType::$shared), )*
                }
            }
        }
    };
}

views! {
    copied {
        Boolean(bool), UInt8(u8), SInt8(i8), UInt16(u16), SInt16(i16), UInt32(u32), SInt32(i32),
        UInt64(u64), SInt64(i64), Real32(f32), Real64(f64), Char16(Char16), DateTime(DateTime),
    }
    shared { Reference(ObjectPath), Object(Object), }
}

impl<'a> ValueView<'a> {
    /// Whether this is NULL.
    pub const fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a string.
    pub const fn as_str(self) -> Option<&'a str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number of an integer of any width.
    pub fn as_integer(self) -> Option<i128> {
        Some(match self {
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

    /// Whether both are the same scalar, bit by bit.
    pub(crate) fn is_identical(self, other: Self) -> bool {
        match (self, other) {
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Real32(a), Self::Real32(b)) => a.to_bits() == b.to_bits(),
            (Self::Real64(a), Self::Real64(b)) => a.to_bits() == b.to_bits(),
            (Self::Char16(a), Self::Char16(b)) => a == b,
            (Self::DateTime(a), Self::DateTime(b)) => a.to_bits() == b.to_bits(),
            (a, b) => {
                a.cim_type() == b.cim_type()
                    && a.as_integer().is_some()
                    && a.as_integer() == b.as_integer()
            }
        }
    }

    /// The value, owned. The declared type is that of NULL.
    pub fn to_value(self, cim_type: CimType, is_array: bool) -> Value {
        match self {
            Self::Null => Value::Null(cim_type, is_array),
            Self::Array(array) => Value::Array(array.clone()),
            scalar => scalar.to_scalar().map_or(Value::Null(cim_type, is_array), Value::Scalar),
        }
    }

    /// The value as conditions look at it.
    pub(crate) fn to_wql(self) -> ValueRef<'a> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Boolean(v) => ValueRef::Boolean(v),
            Self::UInt8(v) => ValueRef::Unsigned(v.into()),
            Self::UInt16(v) => ValueRef::Unsigned(v.into()),
            Self::UInt32(v) => ValueRef::Unsigned(v.into()),
            Self::UInt64(v) => ValueRef::Unsigned(v),
            Self::SInt8(v) => ValueRef::Signed(v.into()),
            Self::SInt16(v) => ValueRef::Signed(v.into()),
            Self::SInt32(v) => ValueRef::Signed(v.into()),
            Self::SInt64(v) => ValueRef::Signed(v),
            Self::Real32(v) => ValueRef::Real32(v),
            Self::Real64(v) => ValueRef::Real64(v),
            Self::Char16(v) => ValueRef::Char16(v),
            Self::String(v) => ValueRef::String(v),
            Self::DateTime(v) => ValueRef::DateTime(v),
            Self::Reference(v) => ValueRef::Reference(v),
            Self::Object(v) => ValueRef::Object(v.as_ref()),
            Self::Array(_) => ValueRef::Array,
        }
    }
}

impl<'a> From<&'a Value> for ValueView<'a> {
    #[inline]
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null(..) => Self::Null,
            Value::Scalar(scalar) => scalar.into(),
            Value::Array(array) => Self::Array(array),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back() {
        for value in [
            Value::from(7_u8),
            Value::from(-7_i64),
            Value::from("text"),
            Value::from(f64::NAN),
            Value::from(true),
            Value::from(ObjectPath::of_class("X")),
            Value::Array(Array::new(CimType::UInt16)),
            Value::null_array(CimType::String),
        ] {
            let view = ValueView::from(&value);
            assert_eq!(view.to_value(value.cim_type(), value.is_array()), value);
            assert_eq!(view.is_null(), value.is_null());
        }
    }
}
