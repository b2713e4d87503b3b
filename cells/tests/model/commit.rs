//! Who sees commit *n* sees every stamp of commit *n*, and later stamps change nothing for it.

use crate::model;
use cimarron_cells::{Registry, RowCount, Slots, Stamps, Writer};
use loom::thread;
use std::sync::Arc;

/// Not born, or not dead.
const NEVER: u64 = u64::MAX;

/// One object, modified by each commit: each appends a row and lets the one before it die.
struct Chunk {
    registry: Registry,
    count: RowCount,
    values: Slots<u64>,
    births: Stamps,
    deaths: Stamps,
}

impl Chunk {
    fn new(writer: &Writer) -> Arc<Self> {
        let count = RowCount::new(writer, 3);
        let stamps = || Stamps::new(writer, count.capacity(), NEVER);
        let chunk = Arc::new(Self {
            registry: Registry::new(0),
            values: Slots::new(&count),
            births: stamps(),
            deaths: stamps(),
            count,
        });
        chunk.append(writer, 0, 0);
        chunk.publish(writer, 0);
        chunk
    }

    fn append(&self, writer: &Writer, row: u32, value: u64) {
        self.values.set(writer, row, value);
        self.births.set(writer, row, value);
        if let Some(before) = row.checked_sub(1) {
            self.deaths.set(writer, before, value);
        }
    }

    fn publish(&self, writer: &Writer, row: u32) {
        self.count.publish(writer, row + 1);
        self.registry.publish(u64::from(row));
    }

    /// The values that a reader of commit `number` sees.
    fn seen(&self, number: u64) -> Vec<u64> {
        let values = self.values.get(self.count.rows());
        let alive = |row| {
            let (birth, death) = (self.births.get(row).unwrap(), self.deaths.get(row).unwrap());
            birth <= number && number < death
        };
        (0..).zip(values).filter(|(row, _)| alive(*row)).map(|(_, value)| *value).collect()
    }
}

#[test]
fn a_snapshot_sees_its_commit_whole_and_nothing_later() {
    model(|| {
        let writer = Writer::new();
        let chunk = Chunk::new(&writer);
        let reader = thread::spawn({
            let chunk = chunk.clone();
            move || {
                let number = chunk.registry.visible();
                for _ in 0..2 {
                    assert_eq!(chunk.seen(number), [number]);
                }
                assert!(chunk.registry.visible() >= number);
            }
        });
        for row in 1..3 {
            chunk.append(&writer, row, u64::from(row));
            chunk.publish(&writer, row);
        }
        reader.join().unwrap();
    });
}

/// A batch of two rows, one of which dies in it, comes out at once; a batch that was given up
/// leaves its rows without a birth.
#[test]
fn a_batch_is_one_commit() {
    model(|| {
        let writer = Writer::new();
        let chunk = Chunk::new(&writer);
        let reader = thread::spawn({
            let chunk = chunk.clone();
            move || {
                let number = chunk.registry.visible();
                assert_eq!(chunk.seen(number), [[0], [2]][number as usize]);
            }
        });
        // Given up: unstamped again, but its row was out for a moment.
        chunk.append(&writer, 1, 1);
        chunk.count.publish(&writer, 2);
        chunk.births.set(&writer, 1, NEVER);
        chunk.deaths.set(&writer, 0, NEVER);

        chunk.values.set(&writer, 2, 2);
        chunk.births.set(&writer, 2, 1);
        chunk.deaths.set(&writer, 0, 1);
        chunk.count.publish(&writer, 3);
        chunk.registry.publish(1);
        reader.join().unwrap();
    });
}
