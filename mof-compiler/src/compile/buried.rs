//! What a text declares and deletes again, by `#pragma deleteclass` or with its namespace.
//!
//! Nothing of it stays, and its mistakes are mistakes. It is judged by what it stood beside:
//! by the classes that went with it or later, and else by those that stay.

use super::alias::AliasTable;
use super::namespace::compile_namespace;
use super::unit::{Item, Unit};
use super::update::Changes;
use super::{Base, Context};
use crate::diagnostic::Diagnostics;
use crate::source::SourceMap;
use cimarron_model::{CaseInsensitive, Name, ObjectPath, QualifierType};
use cimarron_schema::{NamespaceBuilder, ResolvedClass};
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Judges what was declared in namespaces that were deleted.
pub(crate) fn judge_namespaces(
    buried: Vec<(Name, Unit<'_>)>,
    table: &AliasTable<'_>,
    sources: &SourceMap,
    context: &Context<'_>,
    sink: &mut Diagnostics,
) {
    for (name, mut unit) in buried {
        let context = Context { namespace: name.as_str(), ..*context };
        let (mut made, mut changes) = (NamespaceBuilder::default(), Changes::default());
        let deleted = std::mem::take(&mut unit.buried);
        compile_namespace(&mut unit, table, sources, &context, &mut made, &mut changes, sink);
        judge(deleted, table, sources, &context, &made, sink);
    }
}

/// Judges what was deleted of a namespace whose other declarations have been compiled.
pub(crate) fn judge(
    buried: BTreeMap<usize, Unit<'_>>,
    table: &AliasTable<'_>,
    sources: &SourceMap,
    context: &Context<'_>,
    builder: &NamespaceBuilder,
    sink: &mut Diagnostics,
) {
    let mut later = HashMap::new();
    for mut layer in layers(buried) {
        let beside = Beside { later: &later, builder, base: context.base };
        let context = Context { base: &beside, ..*context };
        let (mut made, mut changes) = (NamespaceBuilder::default(), Changes::default());
        compile_namespace(&mut layer, table, sources, &context, &mut made, &mut changes, sink);
        later.extend(made.classes().map(|class| (class.name.clone(), class.clone())));
    }
}

/// What was deleted together, the last first. Deletions that have no class in common are
/// as good as one.
fn layers(buried: BTreeMap<usize, Unit<'_>>) -> Vec<Unit<'_>> {
    let mut layers: Vec<Unit<'_>> = Vec::new();
    let mut names: HashSet<Name> = HashSet::new();
    for mut unit in buried.into_values().rev() {
        let of_unit: HashSet<Name> =
            unit.classes.iter().map(|class| Name::new(class.node.name.text)).collect();
        match layers.last_mut().filter(|_| names.is_disjoint(&of_unit)) {
            Some(layer) => {
                layer.classes.append(&mut unit.classes);
                layer.instances.append(&mut unit.instances);
                names.extend(of_unit);
            }
            None => {
                layers.push(unit);
                names = of_unit;
            }
        }
    }
    for layer in &mut layers {
        layer.classes.sort_by_key(|class| class.order);
        layer.instances.sort_by_key(Item::order);
    }
    layers
}

/// What stood beside a layer.
struct Beside<'a> {
    /// What was deleted later.
    later: &'a HashMap<Name, Arc<ResolvedClass>>,
    /// What stays.
    builder: &'a NamespaceBuilder,
    /// What was there before.
    base: &'a dyn Base,
}

impl Base for Beside<'_> {
    fn class(&self, namespace: &str, name: &str) -> Option<Arc<ResolvedClass>> {
        let later = self.later.get(&CaseInsensitive(name));
        let class = later.or_else(|| self.builder.class(name)).cloned();
        class.or_else(|| self.base.class(namespace, name))
    }

    fn class_names(&self, namespace: &str) -> Vec<Name> {
        let mut names = self.base.class_names(namespace);
        names.extend(self.later.keys().cloned());
        names.extend(self.builder.classes().map(|class| class.name.clone()));
        names
    }

    fn qualifier_types(&self, _: &str) -> Vec<QualifierType> {
        self.builder.known_qualifier_types().cloned().collect()
    }

    fn has_instance(&self, namespace: &str, path: &ObjectPath) -> bool {
        self.base.has_instance(namespace, path)
    }
}
