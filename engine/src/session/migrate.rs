//! Deleting what a text asks to delete, and taking rows over to a changed class.
//!
//! Both happen while an archive is loaded, in the transaction of the load.

use super::instances::delete_row;
use super::path::BoundPath;
use super::row::instance_of;
use super::write::NewRow;
use super::{Session, UpdateMode};
use crate::check::Checker;
use crate::error::EngineError;
use crate::namespace::{NamespaceWriter, find_class};
use crate::schema::{ClassId, ClassRef, Schema};
use crate::store::Seen;
use cimarron_model::{Instance, Name, ObjectPath};
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
            DeletionTarget::Instance(path) => delete_instance(writer, path, deletion.must_exist)?,
        }
    }
    Ok(())
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

/// Makes a schema current and writes the rows of changed classes again, as their new
/// definitions have them.
pub(super) fn move_rows(
    session: &Session,
    writer: &mut NamespaceWriter<'_, '_, '_>,
    new: Arc<Schema>,
    changed: &[(ClassId, UpdateMode)],
) -> Result<(), EngineError> {
    let before = writer.root();
    let mut rows: Vec<(Instance, UpdateMode)> = Vec::new();
    for (id, mode) in changed {
        let chunks = before.table(*id).map(|t| t.all_chunks()).unwrap_or_default();
        for chunk in chunks.iter() {
            let current = (0..chunk.len()).filter(|row| chunk.is_current(*row));
            let slots = 0..chunk.layout().slots.len() as u32;
            rows.extend(current.map(|row| (instance_of(chunk, row, slots.clone()), *mode)));
        }
        writer.clear_class(*id);
    }
    let root = writer.set_schema(new);
    let namespace = writer.namespace;
    let checker = session.checker(&root.schema);
    for (mut instance, mode) in rows {
        fit(checker, &mut instance, mode)?;
        let row = NewRow::prepare(checker, &instance)
            .map_err(|_| EngineError::ClassHasInstances { class: instance.class.clone() })?;
        row.insert(namespace, &root, writer.transaction)?;
    }
    Ok(())
}

/// Takes the values out of an instance that its class does not take any more: those that
/// say nothing, and in force mode all of them.
fn fit(checker: Checker<'_>, instance: &mut Instance, mode: UpdateMode) -> Result<(), EngineError> {
    let refused = EngineError::ClassHasInstances { class: instance.class.clone() };
    let Some(class) = checker.schema.class(instance.class.as_str()) else { return Err(refused) };
    let layout = class.layout();
    let mut misfits: Vec<(Name, bool)> = Vec::new();
    for (name, property) in instance.properties() {
        let mut alone = Instance::new(instance.class.clone());
        alone.set(name.clone(), property.value.clone());
        if checker.given(layout, &alone).is_err() {
            misfits.push((name.clone(), property.value.is_null()));
        }
    }
    for (name, empty) in misfits {
        if !empty && mode != UpdateMode::Force {
            return Err(refused);
        }
        instance.remove(name.as_str());
    }
    Ok(())
}
