//! Finding the properties and methods of a type by their names.

use crate::syntax::mof3::ast::{Feature, Method, Property};
use cimarron_model::{CaseInsensitive, Name, fold};
use hashbrown::HashMap;
use std::cell::OnceCell;

/// How many features are looked through; of more an index is made.
const FEW: usize = 16;

/// Where the features of a type stand, by their names; made once one is looked for.
#[derive(Default)]
pub(super) struct Index(OnceCell<HashMap<Name, Vec<usize>>>);

/// The first property and the first method of a name.
#[derive(Default)]
pub(super) struct Named<'d> {
    pub(super) property: Option<&'d Property<'d>>,
    pub(super) method: Option<&'d Method<'d>>,
}

impl Index {
    /// What has this name among the features, which are always the same ones.
    pub(super) fn find<'d>(&self, features: &'d [Feature<'d>], name: &str) -> Named<'d> {
        if features.len() <= FEW {
            let is_it = |f: &&Feature<'_>| name_of(f).is_some_and(|own| fold::eq(own, name));
            return Named::of(features.iter().filter(is_it));
        }
        let index = self.0.get_or_init(|| {
            let mut index: HashMap<Name, Vec<usize>> = HashMap::with_capacity(features.len());
            for (at, feature) in features.iter().enumerate() {
                if let Some(name) = name_of(feature) {
                    index.entry(Name::new(name)).or_default().push(at);
                }
            }
            index
        });
        let found = index.get(&CaseInsensitive(name)).into_iter().flatten();
        Named::of(found.filter_map(|at| features.get(*at)))
    }
}

impl<'d> Named<'d> {
    fn of(features: impl Iterator<Item = &'d Feature<'d>>) -> Self {
        let mut named = Self::default();
        for feature in features {
            match feature {
                Feature::Property(property) => named.property = named.property.or(Some(property)),
                Feature::Method(method) => named.method = named.method.or(Some(method)),
                Feature::Structure(_) | Feature::Enumeration(_) => {}
            }
        }
        named
    }
}

const fn name_of<'d>(feature: &Feature<'d>) -> Option<&'d str> {
    match feature {
        Feature::Property(property) => Some(property.name.text),
        Feature::Method(method) => Some(method.name.text),
        Feature::Structure(_) | Feature::Enumeration(_) => None,
    }
}
