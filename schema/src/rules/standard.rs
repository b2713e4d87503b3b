//! The types of the standard qualifiers (DSP0004 5.6.2 to 5.6.4).

use cimarron_model::{CimType, DataType};

/// The type that the standard gives one of its qualifiers.
pub fn standard_qualifier_type(name: &str) -> Option<DataType> {
    const TABLE: &[(CimType, bool, &[&str])] = &[
        (
            CimType::Boolean,
            false,
            &[
                "Abstract",
                "Aggregate",
                "Aggregation",
                "Association",
                "Composition",
                "Counter",
                "Delete",
                "DN",
                "EmbeddedObject",
                "Exception",
                "Expensive",
                "Experimental",
                "Gauge",
                "IfDeleted",
                "In",
                "Indication",
                "Invisible",
                "IsPUnit",
                "Key",
                "Large",
                "OctetString",
                "Out",
                "Read",
                "Required",
                "Static",
                "Structure",
                "Terminal",
                "Weak",
                "Write",
            ],
        ),
        (
            CimType::String,
            false,
            &[
                "Alias",
                "ArrayType",
                "Description",
                "DisplayDescription",
                "DisplayName",
                "EmbeddedInstance",
                "NullValue",
                "Override",
                "Propagated",
                "PropertyUsage",
                "Provider",
                "PUnit",
                "Reference",
                "Revision",
                "Schema",
                "Syntax",
                "SyntaxType",
                "TriggerType",
                "UMLPackagePath",
                "Units",
                "Version",
                "XMLNamespaceName",
            ],
        ),
        (
            CimType::String,
            true,
            &[
                "BitMap",
                "BitValues",
                "ClassConstraint",
                "Correlatable",
                "Deprecated",
                "MappingStrings",
                "MethodConstraint",
                "ModelCorrespondence",
                "PropertyConstraint",
                "UnknownValues",
                "UnsupportedValues",
                "ValueMap",
                "Values",
            ],
        ),
        (CimType::UInt32, false, &["Max", "MaxLen", "Min", "MinLen"]),
        (CimType::SInt64, false, &["MaxValue", "MinValue"]),
    ];
    let has = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    let (of, is_array, _) = TABLE.iter().find(|(.., names)| has(names))?;
    Some(if *is_array { DataType::array(*of) } else { DataType::scalar(*of) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case() {
        for (name, expected) in [
            ("KEY", Some(DataType::scalar(CimType::Boolean))),
            ("values", Some(DataType::array(CimType::String))),
            ("MaxLen", Some(DataType::scalar(CimType::UInt32))),
            ("X_Mine", None),
        ] {
            assert_eq!(standard_qualifier_type(name), expected, "{name}");
        }
    }
}
