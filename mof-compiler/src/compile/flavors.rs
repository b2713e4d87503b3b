//! WMI's flavors for later uses of a qualifier: `Qualifier N : ToSubclass Amended;`.

use crate::syntax::ast::Flavor;
use cimarron_model::{CaseInsensitive, Name};
use hashbrown::HashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// What the short form gives to each qualifier, and from which place in the text on.
type Timeline = HashMap<Name, Vec<(usize, Rc<[Flavor]>)>>;

/// The flavors in force at one place of a file. All places of a file share one
/// [`Timeline`], so that a text of nothing but such declarations takes linear space.
#[derive(Clone, Default)]
pub(crate) struct GlobalFlavors {
    declared: Rc<RefCell<Timeline>>,
    at: usize,
}

impl GlobalFlavors {
    /// Those in force at a place.
    pub(crate) fn at(&self, order: usize) -> Self {
        Self { declared: self.declared.clone(), at: order }
    }

    /// From `order` on, uses of a qualifier get these flavors.
    pub(crate) fn declare(&self, order: usize, name: &str, flavors: &[Flavor]) {
        let mut declared = self.declared.borrow_mut();
        declared.entry(Name::new(name)).or_default().push((order, flavors.into()));
    }

    /// What a qualifier gets that says nothing itself.
    #[inline]
    pub(crate) fn get(&self, name: &str) -> Option<Rc<[Flavor]>> {
        // Hardly any text has such declarations.
        if self.declared.borrow().is_empty() { None } else { self.find(name) }
    }

    fn find(&self, name: &str) -> Option<Rc<[Flavor]>> {
        let declared = self.declared.borrow();
        let timeline = declared.get(&CaseInsensitive(name))?;
        let latest = timeline.partition_point(|(order, _)| *order < self.at).checked_sub(1)?;
        timeline.get(latest).map(|(_, flavors)| flavors.clone())
    }
}
