//! A reader never sees an element before it is written, and none that changes under it.

use crate::model;
use cimarron_cells::{Bits, Growing, Published, RowCount, Slots, Text, TextArea, Writer};
use loom::thread;
use std::sync::Arc;

#[test]
fn columns_below_one_count() {
    model(|| {
        let writer = Writer::new();
        let count = RowCount::new(&writer, 3);
        let cells =
            Arc::new((Slots::<u32>::new(&count), Slots::<u64>::new(&count), Bits::new(&count)));
        let (shared, rows) = (cells.clone(), count.clone());
        let reader = thread::spawn(move || {
            let (numbers, sparse, nulls) = &*shared;
            for _ in 0..2 {
                let rows = rows.rows();
                for (row, number) in (0..).zip(numbers.get(rows)) {
                    assert_eq!(*number, row + 10);
                    assert_eq!(nulls.contains(rows, row), row != 1);
                }
                for (row, number) in (0..).zip(sparse.get(rows)) {
                    assert_eq!(*number, if row == 1 { 7 } else { 0 });
                }
                let word = nulls.word(rows, 0);
                assert_eq!(word, 0b101 & ((1 << rows.len()) - 1));
            }
        });
        let (numbers, sparse, nulls) = &*cells;
        for row in 0..3 {
            numbers.set(&writer, row, row + 10);
            match row {
                1 => sparse.set(&writer, row, 7),
                _ => nulls.set(&writer, row),
            }
            // Two rows that come out together, and one alone.
            if row != 0 {
                count.publish(&writer, row + 1);
            }
        }
        reader.join().unwrap();
    });
}

#[test]
fn rows_that_are_written_together() {
    model(|| {
        let writer = Writer::new();
        let count = RowCount::new(&writer, 3);
        let cells = Arc::new((Slots::<u32>::new(&count), Bits::new(&count)));
        let (shared, rows) = (cells.clone(), count.clone());
        let reader = thread::spawn(move || {
            let rows = rows.rows();
            let seen = shared.0.get(rows);
            assert!([&[][..], &[5], &[5, 6, 7]].contains(&seen), "{seen:?}");
            assert_eq!(shared.1.word(rows, 0), 0b110 & ((1 << rows.len()) - 1));
        });
        cells.0.set_all(&writer, 0, &[5]);
        count.publish(&writer, 1);
        cells.0.set_all(&writer, 1, &[6, 7]);
        cells.1.set_all(&writer, 1..3);
        count.publish(&writer, 3);
        reader.join().unwrap();
    });
}

#[test]
fn a_column_that_comes_late() {
    model(|| {
        let writer = Writer::new();
        let count = RowCount::new(&writer, 3);
        count.publish(&writer, 1);
        let late = Arc::new(Slots::<u32>::new(&count));
        let shared = late.clone();
        let reader = thread::spawn(move || {
            let seen = shared.get(shared.count().rows());
            assert!([&[0][..], &[0, 5]].contains(&seen), "{seen:?}");
        });
        late.set(&writer, 1, 4);
        late.set(&writer, 1, 5);
        count.publish(&writer, 2);
        late.set(&writer, 2, 6);
        reader.join().unwrap();
    });
}

#[test]
fn a_list_of_fixed_room() {
    model(|| {
        let writer = Writer::new();
        let list = Arc::new(Published::new(&writer, 2));
        let shared = list.clone();
        let reader = thread::spawn(move || {
            let before = shared.as_slice();
            let after = shared.as_slice();
            assert_eq!(before, &after[..before.len()]);
            assert_eq!(after, &["a".to_owned(), "b".to_owned()][..after.len()]);
        });
        for element in ["a", "b"] {
            list.push(&writer, element.to_owned()).unwrap();
        }
        assert_eq!(list.push(&writer, "c".to_owned()), Err("c".to_owned()));
        reader.join().unwrap();
    });
}

#[test]
fn a_list_in_blocks() {
    model(|| {
        let writer = Writer::new();
        let list = Arc::new(Growing::new(&writer, 1));
        let shared = list.clone();
        let reader = thread::spawn(move || {
            for number in [2, 1, 0] {
                if let Some(element) = shared.get(number) {
                    assert_eq!(*element, number.to_string());
                }
            }
            let all: Vec<_> = shared.iter().cloned().collect();
            assert_eq!(all, &["0", "1", "2", "3"][..all.len()]);
        });
        for number in 0..4 {
            assert_eq!(list.push(&writer, number.to_string()), Ok(number));
        }
        reader.join().unwrap();
    });
}

#[test]
fn text() {
    model(|| {
        let writer = Writer::new();
        let area = Arc::new(TextArea::new(&writer, 4));
        // The second string does not fit behind the first and leaves two bytes empty.
        let strings = [("ab", 0), ("\u{e9}yz", 4), ("w", 8)];
        let shared = area.clone();
        let reader = thread::spawn(move || {
            for (string, offset) in strings.into_iter().rev() {
                let found = shared.get(Text { offset, len: string.len() as u32 });
                assert!(found.is_none_or(|found| found == string), "{found:?}");
                let cut = shared.get(Text { offset: 5, len: 1 });
                assert_eq!(cut, None);
            }
        });
        for (string, offset) in strings {
            assert_eq!(area.push(&writer, string).unwrap().offset, offset);
        }
        reader.join().unwrap();
    });
}
