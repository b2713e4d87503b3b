//! Which of WMI's errors a syntax error is (WMI SDK, "WMI Error Constants"): `mofcomp` tells
//! them apart by what it expected.

use super::bounds::Progress;
use super::stream::Stream;
use super::token::{CLASS_NAMES, Kind, NAMES, Set, Token};
use cimarron_model::Status;

/// The condition where `token` stands and one of `expected` should.
pub(super) fn status(
    token: Token,
    expected: Set,
    progress: Progress,
    stream: &Stream<'_, '_>,
) -> Status {
    let has = |kind| expected.has(kind);
    if progress.directive {
        return of_directive(stream.text.get(progress.first.range().start..).unwrap_or_default());
    }
    if stream.slice(progress.first).eq_ignore_ascii_case("qualifier") {
        return Status::InvalidQualifierSyntax;
    }
    if expected == Set::of(&[Kind::Of]) {
        return Status::InvalidInstanceDeclaration;
    }
    if expected == Set::of(&[Kind::Alias]) {
        return Status::ExpectedDollar;
    }
    if expected == CLASS_NAMES {
        return Status::ExpectedClassName;
    }
    if has(Kind::Text) && has(Kind::Integer) {
        return Status::IllegalConstant;
    }
    if progress.in_list {
        return in_list(expected, progress);
    }
    let begins = has(Kind::Class) && !has(Kind::Identifier);
    let first = |kind, status| has(kind).then_some(status);
    // A declaration is over, or a member: what is most likely missing comes first.
    let missing = first(Kind::Semicolon, Status::ExpectedSemicolon)
        .or_else(|| first(Kind::RightParen, Status::ExpectedCloseParen))
        .or_else(|| first(Kind::LeftParen, Status::ExpectedOpenParen));
    match missing {
        _ if begins && is_typedef(stream.slice(token.span())) => Status::TypeNotSupported,
        _ if begins => Status::MofSyntax,
        _ if has(Kind::RightBrace) && has(Kind::Type) && !has(Kind::Class) => {
            Status::ExpectedBraceOrType
        }
        _ if has(Kind::Type) && has(Kind::RightParen) => Status::ExpectedTypeIdentifier,
        _ if has(Kind::Identifier) => Status::ExpectedPropertyName,
        Some(status) => status,
        None if has(Kind::LeftBrace) => Status::ExpectedOpenBrace,
        None if has(Kind::RightBracket) => Status::ExpectedCloseBracket,
        None if has(Kind::RightBrace) => Status::ExpectedCloseBrace,
        None => Status::MofSyntax,
    }
}

/// Within a list of qualifiers.
fn in_list(expected: Set, progress: Progress) -> Status {
    let has = |kind| expected.has(kind);
    if expected == NAMES {
        return match progress.previous {
            Kind::LeftBracket | Kind::Comma => Status::ExpectedQualifierName,
            _ => Status::ExpectedFlavor,
        };
    }
    if has(Kind::RightBracket) {
        Status::ExpectedCloseBracket
    } else if has(Kind::RightParen) {
        Status::ExpectedCloseParen
    } else if has(Kind::RightBrace) {
        Status::ExpectedCloseBrace
    } else {
        Status::MofSyntax
    }
}

/// Within the directive that a text begins with.
fn of_directive(text: &str) -> Status {
    let words = text.trim_start_matches(['#', ' ', '\t']);
    let rest = words.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start();
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let name = rest.get(..end).unwrap_or_default().to_ascii_lowercase();
    match name.as_str() {
        "amendment" => Status::InvalidAmendmentSyntax,
        "classflags" | "instanceflags" => Status::InvalidFlagsSyntax,
        "deleteclass" => Status::InvalidDeleteClassSyntax,
        "deleteinstance" => Status::InvalidDeleteInstanceSyntax,
        "namespace" => Status::InvalidNamespaceSyntax,
        _ => Status::InvalidPragma,
    }
}

/// What other languages define types with.
fn is_typedef(word: &str) -> bool {
    ["enum", "interface", "struct", "typedef", "union"]
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word))
}
