//! The words of the format: types, flavors, scopes.

use cimarron_model::{ArrayShape, CimType, DataType, Flavor, Name, Scope, Scopes};

/// The flavors, each with its word.
const FLAVORS: [(Flavor, &str); 6] = [
    (Flavor::TO_INSTANCE, "toinstance"),
    (Flavor::TO_SUBCLASS, "tosubclass"),
    (Flavor::NOT_OVERRIDABLE, "disableoverride"),
    (Flavor::AMENDED, "amended"),
    (Flavor::PROPAGATED, "propagated"),
    (Flavor::SYSTEM, "system"),
];

/// `uint32`, `string[]`, `uint8[4]`, `reference:X_Disk`, `object:X_Part[]`.
pub(super) fn type_text(data_type: &DataType) -> String {
    let mut text = data_type.cim_type.as_str().to_owned();
    if let Some(class) = &data_type.class {
        text.push(':');
        text.push_str(class.as_str());
    }
    text + &data_type.array.to_string()
}

/// The type that a text stands for.
pub(super) fn read_type(text: &str) -> Option<DataType> {
    let (element, array) = match text.strip_suffix(']').and_then(|t| t.rsplit_once('[')) {
        None => (text, ArrayShape::Scalar),
        Some((element, "")) => (element, ArrayShape::Variable),
        Some((element, size)) => (element, ArrayShape::Fixed(size.parse().ok()?)),
    };
    let (keyword, class) = match element.split_once(':') {
        Some((keyword, class)) if !class.is_empty() => (keyword, Some(Name::new(class))),
        Some(_) => return None,
        None => (element, None),
    };
    let cim_type = CimType::ALL.into_iter().find(|t| t.as_str() == keyword)?;
    let takes_class = matches!(cim_type, CimType::Reference | CimType::Object);
    (takes_class || class.is_none()).then_some(DataType { cim_type, array, class })
}

/// The words of a flavor.
pub(super) fn flavor_words(flavor: Flavor) -> impl Iterator<Item = &'static str> {
    FLAVORS.into_iter().filter(move |(one, _)| flavor.contains(*one)).map(|(_, word)| word)
}

/// The flavor that a word stands for.
pub(super) fn read_flavor(word: &str) -> Option<Flavor> {
    FLAVORS.into_iter().find(|(_, known)| *known == word).map(|(flavor, _)| flavor)
}

/// The scope that a word stands for.
pub(super) fn read_scope(word: &str) -> Option<Scopes> {
    let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == word)?;
    Some(Scopes::NONE.with(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_come_back() {
        for text in [
            "uint32",
            "string[]",
            "uint8[4]",
            "reference:X_Disk",
            "reference",
            "object",
            "object:X_Part[]",
            "object:X_Part[7]",
        ] {
            assert_eq!(read_type(text).map(|t| type_text(&t)).as_deref(), Some(text));
        }
        for text in ["", "uint33", "uint8[", "uint8[x]", "uint8]", "string:X", "object:", "[]"] {
            assert_eq!(read_type(text), None, "{text}");
        }
    }

    #[test]
    fn every_flavor_has_a_word() {
        for bits in (0..=u8::MAX).filter_map(Flavor::from_bits) {
            let again = flavor_words(bits).filter_map(read_flavor);
            assert_eq!(again.fold(Flavor::default(), Flavor::with), bits);
        }
    }
}
