//! Event filters without a name.

use cimarron_model::{Dialect, Value};
use cimarron_schema::{ResolvedClass, event_filter_name};

/// The class of event filters.
const FILTER: &str = "__EventFilter";

/// Its key.
pub(super) const NAME: &str = "Name";

/// The name of an instance of `class` whose properties have these values, if it is a filter
/// without one.
pub(super) fn made_name(
    dialect: Dialect,
    class: &ResolvedClass,
    mut value_of: impl FnMut(&str) -> Option<Value>,
) -> Option<Value> {
    if dialect != Dialect::Wmi || !class.is_a(FILTER) {
        return None;
    }
    let given = value_of(NAME);
    if given.as_ref().is_some_and(|v| !v.is_null() && v.as_str().is_none_or(|t| !t.is_empty())) {
        return None;
    }
    let text_of = |name: &str| value_of(name)?.as_str().map(str::to_owned);
    Some(event_filter_name(text_of).into())
}
