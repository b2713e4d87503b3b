//! The CIM intrinsic type `char16`.

use std::fmt;

/// One UTF-16 code unit (DSP0004 5.2.2).
///
/// A lone surrogate is a legal `char16`, so this is never a Rust `char`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Char16(pub u16);

impl Char16 {
    /// The character, unless the code unit is half of a surrogate pair.
    pub fn to_char(self) -> Option<char> {
        char::from_u32(u32::from(self.0))
    }

    /// The code unit of `c`, unless `c` needs two.
    pub fn from_char(c: char) -> Option<Self> {
        u16::try_from(u32::from(c)).ok().map(Self)
    }
}

impl fmt::Display for Char16 {
    /// The character itself; `\xHHHH` for a lone surrogate.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_char() {
            Some(c) => write!(f, "{c}"),
            None => write!(f, "\\x{:04X}", self.0),
        }
    }
}
