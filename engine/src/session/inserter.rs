//! The fast door for many instances of one class.
//!
//! Names are resolved once; after that an insert converts values, looks at the
//! key index and appends. Nothing owned is built on the way.

use super::write::insert_cells;
use super::{Operation, Session};
use crate::check::{self, Cells};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::class;
use crate::schema::{ClassId, Schema};
use crate::store::Target;
use crate::view::ValueView;
use cimarron_model::{ClassVersion, Name};
use std::sync::Arc;

/// Creates instances of one class from values in a fixed order.
///
/// It belongs to the class version it was made for: once the class is redefined,
/// inserts fail with [`EngineError::ClassChanged`].
#[derive(Debug)]
pub struct Inserter {
    session: Session,
    schema: Arc<Schema>,
    class: ClassId,
    version: ClassVersion,
    target: Target,
    /// The slot of each value.
    slots: Vec<u32>,
}

impl Session {
    /// Prepares to create instances of a class from values of these properties.
    ///
    /// # Errors
    /// When the class is unknown, abstract or keyless, or a property is unknown
    /// or named twice.
    pub fn inserter(
        &self,
        context: &CallContext,
        class_name: &str,
        properties: &[&str],
    ) -> Result<Inserter, EngineError> {
        let namespace = self.enter(context, Operation::WriteInstances, class_name)?;
        let schema = namespace.schema();
        let class = class(&schema, class_name)?;
        self.checker(&schema).instantiable(class)?;
        let layout = class.layout();
        let mut slots = Vec::with_capacity(properties.len());
        for property in properties {
            let name = Name::new(property);
            let slot = check::slot_of(layout, &name, 0)?;
            if slots.contains(&slot) {
                return Err(EngineError::DuplicateProperty { property: name });
            }
            slots.push(slot);
        }
        Ok(Inserter {
            session: self.clone(),
            class: class.def().id,
            version: class.def().version,
            target: Target::of(class),
            slots,
            schema: schema.clone(),
        })
    }
}

impl Inserter {
    /// Creates an instance: one value a property, in the order given to
    /// [`Session::inserter`]. [`ValueView::Null`] is NULL; properties that were not
    /// listed get their defaults.
    ///
    /// # Errors
    /// As [`Session::create_instance`].
    pub fn insert(
        &mut self,
        context: &CallContext,
        values: &[ValueView<'_>],
    ) -> Result<(), EngineError> {
        let name = &self.target.layout.class;
        let namespace = self.session.enter(context, Operation::WriteInstances, name.as_str())?;
        if values.len() != self.slots.len() {
            return Err(EngineError::ValueCount {
                values: values.len(),
                properties: self.slots.len(),
            });
        }
        loop {
            let layout = &self.target.layout;
            let checker = self.session.checker(&self.schema);
            let mut cells = Cells::new();
            for (number, value) in self.slots.iter().zip(values) {
                if let Some(slot) = layout.slot(*number) {
                    cells.push((*number, checker.convert(slot, *value)?));
                }
            }
            checker.complete(layout, &mut cells)?;
            if let Some(mut store) = namespace.write_under(&self.schema)? {
                return insert_cells(
                    namespace,
                    &self.schema,
                    &mut store,
                    &self.target,
                    &cells,
                    None,
                );
            }
            drop(cells);
            // Another schema version: all is well if the class is the same in it.
            let schema = namespace.schema();
            if schema.by_id(self.class).is_none_or(|c| c.def().version != self.version) {
                return Err(EngineError::ClassChanged { class: name.clone() });
            }
            self.schema = schema;
        }
    }
}
