//! The walk along the associations of one object.
//!
//! Links and what stands at their other ends are looked up some at a time: the processor
//! waits for the memory of many at once when nothing else stands between. What is found is
//! shown as it lies there; whoever wants to keep it says so.

use super::association_filter::BoundFilter;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::schema::{ClassId, ClassRef, Layout, Schema};
use crate::store::{Chunk, FOLLOWED_TOGETHER, Found, ObjectNumber, Root, RowAddress, View, Visit};
use crate::view::ValueView;
use cimarron_model::{ClassVersion, ObjectPath};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use std::sync::Arc;

/// What stands at the other end of an association.
pub(super) enum End<'c> {
    /// A row.
    Found(&'c Arc<Chunk>, usize),
    /// It is not there; what the reference says.
    Absent(Option<Arc<ObjectPath>>),
}

/// A walk along the associations of one object.
pub(super) struct Walk<'a> {
    pub(super) namespace: &'a Namespace,
    pub(super) view: &'a View,
    pub(super) filter: BoundFilter<'a>,
    pub(super) object: ObjectNumber,
    /// Whether an end that several associations lead to is given once.
    pub(super) once: bool,
    pub(super) check: &'a dyn Fn() -> Result<(), EngineError>,
}

/// What the filter says of a class of associations.
struct Followed<'a> {
    class: ClassRef<'a>,
    roles: SmallVec<[Role; 2]>,
}

/// What the filter says of a reference.
#[derive(Clone, Copy)]
struct Role {
    slot: u32,
    /// Whether the source may stand there.
    starts: bool,
    /// Whether what stands there is given.
    ends: bool,
}

impl<'a> Followed<'a> {
    /// `None` when associations of the class are not followed.
    fn new(schema: &'a Schema, filter: BoundFilter<'_>, layout: &Layout) -> Option<Self> {
        let class = schema.by_id(layout.id).filter(|class| filter.follows(*class))?;
        let role = |slot: &u32| {
            let name = layout.slot(*slot).map(|slot| &slot.name);
            let (starts, ends) =
                name.map_or((false, false), |name| (filter.starts_at(name), filter.ends_at(name)));
            Role { slot: *slot, starts, ends }
        };
        let mut roles = SmallVec::new();
        layout.references.iter().for_each(|slot| roles.push(role(slot)));
        Some(Self { class, roles })
    }
}

/// An end that is yet to be looked up.
#[derive(Clone, Copy, Default)]
struct Target {
    object: ObjectNumber,
    /// The association and the slot of its reference.
    link: ObjectNumber,
    slot: u32,
}

/// How many links are followed between two looks at deadline and cancel token.
const LINKS_PER_CHECK: usize = 256;

/// How many ends are looked up together.
const TOGETHER: usize = FOLLOWED_TOGETHER;

impl<'a> Walk<'a> {
    fn schema(&self) -> &'a Schema {
        self.view.schema()
    }

    fn visit(&self) -> Visit<'a> {
        Visit::new(&self.namespace.store, self.view.root(), self.view.seen())
    }

    /// Calls `each` with every association that the filter follows: its number and its row.
    fn links(
        &self,
        mut each: impl FnMut(&Followed<'a>, ObjectNumber, (&Arc<Chunk>, usize)),
    ) -> Result<(), EngineError> {
        if self.object == 0 {
            return Ok(());
        }
        (self.check)()?;
        let mut visit = self.visit();
        // Links of one class come in runs; `None` for one whose links are passed over.
        let mut last: (ClassId, ClassVersion) = (ClassId::NONE, ClassVersion::default());
        let mut followed: Option<Followed<'a>> = None;
        let mut looks = 0;
        self.namespace.store.follow_links(self.object, |links| {
            looks += 1;
            if looks % (LINKS_PER_CHECK / TOGETHER) == 0 {
                (self.check)()?;
            }
            for run in links.chunk_by(|(_, one), (_, next)| one.chunk() == next.chunk()) {
                let there = run.first().and_then(|(_, address)| visit.at(*address));
                for (number, address) in run {
                    let found;
                    let (chunk, row) = match &there {
                        Some(there) if there.has(*number, address.row()) => {
                            (there.chunk, address.row())
                        }
                        _ => {
                            found = self.row_of(*number);
                            let Some(Found { chunk, row }) = &found else { continue };
                            (chunk, *row)
                        }
                    };
                    let layout = chunk.layout();
                    if last != (layout.id, layout.version) {
                        last = (layout.id, layout.version);
                        followed = Followed::new(self.schema(), self.filter, layout);
                    }
                    if let Some(followed) = &followed {
                        each(followed, *number, (chunk, row));
                    }
                }
            }
            Ok(())
        })
    }

    /// Calls `each` with every end that the filter gives.
    pub(super) fn ends(&self, mut each: impl FnMut(End<'_>)) -> Result<(), EngineError> {
        let (once, gives_all) = (self.once, self.filter.gives_unknown());
        let mut given: FxHashSet<ObjectNumber> = FxHashSet::default();
        let mut visit = self.visit();
        let mut look_up = |targets: &[Target]| {
            let mut addresses = [RowAddress::MIN; TOGETHER];
            let objects = targets.iter().map(|target| target.object);
            self.namespace.store.newest_addresses(objects, &mut addresses);
            for (target, address) in targets.iter().zip(&addresses) {
                if once && given.contains(&target.object) {
                    continue;
                }
                let (object, row) = (target.object, address.row());
                let found;
                let end = match visit.at(*address).filter(|there| there.has(object, row)) {
                    Some(there) => End::Found(there.chunk, row),
                    None => {
                        found = self.row_of(object);
                        match &found {
                            Some(Found { chunk, row }) => End::Found(chunk, *row),
                            None => End::Absent(self.named_by(target)),
                        }
                    }
                };
                if gives_all || self.gives(&end) {
                    if once {
                        given.insert(object);
                    }
                    each(end);
                }
            }
        };
        let mut together = [Target::default(); TOGETHER];
        let mut count = 0;
        self.links(|Followed { roles, .. }, link, (chunk, row)| {
            let starts = |object, role: &Role| object == self.object && role.starts;
            let references = chunk.links(row).zip(roles);
            let all = references.clone().filter(|(object, role)| starts(*object, role)).count();
            for (object, role) in references {
                // A walk that starts at a reference ends at another one.
                let others = all - usize::from(starts(object, role));
                if object == 0 || !role.ends || others == 0 {
                    continue;
                }
                if let Some(place) = together.get_mut(count) {
                    *place = Target { object, link, slot: role.slot };
                    count += 1;
                }
                if count == TOGETHER {
                    look_up(&together);
                    count = 0;
                }
            }
        })?;
        look_up(together.get(..count).unwrap_or_default());
        Ok(())
    }

    /// What the reference says that leads to an end that is not there.
    #[cold]
    fn named_by(&self, target: &Target) -> Option<Arc<ObjectPath>> {
        let link = self.row_of(target.link)?;
        match link.chunk.value(link.row, target.slot) {
            ValueView::Reference(path) => Some(path.clone()),
            _ => None,
        }
    }

    /// Calls `each` with every association that the filter gives.
    pub(super) fn references(
        &self,
        mut each: impl FnMut(&Arc<Chunk>, usize),
    ) -> Result<(), EngineError> {
        self.links(|Followed { class, roles }, _, (chunk, row)| {
            let mut targets = chunk.links(row).zip(roles);
            let starts = targets.any(|(target, role)| target == self.object && role.starts);
            if starts && self.filter.gives(*class) {
                each(chunk, row);
            }
        })
    }

    /// An object's row, wherever it is.
    #[cold]
    fn row_of(&self, object: ObjectNumber) -> Option<Found> {
        let store = &self.namespace.store;
        let look = |root: &Root, seen| Ok(store.object_row(root, object, seen));
        self.namespace.look_in(self.view, look).unwrap_or_default()
    }

    /// Whether the filter gives an end.
    fn gives(&self, end: &End<'_>) -> bool {
        let class = match end {
            End::Found(chunk, _) => self.schema().by_id(chunk.layout().id),
            End::Absent(path) => {
                let name = path.as_ref().and_then(|path| path.class.as_ref());
                name.and_then(|name| self.schema().class(name.as_str()))
            }
        };
        class.is_some_and(|class| self.filter.gives(class))
    }
}
