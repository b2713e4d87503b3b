//! Defaults that wait for classes.
//!
//! A value of the method's own class, of one below it or of one that needs it cannot be made
//! before the class is. The class can do without: until then such a default of a parameter is
//! NULL. Where a class is declared again, no default is there yet that needs a class of the
//! text, and what is written is compared.

use super::namespace::Namespace;
use super::order::defaults;
use super::place::{methods, properties};
use super::unit::Class;
use super::{At, class, limits};
use crate::source::FileId;
use crate::syntax::ast;
use cimarron_model::{Method, Name, Parameter, fold};
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

/// Whether two declarations of a class have the same defaults, as far as these need classes
/// that are still to be made.
pub(super) fn agree(namespace: &Namespace<'_, '_>, before: &Class<'_>, now: &Class<'_>) -> bool {
    let roots = namespace.context.roots;
    let same_aliases =
        roots.of(before.file) == roots.of(now.file) || roots.are_one(before.file, now.file);
    same_length_and(all_defaults(&before.node), all_defaults(&now.node), |pair| match pair {
        (None, None) => true,
        (Some(a), Some(b)) => {
            let waits = needs_more(namespace, before.file, a) || needs_more(namespace, now.file, b);
            !waits || is_same(a, b, same_aliases)
        }
        (Some(one), None) => !needs_more(namespace, before.file, one),
        (None, Some(one)) => !needs_more(namespace, now.file, one),
    })
}

/// The defaults of all properties and parameters, none where none is written.
fn all_defaults<'a>(
    class: &'a ast::ClassDeclaration<'a>,
) -> impl Iterator<Item = Option<&'a ast::Value<'a>>> {
    let parameters = methods(class).flat_map(|method| &method.parameters);
    let of_properties = properties(class).map(|property| property.default.as_ref());
    of_properties.chain(parameters.map(|parameter| parameter.default.as_ref()))
}

/// Whether two values are written the same, wherever they stand.
fn is_same(a: &ast::Value<'_>, b: &ast::Value<'_>, same_aliases: bool) -> bool {
    use ast::ValueKind::{Alias, Array, Class, Instance};
    match (&a.kind, &b.kind) {
        (Alias(a), Alias(b)) => same_aliases && fold::eq(a, b),
        (Array(a), Array(b)) => {
            same_length_and(a.iter(), b.iter(), |(a, b)| is_same(a, b, same_aliases))
        }
        (Instance(a), Instance(b)) => {
            fold::eq(a.class.text, b.class.text)
                && same_length_and(a.properties.iter(), b.properties.iter(), |(a, b)| {
                    fold::eq(a.name.text, b.name.text) && is_same(&a.value, &b.value, same_aliases)
                })
        }
        (Class(a), Class(b)) => {
            fold::eq(a.name.text, b.name.text)
                && same_length_and(all_defaults(a), all_defaults(b), |pair| match pair {
                    (Some(a), Some(b)) => is_same(a, b, same_aliases),
                    (a, b) => a.is_none() && b.is_none(),
                })
        }
        (a, b) => a == b,
    }
}

fn same_length_and<T: Copy>(
    mut a: impl Iterator<Item = T>,
    mut b: impl Iterator<Item = T>,
    mut same: impl FnMut((T, T)) -> bool,
) -> bool {
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if same((a, b)) => {}
            _ => return false,
        }
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
