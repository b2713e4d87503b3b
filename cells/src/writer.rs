//! The right to write.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Arc;

/// The right to write to the cells that were made with it. There is one of a kind: it cannot be
/// cloned, and as it is not `Sync`, two threads never have a `&Writer` to the same one. A store
/// keeps it in its writer mutex.
///
/// ```compile_fail
/// fn shared<T: Sync>() {}
/// shared::<cimarron_cells::Writer>();
/// ```
#[derive(Debug)]
pub struct Writer {
    mark: Mark,
    /// `Send`, but not `Sync`.
    alone: PhantomData<Cell<()>>,
}

/// What a cell remembers of its writer: the address of an allocation that is kept as long as
/// anybody remembers it, and so is nobody else's.
#[derive(Clone, Debug)]
pub(crate) struct Mark(Arc<u8>);

impl Writer {
    /// A new writer, of no cell yet.
    pub fn new() -> Self {
        Self { mark: Mark(Arc::new(0)), alone: PhantomData }
    }

    pub(crate) fn mark(&self) -> Mark {
        self.mark.clone()
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Mark {
    /// Panics unless `writer` is the one that this is the mark of.
    #[inline(always)]
    pub(crate) fn demand(&self, writer: &Writer) {
        assert!(Arc::ptr_eq(&self.0, &writer.mark.0), "a cell of another writer");
    }
}
