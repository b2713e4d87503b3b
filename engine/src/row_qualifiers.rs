//! The qualifiers of rows.

use cimarron_model::Qualifiers;

/// Qualifiers that an instance carries itself (rare: WMI's namespace SDDL and the
/// like).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowQualifiers {
    pub(crate) instance: Qualifiers,
    /// By slot.
    pub(crate) properties: Vec<(u32, Qualifiers)>,
}
