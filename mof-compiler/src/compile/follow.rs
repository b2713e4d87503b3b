//! Instances follow the changes of their classes (WMI).
//!
//! What changes a class below its instances in the text changes these there: their values
//! (`history.rs`), and with their keys the paths that lead to them from there on.

use super::given::Given;
use super::history::{Step, carry};
use super::instances::{Kept, Lowered};
use super::key::{no_path, path_from};
use super::namespace::Namespace;
use super::redeclare::OpenChange;
use super::reference::identity;
use super::unit::Class;
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use cimarron_model::{Array, CimType, Instance, Name, Object, ObjectPath, Property, Scalar, Value};
use cimarron_schema::ResolvedClass;
use cimarron_schema::rules::Part;
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The changes of classes that are still to come, and whom they matter to.
#[derive(Default)]
pub(super) struct Followed {
    /// By their places in the text.
    ahead: BTreeMap<usize, Ahead>,
    /// The instances of classes that change, by the names of these.
    of_class: HashMap<Name, Followers>,
    /// Whether somebody will ask how many there are.
    counts: bool,
    /// How many there are of each class and those below it.
    alive: HashMap<Name, usize>,
}

/// What changes at a place of the text.
#[derive(Default)]
struct Ahead {
    /// The change, if instances may be in its way.
    open: Option<OpenChange>,
    /// The classes that have instances above.
    classes: Vec<Name>,
}

/// The instances that are to follow the changes of their class.
#[derive(Default)]
struct Followers {
    /// Where the last of the changes stands.
    until: usize,
    all: Vec<Follower>,
}

/// An instance that follows the changes of its class.
pub(super) struct Follower {
    pub(super) number: usize,
    /// What leads to it so far.
    pub(super) path: String,
    /// What its class is so far.
    pub(super) class: Arc<ResolvedClass>,
}

impl Followed {
    pub(super) fn new(open: Vec<OpenChange>) -> Self {
        let counts = !open.is_empty();
        let ahead = open
            .into_iter()
            .map(|open| (open.order, Ahead { open: Some(open), ..Ahead::default() }));
        Self { ahead: ahead.collect(), counts, ..Self::default() }
    }

    /// Has an instance follow what changes its class behind its place in the text.
    pub(super) fn add(
        &mut self,
        namespace: &Namespace<'_, '_>,
        class: &Arc<ResolvedClass>,
        order: usize,
        follower: impl FnOnce() -> Follower,
    ) {
        self.count(class, 1);
        if namespace.history.borrow().is_empty() {
            return;
        }
        let followers = self.of_class.entry(class.name.clone()).or_insert_with(|| {
            let mut followers = Followers::default();
            for step in namespace.steps(class).iter().filter(|step| step.at > order) {
                self.ahead.entry(step.at).or_default().classes.push(class.name.clone());
                followers.until = step.at;
            }
            followers
        });
        if order < followers.until {
            followers.all.push(follower());
        }
    }

    /// Counts one instance less.
    pub(super) fn forget(&mut self, namespace: &mut Namespace<'_, '_>, instance: &Instance) {
        if self.counts
            && let Some(class) = namespace.last_class(instance.class.as_str())
        {
            self.count(&class, -1);
        }
    }

    fn count(&mut self, class: &ResolvedClass, change: isize) {
        if self.counts {
            for name in std::iter::once(&class.name).chain(&class.ancestors) {
                let alive = self.alive.entry(name.clone()).or_default();
                *alive = alive.saturating_add_signed(change);
            }
        }
    }

    /// Reports a change of a class that an instance is in the way of, and whether one is.
    fn settle(&self, namespace: &mut Namespace<'_, '_>, change: OpenChange) -> bool {
        let refused = self.alive.get(&change.class).is_some_and(|alive| *alive > 0);
        let found = if refused { Some(change.in_the_way) } else { change.otherwise };
        found.into_iter().for_each(|found| namespace.sink.push(found));
        refused
    }
}

impl Lowered<'_> {
    /// Has the instances follow all changes above a place of the text.
    pub(super) fn follow_up_to(
        &mut self,
        namespace: &mut Namespace<'_, '_>,
        classes: &[Class<'_>],
        order: usize,
    ) {
        while let Some(next) = self.followed.ahead.first_entry().filter(|e| *e.key() < order) {
            let (at, Ahead { open, classes: changed }) = next.remove_entry();
            let refused = open.is_some_and(|open| self.followed.settle(namespace, open));
            let change = classes.binary_search_by_key(&at, |class| class.order);
            let change = change.ok().and_then(|found| classes.get(found));
            if refused {
                // That has been said.
                let mut unheard = Diagnostics::with_limit(0);
                self.follow_all(&mut namespace.with_sink(&mut unheard), &changed, at, change);
            } else {
                self.follow_all(namespace, &changed, at, change);
            }
        }
    }

    /// Has the instances of classes follow what changes these at a place of the text.
    fn follow_all(
        &mut self,
        namespace: &mut Namespace<'_, '_>,
        changed: &[Name],
        at: usize,
        change: Option<&Class<'_>>,
    ) {
        let mut in_the_way = None;
        for class in changed {
            let found = self.follow(namespace, class, at, change);
            in_the_way = in_the_way.or(found);
        }
        in_the_way.into_iter().for_each(|found| namespace.sink.push(found));
    }

    /// Has the instances of a class follow one change of it. Gives why the first of those
    /// that are in its way is.
    fn follow(
        &mut self,
        namespace: &mut Namespace<'_, '_>,
        class: &Name,
        at: usize,
        change: Option<&Class<'_>>,
    ) -> Option<Diagnostic> {
        let last = namespace.last_class(class.as_str())?;
        let steps = namespace.steps(&last);
        let step = steps.iter().find(|step| step.at == at)?;
        let mut all = std::mem::take(&mut self.followed.of_class.get_mut(class)?.all);
        all.retain(|one| self.kept.get(one.number).is_some_and(Option::is_some));
        // One may get the path that another leaves.
        for one in &all {
            self.by_path.remove(&one.path);
        }
        let mut found = None;
        all.retain_mut(|one| {
            let after = step.after.clone();
            let before = std::mem::replace(&mut one.class, after.clone());
            let step = Step { at, before, after };
            self.follow_one(namespace, one, &step, (change, &mut found))
        });
        self.followed.of_class.get_mut(class)?.all = all;
        found
    }

    /// Has an instance follow a change of its class, and says whether it goes on following.
    fn follow_one(
        &mut self,
        namespace: &mut Namespace<'_, '_>,
        one: &mut Follower,
        step: &Step,
        (change, found): (Option<&Class<'_>>, &mut Option<Diagnostic>),
    ) -> bool {
        let Some(kept) = self.kept.get_mut(one.number).and_then(Option::as_mut) else {
            return false;
        };
        keep_defaults_of_keys(&mut kept.instance, step);
        let lost = carry(&mut kept.instance, &step.before, &step.after);
        if found.is_none() {
            *found = change.and_then(|change| in_the_way(kept, step, change));
        }
        if step.refuses_instances().is_some() {
            // It stays what it was.
            self.by_path.insert(one.path.clone(), one.number);
            return true;
        }
        let at = kept.at;
        let Some(path) = path_after(namespace, kept, step, &lost) else { return false };
        one.path = identity(namespace, &step.after, &path);
        let taken = *self.by_path.entry(one.path.clone()).or_insert(one.number);
        if taken != one.number
            && let Some(Some(other)) = self.kept.get(taken)
        {
            let help = "they are one once the class changes: delete one of them above";
            namespace.sink.push(other.twice(at, &path).with_help(help));
        }
        taken == one.number
    }
}

/// What is a key by default stays the key when the default changes.
fn keep_defaults_of_keys(instance: &mut Instance, step: &Step) {
    let keys = step.before.properties.iter().map(|member| &*member.declaration);
    for key in keys.filter(|property| property.is_key()) {
        let after = step.after.property(key.name.as_str());
        if let Some(default) = &key.default
            && instance.get(key.name.as_str()).is_none()
            && after.is_some_and(|(_, after)| after.declaration.default != key.default)
        {
            instance.set(key.name.clone(), default.clone());
        }
    }
}

/// The path of an instance once its class has changed; reports why it has none.
fn path_after(
    namespace: &mut Namespace<'_, '_>,
    kept: &Kept<'_>,
    step: &Step,
    lost: &HashSet<Name>,
) -> Option<ObjectPath> {
    let class = &step.after;
    let lacks = |property: &Property| {
        let value = kept.instance.get(property.name.as_str()).or(property.default.as_ref());
        lost.contains(&property.name) || value.is_none_or(Value::is_null)
    };
    let keys = class.properties.iter().map(|member| &*member.declaration);
    let lacking: Vec<&Name> =
        keys.filter(|p| p.is_key() && lacks(p)).map(|property| &property.name).collect();
    if lacking.is_empty() {
        let path = path_from(class, |property| kept.instance.get(property.name.as_str()).cloned());
        return path.map_err(|why| no_path(namespace, kept.at, (class, &kept.instance), why)).ok();
    }
    if namespace.doubts(class.name.as_str()) {
        return None;
    }
    let written = Given::new(kept.at.node);
    for name in lacking {
        let what = if lost.contains(name) { "no value of its type" } else { "no value" };
        let message = format!("the key `{name}` has {what} below");
        let found = kept.at.error(Code::MissingKey, written.span(name.as_str()), message);
        let what = "the class changes here";
        let found = namespace.labelled(found, &class.name, Some(name), Part::Type, what);
        namespace.sink.push(found.with_help("delete the instance before the class changes"));
    }
    None
}

/// Why an instance keeps its class from changing, in every update mode: an abstract class
/// has none, a singleton another path, and a value that must be there is not (WMI SDK,
/// "Creating a derived class").
fn in_the_way(kept: &Kept<'_>, step: &Step, change: &Class<'_>) -> Option<Diagnostic> {
    let name = &step.after.name;
    let lacks = |property: &Property| {
        let value = kept.instance.get(property.name.as_str()).or(property.default.as_ref());
        value.is_none_or(Value::is_null)
    };
    let message = match step.refuses_instances() {
        Some(what) => format!("`{name}` becomes {what}, and has instances above"),
        None => {
            let (property, demand) = step.new_demands().find(|(property, _)| lacks(property))?;
            let property = &property.name;
            format!("`{property}` becomes {demand}, and an instance of `{name}` above has no value")
        }
    };
    let (file, span) = kept.place();
    let found = change.at().error(Code::ClassHasInstances, change.node.name.span, message);
    let found = found.with_label(file, span, "one of its instances");
    Some(found.with_help("delete them above, with #pragma deleteinstance"))
}

/// Makes the instances in an instance ones of their classes as these are in the end.
pub(super) fn carry_embedded(
    namespace: &mut Namespace<'_, '_>,
    instance: &mut Instance,
    order: usize,
) {
    if namespace.history.borrow().is_empty() {
        return;
    }
    let mut carried = |object: &Object| {
        let Object::Instance(inner) = object else { return object.clone() };
        let mut inner = inner.clone();
        if let Some(class) = namespace.last_class(inner.class.as_str()) {
            namespace.moment = Some(order);
            let mut before = namespace.as_then(class.clone());
            namespace.moment = None;
            for step in namespace.steps(&class).iter().filter(|step| step.at > order) {
                carry(&mut inner, &before, &step.after);
                before = step.after.clone();
            }
        }
        carry_embedded(namespace, &mut inner, order);
        Object::Instance(inner)
    };
    let objects = instance.properties().filter_map(|(name, property)| {
        let value = match &property.value {
            Value::Scalar(Scalar::Object(object)) => carried(object).into(),
            Value::Array(array) if array.cim_type() == CimType::Object => {
                let items = array.iter().map(|item| match item {
                    Some(Scalar::Object(object)) => Some(Scalar::Object(carried(&object).into())),
                    other => other,
                });
                Array::from_options(CimType::Object, items).ok()?.into()
            }
            _ => return None,
        };
        Some((name.clone(), value))
    });
    for (name, value) in objects.collect::<Vec<(Name, Value)>>() {
        if let Some(property) = instance.property_mut(name.as_str()) {
            property.value = value;
        }
    }
}
