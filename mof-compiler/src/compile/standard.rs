//! The types of the standard qualifiers (DSP0004 5.6.2 to 5.6.4). Whoever declares
//! one with another type has declared something else under its name.

use super::At;
use super::namespace::Namespace;
use crate::Code;
use crate::syntax::ast::{FlavorKind, QualifierDeclaration};
use cimarron_model::{CimType, QualifierType};
use cimarron_schema::rules::standard_qualifier_type;

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
    if let Some(wanted) = standard_qualifier_type(declared.name.as_str()) {
        let found = &declared.data_type;
        if found.cim_type != wanted.cim_type || found.is_array() != wanted.is_array() {
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
