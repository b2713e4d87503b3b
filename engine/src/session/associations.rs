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
use crate::store::{Chunk, Found, ObjectNumber, Root, View, Visit};
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
            let mut rows = Vec::new();
            walk.ends(|end| rows.extend(end.found))?;
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
                paths.extend(match &end.found {
                    Some(Found { chunk, row }) => Some(path_of_row(chunk, *row)),
                    None => end.path().map(|path| path.as_ref().clone()),
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
            walk.references(|link| rows.push(link))?;
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
        rows: Vec<Found>,
        filter: &AssociationFilter,
    ) -> QueryResult {
        let snapshot = self.namespace.snapshot(view, Vec::new()).with_rows(rows);
        let choice = filter.keys_only.then_some(Choice::Keys);
        QueryResult::chosen(self, context, snapshot, class, choice)
    }
}

/// What stands at the other end of an association.
pub(super) struct End<'a> {
    /// Its row, when it is there.
    pub(super) found: Option<Found>,
    /// The association's row, and the slot of its reference.
    link: (&'a Chunk, usize),
    slot: u32,
}

impl<'a> End<'a> {
    /// What the reference says.
    fn path(&self) -> Option<&'a Arc<ObjectPath>> {
        let (chunk, row) = self.link;
        match chunk.value(row, self.slot) {
            ValueView::Reference(path) => Some(path),
            _ => None,
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

/// How many links are followed between two looks at deadline and cancel token.
const LINKS_PER_CHECK: usize = 256;

impl<'a> Walk<'a> {
    fn schema(&self) -> &'a Schema {
        self.view.schema()
    }

    fn visit(&self) -> Visit<'a> {
        Visit::new(&self.namespace.store, self.view.root(), self.view.seen())
    }

    /// Calls `each` with every association that the filter follows, its row and the objects
    /// that it refers to.
    fn links(
        &self,
        mut each: impl FnMut(&Followed<'a>, (&Arc<Chunk>, usize), &[ObjectNumber]),
    ) -> Result<(), EngineError> {
        if self.object == 0 {
            return Ok(());
        }
        let mut visit = self.visit();
        // Links of one class come in runs; `None` for one whose links are passed over.
        let mut last: Option<(Arc<Layout>, Option<Followed<'a>>)> = None;
        for (n, (number, address)) in self.namespace.store.links_of(self.object).enumerate() {
            if n % LINKS_PER_CHECK == 0 {
                (self.check)()?;
            }
            let found;
            let (chunk, row) = match visit.row_at(number, address) {
                Some(link) => link,
                None => {
                    found = self.row_of(number);
                    let Some(Found { chunk, row }) = &found else { continue };
                    (chunk, *row)
                }
            };
            let layout = chunk.layout();
            if last.as_ref().is_none_or(|(known, _)| !Arc::ptr_eq(known, layout)) {
                let followed = Followed::new(self.schema(), self.filter, layout);
                last = Some((layout.clone(), followed));
            }
            let Some((_, Some(followed))) = &last else { continue };
            let targets: SmallVec<[ObjectNumber; 4]> = chunk.links(row).collect();
            each(followed, (chunk, row), &targets);
        }
        Ok(())
    }

    /// Calls `each` with every end that the filter gives.
    pub(super) fn ends(&self, mut each: impl FnMut(End<'_>)) -> Result<(), EngineError> {
        let once = self.once;
        let mut given: FxHashSet<ObjectNumber> = FxHashSet::default();
        let mut visit = self.visit();
        self.links(|Followed { roles, .. }, (chunk, row), targets| {
            let starts = |at: usize| {
                targets.get(at) == Some(&self.object)
                    && roles.get(at).is_some_and(|role| role.starts)
            };
            for (at, (target, role)) in targets.iter().zip(roles).enumerate() {
                let is_end = *target != 0 && role.ends;
                if !is_end || !(0..targets.len()).any(|other| other != at && starts(other)) {
                    continue;
                }
                if once && given.contains(target) {
                    continue;
                }
                let found = match visit.row(*target) {
                    Some((chunk, row)) => Some(Found { chunk: chunk.clone(), row }),
                    None => self.row_of(*target),
                };
                let end = End { found, link: (chunk, row), slot: role.slot };
                if self.gives(&end) {
                    if once {
                        given.insert(*target);
                    }
                    each(end);
                }
            }
        })
    }

    /// Calls `each` with every association that the filter gives.
    pub(super) fn references(&self, mut each: impl FnMut(Found)) -> Result<(), EngineError> {
        self.links(|Followed { class, roles, .. }, (chunk, row), targets| {
            let mut roles = roles.iter().zip(targets);
            let starts = roles.any(|(role, target)| *target == self.object && role.starts);
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
    fn gives(&self, end: &End<'_>) -> bool {
        if self.filter.gives_unknown() {
            return true;
        }
        let class = match &end.found {
            Some(found) => self.schema().by_id(found.class()),
            None => {
                let name = end.path().and_then(|path| path.class.as_ref());
                name.and_then(|name| self.schema().class(name.as_str()))
            }
        };
        class.is_some_and(|class| self.filter.gives(class))
    }
}
