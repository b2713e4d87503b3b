//! How one declaration of a class differs from another.
//!
//! WMI tells qualifiers that it acts on from mere notes, such as `Description`: notes
//! change without anybody below noticing (WMI SDK, "SWbemServicesEx.Put", flags).

use cimarron_model::{Class, Method, Parameter, Property, Qualifiers};

/// The qualifiers that decide what a class or member is, and not what is said of it (WMI
/// SDK, "Standard qualifiers" and "WMI-specific qualifiers").
const ACTIVE: [&str; 27] = [
    "abstract",
    "amendment",
    "association",
    "cimtype",
    "classcontext",
    "dynamic",
    "dynprops",
    "embeddedinstance",
    "embeddedobject",
    "id",
    "in",
    "indexed",
    "indication",
    "instancecontext",
    "key",
    "maxlen",
    "maxvalue",
    "minvalue",
    "not_null",
    "out",
    "override",
    "propertycontext",
    "provider",
    "required",
    "singleton",
    "static",
    "terminal",
];

/// Whether two declarations of a class differ in anything but the qualifiers that are
/// notes: what WMI calls unimportant ones.
pub fn differs_in_more_than_notes(a: &Class, b: &Class) -> bool {
    bare_class(a) != bare_class(b)
}

fn bare_class(class: &Class) -> Class {
    Class {
        qualifiers: active(&class.qualifiers),
        properties: class.properties.iter().map(bare_property).collect(),
        methods: class.methods.iter().map(bare_method).collect(),
        ..class.clone()
    }
}

fn bare_property(property: &Property) -> Property {
    Property { qualifiers: active(&property.qualifiers), ..property.clone() }
}

fn bare_method(method: &Method) -> Method {
    let parameters = method.parameters.iter();
    Method {
        qualifiers: active(&method.qualifiers),
        parameters: parameters
            .map(|p| Parameter { qualifiers: active(&p.qualifiers), ..p.clone() })
            .collect(),
        ..method.clone()
    }
}

/// The qualifiers that are acted on, in the order of the table: their order in the text
/// means nothing.
fn active(qualifiers: &Qualifiers) -> Qualifiers {
    ACTIVE.iter().filter_map(|name| qualifiers.get(name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{CimType, DataType, Flavor, Qualifier};

    fn with(qualifiers: &[&str]) -> Class {
        let mut class = Class::new("X_C");
        let mut property = Property::new("P", DataType::scalar(CimType::String));
        for name in qualifiers {
            property.qualifiers.set(Qualifier {
                name: (*name).into(),
                value: true.into(),
                flavor: Flavor::default(),
            });
        }
        class.properties.push(property);
        class
    }

    #[test]
    fn notes_make_no_difference() {
        for (a, b, differs) in [
            (&["key"][..], &["key", "Description"][..], false),
            (&["key", "Indexed"], &["Indexed", "KEY"], false),
            (&["key"], &["Description"], true),
            (&[], &["Not_Null"], true),
        ] {
            assert_eq!(differs_in_more_than_notes(&with(a), &with(b)), differs, "{a:?} {b:?}");
        }
        let mut wider = with(&[]);
        wider.properties.push(Property::new("Q", DataType::scalar(CimType::String)));
        assert!(differs_in_more_than_notes(&with(&[]), &wider));
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(ACTIVE.is_sorted());
    }
}
