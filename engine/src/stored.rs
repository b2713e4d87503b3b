//! Rows and classes that are kept for whoever has them.

use crate::schema::ClassDef;
use crate::session::{instance_of, path_of_row};
use crate::store::Found;
use crate::view::ValueView;
use cimarron_model::{Class, ClassVersion, Instance, Name, ObjectPath};
use cimarron_schema::ClassForm;
use std::fmt;
use std::sync::Arc;

/// An instance as it was at one commit, kept as long as this is there. Nothing is copied;
/// what keeps it also keeps the rows that lie beside it.
#[derive(Clone)]
pub struct StoredInstance(Found);

impl StoredInstance {
    pub(crate) const fn new(found: Found) -> Self {
        Self(found)
    }

    /// The name of the instance's class.
    pub fn class_name(&self) -> &Name {
        &self.0.chunk.layout().class
    }

    /// The version of the class that the instance is of.
    pub fn class_version(&self) -> ClassVersion {
        self.0.chunk.layout().version
    }

    /// The value of a property; `None` when the class has no such property.
    pub fn property(&self, name: &str) -> Option<ValueView<'_>> {
        let (slot, _) = self.0.chunk.layout().find(name)?;
        Some(self.0.chunk.value(self.0.row, slot))
    }

    /// The value in a slot of the instance's class (see [`Reader::slot`]); NULL when
    /// there is no such slot.
    ///
    /// [`Reader::slot`]: crate::Reader::slot
    #[inline]
    pub fn value(&self, slot: usize) -> ValueView<'_> {
        let slot = u32::try_from(slot).unwrap_or(u32::MAX);
        self.0.chunk.value(self.0.row, slot)
    }

    /// The path within the namespace.
    pub fn path(&self) -> ObjectPath {
        path_of_row(&self.0.chunk, self.0.row)
    }

    /// An owned copy with all properties.
    pub fn to_instance(&self) -> Instance {
        let slots = 0..self.0.chunk.layout().slots.len() as u32;
        instance_of(&self.0.chunk, self.0.row, slots)
    }
}

impl fmt::Debug for StoredInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoredInstance").field(&self.path().to_string()).finish()
    }
}

/// A class as it was at one commit.
#[derive(Clone, Debug)]
pub struct StoredClass(Arc<ClassDef>);

impl StoredClass {
    pub(crate) const fn new(class: Arc<ClassDef>) -> Self {
        Self(class)
    }

    /// The name.
    pub fn name(&self) -> &Name {
        &self.0.name
    }

    /// The version.
    pub fn version(&self) -> ClassVersion {
        self.0.version
    }

    /// An owned copy.
    pub fn to_class(&self, form: ClassForm) -> Class {
        self.0.to_class(form)
    }
}
