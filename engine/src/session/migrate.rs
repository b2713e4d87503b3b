//! Deleting what a text asks to delete, and taking rows over to a changed class.
//!
//! Both happen while an archive is loaded, in the transaction of the load.

use super::namespaces::stands_for_namespace;
use super::path::BoundPath;
use super::write::{Desk, NewRow, delete_row};
use super::{Session, UpdateMode};
use crate::check::Checker;
use crate::error::EngineError;
use crate::limits::Limits;
use crate::namespace::{Namespace, NamespaceWriter, find_class};
use crate::owned::instance_of;
use crate::schema::slot_map::{SlotMap, Source};
use crate::schema::{ClassId, ClassRef, Layout, Schema, Slot};
use crate::store::{Migration, Root, Seen, Transaction, can_take, loses_values};
use cimarron_model::{CimType, Instance, Name, ObjectPath, Value};
use cimarron_mof::{Deletion, DeletionTarget};
use std::sync::Arc;

/// Follows deletions.
pub(super) fn delete<'d>(
    writer: &mut NamespaceWriter<'_, '_, '_>,
    deletions: impl Iterator<Item = &'d Deletion>,
) -> Result<(), EngineError> {
    for deletion in deletions {
        match &deletion.target {
            DeletionTarget::Class(name) => delete_class(writer, name, deletion.must_exist)?,
            // Those that stand for namespaces went with these.
            DeletionTarget::Instance(path) if is_namespace(writer, path) => {}
            DeletionTarget::Instance(path) => delete_instance(writer, path, deletion.must_exist)?,
        }
    }
    Ok(())
}

fn is_namespace(writer: &NamespaceWriter<'_, '_, '_>, path: &ObjectPath) -> bool {
    path.class.as_ref().is_some_and(|class| stands_for_namespace(writer.namespace, class))
}

fn delete_class(
    writer: &mut NamespaceWriter<'_, '_, '_>,
    name: &Name,
    must_exist: bool,
) -> Result<(), EngineError> {
    let schema = writer.schema();
    match find_class(&schema, name.as_str()) {
        Ok(class) => delete_subtree(writer, class),
        Err(error) if must_exist => return Err(error),
        Err(_) => {}
    }
    Ok(())
}

/// Deletes a class with all below it and all their instances.
pub(super) fn delete_subtree(writer: &mut NamespaceWriter<'_, '_, '_>, class: ClassRef<'_>) {
    let gone: Vec<ClassId> = class.subtree().map(|below| below.def().id).collect();
    for id in &gone {
        writer.clear_class(*id);
    }
    let schema = writer.schema().without(&gone);
    writer.set_schema(Arc::new(schema));
}

fn delete_instance(
    writer: &mut NamespaceWriter<'_, '_, '_>,
    path: &ObjectPath,
    must_exist: bool,
) -> Result<(), EngineError> {
    let missing = || EngineError::InstanceNotFound { path: Box::new(path.clone()) };
    let root = writer.root();
    let bound = match BoundPath::bind(&root.schema, &writer.namespace.location, path) {
        Ok(bound) => bound,
        Err(error) if must_exist => return Err(error),
        Err(_) => return Ok(()),
    };
    match bound.locate(writer.namespace, &root, Seen::Current) {
        Some(found) => delete_row(writer.namespace, &root, writer.transaction, &found),
        None if must_exist => return Err(missing()),
        None => {}
    }
    Ok(())
}

/// Makes a schema current and takes the rows of changed classes over: as they are, where
/// every old row is one of the new class, and else written again one by one. The classes
/// whose rows do not fit, each with one reason; where there are some, or in a trial, the
/// transaction may not be committed.
pub(super) fn move_rows(
    session: &Session,
    writer: &mut NamespaceWriter<'_, '_, '_>,
    new: &Arc<Schema>,
    changed: &[(ClassId, UpdateMode)],
    is_trial: bool,
) -> Result<Vec<(Name, EngineError)>, EngineError> {
    let before = writer.root();
    let namespace = writer.namespace;
    let limits = session.repository().limits();
    let location = &namespace.location;
    let checker = Checker { schema: new, dialect: namespace.dialect, location, limits };
    let mut rows: Vec<(Instance, UpdateMode)> = Vec::new();
    let mut taken: Vec<(ClassId, SlotMap)> = Vec::new();
    let mut unfit: Vec<(Name, EngineError)> = Vec::new();
    for (id, mode) in changed {
        let Some(table) = before.table(*id) else { continue };
        let map = slot_map((&before.schema, new), *id);
        let is_lossless = |map: &SlotMap| {
            let may_lose = *mode == UpdateMode::Force;
            can_take(table) && (may_lose || !loses_values(table, map))
        };
        if let Some(map) = map.filter(is_lossless) {
            taken.push((*id, map));
            continue;
        }
        for chunk in table.all_chunks().iter() {
            let current = (0..chunk.len()).filter(|row| chunk.is_current(*row));
            let slots = 0..chunk.layout().slots.len() as u32;
            rows.extend(current.map(|row| (instance_of(chunk, row, slots.clone()), *mode)));
        }
        if is_trial {
            continue;
        }
        writer.transaction.set_moving(true);
        writer.clear_class(*id);
        writer.transaction.set_moving(false);
    }
    let root = if is_trial { before.clone() } else { writer.set_schema(new.clone()) };
    for (id, map) in taken.into_iter().filter(|_| !is_trial) {
        let taken = take_over((namespace, limits), writer.transaction, (&before, &root), id, &map);
        if let (Err(error), Some(class)) = (taken, root.schema.by_id(id)) {
            unfit.push((class.name().clone(), error));
        }
    }
    writer.transaction.set_moving(true);
    for (mut instance, mode) in rows {
        // Rows stand class by class.
        if unfit.last().is_some_and(|(class, _)| *class == instance.class) {
            continue;
        }
        fit(checker, &mut instance, mode);
        let mut desk = Desk::default();
        let row = NewRow::prepare(checker, &instance, &mut desk)
            .map_err(|_| EngineError::ClassHasInstances { class: instance.class.clone() });
        let moved = row.and_then(|row| match is_trial {
            true => Ok(()),
            false => row.insert(namespace, &root, writer.transaction),
        });
        if let Err(error) = moved {
            unfit.push((instance.class.clone(), error));
        }
    }
    writer.transaction.set_moving(false);
    Ok(unfit)
}

/// Takes the rows of a class over as they are.
pub(crate) fn take_over(
    (namespace, limits): (&Namespace, &Limits),
    transaction: &mut Transaction<'_>,
    (before, root): (&Root, &Root),
    id: ClassId,
    map: &SlotMap,
) -> Result<(), EngineError> {
    let (Some(from), Some(to)) = (before.table(id), root.table(id)) else { return Ok(()) };
    let Some(class) = root.schema.by_id(id) else { return Ok(()) };
    let layout = class.layout();
    let checker = Checker {
        schema: &root.schema,
        dialect: namespace.dialect,
        location: &namespace.location,
        limits,
    };
    let defaults = new_defaults(checker, layout, map)?;
    let migration = Migration { layout, map, defaults: &defaults };
    transaction.migrate(&namespace.store, from, to, &migration);
    Ok(())
}

/// The map from the rows of a class to those of its next version, when they can stay as
/// they are.
pub(crate) fn slot_map((before, after): (&Schema, &Schema), id: ClassId) -> Option<SlotMap> {
    let (old, new) = (before.by_id(id)?, after.by_id(id)?);
    let map = SlotMap::of_class(old, new).ok()?;
    let (old, new) = (old.layout(), new.layout());
    let old_slot = |slot: &Slot| old.find(slot.name.as_str()).map(|(_, slot)| slot);
    // What the map does not tell: values that must be there, and texts that must be objects.
    let fits = new.slots.iter().all(|slot| {
        let before = old_slot(slot);
        let has_default = slot.default.as_ref().is_some_and(|default| !default.is_null());
        let has_value = before.map_or(has_default, Slot::is_required);
        let is_embedded = before.is_none_or(|before| before.embedded_text);
        (has_value || !slot.is_required()) && (is_embedded || !slot.embedded_text)
    });
    // Links lie beside the rows in the order of the references.
    let references = |layout: &Layout| -> Vec<Name> {
        let slots = layout.references.iter().filter_map(|number| layout.slot(*number));
        slots.map(|slot| slot.name.clone()).collect()
    };
    (fits && references(old) == references(new)).then_some(map)
}

/// The values of new properties that have a default.
fn new_defaults(
    checker: Checker<'_>,
    layout: &Layout,
    map: &SlotMap,
) -> Result<Vec<(u32, Value)>, EngineError> {
    let is_new = |number: &&u32| map.source(**number) == Source::Default;
    let value = |number: &u32| {
        let default = checker.default(layout, *number)?;
        let slot = layout.slot(*number);
        let (cim_type, is_array) =
            slot.map_or((CimType::String, false), |s| (s.cim_type, s.array.is_array()));
        Ok((*number, default.view().to_value(cim_type, is_array)))
    };
    layout.defaults.iter().filter(is_new).map(value).collect()
}

/// Takes the values out of an instance that its class does not take any more: those that
/// say nothing, and in force mode all of them.
fn fit(checker: Checker<'_>, instance: &mut Instance, mode: UpdateMode) {
    let Some(class) = checker.schema.class(instance.class.as_str()) else { return };
    let layout = class.layout();
    let mut misfits: Vec<Name> = Vec::new();
    for (name, property) in instance.properties() {
        if mode != UpdateMode::Force && !property.value.is_null() {
            continue;
        }
        let mut alone = Instance::new(instance.class.clone());
        alone.set(name.clone(), property.value.clone());
        if checker.given(layout, &alone).is_err() {
            misfits.push(name.clone());
        }
    }
    for name in misfits {
        instance.remove(name.as_str());
    }
}
