//! Taking the rows of a class over to a later version of it, as they are.
//!
//! A chunk gets another form: the same rows under the same addresses, with the columns
//! that stay shared and the others made from them. So a property more costs a constant
//! column a chunk, however many rows there are, and every index entry and object stays
//! what it was. Tables of schema versions before keep the old forms for those who read
//! them, and [`Store::form_for`](super::Store::form_for) finds them there.

use super::chunk::Chunk;
use super::column::{Column, Columns};
use super::table::Table;
use crate::schema::Layout;
use crate::schema::slot_map::{SlotMap, Source, widen, widen_array};
use crate::view::ValueView;
use cimarron_model::{CimType, Value};
use std::sync::Arc;

/// How the rows of one class version become those of another.
pub(crate) struct Migration<'a> {
    pub(crate) layout: &'a Arc<Layout>,
    pub(crate) map: &'a SlotMap,
    /// The values of new properties that have one, by slot.
    pub(crate) defaults: &'a [(u32, Value)],
}

impl Migration<'_> {
    /// The columns of a sealed chunk for the new version.
    pub(super) fn columns(&self, chunk: &Chunk) -> Columns {
        let old = chunk.columns().unwrap_or_default();
        if self.map.is_identity() {
            return old.into();
        }
        let column = |(slot, source): (u32, &Source)| match source {
            Source::Same(from) => old.get(*from as usize)?.clone(),
            Source::Widened(from) => {
                let to = self.layout.slot(slot)?.cim_type;
                old.get(*from as usize)?.as_ref()?;
                widened(chunk, *from, to).map(Arc::new)
            }
            Source::Default => {
                let (_, value) = self.defaults.iter().find(|(number, _)| *number == slot)?;
                Some(Arc::new(Column::constant(value.clone(), chunk.len())))
            }
        };
        (0..).zip(self.map.sources()).map(column).collect()
    }
}

fn widened(chunk: &Chunk, slot: u32, to: CimType) -> Option<Column> {
    let mut column = Column::default();
    for row in 0..chunk.len() {
        match chunk.value(row, slot) {
            ValueView::Array(array) => {
                column.set_at_end(row, ValueView::Array(&widen_array(array, to)));
            }
            scalar => column.set_at_end(row, widen(scalar, to)),
        }
    }
    column.seal()
}

/// Whether the chunks of a table can be taken over. Qualifiers of rows lie by slot, and
/// nobody looks at them in the old form.
pub(crate) fn can_take(table: &Table) -> bool {
    table.all_chunks().iter().all(|chunk| !chunk.has_qualifiers())
}

/// Whether rows that are there have values for which a new version has no place.
pub(crate) fn loses_values(table: &Table, map: &SlotMap) -> bool {
    let is_kept = |slot: u32| {
        let from =
            |source: &Source| matches!(source, Source::Same(n) | Source::Widened(n) if *n == slot);
        map.sources().iter().any(from)
    };
    table.all_chunks().iter().any(|chunk| {
        let lost = (0..chunk.layout().slots.len() as u32).filter(|slot| !is_kept(*slot));
        let rows = || (0..chunk.len()).filter(|row| chunk.is_current(*row));
        lost.into_iter().any(|slot| rows().any(|row| !chunk.value(row, slot).is_null()))
    })
}
