//! Writing instances in a transaction that somebody else began.
//!
//! A write has two halves. The first converts and checks what can be checked
//! without looking at other instances; it needs a schema and nothing else. The
//! second runs in a transaction: uniqueness, then the row.

use super::links;
use super::path::{BoundPath, path_of};
use super::{PutMode, Update};
use crate::check::{self, Cells, Checker};
use crate::error::EngineError;
use crate::namespace::{Namespace, class};
use crate::schema::{ClassId, ClassRef, Layout};
use crate::store::{Beside, Found, Root, RowQualifiers, Seen, Transaction};
use crate::view::ValueView;
use cimarron_model::{Dialect, Instance, Name, ObjectPath};
use std::sync::Arc;

/// A new row, ready to be written.
pub(super) struct NewRow<'a> {
    pub(super) class: ClassRef<'a>,
    pub(super) cells: Cells<'a>,
    pub(super) qualifiers: Option<Arc<RowQualifiers>>,
}

impl<'a> NewRow<'a> {
    /// The first half of a create.
    pub(super) fn prepare(
        checker: Checker<'a>,
        instance: &'a Instance,
    ) -> Result<Self, EngineError> {
        let class = class(checker.schema, instance.class.as_str())?;
        checker.instantiable(class)?;
        let layout = class.layout();
        let mut cells = checker.given(layout, instance)?;
        checker.complete(layout, &mut cells)?;
        Ok(Self { class, cells, qualifiers: check::qualifiers(layout, instance) })
    }

    /// Asks for the memory where the key is going to be looked up, so that it is there when
    /// the row's turn has come.
    pub(super) fn expect(&self, namespace: &Namespace, root: &Root) {
        if let Some(key_root) = self.class.key_root() {
            let keys = check::keys(self.class.layout(), &self.cells);
            let hash = namespace.store.rules().hash(keys.iter().copied());
            namespace.store.expect(root, key_root, hash);
        }
    }

    pub(super) fn path(&self) -> ObjectPath {
        let layout = self.class.layout();
        path_of(layout, check::keys(layout, &self.cells).into_iter())
    }

    /// The second half of a create.
    pub(super) fn insert(
        &self,
        namespace: &Namespace,
        root: &Root,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), EngineError> {
        let beside = Beside { qualifiers: self.qualifiers.clone(), ..Beside::default() };
        insert_cells(namespace, root, transaction, self.class.layout(), &self.cells, beside)
    }
}

/// Adds a row whose cells are checked, unless its key is taken.
pub(super) fn insert_cells(
    namespace: &Namespace,
    root: &Root,
    transaction: &mut Transaction<'_>,
    layout: &Arc<Layout>,
    cells: &[(u32, check::Checked<'_>)],
    beside: Beside,
) -> Result<(), EngineError> {
    let keys = check::keys(layout, cells);
    let store = &namespace.store;
    let hash = store.rules().hash(keys.iter().copied());
    check_free(namespace, root, layout, (hash, &keys))?;
    let Some(table) = root.table(layout.id) else {
        return Err(EngineError::ClassChanged { class: layout.class.clone() });
    };
    let mut beside = beside;
    let value = |slot: u32| {
        let cell = cells.iter().find(|(s, _)| *s == slot);
        cell.map_or(ValueView::Null, |(_, value)| value.view())
    };
    links::join(namespace, root, transaction, layout, value, &mut beside);
    transaction.insert(store, table, layout, hash, check::views(cells), beside)
}

/// That no other instance has the key.
///
/// `Wmi`: the key is taken when any instance under the key root has it. `Dmtf`:
/// when an instance of a class above or below has it; siblings may share keys.
pub(super) fn check_free(
    namespace: &Namespace,
    root: &Root,
    layout: &Layout,
    (hash, keys): (u64, &[ValueView<'_>]),
) -> Result<(), EngineError> {
    let (store, schema) = (&namespace.store, &*root.schema);
    let own = layout.id;
    let in_line = |id: ClassId| match (namespace.dialect, schema.by_id(own), schema.by_id(id)) {
        (Dialect::Dmtf, Some(own), Some(other)) => own.is_a(other) || other.is_a(own),
        _ => true,
    };
    let taken = match schema.by_id(own).and_then(ClassRef::key_root) {
        Some(key_root) => {
            store.find(root, key_root, (hash, keys), Seen::Current, in_line).is_some()
        }
        None => root.has_instances(own),
    };
    if taken {
        let path = Box::new(path_of(layout, keys.iter().copied()));
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
pub(super) struct Put<'a> {
    row: NewRow<'a>,
    /// Where the instance would be, and what would change; `None` when it must be
    /// new.
    update: Option<(BoundPath<'a>, Changes<'a>)>,
    mode: PutMode,
}

impl<'a> Put<'a> {
    /// The first half of a put.
    pub(super) fn prepare(
        checker: Checker<'a>,
        instance: &'a Instance,
        mode: PutMode,
        update: &Update,
    ) -> Result<Self, EngineError> {
        let row = NewRow::prepare(checker, instance)?;
        let update = if mode == PutMode::CreateOnly {
            None
        } else {
            let place = BoundPath::bind(checker.schema, checker.location, &row.path())?;
            Some((place, Changes::prepare(checker, row.class.layout(), instance, update)?))
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
        let path = self.row.path();
        if let Some((place, changes)) = &self.update {
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
        self.row.insert(namespace, root, transaction)?;
        Ok(path)
    }
}
