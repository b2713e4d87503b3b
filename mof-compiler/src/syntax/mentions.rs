//! What a text declares, and which classes and qualifiers it uses, found without parsing.
//!
//! One scan serves both languages, as the search for includes does: what it looks at is told
//! by the tokens around it. A text with mistakes gives what can be told of it.

use super::stream::Stream;
use super::token::{Kind, Token};
use crate::diagnostic::Diagnostics;
use crate::language::Language;
use crate::source::{FileId, Span};
use cimarron_model::fold;
use std::borrow::Cow;

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sort {
    /// A class, or a structure or enumeration of MOF 3.
    Class,
    /// A qualifier type.
    Qualifier,
}

/// A class or qualifier that a text speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    pub(crate) sort: Sort,
    /// In lower case.
    pub(crate) name: String,
}

/// A place at which a text declares or uses something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mention {
    pub(crate) span: Span,
    pub(crate) of: Wanted,
    /// Whether it is declared here.
    pub(crate) declares: bool,
}

/// All that a text declares and uses, in its order.
pub(crate) fn scan_mentions(text: &str) -> Vec<Mention> {
    let mut sink = Diagnostics::with_limit(0);
    let mut stream = Stream::new(Language::Mof2, text, FileId::default(), &mut sink);
    stream.quiet = true;
    let nothing = Token::new(Kind::End, Span::default());
    let mut scan = Scan { found: Vec::new(), before: [nothing; 2], head: Head::None, list: None };
    loop {
        let token = stream.next();
        if token.kind == Kind::End {
            return scan.found;
        }
        scan.take(token, &mut stream);
    }
}

/// How far the head of a declaration has come: `class C as $A : B`.
#[derive(Clone, Copy, PartialEq)]
enum Head {
    None,
    /// Its name comes next.
    Name(Sort),
    /// What it derives from may follow.
    Named,
    /// What it derives from comes next.
    Above,
}

/// How far a list of qualifiers has come.
struct List {
    /// How many parentheses and braces are open.
    depth: u32,
    /// Whether the name of a qualifier comes next.
    begins: bool,
    /// Whether the values of the latest one name classes.
    embeds: bool,
}

struct Scan {
    found: Vec<Mention>,
    /// The two tokens before, the latest first.
    before: [Token; 2],
    head: Head,
    /// The list of qualifiers that is open.
    list: Option<List>,
}

impl Scan {
    fn take(&mut self, token: Token, stream: &mut Stream<'_, '_>) {
        if self.list.is_some() {
            self.in_list(token, stream);
            return;
        }
        match token.kind {
            Kind::LeftBracket => {
                self.list = Some(List { depth: 0, begins: true, embeds: false });
            }
            kind if kind.is_word() => self.word(token, stream),
            Kind::Colon if self.head == Head::Named => self.head = Head::Above,
            Kind::Alias if self.head == Head::Named => {}
            _ => self.head = Head::None,
        }
        self.before = [token, self.before[0]];
    }

    fn word(&mut self, token: Token, stream: &Stream<'_, '_>) {
        let text = stream.slice(token.span());
        match self.head {
            Head::Name(sort) => {
                self.mention(token.span(), sort, text, true);
                self.head = if sort == Sort::Class { Head::Named } else { Head::None };
                return;
            }
            Head::Above => {
                self.mention(token.span(), Sort::Class, text, false);
                self.head = Head::None;
                return;
            }
            Head::Named if token.kind == Kind::As => return,
            Head::Named | Head::None => self.head = Head::None,
        }
        let [last, earlier] = self.before;
        let before = stream.slice(last.span());
        let names_class = match last.kind {
            Kind::Of => is(stream.slice(earlier.span()), &["instance", "value"]),
            Kind::Colon => earlier.kind == Kind::Object,
            _ => false,
        };
        if names_class {
            self.mention(token.span(), Sort::Class, text, false);
        } else if last.kind == Kind::Identifier && token.kind != Kind::Of {
            // A type, as what it is of follows.
            self.mention(last.span(), Sort::Class, before, false);
        }
        if is(text, &["class", "structure", "association", "indication", "enumeration"]) {
            self.head = Head::Name(Sort::Class);
        } else if token.kind == Kind::Qualifier {
            self.head = Head::Name(Sort::Qualifier);
        }
    }

    /// Notes a name.
    fn mention(&mut self, span: Span, sort: Sort, name: &str, declares: bool) {
        let of = Wanted { sort, name: fold::fold(name) };
        self.found.push(Mention { span, of, declares });
    }

    fn in_list(&mut self, token: Token, stream: &mut Stream<'_, '_>) {
        let Some(list) = &mut self.list else { return };
        match token.kind {
            Kind::LeftParen | Kind::LeftBrace => list.depth += 1,
            Kind::RightParen | Kind::RightBrace => list.depth = list.depth.saturating_sub(1),
            Kind::Comma if list.depth == 0 => list.begins = true,
            Kind::RightBracket => {
                self.list = None;
                self.before = [token; 2];
            }
            Kind::Text if list.depth > 0 && list.embeds => {
                // Propagated names a property of it.
                let name = Cow::from(stream.decode());
                let class = name.split('.').next().unwrap_or_default();
                self.mention(token.span(), Sort::Class, class, false);
            }
            kind if list.begins && kind.is_word() => {
                let name = stream.slice(token.span());
                list.begins = false;
                list.embeds = is(name, &["EmbeddedInstance", "Propagated"]);
                self.mention(token.span(), Sort::Qualifier, name, false);
            }
            _ => {}
        }
    }
}

/// Whether a word is one of these.
fn is(word: &str, names: &[&str]) -> bool {
    names.iter().any(|name| word.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text declares (with a `+`) and uses, in order.
    fn mentions(text: &str) -> String {
        let found = scan_mentions(text).into_iter().map(|mention| {
            let sign = if mention.declares { "+" } else { "" };
            let sort = if mention.of.sort == Sort::Qualifier { "@" } else { "" };
            format!("{sign}{sort}{}", mention.of.name)
        });
        found.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tells_declarations_and_uses_of_mof_2() {
        for (text, found) in [
            ("class A { };", "+a"),
            ("class A as $a : B { string c; };", "+a b"),
            ("[Description (\"class X: Y\"), Key] class A { };", "@description @key +a"),
            (
                "class A { [Key : ToSubclass, MaxLen(5)] B REF c; uint8 d[4]; };",
                "+a @key @maxlen b",
            ),
            (
                "class A { uint32 M([In] B ref x, [EmbeddedInstance(\"E\" \"F\")] string y); };",
                "+a @in b @embeddedinstance ef",
            ),
            (
                "class A { [Propagated(\"B.c\"), Alias(\"D.e\")] string f; };",
                "+a @propagated b @alias",
            ),
            ("class A { B c; object:D e; object f; };", "+a b d d"),
            ("instance of A as $x { B = instance of C { d = {\"e\"}; }; };", "a a c"),
            (
                "Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride);",
                "+@key",
            ),
            ("#pragma namespace (\"root/x\")\n/* class A */ class B { };", "+b"),
        ] {
            assert_eq!(mentions(text), found, "{text}");
        }
    }

    #[test]
    fn tells_declarations_and_uses_of_mof_3() {
        for (text, found) in [
            ("structure S : T { E e = .v; };", "+s t e"),
            ("[Q] association A : B { C REF c; };", "@q +a b c"),
            ("enumeration E : F { g, h };", "+e f"),
            ("value of S as $s { a = {1, 2}; };", "s s"),
            ("class A { structure L { string x; }; L l; };", "+a +l l"),
        ] {
            assert_eq!(mentions(text), found, "{text}");
        }
    }

    #[test]
    fn goes_on_after_mistakes() {
        for (text, found) in [
            ("class { }; class A : B { };", "+a b"),
            ("class A { [Key string x; }; class B : C { };", "+a @key"),
            ("class A : ; class B { };", "+a +b"),
            ("[", ""),
            ("]] class A { \"x };", "+a"),
        ] {
            assert_eq!(mentions(text), found, "{text}");
        }
    }
}
