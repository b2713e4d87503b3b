//! Numbers that a seed decides, the same on every machine and in every version.

/// A sequence of numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The sequence of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The sequence of one of the things that a seed is given to.
    #[must_use]
    pub fn of(seed: u64, thing: u64) -> Self {
        let mut numbers = Self(seed ^ thing.wrapping_mul(0xd6e8_feb8_6659_fd93));
        Self(numbers.number())
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end.max(1)
    }

    /// Whether it happens, once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of some things; the default of none.
    pub fn one_of<T: Copy + Default>(&mut self, things: &[T]) -> T {
        let at = self.below(things.len() as u64) as usize;
        things.get(at).copied().unwrap_or_default()
    }
}
