//! Defaults that wait for classes.
//!
//! A value of the method's own class, of one below it or of one that needs it cannot be made
//! before the class is. The class can do without: until then such a default of a parameter is
//! NULL.

use super::namespace::Namespace;
use super::order::defaults;
use super::place::methods;
use super::unit::Class;
use super::{At, class, limits};
use crate::source::FileId;
use crate::syntax::ast;
use cimarron_model::{Method, Name, Parameter};
use hashbrown::HashMap;
use std::sync::Arc;

/// Whether a value needs a class of the text that is still to be made.
pub(super) fn needs_more(
    namespace: &Namespace<'_, '_>,
    file: FileId,
    value: &ast::Value<'_>,
) -> bool {
    match &value.kind {
        ast::ValueKind::Array(items) => items.iter().any(|v| needs_more(namespace, file, v)),
        ast::ValueKind::Instance(instance) => {
            let file = instance.elsewhere.map_or(file, |elsewhere| elsewhere.file);
            namespace.is_to_come(instance.class.text)
                || instance.properties.iter().any(|p| needs_more(namespace, file, &p.value))
        }
        ast::ValueKind::Alias(alias) => namespace
            .aliases
            .and_then(|aliases| aliases.class_of(namespace.context, file, alias))
            .is_some_and(|class| namespace.is_to_come(class)),
        ast::ValueKind::Class(class) => defaults(class).any(|v| needs_more(namespace, file, v)),
        _ => false,
    }
}

/// A parameter whose default waits.
pub(crate) struct Waiting {
    /// The places of its method in the class and of it in that.
    pub(super) position: (usize, usize),
    /// What it is, but for the default. The class may lack it: a method of which a type is
    /// unknown is not there, or is that of the superclass.
    pub(super) lowered: Parameter,
}

impl Namespace<'_, '_> {
    /// Makes the defaults of parameters that waited for classes; `made` has each method that
    /// changes, by its address, with what it becomes.
    pub(super) fn waiting_defaults(
        &mut self,
        declared: &Class<'_>,
        waiting: Vec<Waiting>,
        made: &mut HashMap<*const Method, (Arc<Method>, Method)>,
    ) {
        let Some(class) = self.builder.class(declared.node.name.text).cloned() else { return };
        let above = class.ancestors.first().and_then(|name| self.class(name.as_str()));
        let again = self.tree_again(declared);
        let node = again.as_deref().unwrap_or(&declared.node);
        for Waiting { position: (i, j), lowered } in waiting {
            let Some(method) = methods(node).nth(i) else { continue };
            let Some(text) = method.parameters.get(j).and_then(|p| p.default.as_ref()) else {
                continue;
            };
            let at = At::new(declared.file, text);
            let Parameter { name, data_type, qualifiers, .. } = &lowered;
            let default = class::default(self, at, &declared.flavors, data_type, qualifiers);
            if let Some(value) = &default {
                let place = (&class.name, &Name::new(method.name.text), j, &lowered);
                limits::parameter(self, at, value, place, above.as_deref());
            }
            let Some((_, member)) = class.method(method.name.text) else { continue };
            let there = &member.declaration;
            let is_own = member.declared_at == class.depth();
            if !is_own || there.parameters.get(j).is_none_or(|p| p.name != *name) {
                continue;
            }
            let after = || (there.clone(), (**there).clone());
            let (_, after) = made.entry(Arc::as_ptr(there)).or_insert_with(after);
            if let Some(parameter) = after.parameters.get_mut(j) {
                parameter.default = default;
            }
        }
    }
}
