//! The instances of a namespace: which of those that a text declares are there in the end.

use super::At;
use super::alias::AliasTable;
use super::filter::{self, NAME, made_name};
use super::history::{Step, carry};
use super::instance::{creation_class, embedded_only, lower};
use super::key::{key_path, key_span, keys_of, path_from};
use super::namespace::Namespace;
use super::redeclare::OpenChange;
use super::reference::identity;
use super::unit::{Class, Instance as Declared, Item, Removal};
use super::update::{Changes, Deletion, DeletionTarget, Existence};
use crate::Code;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::ast::InstanceDeclaration;
use cimarron_model::{Array, CimType, Instance, Name, Object, ObjectPath, Property, Scalar, Value};
use cimarron_schema::ResolvedClass;
use cimarron_schema::rules::Part;
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Lowers the instances of a namespace and adds them to its builder.
pub(crate) fn instances(
    namespace: &mut Namespace<'_, '_>,
    (classes, items): (&[Class<'_>], &[Item<'_>]),
    table: &AliasTable<'_>,
    changes: &mut Changes,
) {
    let mut open = std::mem::take(&mut namespace.history.borrow_mut().open);
    open.sort_by_key(|change| change.order);
    let mut open = open.into_iter().peekable();
    let mut lowered = Lowered { counts: open.peek().is_some(), ..Lowered::default() };
    if !namespace.history.borrow().is_empty() {
        let places = classes.iter().enumerate().map(|(at, class)| (class.order, at));
        lowered.changes = places.collect();
    }
    for item in items {
        while let Some(change) = open.next_if(|change| change.order < item.order()) {
            lowered.settle(namespace, change);
        }
        match item {
            Item::Declared(one) => lowered.declare(namespace, one, classes, table),
            Item::Deleted(removal) => {
                changes.deletions.extend(lowered.delete(namespace, removal));
            }
        }
    }
    for change in open {
        lowered.settle(namespace, change);
    }
    lowered.report_conflicts(namespace);
    // Which file came first decides what an update changes, and nothing else.
    for lost in &lowered.lost {
        lowered.kept.get_mut(*lost).and_then(Option::take);
    }
    let places = lowered.places.into_iter().zip(lowered.first);
    let mut kept: Vec<_> = lowered.kept.into_iter().zip(places).collect();
    kept.sort_by_key(|(_, (place, _))| *place);
    let kept = kept.into_iter().filter_map(|(instance, (_, first))| {
        let (instance, existence) = instance?;
        Some((instance, (existence, first)))
    });
    let (instances, all): (Vec<_>, Vec<_>) = kept.unzip();
    changes.set_instances(namespace.context.namespace, all);
    for instance in instances {
        namespace.builder.add_instance(instance);
    }
}

/// The instances so far.
#[derive(Default)]
struct Lowered {
    by_path: HashMap<String, usize>,
    /// With what the first declaration says about what must be there; `None` once
    /// deleted.
    kept: Vec<Option<(Instance, Existence)>>,
    /// The place of each one's file.
    places: Vec<usize>,
    /// Where each was first declared.
    first: Vec<(FileId, Span)>,
    /// Whether somebody will ask how many there are.
    counts: bool,
    /// How many there are of each class and those below it.
    alive: HashMap<Name, usize>,
    /// What was deleted from what was there before.
    removed: HashSet<String>,
    /// What the instances have against later changes of their classes, by their numbers.
    conflicts: HashMap<usize, Vec<Conflict>>,
    /// Instances whose keys a later change of their class takes away, by what they are until
    /// then, with the places of these changes and their numbers.
    former: HashMap<String, Vec<(usize, usize)>>,
    /// What the same are in the end, by their numbers.
    paths: HashMap<usize, String>,
    /// The numbers of those that have no path in the end.
    lost: HashSet<usize>,
    /// The classes that may be changes, by their places in the text.
    changes: HashMap<usize, usize>,
    /// The changes that were refused before.
    refused: HashSet<usize>,
}

/// What an instance has against a change of its class, unless it is deleted before.
struct Conflict {
    /// The place of the change in the text.
    at: usize,
    /// The property that has no value and must have one.
    lacks: Option<Name>,
    found: Diagnostic,
}

impl Conflict {
    /// Whether an instance does not give the value that the conflict is about.
    fn stays_with(&self, instance: &Instance) -> bool {
        let value = self.lacks.as_ref().map(|name| instance.get(name.as_str()));
        value.is_none_or(|value| value.is_none_or(Value::is_null))
    }
}

impl Lowered {
    fn declare(
        &mut self,
        namespace: &mut Namespace<'_, '_>,
        one: &Declared<'_>,
        classes: &[Class<'_>],
        table: &AliasTable<'_>,
    ) {
        namespace.moment = Some(one.order);
        let lowered = made(namespace, one, table);
        namespace.moment = None;
        let Some((made_with, mut instance)) = lowered else { return };
        let Some(class) = namespace.last_class(made_with.name.as_str()) else { return };
        let mut conflicts = Vec::new();
        let mut former = None;
        if !Arc::ptr_eq(&made_with, &class) {
            let then = path_from(&made_with, |p| instance.get(p.name.as_str()).cloned()).ok();
            let mut before = made_with.clone();
            let steps = namespace.steps(&class);
            for step in steps.iter().filter(|step| step.at > one.order) {
                let after = step.after.clone();
                let step = Step {
                    at: step.at,
                    before: std::mem::replace(&mut before, after.clone()),
                    after,
                };
                let lost = carry(&mut instance, &step.before, &step.after);
                let found = lost_keys(namespace, one.at, &class, &lost);
                if let (false, Some(path), None) = (found.is_empty(), &then, &former) {
                    namespace.moment = Some(one.order);
                    former = Some((identity(namespace, &made_with, path), step.at));
                    namespace.moment = None;
                }
                let found = found.into_iter();
                conflicts.extend(found.map(|found| Conflict { at: step.at, lacks: None, found }));
                let change = self.changes.get(&step.at).and_then(|at| classes.get(*at));
                conflicts
                    .extend(change.and_then(|change| in_the_way(one, &step, &instance, change)));
            }
        }
        let dialect = namespace.context.dialect;
        if let Some(name) = made_name(dialect, &class, |name| instance.get(name).cloned()) {
            instance.set(NAME, name);
        }
        if !namespace.history.borrow().is_empty() {
            carry_embedded(namespace, &mut instance, one.order);
        }
        filter::judge(namespace, one.at, &class, &instance);
        namespace.check_namespace(one.at, &instance);
        let Some(path) = key_path(namespace, one.at, &class, &instance) else {
            self.lose(&class, (instance, one), conflicts, former);
            return;
        };
        let identity = identity(namespace, &class, &path);
        let before = self.by_path.get(&identity).copied();
        if let Some((kept, _)) = before.and_then(|at| self.kept.get(at)?.as_ref())
            && one.existence != Existence::CreateOnly
        {
            // Both together are the instance that is there when the class changes.
            conflicts.retain(|conflict| conflict.stays_with(kept));
            let earlier = before.and_then(|at| self.conflicts.get_mut(&at));
            earlier.into_iter().for_each(|earlier| {
                earlier.retain(|c| c.at < one.order || c.stays_with(&instance));
            });
        }
        let number = before.unwrap_or(self.kept.len());
        if let Some((then, until)) = former {
            self.former.entry(then).or_default().push((until, number));
            self.paths.insert(number, identity.clone());
        }
        if !conflicts.is_empty() {
            self.conflicts.entry(number).or_default().extend(conflicts);
        }
        existence(namespace, one, &path, before.is_some());
        match before {
            Some(before) => {
                let first = self.first.get(before).copied();
                if let Some(Some((before, _))) = self.kept.get_mut(before) {
                    update(namespace, one, (before, first), &instance, &path);
                }
            }
            None => {
                self.by_path.insert(identity, number);
                let place = namespace.context.roots.place(one.at.file);
                self.keep(&class, (instance, one), place);
            }
        }
    }

    fn keep(
        &mut self,
        class: &ResolvedClass,
        (instance, one): (Instance, &Declared<'_>),
        place: usize,
    ) {
        self.count(class, 1);
        self.kept.push(Some((instance, one.existence)));
        self.places.push(place);
        self.first.push((one.at.file, one.at.node.class.span));
    }

    /// Remembers an instance that has no path in the end, and had one until a change of its
    /// class: what it has against that counts unless it is deleted before.
    fn lose(
        &mut self,
        class: &ResolvedClass,
        instance: (Instance, &Declared<'_>),
        conflicts: Vec<Conflict>,
        former: Option<(String, usize)>,
    ) {
        if conflicts.is_empty() {
            return;
        }
        let number = self.kept.len();
        self.keep(class, instance, 0);
        self.lost.insert(number);
        self.conflicts.insert(number, conflicts);
        if let Some((identity, until)) = former {
            self.former.entry(identity).or_default().push((until, number));
        }
    }

    /// The instances that a path led to where it stands, though it does not in the end.
    fn former(&mut self, namespace: &mut Namespace<'_, '_>, removal: &Removal<'_>) -> Vec<usize> {
        if self.former.is_empty() {
            return Vec::new();
        }
        let path = &removal.path;
        namespace.moment = Some(removal.order);
        let class = path.class.as_ref().and_then(|name| namespace.class(name.as_str()));
        let then = class.and_then(|class| {
            let path = keys_of(&class, path)?;
            Some(identity(namespace, &class, &path))
        });
        namespace.moment = None;
        // What it led to before a change that is above the deletion is out of its reach, and of
        // that of all that come.
        let known = then.and_then(|then| self.former.remove(&then)).into_iter().flatten();
        let found = known.filter(|(until, _)| removal.order < *until).map(|(_, number)| number);
        found.collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn count(&mut self, class: &ResolvedClass, change: isize) {
        if self.counts {
            for name in std::iter::once(&class.name).chain(&class.ancestors) {
                let alive = self.alive.entry(name.clone()).or_default();
                *alive = alive.saturating_add_signed(change);
            }
        }
    }

    /// Reports a change of a class that an instance is in the way of.
    fn settle(&mut self, namespace: &mut Namespace<'_, '_>, change: OpenChange) {
        let found = match self.alive.get(&change.class) {
            Some(1..) => {
                self.refused.insert(change.order);
                Some(change.in_the_way)
            }
            _ => change.otherwise,
        };
        found.into_iter().for_each(|found| namespace.sink.push(found));
    }

    /// Reports what instances have against the changes of their classes: one thing of a place.
    fn report_conflicts(&mut self, namespace: &mut Namespace<'_, '_>) {
        let mut seen = HashSet::new();
        let mut conflicts: Vec<_> = std::mem::take(&mut self.conflicts).into_iter().collect();
        conflicts.sort_by_key(|(number, _)| *number);
        let conflicts = conflicts.into_iter().flat_map(|(_, conflicts)| conflicts);
        for Conflict { at, found, .. } in conflicts {
            if !self.refused.contains(&at) && seen.insert((at, found.file, found.span)) {
                namespace.sink.push(found);
            }
        }
    }

    /// `#pragma deleteinstance`: forgets the instance, and says what to delete from what
    /// is there.
    fn delete(
        &mut self,
        namespace: &mut Namespace<'_, '_>,
        removal: &Removal<'_>,
    ) -> Option<Deletion> {
        let Removal { at, path, must_exist, .. } = removal;
        let class = path.class.as_ref().and_then(|name| namespace.class(name.as_str()));
        let keys = class.as_ref().and_then(|class| Some((class, keys_of(class, path)?)));
        let identity = keys.map(|(class, path)| identity(namespace, class, &path));
        let mut found = self.former(namespace, removal);
        if found.is_empty() {
            found.extend(identity.as_ref().and_then(|identity| self.by_path.remove(identity)));
        } else {
            for number in &found {
                let path = self.paths.remove(number);
                let path = path.filter(|path| self.by_path.get(path) == Some(number));
                path.and_then(|path| self.by_path.remove(&path));
            }
        }
        let mut declared = false;
        for number in found {
            if let Some(conflicts) = self.conflicts.get_mut(&number) {
                conflicts.retain(|c| c.at < removal.order);
            }
            let Some((instance, _)) = self.kept.get_mut(number).and_then(Option::take) else {
                continue;
            };
            declared = true;
            if let Some(class) = namespace.class(instance.class.as_str()) {
                self.count(&class, -1);
            }
        }
        let there = namespace.context.base.has_instance(namespace.context.namespace, path)
            && self.removed.insert(identity.unwrap_or_else(|| path.to_string()));
        if !declared && !there && *must_exist {
            let message = format!("there is no instance `{path}` to delete");
            namespace.sink.push(at.error(Code::NothingToDelete, at.node.span, message));
        }
        class.map(|_| Deletion {
            namespace: Name::new(namespace.context.namespace),
            target: DeletionTarget::Instance(path.clone()),
            must_exist: *must_exist && there,
        })
    }
}

/// An instance as it is declared, and its class as that is there.
fn made(
    namespace: &mut Namespace<'_, '_>,
    one: &Declared<'_>,
    table: &AliasTable<'_>,
) -> Option<(Arc<ResolvedClass>, Instance)> {
    let class = creation_class(namespace, one.at)?;
    let only_embedded = embedded_only(namespace, one.at, &class);
    let instance = lower(namespace, one.at, &one.flavors, &class, Some(table));
    (!only_embedded).then_some((class, instance))
}

/// Makes the instances in an instance ones of their classes as these are in the end.
fn carry_embedded(namespace: &mut Namespace<'_, '_>, instance: &mut Instance, order: usize) {
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

/// What there is to say of an instance whose key its class has no place for any more.
fn lost_keys(
    namespace: &mut Namespace<'_, '_>,
    at: At<'_, InstanceDeclaration<'_>>,
    class: &ResolvedClass,
    lost: &[Name],
) -> Vec<Diagnostic> {
    let is_key = |name: &&Name| {
        class.property(name.as_str()).is_some_and(|(_, member)| member.declaration.is_key())
    };
    let lost = lost.iter().filter(is_key).map(|name| {
        let message = format!("the key `{name}` has no value of its type below");
        let found = at.error(Code::MissingKey, key_span(at, name), message);
        let part = Part::Type;
        let what = "the class changes here";
        let found = namespace.labelled(found, &class.name, Some(name), part, what);
        found.with_help("delete the instance before the class changes")
    });
    lost.collect()
}

/// Why an instance keeps its class from changing, in every update mode: an abstract class
/// has none, a singleton another path, and a value that must be there is not (WMI SDK,
/// "Creating a derived class").
fn in_the_way(
    one: &Declared<'_>,
    step: &Step,
    instance: &Instance,
    change: &Class<'_>,
) -> Option<Conflict> {
    let name = &step.after.name;
    let lacks = |property: &Property| {
        let value = instance.get(property.name.as_str()).or(property.default.as_ref());
        value.is_none_or(Value::is_null)
    };
    let (lacks, message) = match step.refuses_instances() {
        Some(what) => (None, format!("`{name}` becomes {what}, and has instances above")),
        None => {
            let (property, demand) = step.new_demands().find(|(property, _)| lacks(property))?;
            let property = &property.name;
            let message = format!(
                "`{property}` becomes {demand}, and an instance of `{name}` above has no value"
            );
            (Some(property.clone()), message)
        }
    };
    let found = change.at().error(Code::ClassHasInstances, change.node.name.span, message);
    let found = found.with_label(one.at.file, one.at.node.class.span, "one of its instances");
    let found = found.with_help("delete them above, with #pragma deleteinstance");
    Some(Conflict { at: step.at, lacks, found })
}

/// Judges the update flags of an instance.
fn existence(
    namespace: &mut Namespace<'_, '_>,
    one: &Declared<'_>,
    path: &ObjectPath,
    declared: bool,
) {
    let there =
        || declared || namespace.context.base.has_instance(namespace.context.namespace, path);
    let span = one.at.node.class.span;
    let found = match one.existence {
        Existence::CreateOnly if there() => {
            let message = format!("the instance `{path}` exists already");
            let found = one.at.error(Code::CreateOnlyExists, span, message);
            found.with_help("the instance flag createonly lets nothing change")
        }
        Existence::UpdateOnly if !there() => {
            let message = format!("there is no instance `{path}` to update");
            let found = one.at.error(Code::UpdateOnlyMissing, span, message);
            found.with_help("the instance flag updateonly lets nothing be created")
        }
        _ => return,
    };
    namespace.sink.push(found);
}

/// WMI and MOF 3 (DSP0221 7.6.2) update an instance whose key is written again;
/// DSP0004 2.x refuses it.
fn update(
    namespace: &mut Namespace<'_, '_>,
    one: &Declared<'_>,
    (before, first): (&mut Instance, Option<(FileId, Span)>),
    again: &Instance,
    path: &ObjectPath,
) {
    let at = one.at;
    if one.existence == Existence::CreateOnly {
        return;
    }
    if namespace.context.is_dmtf_mof2() || before.class != again.class {
        // All classes below the one that has the keys share them.
        let mut there = path.clone();
        there.class = Some(before.class.clone());
        let message = format!("there is already an instance `{there}`");
        let mut found = at.error(Code::DuplicateInstance, at.node.class.span, message);
        if before.class != again.class {
            let help = "a class and those below it share their keys: give this one another";
            found = found.with_help(help);
        }
        namespace.sink.push(match first {
            Some((file, span)) => found.with_label(file, span, "first declared here"),
            None => found,
        });
        return;
    }
    for (name, property) in again.properties() {
        before.set(name.clone(), property.value.clone());
    }
}
