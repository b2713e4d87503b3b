//! Number literals (DSP0004 Annex A: binaryValue, octalValue, decimalValue,
//! hexValue, realValue).

use super::ast::Integer;

/// A well-formed number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Integer(Integer),
    Real(f64),
}

/// Why a number is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Hex,
    Octal,
    Binary,
    BinaryPrefix,
    Decimal,
    Real,
    TooLarge,
}

impl Mistake {
    /// What is wrong and what would be right.
    pub(crate) const fn explain(self) -> (&'static str, &'static str) {
        match self {
            Self::Hex => ("malformed hexadecimal number", "write `0x` and digits from 0 to F"),
            Self::Octal => (
                "malformed octal number",
                "a number that begins with 0 is octal and has digits from 0 to 7; drop the leading 0 for decimal",
            ),
            Self::Binary => {
                ("malformed binary number", "a number that ends in `b` has only the digits 0 and 1")
            }
            Self::BinaryPrefix => {
                ("malformed binary number", "write binary numbers with `b` at the end: `101b`")
            }
            Self::Decimal => {
                ("malformed number", "put a space after the number, or a letter before its digits")
            }
            Self::Real => (
                "malformed real number",
                "a real number needs a `.` with digits after it, and digits in its exponent: `1.0e5`",
            ),
            Self::TooLarge => (
                "the number fits no CIM type",
                "integers reach from -9223372036854775808 to 18446744073709551615, reals to about 1.8e308",
            ),
        }
    }
}

/// Reads a literal that begins with a digit, a sign or a point.
pub(crate) fn parse(text: &str) -> Result<Number, Mistake> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or_default()),
        Some(b'+') => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    };
    let (radix, digits, mistake) = classify(digits)?;
    if radix == 0 {
        let real: f64 = digits.parse().map_err(|_| Mistake::Real)?;
        let real = if negative { -real } else { real };
        return if real.is_finite() { Ok(Number::Real(real)) } else { Err(Mistake::TooLarge) };
    }
    if digits.is_empty() || !digits.bytes().all(|b| char::from(b).is_digit(radix)) {
        return Err(mistake);
    }
    let magnitude = u64::from_str_radix(digits, radix).map_err(|_| Mistake::TooLarge)?;
    if negative && magnitude > i64::MIN.unsigned_abs() {
        return Err(Mistake::TooLarge);
    }
    Ok(Number::Integer(Integer { negative, magnitude }))
}

/// `positiveDecimalDigit *decimalDigit`
pub(crate) fn is_positive_decimal(text: &str) -> bool {
    !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
}

/// The radix (0: a real number), the digits without what tells the radix, and
/// the mistake if they are not digits of it.
fn classify(digits: &str) -> Result<(u32, &str, Mistake), Mistake> {
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return Ok((16, hex, Mistake::Hex));
    }
    if digits.contains('.') || looks_like_exponent(digits) {
        return if is_real(digits) { Ok((0, digits, Mistake::Real)) } else { Err(Mistake::Real) };
    }
    if let Some(binary) = digits.strip_suffix(['b', 'B']) {
        return Ok((2, binary, Mistake::Binary));
    }
    match digits.as_bytes() {
        [b'0', b'b' | b'B', ..] => Err(Mistake::BinaryPrefix),
        [b'0', rest @ ..] if rest.iter().all(u8::is_ascii_digit) && !rest.is_empty() => {
            Ok((8, digits, Mistake::Octal))
        }
        _ => Ok((10, digits, Mistake::Decimal)),
    }
}

/// `1e5`, which other languages allow.
fn looks_like_exponent(digits: &str) -> bool {
    let mut parts = digits.splitn(2, ['e', 'E']);
    let (mantissa, exponent) = (parts.next().unwrap_or_default(), parts.next());
    let is_number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    is_number(mantissa)
        && exponent.is_some_and(|e| is_number(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

/// `*digit "." 1*digit [ ("e" / "E") [ "+" / "-" ] 1*digit ]`
fn is_real(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let Some((whole, fraction)) = mantissa.split_once('.') else { return false };
    all_digits(whole)
        && !fraction.is_empty()
        && all_digits(fraction)
        && exponent.is_none_or(|e| {
            let e = e.strip_prefix(['+', '-']).unwrap_or(e);
            !e.is_empty() && all_digits(e)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn integers_of_every_radix() {
        for (text, value) in [
            ("0", 0),
            ("-0", 0),
            ("42", 42),
            ("+7", 7),
            ("0x1F", 31),
            ("-0Xff", -255),
            ("017", 15),
            ("00", 0),
            ("101b", 5),
            ("-11B", -3),
            ("0b", 0),
            ("0x1b", 27),
            ("18446744073709551615", u64::MAX.into()),
            ("-9223372036854775808", i64::MIN.into()),
        ] {
            match parse(text) {
                Ok(Number::Integer(n)) => assert_eq!(n.value(), value, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn reals() {
        for (text, value) in
            [("1.5", 1.5), (".25", 0.25), ("-0.5E+1", -5.0), ("2.3e-2", 0.023), ("+1.0", 1.0)]
        {
            assert_eq!(parse(text), Ok(Number::Real(value)), "{text}");
        }
    }

    #[test]
    fn mistakes() {
        for (text, mistake) in [
            ("089", Mistake::Octal),
            ("12b", Mistake::Binary),
            ("0b101", Mistake::BinaryPrefix),
            ("0xZZ", Mistake::Hex),
            ("0x", Mistake::Hex),
            ("12abc", Mistake::Decimal),
            ("1e5", Mistake::Real),
            ("1.", Mistake::Real),
            ("1.5e", Mistake::Real),
            ("1.e5", Mistake::Real),
            ("1.2.3", Mistake::Real),
            ("1.5x", Mistake::Real),
            ("18446744073709551616", Mistake::TooLarge),
            ("-9223372036854775809", Mistake::TooLarge),
            ("1.0e999", Mistake::TooLarge),
        ] {
            assert_eq!(parse(text), Err(mistake), "{text}");
        }
    }

    proptest! {
        #[test]
        fn integers_round_trip(n: u64) {
            let expected = Ok(Number::Integer(Integer { negative: false, magnitude: n }));
            prop_assert_eq!(parse(&n.to_string()), expected);
            prop_assert_eq!(parse(&format!("0x{n:X}")), expected);
            prop_assert_eq!(parse(&format!("{n:b}b")), expected);
            prop_assert_eq!(parse(&format!("0{n:o}")), expected);
        }
    }
}
