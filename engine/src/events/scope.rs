//! A namespace that somebody wants events of.

use super::data::{EventData, Origin};
use super::entry::Entry;
use super::matching::{Index, Rule};
use crate::schema::Schema;
use cimarron_model::{Name, ReferenceRules};
use cimarron_wql::Projection;
use std::sync::Arc;

/// The subscriptions of a namespace and what is needed to serve them.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) origin: Arc<Origin>,
    index: Index,
    /// By the numbers of the index.
    members: Vec<Option<Member>>,
    /// Those that the schema as it is has no room for.
    waiting: Vec<Arc<Entry>>,
}

/// A subscription that the index knows.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) entry: Arc<Entry>,
    pub(crate) selection: Arc<Projection>,
}

impl Scope {
    pub(crate) fn new(rules: ReferenceRules, schema: Arc<Schema>, polled: &[Name]) -> Self {
        Self {
            origin: Arc::new(Origin::new(rules, schema, polled)),
            index: Index::default(),
            members: Vec::new(),
            waiting: Vec::new(),
        }
    }

    pub(crate) fn schema(&self) -> &Arc<Schema> {
        &self.origin.schema
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.index.is_empty() && self.waiting.is_empty()
    }

    /// All subscriptions.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.members.iter().flatten().map(|member| &member.entry).chain(&self.waiting)
    }

    /// Adds a subscription.
    pub(crate) fn add(&mut self, entry: Arc<Entry>) {
        let bound = entry.bound();
        let rule = bound.as_ref().and_then(|bound| Rule::new(&bound.query, self.schema()));
        let (Some(bound), Some(rule)) = (bound, rule) else {
            self.waiting.push(entry);
            return;
        };
        let number = self.index.insert(rule);
        entry.set_number(Some(number));
        let at = number as usize;
        if self.members.len() <= at {
            self.members.resize_with(at + 1, || None);
        }
        if let Some(member) = self.members.get_mut(at) {
            *member = Some(Member { entry, selection: bound.selection.clone() });
        }
    }

    /// Takes a subscription out.
    pub(crate) fn remove(&mut self, entry: &Arc<Entry>) {
        self.waiting.retain(|other| !Arc::ptr_eq(other, entry));
        if let Some(number) = entry.number() {
            self.index.remove(number);
            entry.set_number(None);
            if let Some(member) = self.members.get_mut(number as usize) {
                *member = None;
            }
        }
    }

    /// Takes all subscriptions out.
    pub(crate) fn take_all(&mut self) -> Vec<Arc<Entry>> {
        let all: Vec<Arc<Entry>> = self.entries().cloned().collect();
        all.iter().for_each(|entry| entry.set_number(None));
        self.index = Index::default();
        self.members = Vec::new();
        self.waiting = Vec::new();
        all
    }

    /// Takes another version of the schema, or other polled classes.
    pub(crate) fn set_schema(&mut self, schema: Arc<Schema>, polled: &[Name]) {
        let rules = self.origin.rules.clone();
        self.origin = Arc::new(Origin::new(rules, schema, polled));
    }

    /// Binds those subscriptions again for which the schema is not what it was when they were
    /// bound. One that is not right any more waits until it is.
    pub(crate) fn bind_again(&mut self) {
        let schema = self.schema().clone();
        let changed: Vec<Arc<Entry>> =
            self.entries().filter(|entry| !entry.is_bound_to(&schema)).cloned().collect();
        for entry in changed {
            self.remove(&entry);
            entry.bind(&schema, &self.origin.rules);
            self.add(entry);
        }
    }

    /// Finds the subscriptions that want an event; how many were asked.
    pub(crate) fn wanting(&self, event: &EventData, found: &mut Vec<Member>) -> usize {
        self.index.each(event, |number| {
            found.extend(self.members.get(number as usize).and_then(Option::as_ref).cloned());
        })
    }
}
