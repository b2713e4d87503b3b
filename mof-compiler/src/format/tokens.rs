//! Tokens with the comments that belong to them.
//!
//! A comment belongs to the token before it when it stands on that token's line
//! and nothing follows it there; otherwise to the token after it. Two moves keep
//! lines readable: what trails an element goes behind the comma, semicolon or
//! bracket that closes it, and what stands before an opening brace goes inside.

use super::switches::MARK;
use crate::Language;
use crate::syntax::{block_comment, lex};

/// A comment.
#[derive(Clone, Debug)]
pub(super) struct Comment<'a> {
    pub(super) text: &'a str,
    /// Where it starts in the text.
    pub(super) start: usize,
    /// The line breaks before it.
    pub(super) newlines: usize,
    /// Whether a line break follows it.
    pub(super) ends_line: bool,
    /// Whether it stands before a token with a line break between them: behind it, or
    /// behind the comments that follow it on its line.
    pub(super) above: bool,
    /// Its column, when nothing but white space stands before it on its line.
    pub(super) column: Option<usize>,
    /// Whether it changed places with a token.
    pub(super) moved: bool,
}

impl Comment<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(super) fn is_multiline(&self) -> bool {
        self.text.contains('\n')
    }

    /// Whether it is `// cimarron-fmt: WORD`, on a line of its own.
    pub(super) fn switches(&self, word: &str) -> bool {
        self.text.starts_with("//")
            && self.instruction() == Some(word)
            && !self.moved
            && (self.newlines > 0 || self.start == 0)
    }

    /// What it tells the formatter, if anything.
    pub(super) fn instruction(&self) -> Option<&str> {
        let block = || self.text.strip_prefix("/*")?.strip_suffix("*/");
        let inside = self.text.strip_prefix("//").or_else(block)?;
        inside.trim_start().strip_prefix(MARK).map(str::trim)
    }
}

/// What a token is to the layout. MOF's words are all alike here, so that the
/// layout does not depend on which of them are keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open(Delimiter),
    Close(Delimiter),
    Comma,
    Semicolon,
    Colon,
    Equals,
    Dot,
    String,
    Directive,
    /// The namespace path before an object path of MOF 3, with its colon.
    NamespacePath,
    Word,
    /// The end of the text.
    End,
}

/// A pair of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delimiter {
    Brace,
    Bracket,
    Paren,
}

impl Kind {
    fn of(text: &str) -> Self {
        if text.len() > 1 && text.ends_with(':') {
            return Self::NamespacePath;
        }
        match text.as_bytes().first() {
            Some(b'{') => Self::Open(Delimiter::Brace),
            Some(b'}') => Self::Close(Delimiter::Brace),
            Some(b'[') => Self::Open(Delimiter::Bracket),
            Some(b']') => Self::Close(Delimiter::Bracket),
            Some(b'(') => Self::Open(Delimiter::Paren),
            Some(b')') => Self::Close(Delimiter::Paren),
            Some(b',') => Self::Comma,
            Some(b';') => Self::Semicolon,
            Some(b':') => Self::Colon,
            Some(b'=') => Self::Equals,
            Some(b'"') => Self::String,
            Some(b'#') => Self::Directive,
            Some(b'.') if text.len() == 1 => Self::Dot,
            _ => Self::Word,
        }
    }

    /// Whether the token stands close to what is before it.
    pub(super) const fn is_tight(self) -> bool {
        matches!(self, Self::Comma | Self::Semicolon | Self::Close(_) | Self::End)
    }
}

/// A token and its comments.
#[derive(Clone, Debug)]
pub(super) struct Tok<'a> {
    pub(super) text: &'a str,
    pub(super) kind: Kind,
    pub(super) start: usize,
    /// The line breaks between it and what is before it.
    pub(super) newlines: usize,
    pub(super) leading: Vec<Comment<'a>>,
    pub(super) trailing: Vec<Comment<'a>>,
}

/// The tokens of a text, and its end as one more; `None` when one is no token
/// of MOF. Line breaks are LF.
pub(super) fn read(text: &str, language: Language) -> Option<(Vec<Tok<'_>>, Tok<'_>)> {
    let mut reader = Reader { text, at: 0, toks: Vec::new(), trailing: vec![], own: vec![] };
    for lexed in lex(text, language) {
        let word = text.get(lexed.span.range())?;
        // The lexer leaves the `.` of MOF 3's enumerations to its parser.
        let parsers_own = word == "." && language == Language::Mof3;
        if !(lexed.valid || parsers_own) {
            return None;
        }
        reader.token(word, lexed.span.range().start, Kind::of(word));
    }
    reader.token("", text.len(), Kind::End);
    let end = reader.toks.pop()?;
    Some((reader.toks, end))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    toks: Vec<Tok<'a>>,
    /// Comments that trail a token which is still to come.
    trailing: Vec<Comment<'a>>,
    /// Comments that stand before a token which is still to come.
    own: Vec<Comment<'a>>,
}

impl<'a> Reader<'a> {
    fn token(&mut self, text: &'a str, start: usize, kind: Kind) {
        let (mut gap, mut newlines) = comments(self.text, self.at, start, kind == Kind::End);
        self.at = start + text.len();
        let mut trailing = std::mem::take(&mut self.trailing);
        let mut before = std::mem::take(&mut self.own);
        if trailing.is_empty() && before.is_empty() {
            if !self.toks.is_empty() {
                let same_line = gap.iter().take_while(|c| c.newlines == 0).count();
                if gap.get(..same_line).and_then(<[_]>::last).is_some_and(|c| c.ends_line) {
                    trailing = gap.drain(..same_line).collect();
                }
            }
        } else {
            // What was carried here ends its line.
            let first = gap.first_mut().map_or(&mut newlines, |c| &mut c.newlines);
            *first = (*first).max(1);
        }
        before.append(&mut gap);
        let mut leading = Vec::new();
        let stays = trailing.is_empty() && !before.iter().any(|c| c.ends_line);
        let moves_all = matches!(
            kind,
            Kind::Comma | Kind::Semicolon | Kind::Open(Delimiter::Brace | Delimiter::Paren)
        ) && !self.toks.is_empty();
        let closes = matches!(kind, Kind::Close(Delimiter::Bracket | Delimiter::Paren));
        if moves_all && !stays {
            self.trailing = trailing;
            self.own = before;
            for comment in &mut self.own {
                (comment.moved, comment.ends_line) = (true, true);
                comment.newlines = comment.newlines.max(1);
            }
        } else {
            leading = before;
            let mut above = false;
            for comment in leading.iter_mut().rev() {
                above |= comment.ends_line;
                comment.above = above;
            }
            if closes && leading.is_empty() {
                self.trailing = trailing;
            } else if let Some(previous) = self.toks.last_mut() {
                previous.trailing = trailing;
            }
        }
        self.toks.push(Tok { text, kind, start, newlines, leading, trailing: vec![] });
    }
}

/// The comments between two tokens, and the line breaks behind the last.
pub(super) fn comments(
    text: &str,
    from: usize,
    to: usize,
    last: bool,
) -> (Vec<Comment<'_>>, usize) {
    let mut found: Vec<Comment<'_>> = Vec::new();
    let (mut at, mut newlines) = (from, 0);
    let gap = text.get(..to).unwrap_or(text);
    while let Some(rest) = gap.get(at..).filter(|rest| !rest.is_empty()) {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest).unwrap_or(rest.len())
        } else {
            newlines += usize::from(rest.starts_with('\n'));
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let words = rest.get(..length).unwrap_or(rest).trim_end();
        if let Some(previous) = found.last_mut() {
            previous.ends_line = newlines > 0;
        }
        found.push(Comment {
            text: words,
            start: at,
            newlines,
            ends_line: true,
            above: false,
            column: words.contains('\n').then(|| column(text, at)).flatten(),
            moved: false,
        });
        newlines = 0;
        at += length;
    }
    if let Some(previous) = found.last_mut() {
        previous.ends_line = newlines > 0 || last;
    }
    (found, newlines)
}

/// The column of what stands at `at`, when only white space is before it.
fn column(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?;
    let line = before.get(before.rfind('\n').map_or(0, |end| end + 1)..)?;
    line.trim().is_empty().then(|| indentation(line))
}

/// Columns per tab in the indentation of comments.
const TAB: usize = 4;

/// The width of white space.
pub(super) fn indentation(blank: &str) -> usize {
    blank.chars().map(|c| if c == '\t' { TAB } else { 1 }).sum()
}
