//! How many bytes are allocated: ours by a counting allocator, SQLite's by its own account.
//!
//! Why `unsafe`: an allocator is an unsafe trait, and SQLite's account a C function.
#![allow(unsafe_code, reason = "see above")]

use mimalloc::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// What the `cimarron` program uses, counting when it is told to. An allocation counts as many
/// bytes as the allocator sets aside for it, which is more than was asked for.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);

static BYTES: AtomicI64 = AtomicI64::new(0);

/// Begins to count. What was allocated before is of no weight.
pub fn count() {
    COUNTS.store(true, Ordering::Relaxed);
}

/// Bytes that are allocated now, by Rust code.
pub fn ours() -> f64 {
    BYTES.load(Ordering::Relaxed) as f64
}

/// Bytes that are allocated now, by SQLite.
pub fn sqlite() -> f64 {
    // SAFETY: it takes nothing, and only reads a counter under a lock of its own.
    (unsafe { rusqlite::ffi::sqlite3_memory_used() }) as f64
}

/// Counts a block that has come or is about to go.
///
/// # Safety
///
/// `block` comes from mimalloc, or is null.
unsafe fn record(block: *mut u8, sign: i64) {
    if COUNTS.load(Ordering::Relaxed) {
        // SAFETY: as the caller promises.
        let bytes = unsafe { MiMalloc.usable_size(block) };
        BYTES.fetch_add(sign * bytes as i64, Ordering::Relaxed);
    }
}

// SAFETY: all of it is mimalloc's; that its blocks are looked at changes nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        let block = unsafe { MiMalloc.alloc(layout) };
        // SAFETY: it comes from mimalloc.
        unsafe { record(block, 1) };
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise is the same.
        let block = unsafe { MiMalloc.alloc_zeroed(layout) };
        // SAFETY: it comes from mimalloc.
        unsafe { record(block, 1) };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: everything here comes from mimalloc.
        unsafe { record(block, -1) };
        // SAFETY: the caller's promise is the same.
        unsafe { MiMalloc.dealloc(block, layout) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: everything here comes from mimalloc.
        unsafe { record(block, -1) };
        // SAFETY: the caller's promise is the same.
        let moved = unsafe { MiMalloc.realloc(block, layout, size) };
        // SAFETY: it comes from mimalloc; when there was no memory, the old block is still there.
        unsafe { record(if moved.is_null() { block } else { moved }, 1) };
        moved
    }
}
