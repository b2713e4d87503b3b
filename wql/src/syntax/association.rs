//! The two statements about associations: their path and their keywords.

use super::ast::{AssociationKind, AssociationQuery, Identifier};
use super::mode::{Door, Mode, Refusal, refuse};
use crate::Span;
use crate::error::{AssociationError, QueryKind, WqlError};
use cimarron_model::{ObjectPath, suggest};

/// A keyword behind WHERE, with what stands behind its `=`.
pub(super) struct Term {
    pub(super) keyword: Identifier,
    pub(super) value: Option<Identifier>,
}

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

/// The two words at the beginning of a statement; refused where event queries are
/// asked for.
pub(super) fn begin(
    mode: Mode,
    kind: AssociationKind,
    l: usize,
    r: usize,
) -> Result<AssociationKind, Refusal> {
    match mode.door {
        Door::Query => Ok(kind),
        door @ Door::Notification => {
            let kind = match kind {
                AssociationKind::Associators => QueryKind::AssociatorsOf,
                AssociationKind::References => QueryKind::ReferencesOf,
            };
            refuse(WqlError::WrongKind { kind, door, span: Span::new(l, r) })
        }
    }
}

/// The path in the braces at these offsets.
pub(super) fn path(text: &str, start: usize, end: usize) -> Result<(ObjectPath, Span), Refusal> {
    let inside = Span::new(start + 1, end.saturating_sub(1)).of(text);
    let from = start + 1 + (inside.len() - inside.trim_start().len());
    let written = inside.trim();
    let span = Span::new(from, from + written.len());
    if written.is_empty() {
        return wrong(AssociationError::NoPath, Span::new(start, end));
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

/// The statement out of its path and its keywords.
pub(super) fn statement(
    kind: AssociationKind,
    (path, path_span): (ObjectPath, Span),
    terms: Vec<Term>,
) -> Result<Box<AssociationQuery>, Refusal> {
    let mut query = Box::new(AssociationQuery::new(kind, path, path_span));
    for term in terms {
        add(&mut query, term)?;
    }
    if let (Some(span), Some(_)) = (query.class_defs_only, &query.result_class) {
        return wrong(AssociationError::ClassDefsOnlyWithResultClass, span);
    }
    if let Some(span) = query.schema_only
        && !query.path.is_class()
    {
        return wrong(AssociationError::SchemaOnlyOfInstance, span);
    }
    if let (Some(_), Some(span)) = (query.schema_only, query.class_defs_only) {
        return wrong(AssociationError::SchemaOnlyWithClassDefsOnly, span);
    }
    Ok(query)
}

fn add(query: &mut AssociationQuery, Term { keyword, value }: Term) -> Result<(), Refusal> {
    let span = keyword.span;
    let Some(known) = Keyword::from_word(keyword.name.as_str(), query.kind) else {
        return wrong(unknown(query.kind, &keyword), span);
    };
    let name = known.as_str();
    let twice = match known {
        Keyword::ClassDefsOnly | Keyword::KeysOnly | Keyword::SchemaOnly => {
            if let Some(value) = value {
                let error = AssociationError::KeywordWithValue { keyword: name };
                return wrong(error, value.span);
            }
            let place = match known {
                Keyword::ClassDefsOnly => &mut query.class_defs_only,
                Keyword::KeysOnly => &mut query.keys_only,
                _ => &mut query.schema_only,
            };
            place.replace(span).is_some()
        }
        _ => {
            let Some(value) = value else {
                return wrong(AssociationError::KeywordWithoutValue { keyword: name }, span);
            };
            let place = match known {
                Keyword::AssocClass => &mut query.assoc_class,
                Keyword::RequiredAssocQualifier => &mut query.required_assoc_qualifier,
                Keyword::RequiredQualifier => &mut query.required_qualifier,
                Keyword::ResultClass => &mut query.result_class,
                Keyword::ResultRole => &mut query.result_role,
                _ => &mut query.role,
            };
            place.replace(value).is_some()
        }
    };
    if twice { wrong(AssociationError::KeywordTwice { keyword: name }, span) } else { Ok(()) }
}

fn unknown(kind: AssociationKind, word: &Identifier) -> AssociationError {
    let text = word.name.as_str();
    if text.eq_ignore_ascii_case("and") || text.eq_ignore_ascii_case("or") {
        return AssociationError::Connective { word: text.to_owned() };
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
