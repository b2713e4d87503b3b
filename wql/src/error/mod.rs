//! Everything that can be wrong with a query.
//!
//! Errors say where in the query text (in bytes), what, and what to do about it.
//! [`WqlError::status`] gives the condition the front ends report.

mod association;
mod construct;
mod event;

pub use association::AssociationError;
pub use construct::{Construct, QueryKind};
pub use event::EventError;

use crate::Span;
use crate::syntax::Door;
use crate::syntax::ast::CompareOp;
use cimarron_model::suggest::or_did_you_mean;
use cimarron_model::{CimType, Status};
use std::fmt;

/// A query that cannot be parsed or bound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WqlError {
    /// A character that no token starts with.
    #[error("unexpected character `{}`{}", .character.escape_debug(), quote_hint(*.character))]
    UnexpectedCharacter {
        /// The character.
        character: char,
        /// Where it stands.
        span: Span,
    },
    /// A string literal without its closing quote.
    #[error(
        "the string that starts here is never closed: add the closing quote, or write `\\` before a quote that belongs to the text"
    )]
    UnterminatedString {
        /// From the opening quote to the end of the query.
        span: Span,
    },
    /// A backslash before something that needs none.
    #[error("unknown escape `\\{}`: write `\\\\` for a backslash; only `\\\\`, `\\\"` and `\\'` are escapes", .escaped.escape_debug())]
    UnknownEscape {
        /// The character behind the backslash.
        escaped: char,
        /// The backslash and that character.
        span: Span,
    },
    /// Something that starts like a number and is none.
    #[error("`{text}` is no number: WQL has decimal integers and reals such as 0.5 or 2.3e-2")]
    MalformedNumber {
        /// The text.
        text: String,
        /// Where it stands.
        span: Span,
    },
    /// A token where the grammar wants another.
    #[error("unexpected {found}: expected {expected}")]
    Unexpected {
        /// The token, or the end of the query.
        found: String,
        /// What may stand there.
        expected: String,
        /// Where it stands.
        span: Span,
    },
    /// A word that cannot be a name there.
    #[error(
        "{word} is reserved and cannot be a name: write the constant behind the operator, as in `Property = {word}`"
    )]
    ReservedWord {
        /// TRUE, FALSE or NULL.
        word: &'static str,
        /// Where it stands.
        span: Span,
    },
    /// A construct of SQL or another language that WQL does not have.
    #[error("WQL has no {}: {}{}", .construct.name(), .construct.instead(), extended_hint(*.construct))]
    NoSuchConstruct {
        /// The construct.
        construct: Construct,
        /// Where it starts.
        span: Span,
    },
    /// A clause that this kind of query does not have, though others do.
    #[error("{kind} has no {}: remove it", .construct.name())]
    NotInKind {
        /// The clause.
        construct: Construct,
        /// The kind of query.
        kind: QueryKind,
        /// Where the clause starts.
        span: Span,
    },
    /// A query of a kind that the operation does not take.
    #[error("this is {kind}: {}", door_hint(*.door))]
    WrongKind {
        /// Which kind it is.
        kind: QueryKind,
        /// The operation.
        door: Door,
        /// The words that tell.
        span: Span,
    },
    /// Something other than `*` selected from meta_class.
    #[error("schema queries (FROM meta_class) select whole classes: write `SELECT *`")]
    ListInSchemaQuery {
        /// The list.
        span: Span,
    },
    /// `*` in an aggregate other than COUNT.
    #[error("{function} needs a property: only COUNT takes `*`")]
    StarInAggregate {
        /// The function.
        function: &'static str,
        /// The aggregate.
        span: Span,
    },
    /// A number of rows that is none.
    #[error("`{text}` is no number of rows: write an integer from 0 on")]
    NoRowCount {
        /// The number as written.
        text: String,
        /// Where it stands.
        span: Span,
    },
    /// ASSOCIATORS OF or REFERENCES OF gone wrong.
    #[error("{error}")]
    Association {
        /// What is wrong.
        error: AssociationError,
        /// Where.
        span: Span,
    },
    /// An event query gone wrong.
    #[error("{error}")]
    Event {
        /// What is wrong.
        error: EventError,
        /// Where.
        span: Span,
    },
    /// An error of any query, found in an event query, where another status tells
    /// of it.
    #[error("{error}")]
    InEventQuery {
        /// The error.
        error: Box<WqlError>,
        /// The condition that a caller is told.
        status: Status,
    },
    /// The text is longer than the limit.
    #[error("the query has {length} bytes and the limit is {limit}: split it")]
    TooLong {
        /// The length of the query.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// Parentheses and NOT are nested deeper than the limit.
    #[error("parentheses and NOT are nested deeper than {limit}: flatten the condition")]
    TooDeep {
        /// The limit.
        limit: usize,
        /// The token that goes too deep.
        span: Span,
    },
    /// The condition has more comparisons than the limit.
    #[error("the condition has more than {limit} ANDs and ORs: split the query")]
    TooComplex {
        /// The limit.
        limit: usize,
        /// The AND or OR that is one too many.
        span: Span,
    },
    /// The namespace has no class of this name.
    #[error("unknown class `{name}`{}", or_did_you_mean(.suggestion.as_deref()))]
    UnknownClass {
        /// The name.
        name: String,
        /// The likeliest class that was meant.
        suggestion: Option<String>,
        /// Where it stands.
        span: Span,
    },
    /// The class has no property of this name.
    #[error("class `{class}` has no property `{name}`{}", or_did_you_mean(.suggestion.as_deref()))]
    UnknownProperty {
        /// The name.
        name: String,
        /// The class in FROM, or of the embedded object.
        class: String,
        /// The likeliest property that was meant.
        suggestion: Option<String>,
        /// Where it stands.
        span: Span,
    },
    /// `__this` in a data query.
    #[error(
        "`__this` belongs to schema queries (FROM meta_class): use `FROM class` or `__CLASS = \"class\"` here"
    )]
    ThisInDataQuery {
        /// Where it stands.
        span: Span,
    },
    /// `__this` with anything but ISA.
    #[error("`__this` is tested with ISA only: write `__this ISA \"class\"`, or use `__CLASS`")]
    ThisWithoutIsa {
        /// Where it stands.
        span: Span,
    },
    /// Aggregates beside plain properties, or with ORDER BY.
    #[error(
        "an aggregate makes one row of all: select aggregates only, and do not sort or deduplicate"
    )]
    MixedAggregates {
        /// What does not go with them.
        span: Span,
    },
    /// An array in a condition, or a member of one.
    #[error(
        "`{name}` is an array, and WQL has no way into arrays: select it whole and test its elements in the client"
    )]
    ArrayNotAllowed {
        /// The property.
        name: String,
        /// Where it stands.
        span: Span,
    },
    /// An operator that does not go with the property's type.
    #[error("`{operator}` does not apply to `{name}`, of type {cim_type}{}", operator_hint(*.cim_type))]
    OperatorNotForType {
        /// The operator.
        operator: &'static str,
        /// The property.
        name: String,
        /// Its type.
        cim_type: CimType,
        /// Where the operation stands.
        span: Span,
    },
    /// A constant that cannot be compared with the property.
    #[error("{constant} cannot be compared with `{name}`, of type {cim_type}: {remedy}")]
    ConstantNotForType {
        /// The constant as written.
        constant: String,
        /// The property.
        name: String,
        /// Its type.
        cim_type: CimType,
        /// What would do.
        remedy: &'static str,
        /// Where the constant stands.
        span: Span,
    },
    /// Properties on both sides of an operator.
    #[error("WQL compares a property with a constant, not with another property{}", .word.as_ref().map(|w| format!(": if `{w}` is text, quote it")).unwrap_or_default())]
    TwoProperties {
        /// The right side, when it may be text without its quotes.
        word: Option<String>,
        /// The comparison.
        span: Span,
    },
    /// Constants on both sides of an operator.
    #[error("a comparison of two constants: one side must be a property")]
    TwoConstants {
        /// The comparison.
        span: Span,
    },
    /// NULL behind an operator other than `=`, `<>`, IS and IS NOT.
    #[error("`{operator}` cannot compare with NULL: use IS NULL or IS NOT NULL")]
    OperatorNotForNull {
        /// The operator.
        operator: &'static str,
        /// The operation.
        span: Span,
    },
    /// `%`, `_` or `[` in a LIKE on something that is no string.
    #[error(
        "`{name}` is of type {cim_type}, for which LIKE is plain equality and wildcards are not allowed: use = < > instead"
    )]
    WildcardNotForType {
        /// The property.
        name: String,
        /// Its type.
        cim_type: CimType,
        /// Where the pattern stands.
        span: Span,
    },
    /// A dot behind a property that holds no object.
    #[error("`{name}` is of type {cim_type} and has no members: only embedded objects do")]
    NotAnObject {
        /// The property.
        name: String,
        /// Its type.
        cim_type: CimType,
        /// Where it stands.
        span: Span,
    },
    /// ISA on something that is no embedded object.
    #[error(
        "ISA tests embedded objects, and `{name}` is of type {cim_type}: use `FROM class` or `__CLASS = \"class\"` for the class of the instance itself"
    )]
    IsaNotForType {
        /// The property.
        name: String,
        /// Its type.
        cim_type: CimType,
        /// Where it stands.
        span: Span,
    },
}

impl WqlError {
    /// Where in the query text; the whole of it (an empty span at its start) for
    /// a query that is too long.
    pub const fn span(&self) -> Span {
        match self {
            Self::TooLong { .. } => Span { start: 0, end: 0 },
            Self::InEventQuery { error, .. } => error.span(),
            Self::UnexpectedCharacter { span, .. }
            | Self::UnterminatedString { span }
            | Self::UnknownEscape { span, .. }
            | Self::MalformedNumber { span, .. }
            | Self::Unexpected { span, .. }
            | Self::ReservedWord { span, .. }
            | Self::NoSuchConstruct { span, .. }
            | Self::NotInKind { span, .. }
            | Self::WrongKind { span, .. }
            | Self::ListInSchemaQuery { span }
            | Self::StarInAggregate { span, .. }
            | Self::NoRowCount { span, .. }
            | Self::Association { span, .. }
            | Self::Event { span, .. }
            | Self::TooDeep { span, .. }
            | Self::TooComplex { span, .. }
            | Self::UnknownClass { span, .. }
            | Self::UnknownProperty { span, .. }
            | Self::ThisInDataQuery { span }
            | Self::ThisWithoutIsa { span }
            | Self::MixedAggregates { span }
            | Self::ArrayNotAllowed { span, .. }
            | Self::OperatorNotForType { span, .. }
            | Self::ConstantNotForType { span, .. }
            | Self::TwoProperties { span, .. }
            | Self::TwoConstants { span }
            | Self::OperatorNotForNull { span, .. }
            | Self::WildcardNotForType { span, .. }
            | Self::NotAnObject { span, .. }
            | Self::IsaNotForType { span, .. } => *span,
        }
    }

    /// The condition that a caller is told (MS-WMI 2.2.1, 3.1.4.3.18; WMI SDK,
    /// "WMI Error Constants").
    pub const fn status(&self) -> Status {
        match self {
            Self::TooLong { .. } | Self::TooDeep { .. } | Self::TooComplex { .. } => {
                Status::QuotaViolation
            }
            Self::UnknownClass { .. } => Status::InvalidClass,
            Self::Event { error, .. } => error.status(),
            Self::InEventQuery { status, .. } => *status,
            _ => Status::InvalidQuery,
        }
    }

    /// What is wrong, whatever kind of query it was found in.
    pub const fn root(&self) -> &Self {
        match self {
            Self::InEventQuery { error, .. } => error.root(),
            error => error,
        }
    }

    pub(crate) const fn association(error: AssociationError, span: Span) -> Self {
        Self::Association { error, span }
    }

    pub(crate) const fn event(error: EventError, span: Span) -> Self {
        Self::Event { error, span }
    }
}

const fn extended_hint(construct: Construct) -> &'static str {
    if construct.is_extended() { " (the Extended level has it)" } else { "" }
}

const fn door_hint(door: Door) -> &'static str {
    match door {
        Door::Query => {
            "ExecQuery answers data, schema and association queries; hand this one to ExecNotificationQuery"
        }
        Door::Notification => {
            "ExecNotificationQuery takes event queries (SELECT … FROM event class …); hand this one to ExecQuery"
        }
    }
}

const fn quote_hint(character: char) -> &'static str {
    match character {
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '`' | '\u{b4}' => {
            ": write strings in straight quotes, \"…\" or '…'"
        }
        _ => "",
    }
}

const fn operator_hint(cim_type: CimType) -> &'static str {
    match cim_type {
        CimType::Boolean | CimType::Reference => ": only = and <> do",
        CimType::DateTime => ": a datetime with asterisks compares by = and <> only",
        CimType::Object => ": test a member (`Property.Member`), or use ISA or IS NULL",
        _ => "",
    }
}

impl fmt::Display for CompareOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
