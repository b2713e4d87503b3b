//! Namespaces as instances.
//!
//! In WMI a namespace is an instance of `__NAMESPACE` in the namespace above it (MS-WMI
//! 3.1.4.3.12, 3.1.4.3.14; WMI SDK, "Creating hierarchies within WMI"). In DMTF's world
//! all namespaces are instances of `CIM_Namespace` in an interop namespace that has that
//! class; its name is that of the whole namespace. Whoever creates the instance creates
//! the namespace, and the other way round.
//!
//! The instances are rows like any other, so that reads and queries need to know nothing;
//! only what creates and deletes does:
//!
//! * creating such an instance creates the namespace, which announces itself
//!   ([`Session::create_as_namespace`]);
//! * deleting one deletes the namespace, which withdraws itself
//!   ([`Session::delete_as_namespace`]);
//! * a namespace that is created or deleted otherwise does the same: [`announce`],
//!   [`withdraw`], all in one commit;
//! * an interop namespace that gets its class late catches up: [`populate`].

use super::path::BoundPath;
use super::write::{Desk, Put, delete_row};
use super::{PutMode, Session, Update};
use crate::check::Checker;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::namespace_name::normalise;
use crate::repository::Repository;
use crate::schema::Schema;
use crate::store::{Seen, Transaction};
use cimarron_model::{CimType, Dialect, Instance, Keys, Name, ObjectPath, Value};
use cimarron_mof::{Deletion, DeletionTarget};
use std::sync::Arc;

/// WMI's class whose instances are namespaces.
const WMI_CLASS: &str = "__NAMESPACE";

/// DMTF's.
const DMTF_CLASS: &str = "CIM_Namespace";

/// What an interop namespace is called (DSP1033 has the first two, OpenPegasus the last).
const INTEROP: [&str; 3] = ["interop", "root/interop", "root/PG_InterOp"];

/// The keys of a `CIM_Namespace` but its name and its system's.
const DMTF_KEYS: [(&str, &str); 4] = [
    ("SystemCreationClassName", "CIM_ComputerSystem"),
    ("ObjectManagerCreationClassName", "CIM_ObjectManager"),
    ("ObjectManagerName", "Cimarron"),
    ("CreationClassName", DMTF_CLASS),
];

/// The namespace that goes when the instance at a path does.
pub(super) fn namespace_at(holder: &Namespace, path: &ObjectPath) -> Option<Name> {
    let class = path.class.as_ref()?;
    let key = path.key("Name").filter(|_| stands_for_namespace(holder, class))?;
    named(holder, key.bind(CimType::String).ok()?.as_str()?)
}

/// The namespace that comes to be with an instance; `None` for instances that are just that.
///
/// # Errors
/// When the instance names no namespace that could be.
pub(super) fn namespace_of(
    holder: &Namespace,
    instance: &Instance,
) -> Result<Option<Name>, EngineError> {
    if !stands_for_namespace(holder, &instance.class) {
        return Ok(None);
    }
    let text = instance.get("Name").and_then(Value::as_str).unwrap_or_default();
    match named(holder, text) {
        Some(name) => Ok(Some(name)),
        None => Err(EngineError::InvalidNamespaceName { name: text.to_owned() }),
    }
}

/// The namespace that an instance of this name stands for.
fn named(holder: &Namespace, name: &str) -> Option<Name> {
    match holder.dialect {
        Dialect::Dmtf => normalise(name).ok(),
        Dialect::Wmi => {
            let is_part = !name.contains(['/', '\\']) && normalise(name).is_ok();
            is_part.then(|| Name::new(format!("{}/{name}", holder.name)))
        }
    }
}

impl Session {
    /// Creates the namespace that an instance stands for, and with it the instance;
    /// whether the instance stands for one that was not there.
    pub(super) fn create_as_namespace(&self, instance: &Instance) -> Result<bool, EngineError> {
        let Some(name) = namespace_of(&self.namespace, instance)? else { return Ok(false) };
        match self.repository().create_namespace(name.as_str(), self.dialect()) {
            Ok(()) => Ok(true),
            Err(EngineError::NamespaceExists { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Deletes the namespace that the instance at a path stands for, and with it the
    /// instance; whether it stood for one.
    pub(super) fn delete_as_namespace(&self, path: &ObjectPath) -> Result<bool, EngineError> {
        let Some(name) = namespace_at(&self.namespace, path) else { return Ok(false) };
        match self.repository().delete_namespace(name.as_str()) {
            Ok(()) => Ok(true),
            Err(EngineError::NoSuchNamespace { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Session {
    /// Creates the namespace that an instance stands for, which is being put there.
    pub(super) fn create_namespace_of<'r>(
        &'r self,
        transaction: &mut Transaction<'r>,
        instance: &Instance,
    ) -> Result<(), EngineError> {
        let Some(name) = namespace_of(&self.namespace, instance)? else { return Ok(()) };
        let name = self.repository().legal(name.as_str())?;
        self.repository().create_in(transaction, &name, self.dialect()).map(drop)
    }

    /// Deletes the namespace that an instance stood for, which is being deleted.
    pub(super) fn delete_namespace_of<'r>(
        &'r self,
        transaction: &mut Transaction<'r>,
        path: &ObjectPath,
    ) -> Result<(), EngineError> {
        let Some(name) = namespace_at(&self.namespace, path) else { return Ok(()) };
        self.repository().delete_in(transaction, &name).map(drop)
    }

    /// Deletes the namespaces whose instances a text deletes, before anything goes into new
    /// ones of the same names.
    pub(super) fn delete_namespaces_of<'r>(
        &'r self,
        transaction: &mut Transaction<'r>,
        deletions: &[Deletion],
    ) -> Result<(), EngineError> {
        for deletion in deletions {
            let DeletionTarget::Instance(path) = &deletion.target else { continue };
            let Some(holder) = self.repository().current(&deletion.namespace) else { continue };
            let Some(name) = namespace_at(&holder, path) else { continue };
            if !self.repository().delete_in(transaction, &name)? && deletion.must_exist {
                return Err(EngineError::InstanceNotFound { path: Box::new(path.clone()) });
            }
        }
        Ok(())
    }
}

/// Whether instances of a class are namespaces where they are.
pub(super) fn stands_for_namespace(namespace: &Namespace, class: &Name) -> bool {
    match namespace.dialect {
        Dialect::Wmi => class.is(WMI_CLASS),
        Dialect::Dmtf => class.is(DMTF_CLASS) && is_interop(namespace),
    }
}

fn is_interop(namespace: &Namespace) -> bool {
    INTEROP.iter().any(|name| namespace.name.is(name))
}

/// Puts the instances of a new namespace where they belong.
pub(crate) fn announce(
    repository: &Repository,
    transaction: &mut Transaction<'_>,
    name: &Name,
) -> Result<(), EngineError> {
    let holders = holders(repository, transaction, name);
    holders.iter().try_for_each(|holder| put(repository, transaction, holder, name))
}

/// Takes the instances of a deleted namespace away, where they are.
pub(crate) fn withdraw(
    repository: &Repository,
    transaction: &mut Transaction<'_>,
    name: &Name,
) -> Result<(), EngineError> {
    let holders = holders(repository, transaction, name);
    holders.iter().try_for_each(|holder| remove(repository, transaction, holder, name))
}

/// Puts the instances of all namespaces into an interop namespace that has the class for
/// them; does nothing elsewhere.
pub(crate) fn populate(
    repository: &Repository,
    transaction: &mut Transaction<'_>,
    namespace: &Namespace,
) -> Result<(), EngineError> {
    let is_holder = namespace.dialect == Dialect::Dmtf && is_interop(namespace);
    if !is_holder || !has_dmtf_class(transaction, namespace) {
        return Ok(());
    }
    let all = repository.all_current();
    all.iter().try_for_each(|other| put(repository, transaction, namespace, &other.name))
}

fn has_dmtf_class(transaction: &Transaction<'_>, namespace: &Namespace) -> bool {
    transaction.root(&namespace.store).schema.class(DMTF_CLASS).is_some()
}

/// The namespaces that hold a namespace as an instance.
fn holders(
    repository: &Repository,
    transaction: &Transaction<'_>,
    name: &Name,
) -> Vec<Arc<Namespace>> {
    let current = |name: &str| repository.current(&Name::new(name));
    let above = name.as_str().rsplit_once('/').and_then(|(above, _)| current(above));
    let above = above.filter(|above| above.dialect == Dialect::Wmi);
    let interop = INTEROP
        .into_iter()
        .filter_map(current)
        .filter(|interop| interop.dialect == Dialect::Dmtf && has_dmtf_class(transaction, interop));
    above.into_iter().chain(interop).collect()
}

/// The instance that stands for a namespace in one that holds it.
fn instance_of(
    repository: &Repository,
    schema: &Schema,
    holder: &Namespace,
    name: &Name,
) -> Instance {
    let leaf = name.as_str().rsplit_once('/').map_or(name.as_str(), |(_, leaf)| leaf);
    if holder.dialect == Dialect::Wmi {
        return Instance::new(WMI_CLASS).with("Name", leaf);
    }
    let mut instance = Instance::new(DMTF_CLASS)
        .with("SystemName", repository.server_name())
        .with("Name", name.as_str());
    for (key, value) in DMTF_KEYS {
        instance.set(key, value);
    }
    // Schemas of one's own may have fewer keys.
    let layout = schema.class(DMTF_CLASS).map(|class| class.layout().clone());
    let unknown: Vec<Name> = instance
        .properties()
        .map(|(name, _)| name.clone())
        .filter(|name| layout.as_ref().is_some_and(|l| l.find(name.as_str()).is_none()))
        .collect();
    for name in unknown {
        instance.remove(name.as_str());
    }
    instance
}

fn put(
    repository: &Repository,
    transaction: &mut Transaction<'_>,
    holder: &Namespace,
    name: &Name,
) -> Result<(), EngineError> {
    let root = transaction.root(&holder.store);
    let instance = instance_of(repository, &root.schema, holder, name);
    let checker = Checker {
        schema: &root.schema,
        dialect: holder.dialect,
        location: &holder.location,
        limits: repository.limits(),
    };
    let (how, mut desk) = ((PutMode::CreateOnly, &Update::Given), Desk::default());
    let put = Put::prepare(checker, &instance, how, &mut desk)?;
    match put.apply(holder, &root, transaction) {
        // Whoever put it there creates the namespace by it.
        Ok(_) | Err(EngineError::InstanceExists { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn remove(
    repository: &Repository,
    transaction: &mut Transaction<'_>,
    holder: &Namespace,
    name: &Name,
) -> Result<(), EngineError> {
    let root = transaction.root(&holder.store);
    let instance = instance_of(repository, &root.schema, holder, name);
    let keys = instance.properties().filter_map(|(n, p)| Some((n.clone(), p.value.as_str()?)));
    let path = ObjectPath::of_instance(instance.class.clone(), keys.collect::<Keys>());
    let bound = BoundPath::bind(&root.schema, &holder.location, &path)?;
    if let Some(found) = bound.locate(holder, &root, Seen::Current) {
        delete_row(holder, &root, transaction, &found);
    }
    Ok(())
}
