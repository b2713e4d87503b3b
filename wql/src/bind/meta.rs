//! `meta_class`: what a schema query selects from.

use crate::schema::{ClassInfo, PropertyInfo};

/// The class of all classes. It has the system properties, which every object has,
/// `__this`, and no properties (WMI SDK, "SELECT Statement for Schema Queries").
pub(super) struct MetaClass;

impl ClassInfo for MetaClass {
    fn name(&self) -> &str {
        "meta_class"
    }

    fn property(&self, _name: &str) -> Option<PropertyInfo<'_>> {
        None
    }

    fn property_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once("__this")
    }

    fn is_a(&self, _ancestor: &str) -> bool {
        false
    }

    fn is_indication(&self) -> bool {
        false
    }
}
