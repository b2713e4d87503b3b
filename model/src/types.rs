//! CIM intrinsic types and the shapes that declarations give them.

use crate::{Name, fold};
use std::fmt;

/// The intrinsic types of DSP0004 5.2.2, with references and embedded objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CimType {
    /// `boolean`
    Boolean = 0,
    /// `uint8`
    UInt8 = 1,
    /// `sint8`
    SInt8 = 2,
    /// `uint16`
    UInt16 = 3,
    /// `sint16`
    SInt16 = 4,
    /// `uint32`
    UInt32 = 5,
    /// `sint32`
    SInt32 = 6,
    /// `uint64`
    UInt64 = 7,
    /// `sint64`
    SInt64 = 8,
    /// `real32`: IEEE 754 single precision
    Real32 = 9,
    /// `real64`: IEEE 754 double precision
    Real64 = 10,
    /// `char16`: one UTF-16 code unit
    Char16 = 11,
    /// `string`: Unicode text
    String = 12,
    /// `datetime`: a timestamp or an interval
    DateTime = 13,
    /// `C REF`: the path of an object
    Reference = 14,
    /// An embedded object: `object` and `object:C` of WMI, and the values of
    /// DMTF strings with `EmbeddedObject` or `EmbeddedInstance`
    Object = 15,
}

/// The families that decide conversions and which operators apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeClass {
    /// `boolean`
    Boolean,
    /// Integers without a sign
    Unsigned,
    /// Integers with a sign
    Signed,
    /// `real32` and `real64`
    Real,
    /// `char16`
    Char16,
    /// `string`
    String,
    /// `datetime`
    DateTime,
    /// References
    Reference,
    /// Embedded objects
    Object,
}

impl CimType {
    /// Every type, in the order of its discriminant.
    pub const ALL: [Self; 16] = [
        Self::Boolean,
        Self::UInt8,
        Self::SInt8,
        Self::UInt16,
        Self::SInt16,
        Self::UInt32,
        Self::SInt32,
        Self::UInt64,
        Self::SInt64,
        Self::Real32,
        Self::Real64,
        Self::Char16,
        Self::String,
        Self::DateTime,
        Self::Reference,
        Self::Object,
    ];

    /// The MOF keyword; `reference` and `object` for the two that MOF writes
    /// otherwise.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::UInt8 => "uint8",
            Self::SInt8 => "sint8",
            Self::UInt16 => "uint16",
            Self::SInt16 => "sint16",
            Self::UInt32 => "uint32",
            Self::SInt32 => "sint32",
            Self::UInt64 => "uint64",
            Self::SInt64 => "sint64",
            Self::Real32 => "real32",
            Self::Real64 => "real64",
            Self::Char16 => "char16",
            Self::String => "string",
            Self::DateTime => "datetime",
            Self::Reference => "reference",
            Self::Object => "object",
        }
    }

    /// The type with this keyword, without case.
    pub fn from_keyword(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| fold::eq(t.as_str(), text))
    }

    /// The type with this discriminant.
    pub fn from_u8(n: u8) -> Option<Self> {
        Self::ALL.get(usize::from(n)).copied()
    }

    /// The family of the type.
    pub const fn class(self) -> TypeClass {
        match self {
            Self::Boolean => TypeClass::Boolean,
            Self::UInt8 | Self::UInt16 | Self::UInt32 | Self::UInt64 => TypeClass::Unsigned,
            Self::SInt8 | Self::SInt16 | Self::SInt32 | Self::SInt64 => TypeClass::Signed,
            Self::Real32 | Self::Real64 => TypeClass::Real,
            Self::Char16 => TypeClass::Char16,
            Self::String => TypeClass::String,
            Self::DateTime => TypeClass::DateTime,
            Self::Reference => TypeClass::Reference,
            Self::Object => TypeClass::Object,
        }
    }

    /// Whether the type is one of the eight integers.
    pub const fn is_integer(self) -> bool {
        matches!(self.class(), TypeClass::Unsigned | TypeClass::Signed)
    }

    /// The least and greatest value of an integer type.
    pub const fn integer_range(self) -> Option<(i128, i128)> {
        Some(match self {
            Self::UInt8 => (0, u8::MAX as i128),
            Self::SInt8 => (i8::MIN as i128, i8::MAX as i128),
            Self::UInt16 => (0, u16::MAX as i128),
            Self::SInt16 => (i16::MIN as i128, i16::MAX as i128),
            Self::UInt32 => (0, u32::MAX as i128),
            Self::SInt32 => (i32::MIN as i128, i32::MAX as i128),
            Self::UInt64 => (0, u64::MAX as i128),
            Self::SInt64 => (i64::MIN as i128, i64::MAX as i128),
            _ => return None,
        })
    }
}

impl fmt::Display for CimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether a declaration is an array, and of what size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ArrayShape {
    /// Not an array.
    #[default]
    Scalar,
    /// `[]`: any number of elements.
    Variable,
    /// `[n]`: `n` elements (DSP0004); WMI treats the size as a hint.
    Fixed(u32),
}

impl ArrayShape {
    /// Whether this is an array.
    pub const fn is_array(self) -> bool {
        !matches!(self, Self::Scalar)
    }

    /// The declared size of a fixed array.
    pub const fn fixed_size(self) -> Option<u32> {
        match self {
            Self::Fixed(n) => Some(n),
            _ => None,
        }
    }
}

impl fmt::Display for ArrayShape {
    /// The brackets behind a name: none, `[]` or `[n]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar => Ok(()),
            Self::Variable => f.write_str("[]"),
            Self::Fixed(n) => write!(f, "[{n}]"),
        }
    }
}

/// The declared type of a property, parameter, return value or qualifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DataType {
    /// The intrinsic type.
    pub cim_type: CimType,
    /// Array or not.
    pub array: ArrayShape,
    /// The class of a reference or of an embedded object; `None` means any
    /// (`object ref`, `object`) and is always `None` for other types.
    pub class: Option<Name>,
}

impl DataType {
    /// A scalar of an intrinsic type.
    pub const fn scalar(cim_type: CimType) -> Self {
        Self { cim_type, array: ArrayShape::Scalar, class: None }
    }

    /// A variable-length array of an intrinsic type.
    pub const fn array(cim_type: CimType) -> Self {
        Self { cim_type, array: ArrayShape::Variable, class: None }
    }

    /// A reference to objects of `class`.
    pub const fn reference(class: Name) -> Self {
        Self { cim_type: CimType::Reference, array: ArrayShape::Scalar, class: Some(class) }
    }

    /// Whether the type is an array.
    pub const fn is_array(&self) -> bool {
        self.array.is_array()
    }

    /// WMI's `CIMTYPE` qualifier text: `uint32`, `ref:C`, `object:C`. It is
    /// computed, never stored (WMI SDK, "CIMTYPE qualifier").
    pub fn cimtype(&self) -> String {
        match (self.cim_type, &self.class) {
            (CimType::Reference, Some(class)) => format!("ref:{class}"),
            (CimType::Reference, None) => "ref".to_owned(),
            (CimType::Object, Some(class)) => format!("object:{class}"),
            (other, _) => other.as_str().to_owned(),
        }
    }
}

impl From<CimType> for DataType {
    /// One value of the type.
    fn from(cim_type: CimType) -> Self {
        Self::scalar(cim_type)
    }
}

impl fmt::Display for DataType {
    /// As MOF writes it, the array brackets last: `uint8[4]`, `CIM_Fan REF`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.cim_type, &self.class) {
            (CimType::Reference, Some(class)) => write!(f, "{class} REF")?,
            (CimType::Reference, None) => f.write_str("object REF")?,
            (CimType::Object, Some(class)) => write!(f, "object:{class}")?,
            (other, _) => f.write_str(other.as_str())?,
        }
        write!(f, "{}", self.array)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_and_numbers_round_trip() {
        for (n, t) in CimType::ALL.into_iter().enumerate() {
            assert_eq!(CimType::from_u8(n as u8), Some(t));
            assert_eq!(CimType::from_keyword(&t.as_str().to_uppercase()), Some(t));
        }
        assert_eq!(CimType::from_u8(16), None);
        assert_eq!(CimType::from_keyword("int"), None);
    }

    #[test]
    fn prints_as_mof() {
        let mut reference = DataType::reference("CIM_Fan".into());
        assert_eq!(reference.to_string(), "CIM_Fan REF");
        assert_eq!(reference.cimtype(), "ref:CIM_Fan");
        reference.array = ArrayShape::Variable;
        assert_eq!(reference.to_string(), "CIM_Fan REF[]");
        assert_eq!(
            DataType { array: ArrayShape::Fixed(4), ..DataType::scalar(CimType::UInt8) }
                .to_string(),
            "uint8[4]"
        );
    }
}
