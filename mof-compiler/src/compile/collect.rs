//! Sorting declarations by namespace.

use super::directive::Directives;
use super::early::{EarlyClass, Parsed};
use super::gone::Gone;
use super::qualifier::contradictions;
use super::roots::Roots;
use super::unit::{Class, Instance, Item, Unit};
use super::update::Changes;
use super::{At, Base, CompileOptions, GlobalFlavors};
use crate::Code;
use crate::diagnostic::Diagnostics;
use crate::syntax::ast::{Declaration, FlavorDeclaration};
use cimarron_model::{Dialect, Name, fold};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// The declarations of all files by namespace, and what directives ask for.
#[derive(Default)]
pub(crate) struct Collected<'a> {
    pub(crate) units: IndexMap<Name, Unit<'a>>,
    pub(crate) changes: Changes,
    /// The namespaces that were deleted.
    pub(crate) gone: Gone,
    /// What was declared in them before.
    pub(crate) buried: Vec<(Name, Unit<'a>)>,
    /// The names of the units in lower case, of as many as have been looked at.
    names: BTreeMap<String, usize>,
}

impl Collected<'_> {
    /// Takes out a namespace and those below it, whose instance of `__NAMESPACE` is deleted
    /// (MS-WMI 3.1.4.3.14). What is declared in them later is declared in new ones.
    pub(crate) fn bury_namespace(&mut self, gone: Name) {
        for (at, name) in self.units.keys().enumerate().skip(self.names.len()) {
            self.names.insert(fold::fold(name.as_str()), at);
        }
        let name = fold::fold(gone.as_str());
        let below = format!("{name}/");
        let within = self.names.range(below.clone()..).take_while(|(n, _)| n.starts_with(&below));
        for at in self.names.get(&name).into_iter().chain(within.map(|(_, at)| at)) {
            if let Some((name, unit)) = self.units.get_index_mut(*at)
                && !unit.is_empty()
            {
                self.buried.push((name.clone(), std::mem::take(unit)));
            }
        }
        self.gone.add(gone, self.changes.deletions.len());
    }

    /// Forgets what was deleted with its namespace.
    fn settle(&mut self) {
        let Self { gone, units, changes, .. } = self;
        units.retain(|name, unit| !unit.is_empty() || !gone.has(name.as_str()));
        let mut at = 0..;
        changes.deletions.retain(|deletion| {
            let (at, before) = (at.next(), gone.deletions(deletion.namespace.as_str()));
            before.is_none_or(|before| at.is_some_and(|at: usize| at >= before))
        });
    }
}

/// Sorts the declarations of all files, in order.
pub(crate) fn collect<'a>(
    declarations: &'a mut [Parsed<'a>],
    roots: &Roots,
    options: &CompileOptions,
    base: &dyn Base,
    sink: &mut Diagnostics,
) -> Collected<'a> {
    let mut collected = Collected::default();
    let mut directives = Directives::new(options, base);
    let mut flavors = GlobalFlavors::default();
    let mut root = None;
    for (order, parsed) in declarations.iter_mut().enumerate() {
        let Parsed { file, declaration, early } = parsed;
        let file = *file;
        if root.replace(roots.of(file)) != Some(roots.of(file)) {
            directives = Directives::new(options, base);
            flavors = GlobalFlavors::default();
        }
        let units = &mut collected.units;
        match declaration {
            Declaration::Directive(d) => {
                directives.obey(At::new(file, &**d), order, &mut collected, sink);
            }
            Declaration::Flavors(d) => {
                set_flavors(&flavors, order, At::new(file, &**d), options.dialect, sink);
            }
            Declaration::Qualifier(d) => {
                units.entry(directives.namespace()).or_default().qualifiers.push(At::new(file, d));
            }
            Declaration::Class(d) => {
                let flags = directives.class_flags;
                let class = Class {
                    file,
                    node: std::mem::take(d),
                    released: early.as_ref().is_some_and(EarlyClass::has_no_tree),
                    early: early.take(),
                    flavors: flavors.at(order),
                    flags,
                    order,
                };
                units.entry(directives.namespace()).or_default().add_class(class);
            }
            Declaration::Instance(d) => {
                let at = At::new(file, &**d);
                let existence = directives.instance_flags.existence;
                let instance = Instance { at, flavors: flavors.at(order), existence, order };
                let unit = units.entry(directives.namespace()).or_default();
                unit.add_item(Item::Declared(instance));
            }
        }
    }
    collected.settle();
    let buried = collected.buried.iter_mut().map(|(namespace, unit)| (&*namespace, unit));
    for (namespace, unit) in collected.units.iter_mut().chain(buried) {
        let deleted = std::mem::take(&mut unit.deleted);
        unit.settle(|name| {
            let class = base.class(namespace.as_str(), name.as_str())?;
            let lineage = std::iter::once(&class.name).chain(&class.ancestors);
            lineage.filter_map(|name| deleted.get(name)).max().copied()
        });
        unit.deleted = deleted;
    }
    collected
}

/// WMI's `Qualifier N : ToSubclass;` holds for the rest of its file.
fn set_flavors(
    flavors: &GlobalFlavors,
    order: usize,
    at: At<'_, FlavorDeclaration<'_>>,
    dialect: Dialect,
    sink: &mut Diagnostics,
) {
    let name = at.node.name;
    if dialect == Dialect::Dmtf {
        let message = format!("the declaration of `{}` has no type", name.text);
        let help = format!("write Qualifier {} : type, Scope(...), Flavor(...);", name.text);
        sink.push(at.error(Code::WmiForm, name.span, message).with_help(help));
        return;
    }
    contradictions(at.file, &at.node.flavors, sink);
    flavors.declare(order, name.text, &at.node.flavors);
}
