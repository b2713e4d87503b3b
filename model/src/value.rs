//! Owned CIM values.
//!
//! A value always knows its type, NULL included: writers have three states (not
//! given, NULL, a value), and a NULL that reaches a wire needs its type without
//! its class at hand. Arrays hold their elements in one typed vector with
//! optional NULL marks, so `uint8[]` costs a byte an element.

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

            fn get(&self, index: usize) -> Option<Scalar> {
                match self {
                    $( Self::$variant(items) => items.get(index).cloned().map(Scalar::$variant), )*
                }
            }

            /// Appends; gives the value back when it is of another type.
            fn push(&mut self, value: Scalar) -> Result<(), Scalar> {
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

impl PartialEq for Elements {
    fn eq(&self, other: &Self) -> bool {
        self.cim_type() == other.cim_type()
            && self.len() == other.len()
            && (0..self.len()).all(|i| self.get(i) == other.get(i))
    }
}

impl Eq for Elements {}

/// An array value. Its elements may be NULL one by one, and an empty array is
/// not a NULL array (DSP0004 5.2.3).
#[derive(Clone, Debug)]
pub struct Array(Kept);

/// There are many values and few arrays with NULL elements, so a value keeps no room for which
/// those are.
#[derive(Clone, Debug)]
enum Kept {
    /// No element is NULL.
    Whole(Elements),
    /// Some are.
    Marked(Box<Marked>),
    /// What many arrays have together; itself not shared.
    Shared(Arc<Array>),
}

/// Elements, and for each whether it is NULL: then it is a placeholder.
#[derive(Clone, Debug)]
struct Marked {
    elements: Elements,
    nulls: Vec<bool>,
}

/// An element of another type than the array's was offered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an array of {expected} cannot hold a value of type {found}")]
pub struct ElementTypeError {
    /// The array's element type.
    pub expected: CimType,
    /// The type of the value that was offered.
    pub found: CimType,
}

impl Array {
    /// An empty array of this type.
    pub fn new(cim_type: CimType) -> Self {
        Self::from_elements(Elements::new(cim_type))
    }

    /// An empty array with room for so many elements of this type.
    pub fn with_capacity(cim_type: CimType, capacity: usize) -> Self {
        Self::from_elements(Elements::with_capacity(cim_type, capacity))
    }

    /// An array without NULL elements.
    pub const fn from_elements(elements: Elements) -> Self {
        Self(Kept::Whole(elements))
    }

    /// Builds from elements in order, `None` being NULL.
    pub fn from_options(
        cim_type: CimType,
        items: impl IntoIterator<Item = Option<Scalar>>,
    ) -> Result<Self, ElementTypeError> {
        let mut array = Self::new(cim_type);
        for item in items {
            match item {
                Some(scalar) => array.push(scalar)?,
                None => array.push_null(),
            }
        }
        Ok(array)
    }

    /// Has copies share the elements from here on, until one of them is changed. Few elements
    /// are copied as fast, and stay as they are.
    pub fn share(&mut self) {
        const FEW: usize = 16;
        if self.shared().is_none() && self.len() > FEW {
            let own = std::mem::replace(self, Self::new(self.cim_type()));
            self.0 = Kept::Shared(Arc::new(own));
        }
    }

    /// What copies have together, after [`Array::share`]: while it is kept, its address tells
    /// them from all other arrays.
    pub const fn shared(&self) -> Option<&Arc<Self>> {
        match &self.0 {
            Kept::Shared(shared) => Some(shared),
            Kept::Whole(_) | Kept::Marked(_) => None,
        }
    }

    fn kept(&self) -> &Kept {
        self.shared().map_or(&self.0, |shared| &shared.0)
    }

    /// To be changed: others keep what they share.
    fn kept_mut(&mut self) -> &mut Kept {
        if let Some(shared) = self.shared() {
            self.0 = shared.0.clone();
        }
        &mut self.0
    }

    /// The type of the elements.
    pub fn cim_type(&self) -> CimType {
        self.slots().cim_type()
    }

    /// How many elements there are, NULL ones included.
    pub fn len(&self) -> usize {
        self.slots().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.slots().is_empty()
    }

    /// Whether some element is NULL.
    pub fn has_nulls(&self) -> bool {
        matches!(self.kept(), Kept::Marked(_))
    }

    /// Appends an element.
    pub fn push(&mut self, value: Scalar) -> Result<(), ElementTypeError> {
        let expected = self.cim_type();
        let pushed = match self.kept_mut() {
            Kept::Whole(elements) => elements.push(value),
            Kept::Marked(marked) => {
                let pushed = marked.elements.push(value);
                if pushed.is_ok() {
                    marked.nulls.push(false);
                }
                pushed
            }
            Kept::Shared(_) => Err(value),
        };
        pushed.map_err(|other| ElementTypeError { expected, found: other.cim_type() })
    }

    /// Appends a NULL element.
    pub fn push_null(&mut self) {
        let of = self.cim_type();
        if let Kept::Whole(elements) = self.kept_mut() {
            let elements = std::mem::replace(elements, Elements::new(of));
            let nulls = vec![false; elements.len()];
            self.0 = Kept::Marked(Box::new(Marked { elements, nulls }));
        }
        if let Kept::Marked(marked) = &mut self.0 {
            // The placeholder has the array's own type, so the push cannot be refused.
            let _ = marked.elements.push(Scalar::placeholder(of));
            marked.nulls.push(true);
        }
    }

    /// The element at `index`: `None` past the end, `Some(None)` for NULL.
    pub fn get(&self, index: usize) -> Option<Option<Scalar>> {
        if self.is_null(index) { Some(None) } else { self.slots().get(index).map(Some) }
    }

    /// The elements in order, `None` being NULL.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<Scalar>> + '_ {
        (0..self.len()).map(|i| self.get(i).flatten())
    }

    /// Whether the element at `index` is NULL.
    pub fn is_null(&self, index: usize) -> bool {
        matches!(self.kept(), Kept::Marked(marked) if marked.nulls.get(index) == Some(&true))
    }

    /// The typed vector, with anything where an element is NULL.
    pub fn slots(&self) -> &Elements {
        match &self.0 {
            Kept::Whole(elements) => elements,
            Kept::Marked(marked) => &marked.elements,
            Kept::Shared(shared) => shared.slots(),
        }
    }

    /// The typed vector, when no element is NULL.
    pub fn elements(&self) -> Option<&Elements> {
        if self.has_nulls() { None } else { Some(self.slots()) }
    }
}

impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        if let (Some(shared), Some(others)) = (self.shared(), other.shared())
            && Arc::ptr_eq(shared, others)
        {
            return true;
        }
        self.cim_type() == other.cim_type() && self.iter().eq(other.iter())
    }
}

impl Eq for Array {}

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

impl Scalar {
    /// A value of the type that stands where an array element is NULL.
    fn placeholder(cim_type: CimType) -> Self {
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
    fn copies_share_until_they_are_changed() {
        let of = |most: u8| Array::from_elements(Elements::UInt8((0..most).collect()));
        let (mut few, mut many) = (of(3), of(100));
        few.share();
        many.share();
        assert!(few.shared().is_none());
        let mut copy = many.clone();
        assert!(Arc::ptr_eq(copy.shared().unwrap(), many.shared().unwrap()));
        assert_eq!((&copy, copy.len(), copy.get(7)), (&of(100), 100, many.get(7)));
        copy.push_null();
        assert!(copy.has_nulls() && copy.shared().is_none());
        assert_eq!((many.len(), copy.len(), copy.get(100)), (100, 101, Some(None)));
        copy.share();
        let mut again = copy.clone();
        again.push(Scalar::UInt8(5)).unwrap();
        assert!(copy.is_null(100) && again.is_null(100) && again.elements().is_none());
        assert_eq!((copy.len(), again.len()), (101, 102));
        assert!(many.push(Scalar::Boolean(true)).is_err());
        assert_eq!(many, of(100));
    }

    #[test]
    fn reals_keep_their_bits() {
        assert_eq!(Value::from(f64::NAN), Value::from(f64::NAN));
        assert_ne!(Value::from(0.0_f64), Value::from(-0.0_f64));
        assert_ne!(Value::from(0.0_f32), Value::from(0.0_f64));
    }

    #[test]
    fn arrays_mark_null_elements() {
        let array = Array::from_options(
            CimType::UInt16,
            [Some(Scalar::UInt16(1)), None, Some(Scalar::UInt16(3))],
        )
        .unwrap();
        assert_eq!(array.get(0), Some(Some(Scalar::UInt16(1))));
        assert_eq!(array.get(1), Some(None));
        assert_eq!(array.get(3), None);
        assert_eq!(Value::from(array.clone()).to_string(), "{1, NULL, 3}");
        assert_ne!(Value::from(Array::new(CimType::UInt16)), Value::null_array(CimType::UInt16));
        let refused = array.clone().push(Scalar::UInt8(1)).unwrap_err();
        assert_eq!((refused.expected, refused.found), (CimType::UInt16, CimType::UInt8));
    }

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
