//! Rows that come in thousands lie in the order of an index, and nothing else tells that.

use super::indexes::{check, index, plain};
use super::*;
use crate::changes::Change;
use crate::store::{CAPACITY, FrozenChunk};
use crate::view::ValueView;
use cimarron_model::Value;
use proptest::prelude::*;

const COLUMNS: [&str; 4] = ["Id", "Size", "Text", "On"];

/// The key of a row and its other values, by its number.
fn row(number: u32, seed: u32) -> (String, [Option<Value>; 3]) {
    let mixed = (number ^ seed).wrapping_mul(0x9e37_79b9);
    let text = format!(
        "{}{}",
        ["Long beginnings ", "long beginnings ", "ß", ""][mixed as usize % 4],
        mixed >> 28
    );
    let size = (!mixed.is_multiple_of(7)).then(|| Value::from(mixed >> 12));
    let on = (number < 900).then(|| Value::from(mixed.is_multiple_of(3)));
    (format!("r{number}"), [size, (!mixed.is_multiple_of(5)).then(|| text.into()), on])
}

fn insert(inserter: &mut Inserter, (id, values): &(String, [Option<Value>; 3])) {
    let values = values.iter().map(|v| v.as_ref().map_or(ValueView::Null, ValueView::from));
    let all: Vec<_> = [ValueView::String(id)].into_iter().chain(values).collect();
    inserter.insert(&all).unwrap();
}

fn create(session: &Session, (id, values): &(String, [Option<Value>; 3])) {
    let mut instance = Instance::new("X_Low").with("Id", id.as_str());
    for (name, value) in COLUMNS[1..].iter().zip(values) {
        if let Some(value) = value {
            instance.set(*name, value.clone());
        }
    }
    session.create_instance(&context(), &instance).unwrap();
}

/// The numbers of a commit of so many rows, in no order.
fn numbers(count: u32) -> impl Iterator<Item = u32> {
    (0..count).map(move |n| n * 7 % count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn queries_find_what_they_would_find_of_rows_that_came_one_by_one(
        seed: u32,
        wmi: bool,
        by in prop::sample::select(vec!["Size", "Text", "On", "Id"]),
        at in 0..1_u32 << 20,
    ) {
        let dialect = if wmi { Dialect::Wmi } else { Dialect::Dmtf };
        let [together, one_by_one] = [plain(dialect), plain(dialect)];
        index(&together, by).unwrap();
        let count = 1100;
        let mut inserter = together.inserter(&context(), "X_Low", &COLUMNS).unwrap();
        numbers(count).for_each(|n| insert(&mut inserter, &row(n, seed)));
        prop_assert_eq!(inserter.commit(&context()).unwrap(), count as usize);
        numbers(count).for_each(|n| create(&one_by_one, &row(n, seed)));
        check(&together);
        for condition in [
            "Id >= ''".to_owned(),
            "Id = 'r77'".to_owned(),
            format!("Size >= {at} AND Size < {}", at + 40_000),
            "Text LIKE 'long%'".to_owned(),
            "Text = 'LONG beginnings 3' OR Size IS NULL".to_owned(),
            "On = TRUE AND Text <> ''".to_owned(),
            "On IS NULL".to_owned(),
        ] {
            let query = format!("SELECT Id, Size, Text, On FROM X_Base WHERE {condition}");
            prop_assert_eq!(rows(&together, &query), rows(&one_by_one, &query), "{}", query);
        }
        // What is there can be changed and goes, and comes again.
        for session in [&together, &one_by_one] {
            let gone = path("X_Low.Id=\"r77\"");
            session.delete_instance(&context(), &gone).unwrap();
            prop_assert!(get(session, "X_Low.Id=\"r77\"").is_err());
            create(session, &row(77, seed));
        }
        let all = "SELECT Id, Size, Text, On FROM X_Base";
        prop_assert_eq!(rows(&together, all), rows(&one_by_one, all));
        check(&together);
    }
}

#[test]
fn a_range_has_neighbours() {
    // Whether the index or the rows come first.
    for is_first in [true, false] {
        let session = plain(Dialect::Wmi);
        if is_first {
            index(&session, "Size").unwrap();
        }
        fill(&session, 3 * CAPACITY as u32);
        if !is_first {
            index(&session, "Size").unwrap();
        }
        check(&session);
        have_neighbours(&session, 3 * CAPACITY as u32);
    }
}

fn fill(session: &Session, count: u32) {
    let mut inserter = session.inserter(&context(), "X_Low", &["Id", "Size", "Text"]).unwrap();
    for n in numbers(count) {
        let (id, text) = (n.to_string(), (n % 90).to_string());
        let size = if n % 10 == 0 { ValueView::Null } else { ValueView::UInt32(n) };
        inserter.insert(&[ValueView::String(&id), size, ValueView::String(&text)]).unwrap();
    }
    inserter.commit(&context()).unwrap();
}

fn have_neighbours(session: &Session, count: u32) {
    for (from, to) in [(5, 70), (1000, 1200), (12_000, 12_400)] {
        let query = format!("SELECT * FROM X_Base WHERE Size >= {from} AND Size < {to}");
        let found = session.query(&context(), &query).unwrap();
        let expected = (from..to.min(count)).filter(|n| n % 10 != 0).count();
        assert_eq!(found.count().unwrap(), expected);
        assert!(matches!(found.access(), AccessPath::OrderedIndex { .. }));
        let looked_at: usize = found.snapshot().chunks.iter().map(|c| c.len() - c.start()).sum();
        assert_eq!(looked_at, expected, "rows lie between those of the range");
    }
}

#[test]
fn what_is_told_and_refused_goes_by_the_order_of_the_rows() {
    let session = plain(Dialect::Wmi);
    index(&session, "Size").unwrap();
    let mut changes = session.repository().changes();
    let count = 1100;
    let mut inserter = session.inserter(&context(), "X_Low", &["Id", "Size"]).unwrap();
    let add = |inserter: &mut Inserter, n: u32| {
        let id = n.to_string();
        inserter.insert(&[ValueView::String(&id), ValueView::UInt32(count - n)]).unwrap();
    };
    create(&session, &("one".to_owned(), [None, None, None]));
    changes.try_next().unwrap();
    // The second time that 300 comes is before the second time that 200 does.
    for n in (0..count).chain([300, 200]) {
        add(&mut inserter, n);
    }
    let refused = inserter.commit(&context()).unwrap_err();
    assert!(refused.to_string().contains("\"300\""), "{refused}");
    assert_eq!(rows(&session, "SELECT Id FROM X_Base"), ["one"]);
    check(&session);
    inserter.discard();
    (0..count).for_each(|n| add(&mut inserter, n));
    inserter.commit(&context()).unwrap();
    let told = changes.try_next().unwrap().unwrap();
    let id = |change| match change {
        Change::Instance { old: None, new: Some(new), .. } => {
            new.property("Id").unwrap().as_str().unwrap().to_owned()
        }
        other => panic!("{other:?}"),
    };
    assert!(told.changes().map(id).eq((0..count).map(|n| n.to_string())));
    let first = session.query(&context(), "SELECT Id FROM X_Low WHERE Size IS NOT NULL").unwrap();
    let first = first.rows().next().unwrap().unwrap().property("Id").unwrap().as_str();
    assert_eq!(first, Some("1099"), "they lie in the order of their sizes");
}

#[test]
fn rows_that_are_joined_one_by_one_come_as_they_were_given() {
    let session = wmi();
    session.create_index(&context(), "X_Disk", "Bytes").unwrap();
    // Somebody refers to what comes.
    let on = Instance::new("X_On")
        .with("Device", path("X_Disk.Id=\"7\""))
        .with("Other", path("X_Disk.Id=\"1000\""));
    session.create_instance(&context(), &on).unwrap();
    let mut inserter = session.inserter(&context(), "X_Disk", &["Id", "Bytes"]).unwrap();
    let ids: Vec<String> = (0..1100).map(|n| n.to_string()).collect();
    for (n, id) in (0..).zip(&ids) {
        inserter.insert(&[ValueView::String(id), ValueView::UInt64(2000 - n)]).unwrap();
    }
    inserter.commit(&context()).unwrap();
    let result = session.query(&context(), "SELECT Id, Bytes FROM X_Disk").unwrap();
    for ((row, id), n) in result.rows().zip(&ids).zip(0..) {
        let row = row.unwrap();
        assert_eq!(row.property("Id").unwrap().as_str(), Some(id.as_str()));
        assert_eq!(row.property("Bytes").unwrap().as_integer(), Some(2000 - n));
    }
    assert_eq!(result.count().unwrap(), ids.len());
    check(&session);
}

#[test]
fn who_reads_while_rows_are_laid_out_sees_what_there_was() {
    let session = plain(Dialect::Wmi);
    fill(&session, 2 * CAPACITY as u32 + 1200);
    let gone = |n: u32| path(&format!("X_Low.Id=\"{n}\""));
    (0..50).for_each(|n| session.delete_instance(&context(), &gone(n * 100)).unwrap());
    let all = "SELECT Id, Size, Text FROM X_Base";
    let before = rows(&session, all);
    let snapshot = session.snapshot(&context()).unwrap();
    // Somebody may still see what dies now: its chunk stays as it is.
    session.delete_instance(&context(), &gone(7)).unwrap();
    let result = session.query(&context(), all).unwrap();
    let first = result.rows().next().unwrap().unwrap().to_instance();
    index(&session, "Size").unwrap();
    check(&session);
    assert_eq!(result.rows().next().unwrap().unwrap().to_instance(), first);
    assert_eq!(result.count().unwrap(), before.len() - 1);
    assert_eq!(rows(&session, all).len(), before.len() - 1);
    assert_eq!(rows(&snapshot, all), before);
    for n in [7, 8, 99, 4095, 4096, 9000] {
        let key = format!("X_Low.Id=\"{n}\"");
        assert!(get(&snapshot, &key).is_ok(), "{n}");
        assert_eq!(get(&session, &key).is_ok(), n != 7, "{n}");
    }
    drop((snapshot, result));
    for n in 0..9000 {
        let change = Instance::new("X_Low").with("Size", n);
        if let Ok(old) = get(&session, &format!("X_Low.Id=\"{n}\"")) {
            assert_eq!(old.get("Id"), Some(&Value::from(n.to_string())));
            session.modify_instance(&context(), &gone(n), &change, &Update::Given).unwrap();
        }
    }
    assert_eq!(rows(&session, all).len(), before.len() - 1);
    check(&session);
}

#[test]
fn what_is_read_while_rows_are_laid_out_is_kept_beside_them_up_to_a_limit() {
    for (pinned_bytes, all_are) in [(usize::MAX, true), (0, false)] {
        let limits = crate::Limits::default().with_pinned_bytes(pinned_bytes);
        let repository = Repository::builder().limits(limits).build();
        repository.create_namespace("root/test", Dialect::Wmi).unwrap();
        let session = repository.session("root/test").unwrap();
        session.compile_mof_text(&context(), "a.mof", indexes::PLAIN).unwrap();
        fill(&session, 3 * CAPACITY as u32);
        let all = "SELECT Id, Size FROM X_Base";
        let result = session.query(&context(), all).unwrap();
        index(&session, "Size").unwrap();
        check(&session);
        let found = session.query(&context(), all).unwrap();
        let is_in_order = |chunk: &FrozenChunk| {
            let sizes = (0..chunk.len()).map(|row| chunk.chunk.value(row, 1).as_integer());
            sizes.is_sorted()
        };
        let chunks = &found.snapshot().chunks;
        let moved = chunks.iter().filter(|chunk| is_in_order(chunk)).count();
        assert_eq!((moved == chunks.len(), moved > 0), (all_are, true));
        assert_eq!(result.count().unwrap(), found.count().unwrap());
        // Nobody can come to a commit that does not see them.
        let mut moved = chunks.iter().filter(|chunk| is_in_order(chunk));
        assert!(moved.all(|chunk| chunk.chunk.is_whole(0)));
    }
}
