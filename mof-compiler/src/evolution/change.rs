//! One change, and what it is about.

use super::kind::{Kind, Verdict};
use cimarron_model::Name;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Element {
    /// The namespace itself.
    Namespace,
    /// A qualifier type.
    QualifierType(Name),
    /// A class.
    Class(Name),
    /// A property or reference of a class.
    Property(Name, Name),
    /// A method of a class.
    Method(Name, Name),
    /// A parameter of a method of a class.
    Parameter(Name, Name, Name),
    /// An instance of a class: its path without host and namespace, and the
    /// property where the change is in one.
    Instance(Name, String, Option<Name>),
}

impl Element {
    /// The kind of element, as DSP0004 calls it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Namespace => "namespace",
            Self::QualifierType(_) => "qualifier type",
            Self::Class(_) => "class",
            Self::Property(..) => "property",
            Self::Method(..) => "method",
            Self::Parameter(..) => "parameter",
            Self::Instance(..) => "instance",
        }
    }

    /// The class that the element is or belongs to.
    pub const fn class(&self) -> Option<&Name> {
        match self {
            Self::Namespace | Self::QualifierType(_) => None,
            Self::Class(class)
            | Self::Property(class, _)
            | Self::Method(class, _)
            | Self::Parameter(class, ..)
            | Self::Instance(class, ..) => Some(class),
        }
    }

    /// The property or method that the element is or belongs to, or the name of
    /// the qualifier type.
    pub const fn member(&self) -> Option<&Name> {
        match self {
            Self::Property(_, name)
            | Self::Method(_, name)
            | Self::Parameter(_, name, _)
            | Self::Instance(_, _, Some(name))
            | Self::QualifierType(name) => Some(name),
            _ => None,
        }
    }

    /// The parameter.
    pub const fn parameter(&self) -> Option<&Name> {
        match self {
            Self::Parameter(_, _, name) => Some(name),
            _ => None,
        }
    }

    /// The path of the instance.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Instance(_, path, _) => Some(path),
            _ => None,
        }
    }
}

impl fmt::Display for Element {
    /// `C`, `C.P`, `C.M()`, `C.M(Parameter)`; the path of an instance.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Namespace => f.write_str("namespace"),
            Self::QualifierType(name) => write!(f, "qualifier {name}"),
            Self::Class(class) => write!(f, "{class}"),
            Self::Property(class, name) => write!(f, "{class}.{name}"),
            Self::Method(class, name) => write!(f, "{class}.{name}()"),
            Self::Parameter(class, method, name) => write!(f, "{class}.{method}({name})"),
            Self::Instance(_, path, None) => f.write_str(path),
            Self::Instance(_, path, Some(property)) => write!(f, "{path} {property}"),
        }
    }
}

/// One change from the old schema to the new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub kind: Kind,
    /// What it does to those who rely on the old schema. It is the kind's verdict,
    /// but no change to an experimental element breaks anything.
    pub verdict: Verdict,
    /// The namespace.
    pub namespace: Name,
    /// What changed.
    pub element: Element,
    /// The qualifier that the change is in, or the one that decides it.
    pub qualifier: Option<Name>,
    /// What was there, as MOF writes it.
    pub old: Option<String>,
    /// What is there now, as MOF writes it.
    pub new: Option<String>,
    /// Whether the element was experimental in the old schema, or was added to one that was.
    pub experimental: bool,
    /// How many classes are below the class of the element: the change reaches
    /// those that do not declare the element anew, and is not repeated for them.
    pub subclasses: usize,
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.kind)?;
        map.serialize_entry("verdict", &self.verdict)?;
        map.serialize_entry("namespace", &self.namespace)?;
        map.serialize_entry("element", self.element.kind())?;
        map.serialize_entry("class", &self.element.class())?;
        map.serialize_entry("member", &self.element.member())?;
        map.serialize_entry("parameter", &self.element.parameter())?;
        map.serialize_entry("path", &self.element.path())?;
        map.serialize_entry("qualifier", &self.qualifier)?;
        map.serialize_entry("old", &self.old)?;
        map.serialize_entry("new", &self.new)?;
        map.serialize_entry("experimental", &self.experimental)?;
        map.serialize_entry("subclasses", &self.subclasses)?;
        map.serialize_entry("title", self.kind.title())?;
        map.serialize_entry("reason", self.reason())?;
        map.serialize_entry("source", &self.kind.source())?;
        map.end()
    }
}

impl Change {
    /// Why the verdict is what it is.
    pub fn reason(&self) -> &'static str {
        if self.verdict == self.kind.verdict() {
            self.kind.reason()
        } else {
            "elements marked Experimental may change in any way"
        }
    }
}

/// A removed and an added element of one shape: perhaps one element with another
/// name. A hint for readers; both changes stand as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The namespace.
    pub namespace: Name,
    /// What was removed.
    pub old: Element,
    /// What was added.
    pub new: Element,
}

impl Serialize for Rename {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("namespace", &self.namespace)?;
        map.serialize_entry("element", self.old.kind())?;
        map.serialize_entry("old", &self.old.to_string())?;
        map.serialize_entry("new", &self.new.to_string())?;
        map.end()
    }
}
