//! What tells instances apart.

use cimarron_model::{CimType, KeyValue, Keys, ObjectPath, ReferenceRules, Scalar, Value};

/// The text that instances of one path share, when `type_of` gives the types of the keys.
///
/// References compare by what they name. In a path a `char16` is quoted text, and only strings
/// have no case in WMI: it is taken for its code unit.
pub(crate) fn identity(
    mut path: ObjectPath,
    rules: &ReferenceRules,
    type_of: impl Fn(&str) -> Option<CimType>,
) -> String {
    if let Keys::Named(bindings) = &mut path.keys {
        for key in bindings {
            if let KeyValue::Reference(reference) = &key.value {
                key.value = rules.canonical(reference).into();
            } else if type_of(key.name.as_str()) == Some(CimType::Char16)
                && let Ok(Value::Scalar(Scalar::Char16(unit))) = key.value.bind(CimType::Char16)
            {
                key.value = unit.0.into();
            }
        }
    }
    path.canonical(rules.case())
}
