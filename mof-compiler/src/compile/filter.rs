//! Event filters: those without a name get one, and those without a query are mistakes.

use super::At;
use super::given::Given;
use super::namespace::Namespace;
use crate::Code;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::InstanceDeclaration;
use cimarron_model::{Dialect, Instance, Value};
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

/// Judges the query of an instance, if it is a filter, and the language of that. Whoever
/// stores it would refuse it.
pub(super) fn judge(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    class: &ResolvedClass,
    instance: &Instance,
) {
    if namespace.context.dialect != Dialect::Wmi || !class.is_a(FILTER) {
        return;
    }
    for (name, value) in instance.properties() {
        let Some(text) = value.value.as_str() else { continue };
        let judged = namespace.context.base.check_event_filter(name.as_str(), text);
        if let Err((status, message)) = judged {
            let found =
                at.error(Code::FilterQuery, Given::new(at.node).span(name.as_str()), message);
            namespace.sink.push(Diagnostic { condition: Some(status), ..found });
        }
    }
}
