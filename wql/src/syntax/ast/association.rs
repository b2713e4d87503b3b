//! ASSOCIATORS OF and REFERENCES OF.

use super::Identifier;
use crate::Span;
use cimarron_model::ObjectPath;

/// A query for what is associated with an object (WMI SDK, "ASSOCIATORS OF
/// Statement" and "REFERENCES OF Statement"; MS-WMI 2.2.1.1).
///
/// The keywords behind WHERE may come in any order; each occurs at most once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociationQuery {
    /// Which of the two statements.
    pub kind: AssociationKind,
    /// The object in braces: an instance or a class, in any namespace.
    pub path: ObjectPath,
    /// Where the path stands, without the braces and the white space in them.
    pub path_span: Span,
    /// `AssocClass = name`; ASSOCIATORS OF only.
    pub assoc_class: Option<Identifier>,
    /// `ResultClass = name`; not beside ClassDefsOnly.
    pub result_class: Option<Identifier>,
    /// `Role = name`: the reference that points at the object.
    pub role: Option<Identifier>,
    /// `ResultRole = name`: the reference that points at the result; ASSOCIATORS OF
    /// only.
    pub result_role: Option<Identifier>,
    /// `RequiredQualifier = name`: on the result.
    pub required_qualifier: Option<Identifier>,
    /// `RequiredAssocQualifier = name`: on the association; ASSOCIATORS OF only.
    pub required_assoc_qualifier: Option<Identifier>,
    /// `ClassDefsOnly`: the classes of the results instead of the results.
    pub class_defs_only: Option<Span>,
    /// `KeysOnly`: nothing but the keys of the results.
    pub keys_only: Option<Span>,
    /// `SchemaOnly`: what the classes declare; the path is that of a class.
    pub schema_only: Option<Span>,
}

impl AssociationQuery {
    /// The statement without any keyword.
    pub const fn new(kind: AssociationKind, path: ObjectPath, path_span: Span) -> Self {
        Self {
            kind,
            path,
            path_span,
            assoc_class: None,
            result_class: None,
            role: None,
            result_role: None,
            required_qualifier: None,
            required_assoc_qualifier: None,
            class_defs_only: None,
            keys_only: None,
            schema_only: None,
        }
    }
}

/// The two statements about associations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AssociationKind {
    /// `ASSOCIATORS OF`: the objects at the other ends.
    Associators,
    /// `REFERENCES OF`: the associations themselves.
    References,
}

impl AssociationKind {
    /// The statement's two words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Associators => "ASSOCIATORS OF",
            Self::References => "REFERENCES OF",
        }
    }
}
