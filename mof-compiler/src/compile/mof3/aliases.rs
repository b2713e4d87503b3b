//! The aliases of instances and values.

use super::super::roots::Roots;
use super::Placed;
use crate::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::FileId;
use crate::syntax::mof3::ast::{ComplexDeclaration, ComplexSort, Declaration};
use cimarron_model::{CaseInsensitive, Name};
use hashbrown::HashMap;
use indexmap::IndexMap;

/// The file that declares an alias, and what it stands for.
pub(super) type Aliased<'d> = (FileId, &'d ComplexDeclaration<'d>);

/// The instances and values that have an alias.
pub(super) struct Aliases<'d> {
    /// Those of each namespace.
    declared: Vec<(&'d Name, HashMap<Name, Aliased<'d>>)>,
    /// The namespace that is the first to have each.
    first: HashMap<Name, usize>,
}

impl<'d> Aliases<'d> {
    pub(super) fn new(
        sorted: &'d IndexMap<Name, Vec<Placed<'d>>>,
        roots: &Roots,
        sink: &mut Diagnostics,
    ) -> Self {
        let mut all = Self { declared: Vec::with_capacity(sorted.len()), first: HashMap::new() };
        for (i, (namespace, declarations)) in sorted.iter().enumerate() {
            all.declared.push((namespace, HashMap::new()));
            for (file, declaration) in declarations {
                let Declaration::Complex(node) = *declaration else { continue };
                let Some(alias) = node.alias else { continue };
                let within = all.within(i);
                let before =
                    within.get(alias.text).or_else(|| Some(within.elsewhere(alias.text)?.1));
                if let Some((other, first)) = before
                    && let Some(place) = first.alias
                    // Of two instances, the resolving of references says so. A file that is
                    // included for two namespaces has one alias.
                    && [first.sort, node.sort] != [ComplexSort::Instance; 2]
                    && !(roots.are_one(other, *file) && place.span == alias.span)
                {
                    let message = format!("the alias `${}` is defined twice", alias.text);
                    let found = Diagnostic::new(Code::DuplicateAlias, *file, alias.span, message);
                    sink.push(found.with_label(other, place.span, "first defined here"));
                }
                let name = Name::new(alias.text);
                all.first.entry(name.clone()).or_insert(i);
                if let Some((_, own)) = all.declared.get_mut(i) {
                    own.entry(name).or_insert((*file, &**node));
                }
            }
        }
        all
    }

    /// As a namespace knows them.
    pub(super) const fn within(&self, namespace: usize) -> Within<'_, 'd> {
        Within { all: self, namespace }
    }
}

/// The aliases as a namespace knows them.
#[derive(Clone, Copy)]
pub(super) struct Within<'k, 'd> {
    all: &'k Aliases<'d>,
    namespace: usize,
}

impl<'d> Within<'_, 'd> {
    /// What an alias stands for that the namespace itself has.
    pub(super) fn get(&self, name: &str) -> Option<Aliased<'d>> {
        self.all.declared.get(self.namespace)?.1.get(&CaseInsensitive(name)).copied()
    }

    /// What an alias stands for that another namespace has, and which.
    pub(super) fn elsewhere(&self, name: &str) -> Option<(&'d Name, Aliased<'d>)> {
        let key = CaseInsensitive(name);
        let first = self.all.first.get(&key).filter(|first| **first != self.namespace)?;
        let (namespace, declared) = self.all.declared.get(*first)?;
        Some((namespace, *declared.get(&key)?))
    }

    /// The names of those that the namespace itself has.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.all.declared.get(self.namespace);
        own.into_iter().flat_map(|(_, declared)| declared.keys()).map(Name::as_str)
    }
}
