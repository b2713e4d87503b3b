//! Random choices out of bytes.

/// Throws dice; the bytes decide what they show.
#[derive(Clone, Debug)]
pub struct Dice<'b> {
    bytes: &'b [u8],
}

impl<'b> Dice<'b> {
    /// Dice that these bytes drive.
    pub const fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    /// A byte; 0 once there are none left.
    pub fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number of 64 bits.
    pub fn number(&mut self) -> u64 {
        u64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    /// A number from 0 up to, not including, `limit`; 0 when that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let throw = match u8::try_from(limit) {
            Ok(_) => usize::from(self.byte()),
            Err(_) => usize::from(self.byte()) << 8 | usize::from(self.byte()),
        };
        throw.checked_rem(limit).unwrap_or(0)
    }

    /// True one time in `of`.
    pub fn one_in(&mut self, of: usize) -> bool {
        self.below(of) + 1 == of
    }

    /// One of these; there must be some.
    pub fn pick<'t, T>(&mut self, among: &'t [T]) -> Option<&'t T> {
        among.get(self.below(among.len()))
    }

    /// One of these texts.
    pub fn text(&mut self, among: &[&'static str]) -> &'static str {
        self.pick(among).copied().unwrap_or_default()
    }

    /// From `least` up to `most` things.
    pub fn list<T>(
        &mut self,
        least: usize,
        most: usize,
        mut thing: impl FnMut(&mut Self) -> T,
    ) -> Vec<T> {
        let count = least + self.below(most.saturating_sub(least) + 1);
        (0..count).map(|_| thing(self)).collect()
    }

    /// A thing, half of the time.
    pub fn maybe<T>(&mut self, thing: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(2).then(|| thing(self))
    }
}
