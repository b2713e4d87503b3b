//! Which instance it is: the same for all paths that lead to it.

use crate::namespace::Namespace;
use crate::namespace_name::normalise;
use crate::repository::Repository;
use crate::schema::Layout;
use crate::stored::StoredInstance;
use cimarron_model::{KeyCase, KeyValue, Name, ObjectPath, ReferenceRules, fold};
use std::fmt::Write;

/// The namespace and the keys of an instance, folded where case does not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(String);

impl Place {
    /// Where a stored instance is: in the namespace of this name, which has `current` now.
    pub(super) fn of(
        name: &Name,
        current: Option<&Namespace>,
        instance: &StoredInstance,
    ) -> Option<Self> {
        // What was in a namespace that is gone is forgotten with it, whatever its keys are.
        let gone = ReferenceRules::default();
        let rules = current.map_or(&gone, Namespace::references);
        Self::new((name, rules), instance.layout(), &instance.path())
    }

    /// Where a reference leads that stands in this namespace; `None` when its class is not
    /// there or has no role, or it leads to another server.
    pub(super) fn at(repository: &Repository, namespace: &Name, path: &ObjectPath) -> Option<Self> {
        let target = match &path.namespace {
            Some(other) => normalise(other).ok()?,
            None => namespace.clone(),
        };
        let target = repository.namespace(target.as_str()).ok()?;
        if !target.location.holds(path) {
            return None;
        }
        let schema = target.schema();
        let class = schema.class(path.class.as_ref()?.as_str())?;
        Self::new((&target.name, target.references()), class.layout(), path)
    }

    /// Whether it is in this namespace.
    pub(super) fn is_in(&self, namespace: &Name) -> bool {
        let name = fold::fold(namespace.as_str());
        self.0.strip_prefix(&name).is_some_and(|rest| rest.starts_with(':'))
    }

    fn new(
        (namespace, rules): (&Name, &ReferenceRules),
        layout: &Layout,
        path: &ObjectPath,
    ) -> Option<Self> {
        let standing = layout.standing.as_ref()?;
        let mut place = fold::fold(&format!("{namespace}:{}", standing.key_root));
        for key in layout.keys.iter().filter_map(|slot| layout.slot(*slot)) {
            let value = match path.key(key.name.as_str())? {
                KeyValue::String(text) | KeyValue::Untyped(text) => text.to_string(),
                KeyValue::Reference(path) => rules.canonical(path),
                other => other.to_string(),
            };
            let value = match rules.case() {
                KeyCase::Insensitive => fold::fold(&value),
                KeyCase::Exact => value,
            };
            let name = fold::fold(key.name.as_str());
            // A `String` takes everything that is written to it.
            let _ = write!(place, ",{name}={value:?}");
        }
        Some(Self(place))
    }
}
