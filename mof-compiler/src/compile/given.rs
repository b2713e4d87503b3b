//! What an instance writes of its properties, found by name.

use crate::source::Span;
use crate::syntax::ast::{InstanceDeclaration, PropertyValue};
use cimarron_model::CaseInsensitive;
use hashbrown::HashMap;
use std::cell::OnceCell;

/// How many are searched faster one by one than by hash.
const FEW: usize = 24;

/// The properties that an instance gives values to, for whoever looks for many of them.
pub(super) struct Given<'n, 'a> {
    node: &'n InstanceDeclaration<'a>,
    /// Where each name stands first, of many.
    places: OnceCell<HashMap<CaseInsensitive<'a>, usize>>,
}

impl<'n, 'a> Given<'n, 'a> {
    pub(super) const fn new(node: &'n InstanceDeclaration<'a>) -> Self {
        Self { node, places: OnceCell::new() }
    }

    /// Where a property is given a value first.
    pub(super) fn first(&self, name: &str) -> Option<&'n PropertyValue<'a>> {
        let all = &self.node.properties;
        let name = CaseInsensitive(name);
        if all.len() <= FEW {
            return all.iter().find(|p| CaseInsensitive(p.name.text) == name);
        }
        let places = self.places.get_or_init(|| {
            let mut places = HashMap::with_capacity(all.len());
            for (at, property) in all.iter().enumerate() {
                places.entry(CaseInsensitive(property.name.text)).or_insert(at);
            }
            places
        });
        all.get(*places.get(&name)?)
    }

    /// The value that is given, or the name of the class where none is.
    pub(super) fn span(&self, name: &str) -> Span {
        self.first(name).map_or(self.node.class.span, |property| property.value.span)
    }
}
