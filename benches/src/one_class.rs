//! The class of disks without an engine, to parse and bind alone.

use super::fleet::PROPERTIES;
use cimarron_model::{CimType, fold};
use cimarron_wql::{ClassInfo, PropertyInfo, Schema};
use std::collections::HashMap;

/// A schema of the class of disks. Names are looked up as the engine does it: by their folded
/// form, in a table.
#[derive(Debug)]
pub struct OneClass {
    properties: HashMap<String, (usize, CimType)>,
}

/// Its name.
pub const NAME: &str = "Bench_Disk";

const TYPES: [CimType; PROPERTIES.len()] = [
    CimType::String,
    CimType::String,
    CimType::String,
    CimType::String,
    CimType::UInt64,
    CimType::UInt32,
    CimType::UInt16,
    CimType::SInt64,
    CimType::Real64,
];

impl Default for OneClass {
    fn default() -> Self {
        Self::new()
    }
}

impl OneClass {
    /// The class.
    pub fn new() -> Self {
        let types = PROPERTIES.iter().zip(TYPES).enumerate();
        let properties = types.map(|(slot, (name, of))| (fold::fold(name), (slot, of))).collect();
        Self { properties }
    }
}

impl Schema for OneClass {
    type Class<'a> = &'a Self;

    fn class(&self, name: &str) -> Option<&Self> {
        fold::eq(name, NAME).then_some(self)
    }

    fn class_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(NAME)
    }
}

impl ClassInfo for &OneClass {
    fn name(&self) -> &str {
        NAME
    }

    fn property(&self, name: &str) -> Option<PropertyInfo<'_>> {
        let (slot, cim_type) = *self.properties.get(&fold::fold(name))?;
        let name = PROPERTIES.get(slot)?;
        Some(PropertyInfo { slot, name, cim_type, is_array: false, embedded_class: None })
    }

    fn property_names(&self) -> impl Iterator<Item = &str> {
        PROPERTIES.iter().copied()
    }
}
