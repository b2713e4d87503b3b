//! The types of the standard qualifiers (DSP0004 5.6.2 to 5.6.4). Whoever declares
//! one with another type has declared something else under its name.

use super::At;
use super::namespace::Namespace;
use crate::Code;
use crate::syntax::ast::{FlavorKind, QualifierDeclaration};
use cimarron_model::{CimType, DataType, QualifierType};

/// Judges a declaration against the standard's, and its flavors against its type.
pub(super) fn check(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, QualifierDeclaration<'_>>,
    declared: &QualifierType,
) {
    // Some have other types in DSP0004 3.0.1: Override is a boolean there.
    if !namespace.context.is_dmtf_mof2() {
        return;
    }
    if let Some((of, is_array)) = standard_type(declared.name.as_str()) {
        let found = &declared.data_type;
        if found.cim_type != of || found.is_array() != is_array {
            let wanted = if is_array { DataType::array(of) } else { DataType::scalar(of) };
            let message = format!(
                "the standard qualifier `{}` is declared as {found}, and is {wanted}",
                declared.name
            );
            let span = at.node.data_type.span;
            namespace.sink.push(at.error(Code::StandardQualifier, span, message));
        }
    }
    let flavors = at.node.flavors.as_deref().unwrap_or_default();
    let translatable = flavors.iter().find(|f| f.kind == FlavorKind::Translatable);
    if let Some(flavor) = translatable
        && declared.data_type.cim_type != CimType::String
    {
        let message = format!("`{}` holds no text to translate", declared.name);
        namespace.sink.push(at.error(Code::TranslatableType, flavor.span, message));
    }
}

fn standard_type(name: &str) -> Option<(CimType, bool)> {
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
    TABLE.iter().find(|(.., names)| has(names)).map(|(of, is_array, _)| (*of, *is_array))
}
