//! Constants to the types of the columns they are compared with.
//!
//! An integer outside the column's range is no constant of the column's type
//! (WMI SDK, "WHERE Clause"): it can only be a slip, and is refused. Where only the
//! object tells the type, every integer will do, and none is rounded. A real
//! constant takes the column's precision, so that `real32 = 0.1` finds what was
//! stored as 0.1.

use super::datetime;
use crate::bound::Constant;
use crate::syntax::ast::LiteralValue;
use cimarron_model::{CimType, TypeClass};
use smol_str::SmolStr;
use std::ops::RangeInclusive;

/// The constant for a column of this type, or what to write instead.
///
/// `path` makes the constant of a path's text.
pub(super) fn typed(
    literal: &LiteralValue,
    cim_type: CimType,
    path: &dyn Fn(&SmolStr) -> Constant,
) -> Result<Constant, &'static str> {
    let constant = unbounded(literal, cim_type, path)?;
    let (range, hint) = range(cim_type);
    match constant {
        Constant::Integer(number) if !range.contains(&number) => Err(hint),
        constant => Ok(constant),
    }
}

/// The integers of a type, and how a message gives them; all for what is no integer.
const fn range(cim_type: CimType) -> (RangeInclusive<i128>, &'static str) {
    let hint = match cim_type {
        CimType::UInt8 => "it holds 0 to 255",
        CimType::UInt16 | CimType::Char16 => "it holds 0 to 65535",
        CimType::UInt32 => "it holds 0 to 4294967295",
        CimType::UInt64 => "it holds 0 to 18446744073709551615",
        CimType::SInt8 => "it holds -128 to 127",
        CimType::SInt16 => "it holds -32768 to 32767",
        CimType::SInt32 => "it holds -2147483648 to 2147483647",
        CimType::SInt64 => "it holds -9223372036854775808 to 9223372036854775807",
        _ => "",
    };
    let (least, greatest) = match cim_type.integer_range() {
        Some(range) => range,
        None if matches!(cim_type, CimType::Char16) => (0, u16::MAX as i128),
        None => (i128::MIN, i128::MAX),
    };
    (least..=greatest, hint)
}

/// The constant for a column of this type, integers as they are written.
fn unbounded(
    literal: &LiteralValue,
    cim_type: CimType,
    path: &dyn Fn(&SmolStr) -> Constant,
) -> Result<Constant, &'static str> {
    match cim_type.class() {
        TypeClass::Boolean => {
            boolean(literal).map(Constant::Boolean).ok_or("write TRUE or FALSE (or 1 or 0)")
        }
        TypeClass::Unsigned | TypeClass::Signed => integer(literal)
            .map(Constant::Integer)
            .ok_or("write an integer, without a decimal point"),
        TypeClass::Real => real(literal, cim_type),
        TypeClass::Char16 => char16(literal)
            .map(Constant::Integer)
            .ok_or("write the code unit as an integer, or one character in quotes"),
        TypeClass::String => match literal {
            LiteralValue::String(text) | LiteralValue::Integer(text) => {
                Ok(Constant::Text(text.clone()))
            }
            _ => Err("put it in quotes"),
        },
        TypeClass::DateTime => datetime(literal),
        TypeClass::Reference => match literal {
            LiteralValue::String(text) => Ok(path(text)),
            _ => Err("write the object path in quotes"),
        },
        TypeClass::Object => Err("test a member of the object, or use ISA or IS NULL"),
    }
}

/// The constant for a member whose type only the object tells.
pub(super) fn untyped(literal: &LiteralValue, path: &dyn Fn(&SmolStr) -> Constant) -> Constant {
    let kinds = [
        CimType::Boolean,
        CimType::UInt64,
        CimType::Real32,
        CimType::Real64,
        CimType::Char16,
        CimType::String,
        CimType::DateTime,
        CimType::Reference,
    ];
    let form = |t| unbounded(literal, t, path).ok().map(|constant| (t, constant));
    let forms = kinds.into_iter().filter_map(form);
    Constant::Untyped(forms.collect())
}

fn boolean(literal: &LiteralValue) -> Option<bool> {
    match literal {
        LiteralValue::Boolean(truth) => Some(*truth),
        LiteralValue::Integer(digits) => match exact(digits) {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        LiteralValue::String(word) if word.eq_ignore_ascii_case("true") => Some(true),
        LiteralValue::String(word) if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn integer(literal: &LiteralValue) -> Option<i128> {
    match literal {
        LiteralValue::Integer(digits) => Some(saturated(digits)),
        LiteralValue::String(text) if is_integer(text) => Some(saturated(text)),
        _ => None,
    }
}

fn real(literal: &LiteralValue, cim_type: CimType) -> Result<Constant, &'static str> {
    const REMEDY: &str = "write a number";
    let (LiteralValue::Integer(text) | LiteralValue::Real(text) | LiteralValue::String(text)) =
        literal
    else {
        return Err(REMEDY);
    };
    if is_integer(text)
        && let Some(number) = exact(text)
    {
        return Ok(Constant::Integer(number));
    }
    if !is_real(text) {
        return Err(REMEDY);
    }
    let wide: f64 = text.parse().map_err(|_| REMEDY)?;
    if !wide.is_finite() {
        return Err("no real64 is that large");
    }
    let narrow = if cim_type == CimType::Real32 { text.parse::<f32>().ok() } else { None };
    // A number too large for a real32 keeps its true value: no real32 equals it.
    let rounded = narrow.filter(|n| n.is_finite()).map_or(wide, f64::from);
    Ok(Constant::Real(rounded))
}

fn char16(literal: &LiteralValue) -> Option<i128> {
    match literal {
        LiteralValue::Integer(digits) => Some(saturated(digits)),
        LiteralValue::String(text) => {
            let mut units = text.encode_utf16();
            units.next().filter(|_| units.next().is_none()).map(i128::from)
        }
        _ => None,
    }
}

fn datetime(literal: &LiteralValue) -> Result<Constant, &'static str> {
    let parsed = match literal {
        LiteralValue::String(text) => datetime::parse(text),
        LiteralValue::Integer(digits) => datetime::parse_digits(digits),
        _ => None,
    };
    parsed.map(Constant::DateTime).ok_or(
        "write \"yyyymmddHHMMSS.mmmmmmsUUU\", an interval \"ddddddddHHMMSS.mmmmmm:000\", or a \
         year-first date such as \"2024-01-31 08:00:00\"",
    )
}

/// `[+-]?digits`
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Digits, at most one point with digits behind it, and an exponent: what the
/// lexer takes for a number, without what Rust would parse besides (`inf`, `5.`).
fn is_real(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = unsigned
        .split_once(['e', 'E'])
        .map_or((unsigned, None), |(mantissa, exponent)| (mantissa, Some(exponent)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa_fits = mantissa.split_once('.').map_or(digits(mantissa), |(whole, part)| {
        (whole.is_empty() || digits(whole)) && digits(part)
    });
    mantissa_fits && exponent.is_none_or(is_integer)
}

fn exact(digits: &str) -> Option<i128> {
    // Nearly all fit into a word, which is read much faster.
    let word = || digits.parse::<i64>().map(i128::from);
    if digits.len() < 19 { word().ok() } else { digits.parse().ok() }
}

/// Numbers beyond 128 bits become the nearest that fits: no CIM integer comes
/// near, so every comparison keeps its answer.
fn saturated(digits: &SmolStr) -> i128 {
    let limit = if digits.starts_with('-') { i128::MIN } else { i128::MAX };
    exact(digits).unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PathConstant;
    use cimarron_model::ReferenceRules;

    #[test]
    fn takes_the_columns_type() {
        use CimType::*;
        let s = |t: &str| LiteralValue::String(t.into());
        let i = |t: &str| LiteralValue::Integer(t.into());
        let r = |t: &str| LiteralValue::Real(t.into());
        let yes = LiteralValue::Boolean(true);
        let path = |text: &SmolStr| {
            let rules = ReferenceRules::default();
            Constant::Path(Box::new(PathConstant::new(text, &rules)))
        };
        for (literal, cim_type, expected) in [
            (yes.clone(), Boolean, Some(Constant::Boolean(true))),
            (i("0"), Boolean, Some(Constant::Boolean(false))),
            (i("+1"), Boolean, Some(Constant::Boolean(true))),
            (s("tRuE"), Boolean, Some(Constant::Boolean(true))),
            (i("2"), Boolean, None),
            (s("1"), Boolean, None),
            (r("1.0"), Boolean, None),
            (i("255"), UInt8, Some(Constant::Integer(255))),
            (i("256"), UInt8, None),
            (i("-1"), UInt64, None),
            (s("-129"), SInt8, None),
            (i("65536"), Char16, None),
            (i("18446744073709551616"), UInt64, None),
            (i("9223372036854775808"), SInt64, None),
            (s("-5"), SInt64, Some(Constant::Integer(-5))),
            (i("18446744073709551615"), UInt64, Some(Constant::Integer(u64::MAX.into()))),
            (i(&"9".repeat(60)), UInt64, None),
            (i(&("-".to_owned() + &"9".repeat(60))), SInt64, None),
            (s("0x10"), UInt32, None),
            (s("12 "), UInt32, None),
            (s(""), UInt32, None),
            (r("1000.4"), UInt16, None),
            (yes.clone(), UInt16, None),
            (i("7"), Real64, Some(Constant::Integer(7))),
            (r("0.1"), Real64, Some(Constant::Real(0.1))),
            (r("0.1"), Real32, Some(Constant::Real(0.1_f32.into()))),
            (r("1e300"), Real32, Some(Constant::Real(1e300))),
            (r("1e999"), Real64, None),
            (s("2.3e-2"), Real64, Some(Constant::Real(0.023))),
            (s("inf"), Real64, None),
            (s("NaN"), Real64, None),
            (s("1."), Real64, None),
            (i(&"9".repeat(40)), Real64, Some(Constant::Real(1e40))),
            (i("65"), Char16, Some(Constant::Integer(65))),
            (s("A"), Char16, Some(Constant::Integer(65))),
            (s("5"), Char16, Some(Constant::Integer(53))),
            (s("AB"), Char16, None),
            (s("😀"), Char16, None),
            (i("024"), String, Some(Constant::Text("024".into()))),
            (r("1.0"), String, None),
            (yes.clone(), String, None),
            (s("X.Id=1"), Reference, Some(path(&"X.Id=1".into()))),
            (s("//h/root/x:X.Id='a'"), Reference, Some(path(&r#"\\h\root\x:X.Id="a""#.into()))),
            (s("no path"), Reference, Some(path(&"no path".into()))),
            (i("1"), Reference, None),
            (s("x"), Object, None),
        ] {
            assert_eq!(typed(&literal, cim_type, &path).ok(), expected, "{literal} {cim_type}");
        }
    }
}
