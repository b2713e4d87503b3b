//! What a compilation builds on.

use cimarron_model::{Name, ObjectPath, QualifierType, Status};
use cimarron_schema::{NamespaceBuilder, ResolvedClass, SchemaBuilder};
use std::sync::Arc;

/// What is already there when the compilation begins, such as a live namespace.
pub trait Base {
    /// The class of this name.
    fn class(&self, namespace: &str, name: &str) -> Option<Arc<ResolvedClass>>;

    /// The names of all classes, for "did you mean".
    fn class_names(&self, namespace: &str) -> Vec<Name>;

    /// The qualifier declarations.
    fn qualifier_types(&self, namespace: &str) -> Vec<QualifierType>;

    /// Whether there is an instance of this path. Directives that create, update or
    /// delete ask for it.
    fn has_instance(&self, namespace: &str, path: &ObjectPath) -> bool {
        let _ = (namespace, path);
        false
    }

    /// What is wrong with the text of a property of an event filter (WMI), as far as that alone
    /// shows it: with the query, or its language. The compiler knows no query language.
    fn check_event_filter(&self, property: &str, text: &str) -> Result<(), (Status, String)> {
        let _ = (property, text);
        Ok(())
    }
}

/// Nothing is there: the text must declare all that it uses.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyBase;

impl Base for EmptyBase {
    fn class(&self, _: &str, _: &str) -> Option<Arc<ResolvedClass>> {
        None
    }

    fn class_names(&self, _: &str) -> Vec<Name> {
        Vec::new()
    }

    fn qualifier_types(&self, _: &str) -> Vec<QualifierType> {
        Vec::new()
    }
}

/// What is in the schema is there; whether there are instances is not asked of it.
impl Base for SchemaBuilder {
    fn class(&self, namespace: &str, name: &str) -> Option<Arc<ResolvedClass>> {
        self.get(namespace)?.class(name).cloned()
    }

    fn class_names(&self, namespace: &str) -> Vec<Name> {
        let classes = self.get(namespace).into_iter().flat_map(NamespaceBuilder::classes);
        classes.map(|class| class.name.clone()).collect()
    }

    fn qualifier_types(&self, namespace: &str) -> Vec<QualifierType> {
        let known = self.get(namespace).into_iter().flat_map(NamespaceBuilder::qualifier_types);
        known.cloned().collect()
    }
}
