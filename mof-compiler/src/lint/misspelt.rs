//! Names that are nearly others. WMI's MOF declares no qualifiers, and references may lead to
//! classes that come later, so a slip of the keyboard is no mistake there: it loses a key.

use super::subject::{Kind, Subject};
use super::{Lint, Report};
use crate::syntax::ast::TypeKind;
use cimarron_model::{Dialect, Name, suggest};

/// The qualifiers of the WMI SDK ("Standard Qualifiers", "WMI-Specific Qualifiers") and of the
/// DMTF's schema.
const KNOWN: &[&str] = &[
    "Abstract",
    "Aggregate",
    "Aggregation",
    "Alias",
    "Amendment",
    "ArrayType",
    "Association",
    "BitMap",
    "BitValues",
    "Bypass_GetObject",
    "CIM_Key",
    "CIMTYPE",
    "ClassConstraint",
    "ClassContext",
    "Classref",
    "ClassVersion",
    "Composition",
    "Constructor",
    "Correlatable",
    "Counter",
    "CreateBy",
    "Delete",
    "DeleteBy",
    "Deprecated",
    "Description",
    "Destructor",
    "Disabled",
    "Display",
    "DisplayDescription",
    "DisplayName",
    "DN",
    "Dynamic",
    "DynProps",
    "EmbeddedInstance",
    "EmbeddedObject",
    "Exception",
    "Expensive",
    "Experimental",
    "Fixed",
    "Gauge",
    "HasClassRefs",
    "ID",
    "IfDeleted",
    "Implemented",
    "In",
    "Indexed",
    "Indication",
    "InstanceContext",
    "Invisible",
    "IsPUnit",
    "Key",
    "Large",
    "Lazy",
    "Locale",
    "MappingStrings",
    "Max",
    "MaxLen",
    "MaxValue",
    "MethodConstraint",
    "Min",
    "MinLen",
    "MinValue",
    "ModelCorrespondence",
    "NamespaceSecuritySDDL",
    "Nonlocal",
    "NonlocalType",
    "Not_Null",
    "NullValue",
    "OctetString",
    "Optional",
    "Out",
    "Override",
    "OverrideValue",
    "Privileges",
    "Propagated",
    "PropertyConstraint",
    "PropertyContext",
    "PropertyUsage",
    "Provider",
    "PUnit",
    "Read",
    "Reference",
    "Required",
    "RequiresEncryption",
    "Revision",
    "Schema",
    "Singleton",
    "Source",
    "SourceType",
    "Static",
    "Structure",
    "SubType",
    "SupportsCreate",
    "SupportsDelete",
    "SupportsUpdate",
    "Syntax",
    "SyntaxType",
    "Template",
    "Terminal",
    "TriggerType",
    "UMLPackagePath",
    "Units",
    "UnknownValues",
    "UnsupportedValues",
    "UUID",
    "ValueMap",
    "Values",
    "Version",
    "Weak",
    "Write",
    "WriteAtCreate",
    "WriteAtUpdate",
    "WritePrivileges",
    "XMLNamespaceName",
];

/// The known qualifier that is meant, if a name is no name of one and is one slip away. Of a
/// short name the letters must be the same: `map` is not `max`.
fn meant(name: &str) -> Option<&'static str> {
    let similar = suggest::nearest_within(name, 1, KNOWN.iter().copied())?;
    let letters = |name: &str| {
        let mut letters: Vec<char> = name.to_lowercase().chars().collect();
        letters.sort_unstable();
        letters
    };
    let is_other = !Name::new(name).is(similar);
    (is_other && (name.len() > 4 || letters(name) == letters(similar))).then_some(similar)
}

/// MOF0517: WMI's, as the DMTF's qualifiers are declared.
pub(super) fn qualifiers(class: &Subject<'_>, report: &mut Report<'_>) {
    if class.dialect != Dialect::Wmi {
        return;
    }
    for written in class.elements.iter().flat_map(|element| element.written) {
        let name = written.name;
        if class.namespace.qualifier_type(name.text).is_some() {
            continue;
        }
        if let Some(similar) = meant(name.text) {
            let message = format!("no qualifier `{}` is known", name.text);
            let help = Some(suggest::did_you_mean(similar));
            report.say(Lint::MisspeltQualifier, class.at(name.span), message, help);
        }
    }
}

/// MOF0518: WMI's, as the DMTF's classes are declared.
pub(super) fn references(class: &Subject<'_>, report: &mut Report<'_>) {
    if class.dialect != Dialect::Wmi {
        return;
    }
    for element in class.elements.iter().filter(|element| element.kind != Kind::Class) {
        let Some(TypeKind::Reference(Some(target))) = element.data_type.map(|t| t.kind) else {
            continue;
        };
        if class.namespace.class(target.text).is_some() {
            continue;
        }
        let names = class.namespace.classes().map(|class| class.name.as_str());
        if let Some(similar) = suggest::nearest(target.text, names) {
            let message = format!("the class `{}` is not here", target.text);
            let help = Some(suggest::did_you_mean(similar));
            report.say(Lint::MisspeltReference, class.at(target.span), message, help);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_other_names() {
        for (name, expected) in [
            ("kye", Some("Key")),
            ("asociation", Some("Association")),
            ("Discription", Some("Description")),
            ("MaxLn", Some("MaxLen")),
            ("KEY", None),
            ("not_null", None),
            ("map", None),
            ("WmiDataId", None),
            ("DisplayInHex", None),
            ("CounterType", None),
        ] {
            assert_eq!(meant(name), expected, "{name}");
        }
    }
}
