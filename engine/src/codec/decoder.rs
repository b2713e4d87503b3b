//! Reading bytes that may be damaged.

/// How deep objects and the paths in keys may nest.
pub(crate) const MAX_DEPTH: u32 = 64;

/// Bytes that do not hold what they should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub(crate) struct Damaged {
    /// What is wrong.
    pub(crate) what: &'static str,
    /// Where, from the start of the bytes.
    pub(crate) at: usize,
}

/// Reads one thing after another.
#[derive(Clone, Debug)]
pub(crate) struct Decoder<'a> {
    rest: &'a [u8],
    length: usize,
    depth: u32,
}

impl<'a> Decoder<'a> {
    /// A reader of these bytes from their start.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, length: bytes.len(), depth: 0 }
    }

    /// How many bytes have been read.
    pub(crate) const fn position(&self) -> usize {
        self.length - self.rest.len()
    }

    /// How many bytes are left.
    pub(crate) const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// That nothing is left.
    pub(crate) const fn finish(&self) -> Result<(), Damaged> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.damaged("bytes behind the end")) }
    }

    /// What to say of the bytes here.
    pub(super) const fn damaged(&self, what: &'static str) -> Damaged {
        Damaged { what, at: self.position() }
    }

    /// What was made of the bytes just read, if they meant something.
    pub(super) fn known<T>(&self, value: Option<T>, what: &'static str) -> Result<T, Damaged> {
        value.ok_or_else(|| self.damaged(what))
    }

    /// One byte.
    #[inline]
    pub(crate) fn u8(&mut self) -> Result<u8, Damaged> {
        match self.rest.split_first() {
            Some((byte, rest)) => {
                self.rest = rest;
                Ok(*byte)
            }
            None => Err(self.damaged("an early end")),
        }
    }

    /// So many bytes.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Damaged> {
        match self.rest.split_at_checked(count) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(self.damaged("an early end")),
        }
    }

    /// So many bytes, a number that the caller knows.
    #[inline]
    pub(super) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        match self.rest.split_first_chunk() {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(*taken)
            }
            None => Err(self.damaged("an early end")),
        }
    }

    /// How many things follow, each of which takes `least` bytes or more. A count that
    /// cannot be true is refused before anybody makes room for it.
    #[inline]
    pub(crate) fn count(&mut self, least: usize) -> Result<usize, Damaged> {
        let count = self.u64()?;
        match usize::try_from(count) {
            Ok(count) if count <= self.rest.len() / least.max(1) => Ok(count),
            _ => Err(self.damaged("a count of more than is there")),
        }
    }

    /// Reads what lies one level deeper.
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Damaged>,
    ) -> Result<T, Damaged> {
        if self.depth >= MAX_DEPTH {
            return Err(self.damaged("objects nested too deep"));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }
}
