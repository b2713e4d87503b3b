//! What a text declares, and which classes and qualifiers it uses, found without parsing.
//!
//! One scan serves both languages, as the search for includes does: what it looks at is told
//! by the tokens around it. A text with mistakes gives what can be told of it.

use super::include::plain_namespace;
use super::stream::Stream;
use super::token::{Kind, Token};
use crate::diagnostic::Diagnostics;
use crate::language::Language;
use crate::source::{FileId, Span};
use cimarron_model::fold;
use std::borrow::Cow;
use std::rc::Rc;

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

/// What a text does with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Declares,
    DerivesFrom,
    Uses,
}

/// A place at which a text declares or uses something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mention {
    pub(crate) span: Span,
    pub(crate) of: Wanted,
    pub(crate) role: Role,
    /// The namespace that a path names before it.
    pub(crate) namespace: Option<Rc<str>>,
}

/// How deep texts are looked into that stand in strings.
const DEEPEST: u32 = 4;

/// All that a text declares and uses, in its order.
pub(crate) fn scan_mentions(text: &str) -> Vec<Mention> {
    scan_to_depth(text, 0)
}

fn scan_to_depth(text: &str, embedded: u32) -> Vec<Mention> {
    let mut sink = Diagnostics::with_limit(0);
    let mut stream = Stream::new(Language::Mof2, text, FileId::default(), &mut sink);
    stream.quiet = true;
    let nothing = Token::new(Kind::End, Span::default());
    let mut scan = Scan {
        found: Vec::new(),
        before: [nothing; 2],
        head: Head::None,
        list: None,
        depth: 0,
        outer: Outer::default(),
        embedded,
    };
    loop {
        let token = stream.next();
        if token.kind == Kind::End {
            scan.end_outer();
            return scan.found;
        }
        scan.take(token, &mut stream);
    }
}

/// How far the head of a declaration has come: `class C as $A : B`.
#[derive(Clone, Copy, PartialEq)]
enum Head {
    None,
    /// Its name comes next; a local type is known in its class only.
    Name(Sort, IsLocal),
    /// What it derives from may follow.
    Named,
    /// What it derives from comes next.
    Above,
}

#[derive(Clone, Copy, PartialEq)]
enum IsLocal {
    Yes,
    No,
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

/// The declaration that is no part of another.
#[derive(Default)]
struct Outer {
    /// How much had been found in front of it.
    before: usize,
    /// The names of the types within, in lower case.
    local: Vec<String>,
}

struct Scan {
    found: Vec<Mention>,
    /// The two tokens before, the latest first.
    before: [Token; 2],
    head: Head,
    /// The list of qualifiers that is open.
    list: Option<List>,
    /// How many braces are open.
    depth: u32,
    outer: Outer,
    /// How many strings the text stands in.
    embedded: u32,
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
            kind => {
                self.head = Head::None;
                match kind {
                    Kind::LeftBrace => self.depth += 1,
                    Kind::RightBrace => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            self.end_outer();
                        }
                    }
                    Kind::Text => self.text(token.span(), &Cow::from(stream.decode())),
                    _ => {}
                }
            }
        }
        self.before = [token, self.before[0]];
    }

    fn word(&mut self, token: Token, stream: &Stream<'_, '_>) {
        let text = stream.slice(token.span());
        match self.head {
            Head::Name(Sort::Class, IsLocal::Yes) => {
                self.outer.local.push(fold::fold(text));
                self.head = Head::Named;
                return;
            }
            Head::Name(sort, _) => {
                self.mention(token.span(), sort, text, Role::Declares);
                self.head = Head::Named;
                return;
            }
            Head::Above => {
                self.mention(token.span(), Sort::Class, text, Role::DerivesFrom);
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
            self.mention(token.span(), Sort::Class, text, Role::Uses);
        } else if last.kind == Kind::Identifier && token.kind != Kind::Of {
            // A type, as what it is of follows.
            self.mention(last.span(), Sort::Class, before, Role::Uses);
        }
        if is(text, &["class", "association", "indication"]) {
            // Where a brace was forgotten, the next declaration ends that.
            self.depth = 0;
            self.end_outer();
            self.head = Head::Name(Sort::Class, IsLocal::No);
        } else if is(text, &["structure", "enumeration"]) {
            let is_local = if self.depth > 0 { IsLocal::Yes } else { IsLocal::No };
            self.head = Head::Name(Sort::Class, is_local);
        } else if token.kind == Kind::Qualifier {
            self.head = Head::Name(Sort::Qualifier, IsLocal::No);
        }
    }

    /// Notes a name.
    fn mention(&mut self, span: Span, sort: Sort, name: &str, role: Role) {
        let of = Wanted { sort, name: fold::fold(name) };
        self.found.push(Mention { span, of, role, namespace: None });
    }

    /// Forgets the uses of types that are declared in the declaration which uses them.
    fn end_outer(&mut self) {
        let Outer { before, local } = std::mem::take(&mut self.outer);
        if !local.is_empty() {
            let of_it = self.found.split_off(before.min(self.found.len()));
            self.found
                .extend(of_it.into_iter().filter(|mention| !local.contains(&mention.of.name)));
        }
        self.outer.before = self.found.len();
    }

    /// What a value says: the path of an instance, or MOF itself.
    fn text(&mut self, span: Span, text: &str) {
        let first = text.split_whitespace().next().unwrap_or_default();
        if is(first, &["instance", "class"]) && self.embedded < DEEPEST {
            let uses = scan_to_depth(text, self.embedded + 1).into_iter();
            let uses = uses.filter(|mention| mention.role != Role::Declares);
            self.found.extend(uses.map(|mention| Mention { span, ..mention }));
            return;
        }
        let (before, rest) = text.split_at(text.find([':', '=', '"', '\'']).unwrap_or_default());
        let (namespace, path) = match rest.strip_prefix(':') {
            Some(path) => (Some(plain_namespace(before)), path),
            None => (None, text),
        };
        let (class, keys) = path.split_at(path.find(['.', '=']).unwrap_or(path.len()));
        let class = class.trim();
        let has_keys = match keys.strip_prefix('=') {
            Some(key) => is_name(class) && is_key(key.trim_start()),
            None => keys.contains('='),
        };
        if has_keys {
            let of = Wanted { sort: Sort::Class, name: fold::fold(class) };
            self.found.push(Mention { span, of, role: Role::Uses, namespace });
        }
    }

    fn in_list(&mut self, token: Token, stream: &mut Stream<'_, '_>) {
        let Some(list) = &mut self.list else { return };
        match token.kind {
            Kind::LeftParen | Kind::LeftBrace => list.depth += 1,
            Kind::RightParen | Kind::RightBrace => list.depth = list.depth.saturating_sub(1),
            Kind::Comma if list.depth == 0 => list.begins = true,
            // No list has a `;`: its end is missing.
            Kind::RightBracket | Kind::Semicolon => {
                self.list = None;
                self.before = [token; 2];
            }
            Kind::Text if list.depth > 0 && list.embeds => {
                // Propagated names a property of it.
                let name = Cow::from(stream.decode());
                let class = name.split('.').next().unwrap_or_default();
                self.mention(token.span(), Sort::Class, class, Role::Uses);
            }
            kind if list.begins && kind.is_word() => {
                let name = stream.slice(token.span());
                list.begins = false;
                list.embeds = is(name, &["EmbeddedInstance", "Propagated"]);
                self.mention(token.span(), Sort::Qualifier, name, Role::Uses);
            }
            _ => {}
        }
    }
}

/// Whether a word is one of these.
fn is(word: &str, names: &[&str]) -> bool {
    names.iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// Whether a text is the name of a class and nothing else.
fn is_name(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
    !text.starts_with(|c: char| c.is_ascii_digit()) && !text.is_empty() && text.chars().all(part)
}

/// Whether a text begins as the key of a path that names none: `"a"`, `1`, `@`.
fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| matches!(c, '"' | '\'' | '@' | '+' | '-') || c.is_ascii_digit())
        || is(text, &["true", "false"])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text declares (with a `+`), derives from (with a `:`) and uses, in order.
    fn mentions(text: &str) -> String {
        let found = scan_mentions(text).into_iter().map(|mention| {
            let sign = match mention.role {
                Role::Declares => "+",
                Role::DerivesFrom => ":",
                Role::Uses => "",
            };
            let sort = if mention.of.sort == Sort::Qualifier { "@" } else { "" };
            let namespace = mention.namespace.map(|name| format!("{name}:")).unwrap_or_default();
            format!("{sign}{sort}{namespace}{}", mention.of.name)
        });
        found.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tells_declarations_and_uses_of_mof_2() {
        for (text, found) in [
            ("class A { };", "+a"),
            ("class A as $a : B { string c; };", "+a :b"),
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
                "instance of A { b = \"C.d=\\\"e\\\"\"; f = \"a.b\"; g = \"root:H.i=1\"; };",
                "a c root:h",
            ),
            (
                "instance of A { b = \"\\\\\\\\.\\\\Root\\\\x:C.d=1\"; e = \"//LocalHost/root:F.g='h:i.j'\"; };",
                "a root/x:c root:f",
            ),
            (
                "instance of A { b = \"//other/root:C.d=1\"; e = \"one: two. = three\"; };",
                "a other/root:c one:two",
            ),
            (
                r#"instance of A { b = "C=\"e.f=1\""; g = "root:D=@"; h = "E = 'x:y'"; i = "F=-1"; };"#,
                "a c root:d e f",
            ),
            (r#"instance of A { b = "c=d"; e = "f g=1"; h = "1=1"; i = "=1"; };"#, "a"),
            ("instance of A { b = \"instance of C { d = \\\"E.f=1\\\"; };\"; };", "a c e"),
            (
                "Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride);",
                "+@key :boolean",
            ),
            ("#pragma namespace (\"root/x\")\n/* class A */ class B { };", "+b"),
        ] {
            assert_eq!(mentions(text), found, "{text}");
        }
    }

    #[test]
    fn tells_declarations_and_uses_of_mof_3() {
        for (text, found) in [
            ("structure S : T { E e = .v; };", "+s :t e"),
            ("[Q] association A : B { C REF c; };", "@q +a :b c"),
            ("enumeration E : F { g, h };", "+e :f"),
            ("value of S as $s { a = {1, 2}; };", "s s"),
            (
                "class A { L l; structure L { B b; }; enumeration E : F { g }; E e; }; L l;",
                "+a b :f l",
            ),
            ("Qualifier Q : E = v, Scope(any);", "+@q :e"),
        ] {
            assert_eq!(mentions(text), found, "{text}");
        }
    }

    #[test]
    fn goes_on_after_mistakes() {
        for (text, found) in [
            ("class { }; class A : B { };", "+a :b"),
            ("class A { [Key string x; }; class B : C { };", "+a @key +b :c"),
            ("class A { structure L { string x; }; class B : C { L l; };", "+a +b :c l"),
            ("class A : ; class B { };", "+a +b"),
            ("[", ""),
            ("]] class A { \"x };", "+a"),
        ] {
            assert_eq!(mentions(text), found, "{text}");
        }
    }
}
