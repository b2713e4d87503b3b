//! What the rows of a chunk have beside their values: nothing is kept where no row has it.

use super::Chunk;
use crate::row_qualifiers::RowQualifiers;
use crate::store::beside::{Beside, QualifiersByRow, RowLinks};
use parking_lot::RwLock;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

impl Chunk {
    /// Whether some row carries qualifiers of its own.
    pub(in crate::store) fn has_qualifiers(&self) -> bool {
        self.shared.qualifiers.get().is_some()
    }

    /// The qualifiers of the first so many rows.
    pub(in crate::store) fn first_qualifiers(&self, rows: usize) -> QualifiersByRow {
        let Some(all) = self.shared.qualifiers.get() else { return Vec::new() };
        let all = all.read();
        let first = all.iter().take_while(|(row, _)| (*row as usize) < rows);
        first.cloned().collect()
    }

    #[inline]
    pub(in crate::store) fn put_beside(&self, row: usize, beside: &Beside) {
        if let Some(qualifiers) = &beside.qualifiers {
            let all = self.shared.qualifiers.get_or_init(RwLock::default);
            all.write().push((row as u32, qualifiers.clone()));
        }
        if beside.object != 0 {
            self.set_object(row, beside.object);
        }
        if !beside.links.is_empty() {
            let width = self.layout.references.len();
            let all = self.shared.links.get_or_init(|| numbers(self.capacity() * width));
            for (cell, link) in all.iter().skip(row * width).zip(&beside.links) {
                cell.store(*link, Ordering::Release);
            }
        }
    }

    pub(in crate::store) fn beside(&self, row: usize) -> Beside {
        Beside {
            qualifiers: self.qualifiers(row),
            object: self.object(row),
            links: self.links(row).collect(),
        }
    }

    pub(crate) fn qualifiers(&self, row: usize) -> Option<Arc<RowQualifiers>> {
        let all = self.shared.qualifiers.get()?.read();
        // Rows come in order.
        let at = all.binary_search_by_key(&row, |(row, _)| *row as usize).ok()?;
        all.get(at).map(|(_, qualifiers)| qualifiers.clone())
    }

    /// The row's own object number; 0 when it has none.
    #[inline]
    pub(crate) fn object(&self, row: usize) -> u32 {
        let object = self.shared.objects.get().and_then(|all| all.get(row));
        object.map_or(0, |o| o.load(Ordering::Acquire))
    }

    pub(in crate::store) fn set_object(&self, row: usize, object: u32) {
        let all = self.shared.objects.get_or_init(|| numbers(self.capacity()));
        if let Some(cell) = all.get(row) {
            cell.store(object, Ordering::Release);
        }
    }

    /// The object numbers of the row's references, in the order of the layout's.
    #[inline]
    pub(crate) fn links(&self, row: usize) -> impl Iterator<Item = u32> + Clone {
        self.links_of_all().of(row).iter().map(|link| link.load(Ordering::Acquire))
    }

    /// The same of all rows.
    #[inline]
    pub(crate) fn links_of_all(&self) -> RowLinks<'_> {
        let all = self.shared.links.get().map_or(&[][..], |all| all);
        RowLinks { all, width: self.layout.references.len() }
    }
}

fn numbers(count: usize) -> Box<[AtomicU32]> {
    (0..count).map(|_| AtomicU32::new(0)).collect()
}
