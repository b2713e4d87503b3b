//! Deleting what a text asks to delete, and taking rows over to a changed class.
//!
//! Both happen while an archive is loaded, under the lock that the load holds and against
//! a store that it puts back when anything fails.

use super::path::BoundPath;
use super::query::QueryResult;
use super::write::NewRow;
use super::{Session, UpdateMode};
use crate::check::Checker;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::{SchemaWriter, find_class};
use crate::schema::{ClassId, Schema};
use crate::store::Snapshot;
use cimarron_model::{Instance, Name, ObjectPath};
use cimarron_mof::{Deletion, DeletionTarget};
use std::sync::Arc;

/// Follows deletions; the schema without the classes that went.
pub(super) fn delete<'d>(
    writer: &mut SchemaWriter<'_>,
    mut schema: Arc<Schema>,
    deletions: impl Iterator<Item = &'d Deletion>,
) -> Result<Arc<Schema>, EngineError> {
    for deletion in deletions {
        match &deletion.target {
            DeletionTarget::Class(name) => {
                schema = delete_class(writer, &schema, name, deletion.must_exist)?;
            }
            DeletionTarget::Instance(path) => {
                delete_instance(writer, &schema, path, deletion.must_exist)?;
            }
        }
    }
    Ok(schema)
}

fn delete_class(
    writer: &mut SchemaWriter<'_>,
    schema: &Arc<Schema>,
    name: &Name,
    must_exist: bool,
) -> Result<Arc<Schema>, EngineError> {
    let class = match find_class(schema, name.as_str()) {
        Ok(class) => class,
        Err(error) if must_exist => return Err(error),
        Err(_) => return Ok(schema.clone()),
    };
    let mut gone: Vec<ClassId> = Vec::new();
    for below in class.subtree() {
        writer.store.clear_class(below.def().id, below.key_root());
        gone.push(below.def().id);
    }
    Ok(Arc::new(schema.without(&gone)))
}

fn delete_instance(
    writer: &mut SchemaWriter<'_>,
    schema: &Schema,
    path: &ObjectPath,
    must_exist: bool,
) -> Result<(), EngineError> {
    let missing = || EngineError::InstanceNotFound { path: Box::new(path.clone()) };
    let bound = match BoundPath::bind(schema, &writer.namespace.location, path) {
        Ok(bound) => bound,
        Err(error) if must_exist => return Err(error),
        Err(_) => return Ok(()),
    };
    match bound.locate(writer.namespace, schema, &writer.store) {
        Some(address) => writer.store.delete(address, bound.class.key_root()),
        None if must_exist => return Err(missing()),
        None => {}
    }
    Ok(())
}

/// Writes the rows of changed classes again, as their new definitions have them.
pub(super) fn move_rows(
    session: &Session,
    context: &CallContext,
    writer: &mut SchemaWriter<'_>,
    (old, new): (&Arc<Schema>, &Schema),
    changed: &[(ClassId, UpdateMode)],
) -> Result<(), EngineError> {
    let mut rows: Vec<(Instance, UpdateMode)> = Vec::new();
    for (id, mode) in changed {
        let Some(class) = old.by_id(*id).filter(|_| writer.store.has_instances(*id)) else {
            continue;
        };
        let chunks = writer.store.freeze(std::iter::once(class));
        let location = writer.namespace.location.clone();
        let snapshot = Snapshot { schema: old.clone(), location, chunks };
        let all = QueryResult::whole(session, context, snapshot, class.name().clone());
        for row in all.rows() {
            rows.push((row?.to_instance(), *mode));
        }
        drop(all);
        writer.store.clear_class(*id, class.key_root());
    }
    let checker = Checker {
        schema: new,
        dialect: writer.namespace.dialect,
        location: &writer.namespace.location,
        limits: session.repository().limits(),
    };
    for (mut instance, mode) in rows {
        fit(checker, &mut instance, mode)?;
        let row = NewRow::prepare(checker, &instance)
            .map_err(|_| EngineError::ClassHasInstances { class: instance.class.clone() })?;
        row.insert(writer.namespace, new, &mut writer.store)?;
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
