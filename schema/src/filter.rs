//! The names of event filters that have none.

/// What a filter says, and so tells it from others.
const CONTENTS: [&str; 4] = ["EventAccess", "EventNamespace", "Query", "QueryLanguage"];

/// The name of an event filter (`__EventFilter`) whose `Name` is empty, by the texts of its
/// properties.
///
/// WMI fills it with a GUID when the filter is put (WMI SDK, "Creating an Event Filter").
/// Here the GUID is made of what the filter says: the same text gives the same archive, and
/// put once more it changes the filter that is there instead of adding another.
pub fn event_filter_name(mut text_of: impl FnMut(&str) -> Option<String>) -> String {
    let mut hasher = blake3::Hasher::new();
    for name in CONTENTS {
        if let Some(text) = text_of(name) {
            hasher.update(name.as_bytes());
            hasher.update(&text.len().to_le_bytes());
            hasher.update(text.as_bytes());
        }
    }
    guid(hasher.finalize().as_bytes())
}

/// A GUID of the version for values that somebody made up (RFC 9562 5.8).
fn guid(hash: &[u8; 32]) -> String {
    let mut number = hash.iter().take(16).fold(0_u128, |n, byte| n << 8 | u128::from(*byte));
    number = number & !(0xF << 76) | 0x8 << 76;
    number = number & !(0x3 << 62) | 0x2 << 62;
    let part = |shift: u32, digits: u32| (number >> shift) & ((1 << (digits * 4)) - 1);
    format!(
        "{{{:08X}-{:04X}-{:04X}-{:04X}-{:012X}}}",
        part(96, 8),
        part(80, 4),
        part(64, 4),
        part(48, 4),
        part(0, 12)
    )
}

#[cfg(test)]
mod tests {
    use super::guid;

    #[test]
    fn guids_have_their_form() {
        assert_eq!(guid(&[0xFF; 32]), "{FFFFFFFF-FFFF-8FFF-BFFF-FFFFFFFFFFFF}");
        assert_eq!(guid(&[0; 32]), "{00000000-0000-8000-8000-000000000000}");
    }
}
