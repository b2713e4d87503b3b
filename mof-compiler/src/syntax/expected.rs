//! The parser's complaint in words: what would have fitted, what was found,
//! and what was probably meant.

use super::lexer::Token;
use super::tokens::{Halt, Progress, Stream};
use super::words::did_you_mean;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use lalrpop_util::ParseError;

/// The words that the grammar takes as names, as it spells them.
const NAME_WORDS: [&str; 17] = [
    "IDENTIFIER",
    "of",
    "as",
    "scope",
    "flavor",
    "class",
    "instance",
    "qualifier",
    "object",
    "void",
    "TYPE",
    "structure",
    "enumeration",
    "association",
    "indication",
    "value",
    "policy",
];

/// What may stand where a value may.
const VALUE_WORDS: [&str; 12] = [
    "TEXT",
    "INTEGER",
    "REAL",
    "CHARACTER",
    "BOOLEAN",
    "ALIAS",
    "null",
    "INVALID",
    "instance",
    "class",
    "[",
    "{",
];

/// The diagnostic for a declaration that did not parse; `None` when it has been
/// reported already.
pub(crate) fn explain(
    error: ParseError<u32, Token<'_>, Halt>,
    progress: Progress,
    stream: &Stream<'_, '_>,
) -> Option<Diagnostic> {
    match error {
        ParseError::User { error: Halt } => None,
        _ if progress.supplied => None,
        ParseError::UnrecognizedToken { token: (_, Token::Invalid, _), .. } => None,
        ParseError::UnrecognizedToken { token: (start, token, end), expected } => {
            Some(unexpected(&token, Span::new(start, end), &terminals(&expected), stream))
        }
        ParseError::ExtraToken { token: (start, token, end) } => {
            Some(unexpected(&token, Span::new(start, end), &[], stream))
        }
        ParseError::UnrecognizedEof { expected, .. } => {
            Some(end_of_text(&terminals(&expected), progress, stream))
        }
        ParseError::InvalidToken { location } => {
            let code = Code::UnexpectedToken;
            Some(stream.diagnostic(code, Span::at(location), "unexpected text"))
        }
    }
}

/// The grammar's terminals without the quotes of the literal ones.
fn terminals(expected: &[String]) -> Vec<&str> {
    let words: Vec<_> = expected.iter().map(|terminal| terminal.trim_matches('"')).collect();
    match words.as_slice() {
        // A property of an instance: hardly anybody means the one without a value.
        [";", "="] | ["=", ";"] => vec!["="],
        _ => words,
    }
}

fn unexpected(
    token: &Token<'_>,
    span: Span,
    expected: &[&str],
    stream: &Stream<'_, '_>,
) -> Diagnostic {
    let found = found(token, stream.slice(span));
    let word = match token {
        Token::Identifier(word) => Some(*word),
        _ => None,
    };
    let at_start = expected.contains(&"class")
        && !expected.contains(&"IDENTIFIER")
        && !expected.contains(&"TEXT");
    if let Some(word) = word.filter(|word| at_start && is_mof3(word)) {
        return stream
            .diagnostic(
                Code::Mof3Declaration,
                span,
                format!("`{word}` begins a declaration of MOF 3"),
            )
            .with_help("compile MOF 3 (DSP0221) with `--dialect mof3`");
    }
    let message = if at_start && !expected.contains(&"qualifier") {
        format!("expected `class` or `instance of`, found {found}")
    } else {
        match phrase(expected) {
            Some(wanted) => format!("expected {wanted}, found {found}"),
            None => format!("unexpected {found}"),
        }
    };
    let mut diagnostic = stream.diagnostic(Code::UnexpectedToken, span, message);
    diagnostic.help = help(token, word, expected);
    diagnostic
}

fn end_of_text(expected: &[&str], progress: Progress, stream: &Stream<'_, '_>) -> Diagnostic {
    let message = match phrase(expected) {
        Some(wanted) => format!("expected {wanted}, found the end of the text"),
        None => "unexpected end of the text".to_owned(),
    };
    stream.diagnostic(Code::UnexpectedEnd, progress.last, message).with_label(
        stream.file,
        progress.first,
        "this declaration is not finished",
    )
}

/// Advice on what was probably meant.
fn help(token: &Token<'_>, word: Option<&str>, expected: &[&str]) -> Option<String> {
    if let Some(word) = word
        && !expected.contains(&"IDENTIFIER")
    {
        let keywords =
            expected.iter().copied().filter(|t| t.bytes().all(|b| b.is_ascii_lowercase()));
        return did_you_mean(word, keywords);
    }
    let has = |terminal: &str| expected.contains(&terminal);
    let advice = match token {
        Token::Null | Token::Boolean(_) if has("IDENTIFIER") => {
            "TRUE, FALSE and NULL are reserved and cannot be names"
        }
        _ if has("]") && has(",") => "qualifiers are separated by `,` and closed by `]`",
        Token::LeftBrace if has("INVALID") => "an array holds single values only",
        Token::RightBrace if has(";") => "is a `;` missing before it?",
        _ if !token.may_start_declaration() => return None,
        _ if has("}") && has("TYPE") => "is the `}` of the class before it missing?",
        _ if has(";") => "is a `;` missing before it?",
        _ => return None,
    };
    Some(advice.to_owned())
}

fn is_mof3(word: &str) -> bool {
    ["structure", "enumeration", "association", "indication", "value"]
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// The found token in a message.
fn found(token: &Token<'_>, text: &str) -> String {
    match token {
        Token::Text(_) => "a string".to_owned(),
        _ if text.chars().count() > 40 => {
            format!("`{}…`", text.chars().take(40).collect::<String>())
        }
        _ => format!("`{text}`"),
    }
}

/// The expected terminals as an enumeration, grouped into what they mean.
fn phrase(expected: &[&str]) -> Option<String> {
    let has = |terminal: &str| expected.contains(&terminal);
    let mut rest: Vec<&str> = expected.to_vec();
    let mut parts: Vec<String> = Vec::new();
    let mut group = |name: &str, members: &[&str]| {
        parts.push(name.to_owned());
        rest.retain(|terminal| !members.contains(terminal));
    };
    if has("INVALID") && has("TEXT") {
        group("a value", &VALUE_WORDS);
    } else if has("INVALID") {
        group("a size", &VALUE_WORDS);
    } else if has("TEXT") {
        group("a string", &VALUE_WORDS);
    }
    if has("IDENTIFIER") {
        let name = match (has("TYPE"), has("void"), has("class")) {
            (true, _, true) => "a name",
            (true, true, false) => "a type",
            (true, false, false) => "a type or flavor",
            (false, ..) => "a name",
        };
        group(name, &NAME_WORDS);
    }
    for terminal in rest {
        parts.push(match terminal {
            "ALIAS" => "an alias such as `$a`".to_owned(),
            "instance" => "`instance of`".to_owned(),
            _ => format!("`{terminal}`"),
        });
    }
    let last = parts.pop()?;
    Some(if parts.is_empty() { last } else { format!("{} or {last}", parts.join(", ")) })
}
