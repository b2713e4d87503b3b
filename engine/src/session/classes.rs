//! Operations on classes (DSP0200 5.3.2, MS-WMI 3.1.4.3).

use super::class_options::ClassOptions;
use super::migrate::delete_subtree;
use super::{Depth, Operation, Session};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::{NamespaceWriter, find_class};
use crate::schema::{ClassId, ClassRef, Schema};
use cimarron_model::{Class, Dialect, Name};
use std::fmt;
use std::sync::Arc;

impl Session {
    /// A class: all of it, or what the options say ([`ClassForm`](crate::ClassForm) is one).
    ///
    /// # Errors
    /// When there is no such class.
    pub fn get_class(
        &self,
        context: &CallContext,
        name: &str,
        options: impl Into<ClassOptions>,
    ) -> Result<Class, EngineError> {
        let schema = self.read(context, Operation::ReadSchema, name)?.schema();
        Ok(self.shown(context, find_class(&schema, name)?, &options.into()))
    }

    /// The classes below one, or below none: each before everything below it,
    /// brothers and sisters in name order.
    ///
    /// # Errors
    /// When the class is unknown, or the call is cancelled or late.
    pub fn enumerate_classes(
        &self,
        context: &CallContext,
        below: Option<&str>,
        depth: Depth,
        options: impl Into<ClassOptions>,
    ) -> Result<Vec<Class>, EngineError> {
        self.classes(context, below, depth, options)?.collect()
    }

    /// As [`Session::enumerate_classes`], one class at a time: of large schemas only one
    /// is in memory in this form. The classes are those of the moment of the call.
    ///
    /// # Errors
    /// When the class is unknown.
    pub fn classes(
        &self,
        context: &CallContext,
        below: Option<&str>,
        depth: Depth,
        options: impl Into<ClassOptions>,
    ) -> Result<Classes, EngineError> {
        let schema = self.read(context, Operation::ReadSchema, below.unwrap_or_default())?.schema();
        let chosen: Vec<ClassId> =
            choose(&schema, below, depth)?.into_iter().map(|class| class.def().id).collect();
        Ok(Classes::new(self, context, &schema, chosen, options.into()))
    }

    /// The names of the classes below one, or below none, in the order of
    /// [`Session::enumerate_classes`].
    ///
    /// # Errors
    /// When the class is unknown.
    pub fn class_names(
        &self,
        context: &CallContext,
        below: Option<&str>,
        depth: Depth,
    ) -> Result<Vec<Name>, EngineError> {
        let schema = self.read(context, Operation::ReadSchema, below.unwrap_or_default())?.schema();
        Ok(choose(&schema, below, depth)?.into_iter().map(|c| c.name().clone()).collect())
    }

    /// Deletes a class. `Wmi` deletes its subclasses and all their instances too;
    /// `Dmtf` refuses when there are any.
    ///
    /// # Errors
    /// When there is no such class, it is the system's, or it is in use and the dialect is
    /// `Dmtf`.
    pub fn delete_class(&self, context: &CallContext, name: &str) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::WriteSchema, name)?;
        let mut transaction = namespace.begin()?;
        let mut writer = NamespaceWriter::new(namespace, &mut transaction);
        let root = writer.root();
        let schema = &root.schema;
        let class = find_class(schema, name)?;
        if class.def().is_system() {
            return Err(EngineError::SystemClass { class: class.name().clone() });
        }
        if namespace.dialect == Dialect::Dmtf {
            if let Some(child) = class.children().next() {
                return Err(EngineError::ClassHasChildren {
                    class: class.name().clone(),
                    child: child.name().clone(),
                });
            }
            if root.has_instances(class.def().id) {
                return Err(EngineError::ClassHasInstances { class: class.name().clone() });
            }
        }
        delete_subtree(&mut writer, class);
        transaction.commit(&self.caller)?;
        Ok(())
    }
}

/// Classes of an enumeration, as they were when it began. After an error it ends.
pub struct Classes {
    session: Session,
    context: CallContext,
    options: ClassOptions,
    schema: Arc<Schema>,
    chosen: std::vec::IntoIter<ClassId>,
}

impl Classes {
    pub(super) fn new(
        session: &Session,
        context: &CallContext,
        schema: &Arc<Schema>,
        chosen: Vec<ClassId>,
        options: ClassOptions,
    ) -> Self {
        let (session, context) = (session.clone(), context.clone());
        Self { session, context, options, schema: schema.clone(), chosen: chosen.into_iter() }
    }
}

impl Iterator for Classes {
    type Item = Result<Class, EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let class = self.schema.by_id(self.chosen.next()?)?;
        if let Err(error) = self.context.check(&**self.session.repository().clock()) {
            self.chosen = Vec::new().into_iter();
            return Some(Err(error));
        }
        Some(Ok(self.session.shown(&self.context, class, &self.options)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.chosen.size_hint()
    }
}

impl ExactSizeIterator for Classes {}

impl fmt::Debug for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classes").field("left", &self.len()).finish_non_exhaustive()
    }
}

fn choose<'a>(
    schema: &'a Schema,
    below: Option<&str>,
    depth: Depth,
) -> Result<Vec<ClassRef<'a>>, EngineError> {
    Ok(match (below, depth) {
        (None, Depth::Deep) => schema.classes().collect(),
        (None, Depth::Shallow) => schema.classes().filter(|c| c.parent().is_none()).collect(),
        (Some(name), Depth::Deep) => {
            crate::namespace::class(schema, name)?.subtree().skip(1).collect()
        }
        (Some(name), Depth::Shallow) => crate::namespace::class(schema, name)?.children().collect(),
    })
}
