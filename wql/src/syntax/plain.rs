//! Plain queries, read without the grammar's tables.
//!
//! Most queries are a SELECT with nothing but names, constants and operators, and those are read
//! often. The tables take several steps for each of their tokens; going straight from one to the
//! next takes less than half as long. The nodes are built by the same actions, in the same
//! order.
//!
//! Whatever is not plain is left to the grammar, which begins anew: what is wrong, a keyword for
//! a name, a clause of another kind of query, deep nesting. So nothing is refused here, and what
//! this does not know costs time only. A test compares the two.

use super::ast::{CompareOp, NullTest, Query};
use super::build::{Builder, LiteralKind, LiteralMark, Mark, OperandMark, PathMark};
use super::lexer::Token;
use super::mode::Mode;
use super::parse::{Guard, Limits};
use logos::Logos;

/// How many parentheses and NOTs may be open.
const DEPTH: u32 = 16;

/// The query, if it is a plain one.
pub(super) fn read(text: &str, mode: Mode, limits: &Limits) -> Option<Query> {
    let (lexer, guard) = (Token::lexer(text), Guard::new(limits));
    let at = Mark { start: 0, end: 0 };
    let builder = Builder::new(text, mode);
    let mut plain = Plain { lexer, guard, token: None, at, end: 0, builder };
    plain.advance()?;
    plain.select()?;
    plain.builder.query
}

/// Every step gives `None` to give up.
struct Plain<'t, 'l> {
    lexer: logos::Lexer<'t, Token>,
    guard: Guard<'l>,
    /// The token to look at; `None` at the end.
    token: Option<Token>,
    /// Where it stands.
    at: Mark,
    /// Behind the token before it.
    end: u32,
    builder: Builder<'t>,
}

impl Plain<'_, '_> {
    fn advance(&mut self) -> Option<()> {
        self.end = self.at.end;
        self.token = self.lexer.next().transpose().ok()?;
        let span = self.lexer.span();
        self.at = Mark { start: span.start as u32, end: span.end as u32 };
        match self.token {
            // The lexer's own errors among them, which no rule here takes.
            Some(token) => self.guard.admit(token, self.at.start, self.at.end).ok(),
            None => Some(()),
        }
    }

    /// Takes the next token; where it stands.
    fn mark(&mut self) -> Option<Mark> {
        let at = self.at;
        self.token?;
        self.advance()?;
        Some(at)
    }

    /// Takes the next token, which must be this one.
    fn take(&mut self, token: Token) -> Option<Mark> {
        if self.token == Some(token) { self.mark() } else { None }
    }

    /// Takes the next token if it is this one.
    fn takes(&mut self, token: Token) -> Option<bool> {
        let is_there = self.token == Some(token);
        if is_there {
            self.advance()?;
        }
        Some(is_there)
    }

    fn select(&mut self) -> Option<()> {
        self.take(Token::Select)?;
        let start = self.at.start;
        if !self.takes(Token::Star)? {
            self.properties()?;
        }
        self.builder.list(start, self.end);
        self.take(Token::From)?;
        let class = self.take(Token::Word)?;
        self.builder.from(class);
        if self.takes(Token::Where)? {
            self.any_of(DEPTH)?;
            self.builder.filter();
        }
        match self.token {
            None => self.builder.select().ok(),
            Some(_) => None,
        }
    }

    fn properties(&mut self) -> Option<()> {
        loop {
            let path = self.path()?;
            self.builder.selected_path(path);
            if !self.takes(Token::Comma)? {
                return Some(());
            }
        }
    }

    fn path(&mut self) -> Option<PathMark> {
        let mut path = Builder::path(self.take(Token::Word)?);
        while self.takes(Token::Dot)? {
            let member = self.take(Token::Word)?;
            path = self.builder.member(path, member);
        }
        Some(path)
    }

    /// Conditions that are joined by OR; so many more may be open.
    fn any_of(&mut self, depth: u32) -> Option<()> {
        let mut count = 1;
        self.all_of(depth)?;
        while self.takes(Token::Or)? {
            self.all_of(depth)?;
            count += 1;
        }
        if count > 1 {
            self.builder.any_of(count);
        }
        Some(())
    }

    fn all_of(&mut self, depth: u32) -> Option<()> {
        let mut count = 1;
        self.condition(depth)?;
        while self.takes(Token::And)? {
            self.condition(depth)?;
            count += 1;
        }
        if count > 1 {
            self.builder.all_of(count);
        }
        Some(())
    }

    fn condition(&mut self, depth: u32) -> Option<()> {
        match self.token? {
            Token::Not => {
                self.advance()?;
                self.condition(depth.checked_sub(1)?)?;
                self.builder.not();
            }
            Token::Open => {
                self.advance()?;
                self.any_of(depth.checked_sub(1)?)?;
                self.take(Token::Close)?;
            }
            Token::Word => {
                let path = self.path()?;
                self.predicate(path)?;
            }
            _ => {
                let constant = self.constant()?;
                self.comparison(OperandMark::Literal(constant))?;
            }
        }
        Some(())
    }

    /// What is said of a property.
    fn predicate(&mut self, path: PathMark) -> Option<()> {
        match self.token? {
            Token::Like => {
                self.advance()?;
                let pattern = self.constant()?;
                self.builder.like(path, pattern).ok()
            }
            Token::Is => {
                self.advance()?;
                let test = if self.takes(Token::Not)? { NullTest::NotNull } else { NullTest::Null };
                self.take(Token::Null)?;
                self.builder.is_null(path, test);
                Some(())
            }
            Token::Isa => {
                self.advance()?;
                if self.token == Some(Token::String) {
                    let class = self.mark()?;
                    return self.builder.is_a_quoted(path, class).ok();
                }
                let class = self.take(Token::Word)?;
                self.builder.is_a(path, class);
                Some(())
            }
            _ => self.comparison(OperandMark::Path(path)),
        }
    }

    fn comparison(&mut self, left: OperandMark) -> Option<()> {
        let operator = match self.token? {
            Token::Equal => CompareOp::Equal,
            Token::NotEqual => CompareOp::NotEqual,
            Token::Less => CompareOp::Less,
            Token::LessOrEqual => CompareOp::LessOrEqual,
            Token::Greater => CompareOp::Greater,
            Token::GreaterOrEqual => CompareOp::GreaterOrEqual,
            _ => return None,
        };
        let at = self.mark()?;
        let right = match self.token? {
            Token::Word => OperandMark::Path(self.path()?),
            _ => OperandMark::Literal(self.constant()?),
        };
        self.builder.compare(left, (operator, at), right).ok()
    }

    fn constant(&mut self) -> Option<LiteralMark> {
        let kind = match self.token? {
            Token::String => LiteralKind::String,
            Token::Integer => LiteralKind::Integer,
            Token::Real => LiteralKind::Real,
            Token::DateTime => LiteralKind::DateTime,
            Token::True => LiteralKind::True,
            Token::False => LiteralKind::False,
            Token::Null => LiteralKind::Null,
            _ => return None,
        };
        let at = self.mark()?;
        Some(LiteralMark { kind, at })
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::by_grammar;
    use super::super::{Door, Level};
    use super::*;
    use crate::testing::{self, Dice};
    use proptest::prelude::*;

    /// What the grammar makes of whatever was read here is the same.
    fn check(text: &str, level: Level, door: Door, limits: &Limits) -> bool {
        let mode = Mode { level, door };
        let read = read(text, mode, limits);
        if let Some(query) = &read {
            assert_eq!(by_grammar(text, mode, limits).as_ref(), Ok(query), "{text}");
        }
        read.is_some()
    }

    fn is_plain(text: &str) -> bool {
        check(text, Level::Wql, Door::Query, &Limits::default())
    }

    #[test]
    fn reads_what_is_plain_and_nothing_else() {
        for text in [
            "select * from X",
            "SELECT a, b.c FROM X WHERE a = 1 AND b.c LIKE '%x%' OR NOT (c IS NOT NULL AND 5 < d)",
            "SELECT * FROM X WHERE a.b = c.d.e OR a IS NULL AND b ISA 'Y' AND c ISA Y",
            "SELECT * FROM meta_class WHERE __this ISA 'X' AND __CLASS <> \"y\"",
            "SELECT * FROM X WHERE a = TRUE OR a = 1.5e3 OR a > 20240101120000.000000+060",
        ] {
            assert!(is_plain(text), "{text}");
        }
        for text in [
            "",
            "SELECT",
            "SELECT * FROM",
            "SELECT *, a FROM X",
            "SELECT Order FROM X",
            "SELECT * FROM X WHERE",
            "SELECT * FROM X WHERE a = 'x",
            "SELECT * FROM X WHERE a = '\\n'",
            "SELECT * FROM X WHERE NOT = 5",
            "SELECT * FROM X WHERE (a = 5",
            "SELECT * FROM X WHERE a = 5)",
            "SELECT * FROM X ORDER BY a",
            "SELECT a FROM meta_class",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn limits_hold() {
        let nested = |depth| {
            format!("SELECT * FROM X WHERE {}a = 1{}", "(".repeat(depth), ")".repeat(depth))
        };
        let open = usize::try_from(DEPTH).unwrap();
        assert!(is_plain(&nested(open)) && !is_plain(&nested(open + 1)));
        let limits = Limits { depth: 2, connectives: 1, ..Limits::default() };
        let is_plain = |text: &str| check(text, Level::Wql, Door::Query, &limits);
        assert!(is_plain(&nested(2)) && !is_plain(&nested(3)));
        assert!(is_plain("SELECT * FROM X WHERE a = 1 OR a = 2"));
        assert!(!is_plain("SELECT * FROM X WHERE a = 1 OR a = 2 OR a = 3"));
    }

    const WORDS: &[&str] = &[
        "SELECT",
        "*",
        "FROM",
        "WHERE",
        "a",
        "B",
        "__CLASS",
        "meta_class",
        ".",
        ",",
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "=",
        "<>",
        "<",
        ">=",
        "LIKE",
        "IS",
        "NULL",
        "ISA",
        "TRUE",
        "5",
        "-1.5",
        "'x'",
        "\"y%\"",
        "'\\n'",
        "IN",
        "BETWEEN",
        "ORDER",
        "BY",
        "LIMIT",
        "GROUP",
        "WITHIN",
        "TOP",
        "AS",
        "COUNT",
        "DISTINCT",
        "OF",
    ];

    proptest! {
        #[test]
        fn the_grammar_reads_the_same(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut dice = Dice::new(&bytes);
            let level = if dice.one_in(2) { Level::Wql } else { Level::Extended };
            let door = if dice.one_in(4) { Door::Notification } else { Door::Query };
            check(&testing::query(&mut dice, level).to_string(), level, door, &Limits::default());
        }

        #[test]
        fn the_grammar_reads_the_same_of_any_words(
            bytes in prop::collection::vec(any::<u8>(), 0..40),
            cut in any::<bool>(),
        ) {
            let mut dice = Dice::new(&bytes);
            let start = if cut { "SELECT * FROM X WHERE a" } else { "SELECT" };
            let words = dice.list(0, 12, |dice| dice.text(WORDS));
            let text = format!("{start} {}", words.join(" "));
            for (level, door) in [(Level::Wql, Door::Query), (Level::Extended, Door::Notification)] {
                check(&text, level, door, &Limits::default());
            }
        }
    }
}
