//! Comma-separated values (RFC 4180): CR LF line ends, quotes where a field
//! needs them.
//!
//! NULL is an empty field and an empty string is `""`. Values are spelled as in
//! JSON, without the quotes around texts; arrays and objects are JSON in a field.

use cimarron_model::Value;
use std::io::{self, Write};

/// Writes a line of texts.
pub(crate) fn write_texts<'a>(
    out: &mut dyn Write,
    fields: impl IntoIterator<Item = &'a str>,
) -> io::Result<()> {
    let fields = fields.into_iter().map(|text| Some(text.to_owned()));
    write_line(out, fields)
}

/// Writes a line of values; `None` is a property that the row does not have.
pub(crate) fn write_values<'a>(
    out: &mut dyn Write,
    values: impl IntoIterator<Item = Option<&'a Value>>,
) -> io::Result<()> {
    write_line(out, values.into_iter().map(|value| value.and_then(field)))
}

/// The text of a value; `None` for NULL.
fn field(value: &Value) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::Null) | Err(_) => None,
        Ok(serde_json::Value::String(text)) => Some(text),
        // Written afresh: a tree of JSON values would lose a real32's digits.
        Ok(_) => serde_json::to_string(value).ok(),
    }
}

fn write_line(
    out: &mut dyn Write,
    fields: impl IntoIterator<Item = Option<String>>,
) -> io::Result<()> {
    for (i, field) in fields.into_iter().enumerate() {
        if i > 0 {
            out.write_all(b",")?;
        }
        let Some(text) = field else { continue };
        if text.is_empty() || text.contains([',', '"', '\r', '\n']) {
            write!(out, "\"{}\"", text.replace('"', "\"\""))?;
        } else {
            out.write_all(text.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{Array, Char16, CimType, Scalar};

    #[test]
    fn fields_are_quoted_where_needed() {
        let mut out = Vec::new();
        let list = Array::from_options(CimType::String, [Some(Scalar::String("a,b".into())), None])
            .unwrap();
        let values = [
            Value::from("plain"),
            Value::from(""),
            Value::null(CimType::String),
            Value::from("say \"x\",\r\ny"),
            Value::from(list),
            Value::from(0.1_f32),
            Value::from(f64::INFINITY),
            Value::from(Char16(65)),
            Value::from(u64::MAX),
            Value::from(true),
        ];
        write_values(&mut out, values.iter().map(Some).chain([None])).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "plain,\"\",,\"say \"\"x\"\",\r\ny\",\"[\"\"a,b\"\",null]\",0.1,INF,65,18446744073709551615,true,\r\n"
        );
    }
}
