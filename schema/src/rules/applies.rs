//! The types that a qualifier is for (DSP0004 5.6.3).

use super::site::Site;
use super::{Judge, Known, Part, Rule};
use cimarron_model::{CimType, DataType, Dialect, Qualifier, TypeClass};

impl Judge<'_> {
    /// A qualifier about strings stands on a string, one about numbers on a number.
    pub(super) fn type_of_qualified(&mut self, site: &Site<'_>, known: Known, one: &Qualifier) {
        let Some(data_type) = site.data_type else { return };
        let Some((rule, wanted)) = wanted(known, self.dialect) else { return };
        if wanted.has(data_type) || one.value.as_bool() == Some(false) {
            return;
        }
        // The one integer type of MOF 3 has a sign here (DSP0004 3.0.1, Counter).
        let is_mof3 = self.environment.types_say_all();
        if is_mof3 && known == Known::Counter && data_type.cim_type == CimType::SInt64 {
            return;
        }
        // The map has said it.
        let map = match known {
            Known::Values => "ValueMap",
            Known::BitValues => "BitMap",
            _ => "",
        };
        if site.qualifiers.get(map).is_some_and(|map| !map.value.is_null()) {
            return;
        }
        let of = self.type_words(data_type, site.qualifiers);
        let (name, wanted) = (&one.name, wanted.words());
        let message =
            format!("`{name}` stands on `{}`, which is {of}: it is for {wanted}", site.name);
        self.at_qualifier(rule, site, one, message, None);
        self.see(site, Part::Type, format!("this is {of}"));
    }
}

#[derive(Clone, Copy)]
enum Wanted {
    Array,
    Text,
    TextOrArray,
    Number,
    Integer,
    Unsigned,
    IntegerOrText,
    Octets,
}

impl Wanted {
    fn has(self, data_type: &DataType) -> bool {
        let of = data_type.cim_type;
        let is_text = of == CimType::String;
        match self {
            Self::Array => data_type.is_array(),
            Self::Text => is_text,
            Self::TextOrArray => is_text || data_type.is_array(),
            Self::Number => of.is_integer() || of.class() == TypeClass::Real,
            Self::Integer => of.is_integer(),
            Self::Unsigned => of.class() == TypeClass::Unsigned,
            Self::IntegerOrText => of.is_integer() || is_text,
            Self::Octets => data_type.is_array() && (is_text || of == CimType::UInt8),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Array => "arrays",
            Self::Text => "strings",
            Self::TextOrArray => "strings and arrays",
            Self::Number => "numbers",
            Self::Integer => "integers",
            Self::Unsigned => "integers without a sign",
            Self::IntegerOrText => "integers and strings",
            Self::Octets => "arrays of uint8 or string",
        }
    }
}

const fn wanted(known: Known, dialect: Dialect) -> Option<(Rule, Wanted)> {
    Some(match known {
        Known::ArrayType => (Rule::ArrayTypeOfScalar, Wanted::Array),
        // WMI keeps the size of an array in MaxLen too.
        Known::MaxLen if matches!(dialect, Dialect::Wmi) => {
            (Rule::LengthOfNonText, Wanted::TextOrArray)
        }
        Known::MaxLen | Known::MinLen => (Rule::LengthOfNonText, Wanted::Text),
        Known::MaxValue | Known::MinValue => (Rule::BoundOfNonNumber, Wanted::Number),
        Known::Counter => (Rule::CounterType, Wanted::Unsigned),
        Known::Gauge => (Rule::CounterType, Wanted::Integer),
        Known::OctetString => (Rule::OctetStringType, Wanted::Octets),
        Known::DN | Known::IsPUnit => (Rule::TextQualifierType, Wanted::Text),
        // To WMI an embedded object is an object, and these say what a string would hold.
        Known::EmbeddedObject | Known::EmbeddedInstance => {
            if matches!(dialect, Dialect::Wmi) {
                return None;
            }
            (Rule::TextQualifierType, Wanted::Text)
        }
        Known::PUnit => (Rule::UnitOfNonNumber, Wanted::Number),
        Known::ValueMap | Known::Values | Known::NullValue => {
            (Rule::MapType, Wanted::IntegerOrText)
        }
        Known::BitMap | Known::BitValues => (Rule::MapType, Wanted::Integer),
        _ => return None,
    })
}
