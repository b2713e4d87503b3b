//! Parts of messages.

use cimarron_model::Name;
use cimarron_schema::rules::Violation;
use std::time::Duration;

pub(super) fn or_none(name: Option<&Name>) -> String {
    name.map_or_else(|| "none".to_owned(), |name| format!("`{name}`"))
}

pub(super) fn list(violations: &[Violation]) -> String {
    violations.iter().map(Violation::to_string).collect::<Vec<_>>().join("; ")
}

pub(super) fn idle_text(asked: Duration) -> String {
    if asked.is_zero() { "ever".to_owned() } else { format!("{asked:?}") }
}

pub(super) const fn article(array: bool) -> &'static str {
    if array { "an array of " } else { "a scalar " }
}
