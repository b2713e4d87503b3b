//! Why a value and a Rust type do not go together.

use cimarron_model::{CimType, Name, suggest};
use serde::de::{Expected, Unexpected};
use std::fmt;

/// A row or instance does not go into a Rust type, or a Rust value not into an
/// instance: which row, which property, what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct TypedError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    row: Option<usize>,
    class: Option<Name>,
    place: String,
    cim_type: Option<(CimType, bool)>,
    problem: TypedProblem,
}

/// What is wrong, in a [`TypedError`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TypedProblem {
    /// The value is of another type, or outside the range of the Rust type.
    Mismatch {
        /// What the Rust type takes.
        expected: String,
        /// What the property holds.
        found: String,
    },
    /// The property is NULL and the Rust type is no `Option`.
    Null {
        /// What the Rust type takes.
        expected: String,
    },
    /// The struct has a field, and the row no property of its name.
    Missing {
        /// The name of the field, after renaming.
        field: &'static str,
        /// What to do.
        hint: Option<String>,
    },
    /// Anything else, in words.
    Other(String),
}

impl TypedError {
    pub(crate) fn new(problem: TypedProblem) -> Self {
        let inner = Inner { row: None, class: None, place: String::new(), cim_type: None, problem };
        Self(Box::new(inner))
    }

    pub(crate) fn mismatch(expected: &dyn Expected, found: impl Into<String>) -> Self {
        Self::new(TypedProblem::Mismatch { expected: expected.to_string(), found: found.into() })
    }

    pub(crate) fn null(expected: &dyn Expected) -> Self {
        Self::new(TypedProblem::Null { expected: expected.to_string() })
    }

    pub(crate) fn other(problem: impl fmt::Display) -> Self {
        Self::new(TypedProblem::Other(problem.to_string()))
    }

    /// Says that the error is in this property; called from the inside out.
    pub(crate) fn within(mut self, name: &str, cim_type: Option<(CimType, bool)>) -> Self {
        let inner = &mut *self.0;
        let dot = if inner.place.is_empty() || inner.place.starts_with('[') { "" } else { "." };
        inner.place = format!("{name}{dot}{}", inner.place);
        inner.cim_type = inner.cim_type.or(cim_type);
        self
    }

    /// Says that the error is in this element.
    pub(crate) fn within_element(mut self, index: usize) -> Self {
        let inner = &mut *self.0;
        let dot = if inner.place.is_empty() || inner.place.starts_with('[') { "" } else { "." };
        inner.place = format!("[{index}]{dot}{}", inner.place);
        self
    }

    /// Says which instance it is.
    pub(crate) fn of_class(mut self, class: &str) -> Self {
        if !class.is_empty() {
            self.0.class = Some(Name::new(class));
        }
        self
    }

    pub(crate) fn in_row(mut self, row: usize) -> Self {
        self.0.row = Some(row);
        self
    }

    /// Adds what may have been meant by a field that no property has, once the names of
    /// the properties are at hand.
    pub(crate) fn suggest<'n>(mut self, names: impl Iterator<Item = &'n str> + Clone) -> Self {
        let inner = &mut *self.0;
        if inner.place.is_empty()
            && let TypedProblem::Missing { field, hint } = &mut inner.problem
            && hint.is_none()
        {
            let squeezed = field.replace('_', "");
            let same = names.clone().find(|name| cimarron_model::fold::eq(name, &squeezed));
            *hint = match same {
                Some(name) => Some(format!(
                    "`{name}` is there: add `#[serde(rename_all = \"PascalCase\")]` or \
                     `#[serde(rename = \"{name}\")]`"
                )),
                None => suggest::nearest(field, names).map(suggest::did_you_mean),
            };
        }
        self
    }

    pub(crate) fn hint(mut self, text: &str) -> Self {
        if let TypedProblem::Missing { hint, .. } = &mut self.0.problem {
            *hint = Some(text.to_owned());
        }
        self
    }

    /// The number of the row in its result, from 0; `None` outside results.
    pub fn row(&self) -> Option<usize> {
        self.0.row
    }

    /// The class of the instance.
    pub fn class(&self) -> Option<&str> {
        self.0.class.as_ref().map(Name::as_str)
    }

    /// The property, with the way into it: `Parts[2].Number`; `None` when the
    /// trouble is with the whole.
    pub fn property(&self) -> Option<&str> {
        Some(self.0.place.as_str()).filter(|place| !place.is_empty())
    }

    /// The property's type, and whether it is an array.
    pub fn cim_type(&self) -> Option<(CimType, bool)> {
        self.0.cim_type
    }

    /// What is wrong.
    pub fn problem(&self) -> &TypedProblem {
        &self.0.problem
    }
}

impl fmt::Display for TypedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { row, class, place, cim_type, problem } = &*self.0;
        match (row, class) {
            (Some(row), Some(class)) => write!(f, "row {row}, an instance of `{class}`: ")?,
            (Some(row), None) => write!(f, "row {row}: ")?,
            (None, Some(class)) => write!(f, "instance of `{class}`: ")?,
            (None, None) => {}
        }
        if !place.is_empty() {
            write!(f, "property `{place}`")?;
            match cim_type {
                Some((cim_type, true)) => write!(f, " ({cim_type}[])")?,
                Some((cim_type, false)) => write!(f, " ({cim_type})")?,
                None => {}
            }
            f.write_str(": ")?;
        }
        write!(f, "{problem}")
    }
}

impl fmt::Display for TypedProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mismatch { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Null { expected } => {
                write!(f, "expected {expected}, found NULL: make the field an `Option`")
            }
            Self::Missing { field, hint: None } => {
                write!(f, "there is no property for the field `{field}`")
            }
            Self::Missing { field, hint: Some(hint) } => {
                write!(f, "there is no property for the field `{field}`: {hint}")
            }
            Self::Other(problem) => f.write_str(problem),
        }
    }
}

impl serde::de::Error for TypedError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::other(message)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(expected, found.to_string())
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::mismatch(expected, found.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(TypedProblem::Missing { field, hint: None })
    }
}

impl serde::ser::Error for TypedError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::other(message)
    }
}
