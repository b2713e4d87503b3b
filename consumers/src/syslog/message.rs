//! A message of the syslog protocol (RFC 5424, section 6).

use cimarron_model::{DateTime, Instance};
use std::fmt::Write;

/// What a message says.
#[derive(Debug, Default)]
pub(crate) struct Message<'m> {
    pub(crate) facility: u8,
    pub(crate) severity: u8,
    /// 100 ns since 1601 in UTC.
    pub(crate) time: Option<u64>,
    pub(crate) host: &'m str,
    pub(crate) application: &'m str,
    pub(crate) id: &'m str,
    /// Elements as the protocol writes them.
    pub(crate) data: String,
    pub(crate) text: String,
}

impl Message<'_> {
    /// The greatest facility and severity.
    pub(crate) const MAX: (u8, u8) = (23, 7);

    /// The datagram, cut off behind so many bytes.
    pub(crate) fn to_bytes(&self, limit: usize) -> Vec<u8> {
        let priority = u16::from(self.facility) * 8 + u16::from(self.severity);
        let time = self.time.and_then(timestamp).unwrap_or_else(|| "-".to_owned());
        let host = word(self.host, 255);
        let application = word(self.application, 48);
        let id = word(self.id, 32);
        let data = if self.data.is_empty() { "-" } else { &self.data };
        let process = std::process::id();
        let mut out = format!("<{priority}>1 {time} {host} {application} {process} {id} {data}");
        if !self.text.is_empty() {
            // A byte order mark says that it is UTF-8.
            out.push_str(if self.text.is_ascii() { " " } else { " \u{feff}" });
            out.push_str(&self.text);
        }
        out.truncate(out.floor_char_boundary(limit));
        out.into_bytes()
    }
}

/// When an event came to be.
pub(crate) fn time_of(event: &Instance) -> Option<u64> {
    event.get("TIME_CREATED")?.as_integer().and_then(|ticks| u64::try_from(ticks).ok())
}

/// RFC 3339, as RFC 5424 6.2.3 narrows it.
fn timestamp(ticks: u64) -> Option<String> {
    let time = DateTime::from_micros_since_1601(i64::try_from(ticks / 10).ok()?, 0).ok()?;
    let (year, month, day) = (time.year()?, time.month()?, time.day()?);
    let (hour, minute, second) = (time.hour()?, time.minute()?, time.second()?);
    let micros = time.microsecond()?;
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z"))
}

/// A field of the header: printable ASCII without spaces.
fn word(text: &str, limit: usize) -> String {
    let legal = |c: char| if c.is_ascii_graphic() { c } else { '_' };
    let text: String = text.chars().take(limit).map(legal).collect();
    if text.is_empty() { "-".to_owned() } else { text }
}

/// An element of structured data.
pub(crate) fn element<'p>(id: &str, values: impl IntoIterator<Item = (&'p str, String)>) -> String {
    let mut out = format!("[{id}");
    for (name, value) in values {
        // A `String` takes everything that is written to it.
        let _ = write!(out, " {name}=\"");
        for c in value.chars() {
            if matches!(c, '"' | '\\' | ']') {
                out.push('\\');
            }
            out.push(c);
        }
        out.push('"');
    }
    out.push(']');
    out
}

/// Whether a text is structured data: elements, one behind the other.
pub(crate) fn is_data(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        match skip_element(rest) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    true
}

fn skip_element(text: &str) -> Option<&str> {
    let mut rest = skip_name(text.strip_prefix('[')?)?;
    loop {
        if let Some(behind) = rest.strip_prefix(']') {
            return Some(behind);
        }
        let value = skip_name(rest.strip_prefix(' ')?)?.strip_prefix("=\"")?;
        let mut escaped = false;
        let end = value.find(|c: char| {
            let ends = !escaped && matches!(c, '"' | ']');
            escaped = !escaped && c == '\\';
            ends
        })?;
        rest = value.get(end..)?.strip_prefix('"')?;
    }
}

/// SD-NAME: up to 32 printable characters.
fn skip_name(text: &str) -> Option<&str> {
    let legal = |c: char| c.is_ascii_graphic() && !matches!(c, '=' | ']' | '"');
    let end = text.find(|c| !legal(c)).unwrap_or(text.len());
    (1..=32).contains(&end).then(|| text.get(end..)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages() {
        let pid = std::process::id();
        let message = Message {
            facility: 4,
            severity: 2,
            time: Some(135_379_296_015_000_000),
            host: "my machine",
            application: "",
            id: "ID47",
            data: element("a@1", [("x", "q\"b\\c]".to_owned())]),
            text: "it broke".to_owned(),
        };
        let written = String::from_utf8(message.to_bytes(1000)).unwrap();
        let expected = format!(
            r#"<34>1 2030-01-01T00:00:01.500000Z my_machine - {pid} ID47 [a@1 x="q\"b\\c\]"] it broke"#
        );
        assert_eq!(written, expected);
        let bare = Message { text: "ä".to_owned(), ..Message::default() };
        let written = String::from_utf8(bare.to_bytes(1000)).unwrap();
        assert_eq!(written, format!("<0>1 - - - {pid} - - \u{feff}ä"));
        // Never half a character.
        let whole = bare.to_bytes(1000);
        assert_eq!(bare.to_bytes(whole.len() - 1), whole[..whole.len() - 2]);
    }

    #[test]
    fn structured_data() {
        for (text, legal) in [
            ("", true),
            ("[a]", true),
            (r#"[a@1 x="1" y=""][b]"#, true),
            (r#"[a x="q\"\]\\"]"#, true),
            ("[]", false),
            ("[a] [b]", false),
            (r#"[a x="]"]"#, false),
            (r#"[a x=1]"#, false),
            (r#"[a x="1"#, false),
            ("x", false),
            ("[ä]", false),
        ] {
            assert_eq!(is_data(text), legal, "{text}");
        }
    }
}
