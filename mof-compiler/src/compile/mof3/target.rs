//! What a value initialises, which decides how it is written.

use super::qualify::said;
use super::standard::Standard;
use super::types::{Meaning, Types};
use crate::source::Span;
use crate::syntax::ast;
use crate::syntax::mof3::ast::{Qualifier, Value, ValueKind};
use cimarron_model::{CimType, Property};
use cimarron_schema::ResolvedClass;
use std::sync::Arc;

const EMBEDDED_OBJECT: &str = "EmbeddedObject";

/// What a value initialises.
#[derive(Clone, Default)]
pub(super) enum Target<'t> {
    /// Nothing is known about it; its lack has been reported.
    #[default]
    Unknown,
    /// Something of a type of the text.
    Typed(Meaning<'t>, Shape),
    /// A property of a class that was there before, with the names of its values.
    Mapped(Arc<Property>),
    /// A qualifier whose values have these names.
    Names(&'static Standard),
    /// What holds objects of any class, by EmbeddedObject.
    Object(Shape),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Shape {
    Scalar,
    Array,
    /// One value, of a qualifier: as the items of arrays are.
    Item,
}

impl Shape {
    const fn of(is_array: bool) -> Self {
        if is_array { Self::Array } else { Self::Scalar }
    }
}

impl<'t> Target<'t> {
    pub(super) fn new(meaning: Option<Meaning<'t>>, is_array: bool) -> Self {
        meaning.map_or(Self::Unknown, |meaning| Self::Typed(meaning, Shape::of(is_array)))
    }

    /// That of something with these qualifiers: with EmbeddedObject, a string holds objects.
    pub(super) fn with(self, qualifiers: &[Qualifier<'_>]) -> Self {
        match self {
            Self::Typed(Meaning::Primitive(CimType::String), shape)
                if said(qualifiers, EMBEDDED_OBJECT).is_some() =>
            {
                Self::Object(shape)
            }
            other => other,
        }
    }

    pub(super) const fn is_array_of_objects(&self) -> bool {
        matches!(self, Self::Typed(Meaning::Complex(_), Shape::Array) | Self::Object(Shape::Array))
    }

    /// A qualifier. Octet strings are texts there, one as well as many.
    pub(super) fn of_qualifier(meaning: Option<Meaning<'t>>, is_array: bool) -> Self {
        match Self::new(meaning, is_array) {
            Self::Typed(meaning, Shape::Scalar) => Self::Typed(meaning, Shape::Item),
            other => other,
        }
    }

    /// A property of a class that was there before, for this value.
    pub(super) fn of_base(
        class: &ResolvedClass,
        name: &str,
        written: &Value<'_>,
        types: &Types<'t>,
    ) -> Self {
        let Some((_, member)) = class.property(name) else { return Self::Unknown };
        let property = &member.declaration;
        let qualifiers = &property.qualifiers;
        if qualifiers.get("Values").is_some() {
            return Self::Mapped(property.clone());
        }
        let is_array = property.data_type.is_array();
        if is_array && qualifiers.is_true("Octetstring") {
            match property.data_type.cim_type {
                CimType::String => return Self::new(Some(Meaning::OctetString), true),
                // The octets may be written one by one, with the length in front.
                CimType::UInt8 if !matches!(written.kind, ValueKind::Array(_)) => {
                    return Self::new(Some(Meaning::OctetString), false);
                }
                _ => {}
            }
        }
        let meaning = match qualifiers.get("EmbeddedInstance").and_then(|q| q.value.as_str()) {
            Some(class) => types.resolve(class, None).map(Meaning::Complex),
            None if property.data_type.cim_type == CimType::Reference => {
                Some(Meaning::Reference(ast::Identifier { text: "", span: Span::default() }))
            }
            None if qualifiers.is_true(EMBEDDED_OBJECT) => {
                return Self::Object(Shape::of(is_array));
            }
            None => Some(Meaning::Primitive(property.data_type.cim_type)),
        };
        Self::new(meaning, is_array)
    }
}
