//! The walk along the associations of one object.
//!
//! Links and what stands at their other ends are looked up some at a time: the processor
//! waits for the memory of many at once when nothing else stands between. What is found is
//! shown as it lies there; whoever wants to keep it says so.

use super::association_filter::BoundFilter;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::schema::{ClassId, ClassRef, Layout, Schema};
use crate::store::{
    Chunk, FOLLOWED_TOGETHER, Found, ObjectNumber, Root, RowAddress, RowLinks, Store, View, Visit,
};
use crate::view::ValueView;
use cimarron_model::{ClassVersion, ObjectPath};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A row that a walk comes to.
#[derive(Clone, Copy)]
pub(super) struct Spot<'c> {
    pub(super) chunk: &'c Arc<Chunk>,
    pub(super) row: usize,
    /// Where the walk keeps the chunk, which may be the place of another one a moment later:
    /// a hint for whoever has met the chunk before.
    pub(super) kept: usize,
}

impl<'c> Spot<'c> {
    /// A row that was looked up by itself.
    const fn of(Found { chunk, row }: &'c Found) -> Self {
        Self { chunk, row: *row, kept: 0 }
    }
}

/// What stands at the other end of an association.
pub(super) enum End<'c> {
    /// A row.
    Found(Spot<'c>),
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

/// What the filter says of the class of associations that was come to last: links of one class
/// come in runs.
struct Current<'a> {
    class: (ClassId, ClassVersion),
    /// `None` for one whose links are passed over.
    followed: Option<Followed<'a>>,
}

impl<'a> Current<'a> {
    const fn none() -> Self {
        Self { class: (ClassId::NONE, ClassVersion(0)), followed: None }
    }

    /// One for the links whose newest rows are looked at, and one for those whose rows are
    /// elsewhere, which an old snapshot may have many of.
    const fn both() -> [Self; 2] {
        [Self::none(), Self::none()]
    }

    fn turn_to(&mut self, walk: &Walk<'a>, layout: &Layout) -> Option<&Followed<'a>> {
        if self.class != (layout.id, layout.version) {
            self.class = (layout.id, layout.version);
            self.followed = Followed::new(walk.schema(), walk.filter, layout);
        }
        self.followed.as_ref()
    }
}

/// What a walk does with the associations that it follows.
trait Follow {
    fn follow(&mut self, followed: &Followed<'_>, link: Link<'_>);
}

/// Gathers the ends of associations that the filter gives, as far as their references tell.
struct Ends<'t> {
    store: &'t Store,
    source: ObjectNumber,
    targets: &'t mut Targets,
}

/// Gives the associations themselves to a function.
struct Referring<'f, F> {
    source: ObjectNumber,
    filter: BoundFilter<'f>,
    each: &'f mut F,
}

impl Follow for Ends<'_> {
    /// In the loop over links, where it has to be, though there is a second one.
    #[inline(always)]
    fn follow(&mut self, Followed { roles, .. }: &Followed<'_>, link: Link<'_>) {
        let Self { store, source, targets } = self;
        let starts = |object, role: &Role| object == *source && role.starts;
        let mut add = |object, Role { slot, .. }: &Role| {
            store.expect_object(object);
            targets.push(Target { object, link: link.number, slot: *slot });
        };
        // A walk that starts at a reference ends at another one; most have two.
        if let ([first, second], [one, other]) = (link.targets(), roles.as_slice()) {
            let (first, second) = (number(first), number(second));
            if one.ends && first != 0 && starts(second, other) {
                add(first, one);
            }
            if other.ends && second != 0 && starts(first, one) {
                add(second, other);
            }
            return;
        }
        let references = link.targets().iter().map(number).zip(roles);
        let all = references.clone().filter(|(object, role)| starts(*object, role)).count();
        for (object, role) in references {
            let others = all - usize::from(starts(object, role));
            if role.ends && object != 0 && others > 0 {
                add(object, role);
            }
        }
    }
}

impl<F: FnMut(Spot<'_>)> Follow for Referring<'_, F> {
    fn follow(&mut self, Followed { class, roles }: &Followed<'_>, link: Link<'_>) {
        let mut targets = link.targets().iter().map(number).zip(roles);
        let starts = targets.any(|(target, role)| target == self.source && role.starts);
        if starts && self.filter.gives(*class) {
            (self.each)(link.spot);
        }
    }
}

/// An association that a walk comes to.
#[derive(Clone, Copy)]
struct Link<'c> {
    number: ObjectNumber,
    spot: Spot<'c>,
    /// What the associations of its chunk refer to.
    all: RowLinks<'c>,
}

impl<'c> Link<'c> {
    /// What it refers to, in the order of its references.
    #[inline]
    fn targets(&self) -> &'c [AtomicU32] {
        self.all.of(self.spot.row)
    }
}

/// The object that a reference leads to; 0 for none.
fn number(target: &AtomicU32) -> ObjectNumber {
    target.load(Ordering::Acquire)
}

/// Ends that are yet to be looked up.
type Targets = SmallVec<[Target; TOGETHER]>;

/// An end that is yet to be looked up.
#[derive(Clone, Copy)]
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

    /// Shows the associations that may refer to the object, some at a time.
    fn batches(
        &self,
        mut show: impl FnMut(&[ObjectNumber], &[RowAddress]),
    ) -> Result<(), EngineError> {
        if self.object == 0 {
            return Ok(());
        }
        (self.check)()?;
        let mut looks = 0;
        self.namespace.store.follow_links(self.object, |numbers, rows| {
            looks += 1;
            if looks % (LINKS_PER_CHECK / TOGETHER) == 0 {
                (self.check)()?;
            }
            show(numbers, rows);
            Ok(())
        })
    }

    /// Follows those of some associations that the filter follows.
    #[inline(never)]
    fn links(
        &self,
        (numbers, rows): (&[ObjectNumber], &[RowAddress]),
        visit: &mut Visit<'a>,
        [current, elsewhere]: &mut [Current<'a>; 2],
        follow: &mut impl Follow,
    ) {
        let mut rest = numbers;
        for run in rows.chunk_by(|one, next| one.chunk() == next.chunk()) {
            let Some((numbers, others)) = rest.split_at_checked(run.len()) else { return };
            rest = others;
            let there = run.first().and_then(|address| visit.at(*address));
            let Some(there) = there else {
                numbers.iter().for_each(|number| self.link_elsewhere(*number, elsewhere, follow));
                continue;
            };
            let (chunk, kept, all) = (there.chunk, there.place, there.chunk.links_of_all());
            let followed = current.turn_to(self, chunk.layout());
            for (number, address) in numbers.iter().zip(run) {
                let (number, row) = (*number, address.row());
                if !there.has(number, row) {
                    self.link_elsewhere(number, elsewhere, follow);
                } else if let Some(followed) = followed {
                    follow.follow(followed, Link { number, spot: Spot { chunk, row, kept }, all });
                }
            }
        }
    }

    /// Follows an association whose row is not where its newest one is, if it has one.
    #[cold]
    fn link_elsewhere(
        &self,
        number: ObjectNumber,
        current: &mut Current<'a>,
        follow: &mut impl Follow,
    ) {
        let Some(found) = self.row_of(number) else { return };
        if let Some(followed) = current.turn_to(self, found.chunk.layout()) {
            let all = found.chunk.links_of_all();
            follow.follow(followed, Link { number, spot: Spot::of(&found), all });
        }
    }

    /// Calls `each` with every end that the filter gives.
    pub(super) fn ends(&self, mut each: impl FnMut(End<'_>)) -> Result<(), EngineError> {
        let mut met: FxHashSet<ObjectNumber> = FxHashSet::default();
        let (mut visit, mut current) = (self.visit(), Current::both());
        let mut targets = Targets::new();
        self.batches(|numbers, rows| {
            targets.clear();
            let store = &*self.namespace.store;
            let mut ends = Ends { store, source: self.object, targets: &mut targets };
            self.links((numbers, rows), &mut visit, &mut current, &mut ends);
            if self.once {
                targets.retain(|target| met.insert(target.object));
            }
            for some in targets.chunks(TOGETHER) {
                self.look_up(some, &mut visit, &mut each);
            }
        })
    }

    /// Calls `each` with those of some ends that the filter gives.
    #[inline(never)]
    fn look_up(&self, targets: &[Target], visit: &mut Visit<'a>, each: &mut impl FnMut(End<'_>)) {
        let gives_all = self.filter.gives_unknown();
        let mut addresses = [RowAddress::MIN; TOGETHER];
        let objects = targets.iter().map(|target| target.object);
        self.namespace.store.newest_addresses(objects, &mut addresses);
        for (target, address) in targets.iter().zip(&addresses) {
            let (object, row) = (target.object, address.row());
            match visit.at(*address) {
                Some(there) if there.has(object, row) => {
                    if gives_all || self.gives(there.chunk) {
                        each(End::Found(Spot { chunk: there.chunk, row, kept: there.place }));
                    }
                }
                _ => self.end_elsewhere(target, each),
            }
        }
    }

    /// Calls `each` with an end whose row is not where its newest one is, if the filter gives
    /// it.
    #[cold]
    fn end_elsewhere(&self, target: &Target, each: &mut impl FnMut(End<'_>)) {
        match &self.row_of(target.object) {
            Some(found) if self.filter.gives_unknown() || self.gives(&found.chunk) => {
                each(End::Found(Spot::of(found)));
            }
            Some(_) => {}
            None => {
                let path = self.named_by(target);
                let name = path.as_ref().and_then(|path| path.class.as_ref());
                let class = name.and_then(|name| self.schema().class(name.as_str()));
                let gives = class.is_some_and(|class| self.filter.gives(class));
                if gives || self.filter.gives_unknown() {
                    each(End::Absent(path));
                }
            }
        }
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
    pub(super) fn references(&self, mut each: impl FnMut(Spot<'_>)) -> Result<(), EngineError> {
        let (mut visit, mut current) = (self.visit(), Current::both());
        let (source, filter) = (self.object, self.filter);
        let mut referring = Referring { source, filter, each: &mut each };
        self.batches(|numbers, rows| {
            self.links((numbers, rows), &mut visit, &mut current, &mut referring);
        })
    }

    /// An object's row, wherever it is.
    #[cold]
    fn row_of(&self, object: ObjectNumber) -> Option<Found> {
        let store = &self.namespace.store;
        let look = |root: &Root, seen| Ok(store.object_row(root, object, seen));
        self.namespace.look_in(self.view, look).unwrap_or_default()
    }

    /// Whether the filter gives objects of a chunk's class.
    fn gives(&self, chunk: &Chunk) -> bool {
        let class = self.schema().by_id(chunk.layout().id);
        class.is_some_and(|class| self.filter.gives(class))
    }
}
