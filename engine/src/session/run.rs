//! New instances of one class that follow one another in a batch.
//!
//! As long as they give the same properties in the same order, and values that are taken as
//! they are, they are put into columns and added like the rows of a prepared inserter. Whatever
//! else comes ends the run and is written by itself: so each error, and which write it is found
//! at, is what it would be if all were written one after the other.

use super::incoming::{add_columns, joins_nothing};
use super::namespaces::stands_for_namespace;
use super::write::check_free;
use crate::check::{Checker, Plan};
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::owned::path_with;
use crate::schema::ClassRef;
use crate::store::{Column, KnownKeys, Root, Transaction};
use crate::view::ValueView;
use cimarron_model::{Instance, InstanceProperty, KeyValue, Name, ObjectPath};

/// How many instances a run has at least; fewer are as quickly written one by one.
const LEAST: usize = 8;

/// For how many writes no run is looked for where there was none.
const PAUSE: usize = 64;

/// Looks for runs among the writes of a batch.
pub(super) struct Runs<'a> {
    checker: Checker<'a>,
    /// What the last run was made of.
    kind: Option<Kind<'a>>,
    /// The instances of a run, and the hashes of their keys.
    instances: Vec<&'a Instance>,
    hashes: Vec<u64>,
    /// For how many writes no run is looked for.
    pause: usize,
}

/// Instances that give the same properties in the same order.
struct Kind<'a> {
    class: ClassRef<'a>,
    /// One of them.
    like: &'a Instance,
    plan: Plan,
    columns: Vec<Column>,
}

impl<'a> Runs<'a> {
    pub(super) const fn new(checker: Checker<'a>) -> Self {
        Self { checker, kind: None, instances: Vec::new(), hashes: Vec::new(), pause: 0 }
    }

    /// Creates the first of these instances, as many as make a run, and adds their paths; how
    /// many they are, 0 when the first is to be created by itself.
    ///
    /// # Errors
    /// When a key is taken.
    pub(super) fn create(
        &mut self,
        (namespace, root): (&Namespace, &Root),
        transaction: &mut Transaction<'_>,
        instances: impl Iterator<Item = &'a Instance>,
        paths: &mut Vec<ObjectPath>,
    ) -> Result<usize, EngineError> {
        if self.pause > 0 {
            self.pause -= 1;
            return Ok(0);
        }
        let Some(rows) = self.gather((namespace, root), instances) else { return Ok(0) };
        let Some(kind) = &mut self.kind else { return Ok(0) };
        kind.plan.put_defaults(&mut kind.columns, rows);
        let (layout, store) = (kind.class.layout(), &namespace.store);
        let keys = kind.plan.keys_of_runs(self.checker).unwrap_or_default();
        self.hashes.reserve(rows);
        for instance in self.instances.iter().take(rows) {
            let value = |at: &usize| Some(&property(instance, *at)?.1.value);
            let values = keys.iter().filter_map(value);
            let hash = store.rules().hash(values.clone().map(ValueView::from));
            // It is looked up when all of them are there.
            if let Some(key_root) = kind.class.key_root() {
                store.expect(root, key_root, hash);
            }
            self.hashes.push(hash);
            paths.push(path_with(layout, values.map(KeyValue::from_value)));
        }
        let Some(table) = root.table(layout.id) else {
            return Err(EngineError::ClassChanged { class: layout.class.clone() });
        };
        let mut known = KnownKeys::of(root, kind.class.key_root());
        let check = |hash, keys: &[ValueView<'_>]| {
            known.check(hash, || check_free(namespace, root, kind.class, (hash, keys)))
        };
        let new = (kind.columns.as_slice(), self.hashes.as_slice());
        add_columns(namespace, root, transaction, (layout, table), new, check)?;
        kind.columns.iter_mut().for_each(Column::clear);
        Ok(rows)
    }

    /// Puts the instances of a run into columns; how many they are, unless they are too few.
    fn gather(
        &mut self,
        place: (&Namespace, &Root),
        mut instances: impl Iterator<Item = &'a Instance>,
    ) -> Option<usize> {
        self.instances.clear();
        self.hashes.clear();
        let first = instances.next()?;
        let alike = instances.take_while(|instance| is_alike(instance, first));
        self.instances.extend(std::iter::once(first).chain(alike));
        if self.instances.len() < LEAST {
            self.pause = self.instances.len() - 1;
            return None;
        }
        self.pause = PAUSE;
        if self.kind.as_ref().is_none_or(|kind| !kind.fits(first)) {
            self.kind = Kind::of(self.checker, place, first, self.instances.len());
        }
        let kind = self.kind.as_mut()?;
        // Another write may have changed that.
        if !joins_nothing(place.0, place.1, kind.class.layout()) {
            return None;
        }
        let mut rows = self.instances.len();
        // Keys first: mostly it is one of them that ends a run.
        let keys = kind.plan.keys_of_runs(self.checker).unwrap_or_default();
        let others = (0..kind.like.len()).filter(|at| !keys.contains(at));
        for at in keys.iter().copied().chain(others) {
            let (name, _) = property(kind.like, at)?;
            let instances = self.instances.get(..rows)?;
            let columns = kind.columns.as_mut_slice();
            rows = self.checker.take_column((&kind.plan, at), name, instances, columns);
            if rows < LEAST {
                kind.columns.iter_mut().for_each(Column::clear);
                return None;
            }
        }
        self.pause = 0;
        Some(rows)
    }
}

impl<'a> Kind<'a> {
    /// The kind of an instance, if there can be runs of it.
    fn of(
        checker: Checker<'a>,
        (namespace, root): (&Namespace, &Root),
        like: &'a Instance,
        rows: usize,
    ) -> Option<Self> {
        let class = checker.schema.class(like.class.as_str())?;
        let layout = class.layout();
        let is_plain = layout.standing.is_none()
            && like.qualifiers.is_empty()
            && !stands_for_namespace(namespace, &like.class)
            && joins_nothing(namespace, root, layout);
        if !is_plain || checker.instantiable(class).is_err() {
            return None;
        }
        let mut guess = 0;
        let mut slots = Vec::with_capacity(like.len());
        for (name, _) in like.properties() {
            let slot = layout.slot_named(name, guess)?;
            guess = slot + 1;
            slots.push(slot);
        }
        let plan = checker.plan(layout, &slots).ok()?;
        plan.keys_of_runs(checker)?;
        let columns = plan.columns(layout, rows);
        Some(Self { class, like, plan, columns })
    }

    /// Whether an instance is of this kind; what it has, and in which order, is still to be
    /// looked at.
    fn fits(&self, instance: &Instance) -> bool {
        is_alike(instance, self.like)
            && self
                .like
                .properties()
                .zip(instance.properties())
                .all(|((a, _), (b, _))| a.is_written_as(b))
    }
}

/// Whether two instances may be of one kind, as far as that is quickly seen.
#[inline]
fn is_alike(instance: &Instance, like: &Instance) -> bool {
    instance.class.is_written_as(&like.class)
        && instance.len() == like.len()
        && instance.qualifiers.is_empty()
}

/// The property at a place of an instance.
#[inline]
fn property(instance: &Instance, at: usize) -> Option<(&Name, &InstanceProperty)> {
    instance.properties().nth(at)
}
