//! Tests of the parser, its errors and the printer.

mod kinds;

use super::ast::*;
use super::{
    Door, Level, Limits, ParseOptions, parse, parse_event, parse_event_with, parse_with,
    parse_within,
};
use crate::Span;
use crate::error::{Construct, QueryKind, WqlError};
use crate::testing::{self, Dice, without_spans};
use cimarron_model::Status;
use proptest::prelude::*;

/// Parses and prints canonically.
#[track_caller]
fn check(text: &str, canonical: &str) {
    let query = parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert_eq!(query.to_string(), canonical);
}

#[track_caller]
fn check_same(text: &str) {
    check(text, text);
}

#[test]
fn parses_every_form() {
    check_same("SELECT * FROM X");
    check("select a , B.c.d,\n\ta from x_1", "SELECT a, B.c.d, a FROM x_1");
    check("SELECT * FROM X WHERE a='b'", "SELECT * FROM X WHERE a = \"b\"");
    check_same("SELECT * FROM X WHERE 5 >= a AND TRUE = b OR NULL <> c");
    check("SELECT * FROM X WHERE a != -5", "SELECT * FROM X WHERE a <> -5");
    check_same("SELECT * FROM X WHERE a < +1.5e-3 AND b > .5 AND c <= 1e5");
    check_same("SELECT * FROM X WHERE a IS NULL OR b.c IS NOT NULL");
    check("SELECT * FROM X WHERE a ISA Y", "SELECT * FROM X WHERE a ISA \"Y\"");
    check_same("SELECT * FROM X WHERE NOT a LIKE \"%x_[a-f]\" AND b LIKE 5");
    check_same("SELECT __CLASS, __PATH FROM X WHERE __CLASS = Y");
    check_same("SELECT Größe FROM X");
    check(
        "SELECT * FROM X WHERE a >= 20240101120000.000000+060",
        "SELECT * FROM X WHERE a >= \"20240101120000.000000+060\"",
    );
}

#[test]
fn precedence_and_parentheses() {
    check_same("SELECT * FROM X WHERE a = 1 OR b = 2 AND NOT c = 3");
    check_same("SELECT * FROM X WHERE (a = 1 OR b = 2) AND c = 3");
    check_same("SELECT * FROM X WHERE NOT (a = 1 AND b = 2)");
    check_same("SELECT * FROM X WHERE NOT NOT a = 1");
    check_same("SELECT * FROM X WHERE (a = 1 AND b = 2) AND c = 3");
    check(
        "SELECT * FROM X WHERE ((a = 1)) OR (b = 2 AND c = 3)",
        "SELECT * FROM X WHERE a = 1 OR b = 2 AND c = 3",
    );
    let Ok(Query::Data(query)) = parse("SELECT * FROM X WHERE a=1 OR b=2 OR c=3 AND d=4") else {
        panic!()
    };
    let Some(Expr::Or(items)) = query.filter else { panic!() };
    assert_eq!(items.len(), 3);
    assert!(matches!(items[2], Expr::And(_)));
}

#[test]
fn keywords_are_contextual() {
    check_same("SELECT From, Where, Select, Not FROM From");
    check_same("SELECT * FROM Where WHERE Select = 1 AND And = 2 OR Or = 3");
    check_same("SELECT * FROM X WHERE Is IS NULL AND Isa ISA \"Isa\" AND Like LIKE \"a\"");
    check_same("SELECT * FROM X WHERE Group = 1 AND Within = 2 AND Having = 3 AND By = 4");
    check_same("SELECT Top, Count, Distinct, Order FROM Join WHERE In = 1 AND Between = 2");
    check_same("SELECT * FROM X WHERE NOT Not = 1 AND Not < 2");
    check_same("SELECT * FROM X WHERE a.Not = 1 AND 2 = Where.From");
    check_same("SELECT Associators, References, Of FROM X");
}

#[test]
fn string_escapes() {
    let value = |text: &str| {
        let Ok(Query::Data(query)) = parse(text) else { panic!("{text}") };
        match query.filter.unwrap() {
            Expr::Compare(Comparison { right: Operand::Constant(l), .. }) => l.value,
            Expr::Like(Like { pattern, .. }) => pattern.value,
            other => panic!("{other}"),
        }
    };
    for (text, expected) in [
        (r#"SELECT * FROM X WHERE a = "C:\\d""#, r"C:\d"),
        (r#"SELECT * FROM X WHERE a = "\"\'""#, "\"'"),
        (r#"SELECT * FROM X WHERE a = 'it\'s "ok"'"#, "it's \"ok\""),
        (r#"SELECT * FROM X WHERE a LIKE "%\\%""#, r"%\%"),
        (r#"SELECT * FROM X WHERE a LIKE "C:\d\n%""#, r"C:\d\n%"),
        (r#"SELECT * FROM X WHERE a LIKE "\"\\\'""#, "\"\\'"),
        ("SELECT * FROM X WHERE a = \"\"", ""),
        ("SELECT * FROM X WHERE a = 'ünï😀'", "ünï😀"),
    ] {
        assert_eq!(value(text), LiteralValue::String(expected.into()), "{text}");
    }
    let error = parse(r#"SELECT * FROM X WHERE a = "C:\data""#).unwrap_err();
    assert_eq!(error, WqlError::UnknownEscape { escaped: 'd', span: Span::new(29, 31) });
    assert_eq!(error.status(), Status::InvalidQuery);
}

#[track_caller]
fn check_construct(text: &str, construct: Construct, at: &str) {
    let error = parse(text).unwrap_err();
    assert!(
        matches!(&error, WqlError::NoSuchConstruct { construct: c, .. } if *c == construct),
        "{text}: {error:?}"
    );
    assert_eq!(error.span().of(text), at, "{text}");
    assert_eq!(error.status(), Status::InvalidQuery);
    assert!(error.to_string().contains(construct.instead()));
}

#[test]
fn says_what_wql_does_not_have() {
    use Construct::*;
    for (text, construct, at) in [
        ("SELECT * FROM X ORDER BY a", OrderBy, "ORDER"),
        ("SELECT * FROM X WHERE a = 1 order by a", OrderBy, "order"),
        ("SELECT COUNT(*) FROM X", Count, "COUNT"),
        ("SELECT UPPER(a) FROM X", Function, "UPPER"),
        ("SELECT TOP 5 * FROM X", Top, "TOP"),
        ("SELECT DISTINCT a FROM X", Distinct, "DISTINCT"),
        ("SELECT * , a FROM X", StarInList, ","),
        ("SELECT a, * FROM X", StarInList, "*"),
        ("SELECT a AS b FROM X", Alias, "AS"),
        ("SELECT a + 1 FROM X", Arithmetic, "+"),
        ("SELECT * FROM X AS y", ClassAlias, "AS"),
        ("SELECT * FROM X y WHERE a = 1", ClassAlias, "y"),
        ("SELECT * FROM X, Y", SeveralClasses, ","),
        ("SELECT * FROM X JOIN Y", Join, "JOIN"),
        ("SELECT * FROM X INNER JOIN Y ON a = b", Join, "INNER"),
        ("SELECT * FROM X LEFT OUTER JOIN Y", Join, "LEFT"),
        ("SELECT * FROM X LIMIT 5", Limit, "LIMIT"),
        ("SELECT * FROM X WHERE a = 1 LIMIT 5", Limit, "LIMIT"),
        ("SELECT * FROM X UNION SELECT * FROM Y", Union, "UNION"),
        ("SELECT * FROM X GROUP BY a", GroupBy, "GROUP"),
        ("SELECT * FROM X WHERE a IN (1, 2)", In, "IN"),
        ("SELECT * FROM X WHERE a NOT IN (1, 2)", In, "NOT IN"),
        ("SELECT * FROM X WHERE a BETWEEN 1 AND 2", Between, "BETWEEN"),
        ("SELECT * FROM X WHERE a NOT LIKE 'b'", NotLike, "NOT LIKE"),
        ("SELECT * FROM X WHERE a IS 5", IsValue, "5"),
        ("SELECT * FROM X WHERE a IS NOT 'b'", IsValue, "'b'"),
        ("SELECT * FROM X WHERE a < (4 + 7 - 2)", Arithmetic, "("),
        ("SELECT * FROM X WHERE a = b / 7", Arithmetic, "/"),
        ("SELECT * FROM X WHERE a = 5 -3", Arithmetic, "-3"),
        ("SELECT * FROM X WHERE a * 2 = 5", Arithmetic, "*"),
        ("SELECT * FROM X WHERE a = (SELECT b FROM Y)", SubSelect, "("),
        ("SELECT * FROM (SELECT * FROM Y)", SubSelect, "("),
        ("SELECT * FROM X WHERE UPPER(a) = 'B'", Function, "("),
        ("SELECT * FROM X WHERE a[0] = 5", ArrayIndex, "["),
        ("SELECT * FROM X WHERE a == 5", DoubleEqual, "=="),
        ("SELECT * FROM X WHERE a = 5 && b = 6", LogicSymbol, "&&"),
        ("SELECT * FROM X WHERE !a = 5", LogicSymbol, "!"),
        ("SELECT * FROM X -- all", Comment, "--"),
        ("SELECT /* all */ * FROM X", Comment, "/*"),
        ("SELECT * FROM X;", Semicolon, ";"),
        ("SELECT * FROM {X}", Braces, "{X}"),
        ("SELECT * FROM {X", Braces, "{"),
        ("DELETE FROM X", Write, "DELETE"),
        ("INSERT INTO X VALUES (1)", Write, "INSERT"),
    ] {
        check_construct(text, construct, at);
    }
}

#[test]
fn recognises_other_kinds_of_query() {
    for (text, at) in [
        ("SELECT * FROM E WITHIN 10 WHERE TargetInstance ISA 'X'", "WITHIN"),
        ("SELECT * FROM E WHERE a = 1 WITHIN 10", "WITHIN"),
        ("SELECT * FROM E WHERE a = 1 GROUP WITHIN 5", "GROUP WITHIN"),
        ("SELECT * FROM E GROUP WITHIN 5 BY a HAVING NumberOfEvents > 1", "GROUP WITHIN"),
    ] {
        let error = parse(text).unwrap_err();
        let span = error.span();
        assert_eq!(span.of(text), at, "{text}");
        let (kind, door) = (QueryKind::Event, Door::Query);
        assert_eq!(error, WqlError::WrongKind { kind, door, span }, "{text}");
        assert_eq!(error.status(), Status::InvalidQuery);
    }
    for (text, kind, at) in [
        ("SELECT * FROM Meta_Class WHERE __this ISA \"X\"", QueryKind::Schema, "Meta_Class"),
        ("ASSOCIATORS OF {X.a=\"b\"}", QueryKind::AssociatorsOf, "ASSOCIATORS OF"),
        ("references  of {X=@} WHERE Role = a", QueryKind::ReferencesOf, "references  of"),
    ] {
        let error = parse_event(text).unwrap_err();
        assert_eq!(error.status(), Status::UnparsableQuery);
        let span = error.span();
        assert_eq!(span.of(text), at, "{text}");
        let door = Door::Notification;
        assert_eq!(*error.root(), WqlError::WrongKind { kind, door, span }, "{text}");
    }
}

#[test]
fn other_syntax_errors() {
    for (text, message) in [
        ("", "end of the query: expected SELECT, ASSOCIATORS OF or REFERENCES OF"),
        ("FROM X", "unexpected `FROM`: expected SELECT, ASSOCIATORS OF or REFERENCES OF"),
        ("SELECT FROM", "end of the query: expected a comma or FROM"),
        ("SELECT * X", "unexpected `X`: expected FROM"),
        ("SELECT * FROM", "end of the query: expected a name"),
        ("SELECT * FROM X WHERE", "end of the query: expected a name, a constant, NOT or `(`"),
        (
            "SELECT * FROM X WHERE a",
            "expected an operator (= <> < <= > >=), LIKE, IS [NOT] NULL or ISA",
        ),
        ("SELECT * FROM X WHERE a = ", "end of the query: expected a name or a constant"),
        ("SELECT * FROM X WHERE a = 1 AND", "end of the query"),
        ("SELECT * FROM X WHERE (a = 1", "expected AND, OR or `)`"),
        ("SELECT * FROM X WHERE a = 1)", "unexpected `)`: expected AND or OR"),
        ("SELECT * FROM X WHERE a IS", "expected NOT or NULL"),
        ("SELECT TRUE FROM X", "TRUE is reserved"),
        ("SELECT * FROM null", "NULL is reserved"),
        ("SELECT * FROM X WHERE a = 1 b = 2", "unexpected `b`: expected AND or OR"),
        ("SELECT * FROM X WHERE a LIKE b", "unexpected `b`: expected a constant"),
        ("SELECT FROM X", "unexpected `FROM`: expected * or property names before it"),
        ("SELECT a, FROM X", "unexpected `FROM`: expected * or property names before it"),
        ("SELECT * FROM X WHERE a = 0x1F", "`0x1F` is no number"),
        ("SELECT * FROM X WHERE a = “b”", "straight quotes"),
        ("SELECT * FROM X WHERE a = \"b", "never closed"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.to_string().contains(message), "{text}: {error}");
        assert_eq!(error.status(), Status::InvalidQuery, "{text}");
    }
}

#[test]
fn limits() {
    let limits = Limits { length: 120, depth: 4, connectives: 2 };
    let deep =
        |condition: &str| parse_within(&format!("SELECT * FROM X WHERE {condition}"), &limits);
    assert!(deep("((((a = 1))))").is_ok());
    assert!(matches!(deep("(((((a = 1)))))"), Err(WqlError::TooDeep { limit: 4, .. })));
    assert!(deep("NOT NOT (NOT a = 1)").is_ok());
    assert!(matches!(deep("NOT NOT (NOT NOT a = 1)"), Err(WqlError::TooDeep { .. })));
    assert!(deep("(NOT a = 1) AND (NOT a = 1) OR (NOT (NOT a = 1))").is_ok());
    assert!(matches!(deep("a=1 AND b=1 OR c=1 OR d=1"), Err(WqlError::TooComplex { .. })));
    let error = deep(&" ".repeat(120)).unwrap_err();
    assert_eq!(error.status(), Status::QuotaViolation);
    for text in ["NOT ".repeat(60_000), "(".repeat(200_000)] {
        let error = parse(&format!("SELECT * FROM X WHERE {text}")).unwrap_err();
        assert_eq!(error.status(), Status::QuotaViolation);
    }
    let long = "SELECT * FROM X WHERE a = 1".to_owned() + &" OR a = 1".repeat(4_096);
    assert!(parse(&long).is_ok());
    let options = ParseOptions { level: Level::Extended, ..ParseOptions::default() };
    let list = |count: usize| {
        let values = "1, ".repeat(count - 1);
        parse_with(&format!("SELECT * FROM X WHERE a IN ({values}1)"), &options)
    };
    assert!(list(4_097).is_ok());
    assert!(matches!(list(4_098), Err(WqlError::TooComplex { .. })));
}

fn level() -> impl Strategy<Value = Level> {
    prop::sample::select(vec![Level::Wql, Level::Extended])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn what_prints_parses_back(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        level in level(),
    ) {
        let options = ParseOptions { level, ..ParseOptions::default() };
        let query = testing::query(&mut Dice::new(&bytes), level);
        let text = query.to_string();
        match parse_with(&text, &options) {
            Ok(parsed) => {
                prop_assert_eq!(&parsed.to_string(), &text);
                prop_assert_eq!(without_spans(&parsed), without_spans(&query), "{}", text);
            }
            Err(error) => prop_assert!(false, "{text}: {error}"),
        }
        let query = testing::event_query(&mut Dice::new(&bytes), level);
        let text = query.to_string();
        match parse_event_with(&text, &options) {
            Ok(parsed) => {
                prop_assert_eq!(&parsed.to_string(), &text);
                prop_assert_eq!(without_spans(&parsed), without_spans(&query), "{}", text);
            }
            Err(error) => prop_assert!(false, "{text}: {error}"),
        }
    }

    #[test]
    fn any_text_is_safe(text in "\\PC{0,60}") {
        let options = ParseOptions { level: Level::Extended, ..ParseOptions::default() };
        for error in [
            parse(&text).err(),
            parse_with(&text, &options).err(),
            parse_event(&text).err(),
        ].into_iter().flatten() {
            let span = error.span();
            prop_assert!(text.get(span.start..span.end).is_some(), "{:?} in {}", span, text);
        }
    }

    #[test]
    fn any_run_of_tokens_is_safe(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "SELECT", "*", "FROM", "a", "WHERE", "=", "<", "'b'", "5", "1.5", "(", ")", "AND", "OR",
            "NOT", "IS", "NULL", "TRUE", "LIKE", "ISA", ".", ",", "GROUP", "WITHIN", "IN", "+", "[",
            "ORDER", "BY", "HAVING", "TOP", "DISTINCT", "COUNT", "BETWEEN", "LIMIT", "OFFSET", "AS",
            "ASSOCIATORS OF", "REFERENCES OF", "{X.a='b'}", "{", "Role", "ClassDefsOnly", "meta_class",
        ]), 0..25),
        extended in any::<bool>(),
    ) {
        let text = tokens.join(" ");
        let level = if extended { Level::Extended } else { Level::Wql };
        let options = ParseOptions { level, ..ParseOptions::default() };
        match parse_with(&text, &options) {
            Ok(query) => {
                let again = parse_with(&query.to_string(), &options);
                let again = again.map(|again| without_spans(&again));
                prop_assert_eq!(again, Ok(without_spans(&query)), "{}", text);
            }
            Err(error) => prop_assert!(error.span().end <= text.len()),
        }
        match parse_event_with(&text, &options) {
            Ok(query) => {
                let again = parse_event_with(&query.to_string(), &options);
                let again = again.map(|again| without_spans(&again));
                prop_assert_eq!(again, Ok(without_spans(&query)), "{}", text);
            }
            Err(error) => prop_assert!(error.span().end <= text.len()),
        }
    }
}
