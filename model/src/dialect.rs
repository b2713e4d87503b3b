//! Which of the two worlds' semantics a namespace or a compilation follows.

use std::fmt;
use std::str::FromStr;

/// The semantics that decide wherever DMTF's and Microsoft's differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// MS-WMI and the WMI SDK.
    #[default]
    Wmi,
    /// DSP0004 and DSP0200.
    Dmtf,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 2] = [Self::Wmi, Self::Dmtf];

    /// The word used on command lines and in archives.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wmi => "wmi",
            Self::Dmtf => "dmtf",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown dialect `{0}`: use `wmi` or `dmtf`")]
pub struct UnknownDialect(String);

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Wmi, Self::Dmtf]
            .into_iter()
            .find(|d| text.eq_ignore_ascii_case(d.as_str()))
            .ok_or_else(|| UnknownDialect(text.to_owned()))
    }
}
