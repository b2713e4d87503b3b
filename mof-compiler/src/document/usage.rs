//! Which qualifiers a namespace uses, and where.

use super::space::ClassIndex;
use cimarron_model::Name;
use cimarron_schema::{ClassView, QualifierTypeView, QualifiersView, SchemaView};
use indexmap::IndexMap;

/// Places beyond these are counted and not listed.
const LISTED: usize = 60;

/// The qualifiers by name: declared ones first, then others as they are met.
pub(super) struct Usage<'a> {
    qualifiers: IndexMap<Name, Used<'a>, hashbrown::DefaultHashBuilder>,
}

/// One qualifier.
pub(super) struct Used<'a> {
    pub(super) declared: Option<QualifierTypeView<'a>>,
    /// How many elements write it.
    pub(super) count: usize,
    /// The first of them: a class, and a member of it.
    pub(super) places: Vec<(ClassIndex, Option<&'a str>)>,
}

impl<'a> Usage<'a> {
    pub(super) fn new(schema: SchemaView<'a>) -> Self {
        let declared = schema.qualifier_types().map(|declared| {
            let used = Used { declared: Some(declared), count: 0, places: Vec::new() };
            (Name::new(declared.name()), used)
        });
        Self { qualifiers: declared.collect() }
    }

    /// Notes a class's own qualifiers.
    pub(super) fn class(&mut self, index: ClassIndex, class: ClassView<'a>) {
        for qualifier in class.qualifiers().iter().filter(|q| !q.flavor().propagated()) {
            self.note(qualifier.name(), (index, None));
        }
    }

    /// Notes the qualifiers of a member, or of a parameter of it.
    pub(super) fn member(
        &mut self,
        index: ClassIndex,
        member: &'a str,
        qualifiers: QualifiersView<'a>,
    ) {
        for qualifier in qualifiers.iter().filter(|q| !q.flavor().propagated()) {
            self.note(qualifier.name(), (index, Some(member)));
        }
    }

    fn note(&mut self, name: &'a str, place: (ClassIndex, Option<&'a str>)) {
        let new = || Used { declared: None, count: 0, places: Vec::new() };
        let used = match self.qualifiers.get_mut(&cimarron_model::CaseInsensitive(name)) {
            Some(used) => used,
            None => self.qualifiers.entry(Name::new(name)).or_insert_with(new),
        };
        used.count += 1;
        if used.places.len() < LISTED && used.places.last() != Some(&place) {
            used.places.push(place);
        }
    }

    /// The name of a qualifier as its place on the page of qualifiers has it.
    pub(super) fn spelling(&self, name: &str) -> Option<&Name> {
        self.qualifiers.get_key_value(&cimarron_model::CaseInsensitive(name)).map(|(key, _)| key)
    }

    /// The qualifiers in name order.
    pub(super) fn sorted(&self) -> Vec<(&Name, &Used<'a>)> {
        let mut all: Vec<_> = self.qualifiers.iter().collect();
        all.sort_by(|a, b| a.0.cmp(b.0));
        all
    }
}

impl Used<'_> {
    /// Whether there may be places that are not listed.
    pub(super) const fn is_cut(&self) -> bool {
        self.places.len() == LISTED
    }
}
