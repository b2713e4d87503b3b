//! Which rows are dead, and chunks that begin with dead rows.

use super::*;
use crate::store::beside::Beside;
use crate::store::versions::NEVER;

fn numbers(rows: u32) -> (Arc<Layout>, Values) {
    let values = (0..rows).map(|n| Some(Value::from(n))).collect();
    (layout(&[Kind::scalar(CimType::UInt32)]), values)
}

#[test]
fn deaths_are_those_that_a_commit_sees() {
    let writer = Writer::new();
    let (layout, values) = numbers(70);
    let chunk = Chunk::tail(&writer, 1, layout, 80);
    for (row, value) in values.iter().enumerate() {
        let birth = if row < 66 { 1 } else { 5 };
        let cells = [(0, view(value.as_ref()))].into_iter();
        chunk.append(&writer, cells, &Beside::default(), birth);
    }
    assert_eq!(chunk.deaths_at(5, 70), None);
    assert_eq!(chunk.deaths_at(1, 66), None);
    // What was born later is not there.
    assert_eq!(chunk.deaths_at(1, 70).as_deref(), Some(&[0, 0b11_1100][..]));
    assert_eq!(chunk.deaths_at(0, 3).as_deref(), Some(&[0b111][..]));
    chunk.kill(&writer, 0, 3);
    chunk.kill(&writer, 65, 6);
    // An undone row, and a death that was taken back.
    chunk.kill(&writer, 2, 0);
    chunk.kill(&writer, 3, 3);
    chunk.kill(&writer, 3, NEVER);
    assert_eq!(chunk.deaths_at(2, 66).as_deref(), Some(&[0b100][..]));
    assert_eq!(chunk.deaths_at(5, 70).as_deref(), Some(&[0b101][..]));
    assert_eq!(chunk.deaths_at(6, 70).as_deref(), Some(&[0b101, 0b10][..]));
    assert_eq!(chunk.deaths_at(6, 2).as_deref(), Some(&[0b1][..]));
    let settled = chunk.sealed(&writer, true);
    assert_eq!(settled.deaths_at(2, 70).as_deref(), Some(&[0b100][..]));
}

#[test]
fn dead_rows_are_gone_from_the_start() {
    let writer = Writer::new();
    let (layout, values) = numbers(70);
    let image = || Image {
        rows: 70,
        columns: [column(&values)].into_iter().collect(),
        qualifiers: Vec::new(),
    };
    let of = |gone: &[u64]| Chunk::of_image(&writer, 7, layout.clone(), image(), gone);
    let chunk = of(&[0b10, 1]).unwrap();
    assert_eq!((chunk.number(), chunk.len(), chunk.is_sealed()), (7, 70, true));
    assert!(chunk.births().is_none());
    let dead = |row: usize| row == 1 || row == 64;
    for row in 0..70 {
        assert_eq!(chunk.is_current(row), !dead(row));
        assert!([0, 1, 9].into_iter().all(|at| chunk.is_visible(row, at) != dead(row)));
        assert_eq!(chunk.deaths().is_gone(row), dead(row));
    }
    assert_eq!(chunk.deaths().gone(), 2);
    assert!(!chunk.deaths().are_awaited());
    assert_eq!(chunk.deaths_at(0, 70).as_deref(), Some(&[0b10, 1][..]));
    assert!(of(&[]).unwrap().deaths().is_empty());
    assert!(of(&[0, 0]).unwrap().deaths().is_empty());
    for words in [&[0, 1 << 6][..], &[0, 0, 1]] {
        assert_eq!(of(words).unwrap_err().slot, None);
    }
}

/// A tail may grow while it is written.
#[test]
fn rows_behind_the_last_that_was_asked_for_stay_out() {
    let writer = Writer::new();
    let layout = layout(&[Kind::scalar(CimType::String), Kind::scalar(CimType::UInt8)]);
    let chunk = Chunk::tail(&writer, 1, layout.clone(), 200);
    let put = |text: &str, number| {
        let cells = [(0, ValueView::String(text)), (1, number)].into_iter();
        chunk.append(&writer, cells, &Beside::default(), 1);
    };
    (0..100).for_each(|_| put("same", ValueView::Null));
    let before = encoded(&chunk, 100);
    (0..100).for_each(|n| put(&"ß".repeat(n), ValueView::UInt8(n as u8)));
    assert_eq!(encoded(&chunk, 100).as_slice(), before.as_slice());
    let read = |chunk: &Chunk| {
        let image = decode(&encoded(chunk, 100), &layout).unwrap();
        Chunk::of_image(&writer, 1, layout.clone(), image, &[]).unwrap()
    };
    // Sealed with more rows, their columns are cut.
    for read in [read(&chunk), read(&chunk.sealed(&writer, true))] {
        assert_eq!(read.len(), 100);
        assert!((0..100).all(|row| read.value(row, 0).as_str() == Some("same")));
        assert!((0..100).all(|row| read.value(row, 1).is_null()));
        assert!(read.value(100, 0).is_null());
    }
}

#[test]
fn a_tail_is_written_while_it_grows() {
    const ROWS: usize = 600;
    let writer = Writer::new();
    let layout = layout(&[Kind::scalar(CimType::String), Kind::scalar(CimType::UInt32)]);
    let chunk = Chunk::tail(&writer, 1, layout.clone(), ROWS);
    let text = |row: usize| "x".repeat(row % 7);
    // The second property has its first value late.
    let number = |row: usize| (row >= 100).then_some(row as u32);
    let check = |rows: usize| {
        let image = decode(&encoded(&chunk, rows), &layout).unwrap();
        let read = Chunk::of_image(&Writer::new(), 1, layout.clone(), image, &[]).unwrap();
        assert_eq!(read.len(), rows);
        for row in 0..rows {
            assert_eq!(read.value(row, 0).as_str(), Some(text(row).as_str()));
            let found = read.value(row, 1).as_integer();
            assert_eq!(found, number(row).map(i128::from));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while chunk.len() < ROWS {
                check(chunk.len());
            }
            check(ROWS);
        });
        for row in 0..ROWS {
            let (text, number) = (text(row), number(row));
            let number = number.map_or(ValueView::Null, ValueView::UInt32);
            let cells = [(0, ValueView::String(&text)), (1, number)].into_iter();
            chunk.append(&writer, cells, &Beside::default(), 1);
        }
    });
}
