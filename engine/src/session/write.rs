//! Writing instances under a lock that somebody else took.
//!
//! A write has two halves. The first converts and checks what can be checked
//! without looking at other instances; it needs a schema and no lock. The second
//! runs under the store's write lock: uniqueness, then the row.

use super::path::{BoundPath, path_of};
use super::{PutMode, Update};
use crate::check::{self, Cells, Checker};
use crate::error::EngineError;
use crate::namespace::{Namespace, class};
use crate::schema::{ClassId, ClassRef, Layout, Schema};
use crate::store::{RowAddress, RowQualifiers, Store, Target};
use crate::view::ValueView;
use cimarron_model::{Dialect, Instance, ObjectPath};
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

    pub(super) fn path(&self) -> ObjectPath {
        let layout = self.class.layout();
        path_of(layout, check::keys(layout, &self.cells).into_iter())
    }

    /// The second half of a create.
    pub(super) fn insert(
        &self,
        namespace: &Namespace,
        schema: &Schema,
        store: &mut Store,
    ) -> Result<(), EngineError> {
        let target = Target::of(self.class);
        insert_cells(namespace, schema, store, &target, &self.cells, self.qualifiers.as_ref())
    }
}

/// Adds a row whose cells are checked, unless its key is taken.
///
/// `Wmi`: the key is taken when any instance under the key root has it. `Dmtf`:
/// when an instance of a class above or below has it; siblings may share keys.
pub(super) fn insert_cells(
    namespace: &Namespace,
    schema: &Schema,
    store: &mut Store,
    target: &Target,
    cells: &[(u32, check::Checked<'_>)],
    qualifiers: Option<&Arc<RowQualifiers>>,
) -> Result<(), EngineError> {
    let layout = &target.layout;
    let keys = check::keys(layout, cells);
    let hash = store.rules().hash(keys.iter().copied());
    let own = layout.id;
    let in_line = |id: ClassId| match (namespace.dialect, schema.by_id(own), schema.by_id(id)) {
        (Dialect::Dmtf, Some(own), Some(other)) => own.is_a(other) || other.is_a(own),
        _ => true,
    };
    let taken = match target.key_root {
        Some(root) => store.find(root, hash, &keys, in_line).is_some(),
        None => store.has_instances(own),
    };
    if taken {
        let path = Box::new(path_of(layout, keys.into_iter()));
        return Err(EngineError::InstanceExists { path });
    }
    store.insert(target, hash, check::views(cells), qualifiers);
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
        let listed: Vec<u32> = match update {
            Update::Given => Vec::new(),
            Update::Listed(names) => names
                .iter()
                .map(|name| check::slot_of(layout, name, 0))
                .collect::<Result<_, _>>()?,
            Update::Whole => (0..layout.slots.len() as u32).collect(),
        };
        if matches!(update, Update::Listed(_)) {
            // Keys stay in, to be compared with the row's.
            cells.retain(|(slot, _)| listed.contains(slot) || layout.keys.contains(slot));
        }
        let given: Vec<u32> = cells.iter().map(|(slot, _)| *slot).collect();
        for slot in listed {
            if !given.contains(&slot) && !layout.keys.contains(&slot) {
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
        class: ClassRef<'_>,
        store: &mut Store,
        address: RowAddress,
    ) -> Result<(), EngineError> {
        let Some((_, chunk)) = store.row(address) else { return Ok(()) };
        let chunk = chunk.clone();
        let row = address.row();
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
        let kept: Vec<(u32, ValueView<'_>)> =
            chunk.cells(row).filter(|(slot, _)| !changed(*slot)).collect();
        let new = check::views(&self.cells).filter(|(slot, _)| !self.layout.keys.contains(slot));
        let qualifiers = match (&self.qualifiers, self.whole) {
            (None, false) => chunk.qualifiers(row),
            (given, _) => given.as_ref(),
        };
        let cells = kept.iter().copied().chain(new);
        store.replace(address, &Target::of(class), cells, qualifiers);
        Ok(())
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

    /// The second half of a put; the instance's path.
    pub(super) fn apply(
        &self,
        namespace: &Namespace,
        schema: &Schema,
        store: &mut Store,
    ) -> Result<ObjectPath, EngineError> {
        let path = self.row.path();
        if let Some((place, changes)) = &self.update {
            let there = place.locate(namespace, schema, store);
            // An instance of a subclass with the same key is another object.
            let id = self.row.class.def().id;
            let own = there.filter(|a| store.row(*a).is_some_and(|(class, _)| class == id));
            if let Some(address) = own {
                changes.apply(self.row.class, store, address)?;
                return Ok(path);
            }
            if self.mode == PutMode::UpdateOnly {
                return Err(EngineError::InstanceNotFound { path: Box::new(path) });
            }
        }
        self.row.insert(namespace, schema, store)?;
        Ok(path)
    }
}
