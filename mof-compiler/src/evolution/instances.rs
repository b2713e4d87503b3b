//! Comparing instances.
//!
//! An instance is known by its class and its keys. Instances of classes without
//! keys are told apart by their order among themselves.

use super::Comparison;
use super::change::Element;
use super::fact::Fact;
use super::kind::Kind;
use cimarron_model::{
    Dialect, Instance, KeyValue, Keys, Location, Name, ObjectPath, ReferenceRules, Value,
};
use cimarron_schema::{ClassView, PropertyView, SchemaView, value_to_mof};
use indexmap::IndexMap;
use std::sync::Arc;

impl Comparison<'_, '_> {
    pub(super) fn instances(&mut self) {
        if self.old.instance_count() == 0 && self.new.instance_count() == 0 {
            return;
        }
        // WMI compares keys without case, DMTF exactly but for names.
        let dialect = match (self.old_dialect, self.new_dialect) {
            (Dialect::Dmtf, Dialect::Dmtf) => Dialect::Dmtf,
            _ => Dialect::Wmi,
        };
        let location = Location::of_namespace(self.namespace.clone());
        let rules = ReferenceRules::new(dialect, Arc::new(location));
        let old = by_path(self.old, self.new, &rules);
        let new = by_path(self.new, self.old, &rules);
        for (key, (path, before)) in &old {
            match new.get(key) {
                Some((_, after)) => self.instance(path, before, after),
                None => {
                    let fact = Fact::new(Kind::InstanceRemoved, Some(path.clone()), None);
                    self.lone_instance(before, path, fact);
                }
            }
        }
        for (key, (path, after)) in &new {
            if !old.contains_key(key) {
                let fact = Fact::new(Kind::InstanceAdded, None, Some(path.clone()));
                self.lone_instance(after, path, fact);
            }
        }
    }

    fn lone_instance(&mut self, instance: &Instance, path: &str, fact: Fact) {
        let element = Element::Instance(instance.class.clone(), path.to_owned(), None);
        self.report(&element, [fact], false, 0);
    }

    fn instance(&mut self, path: &str, before: &Instance, after: &Instance) {
        let names = before.properties().map(|(name, _)| name);
        let new_names = after.properties().map(|(name, _)| name);
        let added = new_names.filter(|name| before.get(name.as_str()).is_none());
        for name in names.chain(added) {
            let (old, new) = (before.get(name.as_str()), after.get(name.as_str()));
            let text = |value: Option<_>| Some(value_to_mof(value?, self.new_dialect));
            let fact = Fact::new(Kind::InstanceChanged, text(old), text(new));
            // The same value of another type, and the value of a property that is gone,
            // follow from the class's changes.
            let class = self.new.class(after.class.as_str());
            let gone = new.is_none() && class.is_some_and(|c| c.property(name.as_str()).is_none());
            let is_nothing =
                is_nothing(self.old, before, name) && is_nothing(self.new, after, name);
            if old == new || fact.old == fact.new || gone || is_nothing {
                continue;
            }
            let element =
                Element::Instance(after.class.clone(), path.to_owned(), Some(name.clone()));
            self.report(&element, [fact], false, 0);
        }
    }
}

/// The instances by what tells them apart on both sides, with their paths as people read them.
fn by_path(
    schema: SchemaView<'_>,
    other: SchemaView<'_>,
    rules: &ReferenceRules,
) -> IndexMap<String, (String, Instance)> {
    let mut found = IndexMap::with_capacity(schema.instance_count());
    let mut seen: hashbrown::HashMap<String, usize> = hashbrown::HashMap::new();
    for instance in schema.instances() {
        let class = schema.class(instance.class.as_str());
        let path = path(class, &instance);
        let mut shown = path.to_string();
        // A key that was a `char16` or becomes one is compared as the text that it is in a path.
        let type_in = |class: Option<ClassView<'_>>, key: &str| {
            class?.property(key).map(PropertyView::cim_type)
        };
        let there = other.class(instance.class.as_str());
        let mut key = rules.identity(path, |key| {
            let own = type_in(class, key);
            own.filter(|_| type_in(there, key).is_none_or(|there| Some(there) == own))
        });
        let number = seen.entry(key.clone()).or_default();
        *number += 1;
        if *number > 1 {
            key.push_str(&format!(" {number}"));
            shown.push_str(&format!(" (number {number})"));
        }
        found.insert(key, (shown, instance));
    }
    found
}

/// Whether a property of an instance has no value: NULL is as good as none where the class has
/// no default in its place.
fn is_nothing(schema: SchemaView<'_>, instance: &Instance, name: &Name) -> bool {
    let default = || schema.class(instance.class.as_str())?.property(name.as_str())?.default();
    match instance.get(name.as_str()) {
        Some(value) => value.is_null(),
        None => default().as_ref().is_none_or(Value::is_null),
    }
}

/// The path: keys that the instance does not give have the class's default.
fn path(class: Option<ClassView<'_>>, instance: &Instance) -> ObjectPath {
    let mut keys: Vec<(Name, KeyValue)> = Vec::new();
    for key in class.into_iter().flat_map(|class| class.keys().collect::<Vec<_>>()) {
        let given = instance.get(key.name()).cloned().or_else(|| key.default());
        if let Some(value) = given.as_ref().and_then(KeyValue::from_value) {
            keys.push((Name::new(key.name()), value));
        }
    }
    keys.sort_by(|a, b| a.0.cmp(&b.0));
    let keys = if keys.is_empty() { Keys::Singleton } else { keys.into_iter().collect() };
    ObjectPath::of_instance(instance.class.clone(), keys)
}
