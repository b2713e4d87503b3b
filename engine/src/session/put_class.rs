//! Creating and changing classes at run time (DSP0200 5.3.2.6, 5.3.2.8; MS-WMI
//! 3.1.4.3.6; WMI SDK, "IWbemServices::PutClass").
//!
//! A class is put as its local declaration: all of it, what it does not say is gone. The
//! classes below follow in the same commit, and so do the instances of all, as far as the
//! mode of the change goes; see [`crate::schema::update`].

use super::declare::declare;
use super::migrate::move_rows;
use super::{Operation, PutMode, Session};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::NamespaceWriter;
use crate::refused::{Refusals, Refused};
use crate::schema::Schema;
use crate::schema::install::{Installed, install};
use crate::schema::update::Policy;
use cimarron_model::{Class, Name};
use cimarron_mof::{Changes, Existence, UpdateFlags, UpdateMode};
use std::sync::Arc;

impl Session {
    /// Creates a class from its local declaration (DSP0200 CreateClass). Members and
    /// qualifiers that are marked as propagated are passed over.
    ///
    /// # Errors
    /// When the class is there already, its superclass is not, or the declaration
    /// breaks a rule.
    pub fn create_class(&self, context: &CallContext, class: &Class) -> Result<(), EngineError> {
        self.put_class(context, class, PutMode::CreateOnly, UpdateMode::default())
    }

    /// Changes a class to what the declaration says (DSP0200 ModifyClass). Subclasses and
    /// instances follow.
    ///
    /// # Errors
    /// When the class is not there, its superclass would be another, the declaration
    /// breaks a rule, or a subclass or an instance does not fit the changed class.
    pub fn modify_class(&self, context: &CallContext, class: &Class) -> Result<(), EngineError> {
        self.put_class(context, class, PutMode::UpdateOnly, UpdateMode::Safe)
    }

    /// Creates or changes a class (MS-WMI PutClass). `update` says how far the change of a
    /// class may go that is in use:
    ///
    /// * compatible: without subclasses and instances anything may change; else only
    ///   qualifiers that are notes, such as `Description`. In `Dmtf` this is as safe.
    /// * safe: whatever no subclass and no instance conflicts with;
    /// * force: qualifiers of subclasses that conflict are dropped, and so are values of
    ///   instances that fit no more.
    ///
    /// # Errors
    /// When `mode` does not allow what is there, the declaration breaks a rule, or
    /// `update` does not allow the change.
    pub fn put_class(
        &self,
        context: &CallContext,
        class: &Class,
        mode: PutMode,
        update: UpdateMode,
    ) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::WriteSchema, class.name.as_str())?;
        let flags = UpdateFlags {
            existence: match mode {
                PutMode::CreateOnly => Existence::CreateOnly,
                PutMode::UpdateOnly => Existence::UpdateOnly,
                PutMode::CreateOrUpdate => Existence::CreateOrUpdate,
            },
            mode: update,
        };
        loop {
            let schema = namespace.schema();
            let archive = declare(&schema, namespace, class, flags.existence)?;
            let Some((mut transaction, root)) = namespace.begin_under(&schema)? else { continue };
            let policy = Policy {
                dialect: namespace.dialect,
                flags: &|_| flags,
                has_instances: &|id| root.has_instances(id),
            };
            let nowhere = Changes::default();
            let mut refused = Refusals::keeping(1, &nowhere);
            let Installed { schema: next, moved, .. } =
                install(&schema, &archive, 0, policy, &mut refused)?;
            refused.unless_any().map_err(Refused::first)?;
            if Arc::ptr_eq(&schema, &next) {
                return Ok(());
            }
            self.check_defaults(&next, &class.name)?;
            let mut writer = NamespaceWriter::new(namespace, &mut transaction);
            let unfit = move_rows(self, &mut writer, &next, &moved, false)?;
            if let Some((_, error)) = unfit.into_iter().next() {
                return Err(error);
            }
            transaction.commit(&self.caller)?;
            return Ok(());
        }
    }

    /// That the defaults are values of their properties: new instances get them.
    fn check_defaults(&self, schema: &Schema, class: &Name) -> Result<(), EngineError> {
        let Some(class) = schema.class(class.as_str()) else { return Ok(()) };
        let (layout, checker) = (class.layout(), self.checker(schema));
        layout.defaults.iter().try_for_each(|slot| checker.default(layout, *slot).map(drop))
    }
}
