//! What lies in front of the records: the head, and texts and values one behind the other.

use super::Damaged;
use super::format::{ALIGNMENT, HEAD, MAGIC, VERSION};

/// The parts of an image.
pub(super) struct Parts<'a> {
    pub(super) source: Source<'a>,
    pub(super) records: &'a [u8],
}

/// Bytes that are taken from the front.
pub(super) struct Source<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let short = || Damaged::new("it ends in its head");
        let (magic, rest) = bytes.split_first_chunk().ok_or_else(short)?;
        let (version, rest) = rest.split_first_chunk().ok_or_else(short)?;
        let (length, _) = rest.split_first_chunk().ok_or_else(short)?;
        if *magic != MAGIC {
            return Err(Damaged::new("it is no image of rows"));
        }
        match u32::from_le_bytes(*version) {
            VERSION => {}
            version => return Err(Damaged::new(format!("it has the unknown version {version}"))),
        }
        let length = usize::try_from(u64::from_le_bytes(*length)).ok();
        let end = length.and_then(|length| HEAD.checked_add(length));
        let records = end.and_then(|end| end.checked_next_multiple_of(ALIGNMENT));
        let source = end.and_then(|end| bytes.get(HEAD..end));
        let records = records.and_then(|start| bytes.get(start..));
        match (source, records) {
            (Some(source), Some(records)) => Ok(Self { source: Source(source), records }),
            _ => Err(Damaged::new("its texts and values end behind it")),
        }
    }
}

impl<'a> Source<'a> {
    pub(super) fn take(&mut self, bytes: u64) -> Result<&'a [u8], Damaged> {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let (taken, rest) = self
            .0
            .split_at_checked(bytes)
            .ok_or_else(|| Damaged::new("there are fewer bytes of texts and values"))?;
        self.0 = rest;
        Ok(taken)
    }

    /// All that is left.
    pub(super) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }
}
