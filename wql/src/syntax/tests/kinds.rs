//! Schema, association and event queries, and the extended level.

use super::super::ast::*;
use super::super::{Level, ParseOptions, parse, parse_event, parse_event_with, parse_with};
use super::{check, check_same};
use crate::error::{AssociationError, Construct, EventError, WqlError};
use cimarron_model::Status;

#[track_caller]
fn check_event(text: &str, canonical: &str) {
    let query = parse_event(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert_eq!(query.to_string(), canonical);
}

#[track_caller]
fn check_extended(text: &str, canonical: &str) {
    let options = ParseOptions { level: Level::Extended, ..ParseOptions::default() };
    let query = parse_with(text, &options).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert_eq!(query.to_string(), canonical);
    assert!(parse(text).is_err(), "{text}");
}

#[test]
fn schema_queries() {
    check_same("SELECT * FROM meta_class");
    check("select * from Meta_Class", "SELECT * FROM meta_class");
    check(
        "SELECT * FROM meta_class WHERE NOT __class < 'Win32' AND NOT __this ISA 'Win32_Account'",
        "SELECT * FROM meta_class WHERE NOT __class < \"Win32\" AND NOT __this ISA \"Win32_Account\"",
    );
    assert!(matches!(parse("SELECT * FROM meta_class"), Ok(Query::Schema(_))));
    let error = parse("SELECT Name FROM meta_class").unwrap_err();
    assert!(matches!(error, WqlError::ListInSchemaQuery { .. }));
    assert_eq!(error.status(), Status::InvalidQuery);
}

#[test]
fn association_queries() {
    check_same("ASSOCIATORS OF {X.a=\"b\"}");
    check_same("REFERENCES OF {X=@}");
    check(
        "associators\n of{ \\\\.\\root\\cimv2:X.a='}',b=5\t}where KEYSONLY role = Role resultrole=b",
        r#"ASSOCIATORS OF {\\.\root\cimv2:X.a="}",b=5} WHERE Role = Role ResultRole = b KeysOnly"#,
    );
    check(
        "ASSOCIATORS OF {X=\"C:\\\\{\\\"\"} WHERE RequiredQualifier=a RequiredAssocQualifier=b \
         AssocClass=c ClassDefsOnly",
        "ASSOCIATORS OF {X=\"C:\\\\{\\\"\"} WHERE AssocClass = c RequiredQualifier = a \
         RequiredAssocQualifier = b ClassDefsOnly",
    );
    check_same("REFERENCES OF {X} WHERE ResultClass = Y Role = a RequiredQualifier = b SchemaOnly");
    check_same("ASSOCIATORS OF {X} WHERE AssocClass = Where ResultClass = Like SchemaOnly");
}

#[test]
fn association_errors() {
    use AssociationError as E;
    let keyword = |word: &str, statement, suggestion: Option<&str>| E::UnknownKeyword {
        word: word.to_owned(),
        statement,
        suggestion: suggestion.map(str::to_owned),
    };
    let connective = |word: &str| E::Connective { word: word.to_owned() };
    for (text, expected, at) in [
        ("ASSOCIATORS OF {}", E::NoPath, "{}"),
        ("ASSOCIATORS OF { \n }", E::NoPath, "{ \n }"),
        ("ASSOCIATORS OF {//./root}", E::PathOfNamespace, "//./root"),
        ("ASSOCIATORS OF {X=\"a}", E::UnclosedBraces, "{"),
        ("ASSOCIATORS OF {X", E::UnclosedBraces, "{"),
        ("ASSOCIATORS OF {X=5} WHERE Role", E::KeywordWithoutValue { keyword: "Role" }, "Role"),
        (
            "ASSOCIATORS OF {X=5} WHERE KeysOnly = a",
            E::KeywordWithValue { keyword: "KeysOnly" },
            "a",
        ),
        (
            "ASSOCIATORS OF {X=5} WHERE Role = a rolE = a",
            E::KeywordTwice { keyword: "Role" },
            "rolE",
        ),
        ("ASSOCIATORS OF {X=5} WHERE Role = a AND KeysOnly", connective("AND"), "AND"),
        ("ASSOCIATORS OF {X=5} WHERE Role = a, KeysOnly", connective(","), ","),
        ("ASSOCIATORS OF {X=5} WHERE Role <> a", E::Operator, "<>"),
        ("ASSOCIATORS OF {X=5} WHERE Role = 'a b'", E::QuotedName, "'a b'"),
        ("ASSOCIATORS OF {X=5} WHERE Role = ' a'", E::QuotedName, "' a'"),
        ("ASSOCIATORS OF {X=5} WHERE Role = ''", E::QuotedName, "''"),
        ("ASSOCIATORS OF {X=5} WHERE Role = \"true\"", E::QuotedName, "\"true\""),
        ("REFERENCES OF {X=5} WHERE ResultClass = '5'", E::QuotedName, "'5'"),
        ("REFERENCES OF {X=5} WHERE ResultClass = 'a\\\"'", E::QuotedName, "'a\\\"'"),
        (
            "ASSOCIATORS OF {X=5} WHERE KeysOnly = 'a'",
            E::KeywordWithValue { keyword: "KeysOnly" },
            "'a'",
        ),
        (
            "ASSOCIATORS OF {X=5} WHERE Rolle = a",
            keyword("Rolle", "ASSOCIATORS OF", Some("Role")),
            "Rolle",
        ),
        (
            "REFERENCES OF {X=5} WHERE resultrole = a",
            E::KeywordOfAssociators { keyword: "ResultRole" },
            "resultrole",
        ),
        (
            "REFERENCES OF {X=5} WHERE ClassDefsOnly ResultClass = Y",
            E::ClassDefsOnlyWithResultClass,
            "ClassDefsOnly",
        ),
        ("REFERENCES OF {X=5} WHERE SchemaOnly", E::SchemaOnlyOfInstance, "SchemaOnly"),
        (
            "REFERENCES OF {X} WHERE SchemaOnly ClassDefsOnly",
            E::SchemaOnlyWithClassDefsOnly,
            "ClassDefsOnly",
        ),
    ] {
        let error = parse(text).unwrap_err();
        let span = error.span();
        assert_eq!(error, WqlError::Association { error: expected, span }, "{text}");
        assert_eq!(span.of(text), at, "{text}");
        assert_eq!(error.status(), Status::InvalidQuery);
    }
    for (text, message) in [
        ("ASSOCIATORS OF", "expected an object path in braces"),
        ("ASSOCIATORS {X}", "unexpected `{X}`: expected OF"),
        ("ASSOCIATORS OF X", "unexpected `X`: expected an object path in braces"),
        ("ASSOCIATORS OF {X} WHERE", "expected a keyword"),
        ("ASSOCIATORS OF {X} WHERE Role =", "expected a name"),
        ("ASSOCIATORS OF {X} {Y}", "unexpected `{Y}`: expected WHERE"),
        ("ASSOCIATORS OF {X.a=}", "malformed object path"),
        ("ASSOCIATORS OF {X.a = 5}", "malformed object path"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.to_string().contains(message), "{text}: {error}");
    }
}

#[test]
fn event_queries() {
    check_event("select * from E", "SELECT * FROM E");
    check_event(
        "SELECT TargetInstance.Name, b FROM E WITHIN 10.50 WHERE TargetInstance ISA 'X' AND a=1",
        "SELECT TargetInstance.Name, b FROM E WITHIN 10.5 WHERE TargetInstance ISA \"X\" AND a = 1",
    );
    check_event(
        "SELECT * FROM E GROUP WITHIN +600 BY Group, Having.By having 5 < NumberOfEvents",
        "SELECT * FROM E GROUP WITHIN 600 BY Group, Having.By HAVING 5 < NumberOfEvents",
    );
    check_event(
        "SELECT Within FROM Group WITHIN .001 WHERE Group = 1 GROUP WITHIN 4294967.295 BY By",
        "SELECT Within FROM Group WITHIN 0.001 WHERE Group = 1 GROUP WITHIN 4294967.295 BY By",
    );
}

#[test]
fn event_errors() {
    use EventError as E;
    let interval = |text: &str| E::IntervalOutOfRange { text: text.to_owned() };
    for (text, expected, status) in [
        ("SELECT * FROM E WITHIN 0", interval("0"), Status::InvalidQuery),
        ("SELECT * FROM E WITHIN -1", interval("-1"), Status::InvalidQuery),
        ("SELECT * FROM E WITHIN 0.0001", interval("0.0001"), Status::InvalidQuery),
        ("SELECT * FROM E WITHIN 4294967.296", interval("4294967.296"), Status::InvalidQuery),
        ("SELECT * FROM E WITHIN 1e999", interval("1e999"), Status::InvalidQuery),
        ("SELECT * FROM E GROUP BY a", E::MissingGroupWithin, Status::MissingGroupWithin),
        ("SELECT * FROM E WHERE a = 1 GROUP", E::MissingGroupWithin, Status::MissingGroupWithin),
        (
            "SELECT * FROM E GROUP WITHIN 5 BY",
            E::MissingAggregationList,
            Status::MissingAggregationList,
        ),
        (
            "SELECT * FROM E GROUP WITHIN 5 BY *",
            E::MissingAggregationList,
            Status::MissingAggregationList,
        ),
        (
            "SELECT * FROM E GROUP WITHIN 5 BY HAVING NumberOfEvents > 5",
            E::MissingAggregationList,
            Status::MissingAggregationList,
        ),
        (
            "SELECT * FROM E HAVING NumberOfEvents > 5",
            E::HavingWithoutGroup,
            Status::UnparsableQuery,
        ),
    ] {
        let error = parse_event(text).unwrap_err();
        assert_eq!(error, WqlError::Event { error: expected, span: error.span() }, "{text}");
        assert_eq!(error.status(), status, "{text}");
    }
    for (text, message) in [
        ("", "expected SELECT"),
        ("SELECT * FROM E WITHIN", "expected a number"),
        ("SELECT * FROM E WITHIN 'x'", "expected a number"),
        ("SELECT * FROM E WHERE a = 1 WITHIN 5", "before WHERE"),
        ("SELECT * FROM E x", "WQL has no class alias"),
        ("SELECT * FROM E ORDER BY a", "an event query has no ORDER BY"),
        ("SELECT * FROM E WHERE a = 'b", "never closed"),
    ] {
        let error = parse_event(text).unwrap_err();
        assert!(error.to_string().contains(message), "{text}: {error}");
        assert_eq!(error.status(), Status::UnparsableQuery, "{text}");
    }
    let long = "SELECT * FROM E WHERE ".to_owned() + &"(".repeat(200);
    assert_eq!(parse_event(&long).unwrap_err().status(), Status::QuotaViolation);
}

#[test]
fn extended_level() {
    check_extended("SELECT top 5 a FROM X", "SELECT TOP 5 a FROM X");
    check_extended(
        "SELECT DISTINCT TOP 5 a AS b, Top FROM X",
        "SELECT DISTINCT TOP 5 a AS b, Top FROM X",
    );
    check_extended("SELECT DISTINCT Distinct FROM X", "SELECT DISTINCT Distinct FROM X");
    check_extended("SELECT count( * ), Max(a.b) FROM X", "SELECT COUNT(*), MAX(a.b) FROM X");
    check_extended(
        "SELECT * FROM X WHERE a = 1 ORDER BY a ASC, b.c DESC LIMIT 5 OFFSET 10",
        "SELECT * FROM X WHERE a = 1 ORDER BY a, b.c DESC LIMIT 5 OFFSET 10",
    );
    check_extended(
        "SELECT * FROM X ORDER BY Order LIMIT 5",
        "SELECT * FROM X ORDER BY Order LIMIT 5",
    );
    check_extended(
        "SELECT * FROM X WHERE a IN (1,'b',NULL)",
        "SELECT * FROM X WHERE a IN (1, \"b\", NULL)",
    );
    check_extended(
        "SELECT * FROM X WHERE a NOT IN (1) AND b BETWEEN 1 AND 2 OR c NOT BETWEEN 1 AND 2",
        "SELECT * FROM X WHERE NOT a IN (1) AND b BETWEEN 1 AND 2 OR NOT c BETWEEN 1 AND 2",
    );
    check_extended(
        "SELECT * FROM X WHERE a NOT LIKE 'b%'",
        "SELECT * FROM X WHERE NOT a LIKE \"b%\"",
    );
    let options = ParseOptions { level: Level::Extended, ..ParseOptions::default() };
    for text in ["SELECT * FROM E ORDER BY a", "SELECT TOP 1 * FROM E", "SELECT COUNT(*) FROM E"] {
        let error = parse_event_with(text, &options).unwrap_err();
        assert!(matches!(error.root(), WqlError::NotInKind { .. }), "{text}: {error}");
    }
    assert!(parse_event_with("SELECT * FROM E WHERE a IN (1, 2)", &options).is_ok());
    for text in ["SELECT * FROM meta_class LIMIT 5", "SELECT TOP 1 * FROM meta_class"] {
        let error = parse_with(text, &options).unwrap_err();
        assert!(matches!(error, WqlError::NotInKind { .. }), "{text}: {error}");
    }
    let error = parse_with("SELECT UPPER(a) FROM X", &options).unwrap_err();
    let construct = Construct::Function;
    assert!(matches!(error, WqlError::NoSuchConstruct { construct: c, .. } if c == construct));
    for text in [
        "SELECT MAX(*) FROM X",
        "SELECT TOP -1 * FROM X",
        "SELECT * FROM X LIMIT 99999999999999999999",
        "SELECT * FROM X ORDER a",
        "SELECT * FROM X ORDER BY a OFFSET 5",
        "SELECT * FROM X WHERE a IN ()",
        "SELECT * FROM X WHERE a BETWEEN 1",
    ] {
        assert!(parse_with(text, &options).is_err(), "{text}");
    }
}
