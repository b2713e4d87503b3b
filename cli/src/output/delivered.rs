//! What a scenario delivered, for people.

use super::numbers::counted;
use super::table::Table;
use crate::core::{Played, refusal_of};
use cimarron_engine::WallTime;
use cimarron_model::{Name, Value};
use cimarron_scenarios::{Delivered, Subscribed};
use std::io::{self, Write};

/// Writes who was handed what: a table each. `width` is the terminal's.
pub(crate) fn write(out: &mut dyn Write, played: &Played, width: Option<usize>) -> io::Result<()> {
    let mut gap = "";
    for (id, subscribed) in &played.outcome.subscriptions {
        let asking = played.scenario.subscriptions.iter().find(|asking| asking.id == *id);
        writeln!(out, "{gap}{id}: {}", asking.map_or("", |asking| &asking.query))?;
        match subscribed {
            Subscribed::Events(events) => table(out, events, width)?,
            Subscribed::Refused(refused) => {
                writeln!(out, "{}", refusal_of(refused).picture(width).trim_end())?;
            }
        }
        gap = "\n";
    }
    for (path, events) in &played.outcome.consumers {
        writeln!(out, "{gap}{path}")?;
        table(out, events, width)?;
        gap = "\n";
    }
    Ok(())
}

/// Events as rows. Columns that are NULL all the way down say nothing and are left out.
fn table(out: &mut dyn Write, events: &[Delivered], width: Option<usize>) -> io::Result<()> {
    if !events.is_empty() {
        let mut columns: Vec<&Name> = Vec::new();
        for (name, value) in events.iter().flat_map(|event| &event.values) {
            if !value.is_null() && !name.is("__CLASS") && !columns.contains(&name) {
                columns.push(name);
            }
        }
        let header = std::iter::once("event").chain(columns.iter().map(|name| name.as_str()));
        let mut table = Table::new(header.map(str::to_owned));
        for event in events {
            let mut row = vec![Some(Value::from(event.class.as_str()))];
            row.extend(columns.iter().map(|name| readable(event, name)));
            table.push(row.iter().map(Option::as_ref));
        }
        out.write_all(table.render(width).as_bytes())?;
    }
    writeln!(out, "{}", counted(events.len(), "event", "events"))
}

/// The value of a property, moments as people read them.
fn readable(event: &Delivered, column: &Name) -> Option<Value> {
    let (name, value) = event.values.iter().find(|(name, _)| name == column)?;
    let moment = || {
        let ticks = u64::try_from(value.as_integer()?).ok()?;
        WallTime { ticks, offset: 0 }.to_datetime().ok()
    };
    match moment().filter(|_| name.is("TIME_CREATED")) {
        Some(moment) => Some(Value::from(moment)),
        None => Some(value.clone()),
    }
}
