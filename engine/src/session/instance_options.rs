//! What instances show of themselves when they are enumerated or followed to.

use crate::schema::Layout;
use cimarron_model::Name;
use smallvec::SmallVec;

/// Which properties of instances an operation gives. The default gives all of them.
///
/// ```
/// use cimarron_engine::InstanceOptions;
///
/// let names = InstanceOptions::new().properties(["Name", "Caption"]);
/// let as_base = InstanceOptions::new().as_asked_class();
/// # let _ = (names, as_base);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceOptions {
    properties: Option<Vec<Name>>,
    as_asked_class: bool,
}

impl InstanceOptions {
    /// All properties of each instance's own class.
    pub fn new() -> Self {
        Self::default()
    }

    /// These properties, in this order; each once. An instance whose class has no such
    /// property goes without (DSP0200 5.3.2.4, PropertyList).
    #[must_use]
    pub fn properties<N: Into<Name>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let mut chosen: Vec<Name> = Vec::new();
        for name in names.into_iter().map(Into::into) {
            if !chosen.contains(&name) {
                chosen.push(name);
            }
        }
        self.properties = Some(chosen);
        self
    }

    /// Those of the class that was asked for, and none that subclasses add (DSP0200
    /// 5.3.2.4, DeepInheritance false).
    #[must_use]
    pub const fn as_asked_class(mut self) -> Self {
        self.as_asked_class = true;
        self
    }

    /// What that means for instances of a class and those below it; `None` when it is
    /// everything.
    pub(super) fn choice(&self, asked: &Layout) -> Option<Choice> {
        let first = self.as_asked_class.then_some(asked.slots.len() as u32);
        if self.properties.is_none() && first.is_none() {
            return None;
        }
        let names = self.properties.clone();
        Some(Choice::Properties { names, before: first.unwrap_or(u32::MAX) })
    }
}

/// Properties that a result shows of instances of whatever class.
#[derive(Clone, Debug)]
pub(super) enum Choice {
    /// The keys of each instance's own class.
    Keys,
    /// Those of these names, or all, in slots before this one: a property has the same
    /// slot in every subclass.
    Properties { names: Option<Vec<Name>>, before: u32 },
}

impl Choice {
    /// The slots that are shown of an instance of this class.
    pub(super) fn slots(&self, layout: &Layout) -> SmallVec<[u32; 16]> {
        match self {
            Self::Keys => layout.keys.iter().copied().collect(),
            Self::Properties { names: None, before } => {
                (0..(*before).min(layout.slots.len() as u32)).collect()
            }
            Self::Properties { names: Some(names), before } => names
                .iter()
                .filter_map(|name| layout.slot_of(name.as_str(), 0))
                .filter(|slot| slot < before)
                .collect(),
        }
    }
}
