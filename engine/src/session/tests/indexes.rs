//! Ordered indexes: made, dropped, declared, followed through changes, read.

use super::*;
use crate::changes::Change;
use crate::error::EngineError;
use crate::schema::ClassId;
use crate::store::Transaction;
use crate::view::ValueView;
use cimarron_model::{Char16, CimType, DateTime, Keys, Name, Value};
use std::ops::Bound;

pub(super) const PLAIN: &str = "
class X_Base { [key] string Id; uint32 Size; string Text; real64 Weight; datetime Made;
               char16 Mark; boolean On; sint8 Level; };
class X_Low : X_Base { uint8 More; };
class X_Side : X_Base { };
";

const DMTF_QUALIFIERS: &str = "Qualifier Key : boolean = false, Scope(property, reference), Flavor(DisableOverride, ToSubclass);\n";

const INDEXED: &str = "
class X_Top { [key] string Id; [Indexed] uint32 Size = 0; string Text; };
class X_Under : X_Top { [Indexed] string Name = \"\"; };
";

pub(super) fn plain(dialect: Dialect) -> Session {
    match dialect {
        Dialect::Wmi => session(dialect, PLAIN),
        Dialect::Dmtf => session(dialect, &format!("{DMTF_QUALIFIERS}{PLAIN}")),
    }
}

pub(super) fn index(session: &Session, property: &str) -> Result<(), Status> {
    session.create_index(&context(), "X_Base", property).map_err(|e| e.status())
}

fn listed(session: &Session) -> Vec<String> {
    let line = |i: IndexInfo| {
        let why = if i.declared { " declared" } else { "" };
        let not = if i.is_ready { "" } else { " not ready" };
        format!("{}.{} {}{why}{not}", i.class, i.property, i.entries)
    };
    session.indexes(&context()).unwrap().into_iter().map(line).collect()
}

fn through(session: &Session, query: &str) -> String {
    match session.query(&context(), query).unwrap().access() {
        AccessPath::Scan => "scan".to_owned(),
        AccessPath::Nothing => "nothing".to_owned(),
        AccessPath::KeyIndex => "key".to_owned(),
        AccessPath::AssociationIndex { property } => format!("ends {property}"),
        AccessPath::OrderedIndex { class, property } => format!("{class}.{property}"),
    }
}

fn ids(result: &QueryResult) -> Vec<String> {
    let id = |row: Row<'_>| row.property("Id").and_then(ValueView::as_str).unwrap().to_owned();
    result.rows().map(|row| id(row.unwrap())).collect()
}

fn find(session: &Session, property: &str, range: (Bound<Value>, Bound<Value>)) -> Vec<String> {
    ids(&session.find(&context(), "X_Base", property, range).unwrap())
}

/// Compares every index with the rows: each that is there is in it once, and whatever is in
/// it leads to a row with that key.
pub(super) fn check(session: &Session) {
    let namespace = session.repository().namespace(session.namespace().as_str()).unwrap();
    let transaction = Transaction::begin(session.repository().commits()).unwrap();
    let root = transaction.root(&namespace.store);
    namespace.store.check_indexes(&root);
}

#[test]
fn an_index_is_made_over_the_rows_that_are_there() {
    let session = plain(Dialect::Wmi);
    let side = |n: u32| device("X_Side", &format!("{n:03}")).with("Size", n % 50);
    for n in 0..300 {
        session.create_instance(&context(), &side(n)).unwrap();
    }
    let before = session.snapshot(&context()).unwrap();
    let mut changes = session.repository().changes();
    let query = "SELECT Id FROM X_Base WHERE Size = 7";
    assert_eq!(through(&session, query), "scan");
    let expected = rows(&session, query);
    assert_eq!(index(&session, "size"), Ok(()));
    assert_eq!(index(&session, "Size"), Err(Status::AlreadyExists));
    assert_eq!(listed(&session), ["X_Base.Size 300"]);
    check(&session);
    assert_eq!(
        (through(&session, query), rows(&session, query)),
        ("X_Base.Size".to_owned(), expected.clone())
    );
    // A class below has the index of the one above, and a snapshot from before has none.
    assert_eq!(through(&session, "SELECT * FROM X_Side WHERE Size = 7"), "X_Base.Size");
    assert_eq!(rows(&session, "SELECT Id FROM X_Low WHERE Size = 7"), [""; 0]);
    assert_eq!(
        (through(&before, query), rows(&before, query)),
        ("scan".to_owned(), expected.clone())
    );
    let after = session.snapshot(&context()).unwrap();
    session.drop_index(&context(), "X_Base", "SIZE").unwrap();
    let again = session.drop_index(&context(), "X_Base", "Size");
    assert_eq!(again.map_err(|e| e.status()), Err(Status::NotFound));
    for session in [&session, &after] {
        assert_eq!(
            (through(session, query), rows(session, query)),
            ("scan".to_owned(), expected.clone())
        );
    }
    assert_eq!(listed(&session), [""; 0]);
    for now in [true, false] {
        let commit = changes.try_next().unwrap().unwrap();
        let all: Vec<_> = commit.changes().collect();
        let is_it = |class: &Name, property: &Name| class.is("X_Base") && property.is("Size");
        assert!(
            matches!(&all[..], [Change::Index { class, property, created, .. }]
                if is_it(class, property) && *created == now),
            "{all:?}"
        );
    }
    assert!(changes.try_next().unwrap().is_none());
}

#[test]
fn what_has_no_order_has_no_index() {
    let session = wmi();
    let tried = |class: &str, property: &str| {
        session.create_index(&context(), class, property).map_err(|e| e.status())
    };
    for (class, property, expected) in [
        ("X_Device", "Modes", Err(Status::TypeMismatch)),
        ("X_Disk", "Part", Err(Status::TypeMismatch)),
        ("X_Disk", "Nothing", Err(Status::NoSuchProperty)),
        ("X_Nothing", "Id", Err(Status::InvalidClass)),
        ("X_On", "Device", Ok(())),
        ("X_Element", "Caption", Ok(())),
        ("X_Device", "Caption", Ok(())),
    ] {
        assert_eq!(tried(class, property), expected, "{class}.{property}");
    }
    let snapshot = session.snapshot(&context()).unwrap();
    let refused = snapshot.create_index(&context(), "X_Device", "Size");
    assert!(matches!(refused, Err(EngineError::SnapshotIsReadOnly)));
}

#[test]
fn classes_declare_indexes() {
    let session = wmi_with(INDEXED);
    assert_eq!(listed(&session), ["X_Top.Size 0 declared", "X_Under.Name 0 declared"]);
    let under = |id: &str, n: u32| device("X_Under", id).with("Size", n).with("Name", id);
    for (n, id) in (0..).zip(["a", "b", "c"]) {
        session.create_instance(&context(), &under(id, n)).unwrap();
    }
    session.create_instance(&context(), &device("X_Top", "t").with("Size", 1_u32)).unwrap();
    assert_eq!(listed(&session), ["X_Top.Size 4 declared", "X_Under.Name 3 declared"]);
    assert_eq!(through(&session, "SELECT * FROM X_Top WHERE Size > 1"), "X_Top.Size");
    assert_eq!(rows(&session, "SELECT Id FROM X_Top WHERE Size = 1"), ["b", "t"]);
    assert_eq!(rows(&session, "SELECT Id FROM X_Under WHERE Size = 1"), ["b"]);
    assert_eq!(rows(&session, "SELECT Id FROM X_Under WHERE Name = 'C'"), ["c"]);
    let refused = session.drop_index(&context(), "X_Top", "Size").map_err(|e| e.status());
    assert_eq!(refused, Err(Status::InvalidOperation));
    check(&session);

    // The property loses its qualifier, and another one has one.
    let changed = "#pragma classflags(\"forceupdate\")
        class X_Top { [key] string Id; uint32 Size; [Indexed] string Text = \"\"; };";
    session.compile_mof_text(&context(), "x.mof", changed).unwrap();
    // The rows below have no text: the qualifier does not reach them.
    assert_eq!(listed(&session), ["X_Top.Text 1 declared", "X_Under.Name 3 declared"]);
    assert_eq!(rows(&session, "SELECT Id FROM X_Under WHERE Name >= 'b' AND Name < 'c'"), ["b"]);
    check(&session);

    session.delete_class(&context(), "X_Under").unwrap();
    assert_eq!(listed(&session), ["X_Top.Text 1 declared"]);
    check(&session);
    // `Dmtf` does not know the qualifier.
    let dmtf =
        format!("{DMTF_QUALIFIERS}Qualifier Indexed : boolean = false, Scope(property);{INDEXED}");
    assert_eq!(listed(&super::session(Dialect::Dmtf, &dmtf)), [""; 0]);
}

#[test]
fn indexes_follow_the_change_of_a_class() {
    let session = plain(Dialect::Wmi);
    for n in 0..40_u32 {
        let low = device("X_Low", &format!("{n:02}")).with("Size", n).with("Level", -7_i8);
        session.create_instance(&context(), &low).unwrap();
    }
    for property in ["Size", "Level", "Text"] {
        assert_eq!(index(&session, property), Ok(()));
    }
    session.create_index(&context(), "X_Low", "More").unwrap();
    let before = session.snapshot(&context()).unwrap();
    // One is wider, one of another type, one is gone.
    let changed = "#pragma classflags(\"forceupdate\")
        class X_Base { [key] string Id; uint64 Size; string Text; real64 Weight; datetime Made;
                       char16 Mark; boolean On; real32 Level; };
        class X_Low : X_Base { };";
    session.compile_mof_text(&context(), "x.mof", changed).unwrap();
    assert_eq!(listed(&session), ["X_Base.Level 40", "X_Base.Size 40", "X_Base.Text 0"]);
    check(&session);
    for session in [&session, &before] {
        assert_eq!(rows(session, "SELECT Id FROM X_Base WHERE Size = 9"), ["09"]);
        assert_eq!(
            rows(session, "SELECT Id FROM X_Base WHERE Level < -6 AND Size < 2"),
            ["00", "01"]
        );
    }
    assert_eq!(through(&before, "SELECT Id FROM X_Base WHERE Size = 9"), "X_Base.Size");
    assert_eq!(through(&before, "SELECT Id FROM X_Base WHERE Level = 9"), "scan");
    // A new class below enters the index, and an undone change leaves no trace.
    session.compile_mof_text(&context(), "x.mof", "class X_New : X_Base { };").unwrap();
    session.create_instance(&context(), &device("X_New", "new").with("Size", 9_u64)).unwrap();
    assert_eq!(rows(&session, "SELECT Id FROM X_Base WHERE Size = 9"), ["09", "new"]);
    let undone = "#pragma classflags(\"forceupdate\")
        class X_Base { [key] string Id; string Size; };
        instance of X_New { Id = \"x\"; Size = \"9\"; };
        instance of X_New { Id = \"y\"; };
        instance of X_Side { Id = \"Y\"; };";
    assert!(session.compile_mof_text(&context(), "x.mof", undone).is_err());
    assert_eq!(rows(&session, "SELECT Id FROM X_Base WHERE Size = 9"), ["09", "new"]);
    session.create_instance(&context(), &device("X_New", "newer").with("Size", 9_u64)).unwrap();
    assert_eq!(rows(&session, "SELECT Id FROM X_Base WHERE Size = 9"), ["09", "new", "newer"]);
    assert_eq!(through(&session, "SELECT Id FROM X_Base WHERE Size = 9"), "X_Base.Size");
    check(&session);
}

#[test]
fn an_undone_commit_changes_no_index() {
    let session = plain(Dialect::Wmi);
    index(&session, "Size").unwrap();
    let namespace = session.repository().namespace(session.namespace().as_str()).unwrap();
    for wanted in [vec![], vec![(ClassId(0), Name::new("Nothing"))]] {
        let mut transaction = Transaction::begin(session.repository().commits()).unwrap();
        transaction.set_indexes(&namespace.store, &wanted);
        drop(transaction);
        let id = wanted.len().to_string();
        session.create_instance(&context(), &device("X_Low", &id).with("Size", 5_u32)).unwrap();
        check(&session);
    }
    assert_eq!(listed(&session), ["X_Base.Size 2"]);
}

#[test]
fn queries_choose_their_way() {
    let session = plain(Dialect::Wmi);
    for n in 0..20_000_u32 {
        if n % 5000 == 0 {
            let mut inserter =
                session.inserter(&context(), "X_Low", &["Id", "Size", "Text"]).unwrap();
            for n in n..n + 5000 {
                let (id, text) = (format!("{n:05}"), format!("Text {}", n % 100));
                let values =
                    [ValueView::String(&id), ValueView::UInt32(n), ValueView::String(&text)];
                inserter.insert(&values).unwrap();
            }
            inserter.commit(&context()).unwrap();
        }
    }
    for property in ["Size", "Text", "Weight", "Made"] {
        assert_eq!(index(&session, property), Ok(()));
    }
    check(&session);
    for (condition, way, count) in [
        ("Id = '00007'", "key", 1),
        ("Id = '00007' AND Size = 8", "key", 0),
        ("Id >= '00007'", "scan", 19_993),
        ("Size = 7", "X_Base.Size", 1),
        ("7 = Size", "X_Base.Size", 1),
        ("Size >= 7 AND Size < 17 AND Level IS NULL", "X_Base.Size", 10),
        ("Size > 19000 AND Text = 'TEXT 42'", "X_Base.Text", 10),
        (
            "Size > 19000 AND (Text = 'TEXT 42' OR Text = 'text 42' OR Text = 'text 43')",
            "X_Base.Text",
            20,
        ),
        ("Size > 8 AND Size < 3", "nothing", 0),
        ("Size = 3 OR Size = 99999 OR Size = 3", "X_Base.Size", 1),
        ("Size = 3 OR Text = 'text 4'", "scan", 201),
        ("NOT Size = 3", "scan", 19_999),
        ("Size <> 3", "scan", 19_999),
        ("Size < 300000", "scan", 20_000),
        ("Size > 4294967294", "X_Base.Size", 0),
        ("Size > 4294967295", "nothing", 0),
        ("Size < 0", "nothing", 0),
        ("Weight = 3 OR Weight = 4", "X_Base.Weight", 0),
        ("Weight < 3.5", "X_Base.Weight", 0),
        ("Made < '20240101000000.000000+000'", "X_Base.Made", 0),
        ("Text LIKE 'text 42'", "X_Base.Text", 200),
        ("Text LIKE 'TEXT 42%'", "X_Base.Text", 200),
        ("Text LIKE 'text 4%'", "scan", 2_200),
    ] {
        let query = format!("SELECT Id FROM X_Base WHERE {condition}");
        assert_eq!(
            (through(&session, &query).as_str(), rows(&session, &query).len()),
            (way, count),
            "{condition}"
        );
    }
    // The index of a class does not have all rows of one above.
    session.create_index(&context(), "X_Low", "Level").unwrap();
    assert_eq!(through(&session, "SELECT * FROM X_Low WHERE Level = 1"), "X_Low.Level");
    assert_eq!(through(&session, "SELECT * FROM X_Base WHERE Level = 1"), "scan");
}

#[test]
fn ten_thousand_rows_change_under_an_index() {
    let session = plain(Dialect::Wmi);
    assert_eq!(index(&session, "Size"), Ok(()));
    let at = |n: u32| {
        let keys: Keys = [("Id", n.to_string())].into_iter().collect();
        ObjectPath::of_instance("X_Low", keys)
    };
    for n in 0..10_000 {
        session
            .create_instance(&context(), &device("X_Low", &n.to_string()).with("Size", n % 100))
            .unwrap();
    }
    let before = session.snapshot(&context()).unwrap();
    let full = session.store_bytes();
    for n in 0..10_000 {
        match n % 4 {
            0 => session.delete_instance(&context(), &at(n)).unwrap(),
            1 => {}
            _ => {
                let changed = Instance::new("X_Low").with("Size", 100 + n % 100);
                session.modify_instance(&context(), &at(n), &changed, &Update::Given).unwrap();
            }
        }
    }
    check(&session);
    let sizes = |session: &Session, low: u32, high: u32| {
        let range = Value::from(low)..Value::from(high);
        session.find(&context(), "X_Base", "Size", range).unwrap().count().unwrap()
    };
    assert_eq!((sizes(&session, 0, 100), sizes(&session, 100, 200)), (2_500, 5_000));
    assert_eq!((sizes(&before, 0, 100), sizes(&before, 100, 200)), (10_000, 0));
    for n in 0..100 {
        let query = format!("SELECT * FROM X_Base WHERE Size = {n}");
        assert_eq!(
            session.query(&context(), &query).unwrap().count().unwrap(),
            if n % 4 == 1 { 100 } else { 0 }
        );
        assert_eq!(before.query(&context(), &query).unwrap().count().unwrap(), 100);
        assert_eq!(through(&before, &query), "X_Base.Size");
    }
    drop(before);
    // Dead rows go with the commits that follow, and their entries with them.
    for n in 0..10_000 {
        if n % 4 != 0 {
            session.delete_instance(&context(), &at(n)).unwrap();
        }
    }
    check(&session);
    assert!(session.store_bytes() < full / 4, "{} bytes of {full}", session.store_bytes());
    assert_eq!(sizes(&session, 0, 1000), 0);
}

#[test]
fn found_in_order() {
    for with_index in [true, false] {
        let session = plain(Dialect::Wmi);
        let time = |t: &str| Value::from(DateTime::parse(t).unwrap());
        let put = |id: &str, property: &str, value: Value| {
            session
                .put_instance(
                    &context(),
                    &device("X_Low", id).with(property, value),
                    PutMode::default(),
                    &Update::Given,
                )
                .unwrap();
        };
        if with_index {
            for property in ["Weight", "Made", "Text", "Level", "On", "Mark"] {
                assert_eq!(index(&session, property), Ok(()));
            }
        }
        for (id, weight, made, text) in [
            ("a", f64::NAN, "20240131080000.000000+060", "b"),
            ("b", -0.0, "00000001000000.000000:000", "A"),
            ("c", f64::NEG_INFINITY, "2024****000000.000000+***", "\u{212a}"),
            ("d", 1.5, "20240131070000.000001+000", "j"),
            ("e", 0.0, "20240131065959.999999+000", ""),
        ] {
            put(id, "Weight", Value::from(weight));
            put(id, "Made", time(made));
            put(id, "Text", Value::from(text));
        }
        put("f", "Level", Value::from(-5_i8));
        put("g", "Level", Value::from(5_i8));
        put("g", "On", Value::from(true));
        put("f", "Mark", Value::from(Char16(66)));
        use Bound::{Excluded, Included, Unbounded};
        let all = || (Unbounded, Unbounded);
        for (property, range, expected) in [
            ("Weight", all(), &["c", "b", "e", "d", "a"][..]),
            ("Weight", (Included(Value::from(0.0)), Excluded(Value::from(1.5))), &["b", "e"]),
            ("Weight", (Excluded(Value::from(0_u8)), Unbounded), &["d", "a"]),
            ("Made", all(), &["b", "e", "a", "d", "c"]),
            ("Made", (Included(time("20240131070000.000000+000")), Unbounded), &["a", "d", "c"]),
            ("Text", all(), &["e", "b", "a", "d", "c"]),
            ("Text", (Included(Value::from("B")), Included(Value::from("K"))), &["a", "d", "c"]),
            ("Level", all(), &["f", "g"]),
            ("Level", (Excluded(Value::from(-5_i64)), Unbounded), &["g"]),
            ("Level", (Excluded(Value::from(9_u64)), Excluded(Value::from(9_u64))), &[]),
            ("Level", (Included(Value::from(9)), Excluded(Value::from(-9))), &[]),
            ("On", all(), &["g"]),
            ("Mark", (Included(Value::from(Char16(66))), Unbounded), &["f"]),
        ] {
            assert_eq!(find(&session, property, range.clone()), expected, "{property} {range:?}");
        }
        let refused = |property, value| {
            let range = (Included(value), Unbounded);
            session.find(&context(), "X_Base", property, range).map(|_| ()).map_err(|e| e.status())
        };
        assert_eq!(refused("Level", Value::null(CimType::SInt8)), Err(Status::IllegalNull));
        assert_eq!(refused("Level", Value::from("5")), Err(Status::TypeMismatch));
        assert_eq!(refused("Nothing", Value::from("5")), Err(Status::NoSuchProperty));
    }
}

#[test]
fn a_key_may_be_that_of_a_row_in_each_class() {
    let session = plain(Dialect::Dmtf);
    session.create_instance(&context(), &device("X_Low", "a")).unwrap();
    session.create_instance(&context(), &device("X_Side", "a")).unwrap();
    session.create_instance(&context(), &device("X_Side", "A")).unwrap();
    let query = "SELECT __CLASS FROM X_Base WHERE Id = 'a'";
    assert_eq!((through(&session, query).as_str(), rows(&session, query).len()), ("key", 2));
    assert_eq!(rows(&session, "SELECT __CLASS FROM X_Side WHERE Id = 'a'"), ["X_Side"]);
}

#[test]
fn readers_find_every_row_while_others_write_and_build() {
    let session = plain(Dialect::Wmi);
    let row = |id: String, n: u32| device("X_Low", &id).with("Size", n % 2).with("Text", "x");
    for n in 0..1500 {
        session.create_instance(&context(), &row(format!("kept {n}"), n)).unwrap();
    }
    index(&session, "Size").unwrap();
    std::thread::scope(|scope| {
        let writer = {
            let session = session.clone();
            scope.spawn(move || {
                // The kept rows are moved again and again.
                for round in 0..3_u32 {
                    for n in 0..1500 {
                        let path = ObjectPath::parse(&format!("X_Low.Id=\"kept {n}\"")).unwrap();
                        let changed = Instance::new("X_Low").with("Level", round as i8);
                        session
                            .modify_instance(&context(), &path, &changed, &Update::Given)
                            .unwrap();
                        if n % 300 == 0 {
                            let property = ["Text", "Level"][n as usize / 300 % 2];
                            if index(&session, property).is_err() {
                                session.drop_index(&context(), "X_Base", property).unwrap();
                            }
                        }
                    }
                }
            })
        };
        let mut looks = 0;
        while !writer.is_finished() || looks == 0 {
            looks += 1;
            let both = session.find(&context(), "X_Base", "Size", ..).unwrap();
            assert_eq!(both.count().unwrap(), 1500);
            let halves =
                find(&session, "Size", (Bound::Included(Value::from(1_u32)), Bound::Unbounded));
            assert_eq!(halves.len(), 750);
            let texts = session.query(&context(), "SELECT * FROM X_Base WHERE Text = 'X'").unwrap();
            assert_eq!(texts.count().unwrap(), 1500);
            let key =
                session.query(&context(), "SELECT * FROM X_Base WHERE Id = 'kept 700'").unwrap();
            assert_eq!((key.access(), key.count().unwrap()), (&AccessPath::KeyIndex, 1));
        }
    });
    check(&session);
}

#[test]
fn what_is_found_takes_room_for_its_rows_and_no_more() {
    let session = plain(Dialect::Wmi);
    index(&session, "Size").unwrap();
    let mut inserter = session.inserter(&context(), "X_Low", &["Id", "Size"]).unwrap();
    for n in 0..1100_u32 {
        let id = n.to_string();
        inserter.insert(&[ValueView::String(&id), ValueView::UInt32(n)]).unwrap();
    }
    inserter.commit(&context()).unwrap();
    let room = 1100 * size_of::<crate::store::FrozenChunk>();
    for (size, fits) in [(room, true), (room - 1, false)] {
        let found = session.find(&context().with_memory_budget(size), "X_Base", "Size", ..);
        assert_eq!(found.is_ok(), fits, "{size}");
    }
}
