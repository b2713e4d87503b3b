//! The parser's complaint in words: what would have fitted, what was found,
//! and what was probably meant.

use super::bounds::Progress;
use super::complaint;
use super::recovery::{end_among_members, starts_declaration};
use super::stream::Stream;
use super::token::{Kind, NAMES, Set, Token};
use super::words::did_you_mean;
use crate::Language;
use crate::diagnostic::{Code, Diagnostic};
use cimarron_model::Status;

/// What may stand where a value may.
const VALUES: Set = Set::of(&[
    Kind::Text,
    Kind::Integer,
    Kind::Real,
    Kind::Character,
    Kind::Boolean,
    Kind::Alias,
    Kind::NamespacePath,
    Kind::Null,
    Kind::Invalid,
    Kind::Instance,
    Kind::Class,
    Kind::LeftBracket,
    Kind::LeftBrace,
]);

/// The help for a bracket that opens nothing.
const NOTHING_OPEN: &str = "nothing is open here that it could close";

/// The help for a declaration that stands among the members of another.
const fn beside_each_other(found: Kind, language: Language) -> &'static str {
    match (found, language) {
        (Kind::Class, Language::Mof3) => {
            "classes stand beside each other; a type within one is a `structure`"
        }
        (Kind::Class, _) => "classes stand beside each other, and not within another",
        _ => "declarations stand beside each other, and not within another",
    }
}

/// The diagnostic for a declaration in which `token` does not fit; `None` when what is
/// wrong has been reported already.
pub(crate) fn explain(
    token: Token,
    expected: Set,
    progress: Progress,
    stream: &Stream<'_, '_>,
) -> Option<Diagnostic> {
    // A property of an instance: hardly anybody means the one without a value.
    let optional = Set::of(&[Kind::Semicolon, Kind::Equals]);
    let expected = if expected == optional { Set::of(&[Kind::Equals]) } else { expected };
    let mut found = match token.kind {
        Kind::Invalid if expected.has(Kind::Identifier) => return None,
        Kind::Invalid => return stream.refused_name(token.span()),
        _ if progress.supplied => return None,
        // MOF 2 has reported it; in MOF 3 a text may end so.
        Kind::End if stream.open_comment.is_some() && stream.language() == Language::Mof2 => {
            return None;
        }
        Kind::End => end_of_text(expected, progress, stream),
        _ => unexpected(token, expected, progress, stream),
    };
    if found.code.status() == Status::MofSyntax {
        found.condition = Some(complaint::status(token, expected, progress, stream));
    }
    Some(found)
}

fn unexpected(
    token: Token,
    expected: Set,
    progress: Progress,
    stream: &Stream<'_, '_>,
) -> Diagnostic {
    let span = token.span();
    let text = stream.slice(span);
    let found = found(token.kind, text);
    let word = (token.kind == Kind::Identifier).then_some(text);
    let at_start =
        expected.has(Kind::Class) && !expected.has(Kind::Identifier) && !expected.has(Kind::Text);
    if let Some(word) = word.filter(|word| at_start && is_mof3(word)) {
        let message = format!("`{word}` begins a declaration of MOF 3");
        return stream
            .diagnostic(Code::Mof3Declaration, span, message)
            .with_help("compile MOF 3 (DSP0221) with `--dialect mof3`");
    }
    let message = if at_start && !expected.has(Kind::Qualifier) {
        format!("expected `class` or `instance of`, found {found}")
    } else {
        match phrase(expected) {
            Some(wanted) => format!("expected {wanted}, found {found}"),
            None => format!("unexpected {found}"),
        }
    };
    let mut diagnostic = stream.diagnostic(Code::UnexpectedToken, span, message);
    diagnostic.help = match help(token.kind, word, expected, progress) {
        // What it closes may have been passed over.
        Some(advice) if advice == NOTHING_OPEN && stream.after_mistake => None,
        _ if is_nested(token, progress, stream) => {
            Some(beside_each_other(token.kind, stream.language()).to_owned())
        }
        help => help,
    };
    diagnostic
}

fn end_of_text(expected: Set, progress: Progress, stream: &Stream<'_, '_>) -> Diagnostic {
    let message = match phrase(expected) {
        Some(wanted) => format!("expected {wanted}, found the end of the text"),
        None => "unexpected end of the text".to_owned(),
    };
    let found = stream.diagnostic(Code::UnexpectedEnd, progress.last, message).with_label(
        stream.file,
        progress.first,
        "this declaration is not finished",
    );
    match stream.open_comment {
        Some(start) => found.with_label(stream.file, start, "this comment is not closed"),
        None => found,
    }
}

/// Advice on what was probably meant.
fn help(found: Kind, word: Option<&str>, expected: Set, progress: Progress) -> Option<String> {
    let has = |kind| expected.has(kind);
    if let Some(word) = word
        && !has(Kind::Identifier)
    {
        let spellings = expected.iter().map(Kind::spelling);
        let is_keyword =
            |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
        return did_you_mean(word, spellings.filter(is_keyword));
    }
    let advice = match found {
        Kind::Null | Kind::Boolean if has(Kind::Identifier) => {
            "TRUE, FALSE and NULL are reserved and cannot be names"
        }
        Kind::Equals | Kind::Text | Kind::Integer
            if has(Kind::RightBracket) && has(Kind::LeftParen) =>
        {
            "the value of a qualifier stands in parentheses, an array in braces"
        }
        _ if has(Kind::RightBracket) && has(Kind::Comma) => {
            "qualifiers are separated by `,` and closed by `]`"
        }
        Kind::LeftBrace if progress.in_list && progress.previous == Kind::LeftParen => {
            r#"the array of a qualifier stands in braces alone: `[Q{"a"}]`"#
        }
        Kind::LeftBrace if has(Kind::Invalid) => "an array holds single values only",
        // `{ N = 1; }`, where a name of an enumeration would fit.
        Kind::Equals if has(Kind::RightBrace) && has(Kind::Comma) && has(Kind::Dot) => {
            "a complex value begins with `value of Type`"
        }
        Kind::RightBrace if has(Kind::Semicolon) => "is a `;` missing before it?",
        Kind::RightBrace | Kind::RightBracket | Kind::RightParen
            if has(Kind::Class) && has(Kind::Pragma) =>
        {
            NOTHING_OPEN
        }
        _ if !found.may_start_declaration() => return None,
        _ if has(Kind::RightBrace) && has(Kind::Type) => {
            "is the `}` of the class before it missing?"
        }
        _ if has(Kind::Semicolon) => "is a `;` missing before it?",
        _ => return None,
    };
    Some(advice.to_owned())
}

/// Whether a declaration that does not fit stands among the members of the one that is read. Local
/// types do fit there, and on the line of what is not finished it may be a value.
fn is_nested(token: Token, progress: Progress, stream: &Stream<'_, '_>) -> bool {
    let (text, language, start) = (stream.text, stream.language(), token.span().start);
    let before = text.get(..start as usize).unwrap_or_default().trim_end_matches([' ', '\t']);
    let is_member = before.ends_with([';', '{', '}', ']', '\n', '\r']);
    token.kind.may_start_declaration()
        && !matches!(token.kind, Kind::Structure | Kind::Enumeration)
        && is_member
        && progress.depth == 1
        && !progress.directive
        && starts_declaration(text, language, start)
        && end_among_members(text, language, start).is_some()
}

fn is_mof3(word: &str) -> bool {
    ["structure", "enumeration", "association", "indication", "value"]
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// The found token in a message.
fn found(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Text => "a string".to_owned(),
        _ if text.chars().count() > 40 => {
            format!("`{}…`", text.chars().take(40).collect::<String>())
        }
        _ => format!("`{text}`"),
    }
}

/// What was expected as an enumeration, grouped into what it means.
fn phrase(expected: Set) -> Option<String> {
    let has = |kind| expected.has(kind);
    let mut rest = expected;
    let mut parts: Vec<String> = Vec::new();
    let mut group = |name: &str, members: Set| {
        parts.push(name.to_owned());
        rest = rest.without(members);
    };
    if has(Kind::Invalid) && has(Kind::Text) {
        group("a value", VALUES);
    } else if has(Kind::Invalid) {
        group("a size", VALUES);
    } else if has(Kind::Text) {
        group("a string", VALUES);
    }
    if has(Kind::Identifier) {
        let name = match (has(Kind::Type), has(Kind::Void), has(Kind::Class)) {
            (true, _, true) => "a name",
            (true, true, false) => "a type",
            (true, false, false) => "a type or flavor",
            (false, ..) => "a name",
        };
        group(name, NAMES);
    }
    parts.extend(rest.iter().map(|kind| match kind {
        Kind::Alias => "an alias such as `$a`".to_owned(),
        Kind::Instance => "`instance of`".to_owned(),
        Kind::Value => "`value of`".to_owned(),
        _ => format!("`{}`", kind.spelling()),
    }));
    let last = parts.pop()?;
    Some(if parts.is_empty() { last } else { format!("{} or {last}", parts.join(", ")) })
}
