//! Associations between instances (DSP0200 5.3.2.16 to 5.3.2.19; WMI SDK, "ASSOCIATORS OF
//! statement" and "REFERENCES OF statement").
//!
//! The links of an object are known by number, so these operations cost what they give.
//! What they give are rows of one commit. A reference may lead nowhere: the forms that
//! give names give what it says, the forms that give objects pass it over.

use super::association_filter::{AssociationFilter, BoundFilter};
use super::instance_options::Choice;
use super::links::object_path;
use super::path::{BoundPath, path_of_row};
use super::query::QueryResult;
use super::{Operation, Session};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::reading::ViewRef;
use crate::schema::{ClassRef, Layout, Schema};
use crate::store::{Chunk, Found, FrozenChunk, ObjectNumber, Root, RowAddress, View, Visit};
use crate::view::ValueView;
use cimarron_model::{Dialect, Name, ObjectPath};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use std::sync::Arc;

impl Session {
    /// The instances at the other ends of the associations of an instance.
    ///
    /// An instance that several associations lead to is given once in `Dmtf`, and once
    /// for each of them in `Wmi` (WMI SDK, "ASSOCIATORS OF statement"). Instances of other
    /// namespaces are passed over, as is what is not there.
    ///
    /// # Errors
    /// When the path is wrong, a class of the filter is unknown, or, in `Wmi`, there is no
    /// such instance.
    pub fn associators(
        &self,
        context: &CallContext,
        path: &ObjectPath,
        filter: &AssociationFilter,
    ) -> Result<QueryResult, EngineError> {
        self.walk(context, path, filter, |walk| {
            let mut rows = Vec::with_capacity(TOGETHER);
            walk.ends(|end| rows.extend(end.found().map(FrozenChunk::one)))?;
            Ok(rows)
        })
        .map(|(view, class, rows)| self.picked(context, &view, class, rows, filter))
    }

    /// The paths of what is at the other ends of the associations of an instance, there
    /// or not.
    ///
    /// # Errors
    /// As [`Session::associators`].
    pub fn associator_names(
        &self,
        context: &CallContext,
        path: &ObjectPath,
        filter: &AssociationFilter,
    ) -> Result<Vec<ObjectPath>, EngineError> {
        let found = self.walk(context, path, filter, |walk| {
            let mut paths = Vec::new();
            walk.ends(|end| {
                paths.extend(match end {
                    End::Found(Found { chunk, row }) => Some(path_of_row(&chunk, row)),
                    End::Absent(path) => path.map(Arc::unwrap_or_clone),
                });
            })?;
            Ok(paths)
        })?;
        Ok(found.2)
    }

    /// The associations that refer to an instance.
    ///
    /// # Errors
    /// As [`Session::associators`].
    pub fn references(
        &self,
        context: &CallContext,
        path: &ObjectPath,
        filter: &AssociationFilter,
    ) -> Result<QueryResult, EngineError> {
        self.walk(context, path, filter, |walk| {
            let mut rows = Vec::new();
            walk.references(|link| rows.push(FrozenChunk::one(link)))?;
            Ok(rows)
        })
        .map(|(view, class, rows)| self.picked(context, &view, class, rows, filter))
    }

    /// The paths of the associations that refer to an instance.
    ///
    /// # Errors
    /// As [`Session::associators`].
    pub fn reference_names(
        &self,
        context: &CallContext,
        path: &ObjectPath,
        filter: &AssociationFilter,
    ) -> Result<Vec<ObjectPath>, EngineError> {
        let found = self.walk(context, path, filter, |walk| {
            let mut paths = Vec::new();
            walk.references(|Found { chunk, row }| paths.push(path_of_row(&chunk, row)))?;
            Ok(paths)
        })?;
        Ok(found.2)
    }

    /// Finds the source and walks from it; the view that was walked in, the source's
    /// class, and what the walk gave.
    fn walk<T>(
        &self,
        context: &CallContext,
        path: &ObjectPath,
        filter: &AssociationFilter,
        walk: impl FnOnce(&mut Walk<'_>) -> Result<Vec<T>, EngineError>,
    ) -> Result<(ViewRef<'_>, Name, Vec<T>), EngineError> {
        let class = path.class.as_ref().map_or("", Name::as_str);
        let reading = self.read(context, Operation::ReadInstances, class)?;
        let (namespace, view) = (reading.namespace, reading.view());
        let bound = BoundPath::bind(view.schema(), &namespace.location, path)?;
        let filter = filter.bind(view.schema())?;
        let source =
            namespace.look_in(&view, |root, seen| Ok(bound.locate(namespace, root, seen)))?;
        let object = match &source {
            Some(found) => found.chunk.object(found.row),
            None if namespace.dialect == Dialect::Wmi => {
                return Err(EngineError::InstanceNotFound { path: Box::new(path.clone()) });
            }
            None => {
                let path = object_path(namespace, bound.class, bound.keys());
                namespace.store.object_at(&Arc::new(path)).unwrap_or_default()
            }
        };
        let class = bound.class.name().clone();
        let clock = &**self.repository().clock();
        let check = || context.check(clock);
        let once = namespace.dialect == Dialect::Dmtf;
        let found =
            walk(&mut Walk { namespace, view: &view, filter, object, once, check: &check })?;
        view.check_kept()?;
        Ok((view, class, found))
    }

    /// Rows as a result, which the filter may cut down to their keys.
    pub(super) fn picked(
        &self,
        context: &CallContext,
        view: &View,
        class: Name,
        rows: Vec<FrozenChunk>,
        filter: &AssociationFilter,
    ) -> QueryResult {
        let snapshot = self.namespace.snapshot(view, rows);
        let choice = filter.keys_only.then_some(Choice::Keys);
        QueryResult::chosen(self, context, snapshot, class, choice)
    }
}

/// What stands at the other end of an association.
pub(super) enum End {
    Found(Found),
    /// It is not there; what the reference says.
    Absent(Option<Arc<ObjectPath>>),
}

impl End {
    /// Its row, when it is there.
    pub(super) fn found(self) -> Option<Found> {
        match self {
            Self::Found(found) => Some(found),
            Self::Absent(_) => None,
        }
    }
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
    fn new(schema: &'a Schema, filter: BoundFilter<'_>, layout: &Arc<Layout>) -> Option<Self> {
        let class = schema.by_id(layout.id).filter(|class| filter.follows(*class))?;
        let role = |slot: &u32| {
            let name = layout.slot(*slot).map(|slot| &slot.name);
            let (starts, ends) =
                name.map_or((false, false), |name| (filter.starts_at(name), filter.ends_at(name)));
            Role { slot: *slot, starts, ends }
        };
        let roles = layout.references.iter().map(role).collect();
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

/// How many links or ends are looked up together: the processor waits for the memory of
/// many at once when nothing else stands between.
const TOGETHER: usize = 16;

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
        let mut visit = self.visit();
        // Links of one class come in runs; `None` for one whose links are passed over.
        let mut last: Option<(Arc<Layout>, Option<Followed<'a>>)> = None;
        let mut rest = self.namespace.store.links_of(self.object);
        let mut together = [(0, RowAddress::MIN); TOGETHER];
        for n in 0.. {
            if n % (LINKS_PER_CHECK / TOGETHER) == 0 {
                (self.check)()?;
            }
            let mut count = 0;
            for (place, link) in together.iter_mut().zip(&mut rest) {
                *place = link;
                count += 1;
            }
            if count == 0 {
                break;
            }
            for (number, address) in together.iter().take(count) {
                let found;
                let (chunk, row) = match visit.row_at(*number, *address) {
                    Some(link) => link,
                    None => {
                        found = self.row_of(*number);
                        let Some(Found { chunk, row }) = &found else { continue };
                        (chunk, *row)
                    }
                };
                let layout = chunk.layout();
                if last.as_ref().is_none_or(|(known, _)| !Arc::ptr_eq(known, layout)) {
                    let followed = Followed::new(self.schema(), self.filter, layout);
                    last = Some((layout.clone(), followed));
                }
                if let Some((_, Some(followed))) = &last {
                    each(followed, *number, (chunk, row));
                }
            }
        }
        Ok(())
    }

    /// Calls `each` with every end that the filter gives.
    pub(super) fn ends(&self, mut each: impl FnMut(End)) -> Result<(), EngineError> {
        let once = self.once;
        let mut given: FxHashSet<ObjectNumber> = FxHashSet::default();
        let mut visit = self.visit();
        let mut look_up = |targets: &[Target]| {
            let mut addresses = [RowAddress::MIN; TOGETHER];
            for (address, target) in addresses.iter_mut().zip(targets) {
                let newest = self.namespace.store.newest_address(target.object);
                // No row is at that address.
                *address = newest.unwrap_or(RowAddress::MIN);
            }
            for (target, address) in targets.iter().zip(&addresses) {
                if once && given.contains(&target.object) {
                    continue;
                }
                let end = match visit.row_at(target.object, *address) {
                    Some((chunk, row)) => End::Found(Found { chunk: chunk.clone(), row }),
                    None => self.end_of(target),
                };
                if self.gives(&end) {
                    if once {
                        given.insert(target.object);
                    }
                    each(end);
                }
            }
        };
        let mut together = [Target::default(); TOGETHER];
        let mut count = 0;
        self.links(|Followed { roles, .. }, link, (chunk, row)| {
            let starts = |object: ObjectNumber, role: &Role| object == self.object && role.starts;
            let all = chunk.links(row).zip(roles).filter(|(o, role)| starts(*o, role)).count();
            for (object, role) in chunk.links(row).zip(roles) {
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

    /// An end that is not where its object has its newest row.
    #[cold]
    fn end_of(&self, target: &Target) -> End {
        if let Some(found) = self.row_of(target.object) {
            return End::Found(found);
        }
        let link = self.row_of(target.link);
        End::Absent(link.and_then(|link| match link.chunk.value(link.row, target.slot) {
            ValueView::Reference(path) => Some(path.clone()),
            _ => None,
        }))
    }

    /// Calls `each` with every association that the filter gives.
    pub(super) fn references(&self, mut each: impl FnMut(Found)) -> Result<(), EngineError> {
        self.links(|Followed { class, roles }, _, (chunk, row)| {
            let mut targets = chunk.links(row).zip(roles);
            let starts = targets.any(|(target, role)| target == self.object && role.starts);
            if starts && self.filter.gives(*class) {
                each(Found { chunk: chunk.clone(), row });
            }
        })
    }

    /// An object's row, wherever it is.
    fn row_of(&self, object: ObjectNumber) -> Option<Found> {
        let store = &self.namespace.store;
        let look = |root: &Root, seen| Ok(store.object_row(root, object, seen));
        self.namespace.look_in(self.view, look).unwrap_or_default()
    }

    /// Whether the filter gives an end.
    fn gives(&self, end: &End) -> bool {
        if self.filter.gives_unknown() {
            return true;
        }
        let class = match end {
            End::Found(found) => self.schema().by_id(found.class()),
            End::Absent(path) => {
                let name = path.as_ref().and_then(|path| path.class.as_ref());
                name.and_then(|name| self.schema().class(name.as_str()))
            }
        };
        class.is_some_and(|class| self.filter.gives(class))
    }
}
