//! Sorting declarations by namespace.

use super::directive::Directives;
use super::roots::Roots;
use super::{At, CompileOptions, GlobalFlavors};
use crate::Code;
use crate::diagnostic::Diagnostics;
use crate::source::FileId;
use crate::syntax::ast::{
    ClassDeclaration, Declaration, FlavorDeclaration, InstanceDeclaration, QualifierDeclaration,
};
use cimarron_model::{CaseInsensitive, Dialect, Name};
use hashbrown::HashSet;
use indexmap::IndexMap;
use std::rc::Rc;

/// The declarations of one namespace, in the order of the text.
#[derive(Default)]
pub(crate) struct Unit<'a> {
    pub(crate) qualifiers: Vec<At<'a, QualifierDeclaration<'a>>>,
    pub(crate) classes: Vec<Class<'a>>,
    pub(crate) instances: Vec<Instance<'a>>,
}

impl Unit<'_> {
    /// Forgets a class, the classes below it and the instances of all these. Says
    /// whether there was one.
    pub(crate) fn delete_class(&mut self, name: &str) -> bool {
        let mut doomed: HashSet<Name> = HashSet::new();
        let mut next: Vec<Name> = vec![Name::new(name)];
        let before = self.classes.len();
        while let Some(name) = next.pop() {
            let below = |c: &Class<'_>| c.at.node.superclass.is_some_and(|s| name.is(s.text));
            let below: Vec<Name> = self
                .classes
                .iter()
                .filter(|c| below(c))
                .map(|c| c.at.node.name.text.into())
                .collect();
            if doomed.insert(name) {
                next.extend(below);
            }
        }
        let stays = |name: &str| !doomed.contains(&CaseInsensitive(name));
        self.classes.retain(|c| stays(c.at.node.name.text));
        self.instances.retain(|i| stays(i.at.node.class.text));
        self.classes.len() < before
    }
}

/// A class declaration and the flavors in force where it stands.
#[derive(Clone)]
pub(crate) struct Class<'a> {
    pub(crate) at: At<'a, ClassDeclaration<'a>>,
    pub(crate) flavors: GlobalFlavors,
}

/// An instance declaration and the flavors in force where it stands.
#[derive(Clone)]
pub(crate) struct Instance<'a> {
    pub(crate) at: At<'a, InstanceDeclaration<'a>>,
    pub(crate) flavors: GlobalFlavors,
}

/// Sorts the declarations of all files, in order.
pub(crate) fn collect<'a>(
    declarations: &'a [(FileId, Declaration<'a>)],
    roots: &Roots,
    options: &CompileOptions,
    sink: &mut Diagnostics,
) -> IndexMap<Name, Unit<'a>> {
    let mut units: IndexMap<Name, Unit<'a>> = IndexMap::new();
    let mut directives = Directives::new(options);
    let mut flavors = GlobalFlavors::default();
    let mut root = None;
    for (file, declaration) in declarations {
        let file = *file;
        if root.replace(roots.of(file)) != Some(roots.of(file)) {
            directives = Directives::new(options);
            flavors = GlobalFlavors::default();
        }
        match declaration {
            Declaration::Directive(d) => directives.obey(At::new(file, &**d), &mut units, sink),
            Declaration::Flavors(d) => {
                set_flavors(&mut flavors, At::new(file, &**d), options.dialect, sink);
            }
            Declaration::Qualifier(d) => {
                units.entry(directives.namespace()).or_default().qualifiers.push(At::new(file, d));
            }
            Declaration::Class(d) => {
                let class = Class { at: At::new(file, &**d), flavors: flavors.clone() };
                units.entry(directives.namespace()).or_default().classes.push(class);
            }
            Declaration::Instance(d) => {
                let instance = Instance { at: At::new(file, &**d), flavors: flavors.clone() };
                units.entry(directives.namespace()).or_default().instances.push(instance);
            }
        }
    }
    units
}

/// WMI's `Qualifier N : ToSubclass;` holds for the rest of its file.
fn set_flavors(
    flavors: &mut GlobalFlavors,
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
    Rc::make_mut(flavors).insert(Name::new(name.text), at.node.flavors.clone());
}
