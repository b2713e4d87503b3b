//! Events as they come, one a line.

use super::table::cell;
use crate::args::EventFormat;
use cimarron_engine::{Event, Repository, WallTime};
use cimarron_scenarios::Delivered;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes events to standard output, each at once.
pub(crate) struct EventWriter {
    format: EventFormat,
    any: bool,
}

impl EventWriter {
    pub(crate) const fn new(format: EventFormat) -> Self {
        Self { format, any: false }
    }

    pub(crate) fn event(&mut self, repository: &Repository, event: &Event) -> io::Result<()> {
        let delivered = Delivered::of(repository, event);
        let json = || serde_json::to_string(&delivered).map_err(io::Error::from);
        let line = match self.format {
            EventFormat::Human => readable(event.created(), &delivered),
            EventFormat::Ndjson => json()?,
            EventFormat::Json if self.any => format!(",\n{}", json()?),
            EventFormat::Json => format!("[\n{}", json()?),
        };
        self.any = true;
        let mut out = io::stdout().lock();
        out.write_all(line.as_bytes())?;
        // The comma, or the end, decides how a line of an array goes on.
        if self.format != EventFormat::Json {
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    /// Ends what was begun.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        if self.format != EventFormat::Json {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        out.write_all(if self.any { b"\n]\n" } else { b"[]\n" })?;
        out.flush()
    }
}

/// The time in UTC, the class, and what has a value.
fn readable(created: u64, event: &Delivered) -> String {
    let mut line = moment(created);
    let _ = write!(line, "  {}", event.class);
    for (name, value) in &event.values {
        if !value.is_null() && !name.is("__CLASS") && !name.is("TIME_CREATED") {
            let _ = write!(line, "  {name} = {}", cell(value).replace('\n', "\\n"));
        }
    }
    line
}

/// `2030-01-01 00:00:00.000`
fn moment(ticks: u64) -> String {
    let Ok(at) = (WallTime { ticks, offset: 0 }).to_datetime() else { return ticks.to_string() };
    let date = [at.year().map(u32::from), at.month().map(u32::from), at.day().map(u32::from)];
    let time = [at.hour(), at.minute(), at.second()].map(Option::unwrap_or_default);
    let [year, month, day] = date.map(Option::unwrap_or_default);
    let [hour, minute, second] = time;
    let milliseconds = at.microsecond().unwrap_or_default() / 1_000;
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{milliseconds:03}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{CimType, Value};

    #[test]
    fn a_line_for_people() {
        let values = vec![
            ("SECURITY_DESCRIPTOR".into(), Value::null(CimType::UInt8)),
            ("TIME_CREATED".into(), 5_u64.into()),
            ("Text".into(), "a\nb\u{1b}".into()),
        ];
        let event = Delivered { class: "X_Alarm".into(), values };
        assert_eq!(
            readable(135_379_296_000_000_000 + 15_000_000, &event),
            "2030-01-01 00:00:01.500  X_Alarm  Text = a\\nb\\u{1b}"
        );
    }
}
