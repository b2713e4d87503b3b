//! Declaring a class at run time.
//!
//! The class is judged by the rules that the MOF compiler uses too, resolved under
//! its superclass and archived by itself, so that it is read like any other.

use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::schema::Schema;
use cimarron_model::{Class, Name, QualifierType, suggest};
use cimarron_schema::rules::{Environment, check_class, check_links};
use cimarron_schema::{Archive, ResolvedClass, SchemaBuilder, Shared};
use std::sync::Arc;

/// Judges, resolves and archives a class.
pub(super) fn declare(
    schema: &Schema,
    namespace: &Namespace,
    class: &Class,
) -> Result<Arc<Archive>, EngineError> {
    if schema.class(class.name.as_str()).is_some() {
        return Err(EngineError::ClassExists { class: class.name.clone() });
    }
    let above = class.superclass.as_ref();
    if let Some(name) = above.filter(|name| schema.class(name.as_str()).is_none()) {
        return Err(superclass_not_found(schema, &class.name, name));
    }
    let superclass = above
        .and_then(|name| schema.class(name.as_str())?.def().view())
        .map(|view| Arc::new(view.to_resolved(&mut Shared::default())));
    let around = Surroundings { schema, class };
    let dialect = namespace.dialect;
    let judgement = check_class(class, superclass.as_deref(), &around, dialect);
    let mut violations = judgement.violations;
    if judgement.has_links {
        let resolved = ResolvedClass::resolve(class.clone(), superclass.as_deref());
        violations.extend(check_links(&resolved, &around, dialect));
    }
    // What is doubtful only has nobody to hear of it here.
    violations.retain(|violation| violation.is_error(dialect));
    if !violations.is_empty() {
        return Err(EngineError::InvalidClass { class: class.name.clone(), violations });
    }

    let mut builder = SchemaBuilder::new(namespace.dialect);
    let content = builder.namespace(namespace.name.as_str());
    if let Some(superclass) = superclass {
        content.know(superclass);
    }
    content
        .add_class(class.clone())
        .map_err(|missing| superclass_not_found(schema, &missing.class, &missing.superclass))?;
    Ok(Arc::new(Archive::from_bytes(builder.finish()?)?))
}

fn superclass_not_found(schema: &Schema, class: &Name, superclass: &Name) -> EngineError {
    EngineError::SuperclassNotFound {
        class: class.clone(),
        superclass: superclass.clone(),
        suggestion: schema.suggestion(superclass.as_str()),
    }
}

/// The namespace as the rules see it, with the new class in it.
struct Surroundings<'a> {
    schema: &'a Schema,
    class: &'a Class,
}

impl Environment for Surroundings<'_> {
    fn superclass(&self, class: &str) -> Option<Option<Name>> {
        if self.class.name.is(class) {
            return Some(self.class.superclass.clone());
        }
        Some(self.schema.class(class)?.parent().map(|c| c.name().clone()))
    }

    fn resolved(&self, class: &str) -> Option<Arc<ResolvedClass>> {
        let view = self.schema.class(class)?.def().view()?;
        Some(Arc::new(view.to_resolved(&mut Shared::default())))
    }

    fn qualifier_type(&self, name: &str) -> Option<&QualifierType> {
        self.schema.qualifier_types().get(&Name::new(name))
    }

    fn similar_class(&self, name: &str) -> Option<String> {
        self.schema.suggestion(name).map(|n| n.to_string())
    }

    fn similar_qualifier(&self, name: &str) -> Option<String> {
        let names = self.schema.qualifier_types().keys().map(Name::as_str);
        suggest::nearest(name, names).map(str::to_owned)
    }
}
