//! Rust source with its comments and literals blanked out, so that a search for a keyword
//! finds only code. Not a lexer: it knows just enough to tell where such text begins and ends.

/// The same text, line for line, with everything inside comments, string literals and
/// character literals replaced by spaces.
pub(super) fn code_only(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let opaque = opaque_len(rest, code.chars().next_back());
        let (taken, after) = rest.split_at(opaque.unwrap_or(first.len_utf8()));
        if opaque.is_some() {
            code.extend(taken.chars().map(|c| if c == '\n' { c } else { ' ' }));
        } else {
            code.push_str(taken);
        }
        rest = after;
    }
    code
}

/// The 1-based lines on which `word` stands in the code as a whole identifier.
pub(super) fn lines_with_word(source: &str, word: &str) -> Vec<usize> {
    code_only(source)
        .lines()
        .enumerate()
        .filter(|(_, line)| line.split(|c: char| !is_identifier(c)).any(|found| found == word))
        .map(|(index, _)| index + 1)
        .collect()
}

fn is_identifier(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The length in bytes of the comment or literal that `rest` begins with.
fn opaque_len(rest: &str, before: Option<char>) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment_len(rest));
    }
    if rest.starts_with('"') {
        return Some(quoted_len(rest, '"'));
    }
    if rest.starts_with('\'') {
        return character_len(rest);
    }
    // A prefix is one only where an identifier could begin.
    if before.is_some_and(is_identifier) { None } else { raw_string_len(rest) }
}

fn block_comment_len(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        if tail.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// From an opening quote to the same quote, escapes skipped.
fn quoted_len(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// A character literal; `None` for a lifetime or a label.
fn character_len(rest: &str) -> Option<usize> {
    let mut chars = rest.chars().skip(1);
    let is_literal = chars.next()? == '\\' || chars.next() == Some('\'');
    is_literal.then(|| quoted_len(rest, '\''))
}

fn raw_string_len(rest: &str) -> Option<usize> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        rest.strip_prefix(prefix).is_some_and(|tail| tail.trim_start_matches('#').starts_with('"'))
    })?;
    let tail = rest.strip_prefix(prefix)?;
    let hashes = tail.len() - tail.trim_start_matches('#').len();
    let close = format!("\"{}", "#".repeat(hashes));
    let body = prefix.len() + hashes + 1;
    let end = rest.get(body..)?.find(&close).map(|at| body + at + close.len());
    Some(end.unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_comments_and_literals() {
        let cases = [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"f("a\"b", x)"#, r"f(      , x)"),
            (r###"f(r#"a"b"#, x)"###, "f(        , x)"),
            (r#"f(br"a\", x)"#, "f(      , x)"),
            ("let r#type = 1;", "let r#type = 1;"),
            (r"f('a', '\'', '\u{e9}', 'é')", "f(   ,     ,         ,    )"),
            ("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)"),
            ("'outer: loop { break 'outer }", "'outer: loop { break 'outer }"),
            ("\"never closed", "             "),
            ("/* never closed é", "                 "),
            ("url(\"http://x\") + y", "url(          ) + y"),
            ("for \"x\"", "for    "),
        ];
        for (source, code) in cases {
            assert_eq!(code_only(source), code, "{source}");
        }
    }

    #[test]
    fn finds_whole_words_of_code() {
        let source =
            "#![allow(unsafe_code)]\n// unsafe\nunsafe { f(\"unsafe\") }\n#[unsafe(no_mangle)]\n";
        assert_eq!(lines_with_word(source, "unsafe"), [3, 4]);
    }
}
