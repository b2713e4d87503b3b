//! Literals: escapes, numbers, and initializers on one line.

use super::{PrintOptions, class_to_mof, instance_to_mof};
use cimarron_model::{Char16, Dialect, Object, Scalar, Value};
use std::fmt::Write;

/// A string as one quoted literal.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A string with everything escaped that a MOF string literal may not hold
/// (DSP0004 7.11.1), and what would not be seen or would reorder the line. Hex
/// escapes have four digits, so a following digit is never taken in.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if hidden(c) => {
                let _ = write!(out, "\\x{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Controls and the format characters that show nothing or reorder text; all of
/// them fit four hex digits.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A string as adjacent literals of at most `width` columns each where spaces
/// and line breaks allow; the text breaks after them.
pub(super) fn pieces(text: &str, width: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut columns = 0;
    for word in words(text) {
        let word_text = escaped(word);
        let word_columns = word_text.chars().count();
        if columns > 0 && columns + word_columns + 2 > width {
            pieces.push(format!("\"{piece}\""));
            piece.clear();
            columns = 0;
        }
        piece.push_str(&word_text);
        columns += word_columns;
        if word.ends_with('\n') {
            pieces.push(format!("\"{piece}\""));
            piece.clear();
            columns = 0;
        }
    }
    if columns > 0 || pieces.is_empty() {
        pieces.push(format!("\"{piece}\""));
    }
    pieces
}

/// The text cut after each run of spaces and each line break.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest.len();
        let mut before = '\0';
        for (at, c) in rest.char_indices() {
            if before == '\n' || (before == ' ' && c != ' ' && c != '\n') {
                end = at;
                break;
            }
            before = c;
        }
        let (word, tail) = rest.split_at(end);
        rest = tail;
        Some(word)
    })
}

/// A scalar as one literal. `quote_objects` writes embedded objects as strings
/// that hold their MOF, as DMTF's `EmbeddedInstance` and `EmbeddedObject` want
/// them; otherwise they are written as WMI does, `instance of C {…}`.
pub(super) fn flat_scalar(scalar: &Scalar, quote_objects: bool) -> String {
    match scalar {
        Scalar::Real32(x) if x.is_finite() => real32(*x),
        Scalar::Real64(x) if x.is_finite() => with_point(format!("{x:?}")),
        Scalar::Real32(x) => unwritable(f64::from(*x)),
        Scalar::Real64(x) => unwritable(*x),
        Scalar::Char16(c) => character(*c),
        Scalar::String(text) => quoted(text),
        Scalar::DateTime(t) => format!("\"{t}\""),
        Scalar::Reference(path) => quoted(&path.to_string()),
        Scalar::Object(object) => {
            if quote_objects {
                quoted(&embedded_text(object))
            } else {
                object_text(object, false)
            }
        }
        number_or_boolean => number_or_boolean.to_string(),
    }
}

/// A value as an initializer on one line.
pub(super) fn flat_value(value: &Value, quote_objects: bool) -> String {
    match value {
        Value::Null(..) => "NULL".to_owned(),
        Value::Scalar(scalar) => flat_scalar(scalar, quote_objects),
        Value::Array(array) => {
            let items: Vec<_> =
                array.iter().map(|item| flat_item(item.as_ref(), quote_objects)).collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

/// An array element on one line.
pub(super) fn flat_item(item: Option<&Scalar>, quote_objects: bool) -> String {
    item.map_or_else(|| "NULL".to_owned(), |scalar| flat_scalar(scalar, quote_objects))
}

/// The shortest digits of a `real32`; those of the same `real64` where a reader
/// that goes through `real64` would round the short ones twice.
fn real32(x: f32) -> String {
    let short = format!("{x:?}");
    let twice_rounded = short.parse::<f64>().map(|y| y as f32);
    if twice_rounded.is_ok_and(|y| y.to_bits() == x.to_bits()) {
        with_point(short)
    } else {
        with_point(format!("{:?}", f64::from(x)))
    }
}

/// Reals need a point with digits on both sides; Rust's shortest exact form may
/// lack it before an exponent.
fn with_point(shortest: String) -> String {
    if shortest.contains('.') {
        return shortest;
    }
    match shortest.split_once('e') {
        Some((digits, exponent)) => format!("{digits}.0e{exponent}"),
        None => shortest + ".0",
    }
}

fn unwritable(x: f64) -> String {
    let name = if x.is_nan() {
        "NaN"
    } else if x > 0.0 {
        "INF"
    } else {
        "-INF"
    };
    format!("NULL /* {name} */")
}

fn character(c: Char16) -> String {
    match c.to_char() {
        Some(shown @ ' '..='~') if shown != '\'' && shown != '\\' => format!("'{shown}'"),
        _ => format!("'\\x{:04X}'", c.0),
    }
}

/// The MOF of an embedded object as a string holds it.
pub(super) fn embedded_text(object: &Object) -> String {
    object_text(object, true) + ";"
}

/// An embedded object on one line, without the final semicolon. No literal spans
/// lines, so the lines can simply be joined.
fn object_text(object: &Object, quote_objects: bool) -> String {
    let dialect = if quote_objects { Dialect::Dmtf } else { Dialect::Wmi };
    let options = PrintOptions { width: usize::MAX, ..PrintOptions::new(dialect) };
    let text = match object {
        Object::Instance(instance) => instance_to_mof(instance, &options),
        Object::Class(class) => class_to_mof(class, &options),
    };
    let lines: Vec<_> =
        text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")).collect();
    lines.join(" ").trim_end_matches(';').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{Array, CimType, Instance};

    #[test]
    fn scalars() {
        for (value, expected) in [
            (Value::from(true), "TRUE"),
            (Value::from(u64::MAX), "18446744073709551615"),
            (Value::from(i64::MIN), "-9223372036854775808"),
            (Value::from(-128_i8), "-128"),
            (Value::from(1.0_f64), "1.0"),
            (Value::from(-0.0_f64), "-0.0"),
            (Value::from(0.1_f32), "0.1"),
            (Value::from(1e300_f64), "1.0e300"),
            (Value::from(5e-324_f64), "5.0e-324"),
            (Value::from(1.5e-9_f32), "1.5e-9"),
            (Value::from(f64::NAN), "NULL /* NaN */"),
            (Value::from(f32::NEG_INFINITY), "NULL /* -INF */"),
            (Value::from(Char16(0x41)), "'A'"),
            (Value::from(Char16(0x27)), "'\\x0027'"),
            (Value::from(Char16(0)), "'\\x0000'"),
            (Value::from(Char16(0xd800)), "'\\xD800'"),
            (Value::null_array(CimType::UInt8), "NULL"),
            (Value::from(Array::new(CimType::UInt8)), "{}"),
        ] {
            assert_eq!(flat_value(&value, false), expected);
        }
    }

    #[test]
    fn strings_escape_what_a_literal_cannot_hold() {
        for (text, expected) in [
            ("", r#""""#),
            ("a\"b\\c'", r#""a\"b\\c'""#),
            ("\u{8}\t\n\u{c}\r", r#""\b\t\n\f\r""#),
            ("\u{0}1\u{1b}f\u{7f}\u{85}", r#""\x00001\x001Bf\x007F\x0085""#),
            ("Zürich \u{1f600} \u{202e}\u{feff}", "\"Zürich \u{1f600} \\x202E\\xFEFF\""),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn arrays_and_objects() {
        let holes = Array::from_options(CimType::UInt16, [Some(Scalar::UInt16(1)), None]).unwrap();
        assert_eq!(flat_value(&Value::from(holes), false), "{1, NULL}");
        let inner = Object::Instance(Instance::new("A").with("X", "q\"").with("N", 7_u8));
        let object = Value::from(inner);
        assert_eq!(flat_value(&object, false), r#"instance of A { X = "q\""; N = 7; }"#);
        assert_eq!(flat_value(&object, true), r#""instance of A { X = \"q\\\"\"; N = 7; };""#);
    }

    #[test]
    fn long_strings_break_after_spaces_and_line_breaks() {
        for (text, width, expected) in [
            ("one two three", 10, vec![r#""one two ""#, r#""three""#]),
            ("a\nb \n\nc", 40, vec![r#""a\n""#, r#""b \n""#, r#""\n""#, r#""c""#]),
            ("a   b", 4, vec![r#""a   ""#, r#""b""#]),
            ("unbreakable", 4, vec![r#""unbreakable""#]),
            ("", 4, vec![r#""""#]),
        ] {
            assert_eq!(pieces(text, width), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn pieces_hold_the_whole_text(text in "[a-c \\n\"]{0,60}", width in 2_usize..30) {
            let joined: String =
                pieces(&text, width).iter().map(|p| &p[1..p.len() - 1]).collect();
            proptest::prop_assert_eq!(joined, escaped(&text));
        }

        #[test]
        fn reals_are_exact(bits: u64) {
            let x = f64::from_bits(bits);
            proptest::prop_assume!(x.is_finite());
            let text = flat_scalar(&Scalar::Real64(x), false);
            proptest::prop_assert!(text.contains('.'));
            proptest::prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), bits);
        }

        #[test]
        fn short_reals_are_exact(bits: u32) {
            let x = f32::from_bits(bits);
            proptest::prop_assume!(x.is_finite());
            let text = flat_scalar(&Scalar::Real32(x), false);
            proptest::prop_assert_eq!((text.parse::<f64>().unwrap() as f32).to_bits(), bits);
        }
    }
}
