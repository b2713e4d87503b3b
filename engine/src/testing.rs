//! Ways to what is inside, for fuzz targets.

use crate::codec::probe;

/// Reads bytes as what a log or checkpoint may hold; the first one tells as what.
///
/// # Panics
/// When what was read is not written as the bytes it was read from.
pub fn read_durable(bytes: &[u8]) {
    if let Some((kind, bytes)) = bytes.split_first() {
        probe::read_any(*kind, bytes);
    }
}
