//! Enums: by name, by number, or by class.

use super::record::RecordDe;
use crate::error::TypedError;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, Unexpected, VariantAccess, Visitor,
};

/// The variant of this name: exactly, or else without case.
pub(super) fn of_text(variants: &'static [&'static str], text: &str) -> Option<&'static str> {
    let exact = variants.iter().find(|v| **v == text);
    exact.or_else(|| variants.iter().find(|v| cimarron_model::fold::eq(v, text))).copied()
}

/// The variant of this number: the one that is named by it (`#[serde(rename = "3")]`);
/// in an enum that names no variant by a number, the one in that place, from 0.
pub(super) fn of_number(variants: &'static [&'static str], number: i128) -> Option<&'static str> {
    let number_of = |variant: &&str| variant.parse::<i128>().ok();
    if let Some(named) = variants.iter().find(|v| number_of(v) == Some(number)) {
        return Some(named);
    }
    if variants.iter().any(|v| number_of(v).is_some()) {
        return None;
    }
    variants.get(usize::try_from(number).ok()?).copied()
}

/// A variant, and what it holds.
pub(super) struct Variant<'t, C> {
    pub(super) name: &'t str,
    pub(super) content: C,
}

impl<'t> Variant<'t, Content<'_, '_, '_>> {
    pub(super) const fn unit(name: &'t str) -> Self {
        Self { name, content: Content::Unit }
    }
}

/// What a variant holds.
pub(super) enum Content<'de, 'v, 'p> {
    Unit,
    Record(RecordDe<'de, 'v, 'p>),
}

impl<'de, 'v, 'p> EnumAccess<'de> for Variant<'_, Content<'de, 'v, 'p>> {
    type Error = TypedError;
    type Variant = Content<'de, 'v, 'p>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), TypedError> {
        let name: StrDeserializer<'_, TypedError> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.content))
    }
}

impl<'de> Content<'de, '_, '_> {
    fn refuse<T>(expected: &str) -> Result<T, TypedError> {
        Err(serde::de::Error::invalid_type(Unexpected::UnitVariant, &expected))
    }
}

impl<'de> VariantAccess<'de> for Content<'de, '_, '_> {
    type Error = TypedError;

    fn unit_variant(self) -> Result<(), TypedError> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, TypedError> {
        match self {
            Self::Unit => Self::refuse("a variant that holds a value"),
            Self::Record(record) => seed.deserialize(record),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        match self {
            Self::Unit => Self::refuse("a variant that holds values"),
            Self::Record(record) => record.deserialize_tuple(length, visitor),
        }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypedError> {
        match self {
            Self::Unit => Self::refuse("a variant that holds fields"),
            Self::Record(record) => record.deserialize_struct("", fields, visitor),
        }
    }
}
