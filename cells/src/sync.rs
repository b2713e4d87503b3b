//! The atomics that the cells are made of: the standard library's, or loom's, which try every
//! order of events.

#[cfg(loom)]
pub(crate) use loom::sync::{
    Mutex,
    atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
};
#[cfg(not(loom))]
pub(crate) use std::sync::{
    Mutex,
    atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
};

/// Tells loom who touches which element when, so that it finds data races in memory that it does
/// not own. Nothing at all in a usual build.
#[derive(Debug)]
pub(crate) struct Touched {
    #[cfg(loom)]
    elements: Vec<loom::cell::UnsafeCell<()>>,
}

impl Touched {
    /// The models have few elements; those behind the last are not watched.
    #[cfg(loom)]
    const WATCHED: usize = 16;

    pub(crate) fn new(elements: usize) -> Self {
        #[cfg(not(loom))]
        let _ = elements;
        Self {
            #[cfg(loom)]
            elements: (0..elements.min(Self::WATCHED))
                .map(|_| loom::cell::UnsafeCell::new(()))
                .collect(),
        }
    }

    #[inline(always)]
    pub(crate) fn write(&self, from: usize, len: usize) {
        #[cfg(not(loom))]
        let _ = (from, len);
        #[cfg(loom)]
        self.elements.iter().skip(from).take(len).for_each(|element| element.with_mut(|_| ()));
    }

    #[inline(always)]
    pub(crate) fn read(&self, from: usize, len: usize) {
        #[cfg(not(loom))]
        let _ = (from, len);
        #[cfg(loom)]
        self.elements.iter().skip(from).take(len).for_each(|element| element.with(|_| ()));
    }
}
