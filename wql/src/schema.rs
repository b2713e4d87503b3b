//! What the binder asks of a namespace's schema.
//!
//! `wql` knows classes only through these traits, so archives, run-time classes
//! and test tables bind alike.

use cimarron_model::{CimType, fold};

/// The classes of a namespace.
pub trait Schema {
    /// A class, however the schema holds it.
    type Class<'a>: ClassInfo
    where
        Self: 'a;

    /// The class of this name, without case.
    fn class(&self, name: &str) -> Option<Self::Class<'_>>;

    /// The names of all classes, for "did you mean": asked for only when a
    /// query names a class that is not there.
    fn class_names(&self) -> impl Iterator<Item = &str>;
}

/// One class, resolved: inherited properties are its own.
pub trait ClassInfo {
    /// The name as declared.
    fn name(&self) -> &str;

    /// The property of this name, without case.
    fn property(&self, name: &str) -> Option<PropertyInfo<'_>>;

    /// The names of all properties, for "did you mean".
    fn property_names(&self) -> impl Iterator<Item = &str>;

    /// Whether it is the class of this name, or derives from it.
    fn is_a(&self, ancestor: &str) -> bool;

    /// Whether its `Indication` qualifier is true.
    fn is_indication(&self) -> bool;
}

/// A property as the binder needs it.
#[derive(Clone, Copy, Debug)]
pub struct PropertyInfo<'a> {
    /// Its position in declaration order, inherited properties first: the same in
    /// the class that introduces the property and in every subclass.
    pub slot: usize,
    /// The name as declared.
    pub name: &'a str,
    /// The type; of the elements for an array.
    pub cim_type: CimType,
    /// Whether it is an array.
    pub is_array: bool,
    /// The class that an embedded object must be of; `None` for any class and for
    /// other types.
    pub embedded_class: Option<&'a str>,
}

/// The system properties that every object has (WMI SDK, "WMI System
/// Properties").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SystemProperty {
    /// `__CLASS`: the name of the object's class.
    Class,
    /// `__SUPERCLASS`: the name of its superclass; NULL at the top.
    Superclass,
    /// `__DYNASTY`: the name of its topmost class.
    Dynasty,
    /// `__DERIVATION`: the names of its superclasses, nearest first.
    Derivation,
    /// `__GENUS`: 1 for classes, 2 for instances.
    Genus,
    /// `__PROPERTY_COUNT`: how many properties it has.
    PropertyCount,
    /// `__RELPATH`: its path within the namespace.
    RelPath,
    /// `__PATH`: its path with server and namespace.
    Path,
    /// `__NAMESPACE`: the namespace it lies in.
    Namespace,
    /// `__SERVER`: the server that holds it.
    Server,
}

impl SystemProperty {
    /// All of them, in the order in which WMI shows them.
    pub const ALL: [Self; 10] = [
        Self::Genus,
        Self::Class,
        Self::Superclass,
        Self::Dynasty,
        Self::RelPath,
        Self::PropertyCount,
        Self::Derivation,
        Self::Server,
        Self::Namespace,
        Self::Path,
    ];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Class => "__CLASS",
            Self::Superclass => "__SUPERCLASS",
            Self::Dynasty => "__DYNASTY",
            Self::Derivation => "__DERIVATION",
            Self::Genus => "__GENUS",
            Self::PropertyCount => "__PROPERTY_COUNT",
            Self::RelPath => "__RELPATH",
            Self::Path => "__PATH",
            Self::Namespace => "__NAMESPACE",
            Self::Server => "__SERVER",
        }
    }

    /// The system property of this name, without case.
    pub fn from_name(name: &str) -> Option<Self> {
        if !name.starts_with("__") {
            return None;
        }
        Self::ALL.into_iter().find(|p| fold::eq(p.as_str(), name))
    }

    /// The type; of the elements for `__DERIVATION`.
    pub const fn cim_type(self) -> CimType {
        match self {
            Self::Genus | Self::PropertyCount => CimType::SInt32,
            _ => CimType::String,
        }
    }

    /// Whether it is an array.
    pub const fn is_array(self) -> bool {
        matches!(self, Self::Derivation)
    }
}
