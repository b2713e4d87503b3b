//! The class of disks without an engine, to parse and bind alone.

use super::fleet::PROPERTIES;
use cimarron_model::{CimType, fold};
use cimarron_wql::{ClassInfo, PropertyInfo, Schema};

/// A schema of the class of disks. Names are looked up as the engine does it: by the hash of
/// their folded form.
#[derive(Debug)]
pub struct OneClass {
    /// In the order of the hashes, each with its property's slot.
    slots: Vec<(u64, usize)>,
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
        let hashed = PROPERTIES.iter().enumerate().map(|(slot, name)| (fold::hash(name), slot));
        let mut slots: Vec<_> = hashed.collect();
        slots.sort_unstable();
        Self { slots }
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
        let hash = fold::hash(name);
        let at = self.slots.binary_search_by_key(&hash, |(hash, _)| *hash).ok()?;
        let slot = self.slots.get(at)?.1;
        let declared = PROPERTIES.get(slot).filter(|declared| fold::eq(declared, name))?;
        let cim_type = *TYPES.get(slot)?;
        Some(PropertyInfo { slot, name: declared, cim_type, is_array: false, embedded_class: None })
    }

    fn is_a(&self, ancestor: &str) -> bool {
        fold::eq(ancestor, NAME)
    }

    fn is_indication(&self) -> bool {
        false
    }

    fn property_names(&self) -> impl Iterator<Item = &str> {
        PROPERTIES.iter().copied()
    }
}
