//! Integers as strings, as ValueMap and NullValue hold them (DSP0004 Annex A,
//! `integerValue`).

/// The integer that a text is, in any radix of MOF.
pub(crate) fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    // What fits no 64 bits is no value of any type.
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [.., b'b' | b'B'] => (2, digits.get(..digits.len() - 1)?),
        [b'0', _, ..] if digits.bytes().all(|b| matches!(b, b'0'..=b'7')) => (8, digits),
        _ => (10, digits),
    };
    // `from_str_radix` would take a second sign.
    if !digits.as_bytes().first()?.is_ascii_alphanumeric() {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    Some(if negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::integer;

    #[test]
    fn every_radix() {
        for (text, expected) in [
            ("0", Some(0)),
            ("32768", Some(32_768)),
            ("-5", Some(-5)),
            ("+5", Some(5)),
            ("0x1F", Some(31)),
            ("017", Some(15)),
            ("101b", Some(5)),
            ("18446744073709551615", Some(i128::from(u64::MAX))),
            ("18446744073709551616", None),
            ("", None),
            ("-", None),
            ("--1", None),
            ("0x", None),
            ("b", None),
            ("1 ", None),
            ("one", None),
        ] {
            assert_eq!(integer(text), expected, "{text:?}");
        }
    }
}
