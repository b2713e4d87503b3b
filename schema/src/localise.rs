//! Localised classes (MS-WMI 3.1.1.2, WMI SDK "Localizing WMI class information").
//!
//! A class is stored without the qualifiers that people read in their own language. Those
//! stand in a class of the same name in a child namespace that is called after the locale,
//! `ms_409`. Whoever asks for a language gets the two merged; nobody else pays for it.

use crate::view::{ClassView, SchemaView};
use crate::{Archive, ClassForm};
use cimarron_model::{Class, Qualifiers, fold};

/// Whether a text names a locale: `MS_` and the hexadecimal number of a language.
pub fn is_locale(text: &str) -> bool {
    let prefix = text.get(..3).is_some_and(|p| p.eq_ignore_ascii_case("ms_"));
    let number = text.get(3..).filter(|_| prefix);
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A locale as the namespace of its classes is called: `ms_409` for `MS_0409`; `None` for
/// what names no locale.
pub fn locale_name(text: &str) -> Option<String> {
    let number = text.get(3..).filter(|_| is_locale(text))?;
    let significant = number.trim_start_matches('0');
    let number = if significant.is_empty() { "0" } else { significant };
    Some(format!("ms_{}", number.to_ascii_lowercase()))
}

/// Adds the amended qualifiers of a localised class to a neutral one. What the neutral
/// class says itself stays; members that it does not have are passed over.
pub fn merge_localised(class: &mut Class, localised: &Class) {
    add_amended(&mut class.qualifiers, &localised.qualifiers);
    for property in &mut class.properties {
        if let Some(amended) = localised.property(property.name.as_str()) {
            add_amended(&mut property.qualifiers, &amended.qualifiers);
        }
    }
    for method in &mut class.methods {
        let Some(amended) = localised.method(method.name.as_str()) else { continue };
        add_amended(&mut method.qualifiers, &amended.qualifiers);
        for parameter in &mut method.parameters {
            let same = amended.parameters.iter().find(|p| p.name == parameter.name);
            if let Some(amended) = same {
                add_amended(&mut parameter.qualifiers, &amended.qualifiers);
            }
        }
    }
}

fn add_amended(qualifiers: &mut Qualifiers, amended: &Qualifiers) {
    for qualifier in amended.iter().filter(|q| q.flavor.translatable()) {
        if qualifiers.get(qualifier.name.as_str()).is_none() {
            qualifiers.set(qualifier.clone());
        }
    }
}

/// A class as readers of some languages want it: merged with the localised class of the
/// first locale that has one, or as it is when none has.
pub fn class_in_locale(
    archive: &Archive,
    schema: SchemaView<'_>,
    class: ClassView<'_>,
    form: ClassForm,
    locales: &[String],
) -> Class {
    let mut merged = class.to_class(form);
    let localised = locales.iter().find_map(|locale| {
        let name = format!("{}/{locale}", schema.name());
        archive.namespaces().find(|s| fold::eq(s.name(), &name))?.class(class.name())
    });
    if let Some(localised) = localised {
        merge_localised(&mut merged, &localised.to_class(form));
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{CimType, DataType, Flavor, Property, Qualifier};

    fn qualifier(name: &str, text: &str, flavor: Flavor) -> Qualifier {
        Qualifier { name: name.into(), value: text.into(), flavor }
    }

    #[test]
    fn the_neutral_class_wins() {
        let amended = Flavor::AMENDED.with(Flavor::TO_SUBCLASS);
        let mut class = Class::new("X_C");
        class.qualifiers.set(qualifier("Description", "neutral", Flavor::default()));
        class.properties.push(Property::new("P", DataType::scalar(CimType::String)));
        let mut localised = Class::new("X_C");
        localised.qualifiers.set(qualifier("Description", "localised", amended));
        localised.qualifiers.set(qualifier("DisplayName", "shown", amended));
        localised.qualifiers.set(qualifier("Locale", "1033", Flavor::default()));
        for name in ["p", "Q"] {
            let mut property = Property::new(name, DataType::scalar(CimType::String));
            property.qualifiers.set(qualifier("Description", "a property", amended));
            localised.properties.push(property);
        }
        merge_localised(&mut class, &localised);
        let text = |q: &Qualifiers, name: &str| Some(q.get(name)?.value.as_str()?.to_owned());
        assert_eq!(text(&class.qualifiers, "Description").as_deref(), Some("neutral"));
        assert_eq!(text(&class.qualifiers, "DisplayName").as_deref(), Some("shown"));
        assert_eq!(text(&class.qualifiers, "Locale"), None);
        let property = &class.properties[0].qualifiers;
        assert_eq!(text(property, "Description").as_deref(), Some("a property"));
        assert_eq!(class.properties.len(), 1);
    }

    #[test]
    fn locales_are_known_by_their_form() {
        for (text, expected) in
            [("MS_409", true), ("ms_40c", true), ("ms_", false), ("en-US", false), ("ms_4g", false)]
        {
            assert_eq!(is_locale(text), expected, "{text}");
            assert_eq!(locale_name(text).is_some(), expected, "{text}");
        }
    }
}
