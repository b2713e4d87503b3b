//! Namespaces as instances (MS-WMI 3.1.4.3.12, 3.1.4.3.14; WMI SDK, "Creating hierarchies
//! within WMI").
//!
//! In WMI a namespace is an instance of `__NAMESPACE` in the namespace above it: whoever
//! creates the one creates the other. The instance is a row like any other, so that reads
//! and queries need to know nothing; only what creates and deletes does:
//!
//! * creating an instance of `__NAMESPACE` creates the namespace that
//!   [`Session::namespace_to_create`] names, which announces itself;
//! * deleting one deletes the namespace that [`Session::namespace_at`] names, which
//!   withdraws itself;
//! * a namespace that is created or deleted otherwise does the same: [`announce`],
//!   [`withdraw`].

use super::path::BoundPath;
use super::write::Put;
use super::{PutMode, Session, Update};
use crate::check::Checker;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::repository::Repository;
use cimarron_model::{CimType, Dialect, Instance, Keys, Name, ObjectPath, Value};
use std::sync::Arc;

/// The class whose instances are namespaces.
const CLASS: &str = "__NAMESPACE";

impl Session {
    /// The namespace that comes to be with an instance; `None` for instances that are
    /// just that.
    ///
    /// # Errors
    /// When the instance names no namespace right below this one.
    pub(super) fn namespace_to_create(
        &self,
        instance: &Instance,
    ) -> Result<Option<Name>, EngineError> {
        if self.dialect() != Dialect::Wmi || !instance.class.is(CLASS) {
            return Ok(None);
        }
        let name = instance.get("Name").and_then(Value::as_str).unwrap_or_default();
        if !is_part(name) {
            return Err(EngineError::InvalidNamespaceName { name: name.to_owned() });
        }
        Ok(Some(self.child(name)))
    }

    /// The namespace that goes when the instance at a path does.
    pub(super) fn namespace_at(&self, path: &ObjectPath) -> Option<Name> {
        let is_one = self.dialect() == Dialect::Wmi
            && path.class.as_ref().is_some_and(|class| class.is(CLASS));
        let key = path.key("Name").filter(|_| is_one && path.keys.len() == 1)?;
        let name = key.bind(CimType::String).ok()?;
        name.as_str().filter(|name| is_part(name)).map(|name| self.child(name))
    }

    fn child(&self, name: &str) -> Name {
        Name::new(format!("{}/{name}", self.namespace()))
    }
}

/// Puts the instance of a new namespace into the one above, if that is WMI's.
pub(crate) fn announce(repository: &Repository, name: &Name) -> Result<(), EngineError> {
    let Some((above, leaf)) = above(repository, name) else { return Ok(()) };
    let instance = Instance::new(CLASS).with("Name", leaf);
    loop {
        let schema = above.schema();
        let checker = Checker {
            schema: &schema,
            dialect: above.dialect,
            location: &above.location,
            limits: repository.limits(),
        };
        let put = Put::prepare(checker, &instance, PutMode::CreateOrUpdate, &Update::Given)?;
        if let Some(mut store) = above.write_under(&schema)? {
            return put.apply(&above, &schema, &mut store).map(drop);
        }
    }
}

/// Takes the instance of a deleted namespace out of the one above, if it is there.
pub(crate) fn withdraw(repository: &Repository, name: &Name) -> Result<(), EngineError> {
    let Some((above, leaf)) = above(repository, name) else { return Ok(()) };
    let path = ObjectPath::of_instance(CLASS, Keys::Unnamed(leaf.into()));
    loop {
        let schema = above.schema();
        let bound = BoundPath::bind(&schema, &above.location, &path)?;
        let Some(mut store) = above.write_under(&schema)? else { continue };
        if let Some(address) = bound.locate(&above, &schema, &store) {
            store.delete(address, bound.class.key_root());
        }
        return Ok(());
    }
}

/// The namespace above, when it holds namespaces as instances, and the last part of the
/// name.
fn above<'n>(repository: &Repository, name: &'n Name) -> Option<(Arc<Namespace>, &'n str)> {
    let (above, leaf) = name.as_str().rsplit_once('/')?;
    let above = repository.open(above).ok()?;
    (above.dialect == Dialect::Wmi).then_some((above, leaf))
}

/// Whether a text is one part of a namespace's name.
fn is_part(name: &str) -> bool {
    !name.contains(['/', '\\']) && crate::namespace::normalise(name).is_ok()
}
