//! New rows of one class that come as columns.
//!
//! Nearly always they are copied as columns too. Where associations come in, each row is
//! joined with what it refers to and what refers to it, one after the other.

use super::links::join;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::schema::Layout;
use crate::store::{Beside, Column, Root, Table, Transaction};
use crate::view::ValueView;
use smallvec::SmallVec;
use std::sync::Arc;

/// The key of a row.
pub(super) type Keys<'v> = SmallVec<[ValueView<'v>; 4]>;

/// Whether new instances of a class with keys are what no association knows.
pub(super) fn joins_nothing(namespace: &Namespace, root: &Root, layout: &Layout) -> bool {
    root.schema.by_id(layout.id).is_some_and(|class| class.key_root().is_some())
        && layout.references.is_empty()
        && !namespace.store.has_unbound_objects()
}

/// Adds the rows of columns, by slot, to a transaction, with the hashes of their keys; `check`
/// is asked about each before it is entered.
pub(crate) fn add_columns(
    namespace: &Namespace,
    root: &Root,
    transaction: &mut Transaction<'_>,
    (layout, table): (&Arc<Layout>, &Arc<Table>),
    (columns, hashes): (&[Column], &[u64]),
    check: impl FnMut(u64, &[ValueView<'_>]) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    if joins_nothing(namespace, root, layout) {
        return transaction.copy_in(&namespace.store, table, layout, (columns, hashes), check);
    }
    let value = |row: usize, slot: u32| {
        columns.get(slot as usize).map_or(ValueView::Null, |column| column.get(row))
    };
    add_rows(namespace, root, transaction, (layout, table), (value, hashes), check)
}

/// As [`add_columns`], one by one: what each row has in a slot, and the hashes of their keys.
pub(super) fn add_rows<'v>(
    namespace: &Namespace,
    root: &Root,
    transaction: &mut Transaction<'_>,
    (layout, table): (&Arc<Layout>, &Arc<Table>),
    (value, hashes): (impl Fn(usize, u32) -> ValueView<'v>, &[u64]),
    mut check: impl FnMut(u64, &[ValueView<'_>]) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let store = &namespace.store;
    for (row, hash) in hashes.iter().enumerate() {
        let value = |slot: u32| value(row, slot);
        let keys: Keys<'_> = layout.keys.iter().map(|slot| value(*slot)).collect();
        check(*hash, &keys)?;
        let cells = (0..layout.slots.len() as u32).map(|slot| (slot, value(slot)));
        let mut beside = Beside::default();
        join(namespace, root, transaction, layout, value, &mut beside);
        transaction.insert(store, table, layout, *hash, cells, beside)?;
    }
    Ok(())
}
