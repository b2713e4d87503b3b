//! What a row has beside its values.

use crate::row_qualifiers::RowQualifiers;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

/// What a row has beside its values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beside {
    pub(crate) qualifiers: Option<Arc<RowQualifiers>>,
    /// The row's own object number; 0 when it has none.
    pub(crate) object: u32,
    /// The object numbers of the row's references, in the order of
    /// [`Layout::references`](crate::schema::Layout::references).
    pub(crate) links: smallvec::SmallVec<[u32; 2]>,
}

/// The rows that carry qualifiers, in order.
pub(super) type QualifiersByRow = Vec<(u32, Arc<RowQualifiers>)>;

/// The object numbers of the references of a chunk's rows.
#[derive(Clone, Copy)]
pub(crate) struct RowLinks<'c> {
    pub(super) all: &'c [AtomicU32],
    pub(super) width: usize,
}

impl<'c> RowLinks<'c> {
    /// Those of one row.
    #[inline]
    pub(crate) fn of(self, row: usize) -> &'c [AtomicU32] {
        let start = row * self.width;
        self.all.get(start..start + self.width).unwrap_or_default()
    }
}
