//! LIKE patterns (MS-WMI 2.2.1.1; WMI SDK, "LIKE Operator").
//!
//! A pattern must match the whole text. `%` stands for any run of characters and
//! `_` for exactly one; `[…]` for one of a set. Inside brackets:
//!
//! - `a-f` and `a=f` are ranges; `x-` or `x=` right before `]` are two literals;
//! - `^` behind `[` negates the set, `[^]` is a literal caret, and a caret
//!   elsewhere is itself and starts no range;
//! - `%`, `_` and `[` are literals.
//!
//! An unterminated `[` matches nothing, nor does the empty set `[]` or a range
//! that runs backwards. Without case, texts, literals and ends of ranges are
//! folded one character to one, so `_` is always one character of the text.
//!
//! The pattern is cut at its `%`s. Every other element stands for exactly one
//! character, so the first piece matches at the start, the last at the end, and
//! each one between as early as it can: no backtracking, at most
//! text × pattern steps.

use crate::syntax::ast::LiteralValue;
use cimarron_model::fold;
use std::cmp::Ordering;
use std::fmt;
use std::str::Chars;

/// Whether letters that differ in case only are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StringCase {
    /// They are (WMI).
    Folded,
    /// They are not (DMTF).
    Exact,
}

impl StringCase {
    /// The form of a character that takes part in comparisons.
    #[inline]
    pub fn of(self, c: char) -> char {
        match self {
            Self::Folded => fold::fold_char(c),
            Self::Exact => c,
        }
    }

    /// Whether two texts are equal.
    #[inline]
    pub fn eq(self, a: &str, b: &str) -> bool {
        match self {
            Self::Folded => fold::eq(a, b),
            Self::Exact => a == b,
        }
    }

    /// The order of two texts: by code points, of the folded texts without case.
    #[inline]
    pub fn cmp(self, a: &str, b: &str) -> Ordering {
        match self {
            Self::Folded => fold::cmp(a, b),
            Self::Exact => a.cmp(b),
        }
    }
}

/// Whether LIKE would read any character of the text as more than itself.
pub fn has_wildcards(pattern: &str) -> bool {
    pattern.contains(['%', '_', '['])
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LikePattern {
    case: StringCase,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// Matches nothing: a `[` is never closed.
    Never,
    /// No `%`.
    Whole(Vec<Element>),
    /// `first%middle%…%last`
    Pieces { first: Vec<Element>, middle: Vec<Vec<Element>>, last: Vec<Element> },
}

/// What one character must be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    Any,
    Literal(char),
    Set { negated: bool, ranges: Vec<(char, char)> },
}

/// What every text has that matches a pattern, folded where case does not count.
pub(crate) enum Literals {
    /// Nothing, and every text matches.
    Anything,
    /// Nothing that could be searched for.
    None,
    /// This run of characters; whether all that have it match.
    Run { text: String, is_enough: bool },
}

impl Element {
    fn matches(&self, c: char) -> bool {
        match self {
            Self::Any => true,
            Self::Literal(literal) => *literal == c,
            Self::Set { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

impl LikePattern {
    /// Compiles a pattern whose string escapes have been resolved.
    pub fn new(pattern: &str, case: StringCase) -> Self {
        Self { case, shape: shape(pattern, case).unwrap_or(Shape::Never) }
    }

    /// How case counts.
    pub const fn case(&self) -> StringCase {
        self.case
    }

    /// What every matching text begins with, folded where case does not count; `None` when
    /// that may be anything.
    pub fn prefix(&self) -> Option<String> {
        let (Shape::Whole(first) | Shape::Pieces { first, .. }) = &self.shape else { return None };
        let letters = first.iter().map_while(Element::letter);
        Some(letters.collect::<String>()).filter(|prefix| !prefix.is_empty())
    }

    /// What every matching text has, of those characters that can be searched for.
    pub(crate) fn literals(&self, can_search: impl Fn(char) -> bool) -> Literals {
        let pieces: Vec<&[Element]> = match &self.shape {
            Shape::Never => return Literals::None,
            Shape::Whole(piece) => vec![piece],
            Shape::Pieces { first, middle, last } => {
                let middle = middle.iter().map(Vec::as_slice);
                std::iter::once(first.as_slice()).chain(middle).chain([last.as_slice()]).collect()
            }
        };
        let is_literal = |element: &Element| element.letter().is_some_and(&can_search);
        let runs = pieces.iter().flat_map(|piece| piece.split(|e| !is_literal(e)));
        let longest = runs.max_by_key(|run| run.len()).unwrap_or_default();
        if longest.is_empty() {
            let all_empty = pieces.iter().all(|piece| piece.is_empty());
            let is_anything = all_empty && matches!(self.shape, Shape::Pieces { .. });
            return if is_anything { Literals::Anything } else { Literals::None };
        }
        let is_enough = matches!(
            &self.shape,
            Shape::Pieces { first, middle, last }
                if first.is_empty() && last.is_empty() && middle.len() == 1 && middle.iter().all(|piece| piece.len() == longest.len())
        );
        Literals::Run { text: longest.iter().filter_map(Element::letter).collect(), is_enough }
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        match &self.shape {
            Shape::Never => false,
            Shape::Whole(piece) => self.strip_start(piece, text).is_some_and(str::is_empty),
            Shape::Pieces { first, middle, last } => self
                .strip_start(first, text)
                .and_then(|rest| self.strip_end(last, rest))
                .and_then(|rest| middle.iter().try_fold(rest, |rest, p| self.skip_past(p, rest)))
                .is_some(),
        }
    }

    /// What is left behind a piece that starts the text.
    fn strip_start<'t>(&self, piece: &[Element], text: &'t str) -> Option<&'t str> {
        let mut chars = text.chars();
        for element in piece {
            if !element.matches(self.case.of(chars.next()?)) {
                return None;
            }
        }
        Some(chars.as_str())
    }

    /// What is left before a piece that ends the text.
    fn strip_end<'t>(&self, piece: &[Element], text: &'t str) -> Option<&'t str> {
        let mut chars = text.chars();
        for element in piece.iter().rev() {
            if !element.matches(self.case.of(chars.next_back()?)) {
                return None;
            }
        }
        Some(chars.as_str())
    }

    /// What is left behind the first place where the piece matches.
    fn skip_past<'t>(&self, piece: &[Element], mut text: &'t str) -> Option<&'t str> {
        loop {
            if let Some(rest) = self.strip_start(piece, text) {
                return Some(rest);
            }
            let mut chars = text.chars();
            chars.next()?;
            text = chars.as_str();
        }
    }
}

impl fmt::Display for LikePattern {
    /// A pattern that means the same, in quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        let piece = |text: &mut String, piece: &[Element]| {
            piece.iter().for_each(|element| element.print(text));
        };
        match &self.shape {
            Shape::Never => text.push('['),
            Shape::Whole(whole) => piece(&mut text, whole),
            Shape::Pieces { first, middle, last } => {
                piece(&mut text, first);
                for part in middle {
                    text.push('%');
                    piece(&mut text, part);
                }
                text.push('%');
                piece(&mut text, last);
            }
        }
        LiteralValue::String(text.into()).fmt(f)
    }
}

impl Element {
    const fn letter(&self) -> Option<char> {
        match self {
            Self::Literal(c) => Some(*c),
            _ => None,
        }
    }

    fn print(&self, text: &mut String) {
        match self {
            Self::Any => text.push('_'),
            Self::Literal(c @ ('%' | '_' | '[')) => text.extend(['[', *c, ']']),
            Self::Literal(c) => text.push(*c),
            Self::Set { negated, ranges } => {
                text.push('[');
                text.extend(negated.then_some('^'));
                for (low, high) in ranges {
                    text.push(*low);
                    text.extend((low != high).then_some(['-', *high]).into_iter().flatten());
                }
                text.push(']');
            }
        }
    }
}

/// `None` when a `[` is never closed.
fn shape(pattern: &str, case: StringCase) -> Option<Shape> {
    let mut rest = pattern.chars();
    let (first, is_cut) = piece(&mut rest, case)?;
    if !is_cut {
        return Some(Shape::Whole(first));
    }
    let mut middle = Vec::new();
    loop {
        match piece(&mut rest, case)? {
            (last, false) => return Some(Shape::Pieces { first, middle, last }),
            (piece, true) if piece.is_empty() => {}
            (piece, true) => middle.push(piece),
        }
    }
}

/// Reads up to a `%` or the end; whether a `%` was there. `None` when a `[` is never closed.
fn piece(rest: &mut Chars<'_>, case: StringCase) -> Option<(Vec<Element>, bool)> {
    let mut piece = Vec::new();
    while let Some(c) = rest.next() {
        piece.push(match c {
            '%' => return Some((piece, true)),
            '_' => Element::Any,
            '[' => {
                let (element, behind) = set(rest.as_str(), case)?;
                *rest = behind.chars();
                element
            }
            literal => Element::Literal(case.of(literal)),
        });
    }
    Some((piece, false))
}

/// Reads a set behind its `[`; gives the text behind its `]`.
fn set(text: &str, case: StringCase) -> Option<(Element, &str)> {
    if let Some(rest) = text.strip_prefix("^]") {
        return Some((Element::Literal('^'), rest));
    }
    let (negated, text) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
    let mut ranges = Vec::new();
    let mut rest = text.chars();
    loop {
        let low = rest.next()?;
        if low == ']' {
            return Some((Element::Set { negated, ranges }, rest.as_str()));
        }
        let mut ahead = rest.clone();
        let high = match (ahead.next(), ahead.next()) {
            (Some('-' | '='), Some(high)) if low != '^' && high != ']' => {
                rest = ahead;
                high
            }
            _ => low,
        };
        ranges.push((case.of(low), case.of(high)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let like = LikePattern::new(pattern, StringCase::Folded);
        for text in yes {
            assert!(like.matches(text), "{text:?} LIKE {pattern:?}");
        }
        for text in no {
            assert!(!like.matches(text), "NOT {text:?} LIKE {pattern:?}");
        }
    }

    #[test]
    fn percent_and_underscore() {
        check("", &[""], &["a"]);
        check("%", &["", "a", "abc"], &[]);
        check("abc", &["abc", "ABC"], &["ab", "abcd", ""]);
        check("a%", &["a", "abc"], &["ba", ""]);
        check("%a", &["a", "ba", "aba"], &["ab", ""]);
        check("%win%", &["Win32", "darWIN", "win"], &["wi"]);
        check("a%a", &["aa", "aba", "aaa"], &["a"]);
        check("a%b%c", &["abc", "axxbyyc", "abbcc"], &["acb", "ab"]);
        check("_", &["a", "ß", "😀"], &["", "ab"]);
        check("__%", &["ab", "abc"], &["a"]);
        check("%_%_%", &["ab", "abc"], &["a", ""]);
        check("%%", &["", "a"], &[]);
        check("a_c", &["abc", "a%c", "a_c"], &["ac", "abbc"]);
    }

    #[test]
    fn sets() {
        check("[abc]", &["a", "B"], &["d", "ab", ""]);
        check("[a-f]x", &["ax", "Fx"], &["gx", "x"]);
        check("[a=f]", &["c"], &["=", "g"]);
        check("[A-F]", &["c", "C"], &["g"]);
        check("[^ad-f]", &["b", "g", "-"], &["a", "d", "E", "f", ""]);
        check("[_]", &["_"], &["a"]);
        check("%[_][_]%", &["__CLASS", "a__b"], &["_a_"]);
        check("[%]", &["%"], &["a", ""]);
        check("[[]", &["["], &["a", "[["]);
        check("[a-c0-9]", &["b", "7"], &["d", "-"]);
    }

    #[test]
    fn edges_of_sets() {
        check("[^]", &["^"], &["a", "", "]"]);
        check("[^]]", &["^]"], &["a]"]);
        check("[x-]", &["x", "-"], &["y", "]"]);
        check("[x=]", &["x", "="], &["-"]);
        check("[-x]", &["-", "x"], &["a"]);
        check("[=-]", &["=", "-"], &["a"]);
        check("[--/]", &["-", ".", "/"], &["0", ","]);
        check("[a^b]", &["a", "^", "b"], &["c"]);
        check("[a^-z]", &["a", "^", "-", "z"], &["m"]);
        check("[^^]", &["a"], &["^"]);
        check("[^a^]", &["b"], &["a", "^"]);
        check("[^x-]", &["y"], &["x", "-"]);
        check("[]", &[], &["", "]", "a"]);
        check("[]a]", &[], &["a]", "]"]);
        check("[f-a]", &[], &["a", "c", "f"]);
        check("]", &["]"], &[""]);
        check("[a-c-e]", &["b", "-", "e"], &["d"]);
    }

    #[test]
    fn unterminated_sets_match_nothing() {
        for pattern in ["[", "[abc", "%[", "[^", "[^a", "a%[b-", "[a]["] {
            check(pattern, &[], &["", "a", "[", pattern]);
        }
    }

    #[test]
    fn case() {
        check("STRASSE", &["strasse"], &["straße"]);
        check("ÄR%", &["ärger"], &["arger"]);
        check("[ä-ö]", &["Ä", "ö", "Ñ"], &["a"]);
        check("K", &["\u{212a}", "k"], &[]);
        let exact = LikePattern::new("Win[A-C]%", StringCase::Exact);
        assert!(exact.matches("WinAx") && !exact.matches("winAx") && !exact.matches("Winax"));
    }

    #[test]
    fn hostile_patterns_stay_cheap() {
        let text = "a".repeat(10_000);
        let pattern = "%a".repeat(2_000) + "b";
        assert!(!LikePattern::new(&pattern, StringCase::Folded).matches(&text));
        let pattern = "%a_[a]".repeat(1_000) + "%";
        assert!(LikePattern::new(&pattern, StringCase::Folded).matches(&text));
    }

    /// The rules read literally: try every length for every `%`.
    fn oracle(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['%', rest @ ..] => (0..=text.len()).any(|n| oracle(rest, &text[n..])),
            ['[', inner @ ..] => {
                let skip = usize::from(inner.starts_with(&['^', ']']));
                let Some(close) = inner.iter().skip(skip).position(|c| *c == ']') else {
                    return false;
                };
                let (set, rest) = (&inner[..close + skip], &inner[close + skip + 1..]);
                unterminated(rest).is_none()
                    && matches!(text, [c, more @ ..] if in_set(set, *c) && oracle(rest, more))
            }
            [p, rest @ ..] => {
                unterminated(rest).is_none()
                    && matches!(text, [c, more @ ..]
                        if (*p == '_' || fold::fold_char(*p) == fold::fold_char(*c))
                            && oracle(rest, more))
            }
        }
    }

    /// Where a `[` stands that is never closed.
    fn unterminated(pattern: &[char]) -> Option<usize> {
        let open = pattern.iter().position(|c| *c == '[')?;
        let inner = &pattern[open + 1..];
        let skip = usize::from(inner.starts_with(&['^', ']']));
        match inner.iter().skip(skip).position(|c| *c == ']') {
            Some(close) => unterminated(&inner[close + skip + 1..]),
            None => Some(open),
        }
    }

    fn in_set(set: &[char], c: char) -> bool {
        fn any(set: &[char], c: char) -> bool {
            match set {
                [low, '-' | '=', high, rest @ ..] if *low != '^' => {
                    (*low..=*high).contains(&c) || any(rest, c)
                }
                [one, rest @ ..] => *one == c || any(rest, c),
                [] => false,
            }
        }
        let c = fold::fold_char(c);
        match set {
            ['^'] => c == '^',
            ['^', rest @ ..] => !any(rest, c),
            set => any(set, c),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_oracle(pattern in "[ab%_\\[\\]^=-]{0,9}", text in "[abAB^_\\]-]{0,7}") {
            let like = LikePattern::new(&pattern, StringCase::Folded);
            let [p, t] = [&pattern, &text].map(|s| s.chars().collect::<Vec<_>>());
            let expected = unterminated(&p).is_none() && oracle(&p, &t);
            prop_assert_eq!(like.matches(&text), expected, "{} LIKE {}", text, pattern);
        }

        #[test]
        fn a_text_without_wildcards_matches_just_itself(text in "[^%_\\[]{0,12}", other in "\\PC{0,12}") {
            let like = LikePattern::new(&text, StringCase::Folded);
            prop_assert!(!has_wildcards(&text));
            prop_assert!(like.matches(&text));
            prop_assert_eq!(like.matches(&other), fold::eq(&text, &other));
        }
    }
}
