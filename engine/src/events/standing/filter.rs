//! What a filter asks for.

use crate::check::{check_filter_language, parse_filter};
use crate::error::EngineError;
use crate::limits::Limits;
use crate::namespace_name::normalise;
use crate::stored::StoredInstance;
use crate::view::ValueView;
use cimarron_model::Name;
use cimarron_wql::EventQuery;
use smol_str::SmolStr;

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
        check_filter_language(&self.language)?;
        parse_filter(&self.query, limits)
    }
}
