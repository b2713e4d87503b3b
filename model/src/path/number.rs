//! Numbers as paths and selectors write them.

/// What the digits of an integer mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Radix {
    /// Decimal even with leading zeros; `0x` for hexadecimal (WMI paths).
    DecimalOrHex,
    /// As [`Radix::DecimalOrHex`], and a final `b` for binary: selectors are
    /// written by the rules of several protocols, in most of which `010` is ten.
    Selector,
    /// DSP0004's `integerValue`: a leading `0` is octal, a final `b` binary.
    Mof,
}

/// How a text fails to be a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotANumber {
    /// It is written like none.
    Malformed,
    /// It is an integer beyond 128 bits, or a real beyond `real64`.
    TooLarge,
}

/// The integer that the whole text writes.
pub(super) fn integer(text: &str, radix: Radix) -> Result<i128, NotANumber> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, base) = base_of(digits, radix);
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return Err(NotANumber::Malformed);
    }
    let magnitude = i128::from_str_radix(digits, base).map_err(|_| NotANumber::TooLarge)?;
    Ok(if negative { -magnitude } else { magnitude })
}

fn base_of(digits: &str, radix: Radix) -> (&str, u32) {
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return (hex, 16);
    }
    if radix == Radix::DecimalOrHex {
        return (digits, 10);
    }
    if let Some(binary) = digits.strip_suffix(['b', 'B']) {
        return (binary, 2);
    }
    match digits.strip_prefix('0') {
        Some(octal) if radix == Radix::Mof && !octal.is_empty() => (octal, 8),
        _ => (digits, 10),
    }
}

/// The real that the whole text writes: digits with a point or an exponent, or
/// `INF`, `-INF` and `NaN`, which DSP0004 cannot write and DSP0201 can.
pub(super) fn real(text: &str) -> Result<f64, NotANumber> {
    for (word, value) in [("INF", f64::INFINITY), ("-INF", f64::NEG_INFINITY), ("NaN", f64::NAN)] {
        if text.eq_ignore_ascii_case(word) {
            return Ok(value);
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let whole_mantissa = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole.is_empty() || digits(whole)) && digits(fraction),
        None => exponent.is_some() && digits(mantissa),
    };
    let whole_exponent =
        exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
    if !(whole_mantissa && whole_exponent) {
        return Err(NotANumber::Malformed);
    }
    let value: f64 = text.parse().map_err(|_| NotANumber::Malformed)?;
    if value.is_finite() { Ok(value) } else { Err(NotANumber::TooLarge) }
}

/// The boolean that the word names, without case.
pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_every_radix() {
        for (text, wmi, selector, mof) in [
            ("0", Some(0), Some(0), Some(0)),
            ("-0", Some(0), Some(0), Some(0)),
            ("+42", Some(42), Some(42), Some(42)),
            ("010", Some(10), Some(10), Some(8)),
            ("-017", Some(-17), Some(-17), Some(-15)),
            ("018", Some(18), Some(18), None),
            ("0x19aF", Some(0x19af), Some(0x19af), Some(0x19af)),
            ("-0X10", Some(-16), Some(-16), Some(-16)),
            ("0101B", None, Some(5), Some(5)),
            ("0102b", None, None, None),
            ("0x1b", Some(0x1b), Some(0x1b), Some(0x1b)),
            (
                "18446744073709551615",
                Some(u64::MAX.into()),
                Some(u64::MAX.into()),
                Some(u64::MAX.into()),
            ),
            ("", None, None, None),
            ("-", None, None, None),
            ("0x", None, None, None),
            ("b", None, None, None),
            ("--1", None, None, None),
            ("1 ", None, None, None),
            ("\u{661}", None, None, None),
        ] {
            for (radix, value) in
                [(Radix::DecimalOrHex, wmi), (Radix::Selector, selector), (Radix::Mof, mof)]
            {
                assert_eq!(integer(text, radix).ok(), value, "{text} {radix:?}");
            }
        }
        assert_eq!(integer(&"9".repeat(60), Radix::Mof), Err(NotANumber::TooLarge));
    }

    #[test]
    fn reals() {
        for (text, value) in [
            ("1.5", Some(1.5)),
            (".4e1", Some(4.0)),
            ("+25.5E-1", Some(2.55)),
            ("-1e3", Some(-1000.0)),
            ("inf", Some(f64::INFINITY)),
            ("-INF", Some(f64::NEG_INFINITY)),
            ("1.", None),
            ("1", None),
            ("1e", None),
            (".", None),
            ("infinity", None),
            ("+INF", None),
        ] {
            assert_eq!(real(text).ok(), value, "{text}");
        }
        assert!(real("nan").is_ok_and(f64::is_nan));
        assert_eq!(real("-1e999"), Err(NotANumber::TooLarge));
    }
}
