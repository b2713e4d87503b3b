//! Real threads on the cells: food for the sanitizers and for weakly ordered processors. What it
//! asserts always holds, however the threads are scheduled.
#![cfg(not(loom))]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

use cimarron_cells::{
    Bits, Growing, Live, Published, Registry, RowCount, Slots, Stamps, Text, TextArea, Writer,
};
use std::ops::Range;
use std::sync::Arc;
use std::thread;

const ROWS: u32 = if cfg!(miri) { 60 } else { 20_000 };

const NEVER: u64 = u64::MAX;

struct Chunk {
    registry: Registry,
    count: RowCount,
    numbers: Slots<u64>,
    objects: Slots<Option<Arc<u32>>>,
    nulls: Bits,
    births: Stamps,
    deaths: Stamps,
    places: Slots<(u32, u32)>,
    text: TextArea,
    list: Published<String>,
    growing: Growing<Box<u32>>,
}

impl Chunk {
    fn new(writer: &Writer) -> Self {
        let count = RowCount::new(writer, ROWS);
        Self {
            registry: Registry::new(0),
            numbers: Slots::new(&count),
            objects: Slots::new(&count),
            nulls: Bits::new(&count),
            births: Stamps::new(writer, ROWS, NEVER),
            deaths: Stamps::new(writer, ROWS, NEVER),
            places: Slots::new(&count),
            text: TextArea::new(writer, 16),
            list: Published::new(writer, ROWS as usize),
            growing: Growing::new(writer, 4),
            count,
        }
    }

    /// Commit *n* makes row *n* and lets the row before it die.
    fn append(&self, writer: &Writer, row: u32) {
        self.numbers.set(writer, row, u64::from(row) * 3);
        match row % 3 {
            0 => self.nulls.set(writer, row),
            _ => self.objects.set(writer, row, Some(Arc::new(row))),
        }
        let Text { offset, len } = self.text.push(writer, &row.to_string()).unwrap();
        self.places.set(writer, row, (offset, len));
        self.list.push(writer, row.to_string()).unwrap();
        self.growing.push(writer, Box::new(row)).unwrap();
        self.births.set(writer, row, u64::from(row));
        if let Some(before) = row.checked_sub(1) {
            self.deaths.set(writer, before, u64::from(row));
        }
        self.count.publish(writer, row + 1);
        self.registry.publish(u64::from(row));
    }

    /// What is out is written completely, by the word of each count alone.
    fn check_elements(&self) -> u32 {
        let rows = self.count.rows();
        for row in near_the_end(rows.len()) {
            let at = row as usize;
            assert_eq!(self.numbers.get(rows)[at], u64::from(row) * 3);
            let object = self.objects.get(rows)[at].as_deref();
            assert_eq!(object, (row % 3 != 0).then_some(&row));
            assert_eq!(self.nulls.contains(rows, row), row % 3 == 0);
            let (offset, len) = self.places.get(rows)[at];
            assert_eq!(self.text.get(Text { offset, len }), Some(&*row.to_string()));
        }
        for (at, element) in self.list.as_slice().iter().enumerate().rev().take(9) {
            assert_eq!(*element, at.to_string());
        }
        for number in near_the_end(self.growing.len()) {
            assert_eq!(self.growing.get(number), Some(&Box::new(number)));
        }
        rows.len()
    }

    /// A commit sees its own row alone.
    fn check_commit(&self) -> u32 {
        let reader = Registry::register(&self.registry);
        let number = reader.number();
        let rows = self.count.rows();
        for row in near_the_end(rows.len()) {
            let alive = self.births.get(row).is_some_and(|birth| birth <= number)
                && self.deaths.get(row).is_some_and(|death| number < death);
            assert_eq!(alive, u64::from(row) == number, "row {row} in commit {number}");
        }
        number as u32 + 1
    }
}

/// The rows that are being written about.
fn near_the_end(len: u32) -> Range<u32> {
    len.saturating_sub(70)..len
}

#[test]
fn one_writer_and_many_readers() {
    let writer = Writer::new();
    let chunk = Chunk::new(&writer);
    chunk.append(&writer, 0);
    thread::scope(|scope| {
        let chunk = &chunk;
        for check in [Chunk::check_elements, Chunk::check_commit, Chunk::check_elements] {
            scope.spawn(move || while check(chunk) < ROWS {});
        }
        scope.spawn(move || (1..ROWS).for_each(|row| chunk.append(&writer, row)));
    });
}

/// Versions are taken away when the registry allows it; each reader finds what its commit sees.
#[test]
fn versions_outlive_their_readers() {
    const LAST: usize = ROWS as usize;
    let registry = Registry::new(0);
    let versions: Vec<_> = (0..=LAST as u64).map(|n| std::sync::Mutex::new(Some(n))).collect();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while registry.visible() < LAST as u64 {
                    let reader = Registry::register(&registry);
                    let version = *versions[reader.number() as usize].lock().unwrap();
                    assert_eq!(version, Some(reader.number()));
                }
            });
        }
        let mut live = Live::default();
        let mut kept = Vec::new();
        for commit in 1..=LAST {
            kept.push(commit - 1);
            registry.publish(commit as u64);
            registry.look(&mut live);
            kept.retain(|&version| {
                let gone = live.is_reclaimable(version as u64, version as u64 + 1);
                if gone {
                    *versions[version].lock().unwrap() = None;
                }
                !gone
            });
        }
    });
    assert_eq!(registry.horizon(), LAST as u64);
}
