//! Databases that redb finds in order and that no log wrote.

use super::backend::Backend;
use super::*;
use crate::simulated::SimulatedMedium;
use crate::{Opened, open};
use std::panic::panic_any;

const NAME: &str = "log-00000001.redb";

/// A row as it is to be; `None` when it is not to be there.
type Row = (Key, Option<Vec<u8>>);

/// A row of an entry: its key, its last commit, how many parts there are.
fn part((first, part): Key, last: u64, parts: u32) -> Row {
    let mut value = Vec::new();
    Part { last, parts, bytes: b"part" }.encode((first, part), &mut value);
    ((first, part), Some(value))
}

/// The header of a log of a format, with so many bytes.
fn header_of(format: u32, length: usize) -> Row {
    let mut bytes = format.to_le_bytes().to_vec();
    bytes.resize(length, 0);
    let mut value = Vec::new();
    Part { last: HEADER_COMMITS.1, parts: 1, bytes: &bytes }.encode(HEADER_KEY, &mut value);
    (HEADER_KEY, Some(value))
}

/// What reading a log with such rows comes to.
fn read(rows: &[Row]) -> Result<Vec<(u64, u64)>> {
    let medium = Arc::new(SimulatedMedium::new());
    drop(open(medium.clone(), Options::default()).unwrap());
    let file = medium.log(NAME, false).unwrap();
    let backend = Backend::new(file, Arc::new(AtomicBool::new(true)));
    let database = Builder::new().create_with_backend(backend).unwrap();
    let transaction = database.begin_write().unwrap();
    let mut table = transaction.open_table(ENTRIES).unwrap();
    for (key, value) in rows {
        match value {
            Some(value) => drop(table.insert(*key, value.as_slice()).unwrap()),
            None => drop(table.remove(*key).unwrap()),
        }
    }
    drop(table);
    transaction.commit().unwrap();
    drop(database);
    let Opened { tail, .. } = open(medium, Options::default())?;
    tail.map(|entry| entry.map(|entry| (entry.first, entry.last))).collect()
}

#[test]
fn rows_that_no_log_wrote() {
    let sound = [part((1, 0), 2, 1), part((3, 0), 3, 2), part((3, 1), 3, 2)];
    assert_eq!(read(&sound).unwrap(), [(1, 2), (3, 3)]);
    let nonsense = |key| (key, Some(vec![7; 40]));
    let torn = "an entry is not as it was written";
    let last = "its last entry is not as written";
    let none = "it has no header";
    for (what, rows, expected) in [
        ("no header", vec![(HEADER_KEY, None)], none),
        ("nonsense for a header", vec![nonsense(HEADER_KEY)], none),
        ("half a header", vec![header_of(LOG_FORMAT, 12)], none),
        ("format 0", vec![header_of(0, 28)], none),
        ("nonsense at the end", vec![part((1, 0), 1, 1), nonsense((2, 0))], last),
        ("nonsense before others", vec![nonsense((1, 0)), part((2, 0), 2, 1)], torn),
        ("no first part", vec![part((1, 1), 1, 2)], torn),
        ("no last part", vec![part((1, 0), 1, 2)], torn),
        ("no part between", vec![part((1, 0), 1, 3), part((1, 2), 1, 3)], torn),
        ("parts that differ", vec![part((1, 0), 1, 2), part((1, 1), 4, 2)], torn),
        ("nonsense between", vec![part((1, 0), 1, 3), nonsense((1, 1)), part((1, 2), 1, 3)], torn),
        ("a gap", vec![part((1, 0), 1, 1), part((3, 0), 3, 1)], "commit 3 stands where 2"),
        ("an end before", vec![part((1, 0), 3, 1), part((2, 0), 2, 1)], "commit 2 stands where 4"),
    ] {
        let error = read(&rows).expect_err(what);
        assert!(matches!(error, JournalError::Damaged { .. }), "{what}: {error}");
        let text = error.to_string();
        assert!(text.contains(NAME) && text.contains(expected), "{what}: {text}");
    }
    let newer = read(&[header_of(LOG_FORMAT + 1, 40)]).unwrap_err();
    let found = LOG_FORMAT + 1;
    assert!(
        matches!(&newer, JournalError::NewerFormat { found: there, .. } if *there == found),
        "{newer}"
    );
}

#[test]
fn an_assertion_of_redb_is_damage() {
    let panics: [(fn(), &str); 3] = [
        (|| panic!("a plain one"), "a plain one"),
        (|| panic!("page {}", 7), "page 7"),
        (|| panic_any(7), "an assertion of the log's reader failed"),
    ];
    for (panic, expected) in panics {
        let run = || {
            panic();
            Ok(())
        };
        let error = guarded("a.redb", "read", run).unwrap_err();
        assert!(matches!(&error, JournalError::Damaged { file, .. } if file == "a.redb"));
        assert!(error.to_string().contains(expected), "{error}");
    }
}
