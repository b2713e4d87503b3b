//! CIM names: compared without case, printed as written.

use crate::fold;
use hashbrown::Equivalent;
use smol_str::SmolStr;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The name of a class, property, method, parameter or qualifier
/// (DSP0004 5.1: names are case-insensitive and case-preserving).
///
/// Cheap to clone. Equality, order and hash ignore case; [`Name::as_str`] gives
/// the spelling that was written.
#[derive(Clone, Default)]
pub struct Name(SmolStr);

impl Name {
    /// A name with this spelling. No check is made: what a legal name is depends
    /// on the dialect and is the compiler's and the engine's to say.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text))
    }

    /// The spelling.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the name `text`, without case.
    #[inline]
    pub fn is(&self, text: &str) -> bool {
        fold::eq(&self.0, text)
    }

    /// Whether both are written alike, letter case included.
    #[inline]
    pub fn is_written_as(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// The spelling as a shared string.
    pub fn into_smol(self) -> SmolStr {
        self.0
    }

    /// Whether `text` is an identifier of DSP0004's ABNF as `dialect` reads it:
    /// a letter or underscore, then letters, digits and underscores. DMTF also
    /// allows letters from U+0080 up.
    pub fn is_identifier(text: &str, dialect: crate::Dialect) -> bool {
        // Most names, without decoding them.
        if text.bytes().all(is_plain) {
            return text.bytes().next().is_some_and(|first| !first.is_ascii_digit());
        }
        let wide = dialect == crate::Dialect::Dmtf;
        let letter = |c: char| c.is_ascii_alphabetic() || c == '_' || (wide && c >= '\u{80}');
        let mut chars = text.chars();
        chars.next().is_some_and(letter) && chars.all(|c| letter(c) || c.is_ascii_digit())
    }
}

/// Whether a character of ASCII may be in a name, by a table: there are many to ask for.
#[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
fn is_plain(byte: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
            byte += 1;
        }
        table
    };
    TABLE[byte as usize]
}

impl PartialEq for Name {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        fold::eq(&self.0, &other.0)
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        fold::cmp(&self.0, &other.0)
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        fold::hash_into(&self.0, state);
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<SmolStr> for Name {
    fn from(text: SmolStr) -> Self {
        Self(text)
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl serde::Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A borrowed text that looks up [`Name`] keys in `hashbrown` and `indexmap`
/// tables without building a `Name`.
#[derive(Clone, Copy, Debug)]
pub struct CaseInsensitive<'a>(pub &'a str);

impl Hash for CaseInsensitive<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        fold::hash_into(self.0, state);
    }
}

impl Equivalent<Name> for CaseInsensitive<'_> {
    fn equivalent(&self, key: &Name) -> bool {
        key.is(self.0)
    }
}

impl PartialEq for CaseInsensitive<'_> {
    fn eq(&self, other: &Self) -> bool {
        fold::eq(self.0, other.0)
    }
}

impl Eq for CaseInsensitive<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dialect;

    #[test]
    fn compares_without_case_and_keeps_spelling() {
        let a = Name::new("CIM_LogicalDevice");
        assert_eq!(a, Name::new("cim_logicaldevice"));
        assert_eq!(a.to_string(), "CIM_LogicalDevice");
        let map: hashbrown::HashMap<Name, u8> = [(a, 1)].into_iter().collect();
        assert_eq!(map.get(&CaseInsensitive("CIM_LOGICALDEVICE")), Some(&1));
        assert_eq!(map.get(&CaseInsensitive("CIM_Logical")), None);
    }

    #[test]
    fn identifiers_by_dialect() {
        for (text, dmtf, wmi) in [
            ("CIM_Fan", true, true),
            ("_x1", true, true),
            ("1x", false, false),
            ("", false, false),
            ("a-b", false, false),
            ("Größe", true, false),
        ] {
            assert_eq!(Name::is_identifier(text, Dialect::Dmtf), dmtf, "{text}");
            assert_eq!(Name::is_identifier(text, Dialect::Wmi), wmi, "{text}");
        }
    }
}
