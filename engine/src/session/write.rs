//! Writing instances in a transaction that somebody else began.
//!
//! A write has two halves. The first converts and checks what can be checked
//! without looking at other instances; it needs a schema and nothing else. The
//! second runs in a transaction: uniqueness, then the row.

use super::links;
use super::modes::{PutMode, Update};
use super::path::BoundPath;
use crate::check::{self, Cells, Checker, KeyViews};
use crate::error::EngineError;
use crate::namespace::{Namespace, class};
use crate::owned::path_of;
use crate::row_qualifiers::RowQualifiers;
use crate::schema::{ClassId, ClassRef, Layout};
use crate::store::{Beside, Found, Root, Seen, Transaction};
use crate::view::ValueView;
use cimarron_model::{Dialect, Instance, Name, ObjectPath};
use std::sync::Arc;

/// What whoever makes many rows under one schema uses again from one to the next.
#[derive(Default)]
pub(super) struct Desk<'a> {
    /// The class of the last row.
    class: Option<ClassRef<'a>>,
    /// The values of the row, which are large to be moved.
    cells: Cells<'a>,
}

/// A new row, ready to be written.
pub(super) struct NewRow<'c, 'a> {
    class: ClassRef<'a>,
    cells: &'c Cells<'a>,
    qualifiers: Option<Arc<RowQualifiers>>,
    /// Whether its key was made for it.
    is_named: bool,
}

impl<'c, 'a> NewRow<'c, 'a> {
    /// The first half of a create.
    pub(super) fn prepare(
        checker: Checker<'a>,
        instance: &'a Instance,
        desk: &'c mut Desk<'a>,
    ) -> Result<Self, EngineError> {
        let Desk { class: last, cells } = desk;
        let class = match last.filter(|class| class.name().is_written_as(&instance.class)) {
            Some(class) => class,
            None => *last.insert(class(checker.schema, instance.class.as_str())?),
        };
        checker.instantiable(class)?;
        let layout = class.layout();
        checker.take_given(layout, instance, cells)?;
        let is_named = checker.name(layout, cells);
        checker.complete(layout, cells)?;
        Ok(Self { class, cells, qualifiers: check::qualifiers(layout, instance), is_named })
    }

    fn keys(&self) -> KeyViews<'c> {
        check::keys(self.class.layout(), self.cells)
    }

    /// Asks for the memory where the key is going to be looked up, so that it is there when
    /// the row's turn has come.
    pub(super) fn expect(&self, namespace: &Namespace, root: &Root) {
        if let Some(key_root) = self.class.key_root() {
            let hash = namespace.store.rules().hash(self.keys().into_iter());
            namespace.store.expect(root, key_root, hash);
        }
    }

    pub(super) fn path(&self) -> ObjectPath {
        path_of(self.class.layout(), self.keys().into_iter())
    }

    /// The second half of a create: adds the row, unless its key is taken.
    pub(super) fn insert(
        &self,
        namespace: &Namespace,
        root: &Root,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), EngineError> {
        self.insert_under(namespace, root, transaction, &self.keys())
    }

    fn insert_under(
        &self,
        namespace: &Namespace,
        root: &Root,
        transaction: &mut Transaction<'_>,
        keys: &[ValueView<'_>],
    ) -> Result<(), EngineError> {
        let (layout, store) = (self.class.layout(), &namespace.store);
        let hash = store.rules().hash(keys.iter().copied());
        check_free(namespace, root, self.class, (hash, keys))?;
        let Some(table) = root.table(layout.id) else {
            return Err(EngineError::ClassChanged { class: layout.class.clone() });
        };
        let mut beside = Beside { qualifiers: self.qualifiers.clone(), ..Beside::default() };
        let value = |slot: u32| {
            let cell = self.cells.iter().find(|(s, _)| *s == slot);
            cell.map_or(ValueView::Null, |(_, value)| value.view())
        };
        links::join(namespace, root, transaction, layout, value, &mut beside);
        transaction.insert(store, table, layout, hash, check::views(self.cells), beside)
    }
}

/// That no other instance has the key.
///
/// `Wmi`: the key is taken when any instance under the key root has it. `Dmtf`:
/// when an instance of a class above or below has it; siblings may share keys. `class` is
/// the root's.
pub(super) fn check_free(
    namespace: &Namespace,
    root: &Root,
    class: ClassRef<'_>,
    (hash, keys): (u64, &[ValueView<'_>]),
) -> Result<(), EngineError> {
    let in_line = |id: ClassId| match (namespace.dialect, root.schema.by_id(id)) {
        (Dialect::Dmtf, Some(other)) => class.is_a(other) || other.is_a(class),
        _ => true,
    };
    let taken = match class.key_root() {
        Some(key_root) => {
            let store = &namespace.store;
            store.find(root, key_root, (hash, keys), Seen::Current, in_line).is_some()
        }
        None => root.has_instances(class.def().id),
    };
    if taken {
        let path = Box::new(path_of(class.layout(), keys.iter().copied()));
        return Err(EngineError::InstanceExists { path });
    }
    Ok(())
}

/// Changed properties of a row that is there.
pub(super) struct Changes<'a> {
    layout: &'a Arc<Layout>,
    /// NULL stands for NULL; slots that are not here keep their values.
    cells: Cells<'a>,
    qualifiers: Option<Arc<RowQualifiers>>,
    /// Whether qualifiers that are not given go.
    whole: bool,
}

impl<'a> Changes<'a> {
    /// The first half of a modify. `layout` is that of the row's own class.
    pub(super) fn prepare(
        checker: Checker<'a>,
        layout: &'a Arc<Layout>,
        instance: &'a Instance,
        update: &Update,
    ) -> Result<Self, EngineError> {
        let mut cells = checker.given(layout, instance)?;
        let slots = |names: &[Name]| {
            names.iter().map(|name| check::slot_of(layout, name, 0)).collect::<Result<Vec<_>, _>>()
        };
        let is_key = |slot: &u32| layout.keys.contains(slot);
        // Keys stay in, to be compared with the row's.
        let (kept, filled): (Option<Vec<u32>>, Vec<u32>) = match update {
            Update::Given | Update::GivenValues => (None, Vec::new()),
            Update::Listed(names) => (Some(slots(names)?), slots(names)?),
            Update::ListedValues(names) => (Some(slots(names)?), Vec::new()),
            Update::Whole => (None, (0..layout.slots.len() as u32).collect()),
        };
        if let Some(kept) = kept {
            cells.retain(|(slot, _)| kept.contains(slot) || is_key(slot));
        }
        if matches!(update, Update::GivenValues | Update::ListedValues(_)) {
            cells.retain(|(slot, value)| !value.view().is_null() || is_key(slot));
        }
        let given: Vec<u32> = cells.iter().map(|(slot, _)| *slot).collect();
        for slot in filled {
            if !given.contains(&slot) && !is_key(&slot) {
                cells.push((slot, checker.default(layout, slot)?));
            }
        }
        Ok(Self {
            layout,
            cells,
            qualifiers: check::qualifiers(layout, instance),
            whole: matches!(update, Update::Whole),
        })
    }

    /// The second half of a modify.
    pub(super) fn apply(
        &self,
        namespace: &Namespace,
        root: &Root,
        transaction: &mut Transaction<'_>,
        found: &Found,
    ) -> Result<(), EngineError> {
        let (store, chunk, row) = (&namespace.store, &found.chunk, found.row);
        for key in &self.layout.keys {
            let Some((_, given)) = self.cells.iter().find(|(slot, _)| slot == key) else {
                continue;
            };
            if !store.rules().same_value(given.view(), chunk.value(row, *key)) {
                let property = self.layout.slot(*key).map(|s| s.name.clone()).unwrap_or_default();
                return Err(EngineError::KeyImmutable { property });
            }
        }
        // Keys are equal; the spelling of the row stays.
        let changed = |slot: u32| {
            !self.layout.keys.contains(&slot) && self.cells.iter().any(|(s, _)| *s == slot)
        };
        let kept = chunk.cells(row).filter(|(slot, _)| !changed(*slot));
        let new = check::views(&self.cells).filter(|(slot, _)| !self.layout.keys.contains(slot));
        let qualifiers = match (&self.qualifiers, self.whole) {
            (None, false) => chunk.qualifiers(row),
            (given, _) => given.clone(),
        };
        let Some(table) = root.table(self.layout.id) else {
            return Err(EngineError::ClassChanged { class: self.layout.class.clone() });
        };
        let mut beside = Beside { qualifiers, ..Beside::default() };
        let given = |slot: u32| {
            let cell = self.cells.iter().find(|(s, _)| *s == slot);
            cell.map(|(_, value)| value.view()).filter(|_| changed(slot))
        };
        let place = (&**self.layout, found);
        links::rejoin(namespace, root, transaction, place, given, &mut beside);
        transaction.replace(store, table, self.layout, found, kept.chain(new), beside)
    }
}

/// An instance to be created or changed, whichever it takes.
pub(super) struct Put<'c, 'a> {
    row: NewRow<'c, 'a>,
    /// Where the instance would be, and what would change; `None` when it must be
    /// new.
    update: Option<Box<(BoundPath<'a>, Changes<'a>)>>,
    mode: PutMode,
}

impl<'c, 'a> Put<'c, 'a> {
    /// The first half of a put.
    pub(super) fn prepare(
        checker: Checker<'a>,
        instance: &'a Instance,
        (mode, update): (PutMode, &Update),
        desk: &'c mut Desk<'a>,
    ) -> Result<Self, EngineError> {
        let row = NewRow::prepare(checker, instance, desk)?;
        let update = if mode == PutMode::CreateOnly {
            None
        } else {
            let place = BoundPath::bind(checker.schema, checker.location, &row.path())?;
            let layout = row.class.layout();
            let mut changes = Changes::prepare(checker, layout, instance, update)?;
            if row.is_named {
                // There is nothing to compare it with.
                changes.cells.retain(|(slot, _)| !layout.keys.contains(slot));
            }
            Some(Box::new((place, changes)))
        };
        Ok(Self { row, update, mode })
    }

    pub(super) fn path(&self) -> ObjectPath {
        self.row.path()
    }

    /// The second half of a put; the instance's path.
    pub(super) fn apply(
        &self,
        namespace: &Namespace,
        root: &Root,
        transaction: &mut Transaction<'_>,
    ) -> Result<ObjectPath, EngineError> {
        let keys = self.row.keys();
        let path = path_of(self.row.class.layout(), keys.iter().copied());
        if let Some((place, changes)) = self.update.as_deref() {
            let there = place.locate(namespace, root, Seen::Current);
            // An instance of a subclass with the same key is another object.
            let id = self.row.class.def().id;
            if let Some(own) = there.filter(|found| found.class() == id) {
                changes.apply(namespace, root, transaction, &own)?;
                return Ok(path);
            }
            if self.mode == PutMode::UpdateOnly {
                return Err(EngineError::InstanceNotFound { path: Box::new(path) });
            }
        }
        self.row.insert_under(namespace, root, transaction, &keys)?;
        Ok(path)
    }
}

/// Deletes a row that was found.
pub(super) fn delete_row(
    namespace: &Namespace,
    root: &Root,
    transaction: &mut Transaction<'_>,
    found: &Found,
) {
    if let Some(table) = root.table(found.class()) {
        transaction.delete(&namespace.store, table, found);
    }
}
