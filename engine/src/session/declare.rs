//! Declaring a class at run time.
//!
//! The class is judged by the rules that the MOF compiler uses too, resolved under
//! its superclass and archived by itself, so that it is read like any other.

use super::qualifier_types::fit_qualifiers;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::schema::Schema;
use cimarron_model::{Class, Dialect, Flavor, Name, QualifierType, Qualifiers, suggest};
use cimarron_mof::Existence;
use cimarron_schema::rules::{Environment, check_class, check_links};
use cimarron_schema::{Archive, ResolvedClass, SchemaBuilder, Shared, implied_flavor};
use std::sync::Arc;

/// Judges, resolves and archives a class.
pub(super) fn declare(
    schema: &Schema,
    namespace: &Namespace,
    class: &Class,
    existence: Existence,
) -> Result<Arc<Archive>, EngineError> {
    check_there(schema, class, existence)?;
    let dialect = namespace.dialect;
    let above = superclass(schema, dialect, class)?;
    let mut local = local_part(class);
    each_qualifiers(&mut local, |qualifiers| {
        complete_key(qualifiers, dialect);
        fit_qualifiers(schema, qualifiers)
    })?;
    judge(schema, dialect, &local, above.as_deref())?;

    let mut builder = SchemaBuilder::new(dialect);
    let content = builder.namespace(namespace.name.as_str());
    if let Some(above) = above {
        content.know(above);
    }
    content
        .add_class(local)
        .map_err(|missing| superclass_not_found(schema, &missing.class, &missing.superclass))?;
    Ok(Arc::new(Archive::from_bytes(builder.finish()?)?))
}

/// That the class is there, or is not, as the caller expects; and that it is the caller's.
fn check_there(schema: &Schema, class: &Class, existence: Existence) -> Result<(), EngineError> {
    let there = schema.class(class.name.as_str());
    if there.is_some_and(|live| live.def().is_system()) {
        return Err(EngineError::SystemClass { class: class.name.clone() });
    }
    match (existence, there) {
        (Existence::CreateOnly, Some(_)) => {
            Err(EngineError::ClassExists { class: class.name.clone() })
        }
        (Existence::UpdateOnly, None) => Err(EngineError::ClassNotFound {
            class: class.name.clone(),
            suggestion: schema.suggestion(class.name.as_str()),
        }),
        _ => Ok(()),
    }
}

/// The superclass with all that it inherits. It must be there and not below the class,
/// and in DMTF it stays the same (DSP0200 5.3.2.8 has no error for another one than
/// "invalid superclass").
fn superclass(
    schema: &Schema,
    dialect: Dialect,
    class: &Class,
) -> Result<Option<Arc<ResolvedClass>>, EngineError> {
    let name = class.superclass.as_ref();
    let there = schema.class(class.name.as_str());
    if let Some(live) = there.filter(|_| dialect == Dialect::Dmtf)
        && live.def().superclass.as_ref() != name
    {
        return Err(EngineError::SuperclassChanged {
            class: class.name.clone(),
            superclass: live.def().superclass.clone(),
        });
    }
    let Some(name) = name else { return Ok(None) };
    let above = schema
        .class(name.as_str())
        .ok_or_else(|| superclass_not_found(schema, &class.name, name))?;
    if there.is_some_and(|live| above.is_a(live)) {
        return Err(EngineError::CircularSuperclass {
            class: class.name.clone(),
            superclass: name.clone(),
        });
    }
    Ok(above.def().view().map(|view| Arc::new(view.to_resolved(&mut Shared::default()))))
}

/// What the class declares itself. Front ends hand in whole classes, in which the
/// inherited parts are marked.
fn local_part(class: &Class) -> Class {
    let mut local = class.clone();
    local.properties.retain(|property| !property.propagated);
    local.methods.retain(|method| !method.propagated);
    for property in local.properties.iter_mut().filter(|p| p.default_inherited) {
        property.default = None;
        property.default_inherited = false;
    }
    let own = |qualifiers: &mut Qualifiers| {
        let all = std::mem::take(qualifiers);
        *qualifiers = all.into_iter().filter(|q| !q.flavor.propagated()).collect();
        Ok(())
    };
    // It never fails.
    let _ = each_qualifiers(&mut local, own);
    local
}

/// Does something to the qualifiers of each element.
fn each_qualifiers(
    class: &mut Class,
    mut act: impl FnMut(&mut Qualifiers) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    act(&mut class.qualifiers)?;
    class.properties.iter_mut().try_for_each(|property| act(&mut property.qualifiers))?;
    for method in &mut class.methods {
        act(&mut method.qualifiers)?;
        method.parameters.iter_mut().try_for_each(|p| act(&mut p.qualifiers))?;
    }
    Ok(())
}

/// A key is one in every subclass, whatever flavor somebody wrote on it (DSP0004 5.6.3.25;
/// WMI SDK, "Key qualifier").
fn complete_key(qualifiers: &mut Qualifiers, dialect: Dialect) {
    let Some(key) = qualifiers.get("Key") else { return };
    let bound = Flavor::TO_SUBCLASS.with(Flavor::NOT_OVERRIDABLE);
    let implied = match dialect {
        Dialect::Dmtf => bound,
        Dialect::Wmi => implied_flavor(dialect, "key", None),
    };
    let mut key = key.clone();
    key.flavor = key.flavor.with(implied);
    qualifiers.set(key);
}

fn judge(
    schema: &Schema,
    dialect: Dialect,
    local: &Class,
    above: Option<&ResolvedClass>,
) -> Result<(), EngineError> {
    let around = Surroundings { schema, class: local, resolved: None };
    let judgement = check_class(local, above, &around, dialect);
    let mut violations = judgement.violations;
    if judgement.says.anything() {
        let resolved = Arc::new(ResolvedClass::resolve(local.clone(), above));
        let around = Surroundings { resolved: Some(resolved.clone()), ..around };
        violations.extend(check_links(&resolved, judgement.says, &around, dialect));
    }
    // What is doubtful only has nobody to hear of it here.
    violations.retain(|violation| violation.is_error(dialect));
    if violations.is_empty() {
        Ok(())
    } else {
        Err(EngineError::InvalidClass { class: local.name.clone(), violations })
    }
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
    /// The new class, once it is resolved.
    resolved: Option<Arc<ResolvedClass>>,
}

impl Environment for Surroundings<'_> {
    fn superclass(&self, class: &str) -> Option<Option<Name>> {
        if self.class.name.is(class) {
            return Some(self.class.superclass.clone());
        }
        Some(self.schema.class(class)?.parent().map(|c| c.name().clone()))
    }

    fn resolved(&self, class: &str) -> Option<Arc<ResolvedClass>> {
        if self.class.name.is(class) {
            return self.resolved.clone();
        }
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
