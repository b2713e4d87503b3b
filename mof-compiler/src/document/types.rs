//! Types of properties, parameters and results, with links to their classes.

use super::html::{Html, put};
use super::space::embedded_class;
use super::target::Scene;
use cimarron_model::{CimType, DataType};
use cimarron_schema::QualifiersView;

/// Writes a type: `uint16[]`, `CIM_Fan REF`, `CIM_Error embedded`.
pub(super) fn data_type(
    html: &mut Html,
    scene: Scene<'_, '_>,
    data_type: &DataType,
    qualifiers: QualifiersView<'_>,
) {
    let embedded = embedded_class(data_type, qualifiers);
    match (data_type.cim_type, embedded.as_ref().or(data_type.class.as_ref())) {
        (CimType::Reference, Some(class)) => {
            scene.class_name(html, class.as_str());
            html.markup(" <span class='w'>REF</span>");
        }
        (CimType::Reference, None) => html.markup("object <span class='w'>REF</span>"),
        (_, Some(class)) => {
            scene.class_name(html, class.as_str());
            html.markup(" <span class='w'>embedded</span>");
        }
        (CimType::String, None) if qualifiers.is_true("EmbeddedObject") => {
            html.markup("object <span class='w'>embedded</span>");
        }
        (intrinsic, None) => html.text(intrinsic.as_str()),
    }
    put!(html, data_type.array.to_string());
}
