//! Classes as they were before the text changed them (WMI).
//!
//! An instance is one of its class as that is where the instance stands. What changes the
//! class further down changes the instance: it loses the values of properties that are gone
//! or have another type (WQL_MOF.md part 5, class update modes).

use super::namespace::Namespace;
use cimarron_model::{self as model, Instance, Name};
use cimarron_schema::rules::MAX_DEPTH;
use cimarron_schema::{ClassForm, NamespaceBuilder, ResolvedClass};
use hashbrown::HashMap;
use std::sync::Arc;

/// The declarations that others have replaced.
#[derive(Default)]
pub(super) struct History {
    /// By class, in the order of the text, each with the place of what replaced it.
    past: HashMap<Name, Vec<(usize, Past)>>,
    /// Classes as they were up to a change, which they or others above them saw there.
    made: HashMap<(Name, usize), Option<Arc<ResolvedClass>>>,
}

/// A class before a change.
pub(super) enum Past {
    /// It was declared by the text.
    Declared(model::Class),
    /// It was there already.
    Known(Arc<ResolvedClass>),
}

impl History {
    /// Remembers a class that was changed at a place of the text.
    pub(super) fn add(&mut self, name: &Name, until: usize, class: Past) {
        let of_class = self.past.entry(name.clone()).or_default();
        of_class.push((until, class));
        of_class.sort_by_key(|(until, _)| *until);
    }

    /// The class at a place of the text, if it was changed behind that, itself or through
    /// another one above it.
    pub(super) fn class_at(
        &mut self,
        namespace: &mut Namespace<'_, '_>,
        now: &ResolvedClass,
        order: usize,
    ) -> Option<Arc<ResolvedClass>> {
        if self.past.is_empty() {
            return None;
        }
        let lineage = std::iter::once(&now.name).chain(&now.ancestors);
        let next = lineage.filter_map(|name| Some(self.at(name, order)?.0)).min()?;
        let key = (now.name.clone(), next);
        if let Some(made) = self.made.get(&key) {
            return made.clone();
        }
        let made = self.make(namespace, &now.name, order);
        self.made.insert(key, made.clone());
        made
    }

    /// The declaration in force at a place, when it is not the last one.
    fn at(&self, name: &Name, order: usize) -> Option<(usize, &Past)> {
        let found = self.past.get(name)?.iter().find(|(until, _)| *until > order)?;
        Some((found.0, &found.1))
    }

    fn make(
        &self,
        namespace: &mut Namespace<'_, '_>,
        name: &Name,
        order: usize,
    ) -> Option<Arc<ResolvedClass>> {
        let mut chain: Vec<model::Class> = Vec::new();
        let mut next = Some(name.clone());
        while let Some(name) = next.take() {
            let class = match self.at(&name, order) {
                Some((_, Past::Declared(class))) => class.clone(),
                Some((_, Past::Known(class))) => class.to_class(ClassForm::Local),
                None => namespace.class(name.as_str())?.to_class(ClassForm::Local),
            };
            next.clone_from(&class.superclass);
            chain.push(class);
            if chain.len() > MAX_DEPTH {
                return None;
            }
        }
        let mut builder = NamespaceBuilder::default();
        chain.into_iter().rev().map(|class| builder.add_class(class).ok()).last()?
    }
}

/// Takes out of an instance what its class has lost since it was made.
pub(super) fn carry(instance: &mut Instance, made_with: &ResolvedClass, now: &ResolvedClass) {
    let type_in = |class: &ResolvedClass, name: &Name| {
        class.property(name.as_str()).map(|(_, member)| member.declaration.data_type.clone())
    };
    let lost = |name: &&Name| type_in(made_with, name) != type_in(now, name);
    let lost: Vec<Name> =
        instance.properties().map(|(name, _)| name).filter(lost).cloned().collect();
    for name in lost {
        instance.remove(name.as_str());
    }
}
