//! Integers as strings, as ValueMap and NullValue hold them (DSP0004 Annex A,
//! `integerValue`).

/// The integer that a text is, in any radix of MOF.
pub(crate) fn integer(text: &str) -> Option<i128> {
    if let Some(number) = plain(text.as_bytes()) {
        return Some(number.into());
    }
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

/// What nearly all are: a decimal number of a few digits.
fn plain(text: &[u8]) -> Option<u64> {
    match text {
        [digit @ b'0'..=b'9'] => Some(u64::from(digit - b'0')),
        [b'1'..=b'9', ..] if text.len() <= 18 => text.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0'))
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::integer;

    #[test]
    fn every_radix() {
        for (text, expected) in [
            ("0", Some(0)),
            ("32768", Some(32_768)),
            ("999999999999999999", Some(999_999_999_999_999_999)),
            ("9223372036854775808", Some(9_223_372_036_854_775_808)),
            ("12a", None),
            ("19b", None),
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
