//! The keys of an instance path.

use super::{KeyError, MAX_PATH_DEPTH, ObjectPath};
use crate::{Name, Scalar, Value};
use smol_str::{SmolStr, ToSmolStr};

/// What follows the class in a path.
#[derive(Clone, Debug, Default)]
pub enum Keys {
    /// Nothing: the path names the class (or a namespace).
    #[default]
    Class,
    /// `=@`: the one instance of a class without keys.
    Singleton,
    /// `="v"`: the value of the class's only key.
    Unnamed(KeyValue),
    /// `.K="v",N=1`: keys with their names, in the order written. No name occurs
    /// twice in a path that was read.
    Named(Vec<KeyBinding>),
}

impl Keys {
    /// The values, in the order written.
    pub fn values(&self) -> impl Iterator<Item = &KeyValue> {
        let (unnamed, named) = match self {
            Self::Class | Self::Singleton => (None, None),
            Self::Unnamed(value) => (Some(value), None),
            Self::Named(bindings) => (None, Some(bindings.iter())),
        };
        unnamed.into_iter().chain(named.into_iter().flatten().map(|key| &key.value))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Class | Self::Singleton => 0,
            Self::Unnamed(_) => 1,
            Self::Named(bindings) => bindings.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<N: Into<Name>, V: Into<KeyValue>> FromIterator<(N, V)> for Keys {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self::Named(
            pairs
                .into_iter()
                .map(|(name, value)| KeyBinding { name: name.into(), value: value.into() })
                .collect(),
        )
    }
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct KeyBinding {
    /// The key property.
    pub name: Name,
    /// Its value.
    pub value: KeyValue,
}

/// The value of a key, as much of it as can be told without the class.
///
/// `char16` and `datetime` keys are strings here: in a path they are quoted text
/// like any other.
#[derive(Clone, Debug)]
pub enum KeyValue {
    /// Quoted text.
    String(SmolStr),
    /// An integer of any integer type.
    Integer(i128),
    /// A real number; compared by its bits, save that all NaNs are one.
    Real(f64),
    /// A boolean.
    Boolean(bool),
    /// The path of another object, known to be one.
    Reference(Box<ObjectPath>),
    /// The text of a selector: even a number or a boolean comes so.
    Untyped(SmolStr),
}

impl KeyValue {
    /// A reference.
    ///
    /// # Errors
    /// When the path nests [`MAX_PATH_DEPTH`] levels already.
    pub fn reference(path: ObjectPath) -> Result<Self, KeyError> {
        if path.depth() >= MAX_PATH_DEPTH {
            return Err(KeyError::TooDeep);
        }
        Ok(Self::Reference(Box::new(path)))
    }

    /// The key that a property value makes; `None` for NULL, arrays and embedded
    /// objects, which cannot be keys, and for paths that nest too deep.
    pub fn from_value(value: &Value) -> Option<Self> {
        let Value::Scalar(scalar) = value else { return None };
        Some(match scalar {
            Scalar::Boolean(v) => Self::Boolean(*v),
            Scalar::UInt8(v) => Self::Integer((*v).into()),
            Scalar::SInt8(v) => Self::Integer((*v).into()),
            Scalar::UInt16(v) => Self::Integer((*v).into()),
            Scalar::SInt16(v) => Self::Integer((*v).into()),
            Scalar::UInt32(v) => Self::Integer((*v).into()),
            Scalar::SInt32(v) => Self::Integer((*v).into()),
            Scalar::UInt64(v) => Self::Integer((*v).into()),
            Scalar::SInt64(v) => Self::Integer((*v).into()),
            Scalar::Real32(v) => Self::Real((*v).into()),
            Scalar::Real64(v) => Self::Real(*v),
            Scalar::Char16(v) => Self::String(v.to_smolstr()),
            Scalar::String(v) => Self::String(v.clone()),
            Scalar::DateTime(v) => Self::String(v.to_smolstr()),
            Scalar::Reference(v) => return Self::reference((**v).clone()).ok(),
            Scalar::Object(_) => return None,
        })
    }

    pub(super) fn depth(&self) -> usize {
        match self {
            Self::Reference(path) => path.depth(),
            _ => 0,
        }
    }
}

impl From<&str> for KeyValue {
    fn from(text: &str) -> Self {
        Self::String(SmolStr::new(text))
    }
}

impl From<String> for KeyValue {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<SmolStr> for KeyValue {
    fn from(text: SmolStr) -> Self {
        Self::String(text)
    }
}

impl From<bool> for KeyValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

macro_rules! from_integers {
    ($($ty:ty),+) => { $(
        impl From<$ty> for KeyValue {
            fn from(value: $ty) -> Self {
                Self::Integer(value.into())
            }
        }
    )+ };
}

from_integers!(u8, i8, u16, i16, u32, i32, u64, i64, i128);
