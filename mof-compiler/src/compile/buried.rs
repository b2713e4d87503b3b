//! What a text declares and deletes again, by `#pragma deleteclass` or with its namespace.
//!
//! Nothing of it stays, and its mistakes are mistakes. It is judged by what it stood beside:
//! by the classes that went with it or later, else by those that stay, as far as they were
//! declared before it went, and else by what was there already.

use super::alias::AliasTable;
use super::history::History;
use super::stages::Begun;
use super::unit::{Item, Unit};
use super::{Base, Context};
use crate::diagnostic::Diagnostics;
use crate::source::SourceMap;
use cimarron_model::{CaseInsensitive, Name, ObjectPath, QualifierType, Status};
use cimarron_schema::{NamespaceBuilder, ResolvedClass};
use hashbrown::{HashMap, HashSet};
use std::cell::RefCell;
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
        let mut made = NamespaceBuilder::default();
        let deleted = std::mem::take(&mut unit.buried);
        let begun = Begun::all(&mut unit, table, sources, &context, &mut made, sink);
        let rest = Rest::new(&unit, &made, &begun.history);
        judge(deleted, table, sources, &context, &rest, sink);
    }
}

/// Judges what was deleted of a namespace whose other declarations have been compiled.
pub(crate) fn judge(
    buried: BTreeMap<usize, Unit<'_>>,
    table: &AliasTable<'_>,
    sources: &SourceMap,
    context: &Context<'_>,
    rest: &Rest<'_>,
    sink: &mut Diagnostics,
) {
    let mut later = HashMap::new();
    for (order, mut layer) in layers(buried) {
        let beside = Beside { later: &later, rest, order, base: context.base };
        let context = Context { base: &beside, ..*context };
        let mut made = NamespaceBuilder::default();
        Begun::all(&mut layer, table, sources, &context, &mut made, sink);
        later.extend(made.classes().map(|class| (class.name.clone(), class.clone())));
    }
}

/// What stays of a namespace.
pub(crate) struct Rest<'a> {
    builder: &'a NamespaceBuilder,
    history: &'a RefCell<History>,
    /// Where each class was declared first.
    first: HashMap<Name, usize>,
}

impl<'a> Rest<'a> {
    /// What was made of a unit.
    pub(crate) fn new(
        unit: &Unit<'_>,
        builder: &'a NamespaceBuilder,
        history: &'a RefCell<History>,
    ) -> Self {
        let mut first = HashMap::new();
        for class in &unit.classes {
            first.entry(Name::new(class.node.name.text)).or_insert(class.order);
        }
        Self { builder, history, first }
    }

    /// A class as it was at a place of the text, if it was declared before.
    fn class_at(&self, name: &str, order: usize) -> Option<Arc<ResolvedClass>> {
        let last = self.builder.class(name)?;
        if self.first.get(&last.name).is_some_and(|first| *first > order) {
            return None;
        }
        let mut of_name = |name: &str| self.builder.class(name).cloned();
        let then = self.history.borrow_mut().class_at(&mut of_name, last, order);
        Some(then.unwrap_or_else(|| last.clone()))
    }
}

/// What was deleted together and where, the last first. Deletions that have no class in
/// common are as good as one.
fn layers(buried: BTreeMap<usize, Unit<'_>>) -> Vec<(usize, Unit<'_>)> {
    let mut layers: Vec<(usize, Unit<'_>)> = Vec::new();
    let mut names: HashSet<Name> = HashSet::new();
    for (order, mut unit) in buried.into_iter().rev() {
        let of_unit: HashSet<Name> =
            unit.classes.iter().map(|class| Name::new(class.node.name.text)).collect();
        match layers.last_mut().filter(|_| names.is_disjoint(&of_unit)) {
            Some((_, layer)) => {
                layer.classes.append(&mut unit.classes);
                layer.instances.append(&mut unit.instances);
                names.extend(of_unit);
            }
            None => {
                layers.push((order, unit));
                names = of_unit;
            }
        }
    }
    for (_, layer) in &mut layers {
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
    rest: &'a Rest<'a>,
    /// Where the layer was deleted.
    order: usize,
    /// What was there before.
    base: &'a dyn Base,
}

impl Base for Beside<'_> {
    fn class(&self, namespace: &str, name: &str) -> Option<Arc<ResolvedClass>> {
        let later = self.later.get(&CaseInsensitive(name)).cloned();
        let class = later.or_else(|| self.rest.class_at(name, self.order));
        class.or_else(|| self.base.class(namespace, name))
    }

    fn class_names(&self, namespace: &str) -> Vec<Name> {
        let mut names = self.base.class_names(namespace);
        names.extend(self.later.keys().cloned());
        names.extend(self.rest.builder.classes().map(|class| class.name.clone()));
        names
    }

    fn qualifier_types(&self, _: &str) -> Vec<QualifierType> {
        self.rest.builder.known_qualifier_types().cloned().collect()
    }

    fn has_instance(&self, namespace: &str, path: &ObjectPath) -> bool {
        self.base.has_instance(namespace, path)
    }

    fn check_event_filter(&self, property: &str, text: &str) -> Result<(), (Status, String)> {
        self.base.check_event_filter(property, text)
    }
}
