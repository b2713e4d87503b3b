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
use crate::schema::{ClassRef, Schema};
use crate::store::{Found, ObjectNumber, Root, View};
use crate::view::ValueView;
use cimarron_model::{Dialect, Name, ObjectPath};
use rustc_hash::FxHashSet;
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
        let object = self.object_number(&view, &bound, path)?;
        let class = bound.class.name().clone();
        let clock = &**self.repository().clock();
        let check = || context.check(clock);
        let found = walk(&mut Walk { namespace, view: &view, filter, object, check: &check })?;
        view.check_kept()?;
        Ok((view, class, found))
    }

    /// The number of an object that is to be walked from.
    pub(super) fn object_number(
        &self,
        view: &View,
        bound: &BoundPath<'_>,
        path: &ObjectPath,
    ) -> Result<ObjectNumber, EngineError> {
        let namespace = &*self.namespace;
        let source =
            namespace.look_in(view, |root, seen| Ok(bound.locate(namespace, root, seen)))?;
        Ok(match &source {
            Some(found) => found.chunk.object(found.row),
            None if namespace.dialect == Dialect::Wmi => {
                return Err(EngineError::InstanceNotFound { path: Box::new(path.clone()) });
            }
            None => {
                let path = object_path(namespace, bound.class, bound.keys());
                namespace.store.object_at(&Arc::new(path)).unwrap_or_default()
            }
        })
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
    /// The association, and the slot of its reference.
    link: &'a Found,
    slot: u32,
}

impl<'a> End<'a> {
    /// What the reference says.
    fn path(&self) -> Option<&'a Arc<ObjectPath>> {
        match self.link.chunk.value(self.link.row, self.slot) {
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
    pub(super) check: &'a dyn Fn() -> Result<(), EngineError>,
}

/// How many links are followed between two looks at deadline and cancel token.
const LINKS_PER_CHECK: usize = 256;

impl<'a> Walk<'a> {
    fn schema(&self) -> &'a Schema {
        self.view.schema()
    }

    /// Calls `each` with every association that the filter follows, its class and the
    /// positions of the references that the source stands in.
    fn links(
        &self,
        mut each: impl FnMut(ClassRef<'a>, &Found, &[ObjectNumber]),
    ) -> Result<(), EngineError> {
        if self.object == 0 {
            return Ok(());
        }
        let mut last: Option<(ClassRef<'a>, bool)> = None;
        for (n, number) in self.namespace.store.links_of(self.object).enumerate() {
            if n % LINKS_PER_CHECK == 0 {
                (self.check)()?;
            }
            let Some(link) = self.row_of(number) else { continue };
            // Links of one class come in runs.
            let id = link.class();
            if last.is_none_or(|(class, _)| class.def().id != id) {
                last = self.schema().by_id(id).map(|class| (class, self.filter.follows(class)));
            }
            let Some((class, true)) = last else { continue };
            let targets: smallvec::SmallVec<[ObjectNumber; 4]> =
                link.chunk.links(link.row).collect();
            each(class, &link, &targets);
        }
        Ok(())
    }

    /// Calls `each` with every end that the filter gives.
    pub(super) fn ends(&self, mut each: impl FnMut(End<'_>)) -> Result<(), EngineError> {
        let once = self.namespace.dialect == Dialect::Dmtf;
        let mut given: FxHashSet<ObjectNumber> = FxHashSet::default();
        self.links(|_, link, targets| {
            let layout = link.chunk.layout();
            let role = |at: usize| layout.references.get(at).and_then(|slot| layout.slot(*slot));
            let starts = |at: usize| {
                targets.get(at) == Some(&self.object)
                    && role(at).is_some_and(|slot| self.filter.starts_at(&slot.name))
            };
            for (at, target) in targets.iter().enumerate().filter(|(_, target)| **target != 0) {
                let ends = role(at).is_some_and(|slot| self.filter.ends_at(&slot.name));
                if !ends || !(0..targets.len()).any(|other| other != at && starts(other)) {
                    continue;
                }
                if once && given.contains(target) {
                    continue;
                }
                let slot = layout.references.get(at).copied().unwrap_or_default();
                let end = End { found: self.row_of(*target), link, slot };
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
        self.links(|class, link, targets| {
            let layout = link.chunk.layout();
            let roles = layout.references.iter().filter_map(|slot| layout.slot(*slot));
            let starts = roles
                .zip(targets)
                .any(|(slot, target)| *target == self.object && self.filter.starts_at(&slot.name));
            if starts && self.filter.gives(class) {
                each(link.clone());
            }
        })
    }

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
