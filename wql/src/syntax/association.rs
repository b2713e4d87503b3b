//! The two statements about associations: their path and their keywords.

use super::ast::{AssociationKind, AssociationQuery, Identifier};
use super::lexer;
use super::mode::{Door, Mode, Refusal, refuse};
use crate::Span;
use crate::error::{AssociationError, QueryKind, WqlError};
use cimarron_model::{Name, ObjectPath, suggest};

/// The keywords of both statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keyword {
    AssocClass,
    ClassDefsOnly,
    KeysOnly,
    RequiredAssocQualifier,
    RequiredQualifier,
    ResultClass,
    ResultRole,
    Role,
    SchemaOnly,
}

impl Keyword {
    const ALL: [Self; 9] = [
        Self::AssocClass,
        Self::ClassDefsOnly,
        Self::KeysOnly,
        Self::RequiredAssocQualifier,
        Self::RequiredQualifier,
        Self::ResultClass,
        Self::ResultRole,
        Self::Role,
        Self::SchemaOnly,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::AssocClass => "AssocClass",
            Self::ClassDefsOnly => "ClassDefsOnly",
            Self::KeysOnly => "KeysOnly",
            Self::RequiredAssocQualifier => "RequiredAssocQualifier",
            Self::RequiredQualifier => "RequiredQualifier",
            Self::ResultClass => "ResultClass",
            Self::ResultRole => "ResultRole",
            Self::Role => "Role",
            Self::SchemaOnly => "SchemaOnly",
        }
    }

    /// Whether the statement knows the keyword.
    const fn belongs_to(self, kind: AssociationKind) -> bool {
        let of_associators =
            matches!(self, Self::AssocClass | Self::RequiredAssocQualifier | Self::ResultRole);
        matches!(kind, AssociationKind::Associators) || !of_associators
    }

    fn from_word(word: &str, kind: AssociationKind) -> Option<Self> {
        let mut all = Self::ALL.into_iter().filter(|keyword| keyword.belongs_to(kind));
        all.find(|keyword| keyword.as_str().eq_ignore_ascii_case(word))
    }
}

/// Refuses a statement, by its first two words, where event queries are asked for.
pub(super) fn check_door(mode: Mode, kind: AssociationKind, span: Span) -> Result<(), Refusal> {
    match mode.door {
        Door::Query => Ok(()),
        door @ Door::Notification => {
            let kind = match kind {
                AssociationKind::Associators => QueryKind::AssociatorsOf,
                AssociationKind::References => QueryKind::ReferencesOf,
            };
            refuse(WqlError::WrongKind { kind, door, span })
        }
    }
}

/// The path in the braces at `braces`, and where it stands.
pub(super) fn path(text: &str, braces: Span) -> Result<(ObjectPath, Span), Refusal> {
    let start = braces.start + 1;
    let inside = Span::new(start, braces.end.saturating_sub(1)).of(text);
    let from = start + (inside.len() - inside.trim_start().len());
    let written = inside.trim();
    let span = Span::new(from, from + written.len());
    if written.is_empty() {
        return wrong(AssociationError::NoPath, braces);
    }
    match ObjectPath::parse(written) {
        Ok(path) if path.is_namespace() => wrong(AssociationError::PathOfNamespace, span),
        Ok(path) => Ok((path, span)),
        Err(reason) => {
            let at = reason.span();
            let span = Span::new(from + at.start, from + at.end);
            wrong(AssociationError::MalformedPath(Box::new(reason)), span)
        }
    }
}

/// The name in quotes at `span`.
///
/// MS-WMI's grammar has none, but a sample of the WMI SDK does ("Writing an Association
/// Provider for Interop": `resultclass='Win32_Process'`). The name is printed without them,
/// so it must be one that can stand so.
pub(super) fn quoted_name(text: &str, span: Span) -> Result<Identifier, Refusal> {
    let inside = Span::new(span.start + 1, span.end.saturating_sub(1));
    let name = inside.of(text);
    let mut tokens = lexer::tokens(name);
    let whole = match (tokens.next(), tokens.next()) {
        (Some(Ok((0, token, end))), None) => end as usize == name.len() && !token.is_constant(),
        _ => false,
    };
    if !whole || !name.starts_with(|c: char| c == '_' || !c.is_ascii() || c.is_ascii_alphabetic()) {
        return wrong(AssociationError::QuotedName, span);
    }
    Ok(Identifier { name: Name::new(name), span })
}

/// Takes a keyword, with what stands behind its `=`, into the statement.
pub(super) fn keyword(
    query: &mut AssociationQuery,
    word: &Identifier,
    value: Option<Identifier>,
) -> Result<(), Refusal> {
    let span = word.span;
    let Some(known) = Keyword::from_word(word.name.as_str(), query.kind) else {
        return wrong(unknown(query.kind, word), span);
    };
    let name = known.as_str();
    let twice = match (query.place(known), value) {
        (Place::Flag(flag), None) => flag.replace(span).is_some(),
        (Place::Flag(_), Some(value)) => {
            return wrong(AssociationError::KeywordWithValue { keyword: name }, value.span);
        }
        (Place::Name(place), Some(value)) => place.replace(value).is_some(),
        (Place::Name(_), None) => {
            return wrong(AssociationError::KeywordWithoutValue { keyword: name }, span);
        }
    };
    if twice { wrong(AssociationError::KeywordTwice { keyword: name }, span) } else { Ok(()) }
}

/// Where a keyword of the statement goes.
enum Place<'q> {
    Flag(&'q mut Option<Span>),
    Name(&'q mut Option<Identifier>),
}

impl AssociationQuery {
    const fn place(&mut self, keyword: Keyword) -> Place<'_> {
        match keyword {
            Keyword::ClassDefsOnly => Place::Flag(&mut self.class_defs_only),
            Keyword::KeysOnly => Place::Flag(&mut self.keys_only),
            Keyword::SchemaOnly => Place::Flag(&mut self.schema_only),
            Keyword::AssocClass => Place::Name(&mut self.assoc_class),
            Keyword::RequiredAssocQualifier => Place::Name(&mut self.required_assoc_qualifier),
            Keyword::RequiredQualifier => Place::Name(&mut self.required_qualifier),
            Keyword::ResultClass => Place::Name(&mut self.result_class),
            Keyword::ResultRole => Place::Name(&mut self.result_role),
            Keyword::Role => Place::Name(&mut self.role),
        }
    }
}

/// Whether the keywords of a statement go together, and with its path.
pub(super) fn check(query: &AssociationQuery) -> Result<(), Refusal> {
    match (query.class_defs_only, &query.result_class, query.schema_only) {
        (Some(span), Some(_), _) => wrong(AssociationError::ClassDefsOnlyWithResultClass, span),
        (_, _, Some(span)) if !query.path.is_class() => {
            wrong(AssociationError::SchemaOnlyOfInstance, span)
        }
        (Some(span), _, Some(_)) => wrong(AssociationError::SchemaOnlyWithClassDefsOnly, span),
        _ => Ok(()),
    }
}

fn unknown(kind: AssociationKind, word: &Identifier) -> AssociationError {
    let text = word.name.as_str();
    if text.eq_ignore_ascii_case("and") || text.eq_ignore_ascii_case("or") {
        return AssociationError::Connective { word: text.to_owned() };
    }
    if let Some(keyword) = Keyword::from_word(text, AssociationKind::Associators) {
        return AssociationError::KeywordOfAssociators { keyword: keyword.as_str() };
    }
    let known = Keyword::ALL.iter().filter(|keyword| keyword.belongs_to(kind));
    let suggestion = suggest::nearest(text, known.map(|keyword| keyword.as_str()));
    AssociationError::UnknownKeyword {
        word: text.to_owned(),
        statement: kind.as_str(),
        suggestion: suggestion.map(str::to_owned),
    }
}

fn wrong<T>(error: AssociationError, span: Span) -> Result<T, Refusal> {
    refuse(WqlError::association(error, span))
}
