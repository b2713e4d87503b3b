//! The numbers that stand for types, kinds and forms. They are part of the disk format:
//! none is ever changed, or given to something else once it is free.

/// Writes a match both ways, so that a variant without a code does not compile.
macro_rules! codes {
    ($(#[$doc:meta])* $to:ident, $from:ident: $type:ident { $($variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        pub(super) const fn $to(value: $type) -> u8 {
            match value { $($type::$variant => $code,)* }
        }

        /// What the code stands for.
        pub(super) const fn $from(code: u8) -> Option<$type> {
            match code { $($code => Some($type::$variant),)* _ => None }
        }
    };
}

use cimarron_model::CimType;

/// What the upper half of a tag says of the value; its type is in the lower half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A value; of the booleans, FALSE.
    Scalar,
    /// NULL of a scalar type.
    Null,
    /// NULL of an array type.
    NullArray,
    /// An array without NULL: the count, then the elements without tags.
    Array,
    /// An array with some NULL: the count, then each element as a value.
    NullableArray,
}

/// How the keys of a path are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeysForm {
    Class,
    Singleton,
    Unnamed,
    Named,
}

/// What a key is; integers of more than 64 bits are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyForm {
    String,
    Integer,
    WideInteger,
    Real,
    False,
    True,
    Reference,
    Untyped,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectForm {
    Instance,
    Class,
}

/// The tag of NULL whose type its place tells.
pub(super) const UNTYPED_NULL: u8 = 0x50;
/// The tag of TRUE.
pub(super) const TRUE: u8 = 0x51;

codes! {
    /// The lower half of a tag.
    type_code, type_of: CimType {
        Boolean = 0,
        UInt8 = 1,
        SInt8 = 2,
        UInt16 = 3,
        SInt16 = 4,
        UInt32 = 5,
        SInt32 = 6,
        UInt64 = 7,
        SInt64 = 8,
        Real32 = 9,
        Real64 = 10,
        Char16 = 11,
        String = 12,
        DateTime = 13,
        Reference = 14,
        Object = 15,
    }
}

codes! {
    /// The upper half of a tag; 5 is that of the tags without a type.
    form_code, form_of: Form {
        Scalar = 0,
        Null = 1,
        NullArray = 2,
        Array = 3,
        NullableArray = 4,
    }
}

codes! {
    /// Two bits of the first byte of a path.
    keys_code, keys_of: KeysForm {
        Class = 0,
        Singleton = 1,
        Unnamed = 2,
        Named = 3,
    }
}

codes! {
    /// The byte before a key.
    key_code, key_of: KeyForm {
        String = 0,
        Integer = 1,
        WideInteger = 2,
        Real = 3,
        False = 4,
        True = 5,
        Reference = 6,
        Untyped = 7,
    }
}

codes! {
    /// The byte before an object.
    object_code, object_of: ObjectForm {
        Instance = 0,
        Class = 1,
    }
}

/// The tag of a value of this form and type.
pub(super) const fn tag(form: Form, cim_type: CimType) -> u8 {
    (form_code(form) << 4) | type_code(cim_type)
}

/// The form and type that a tag speaks of.
pub(super) const fn tag_parts(tag: u8) -> Option<(Form, CimType)> {
    match (form_of(tag >> 4), type_of(tag & 15)) {
        (Some(form), Some(cim_type)) => Some((form, cim_type)),
        _ => None,
    }
}
