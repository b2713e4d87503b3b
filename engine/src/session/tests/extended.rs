//! What the extended level adds, query by query.

use super::*;
use cimarron_model::{Array, CimType, DateTime, Elements, Value};
use cimarron_wql::Level;

const MOF: &str = r#"
class X_Part { string Name; sint32 Size; };
class X_Row {
    [key] string Id; sint32 N; uint64 U; sint64 S; real64 R; real32 F; string T; datetime D;
    boolean B; char16 C; uint16 A[]; X_Part P; object O;
};
class X_More : X_Row { uint8 Extra; };
class X_None { [key] uint8 Id; sint8 N; string T; };
"#;

fn at_level(dialect: Dialect) -> Session {
    let mof = match dialect {
        Dialect::Wmi => MOF.to_owned(),
        Dialect::Dmtf => format!(
            "Qualifier Key : boolean = false, Scope(property, reference), \
             Flavor(DisableOverride, ToSubclass);\n{}",
            MOF.replace(" X_Part P; object O;", "")
        ),
    };
    session(dialect, &mof).with_language_level(Level::Extended)
}

fn part(name: &str, size: i32) -> Value {
    let part = Instance::new("X_Part").with("Name", name).with("Size", size);
    cimarron_model::Object::Instance(part).into()
}

fn numbers(numbers: &[u16]) -> Value {
    Value::Array(Array::from_elements(Elements::UInt16(numbers.to_vec())))
}

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// Rows `a` to `f`; `b` and `e` are of the subclass and `f` has nothing but its key.
fn filled(dialect: Dialect) -> Session {
    let session = at_level(dialect);
    let rows = [
        Instance::new("X_Row")
            .with("Id", "a")
            .with("N", 3_i32)
            .with("U", u64::MAX)
            .with("S", -5_i64)
            .with("R", 2.5_f64)
            .with("F", 0.25_f32)
            .with("T", "beta")
            .with("D", time("20200101020000.000000+120"))
            .with("B", true)
            .with("C", cimarron_model::Char16(0x62))
            .with("A", numbers(&[1, 2])),
        Instance::new("X_More")
            .with("Id", "b")
            .with("N", -1_i32)
            .with("U", 1_u64 << 53)
            .with("S", -7_i64)
            .with("R", f64::NAN)
            .with("F", 1.5_f32)
            .with("T", "Alpha")
            .with("D", time("20200101010000.000000+000"))
            .with("B", false)
            .with("C", cimarron_model::Char16(0x61))
            .with("A", numbers(&[1, 2]))
            .with("Extra", 9_u8),
        Instance::new("X_Row")
            .with("Id", "c")
            .with("N", 3_i32)
            .with("U", (1_u64 << 53) + 1)
            .with("R", -1.0_f64)
            .with("T", "alpha")
            .with("D", time("20191231235959.999999+000"))
            .with("B", true)
            .with("A", numbers(&[2, 1])),
        Instance::new("X_Row").with("Id", "d").with("N", 10_i32).with("T", "BETA").with("F", 1_f32),
        Instance::new("X_More")
            .with("Id", "e")
            .with("N", 3_i32)
            .with("T", "Ärger")
            .with("D", time("20200101000000.000000+000")),
        Instance::new("X_Row").with("Id", "f"),
    ];
    for row in rows {
        let row = match dialect {
            Dialect::Wmi if row.get("N").is_some() => {
                let n = row.get("N").and_then(Value::as_integer).unwrap() as i32;
                row.with("P", part("p", n % 5)).with("O", part("o", -n))
            }
            _ => row,
        };
        session.create_instance(&context(), &row).unwrap();
    }
    session
}

/// The rows of a query in their order, columns separated by `|`.
fn shown(session: &Session, query: &str) -> Vec<String> {
    let result = session.query(&context(), query).unwrap_or_else(|e| panic!("{query}: {e}"));
    let line = |row: Row<'_>| {
        let fields: Vec<_> = row.fields().map(|f| f.to_value().to_string()).collect();
        fields.join("|")
    };
    let rows: Vec<_> = result.rows().map(|row| line(row.unwrap())).collect();
    assert_eq!(result.count().unwrap(), rows.len(), "{query}");
    for parts in [1, 2, 7] {
        let by_parts = result.parts(parts).flat_map(|part| part.rows());
        assert!(by_parts.map(|row| line(row.unwrap())).eq(rows.iter().cloned()), "{query}");
        let counted: usize = result.parts(parts).map(|part| part.count().unwrap()).sum();
        assert_eq!(counted, rows.len(), "{query}");
    }
    rows
}

fn check(session: &Session, table: &[(&str, &[&str])]) {
    for (query, expected) in table {
        assert_eq!(shown(session, query), *expected, "{query}");
    }
}

#[test]
fn the_level_is_asked_for() {
    let session = filled(Dialect::Wmi);
    let plain = session.clone().with_language_level(Level::Wql);
    assert_eq!((plain.language_level(), session.language_level()), (Level::Wql, Level::Extended));
    assert_eq!(session.repository().session("root/cimv2").unwrap().language_level(), Level::Wql);
    for query in [
        "SELECT TOP 1 * FROM X_Row",
        "SELECT COUNT(*) FROM X_Row",
        "SELECT Id AS Name FROM X_Row",
        "SELECT DISTINCT N FROM X_Row",
        "SELECT * FROM X_Row ORDER BY Id",
        "SELECT * FROM X_Row LIMIT 2 OFFSET 1",
        "SELECT * FROM X_Row WHERE N IN (1, 2)",
    ] {
        assert!(session.query(&context(), query).is_ok(), "{query}");
        for error in [
            plain.query(&context(), query).unwrap_err(),
            plain.execute(&context(), query).unwrap_err(),
            plain.prepare(&context(), query).unwrap_err(),
            plain.snapshot(&context()).unwrap().query(&context(), query).unwrap_err(),
        ] {
            assert!(error.span().is_some(), "{query}: {error}");
        }
        assert!(session.prepare(&context(), query).unwrap().run(&context()).is_ok(), "{query}");
        let pinned = session.snapshot(&context()).unwrap();
        assert!(pinned.query(&context(), query).is_ok(), "{query}");
    }
}

/// The extent of X_Row has X_Row's own rows first: a, c, d, f, b, e.
#[test]
fn rows_are_sorted() {
    check(
        &filled(Dialect::Wmi),
        &[
            ("SELECT Id FROM X_Row ORDER BY N", &["f", "b", "a", "c", "e", "d"]),
            ("SELECT Id FROM X_Row ORDER BY N DESC", &["d", "a", "c", "e", "b", "f"]),
            ("SELECT Id FROM X_Row ORDER BY N DESC, Id DESC", &["d", "e", "c", "a", "b", "f"]),
            ("SELECT Id FROM X_Row ORDER BY N, Id DESC", &["f", "b", "e", "c", "a", "d"]),
            ("SELECT Id FROM X_Row ORDER BY U, Id", &["d", "e", "f", "b", "c", "a"]),
            ("SELECT Id FROM X_Row ORDER BY R, Id", &["d", "e", "f", "c", "a", "b"]),
            ("SELECT Id FROM X_Row ORDER BY R DESC, Id", &["b", "a", "c", "d", "e", "f"]),
            ("SELECT Id FROM X_Row ORDER BY T", &["f", "c", "b", "a", "d", "e"]),
            ("SELECT Id FROM X_Row ORDER BY D, Id", &["d", "f", "c", "a", "e", "b"]),
            ("SELECT Id FROM X_Row ORDER BY B, Id", &["d", "e", "f", "b", "a", "c"]),
            ("SELECT Id FROM X_Row ORDER BY C DESC, Id", &["a", "b", "c", "d", "e", "f"]),
            ("SELECT Id FROM X_Row ORDER BY P.Size, Id", &["f", "b", "d", "a", "c", "e"]),
            ("SELECT Id FROM X_Row ORDER BY O.Size DESC, Id", &["b", "a", "c", "e", "d", "f"]),
            ("SELECT Id FROM X_Row ORDER BY __CLASS, Id DESC", &["e", "b", "f", "d", "c", "a"]),
            ("SELECT Id FROM X_Row ORDER BY __RELPATH DESC", &["f", "d", "c", "a", "e", "b"]),
            ("SELECT N AS M, Id FROM X_Row WHERE N > 3 ORDER BY M", &["10|d"]),
            ("SELECT Id FROM X_Row WHERE N = 3 ORDER BY T DESC", &["e", "a", "c"]),
            ("SELECT Id FROM X_None ORDER BY N", &[]),
        ],
    );
    check(
        &filled(Dialect::Dmtf),
        &[("SELECT Id FROM X_Row ORDER BY T", &["f", "b", "d", "c", "a", "e"])],
    );
}

#[test]
fn rows_are_cut() {
    check(
        &filled(Dialect::Wmi),
        &[
            ("SELECT TOP 2 Id FROM X_Row", &["a", "c"]),
            ("SELECT TOP 0 Id FROM X_Row", &[]),
            ("SELECT TOP 9 Id FROM X_Row", &["a", "c", "d", "f", "b", "e"]),
            ("SELECT Id FROM X_Row LIMIT 2 OFFSET 3", &["f", "b"]),
            ("SELECT Id FROM X_Row LIMIT 2 OFFSET 5", &["e"]),
            ("SELECT Id FROM X_Row LIMIT 2 OFFSET 6", &[]),
            ("SELECT Id FROM X_Row LIMIT 9 OFFSET 18446744073709551615", &[]),
            ("SELECT TOP 3 Id FROM X_Row LIMIT 1 OFFSET 1", &["c"]),
            ("SELECT TOP 2 Id FROM X_Row WHERE N = 3", &["a", "c"]),
            ("SELECT Id FROM X_Row WHERE N = 3 LIMIT 5 OFFSET 1", &["c", "e"]),
            ("SELECT TOP 2 Id FROM X_Row ORDER BY Id DESC", &["f", "e"]),
            ("SELECT Id FROM X_Row ORDER BY Id LIMIT 2 OFFSET 3", &["d", "e"]),
            ("SELECT Id FROM X_Row ORDER BY Id LIMIT 2 OFFSET 7", &[]),
            ("SELECT Id FROM X_Row ORDER BY Id LIMIT 18446744073709551615 OFFSET 4", &["e", "f"]),
            ("SELECT TOP 0 Id FROM X_Row ORDER BY Id", &[]),
        ],
    );
}

#[test]
fn rows_that_show_the_same_come_once() {
    check(
        &filled(Dialect::Wmi),
        &[
            ("SELECT DISTINCT N FROM X_Row", &["3", "10", "NULL", "-1"]),
            ("SELECT DISTINCT T FROM X_Row", &["beta", "alpha", "NULL", "Ärger"]),
            (
                "SELECT DISTINCT N, B FROM X_Row",
                &["3|TRUE", "10|NULL", "NULL|NULL", "-1|FALSE", "3|NULL"],
            ),
            ("SELECT DISTINCT A FROM X_Row", &["{1, 2}", "{2, 1}", "NULL"]),
            ("SELECT DISTINCT TOP 2 N FROM X_Row", &["3", "10"]),
            ("SELECT DISTINCT N FROM X_Row LIMIT 2 OFFSET 1", &["10", "NULL"]),
            ("SELECT DISTINCT N FROM X_Row ORDER BY N", &["NULL", "-1", "3", "10"]),
            ("SELECT DISTINCT N FROM X_Row ORDER BY Id DESC", &["NULL", "10", "-1", "3"]),
            ("SELECT DISTINCT N FROM X_Row ORDER BY N DESC LIMIT 1 OFFSET 1", &["3"]),
            ("SELECT DISTINCT P FROM X_Row WHERE N = 3", &["instance of X_Part"]),
            ("SELECT DISTINCT __CLASS FROM X_Row", &["X_Row", "X_More"]),
            ("SELECT DISTINCT P.Size FROM X_Row ORDER BY P.Size", &["NULL", "-1", "0", "3"]),
        ],
    );
    let session = filled(Dialect::Wmi);
    assert_eq!(shown(&session, "SELECT DISTINCT * FROM X_Row").len(), 6);
    // Two ways to write an instant.
    assert_eq!(shown(&session, "SELECT DISTINCT D FROM X_Row WHERE D IS NOT NULL").len(), 3);
    check(
        &filled(Dialect::Dmtf),
        &[("SELECT DISTINCT T FROM X_Row", &["beta", "alpha", "BETA", "NULL", "Alpha", "Ärger"])],
    );
}

#[test]
fn aggregates() {
    let session = filled(Dialect::Wmi);
    check(
        &session,
        &[
            ("SELECT COUNT(*) FROM X_Row", &["6"]),
            ("SELECT COUNT(*) FROM X_Row WHERE N = 3", &["3"]),
            ("SELECT COUNT(*) FROM X_Row WHERE N = 3 AND N = 4", &["0"]),
            (
                "SELECT COUNT(*), COUNT(N), COUNT(T), COUNT(A), COUNT(P), COUNT(O.Size) FROM X_Row",
                &["6|5|5|3|5|5"],
            ),
            ("SELECT COUNT(__PATH), COUNT(__SUPERCLASS) FROM X_Row", &["6|2"]),
            ("SELECT MIN(N), MAX(N), SUM(N), AVG(N) FROM X_Row", &["-1|10|18|3.6"]),
            ("SELECT SUM(S), AVG(S), MIN(S) FROM X_Row", &["-12|-6|-7"]),
            ("SELECT MIN(U), MAX(U) FROM X_Row", &["9007199254740992|18446744073709551615"]),
            ("SELECT SUM(U) FROM X_Row WHERE Id <> 'a'", &["18014398509481985"]),
            ("SELECT MIN(R), MAX(R), AVG(R) FROM X_Row", &["-1|NaN|NaN"]),
            (
                "SELECT SUM(F), MIN(F), MAX(F), AVG(F) FROM X_Row",
                &["2.75|0.25|1.5|0.9166666666666666"],
            ),
            ("SELECT MIN(T), MAX(T) FROM X_Row", &["alpha|Ärger"]),
            ("SELECT MIN(C), MAX(C) FROM X_Row", &["a|b"]),
            (
                "SELECT MAX(D), MIN(D) FROM X_Row",
                &["20200101010000.000000+000|20191231235959.999999+000"],
            ),
            (
                "SELECT SUM(P.Size), MAX(O.Size), SUM(O.Size), AVG(O.Size) FROM X_Row",
                &["8|1|-18|-3.6"],
            ),
            ("SELECT MIN(__CLASS), MAX(__CLASS), SUM(__GENUS) FROM X_Row", &["X_More|X_Row|12"]),
            (
                "SELECT COUNT(*), COUNT(N), MIN(N), MAX(T), SUM(N), AVG(N) FROM X_None",
                &["0|0|NULL|NULL|NULL|NULL"],
            ),
            ("SELECT TOP 1 COUNT(*) FROM X_Row", &["6"]),
            ("SELECT TOP 0 COUNT(*) FROM X_Row", &[]),
            ("SELECT COUNT(*) FROM X_Row LIMIT 5 OFFSET 1", &[]),
        ],
    );
    let error = session.query(&context(), "SELECT SUM(U) AS All FROM X_Row").unwrap_err();
    assert_eq!(error.status(), Status::ValueOutOfRange);
    assert!(error.to_string().contains("`All` is 18464758472219033600"), "{error}");
}

#[test]
fn a_row_of_aggregates_is_no_instance() {
    let session = filled(Dialect::Wmi);
    let query = "SELECT COUNT(*), MIN(C) AS Least, SUM(R) AS Sum FROM X_Row WHERE R < 3";
    let result = session.query(&context(), query).unwrap();
    let headers: Vec<_> = result.columns().unwrap().to_vec();
    let header = |h: &ColumnHeader| (h.name.to_string(), h.cim_type, h.is_array);
    let expected =
        [("COUNT(*)", CimType::UInt64), ("Least", CimType::Char16), ("Sum", CimType::Real64)];
    let expected = expected.map(|(name, cim_type)| (name.to_owned(), cim_type, false));
    assert_eq!(headers.iter().map(header).collect::<Vec<_>>(), expected);
    assert_eq!(result.class_columns(), headers);
    assert_eq!(result.class().as_str(), "X_Row");
    let row = result.rows().next().unwrap().unwrap();
    assert_eq!(
        row.property("least").map(crate::view::ValueView::cim_type),
        Some(Some(CimType::Char16))
    );
    assert_eq!(row.system(cimarron_wql::SystemProperty::RelPath), Value::null(CimType::String));
    assert_eq!(row.system(cimarron_wql::SystemProperty::Path), Value::null(CimType::String));
    assert_eq!(row.system(cimarron_wql::SystemProperty::PropertyCount), Value::from(3_i32));
    assert_eq!(row.path().to_string(), "X_Row");
    let instance = row.to_instance();
    assert_eq!((instance.path.as_ref(), instance.class_version, instance.len()), (None, None, 3));
    assert_eq!(instance.get("COUNT(*)"), Some(&Value::from(2_u64)));
    assert_eq!(instance.get("Sum"), Some(&Value::from(1.5)));
}

#[test]
fn aliases_are_headings() {
    let session = filled(Dialect::Wmi);
    let query = "SELECT Id AS Name, N, T AS Id FROM X_Row WHERE Id = 'a'";
    let result = session.query(&context(), query).unwrap();
    let names: Vec<_> = result.columns().unwrap().iter().map(|h| h.name.as_str()).collect();
    assert_eq!(names, ["Name", "N", "Id"]);
    let row = result.rows().next().unwrap().unwrap();
    let fields: Vec<_> = row.fields().map(|f| (f.name, f.to_value().to_string())).collect();
    let expected = [("Name", "a"), ("N", "3"), ("Id", "beta")];
    assert_eq!(fields, expected.map(|(name, value)| (name, value.to_owned())));
    let instance = row.to_instance();
    assert_eq!(instance.get("Id"), Some(&Value::from("beta")));
    assert_eq!(instance.path.unwrap().to_string(), r#"X_Row.Id="a""#);
}

#[test]
fn sequences_walk_lists() {
    let session = filled(Dialect::Wmi);
    for (query, expected) in [
        ("SELECT Id FROM X_Row ORDER BY Id DESC LIMIT 5", ["f", "e", "d", "c", "b"]),
        ("SELECT Id FROM X_Row LIMIT 5 OFFSET 1", ["c", "d", "f", "b", "e"]),
    ] {
        let mut sequence = session.sequence(session.query(&context(), query).unwrap());
        let mut ids = Vec::new();
        let pull = |sequence: &mut Sequence, ids: &mut Vec<String>, most: usize, take: usize| {
            let mut left = take;
            let pulled = sequence.pull(&context(), Batch::of(most), |item| match item {
                Item::Row(_) if left == 0 => Taken::GiveBack,
                Item::Row(row) => {
                    left -= 1;
                    ids.push(row.property("Id").unwrap().as_str().unwrap().to_owned());
                    Taken::Yes(1)
                }
                Item::Owned(_) => unreachable!(),
            });
            pulled.unwrap()
        };
        assert_eq!(pull(&mut sequence, &mut ids, 2, 9).count, 2);
        assert_eq!(sequence.remaining(&context()).unwrap(), Some(3));
        let mut second = sequence.try_clone().unwrap();
        assert_eq!(pull(&mut sequence, &mut ids, 2, 1).count, 1);
        assert!(pull(&mut sequence, &mut ids, 9, 9).end);
        assert_eq!(ids, expected, "{query}");
        assert_eq!(sequence.remaining(&context()).unwrap(), Some(0));
        assert_eq!(second.skip(&context(), 1).unwrap(), 1);
        ids.clear();
        assert!(pull(&mut second, &mut ids, 9, 9).end);
        assert_eq!(ids, expected[3..], "{query}");
        sequence.rewind().unwrap();
        ids.clear();
        assert!(pull(&mut sequence, &mut ids, 9, 9).end);
        assert_eq!(ids, expected, "{query}");
    }
}

#[test]
fn an_open_result_keeps_its_rows() {
    let session = filled(Dialect::Wmi);
    let sorted = session.query(&context(), "SELECT Id FROM X_Row ORDER BY Id").unwrap();
    let cut = session.query(&context(), "SELECT TOP 3 Id FROM X_Row").unwrap();
    for id in ["a", "d"] {
        session.delete_instance(&context(), &path(&format!("X_Row.Id=\"{id}\""))).unwrap();
    }
    session.create_instance(&context(), &Instance::new("X_Row").with("Id", "0")).unwrap();
    let ids = |result: &QueryResult| {
        let id = |row: Row<'_>| row.property("Id").unwrap().as_str().unwrap().to_owned();
        result.rows().map(|row| id(row.unwrap())).collect::<String>()
    };
    assert_eq!((ids(&sorted), ids(&cut)), ("abcdef".to_owned(), "acd".to_owned()));
}
