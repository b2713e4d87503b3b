//! Bringing scattered rows near before they are read.
//!
//! Rows that a condition or an index picks out of a chunk lie lines apart, in each column
//! again. Whoever reads them row by row waits for memory at every value. Touched column by
//! column, with nothing between two loads that depends on the first, many lines come at a
//! time: that was measured to make a range of an ordered index three times as fast.

use super::statement::Selection;
use crate::store::Chunk;
use cimarron_wql::BoundPath;
use cimarron_wql::vector::Values;
use smallvec::SmallVec;
use std::hint::black_box;

/// So few rows are not worth it.
const FEW: usize = 4;

/// Where one row in this many is wanted, reading in order brings them near by itself.
const DENSE: usize = 4;

/// Touches what rows of a chunk show, out of so many that were looked at.
pub(super) fn touch(chunk: &Chunk, selection: &Selection, rows: &[u16], looked_at: usize) {
    if rows.len() <= FEW || rows.len() * DENSE > looked_at {
        return;
    }
    // Where the columns lie is looked up for all of them before the first is read.
    let columns: SmallVec<[Values<'_>; 16]> = match selection {
        Selection::All => (0..chunk.layout().slots.len()).map(|slot| chunk.values(slot)).collect(),
        Selection::Chosen(choice) => {
            let slots = choice.slots(chunk.layout());
            slots.into_iter().map(|slot| chunk.values(slot as usize)).collect()
        }
        Selection::Items(items, _) => {
            let slots = items.iter().filter_map(|item| match item {
                BoundPath::Column(wanted) => Some(wanted.slot),
                _ => None,
            });
            slots.map(|slot| chunk.values(slot)).collect()
        }
    };
    columns.into_iter().for_each(|values| column(values, rows));
}

/// Asks for what one row of a chunk shows, without waiting for it.
pub(super) fn touch_row(chunk: &Chunk, row: usize, selection: &Selection) {
    match selection {
        Selection::All => chunk.expect_all(row),
        Selection::Chosen(choice) => {
            choice.slots(chunk.layout()).into_iter().for_each(|slot| chunk.expect(row, slot));
        }
        Selection::Items(items, _) => {
            for item in items {
                if let BoundPath::Column(wanted) = item {
                    chunk.expect(row, u32::try_from(wanted.slot).unwrap_or(u32::MAX));
                }
            }
        }
    }
}

fn column(values: Values<'_>, rows: &[u16]) {
    match values {
        Values::Boolean(items) => each(items, rows, |v| u8::from(*v)),
        Values::UInt8(items) => each(items, rows, |v| *v),
        Values::SInt8(items) => each(items, rows, |v| *v as u8),
        Values::UInt16(items) => each(items, rows, |v| *v as u8),
        Values::SInt16(items) => each(items, rows, |v| *v as u8),
        Values::Char16(items) => each(items, rows, |v| v.0 as u8),
        Values::UInt32(items) => each(items, rows, |v| *v as u8),
        Values::SInt32(items) => each(items, rows, |v| *v as u8),
        Values::UInt64(items) => each(items, rows, |v| *v as u8),
        Values::SInt64(items) => each(items, rows, |v| *v as u8),
        Values::Real32(items) => each(items, rows, |v| v.to_bits() as u8),
        Values::Real64(items) => each(items, rows, |v| v.to_bits() as u8),
        Values::DateTime(items) => each(items, rows, |v| v.to_bits() as u8),
        Values::Dictionary(codes, _) => each(codes, rows, |v| *v),
        Values::Text(texts) => texts.touch(rows.iter().map(|row| usize::from(*row))),
        _ => {}
    }
}

fn each<T>(items: &[T], rows: &[u16], byte: impl Fn(&T) -> u8) {
    let byte = |row: &u16| items.get(usize::from(*row)).map_or(0, &byte);
    black_box(rows.iter().fold(0, |all, row| all ^ byte(row)));
}
