//! Which subscriptions want an event, without asking each.
//!
//! ```text
//! class of the event and those above -> class in FROM
//!   class of an object and those above -> class of an ISA, or no ISA
//!     path of a property -> value            by hash: `= 'x'`, and one of several
//!                           integer          by ranges: `> 5`, `>= 1 AND <= 9`
//!     the rest                               asked one by one
//! ```
//!
//! What a path of the table says of a rule is not asked again; what is left of its condition is
//! a predicate that was made once. Asking every rule is the oracle of the tests.

mod key;
mod ranges;
mod rule;

pub(crate) use key::Alike;
pub(crate) use rule::Rule;

use super::data::{About, EventData};
use crate::schema::{ClassId, Schema};
use cimarron_wql::like::StringCase;
use cimarron_wql::{BoundPath, Row, ValueRef};
use hashbrown::HashTable;
use key::{Family, Key, Probe, probe};
use ranges::Ranges;
use rule::By;
use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

/// The rules of a namespace.
#[derive(Debug, Default)]
pub(crate) struct Index {
    rules: Vec<Option<Rule>>,
    free: Vec<u32>,
    by_class: FxHashMap<ClassId, OfClass>,
}

/// The rules of one class in FROM.
#[derive(Debug, Default)]
struct OfClass {
    /// Those without a gate.
    open: Bucket,
    /// By the slot that an ISA looks at, and the class.
    gated: Vec<(u32, FxHashMap<ClassId, Bucket>)>,
}

/// The rules behind one gate.
#[derive(Debug, Default)]
struct Bucket {
    paths: Vec<OfPath>,
    rest: Vec<u32>,
}

/// The rules that look at one property.
#[derive(Debug)]
struct OfPath {
    path: BoundPath,
    case: StringCase,
    keys: HashTable<Entry>,
    ranges: Ranges,
    /// Those that have to be asked when the value is of this family.
    loose: Vec<(Family, Vec<u32>)>,
}

#[derive(Debug)]
struct Entry {
    family: Family,
    key: Key,
    rules: SmallVec<[u32; 2]>,
}

impl Index {
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.len() == self.free.len()
    }

    /// Adds a rule; its number, which [`Index::each`] calls with.
    pub(crate) fn insert(&mut self, rule: Rule) -> u32 {
        let number = self.free.pop().unwrap_or_else(|| {
            self.rules.push(None);
            (self.rules.len() - 1) as u32
        });
        self.bucket(&rule).insert(number, &rule.by);
        if let Some(place) = self.rules.get_mut(number as usize) {
            *place = Some(rule);
        }
        number
    }

    /// Takes a rule out, and whatever was there for it alone.
    pub(crate) fn remove(&mut self, number: u32) {
        let Some(rule) = self.rules.get_mut(number as usize).and_then(Option::take) else {
            return;
        };
        self.bucket(&rule).remove(number, &rule.by);
        self.free.push(number);
        if let Some(of_class) = self.by_class.get_mut(&rule.from) {
            if let Some((slot, class)) = rule.gate {
                let gated = of_class.gated.iter_mut().find(|(of, _)| *of == slot);
                if let Some((_, buckets)) = gated
                    && buckets.get(&class).is_some_and(Bucket::is_empty)
                {
                    buckets.remove(&class);
                }
            }
            of_class.gated.retain(|(_, buckets)| !buckets.is_empty());
            if of_class.gated.is_empty() && of_class.open.is_empty() {
                self.by_class.remove(&rule.from);
            }
        }
        if self.is_empty() {
            *self = Self::default();
        }
    }

    fn bucket(&mut self, rule: &Rule) -> &mut Bucket {
        let of_class = self.by_class.entry(rule.from).or_default();
        let Some((slot, class)) = rule.gate else { return &mut of_class.open };
        let gated = &mut of_class.gated;
        let at = gated.iter().position(|(of, _)| *of == slot).unwrap_or_else(|| {
            gated.push((slot, FxHashMap::default()));
            gated.len() - 1
        });
        match gated.get_mut(at) {
            Some((_, buckets)) => buckets.entry(class).or_default(),
            None => &mut of_class.open,
        }
    }

    /// Calls with the number of each rule that wants the event, once; how many were asked.
    pub(crate) fn each(&self, event: &EventData, mut wanted: impl FnMut(u32)) -> usize {
        let mut asked = 0;
        let schema = &*event.origin.schema;
        for class in lineage(schema, event.class.id) {
            let Some(of_class) = self.by_class.get(&class) else { continue };
            asked += self.ask(&of_class.open, event, &mut wanted);
            for (slot, buckets) in &of_class.gated {
                let Some(object) = class_at(event, *slot) else { continue };
                for class in lineage(schema, object) {
                    if let Some(bucket) = buckets.get(&class) {
                        asked += self.ask(bucket, event, &mut wanted);
                    }
                }
            }
        }
        asked
    }

    fn ask(&self, bucket: &Bucket, event: &EventData, wanted: &mut impl FnMut(u32)) -> usize {
        let mut asked = bucket.rest.len();
        let rule = |number: u32| self.rules.get(number as usize).and_then(Option::as_ref);
        for of_path in &bucket.paths {
            let Some((family, probe)) =
                probe(&of_path.path, of_path.path.fetch(event), &event.origin)
            else {
                continue;
            };
            if let Some(entry) = probe.as_ref().and_then(|probe| of_path.find(family, probe)) {
                asked += entry.rules.len();
                for number in &entry.rules {
                    if rule(*number).is_some_and(|rule| rule.residual.matches(event)) {
                        wanted(*number);
                    }
                }
            }
            let mut ask = |number: u32| {
                asked += 1;
                if rule(number).is_some_and(|rule| rule.unkeyed.matches(event)) {
                    wanted(number);
                }
            };
            if let (Family::Integer, Some(Probe::Key(Key::Number(number)))) = (family, &probe) {
                of_path.ranges.each(*number, &mut ask);
            }
            let loose = of_path.loose.iter().filter(|(of, _)| *of == family);
            loose.flat_map(|(_, rules)| rules).for_each(|number| ask(*number));
        }
        for number in &bucket.rest {
            if rule(*number).is_some_and(|rule| rule.unkeyed.matches(event)) {
                wanted(*number);
            }
        }
        asked
    }
}

/// A class and those above it.
fn lineage(schema: &Schema, class: ClassId) -> impl Iterator<Item = ClassId> {
    let first = schema.by_id(class);
    std::iter::successors(first, |class| class.parent()).map(|class| class.def().id)
}

/// The class of the object in a slot.
fn class_at(event: &EventData, slot: u32) -> Option<ClassId> {
    match event.about(slot) {
        Some(About::Instance(instance)) => Some(instance.class_id()),
        Some(About::Class(class)) => Some(class.id),
        None => match event.value(slot as usize) {
            ValueRef::Object(object) => {
                Some(event.origin.schema.class(object.class_name())?.def().id)
            }
            _ => None,
        },
    }
}

impl Bucket {
    fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.rest.is_empty()
    }

    fn insert(&mut self, number: u32, by: &By) {
        match by {
            By::Nothing => self.rest.push(number),
            By::Keys { path, case, keys, loose } => self.on(path, *case, |of_path| {
                keys.iter().for_each(|(family, key)| of_path.enter(*family, key, number));
                of_path.loosen(loose, number);
            }),
            By::Range { path, range, loose } => self.on(path, StringCase::Folded, |of_path| {
                of_path.ranges.insert(*range, number);
                of_path.loosen(loose, number);
            }),
        }
    }

    fn remove(&mut self, number: u32, by: &By) {
        match by {
            By::Nothing => {
                if let Some(at) = self.rest.iter().position(|other| *other == number) {
                    self.rest.swap_remove(at);
                }
            }
            By::Keys { path, case, keys, loose } => self.on(path, *case, |of_path| {
                keys.iter().for_each(|(family, key)| of_path.leave(*family, key, number));
                of_path.tighten(loose, number);
            }),
            By::Range { path, range, loose } => self.on(path, StringCase::Folded, |of_path| {
                of_path.ranges.remove(*range, number);
                of_path.tighten(loose, number);
            }),
        }
        self.paths.retain(|of_path| !of_path.is_empty());
    }

    /// Does something to the rules that look at a path.
    fn on(&mut self, path: &BoundPath, case: StringCase, act: impl FnOnce(&mut OfPath)) {
        let is_it = |of: &&mut OfPath| of.path == *path && of.case == case;
        if let Some(of_path) = self.paths.iter_mut().find(is_it) {
            act(of_path);
        } else {
            let mut new = OfPath::new(path.clone(), case);
            act(&mut new);
            self.paths.push(new);
        }
    }
}

impl OfPath {
    fn new(path: BoundPath, case: StringCase) -> Self {
        let (keys, ranges, loose) = Default::default();
        Self { path, case, keys, ranges, loose }
    }

    fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.ranges.is_empty() && self.loose.is_empty()
    }

    fn find(&self, family: Family, probe: &Probe<'_>) -> Option<&Entry> {
        let is_it = |entry: &Entry| entry.family == family && probe.is(&entry.key, self.case);
        self.keys.find(probe.hash(), is_it)
    }

    fn enter(&mut self, family: Family, key: &Key, number: u32) {
        let is_it = |entry: &Entry| entry.family == family && entry.key == *key;
        match self.keys.find_mut(key.hash(), is_it) {
            Some(entry) => entry.rules.push(number),
            None => {
                let entry = Entry { family, key: key.clone(), rules: smallvec![number] };
                self.keys.insert_unique(key.hash(), entry, |entry| entry.key.hash());
            }
        }
    }

    fn leave(&mut self, family: Family, key: &Key, number: u32) {
        let is_it = |entry: &Entry| entry.family == family && entry.key == *key;
        if let Ok(mut entry) = self.keys.find_entry(key.hash(), is_it) {
            entry.get_mut().rules.retain(|other| *other != number);
            if entry.get().rules.is_empty() {
                entry.remove();
            }
        }
    }

    fn loosen(&mut self, families: &[Family], number: u32) {
        for family in families {
            match self.loose.iter_mut().find(|(of, _)| of == family) {
                Some((_, rules)) => rules.push(number),
                None => self.loose.push((*family, vec![number])),
            }
        }
    }

    fn tighten(&mut self, families: &[Family], number: u32) {
        for (of, rules) in &mut self.loose {
            if families.contains(of) {
                rules.retain(|other| *other != number);
            }
        }
        self.loose.retain(|(_, rules)| !rules.is_empty());
    }
}
