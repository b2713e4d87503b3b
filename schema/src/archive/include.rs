//! Archives that are part of the program.

/// Includes an archive file in the program and gives its bytes, `&'static [u8]`,
/// aligned so that [`Archive::from_static`](crate::Archive::from_static) opens
/// them where they are. The path is what `include_bytes!` takes, such as
/// `concat!(env!("OUT_DIR"), "/fleet.cimar")`.
///
/// ```ignore
/// static FLEET: &[u8] = include_archive!(concat!(env!("OUT_DIR"), "/fleet.cimar"));
/// let archive = Archive::from_static(FLEET)?;
/// ```
#[macro_export]
macro_rules! include_archive {
    ($($path:tt)+) => {{
        static BYTES: &$crate::Aligned<[u8]> = &$crate::Aligned(*include_bytes!($($path)+));
        &BYTES.0
    }};
}

/// Bytes at an address that archives can be read from: what [`include_archive!`]
/// expands to.
#[doc(hidden)]
#[derive(Debug)]
#[repr(C, align(16))]
pub struct Aligned<B: ?Sized>(pub B);

#[cfg(test)]
mod tests {
    #[test]
    fn included_bytes_are_aligned_and_whole() {
        static BYTES: &[u8] = include_archive!("include.rs");
        assert_eq!(BYTES, include_bytes!("include.rs"));
        assert!(BYTES.as_ptr().addr().is_multiple_of(16));
        let joined: &[u8] = include_archive!(concat!("include", ".rs"));
        assert_eq!(joined, BYTES);
    }
}
