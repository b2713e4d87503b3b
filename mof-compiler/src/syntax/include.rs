//! Include directives, and those that hold for what follows, found without parsing.

use super::literal;
use super::stream::Stream;
use super::token::{Form, Kind};
use crate::diagnostic::Diagnostics;
use crate::language::Language;
use crate::source::{FileId, Span};
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
}

/// The directives that set something, besides `namespace`.
const FLAGS: [&str; 2] = ["classflags", "instanceflags"];

/// `\\.\root\cimv2` as `root/cimv2`.
fn plain_namespace(written: &str) -> Rc<str> {
    let name = written.replace('\\', "/").to_ascii_lowercase();
    let local = name.strip_prefix("//./").unwrap_or(&name);
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
                    let namespace = if chooses { namespace(&mut stream) } else { None };
                    settings.push(SettingSite { start: token.span().start, namespace });
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
            _ => None,
        };
        sites.push(IncludeSite { start: token.span().start, argument: first.span(), path });
    }
    (sites, settings)
}

/// The namespace that the parentheses hold that come next.
fn namespace(stream: &mut Stream<'_, '_>) -> Option<Rc<str>> {
    if stream.peek().kind != Kind::LeftParen {
        return None;
    }
    stream.next();
    if stream.peek().kind != Kind::Text {
        return None;
    }
    stream.next();
    Some(plain_namespace(&Cow::from(stream.decode())))
}

/// The file that the string names that was read last. Backslashes between directories
/// that are not doubled make unknown escapes; the parser reports those, and the name as
/// it is written most likely is the one that is meant.
fn file_name<'a>(stream: &mut Stream<'a, '_>) -> Cow<'a, str> {
    let (mut mistaken, mut raw) = (false, String::new());
    if stream.form().has(Form::DOUBTFUL) {
        for (_, literal) in stream.literals() {
            literal::mistakes(literal, Language::Mof2, |_, _| mistaken = true);
            raw.push_str(literal);
        }
    }
    if mistaken { Cow::Owned(raw) } else { stream.decode().into() }
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
        ] {
            let (sites, _) = scan_includes(text);
            assert_eq!(sites[0].path.as_deref(), Some(path), "{text}");
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
        ] {
            assert_eq!(scan_includes(text).0.len(), sites, "{text}");
        }
    }
}
