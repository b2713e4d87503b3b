//! Elements at fixed places, some of them still being written.
//!
//! Why `unsafe`: readers have `&[T]` of the first elements while the writer stores to later ones
//! of the same allocation. The types cannot say where "later" begins; the callers do, with their
//! count.
#![allow(unsafe_code, reason = "see above")]

use crate::sync::Touched;
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;

/// A fixed number of places for elements. It does not know which have one: whoever owns it does,
/// and drops them.
pub(crate) struct Storage<T> {
    places: Box<[UnsafeCell<MaybeUninit<T>>]>,
    touched: Touched,
}

// SAFETY: through a `&Storage<T>` a thread can read elements (`T: Sync`) and put in or take out
// elements that another put in (`T: Send`); the contracts below rule out doing both at once to
// one place. The places themselves have no state.
unsafe impl<T: Send + Sync> Sync for Storage<T> {}

impl<T> Storage<T> {
    /// Places without elements.
    pub(crate) fn empty(places: usize) -> Self {
        let places: Box<[_]> =
            (0..places).map(|_| UnsafeCell::new(MaybeUninit::uninit())).collect();
        Self { touched: Touched::new(places.len()), places }
    }

    /// Places that all have the default element.
    pub(crate) fn filled(places: usize) -> Self
    where
        T: Default,
    {
        let places: Box<[_]> =
            (0..places).map(|_| UnsafeCell::new(MaybeUninit::new(T::default()))).collect();
        Self { touched: Touched::new(places.len()), places }
    }

    pub(crate) fn places(&self) -> usize {
        self.places.len()
    }

    /// Puts `value` at a place and gives back what lay there, if anything did.
    ///
    /// # Safety
    ///
    /// Nobody else touches the place meanwhile, and no reference to its element is in use.
    #[inline(always)]
    pub(crate) unsafe fn put(&self, at: usize, value: T) -> MaybeUninit<T> {
        assert!(at < self.places.len(), "no place {at} of {}", self.places.len());
        self.touched.write(at, 1);
        // SAFETY: `at` is in range. The place belongs to us alone for now, as the caller
        // promises, so reading it out and writing it is no race and invalidates no reference.
        unsafe {
            let place = UnsafeCell::raw_get(self.places.as_ptr().add(at));
            place.replace(MaybeUninit::new(value))
        }
    }

    /// Copies elements to places that follow each other, over what lay there, which is dropped
    /// no more.
    ///
    /// # Safety
    ///
    /// As for [`Storage::put`], for all of the places.
    #[inline(always)]
    pub(crate) unsafe fn put_all(&self, at: usize, values: &[T])
    where
        T: Copy,
    {
        let places = self.places.len();
        assert!(
            at <= places && values.len() <= places - at,
            "no {} places from {at} on of {places}",
            values.len()
        );
        self.touched.write(at, values.len());
        // SAFETY: the places are in range, have the layout of what they hold, and belong to us
        // alone for now, as the caller promises; what we copy from is elsewhere, being borrowed.
        unsafe {
            let first = self.places.as_ptr().add(at);
            UnsafeCell::raw_get(first)
                .cast::<T>()
                .copy_from_nonoverlapping(values.as_ptr(), values.len());
        }
    }

    /// The first `len` elements.
    ///
    /// # Safety
    ///
    /// `len` is at most [`Storage::places`], those places have elements, putting them there
    /// happened before, and nobody writes to them while the slice is in use.
    #[inline(always)]
    pub(crate) unsafe fn first(&self, len: usize) -> &[T] {
        debug_assert!(len <= self.places.len());
        self.touched.read(0, len);
        // SAFETY: `UnsafeCell` and `MaybeUninit` have the layout of what they hold, so the first
        // `len` places are `len` times a `T`, which exists and stays as it is for the life of
        // the borrow, as the caller promises.
        unsafe { std::slice::from_raw_parts(self.places.as_ptr().cast::<T>(), len) }
    }

    /// Drops the first `len` elements.
    ///
    /// # Safety
    ///
    /// `len` is at most [`Storage::places`] and those places have elements. They have none
    /// afterwards.
    pub(crate) unsafe fn drop_first(&mut self, len: usize) {
        for place in self.places.iter_mut().take(len) {
            // SAFETY: it has an element, as the caller promises, and loses it here.
            unsafe { place.get_mut().assume_init_drop() };
        }
    }
}
