//! Operations on classes and qualifier types (DSP0200 5.4.3, MS-WMI 3.1.4.3).

use super::declare::declare;
use super::migrate::delete_subtree;
use super::{Depth, Operation, Session};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::{NamespaceWriter, find_class};
use crate::schema::install::install;
use crate::schema::update::Policy;
use crate::schema::{ClassRef, Schema};
use cimarron_model::{Class, Dialect, Name, QualifierType};
use cimarron_mof::UpdateFlags;
use cimarron_schema::ClassForm;

impl Session {
    /// A class, resolved or as it was declared.
    ///
    /// # Errors
    /// When there is no such class.
    pub fn get_class(
        &self,
        context: &CallContext,
        name: &str,
        form: ClassForm,
    ) -> Result<Class, EngineError> {
        let schema = self.enter(context, Operation::ReadSchema, name)?.schema();
        Ok(find_class(&schema, name)?.def().to_class(form))
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
        form: ClassForm,
    ) -> Result<Vec<Class>, EngineError> {
        let schema =
            self.enter(context, Operation::ReadSchema, below.unwrap_or_default())?.schema();
        let mut classes = Vec::new();
        for class in choose(&schema, below, depth)? {
            context.check(&**self.repository().clock())?;
            classes.push(class.def().to_class(form));
        }
        Ok(classes)
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
        let schema =
            self.enter(context, Operation::ReadSchema, below.unwrap_or_default())?.schema();
        Ok(choose(&schema, below, depth)?.into_iter().map(|c| c.name().clone()).collect())
    }

    /// Creates a class from its local declaration.
    ///
    /// # Errors
    /// When the class is there already, its superclass is not, or the declaration
    /// breaks a rule.
    pub fn create_class(&self, context: &CallContext, class: &Class) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::WriteSchema, class.name.as_str())?;
        loop {
            let schema = namespace.schema();
            let archive = declare(&schema, namespace, class)?;
            let Some((mut transaction, root)) = namespace.begin_under(&schema)? else { continue };
            let policy = Policy {
                dialect: namespace.dialect,
                flags: &|_| UpdateFlags::default(),
                has_instances: &|id| root.has_instances(id),
            };
            let installed = install(&schema, &archive, 0, policy)?;
            transaction.set_schema(&namespace.store, installed.schema);
            transaction.commit();
            return Ok(());
        }
    }

    /// Deletes a class. `Wmi` deletes its subclasses and all their instances too;
    /// `Dmtf` refuses when there are any.
    ///
    /// # Errors
    /// When there is no such class, or it is in use and the dialect is `Dmtf`.
    pub fn delete_class(&self, context: &CallContext, name: &str) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::WriteSchema, name)?;
        let mut transaction = namespace.begin()?;
        let mut writer = NamespaceWriter::new(namespace, &mut transaction);
        let root = writer.root();
        let schema = &root.schema;
        let class = find_class(schema, name)?;
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
        transaction.commit();
        Ok(())
    }

    /// A qualifier type.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn get_qualifier_type(
        &self,
        context: &CallContext,
        name: &str,
    ) -> Result<QualifierType, EngineError> {
        let schema = self.enter(context, Operation::ReadSchema, name)?.schema();
        let name = Name::new(name);
        let found = schema.qualifier_types().get(&name).cloned();
        found.ok_or(EngineError::QualifierTypeNotFound { name })
    }

    /// All qualifier types, in name order.
    ///
    /// # Errors
    /// When the call is cancelled or late.
    pub fn enumerate_qualifier_types(
        &self,
        context: &CallContext,
    ) -> Result<Vec<QualifierType>, EngineError> {
        let schema = self.enter(context, Operation::ReadSchema, "")?.schema();
        Ok(schema.qualifier_types().values().cloned().collect())
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
