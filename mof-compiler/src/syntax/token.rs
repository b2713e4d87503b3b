//! What tokens are, and sets of them.
//!
//! A token is its kind and its place: what else there is to know of it stands in the
//! text. The two pass through registers, as tokens do by the hundred thousand.

use crate::source::Span;

/// What a token is. The order is the one in which messages list what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Kind {
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    LeftParen,
    RightParen,
    Semicolon,
    Colon,
    Comma,
    Equals,
    /// The `.` of `Enumeration.Value` in MOF 3.
    Dot,

    // Words with a meaning of their own. Those of MOF 3 are names in MOF 2.
    Structure,
    Class,
    Association,
    Indication,
    Enumeration,
    Instance,
    Value,
    Of,
    As,
    Qualifier,
    Ref,
    Object,
    Void,
    Scope,
    Policy,
    Flavor,
    Pragma,
    Include,
    Null,
    Identifier,
    /// The keyword of an intrinsic type.
    Type,

    Boolean,
    Alias,
    /// The namespace path before an object path outside of quotes in MOF 3, with its colon.
    NamespacePath,
    /// One or more adjacent string literals.
    Text,
    Integer,
    Real,
    Character,
    /// A literal whose mistake has been reported.
    Invalid,

    /// A token after which the rest of the declaration is guesswork: a string
    /// without its end, an unknown directive. It has been reported.
    Broken,
    /// There is no further token.
    End,
    /// Of the lexer: what looks like a token and is none.
    Mistake,
}

/// A token and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// The place: its start in the lower half, its end in the upper. Two halves that are
    /// stored one by one and loaded as one make the processor wait.
    place: u64,
    pub(crate) kind: Kind,
}

impl Token {
    #[inline]
    pub(crate) const fn new(kind: Kind, span: Span) -> Self {
        Self { place: span.start as u64 | (span.end as u64) << 32, kind }
    }

    /// Where the token stands.
    #[inline]
    pub(crate) const fn span(self) -> Span {
        Span::new(self.place as u32, (self.place >> 32) as u32)
    }
}

/// How string literals are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form(u8);

impl Form {
    /// One literal whose characters stand for themselves.
    pub(super) const PLAIN: Self = Self(0);
    /// There is more than one literal.
    pub(super) const JOINED: Self = Self(1);
    /// There is a backslash in one.
    pub(super) const ESCAPED: Self = Self(2);
    /// A backslash stands before another character than the common ones.
    pub(super) const DOUBTFUL: Self = Self(4);
    /// Between its literals are blanks that are none of MOF's.
    pub(super) const SPACED: Self = Self(8);
    /// A control character stands in one.
    pub(super) const CONTROL: Self = Self(16);
    /// There may be something to say of it.
    pub(super) const REPORTED: Self = Self(4 | 8 | 16);

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Set(u64);

impl Set {
    pub(crate) const EMPTY: Self = Self(0);

    /// The set of these kinds.
    #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
    pub(crate) const fn of(kinds: &[Kind]) -> Self {
        let (mut set, mut at) = (0, 0);
        while at < kinds.len() {
            set |= 1 << kinds[at] as u8;
            at += 1;
        }
        Self(set)
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    #[inline]
    pub(crate) const fn has(self, kind: Kind) -> bool {
        self.0 >> kind as u8 & 1 != 0
    }

    /// The kinds in their order.
    pub(crate) fn iter(self) -> impl Iterator<Item = Kind> {
        SPELLINGS.iter().map(|(kind, _)| *kind).filter(move |kind| self.has(*kind))
    }
}

/// What may be a name of anything but a type: all words but TRUE, FALSE and NULL.
pub(crate) const NAMES: Set = Set::of(&[
    Kind::Identifier,
    Kind::Structure,
    Kind::Class,
    Kind::Association,
    Kind::Indication,
    Kind::Enumeration,
    Kind::Instance,
    Kind::Value,
    Kind::Of,
    Kind::As,
    Kind::Qualifier,
    Kind::Object,
    Kind::Void,
    Kind::Scope,
    Kind::Policy,
    Kind::Flavor,
    Kind::Type,
]);

/// What may be the name of a class: no type, and nothing that begins a declaration.
pub(crate) const CLASS_NAMES: Set =
    Set::of(&[Kind::Identifier, Kind::Of, Kind::As, Kind::Scope, Kind::Policy, Kind::Flavor]);

/// What a declaration may begin with.
const STARTS: Set = Set::of(&[
    Kind::Class,
    Kind::Instance,
    Kind::Qualifier,
    Kind::Pragma,
    Kind::Include,
    Kind::LeftBracket,
    Kind::Structure,
    Kind::Enumeration,
    Kind::Association,
    Kind::Indication,
    Kind::Value,
]);

/// What declarations are nested with, and end with.
const STRUCTURE: Set = Set::of(&[
    Kind::LeftBrace,
    Kind::RightBrace,
    Kind::LeftBracket,
    Kind::RightBracket,
    Kind::Semicolon,
]);

impl Kind {
    /// Whether the token may be a name, `ref` included.
    pub(super) const fn is_word(self) -> bool {
        NAMES.has(self) || matches!(self, Self::Ref)
    }

    /// Whether a declaration may begin with the token.
    pub(super) const fn may_start_declaration(self) -> bool {
        STARTS.has(self)
    }

    /// Whether the token opens or closes something in which a `;` ends nothing, or is one.
    #[inline]
    pub(super) const fn is_structure(self) -> bool {
        STRUCTURE.has(self)
    }

    /// Whether the token is part of a declaration and changes nothing about its structure.
    #[inline]
    pub(super) const fn is_plain(self) -> bool {
        const OTHERS: Set = STRUCTURE.or(Set::of(&[Kind::Broken, Kind::End, Kind::Mistake]));
        !OTHERS.has(self)
    }

    /// How messages spell what can be expected.
    pub(super) fn spelling(self) -> &'static str {
        SPELLINGS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, spelling)| spelling)
    }
}

/// What can be expected. That which has many spellings never is alone.
const SPELLINGS: [(Kind, &str); 40] = [
    (Kind::LeftBrace, "{"),
    (Kind::RightBrace, "}"),
    (Kind::LeftBracket, "["),
    (Kind::RightBracket, "]"),
    (Kind::LeftParen, "("),
    (Kind::RightParen, ")"),
    (Kind::Semicolon, ";"),
    (Kind::Colon, ":"),
    (Kind::Comma, ","),
    (Kind::Equals, "="),
    (Kind::Dot, "."),
    (Kind::Structure, "structure"),
    (Kind::Class, "class"),
    (Kind::Association, "association"),
    (Kind::Indication, "indication"),
    (Kind::Enumeration, "enumeration"),
    (Kind::Instance, "instance"),
    (Kind::Value, "value"),
    (Kind::Of, "of"),
    (Kind::As, "as"),
    (Kind::Qualifier, "qualifier"),
    (Kind::Ref, "ref"),
    (Kind::Object, "object"),
    (Kind::Void, "void"),
    (Kind::Scope, "scope"),
    (Kind::Policy, "policy"),
    (Kind::Flavor, "flavor"),
    (Kind::Pragma, "#pragma"),
    (Kind::Include, "#include"),
    (Kind::Null, "null"),
    (Kind::Identifier, ""),
    (Kind::Type, ""),
    (Kind::Boolean, ""),
    (Kind::Alias, ""),
    (Kind::NamespacePath, ""),
    (Kind::Text, ""),
    (Kind::Integer, ""),
    (Kind::Real, ""),
    (Kind::Character, ""),
    (Kind::Invalid, ""),
];
