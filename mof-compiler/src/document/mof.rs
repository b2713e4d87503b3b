//! MOF with its syntax marked up, and links from the names of classes.

use super::html::{Html, put};
use super::target::Scene;
use crate::syntax::block_comment;

/// What a piece of MOF is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Space,
    Comment,
    Text,
    Number,
    Word,
    Other,
}

const KEYWORDS: [&str; 32] = [
    "any",
    "as",
    "association",
    "boolean",
    "char16",
    "class",
    "datetime",
    "false",
    "flavor",
    "indication",
    "instance",
    "method",
    "null",
    "object",
    "of",
    "parameter",
    "property",
    "qualifier",
    "real32",
    "real64",
    "ref",
    "reference",
    "scope",
    "sint16",
    "sint32",
    "sint64",
    "sint8",
    "string",
    "true",
    "uint16",
    "uint32",
    "uint64",
];

/// Writes a text of ours as it is, with its pieces marked.
pub(super) fn source(html: &mut Html, scene: Scene<'_, '_>, mof: &str) {
    html.markup("<pre class='mof'><code>");
    let mut rest = mof;
    while !rest.is_empty() {
        let (kind, len) = piece(rest);
        let (text, tail) = rest.split_at_checked(len).unwrap_or((rest, ""));
        match kind {
            Kind::Comment => put!(html, "<span class='c'>", text, "</span>"),
            Kind::Text => put!(html, "<span class='s'>", text, "</span>"),
            Kind::Number => put!(html, "<span class='n'>", text, "</span>"),
            Kind::Word if is_keyword(text) => put!(html, "<span class='k'>", text, "</span>"),
            Kind::Word => scene.class_name(html, text),
            Kind::Space | Kind::Other => html.text(text),
        }
        rest = tail;
    }
    html.markup("</code></pre>");
}

fn is_keyword(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    lower == "uint8" || KEYWORDS.binary_search(&lower.as_str()).is_ok()
}

/// The first piece of a text that is not empty: what it is and its length.
fn piece(text: &str) -> (Kind, usize) {
    let run = |from: usize, is: fn(char) -> bool| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.find(|c| !is(c)).unwrap_or(rest.len())
    };
    let first = text.chars().next().unwrap_or_default();
    match first {
        '/' if text.starts_with("//") => (Kind::Comment, run(2, |c| c != '\n')),
        '/' if text.starts_with("/*") => (Kind::Comment, block_comment(text).unwrap_or(text.len())),
        '"' => (Kind::Text, adjacent_literals(text)),
        '\'' => (Kind::Text, literal(text, '\'')),
        '0'..='9' | '-' | '+' => {
            (Kind::Number, run(1, |c| c.is_alphanumeric() || matches!(c, '.' | '+' | '-')))
        }
        c if c.is_alphabetic() || c == '_' => {
            (Kind::Word, run(0, |c| c.is_alphanumeric() || c == '_'))
        }
        c if c.is_whitespace() => (Kind::Space, run(0, char::is_whitespace)),
        c => (Kind::Other, c.len_utf8()),
    }
}

/// The length of string literals with nothing but space between them.
fn adjacent_literals(text: &str) -> usize {
    let mut end = literal(text, '"');
    loop {
        let rest = text.get(end..).unwrap_or_default();
        let next = rest.trim_start();
        if !next.starts_with('"') {
            return end;
        }
        end += rest.len() - next.len() + literal(next, '"');
    }
}

/// The length of a literal up to its closing quote.
fn literal(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(mut text: &str) -> Vec<(Kind, &str)> {
        let mut pieces = Vec::new();
        while !text.is_empty() {
            let (kind, len) = piece(text);
            let (piece, rest) = text.split_at(len);
            if kind != Kind::Space {
                pieces.push((kind, piece));
            }
            text = rest;
        }
        pieces
    }

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
        assert!(is_keyword("CLASS") && is_keyword("uint8") && !is_keyword("classy"));
    }

    #[test]
    fn pieces_are_told_apart() {
        use Kind::{Comment, Number, Other, Text, Word};
        assert_eq!(
            pieces("// a\nclass X_A : B /* c */ { uint8 N = -1.5e+3; };"),
            [
                (Comment, "// a"),
                (Word, "class"),
                (Word, "X_A"),
                (Other, ":"),
                (Word, "B"),
                (Comment, "/* c */"),
                (Other, "{"),
                (Word, "uint8"),
                (Word, "N"),
                (Other, "="),
                (Number, "-1.5e+3"),
                (Other, ";"),
                (Other, "}"),
                (Other, ";"),
            ]
        );
        assert_eq!(
            pieces(r#""a\"b" "c" , 'd' "open"#),
            [(Text, r#""a\"b" "c""#), (Other, ","), (Text, "'d'"), (Text, "\"open")]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_to_an_end(text: String) {
            let mut rest = text.as_str();
            while !rest.is_empty() {
                let (_, len) = piece(rest);
                proptest::prop_assert!(len > 0 && rest.is_char_boundary(len));
                rest = &rest[len..];
            }
        }
    }
}
