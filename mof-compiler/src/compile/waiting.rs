//! Defaults of parameters that wait until all classes are there.
//!
//! A value of the method's own class, of one below it or of one that needs it cannot be made
//! before the class is. The class can do without: until then such a default is NULL.

use super::At;
use super::class;
use super::namespace::Namespace;
use super::order::defaults;
use super::place::methods;
use super::unit::Class;
use crate::source::FileId;
use crate::syntax::ast;
use cimarron_model::Method;
use cimarron_schema::rules::Element;
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
            let file = instance.file.unwrap_or(file);
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

impl Namespace<'_, '_> {
    /// Makes the defaults of parameters that waited for classes; `made` has each method that
    /// changes, by its address, with what it becomes.
    pub(super) fn waiting_defaults(
        &mut self,
        declared: &Class<'_>,
        waiting: &[Element],
        made: &mut HashMap<*const Method, (Arc<Method>, Method)>,
    ) {
        let Some(class) = self.builder.class(declared.node.name.text).cloned() else { return };
        let again = self.tree_again(declared);
        let node = again.as_deref().unwrap_or(&declared.node);
        for element in waiting {
            let &Element::Parameter(i, j) = element else { continue };
            let Some(method) = methods(node).nth(i) else { continue };
            let Some(written) = method.parameters.get(j) else { continue };
            // A method of which a type is unknown is not there, or is that of the superclass.
            let Some((_, member)) = class.method(method.name.text) else { continue };
            let Some(text) = written.default.as_ref() else { continue };
            let there = &member.declaration;
            let Some(parameter) = there.parameters.get(j) else { continue };
            if member.declared_at != class.depth() || !parameter.name.is(written.name.text) {
                continue;
            }
            let at = At::new(declared.file, text);
            let (data_type, qualifiers) = (&parameter.data_type, &parameter.qualifiers);
            let default = class::default(self, at, &declared.flavors, data_type, qualifiers);
            let after = || (there.clone(), (**there).clone());
            let (_, after) = made.entry(Arc::as_ptr(there)).or_insert_with(after);
            if let Some(parameter) = after.parameters.get_mut(j) {
                parameter.default = default;
            }
        }
    }
}
