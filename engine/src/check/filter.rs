//! Event filters: their queries, the names that they get, and which are refused.

use crate::error::EngineError;
use crate::limits::Limits;
use crate::schema::{Layout, Role};
use crate::view::ValueView;
use cimarron_model::fold;
use cimarron_schema::event_filter_name;
use cimarron_wql::{EventQuery, ParseOptions};

/// The query of a filter.
pub(crate) fn parse_filter(query: &str, limits: &Limits) -> Result<EventQuery, EngineError> {
    let limits =
        cimarron_wql::Limits { length: limits.query_length, ..cimarron_wql::Limits::default() };
    let options = ParseOptions { limits, ..ParseOptions::default() };
    Ok(cimarron_wql::parse_event_with(query, &options)?)
}

/// Refuses a language that is not there; none stands for WQL.
pub(crate) fn check_filter_language(language: &str) -> Result<(), EngineError> {
    if language.is_empty() || fold::eq(language, "WQL") {
        Ok(())
    } else {
        Err(EngineError::QueryLanguage { language: language.to_owned() })
    }
}

/// Whether a class is one of WMI's filters.
fn is_filter(layout: &Layout) -> bool {
    let standing = layout.standing.as_ref();
    standing.is_some_and(|s| s.role == Role::Filter && s.key_root.is("__EventFilter"))
}

/// The key of a filter of WMI, and the name that it gets, where it is empty.
pub(super) fn made_name<'v>(
    layout: &Layout,
    cells: &(impl Iterator<Item = (u32, ValueView<'v>)> + Clone),
) -> Option<(u32, String)> {
    let [key] = *layout.keys else { return None };
    let is_named = |(slot, value): (u32, ValueView<'_>)| {
        slot == key && value.as_str().is_some_and(|name| !name.is_empty())
    };
    if !is_filter(layout) || cells.clone().any(is_named) {
        return None;
    }
    let name = event_filter_name(|name| {
        let is = |slot: u32| layout.slot(slot).is_some_and(|slot| slot.name.is(name));
        let (_, value) = cells.clone().find(|(slot, _)| is(*slot))?;
        value.as_str().map(str::to_owned)
    });
    Some((key, name))
}

/// Refuses a filter of WMI for what its text alone shows: another language, or a query that is
/// none. What depends on classes and namespaces leaves it stored and without effect.
pub(super) fn check_filter<'v>(
    layout: &Layout,
    cells: impl Iterator<Item = (u32, ValueView<'v>)>,
    limits: &Limits,
) -> Result<(), EngineError> {
    if !is_filter(layout) {
        return Ok(());
    }
    for (slot, value) in cells {
        let (Some(slot), Some(text)) = (layout.slot(slot), value.as_str()) else { continue };
        check_filter_text(slot.name.as_str(), text, limits)?;
    }
    Ok(())
}

/// The same for one text of a filter of WMI.
pub(crate) fn check_filter_text(
    property: &str,
    text: &str,
    limits: &Limits,
) -> Result<(), EngineError> {
    if fold::eq(property, "QueryLanguage") {
        check_filter_language(text)?;
    }
    if fold::eq(property, "Query") && !text.is_empty() {
        parse_filter(text, limits)?;
    }
    Ok(())
}
