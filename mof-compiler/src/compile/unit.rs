//! The declarations of one namespace, and forgetting some of them.
//!
//! `#pragma deleteclass` takes out what stands above it. Classes are found by index, so
//! that a text of nothing but classes and deletions takes linear time; the index is made
//! for the first deletion and costs other texts nothing.

use super::early::EarlyClass;
use super::gone::Gone;
use super::update::{Existence, UpdateFlags};
use super::{At, Base, GlobalFlavors};
use crate::source::FileId;
use crate::syntax::ast::{ClassDeclaration, Directive, InstanceDeclaration, QualifierDeclaration};
use cimarron_model::{CaseInsensitive, Name, ObjectPath, QualifierType, Status};
use cimarron_schema::{ResolvedClass, SchemaBuilder};
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A class declaration and what is in force where it stands.
pub(crate) struct Class<'a> {
    pub(crate) file: FileId,
    /// Taken out of the text's declarations, to be let go once it is compiled.
    pub(crate) node: Box<ClassDeclaration<'a>>,
    /// What was made of it when it was parsed.
    pub(crate) early: Option<EarlyClass>,
    /// Whether all but the names of the tree is gone.
    pub(crate) released: bool,
    pub(crate) flavors: GlobalFlavors,
    pub(crate) flags: UpdateFlags,
    /// Its place among all declarations of the text.
    pub(crate) order: usize,
}

impl<'a> Class<'a> {
    pub(crate) fn at(&self) -> At<'_, ClassDeclaration<'a>> {
        At::new(self.file, &self.node)
    }

    /// Lets go of all but the names.
    pub(crate) fn release(&mut self) {
        self.node.clear();
        self.released = true;
    }
}

/// An instance declaration and what is in force where it stands.
#[derive(Clone)]
pub(crate) struct Instance<'a> {
    pub(crate) at: At<'a, InstanceDeclaration<'a>>,
    pub(crate) flavors: GlobalFlavors,
    pub(crate) existence: Existence,
    /// Its place among all declarations of the text.
    pub(crate) order: usize,
}

/// What a text says about instances, in its order.
pub(crate) enum Item<'a> {
    Declared(Instance<'a>),
    Deleted(Removal<'a>),
}

impl Item<'_> {
    /// Its place among all declarations of the text.
    pub(crate) const fn order(&self) -> usize {
        match self {
            Self::Declared(instance) => instance.order,
            Self::Deleted(removal) => removal.order,
        }
    }

    /// The name of its class.
    fn class(&self) -> Option<Name> {
        match self {
            Self::Declared(instance) => Some(Name::new(instance.at.node.class.text)),
            Self::Deleted(removal) => removal.path.class.clone(),
        }
    }
}

/// `#pragma deleteinstance`.
pub(crate) struct Removal<'a> {
    pub(crate) at: At<'a, Directive<'a>>,
    pub(crate) path: ObjectPath,
    /// Whether there must be such an instance.
    pub(crate) must_exist: bool,
    /// Its place among all declarations of the text.
    pub(crate) order: usize,
}

/// The declarations of one namespace, in the order of the text.
#[derive(Default)]
pub(crate) struct Unit<'a> {
    pub(crate) qualifiers: Vec<At<'a, QualifierDeclaration<'a>>>,
    pub(crate) classes: Vec<Class<'a>>,
    pub(crate) instances: Vec<Item<'a>>,
    /// Classes to delete from what is there, with the last place where the text says so.
    pub(crate) deleted: HashMap<Name, usize>,
    /// What deletions have taken out, by their places in the text.
    pub(crate) buried: BTreeMap<usize, Self>,
    index: Option<Index>,
}

/// Where things stand that a deletion may reach; of positions in the lists of a unit.
#[derive(Default)]
struct Index {
    classes: HashMap<Name, Vec<usize>>,
    subclasses: HashMap<Name, Vec<usize>>,
    instances: HashMap<Name, Vec<usize>>,
    /// What a deletion has reached, and the place of that in the text.
    dead_classes: HashMap<usize, usize>,
    dead_instances: HashMap<usize, usize>,
}

impl Index {
    fn add_class(&mut self, position: usize, class: &ClassDeclaration<'_>) {
        self.classes.entry(Name::new(class.name.text)).or_default().push(position);
        if let Some(superclass) = class.superclass {
            self.subclasses.entry(Name::new(superclass.text)).or_default().push(position);
        }
    }

    fn add_item(&mut self, position: usize, item: &Item<'_>) {
        if let Some(class) = item.class() {
            self.instances.entry(class).or_default().push(position);
        }
    }
}

impl<'a> Unit<'a> {
    /// The instances that the text declares and keeps.
    pub(crate) fn declared(&self) -> impl Iterator<Item = &Instance<'a>> {
        self.instances.iter().filter_map(|item| match item {
            Item::Declared(instance) => Some(instance),
            Item::Deleted(_) => None,
        })
    }

    /// Whether nothing was declared or deleted.
    pub(crate) fn is_empty(&self) -> bool {
        self.qualifiers.is_empty()
            && self.classes.is_empty()
            && self.instances.is_empty()
            && self.deleted.is_empty()
            && self.buried.is_empty()
    }

    pub(crate) fn add_class(&mut self, class: Class<'a>) {
        if let Some(index) = &mut self.index {
            index.add_class(self.classes.len(), &class.node);
        }
        self.classes.push(class);
    }

    pub(crate) fn add_item(&mut self, item: Item<'a>) {
        if let Some(index) = &mut self.index {
            index.add_item(self.instances.len(), &item);
        }
        self.instances.push(item);
    }

    /// Marks a class as deleted at a place of the text, and with it the classes below it and
    /// the instances of all these. Says whether the text had it.
    pub(crate) fn delete_class(&mut self, name: &str, order: usize) -> bool {
        let index = index_of(&mut self.index, &self.classes, &self.instances);
        let mut deleted = false;
        let mut next: Vec<Name> = vec![Name::new(name)];
        while let Some(name) = next.pop() {
            for position in index.subclasses.remove(&name).unwrap_or_default() {
                if !index.dead_classes.contains_key(&position)
                    && let Some(class) = self.classes.get(position)
                {
                    next.push(Name::new(class.node.name.text));
                }
            }
            for position in index.classes.remove(&name).unwrap_or_default() {
                deleted |= index.dead_classes.insert(position, order).is_none();
            }
            let instances = index.instances.remove(&name).unwrap_or_default();
            index.dead_instances.extend(instances.into_iter().map(|position| (position, order)));
        }
        deleted
    }

    /// Takes what was deleted out of the lists, and what hangs on a class that is there
    /// already and was deleted: `deleted_at` gives the place in the text at which a class
    /// of this name went, itself or with one above it.
    pub(crate) fn settle(&mut self, deleted_at: impl Fn(&Name) -> Option<usize>) {
        if self.index.is_none() {
            return;
        }
        let index = index_of(&mut self.index, &self.classes, &self.instances);
        let named = index.subclasses.keys().chain(index.instances.keys());
        let foreign = named.filter(|name| !index.classes.contains_key(*name));
        let mut next: Vec<(Name, usize)> =
            foreign.filter_map(|name| Some((name.clone(), deleted_at(name)?))).collect();
        let mut seen: HashSet<Name> = HashSet::new();
        while let Some((name, order)) = next.pop() {
            for position in index.subclasses.get(&name).into_iter().flatten() {
                let Some(class) = self.classes.get(*position).filter(|c| c.order < order) else {
                    continue;
                };
                index.dead_classes.insert(*position, order);
                let below = Name::new(class.node.name.text);
                if seen.insert(below.clone()) {
                    next.push((below, order));
                }
            }
            for position in index.instances.get(&name).into_iter().flatten() {
                if self.instances.get(*position).is_some_and(|item| item.order() < order) {
                    index.dead_instances.insert(*position, order);
                }
            }
        }
        self.bury();
    }

    /// Takes out what the index says is dead.
    fn bury(&mut self) {
        let Some(index) = self.index.take() else { return };
        for (position, class) in std::mem::take(&mut self.classes).into_iter().enumerate() {
            match index.dead_classes.get(&position) {
                Some(order) => self.buried.entry(*order).or_default().classes.push(class),
                None => self.classes.push(class),
            }
        }
        for (position, item) in std::mem::take(&mut self.instances).into_iter().enumerate() {
            match index.dead_instances.get(&position) {
                Some(order) => self.buried.entry(*order).or_default().instances.push(item),
                None => self.instances.push(item),
            }
        }
    }
}

/// The index of what the lists hold, made when it is first asked for.
fn index_of<'i>(
    index: &'i mut Option<Index>,
    classes: &[Class<'_>],
    instances: &[Item<'_>],
) -> &'i mut Index {
    index.get_or_insert_with(|| {
        let mut index = Index::default();
        for (position, class) in classes.iter().enumerate() {
            index.add_class(position, &class.node);
        }
        for (position, item) in instances.iter().enumerate() {
            index.add_item(position, item);
        }
        index
    })
}

/// What is there already, without the classes and namespaces that the text deletes.
pub(crate) struct Remaining<'a> {
    pub(crate) base: &'a dyn Base,
    /// By namespace.
    pub(crate) deleted: HashMap<Name, HashMap<Name, usize>>,
    pub(crate) gone: Gone,
}

impl Remaining<'_> {
    fn is_gone(&self, namespace: &str, name: &str) -> bool {
        let gone = self.deleted.get(&CaseInsensitive(namespace));
        gone.is_some_and(|gone| gone.contains_key(&CaseInsensitive(name)))
    }
}

/// What is there for one namespace of a text: besides what was there before, the ones that
/// the text has made.
pub(crate) struct Around<'a> {
    pub(crate) schema: &'a SchemaBuilder,
    pub(crate) base: &'a dyn Base,
}

impl Base for Around<'_> {
    fn class(&self, namespace: &str, name: &str) -> Option<Arc<ResolvedClass>> {
        let made = self.schema.get(namespace).and_then(|made| made.class(name)).cloned();
        made.or_else(|| self.base.class(namespace, name))
    }

    fn class_names(&self, namespace: &str) -> Vec<Name> {
        self.base.class_names(namespace)
    }

    fn qualifier_types(&self, namespace: &str) -> Vec<QualifierType> {
        self.base.qualifier_types(namespace)
    }

    fn has_instance(&self, namespace: &str, path: &ObjectPath) -> bool {
        self.base.has_instance(namespace, path)
    }

    fn check_event_filter(&self, property: &str, text: &str) -> Result<(), (Status, String)> {
        self.base.check_event_filter(property, text)
    }
}

impl Base for Remaining<'_> {
    fn class(&self, namespace: &str, name: &str) -> Option<Arc<ResolvedClass>> {
        if self.gone.has(namespace) {
            return None;
        }
        let class = self.base.class(namespace, name)?;
        let mut lineage = std::iter::once(&class.name).chain(&class.ancestors);
        let gone = !self.deleted.is_empty() && lineage.any(|n| self.is_gone(namespace, n.as_str()));
        (!gone).then_some(class)
    }

    fn class_names(&self, namespace: &str) -> Vec<Name> {
        if self.gone.has(namespace) {
            return Vec::new();
        }
        let mut names = self.base.class_names(namespace);
        names.retain(|name| !self.is_gone(namespace, name.as_str()));
        names
    }

    fn qualifier_types(&self, namespace: &str) -> Vec<QualifierType> {
        if self.gone.has(namespace) { Vec::new() } else { self.base.qualifier_types(namespace) }
    }

    fn has_instance(&self, namespace: &str, path: &ObjectPath) -> bool {
        let gone = path.class.as_ref().is_some_and(|c| self.class(namespace, c.as_str()).is_none());
        !gone && self.base.has_instance(namespace, path)
    }

    fn check_event_filter(&self, property: &str, text: &str) -> Result<(), (Status, String)> {
        self.base.check_event_filter(property, text)
    }
}
