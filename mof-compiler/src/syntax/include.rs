//! Include directives, and those that hold for what follows, found without parsing.

use super::stream::Stream;
use super::token::{Form, Kind, NAMES};
use crate::diagnostic::Diagnostics;
use crate::language::Language;
use crate::source::{FileId, Span};
use cimarron_model::fold;
use std::borrow::Cow;
use std::rc::Rc;

/// An include directive.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct IncludeSite<'a> {
    /// The offset of its `#`, by which the parsed directive is known again.
    pub(crate) start: u32,
    /// What the parentheses hold.
    pub(crate) argument: Span,
    /// The file, if that is what they hold.
    pub(crate) path: Option<Cow<'a, str>>,
}

/// A directive that sets something for what follows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SettingSite {
    /// The offset of its `#`.
    pub(crate) start: u32,
    /// The namespace, if that is what it sets, in one spelling for the usual ones.
    pub(crate) namespace: Option<Rc<str>>,
    /// Where that is written, in quotes.
    pub(crate) argument: Span,
}

/// The directives that set something, besides `namespace`.
const FLAGS: [&str; 2] = ["classflags", "instanceflags"];

/// `\\.\root\cimv2` as `root/cimv2`, in lower case. What the compiler refuses is left as it is.
pub(crate) fn plain_namespace(written: &str) -> Rc<str> {
    let name = fold::fold(&written.replace('\\', "/"));
    let here = |rest: &str| {
        let path = rest.strip_prefix("./").or_else(|| rest.strip_prefix("localhost/"));
        path.map(str::to_owned)
    };
    let local = name.strip_prefix("//").and_then(here).unwrap_or(name);
    local.trim_matches('/').into()
}

impl IncludeSite<'_> {
    /// The same, no longer borrowing from the text.
    pub(crate) fn into_owned(self) -> IncludeSite<'static> {
        let path = self.path.map(|path| Cow::Owned(path.into_owned()));
        IncludeSite { start: self.start, argument: self.argument, path }
    }
}

/// The include directives of a text in written order, and those that hold for what follows.
/// Those of texts without `#`, as most are, need not be asked for.
pub(crate) fn scan_includes(text: &str) -> (Vec<IncludeSite<'_>>, Vec<SettingSite>) {
    let (mut sites, mut settings) = (Vec::new(), Vec::new());
    let mut sink = Diagnostics::with_limit(0);
    let mut stream = Stream::new(Language::Mof2, text, FileId::default(), &mut sink);
    stream.quiet = true;
    loop {
        let token = stream.next();
        let includes = match token.kind {
            Kind::End => break,
            Kind::Include => true,
            Kind::Pragma => {
                let next = stream.peek();
                let is_name = next.kind == Kind::Identifier;
                let name = if is_name { stream.slice(next.span()) } else { "" };
                let named = |wanted: &str| name.eq_ignore_ascii_case(wanted);
                let (includes, chooses) = (named("include"), named("namespace"));
                let flags = FLAGS.iter().any(|flags| named(flags));
                if includes || chooses || flags {
                    stream.next();
                }
                if chooses || flags {
                    let chosen = if chooses { namespace(&mut stream) } else { None };
                    let (namespace, argument) = chosen.unzip();
                    let (start, argument) = (token.span().start, argument.unwrap_or_default());
                    settings.push(SettingSite { start, namespace, argument });
                }
                includes
            }
            _ => false,
        };
        if !includes || stream.peek().kind != Kind::LeftParen {
            continue;
        }
        stream.next();
        let first = stream.next();
        let path = match first.kind {
            // An argument that does not end is a syntax error, which the parser reports.
            Kind::End => break,
            Kind::Invalid => continue,
            Kind::Text => match stream.peek().kind {
                Kind::RightParen => Some(file_name(&mut stream)),
                Kind::Comma => None,
                _ => continue,
            },
            // The parser wants a name or nothing here, and reports anything else.
            kind if kind != Kind::RightParen && !NAMES.has(kind) => continue,
            Kind::RightParen => None,
            _ => match stream.peek().kind {
                Kind::RightParen | Kind::Comma => None,
                _ => continue,
            },
        };
        sites.push(IncludeSite { start: token.span().start, argument: first.span(), path });
    }
    (sites, settings)
}

/// The namespace that the parentheses hold that come next, and its place.
fn namespace(stream: &mut Stream<'_, '_>) -> Option<(Rc<str>, Span)> {
    if stream.peek().kind != Kind::LeftParen {
        return None;
    }
    stream.next();
    let argument = stream.peek();
    // WMI takes a word as well.
    if argument.kind != Kind::Text && !argument.kind.is_word() {
        return None;
    }
    let place = stream.next().span();
    let name = match argument.kind {
        Kind::Text => Cow::from(stream.decode()),
        _ => stream.slice(place).into(),
    };
    Some((plain_namespace(&name), place))
}

/// The file that the string names that was read last. A backslash that is not doubled is
/// no escape there: it stands between directories.
fn file_name<'a>(stream: &mut Stream<'a, '_>) -> Cow<'a, str> {
    if !stream.form().has(Form::ESCAPED) {
        return stream.decode().into();
    }
    let mut name = String::new();
    for (_, literal) in stream.literals() {
        let mut rest = literal.chars();
        while let Some(c) = rest.next() {
            name.push(c);
            if c == '\\'
                && let Some(second) = rest.as_str().chars().next()
                && matches!(second, '\\' | '"' | '\'')
            {
                rest.next();
                name.pop();
                name.push(second);
            }
        }
    }
    Cow::Owned(name)
}

/// The backslashes that stand alone in the path of an include, and what follows each, with
/// their places in it.
pub(super) fn single_backslashes(path: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut rest = path.char_indices();
    while let Some((at, c)) = rest.next() {
        if c != '\\' {
            continue;
        }
        match rest.as_str().chars().next() {
            Some('\\' | '"' | '\'') => drop(rest.next()),
            next => found.push(Span::from(at..at + 1 + next.map_or(0, char::len_utf8))),
        }
    }
    found
}

/// A text without blanks and short block comments at its end.
fn without_gap(text: &str) -> &str {
    const SHORT: usize = 1024;
    let mut text = text.trim_end();
    while let Some(inside) = text.strip_suffix("*/") {
        let from = inside.len().saturating_sub(SHORT);
        let near = inside.as_bytes().get(from..).unwrap_or_default();
        let Some(begin) = memchr::memmem::rfind(near, b"/*") else { break };
        text = text.get(..from + begin).unwrap_or_default().trim_end();
    }
    text
}

/// Whether a string that begins at an offset is the path of an include, by what stands
/// before it.
pub(super) fn is_path_at(text: &str, offset: u32) -> bool {
    let before = without_gap(text.get(..offset as usize).unwrap_or_default());
    let word = before.strip_suffix('(').map(without_gap).unwrap_or_default();
    let from = word.len().saturating_sub("include".len());
    let directive = without_gap(word.get(..from).unwrap_or_default());
    let is_include = word.get(from..).is_some_and(|word| word.eq_ignore_ascii_case("include"));
    let last = directive.len().saturating_sub("pragma".len());
    let is_pragma = |word: &str| word.eq_ignore_ascii_case("pragma");
    is_include && (directive.ends_with('#') || directive.get(last..).is_some_and(is_pragma))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_real_directives_only() {
        let text = r##"
            // #include ("no")
            /* #pragma include ("no") */
            #pragma include ("a/" "b.mof")
            class C { string s = "#include (\"no\")"; };
            #INCLUDE("c\\d.mof")
            #pragma namespace("no") #pragma include(x) #include "no"
        "##;
        let found: Vec<_> = scan_includes(text).0.into_iter().map(|s| s.path).collect();
        assert_eq!(found, [Some("a/b.mof".into()), Some("c\\d.mof".into()), None]);
    }

    #[test]
    fn single_backslashes_are_separators() {
        for (text, path) in [
            (r#"#pragma include ("Core\CIM_A.mof")"#, r"Core\CIM_A.mof"),
            (r#"#pragma include ("Core\Sub" "\CIM_A.mof")"#, r"Core\Sub\CIM_A.mof"),
            (r#"#pragma include ("Core\\A.mof")"#, r"Core\A.mof"),
            (r#"#pragma include ("new\beta\x41.mof")"#, r"new\beta\x41.mof"),
            (r#"#pragma include (".\\new\a.mof")"#, r".\new\a.mof"),
        ] {
            let (sites, _) = scan_includes(text);
            assert_eq!(sites[0].path.as_deref(), Some(path), "{text}");
        }
    }

    #[test]
    fn finds_the_backslashes_that_stand_alone() {
        for (literal, places) in [
            (r"a\\b", vec![]),
            (r"a\b\\c\dé\é", vec![(1, 3), (6, 8), (10, 13)]),
            (r"\", vec![(0, 1)]),
        ] {
            let places: Vec<_> = places.into_iter().map(|(a, b)| Span::new(a, b)).collect();
            assert_eq!(single_backslashes(literal), places, "{literal}");
        }
    }

    #[test]
    fn knows_the_path_of_an_include() {
        for (before, is_path) in [
            ("#pragma include (", true),
            ("#include(\n", true),
            ("class A {}; # Pragma\nINCLUDE\t( ", true),
            ("#pragma /* a */ include /* b */ /**/ ( /* c */", true),
            ("/* #pragma */ include (", false),
            ("*/ (", false),
            ("#pragma namespace (", false),
            ("include (", false),
            ("[include(", false),
            ("(", false),
            ("", false),
        ] {
            assert_eq!(is_path_at(before, before.len() as u32), is_path, "{before}");
        }
    }

    #[test]
    fn what_the_parser_reports_is_no_directive() {
        for (text, sites) in [
            (r#"#pragma include ("a.mof""#, 0),
            (r#"#pragma include ("a.mof"; class A { };"#, 0),
            (r#"#pragma include ("#, 0),
            (r#"#pragma include ("a.mof", "b.mof")"#, 1),
            (r"#pragma include ()", 1),
            (r"#pragma include (5)", 0),
        ] {
            assert_eq!(scan_includes(text).0.len(), sites, "{text}");
        }
    }
}
