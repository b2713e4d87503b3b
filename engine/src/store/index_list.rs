//! Which ordered indexes a namespace has, from one schema version to the next.
//!
//! A class of a `Wmi` namespace that declares a property `[Indexed]` gets an index for it;
//! others are asked for. Each covers the class and all below it. An index goes with its
//! class or property; when the values get another order it is made anew.

use super::changes::Recorded;
use super::chunk::Chunk;
use super::ordered::{Held, KeyForm, OrderedIndex, Phase};
use super::root::Root;
use crate::schema::{ClassDef, ClassId, ClassRef, Schema};
use cimarron_model::{Dialect, Name, ReferenceRules};
use cimarron_schema::ClassView;
use std::sync::Arc;

/// An index of a schema version, and why it is there.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) index: Arc<OrderedIndex>,
    /// The class says `[Indexed]`.
    pub(crate) declared: bool,
    /// Somebody asked for it.
    pub(crate) requested: bool,
}

impl Known {
    fn is(&self, class: ClassId, property: &Name) -> bool {
        self.index.class == class && self.index.property == *property
    }
}

/// The class and property of an index.
pub(crate) type Wanted = (ClassId, Name);

/// The indexes of a schema: those before it, as far as they hold, and new ones in the
/// given phase.
pub(super) fn next(
    before: &Root,
    schema: &Schema,
    rules: &ReferenceRules,
    requested: &[Wanted],
    phase: Phase,
) -> Arc<[Known]> {
    let declared = match rules.dialect() {
        Dialect::Wmi => declared(before, schema),
        Dialect::Dmtf => Vec::new(),
    };
    let mut list: Vec<Known> = Vec::new();
    let reasons = declared.iter().map(|wanted| (wanted, true));
    for ((class, property), by_class) in reasons.chain(requested.iter().map(|w| (w, false))) {
        if let Some(known) = list.iter_mut().find(|known| known.is(*class, property)) {
            known.requested |= !by_class;
            continue;
        }
        let Some(form) = schema.by_id(*class).and_then(|c| form(c, property, rules)) else {
            continue;
        };
        let there = before.ordered().iter().find(|known| known.is(*class, property));
        let index = match there {
            Some(known) if known.index.form == form => known.index.clone(),
            _ => Arc::new(OrderedIndex::new(*class, property.clone(), form, phase)),
        };
        list.push(Known { index, declared: by_class, requested: !by_class });
    }
    list.into()
}

/// The indexes that classes declare. A class that restates what one above declares
/// gets none of its own.
fn declared(before: &Root, schema: &Schema) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = Vec::new();
    for class in schema.classes() {
        let def = class.def();
        let is_as_before = before.table(def.id).is_some_and(|t| t.version == def.version);
        let own: Vec<Name> = if is_as_before {
            let known = before.ordered().iter();
            let own = known.filter(|known| known.declared && known.index.class == def.id);
            own.map(|known| known.index.property.clone()).collect()
        } else {
            marked(def)
        };
        for property in own {
            let is_covered = all.iter().any(|(above, covered)| {
                *covered == property && schema.by_id(*above).is_some_and(|above| class.is_a(above))
            });
            if !is_covered {
                all.push((def.id, property));
            }
        }
    }
    all
}

/// The properties that a class itself declares `[Indexed]`.
fn marked(class: &ClassDef) -> Vec<Name> {
    let own = class.view().into_iter().flat_map(ClassView::own_properties);
    let marked = own.filter(|property| property.qualifiers().is_true("Indexed"));
    marked.map(|property| property.name().into()).collect()
}

/// How a property's values are ordered; `None` when they have no order, or another one
/// in a class below.
pub(crate) fn form(
    class: ClassRef<'_>,
    property: &Name,
    rules: &ReferenceRules,
) -> Option<KeyForm> {
    let mut forms = class.subtree().map(|below| {
        let (_, slot) = below.layout().find(property.as_str())?;
        KeyForm::of(slot, rules)
    });
    let first = forms.next()??;
    forms.all(|form| form.as_ref() == Some(&first)).then_some(first)
}

impl Root {
    /// Lets every table know the indexes that its rows are in.
    pub(super) fn attach_indexes(&self) {
        for class in self.schema.classes() {
            let Some(table) = self.table_of(class) else { continue };
            table.ordered.set(self.held(class));
        }
    }

    /// The indexes that the rows of a class are in.
    fn held(&self, class: ClassRef<'_>) -> Vec<Held> {
        let covering = self.ordered().iter().filter(|known| self.covers(&known.index, class));
        let held = covering.filter_map(|known| {
            let slot = class.layout().slot_of(known.index.property.as_str(), 0)?;
            Some(Held { index: known.index.clone(), slot, version: class.def().version })
        });
        held.collect()
    }

    /// Whether an index has the rows of a class.
    fn covers(&self, index: &OrderedIndex, class: ClassRef<'_>) -> bool {
        self.schema.by_id(index.class).is_some_and(|above| class.is_a(above))
    }

    /// The index of this class and property, ready or not.
    pub(crate) fn known_index(&self, class: ClassId, property: &Name) -> Option<&Known> {
        self.ordered().iter().find(|known| known.is(class, property))
    }

    /// An index of a property that has the rows of a class and all below it.
    pub(crate) fn ordered_index(
        &self,
        class: ClassRef<'_>,
        property: &Name,
    ) -> Option<&Arc<OrderedIndex>> {
        let indexes = self.ordered().iter().map(|known| &known.index);
        indexes
            .filter(|index| index.property == *property && self.covers(index, class))
            .find(|index| index.is_ready())
    }

    /// Enters the rows of kept tables in indexes that were not there before.
    pub(super) fn fill_indexes(&self, before: &Self) {
        for index in self.ordered().iter().map(|known| &known.index) {
            if before.has_index(index) {
                continue;
            }
            for table in self.tables_under(index.class) {
                index.fill(&table.all_chunks());
            }
        }
    }

    /// The chunks of a class and all below it.
    pub(crate) fn chunks_under(&self, class: ClassId) -> Vec<Arc<Chunk>> {
        let tables = self.tables_under(class);
        tables.flat_map(|table| table.all_chunks().iter().cloned().collect::<Vec<_>>()).collect()
    }

    /// How many rows a class and all below it have for the writer.
    pub(crate) fn live_under(&self, class: ClassRef<'_>) -> usize {
        self.tables_under(class.def().id).map(|table| table.live()).sum()
    }

    /// What to record of the indexes that were asked for, and of those that no longer are.
    pub(super) fn index_changes(&self, before: &Self, namespace: &Name) -> Vec<Recorded> {
        let asked = |root: &Self, known: &Known| {
            let there = root.known_index(known.index.class, &known.index.property);
            there.is_some_and(|there| there.requested)
        };
        let record = |known: &Known, came| {
            Some(Recorded::Index {
                namespace: namespace.clone(),
                class: self.schema.by_id(known.index.class)?.name().clone(),
                property: known.index.property.clone(),
                came,
            })
        };
        let differ = |from: &Self, to: &Self, came| -> Vec<Recorded> {
            let new = to.ordered().iter().filter(|k| k.requested && !asked(from, k));
            new.filter_map(|known| record(known, came)).collect()
        };
        let mut all = differ(self, before, false);
        all.extend(differ(before, self, true));
        all
    }

    /// Closes the indexes of the root before that this one does not have any more.
    pub(super) fn close_indexes(&self, before: &Self) {
        let gone = before.ordered().iter().filter(|known| !self.has_index(&known.index));
        gone.for_each(|known| known.index.close());
    }

    fn has_index(&self, index: &Arc<OrderedIndex>) -> bool {
        self.ordered().iter().any(|known| Arc::ptr_eq(&known.index, index))
    }
}

#[cfg(test)]
impl super::Store {
    /// Compares every index with the rows: each that is there is in it once, and whatever
    /// is in it leads to a row with that key.
    pub(crate) fn check_indexes(&self, root: &Root) {
        for index in root.ordered().iter().map(|known| &known.index) {
            let entries = index.entries();
            for (key, address) in &entries {
                let chunk = self.chunk(*address).expect("a chunk");
                let slot = chunk.layout().slot_of(index.property.as_str(), 0).expect("a slot");
                let there = index.form.key(chunk.value(address.row(), slot));
                assert_eq!(there.as_ref(), Some(key), "{}", index.property);
            }
            let mut expected = Vec::new();
            for chunk in root.chunks_under(index.class) {
                let slot = chunk.layout().slot_of(index.property.as_str(), 0).expect("a slot");
                for row in (0..chunk.len()).filter(|row| chunk.is_current(*row)) {
                    let key = index.form.key(chunk.value(row, slot));
                    expected.extend(key.map(|k| (k, super::RowAddress::new(chunk.number(), row))));
                }
            }
            expected.sort();
            let is_there = |entry: &_| entries.binary_search(entry).is_ok();
            assert!(expected.iter().all(is_there), "{} lacks a row", index.property);
        }
    }
}
