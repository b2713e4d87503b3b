//! The instances of a namespace: which of those that a text declares are there in the end.
//!
//! The text is gone through from its start to its end: each instance has the path there that
//! it has by then, and what changes its class changes it (`follow.rs`).

use super::At;
use super::alias::AliasTable;
use super::filter::{self, NAME, made_name};
use super::follow::{Followed, Follower, carry_embedded};
use super::instance::{creation_class, embedded_only, lower};
use super::key::{key_path, keys_of};
use super::namespace::Namespace;
use super::reference::identity;
use super::unit::{Class, Instance as Declared, Item, Removal};
use super::update::{Changes, Deletion, DeletionTarget, Existence};
use crate::Code;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::ast::InstanceDeclaration;
use cimarron_model::{Instance, Name, ObjectPath};
use cimarron_schema::ResolvedClass;
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

/// Lowers the instances of a namespace and adds them to its builder.
pub(crate) fn instances<'a>(
    namespace: &mut Namespace<'_, '_>,
    (classes, items): (&[Class<'_>], &[Item<'a>]),
    table: &AliasTable<'_>,
    changes: &mut Changes,
) {
    let open = std::mem::take(&mut namespace.history.borrow_mut().open);
    let mut lowered = Lowered { followed: Followed::new(open), ..Lowered::default() };
    for item in items {
        lowered.follow_up_to(namespace, classes, item.order());
        match item {
            Item::Declared(one) => lowered.declare(namespace, one, table),
            Item::Deleted(removal) => {
                changes.deletions.extend(lowered.delete(namespace, removal));
            }
        }
    }
    lowered.follow_up_to(namespace, classes, usize::MAX);
    let mut kept: Vec<_> = lowered.kept.into_iter().flatten().collect();
    // Which file came first decides what an update changes, and nothing else.
    kept.sort_by_key(|kept| namespace.context.roots.place(kept.at.file));
    let places = kept.iter().map(|kept| (kept.existence, kept.place())).collect();
    changes.set_instances(namespace.context.namespace, places);
    for kept in kept {
        namespace.builder.add_instance(kept.instance);
    }
}

/// The instances so far.
#[derive(Default)]
pub(super) struct Lowered<'a> {
    /// The numbers of those that are there, by their paths.
    pub(super) by_path: HashMap<String, usize>,
    /// By their numbers; `None` once deleted.
    pub(super) kept: Vec<Option<Kept<'a>>>,
    /// What was deleted from what was there before.
    removed: HashSet<String>,
    pub(super) followed: Followed,
}

/// An instance that is there.
pub(super) struct Kept<'a> {
    pub(super) instance: Instance,
    /// Its first declaration.
    pub(super) at: At<'a, InstanceDeclaration<'a>>,
    /// What that says about what must be there.
    existence: Existence,
}

impl Kept<'_> {
    /// Where it was first declared.
    pub(super) const fn place(&self) -> (FileId, Span) {
        (self.at.file, self.at.node.class.span)
    }

    /// That another has the same path.
    pub(super) fn twice(
        &self,
        again: At<'_, InstanceDeclaration<'_>>,
        path: &ObjectPath,
    ) -> Diagnostic {
        let message = format!("there is already an instance `{path}`");
        let found = again.error(Code::DuplicateInstance, again.node.class.span, message);
        let (file, span) = self.place();
        found.with_label(file, span, "first declared here")
    }
}

impl<'a> Lowered<'a> {
    fn declare(
        &mut self,
        namespace: &mut Namespace<'_, '_>,
        one: &Declared<'a>,
        table: &AliasTable<'_>,
    ) {
        namespace.moment = Some(one.order);
        let lowered = made(namespace, one, table);
        namespace.moment = None;
        let Some((class, mut instance)) = lowered else { return };
        let Some(last) = namespace.last_class(class.name.as_str()) else { return };
        let dialect = namespace.context.dialect;
        if let Some(name) = made_name(dialect, &class, |name| instance.get(name).cloned()) {
            instance.set(NAME, name);
        }
        carry_embedded(namespace, &mut instance, one.order);
        filter::judge(namespace, one.at, &class, &instance);
        namespace.check_namespace(one.at, &instance);
        let Some(path) = key_path(namespace, one.at, &class, &instance) else { return };
        let identity = identity(namespace, &class, &path);
        let before = self.by_path.get(&identity).copied();
        existence(namespace, one, &path, before.is_some());
        match before {
            Some(before) => {
                if let Some(Some(before)) = self.kept.get_mut(before) {
                    update(namespace, one, before, &instance, &path);
                }
            }
            None => {
                let number = self.kept.len();
                self.followed.add(namespace, &last, one.order, || {
                    let path = identity.clone();
                    Follower { number, path, class }
                });
                self.by_path.insert(identity, number);
                let Declared { at, existence, .. } = *one;
                self.kept.push(Some(Kept { instance, at, existence }));
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
        let Removal { at, path, must_exist, order } = removal;
        let name = path.class.as_ref()?;
        namespace.moment = Some(*order);
        let class = namespace.class(name.as_str());
        namespace.moment = None;
        let keys = class.and_then(|class| Some((keys_of(&class, path)?, class)));
        let identity = keys.map(|(path, class)| identity(namespace, &class, &path));
        let number = identity.as_ref().and_then(|identity| self.by_path.remove(identity));
        let kept = number.and_then(|number| self.kept.get_mut(number)?.take());
        if let Some(kept) = &kept {
            self.followed.forget(namespace, &kept.instance);
        }
        let there = namespace.context.base.has_instance(namespace.context.namespace, path)
            && self.removed.insert(identity.unwrap_or_else(|| path.to_string()));
        if kept.is_none() && !there && *must_exist {
            let message = format!("there is no instance `{path}` to delete");
            namespace.sink.push(at.error(Code::NothingToDelete, at.node.span, message));
        }
        Some(Deletion {
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
    before: &mut Kept<'_>,
    again: &Instance,
    path: &ObjectPath,
) {
    if one.existence == Existence::CreateOnly {
        return;
    }
    if namespace.context.is_dmtf_mof2() || before.instance.class != again.class {
        // All classes below the one that has the keys share them.
        let mut there = path.clone();
        there.class = Some(before.instance.class.clone());
        let mut found = before.twice(one.at, &there);
        if before.instance.class != again.class {
            let help = "a class and those below it share their keys: give this one another";
            found = found.with_help(help);
        }
        namespace.sink.push(found);
        return;
    }
    for (name, property) in again.properties() {
        before.instance.set(name.clone(), property.value.clone());
    }
}
