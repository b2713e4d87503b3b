//! Associations between instances (DSP0200 5.3.2.16 to 5.3.2.19; WMI SDK, "ASSOCIATORS OF
//! statement" and "REFERENCES OF statement").
//!
//! The links of an object are known by number, so these operations cost what they give.
//! What they give are rows of one commit. A reference may lead nowhere: the forms that
//! give names give what it says, the forms that give objects pass it over.

use super::association_filter::AssociationFilter;
use super::instance_options::Choice;
use super::links::object_path;
use super::path::BoundPath;
use super::picked::Picked;
use super::query::QueryResult;
use super::statement::Statement;
use super::walk::{End, Spot, Walk};
use super::{Operation, Session};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::owned::path_of_row;
use crate::store::{Snapshot, View};
use cimarron_model::{Dialect, Name, ObjectPath};
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
            let mut rows = Picked::new();
            walk.ends(|end| {
                if let End::Found(spot) = end {
                    rows.add(spot);
                }
            })?;
            Ok(self.picked(context, walk.view, rows, filter))
        })
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
        self.walk(context, path, filter, |walk| {
            let mut paths = Vec::new();
            walk.ends(|end| {
                paths.extend(match end {
                    End::Found(Spot { chunk, row, .. }) => Some(path_of_row(chunk, row)),
                    End::Absent(path) => path.map(Arc::unwrap_or_clone),
                });
            })?;
            Ok(paths)
        })
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
            let mut rows = Picked::new();
            walk.references(|spot| rows.add(spot))?;
            Ok(self.picked(context, walk.view, rows, filter))
        })
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
        self.walk(context, path, filter, |walk| {
            let mut paths = Vec::new();
            walk.references(|Spot { chunk, row, .. }| paths.push(path_of_row(chunk, row)))?;
            Ok(paths)
        })
    }

    /// Finds the source and walks from it; what `walk` makes of that.
    fn walk<T>(
        &self,
        context: &CallContext,
        path: &ObjectPath,
        filter: &AssociationFilter,
        walk: impl FnOnce(&Walk<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let class = path.class.as_ref().map_or("", Name::as_str);
        let reading = self.read(context, Operation::ReadInstances, class)?;
        let (namespace, view) = (reading.namespace, reading.view());
        let bound = BoundPath::bind(view.schema(), &namespace.location, path)?;
        let filter = filter.bind(view.schema())?;
        let source =
            namespace.look_in(&view, |root, seen| Ok(bound.object(namespace, root, seen)))?;
        let object = match source {
            Some(object) => object,
            None if namespace.dialect == Dialect::Wmi => {
                return Err(EngineError::InstanceNotFound { path: Box::new(path.clone()) });
            }
            None => {
                let path = object_path(namespace, bound.class, bound.keys());
                namespace.store.object_at(&Arc::new(path)).unwrap_or_default()
            }
        };
        let clock = &**self.repository().clock();
        let check = || context.check(clock);
        let once = namespace.dialect == Dialect::Dmtf;
        let found = walk(&Walk { namespace, view: &view, filter, object, once, check: &check })?;
        view.check_kept()?;
        Ok(found)
    }

    /// Rows as a result, which the filter may cut down to their keys. Its class is the one
    /// that results must be of; without such a filter there is none that all have in common.
    pub(super) fn picked(
        &self,
        context: &CallContext,
        view: &View,
        rows: Picked,
        filter: &AssociationFilter,
    ) -> QueryResult {
        let named = filter.result_class.as_ref();
        let class = named.and_then(|class| view.schema().class(class.as_str()));
        let class = class.map(|class| class.name().clone()).unwrap_or_default();
        let choice = filter.keys_only.then_some(Choice::Keys);
        let (chunks, places) = rows.into_parts();
        let (setting, shown) = (self.setting(view.schema().clone()), Snapshot::of(chunks));
        let statement = Statement::all(setting, class, choice);
        QueryResult::of_list(self, context, (shown, places), statement)
    }
}
