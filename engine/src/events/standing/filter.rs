//! What a filter asks for, and which are refused.

use crate::error::EngineError;
use crate::limits::Limits;
use crate::namespace::normalise;
use crate::schema::Layout;
use crate::stored::StoredInstance;
use crate::view::ValueView;
use cimarron_model::{Name, fold};
use cimarron_schema::event_filter_name;
use cimarron_wql::{EventQuery, ParseOptions};
use smol_str::SmolStr;

use super::Role;

/// What a filter asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Whose events.
    pub(super) namespace: Name,
    pub(super) query: SmolStr,
    /// What the filter is called.
    pub(super) name: SmolStr,
    language: SmolStr,
}

impl Wanted {
    /// What a stored filter asks for; `None` when it has no query yet.
    pub(super) fn of(own: &Name, filter: &StoredInstance) -> Option<Self> {
        let text = |name: &str| {
            let value = filter.property(name)?;
            value.as_str().filter(|text| !text.is_empty()).map(SmolStr::new)
        };
        let first = || match filter.property("SourceNamespaces")? {
            ValueView::Array(array) => array.iter().flatten().find_map(|e| match e {
                cimarron_model::Scalar::String(text) => Some(text),
                _ => None,
            }),
            _ => None,
        };
        let named = text("EventNamespace").or_else(first).or_else(|| text("SourceNamespace"));
        let namespace = match named {
            // It may begin with the server.
            Some(named) => {
                let trimmed = named.strip_prefix(r"\\").or_else(|| named.strip_prefix("//"));
                let inside = trimmed.and_then(|text| text.split_once(['\\', '/']));
                normalise(inside.map_or(named.as_str(), |(_, namespace)| namespace)).ok()?
            }
            None => own.clone(),
        };
        let language = text("QueryLanguage").unwrap_or_default();
        let name = text("Name").unwrap_or_default();
        Some(Self { namespace, query: text("Query")?, name, language })
    }

    /// The query, if it is one.
    pub(super) fn parse(&self, limits: &Limits) -> Result<EventQuery, EngineError> {
        check_language(&self.language)?;
        parse(&self.query, limits)
    }
}

fn parse(query: &str, limits: &Limits) -> Result<EventQuery, EngineError> {
    let limits =
        cimarron_wql::Limits { length: limits.query_length, ..cimarron_wql::Limits::default() };
    let options = ParseOptions { limits, ..ParseOptions::default() };
    Ok(cimarron_wql::parse_event_with(query, &options)?)
}

fn check_language(language: &str) -> Result<(), EngineError> {
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
pub(crate) fn made_name<'v>(
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
pub(crate) fn check_filter<'v>(
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
        check_language(text)?;
    }
    if fold::eq(property, "Query") && !text.is_empty() {
        parse(text, limits)?;
    }
    Ok(())
}
