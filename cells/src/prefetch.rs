//! Asking for memory before it is needed.
//!
//! Why `unsafe`: the processor's instruction takes a bare address.
#![allow(unsafe_code, reason = "see above")]

/// Asks for the memory where a value begins, without waiting for it. It changes nothing but
/// how long the next look at the value takes; where there is no such instruction, nothing at all.
#[inline(always)]
pub fn prefetch<T>(value: &T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: it is a hint, which may name any address and reads nothing that we could see.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast());
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_changes_nothing() {
        let value = 7;
        prefetch(&value);
        assert_eq!(value, 7);
    }
}
