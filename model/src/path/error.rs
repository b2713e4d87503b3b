//! What can be wrong with a path or with a key.

use crate::{CimType, DateTimeError, Name};
use smol_str::SmolStr;
use std::ops::Range;

/// Why a text is no object path. Spans are bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// There is no text.
    #[error("the path is empty: write at least a class name")]
    Empty,
    /// Nothing but a server is named.
    #[error("the path names a server and nothing on it: add a namespace, as in `\\\\server\\root`")]
    MissingNamespace {
        /// The server.
        span: Range<usize>,
    },
    /// A character cannot stand in a server name.
    #[error("{found:?} cannot stand in a server name: end the name with a slash")]
    InvalidHost {
        /// The character.
        found: char,
        /// Where it is.
        span: Range<usize>,
    },
    /// A part of the namespace is empty or holds a character that it cannot.
    #[error(
        "`{part}` cannot be part of a namespace: use letters, digits, `_`, `-` and `.`, and a `:` \
         between the namespace and the class"
    )]
    InvalidNamespace {
        /// The part.
        part: SmolStr,
        /// Where it is.
        span: Range<usize>,
    },
    /// A class or key name is missing.
    #[error("expected the name of a {what} here")]
    MissingName {
        /// `class` or `key`.
        what: &'static str,
        /// Where it should be.
        span: Range<usize>,
    },
    /// A key has no value, or what stands there is none.
    #[error(
        "`{found}` is not a key value: write text in quotes, a number, TRUE or FALSE, and no spaces"
    )]
    InvalidValue {
        /// What stands there.
        found: SmolStr,
        /// Where.
        span: Range<usize>,
    },
    /// An integer that no CIM type can hold.
    #[error("the number `{found}` is too large for any CIM type")]
    NumberTooLarge {
        /// The number.
        found: SmolStr,
        /// Where it is.
        span: Range<usize>,
    },
    /// Quoted text does not end.
    #[error(
        "the quoted text does not end: close it with {quote}, and write {quote} inside it as \\{quote}"
    )]
    Unterminated {
        /// The quotation mark it began with.
        quote: char,
        /// From the mark to the end.
        span: Range<usize>,
    },
    /// A backslash escapes nothing.
    #[error("the backslash before {found:?} escapes nothing: write two for a backslash")]
    InvalidEscape {
        /// The character after the backslash.
        found: char,
        /// The backslash and the character.
        span: Range<usize>,
    },
    /// Something else stands where this should.
    #[error("expected {expected} here")]
    Expected {
        /// What should stand there.
        expected: &'static str,
        /// Where.
        span: Range<usize>,
    },
    /// A key is given twice.
    #[error("the key `{name}` is given twice: drop one")]
    DuplicateKey {
        /// The key.
        name: Name,
        /// Where it is given again.
        span: Range<usize>,
    },
    /// There are more keys than any class has.
    #[error("the path has more than {} keys", super::MAX_PATH_KEYS)]
    TooManyKeys {
        /// The first one too many.
        span: Range<usize>,
    },
}

impl PathError {
    /// The bytes of the text that are wrong.
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::Empty => 0..0,
            Self::MissingNamespace { span }
            | Self::InvalidHost { span, .. }
            | Self::InvalidNamespace { span, .. }
            | Self::MissingName { span, .. }
            | Self::InvalidValue { span, .. }
            | Self::NumberTooLarge { span, .. }
            | Self::Unterminated { span, .. }
            | Self::InvalidEscape { span, .. }
            | Self::Expected { span, .. }
            | Self::DuplicateKey { span, .. }
            | Self::TooManyKeys { span } => span.clone(),
        }
    }
}

/// Why a key value is not one of its property's type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// It is of another kind, or text that does not read as the type.
    #[error("the key value {found} is not a {expected}")]
    Type {
        /// The value as a path writes it.
        found: String,
        /// The property's type.
        expected: CimType,
    },
    /// It is a number that the type cannot hold.
    #[error("the key value {found} is outside the range of {expected}")]
    OutOfRange {
        /// The value as a path writes it.
        found: String,
        /// The property's type.
        expected: CimType,
    },
    /// It is no datetime.
    #[error("the key value is not a datetime: {0}")]
    DateTime(#[from] DateTimeError),
    /// It is no object path.
    #[error("the key value is not an object path: {0}")]
    Path(#[from] PathError),
    /// Properties of this type cannot be keys.
    #[error("a property of type {0} cannot be a key")]
    NotAKeyType(CimType),
    /// References are nested too deep.
    #[error("references nest deeper than {} levels in the path", super::MAX_PATH_DEPTH)]
    TooDeep,
}
