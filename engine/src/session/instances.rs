//! Operations on instances (DSP0200 5.4.2, MS-WMI 3.1.4.3).

use super::instance_options::InstanceOptions;
use super::path::BoundPath;
use super::query::QueryResult;
use super::write::{Changes, Desk, NewRow, Put, delete_row};
use super::{Depth, Operation, PropertyList, PutMode, Session, Update};
use crate::check::{self, Checker};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::{Namespace, class};
use crate::owned::{instance_of, path_of_row};
use crate::schema::{ClassRef, Layout};
use crate::store::{Found, Root, Seen, Snapshot, Transaction};
use cimarron_model::{Dialect, Instance, Name, ObjectPath};

impl Session {
    /// Creates an instance. Properties that are not given get their defaults.
    ///
    /// Returns its path within the namespace.
    ///
    /// # Errors
    /// When the class is unknown, abstract or keyless, a property is unknown or
    /// does not take its value, a key is missing, or the key is taken.
    pub fn create_instance(
        &self,
        context: &CallContext,
        instance: &Instance,
    ) -> Result<ObjectPath, EngineError> {
        let namespace = self.enter(context, Operation::WriteInstances, instance.class.as_str())?;
        loop {
            let root = namespace.root();
            let mut desk = Desk::default();
            let row = NewRow::prepare(self.checker(&root.schema), instance, &mut desk)?;
            row.expect(namespace, &root);
            if self.create_as_namespace(instance)? {
                return Ok(row.path());
            }
            if let Some((mut transaction, root)) = namespace.begin_under(&root.schema)? {
                row.insert(namespace, &root, &mut transaction)?;
                transaction.commit(&self.caller)?;
                return Ok(row.path());
            }
        }
    }

    /// Reads an instance.
    ///
    /// In `Wmi` the path may name any class above the instance's, in `Dmtf` it
    /// names the creation class.
    ///
    /// # Errors
    /// When the path is wrong or there is no such instance.
    pub fn get_instance(
        &self,
        context: &CallContext,
        path: &ObjectPath,
        properties: &PropertyList,
    ) -> Result<Instance, EngineError> {
        let reading = self.read(context, Operation::ReadInstances, class_text(path))?;
        let namespace = reading.namespace;
        let found = reading.look(|root, seen| {
            let bound = BoundPath::bind(&root.schema, &namespace.location, path)?;
            Ok(bound.locate(namespace, root, seen))
        })?;
        let Found { chunk, row } = found.ok_or_else(|| not_found(path))?;
        let layout = chunk.layout();
        let slots = match properties {
            PropertyList::All => (0..layout.slots.len() as u32).collect(),
            PropertyList::Names(names) => self.slots(layout, names)?,
        };
        Ok(instance_of(&chunk, row, slots.into_iter()))
    }

    /// The slots of the properties that a read asks for.
    fn slots(&self, layout: &Layout, names: &[Name]) -> Result<Vec<u32>, EngineError> {
        let mut slots = Vec::with_capacity(names.len());
        for name in names {
            match (layout.find(name.as_str()), self.dialect()) {
                (Some((slot, _)), _) => slots.push(slot),
                (None, Dialect::Dmtf) => {}
                (None, Dialect::Wmi) => return Err(check::no_such_property(layout, name)),
            }
        }
        Ok(slots)
    }

    /// Changes properties of an instance.
    ///
    /// # Errors
    /// When the path is wrong, there is no such instance, a property does not
    /// take its value, or a key would change.
    pub fn modify_instance(
        &self,
        context: &CallContext,
        path: &ObjectPath,
        instance: &Instance,
        update: &Update,
    ) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::WriteInstances, class_text(path))?;
        loop {
            let schema = namespace.schema();
            let bound = BoundPath::bind(&schema, &namespace.location, path)?;
            // The row's own class decides which properties there are, and it is
            // known only by looking.
            let found = namespace.look(|root, seen| Ok(bound.locate(namespace, root, seen)))?;
            let found = found.ok_or_else(|| not_found(path))?;
            let Some(own) = schema.by_id(found.class()) else { continue };
            check_class_named(own, instance)?;
            let changes = Changes::prepare(self.checker(&schema), own.layout(), instance, update)?;
            let Some((mut transaction, root)) = namespace.begin_under(&schema)? else { continue };
            let Some(found) = bound.locate(namespace, &root, Seen::Current) else {
                return Err(not_found(path));
            };
            if found.class() == own.def().id {
                changes.apply(namespace, &root, &mut transaction, &found)?;
                transaction.commit(&self.caller)?;
                return Ok(());
            }
        }
    }

    /// Creates or changes an instance, as `mode` says; returns its path within the
    /// namespace.
    ///
    /// # Errors
    /// As creating and modifying.
    pub fn put_instance(
        &self,
        context: &CallContext,
        instance: &Instance,
        mode: PutMode,
        update: &Update,
    ) -> Result<ObjectPath, EngineError> {
        let namespace = self.enter(context, Operation::WriteInstances, instance.class.as_str())?;
        loop {
            let schema = namespace.schema();
            let (checker, mut desk) = (self.checker(&schema), Desk::default());
            let put = Put::prepare(checker, instance, (mode, update), &mut desk)?;
            if mode != PutMode::UpdateOnly && self.create_as_namespace(instance)? {
                return Ok(put.path());
            }
            if let Some((mut transaction, root)) = namespace.begin_under(&schema)? {
                let path = put.apply(namespace, &root, &mut transaction)?;
                transaction.commit(&self.caller)?;
                return Ok(path);
            }
        }
    }

    /// Deletes an instance.
    ///
    /// # Errors
    /// When the path is wrong or there is no such instance.
    pub fn delete_instance(
        &self,
        context: &CallContext,
        path: &ObjectPath,
    ) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::WriteInstances, class_text(path))?;
        loop {
            let schema = namespace.schema();
            let bound = BoundPath::bind(&schema, &namespace.location, path)?;
            if self.delete_as_namespace(path)? {
                return Ok(());
            }
            let Some((mut transaction, root)) = namespace.begin_under(&schema)? else { continue };
            let found = bound.locate(namespace, &root, Seen::Current);
            let found = found.ok_or_else(|| not_found(path))?;
            delete_row(namespace, &root, &mut transaction, &found);
            transaction.commit(&self.caller)?;
            return Ok(());
        }
    }

    /// The instances of a class, as they are now.
    ///
    /// # Errors
    /// When the class is unknown.
    pub fn enumerate_instances(
        &self,
        context: &CallContext,
        class_name: &str,
        depth: Depth,
    ) -> Result<QueryResult, EngineError> {
        self.enumerate_instances_with(context, class_name, depth, &InstanceOptions::default())
    }

    /// The instances of a class, as they are now, with some of their properties.
    ///
    /// # Errors
    /// When the class is unknown.
    pub fn enumerate_instances_with(
        &self,
        context: &CallContext,
        class_name: &str,
        depth: Depth,
        options: &InstanceOptions,
    ) -> Result<QueryResult, EngineError> {
        let reading = self.read(context, Operation::ReadInstances, class_name)?;
        let view = reading.view();
        let class = class(view.schema(), class_name)?;
        let chunks = match depth {
            Depth::Deep => view.freeze(class.subtree())?,
            Depth::Shallow => view.freeze(std::iter::once(class))?,
        };
        let snapshot = Snapshot::of(chunks);
        let choice = options.choice(class.layout());
        let shown = (view.schema(), snapshot);
        Ok(QueryResult::chosen(self, context, shown, class.name().clone(), choice))
    }

    /// The paths of a class's instances within the namespace.
    ///
    /// # Errors
    /// When the class is unknown, or the call is cancelled or late.
    pub fn enumerate_instance_names(
        &self,
        context: &CallContext,
        class: &str,
        depth: Depth,
    ) -> Result<Vec<ObjectPath>, EngineError> {
        let result = self.enumerate_instances(context, class, depth)?;
        result.rows().map(|row| row.map(|r| path_of_row(r.chunk(), r.position()))).collect()
    }
}

/// Changes a row that was found.
pub(super) fn modify_row(
    checker: Checker<'_>,
    (namespace, root): (&Namespace, &Root),
    transaction: &mut Transaction<'_>,
    found: &Found,
    (instance, update): (&Instance, &Update),
) -> Result<(), EngineError> {
    let layout = found.chunk.layout();
    let Some(own) = root.schema.by_id(found.class()) else {
        return Err(EngineError::ClassChanged { class: layout.class.clone() });
    };
    check_class_named(own, instance)?;
    let changes = Changes::prepare(checker, own.layout(), instance, update)?;
    changes.apply(namespace, root, transaction, found)
}

fn class_text(path: &ObjectPath) -> &str {
    path.class.as_ref().map_or("", Name::as_str)
}

/// There is no instance at a path.
pub(super) fn not_found(path: &ObjectPath) -> EngineError {
    EngineError::InstanceNotFound { path: Box::new(path.clone()) }
}

/// An instance that modifies another may say its class or one above; any other
/// class is a mistake.
fn check_class_named(own: ClassRef<'_>, instance: &Instance) -> Result<(), EngineError> {
    let mut lineage = std::iter::successors(Some(own), |c| c.parent());
    let named = &instance.class;
    if named.as_str().is_empty() || lineage.any(|c| c.name() == named) {
        return Ok(());
    }
    let problem = format!("is not an instance of `{named}`");
    Err(EngineError::InvalidPath {
        path: Box::new(ObjectPath::of_class(own.name().clone())),
        problem,
    })
}
