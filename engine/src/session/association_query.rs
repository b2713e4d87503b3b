//! ASSOCIATORS OF and REFERENCES OF (WMI SDK, "ASSOCIATORS OF Statement", "REFERENCES OF
//! Statement" and "Schema Associations"; MS-WMI 3.1.4.3.18).
//!
//! The object in braces is an instance, or a class that associations refer to as an object
//! (`SchemaOnly` asks what classes declare instead). It may lie in another namespace of
//! this server; the associations that are followed are those of the session's namespace
//! ("Cross-Namespace Association Traversal": both ends have the association's instance).
//!
//! The language is WMI's in both dialects: an object that several associations lead to
//! comes once for each of them, and the object in braces must be there. What DSP0200's
//! operations do otherwise in `Dmtf` is theirs.

use super::Session;
use super::answer::Answer;
use super::association_filter::{AssociationFilter, BoundFilter};
use super::class_query::ClassResult;
use super::instances::not_found;
use super::path::BoundPath;
use super::picked::Picked;
use super::walk::{End, Spot, Walk};
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::{Namespace, class};
use crate::schema::{ClassId, Schema};
use crate::store::{ObjectNumber, View};
use cimarron_model::{Location, Name, ObjectPath};
use cimarron_wql::BoundAssociationQuery;
use cimarron_wql::syntax::ast::AssociationKind;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use std::cell::Cell;
use std::sync::Arc;

/// The numbers of the object that a query starts from. One of another namespace may have
/// several, for references may call it by any class above its own.
type Source = SmallVec<[ObjectNumber; 1]>;

/// The walks that answer a query.
struct Walks<'a> {
    session: &'a Session,
    context: &'a CallContext,
    view: &'a View,
    query: &'a BoundAssociationQuery,
    filter: BoundFilter<'a>,
}

impl Walks<'_> {
    /// Gives `add` every row that is found; it says how many bytes are held then.
    fn follow(
        self,
        objects: impl IntoIterator<Item = ObjectNumber>,
        mut add: impl FnMut(Spot<'_>) -> usize,
    ) -> Result<(), EngineError> {
        let Self { session, context, view, query, filter } = self;
        let clock = &**session.repository().clock();
        let held = Cell::new(0);
        let budget = context.budget(session.repository().limits().query_memory);
        let within = || budget.check(held.get());
        let check = || within().and_then(|()| context.check(clock));
        let mut each = |spot: Spot<'_>| held.set(add(spot));
        for object in objects {
            let namespace = &*session.namespace;
            let walk = Walk { namespace, view, filter, object, once: false, check: &check };
            match query.kind {
                AssociationKind::Associators => walk.ends(|end| {
                    if let End::Found(spot) = end {
                        each(spot);
                    }
                })?,
                AssociationKind::References => walk.references(&mut each)?,
            }
        }
        within()?;
        view.check_kept()
    }
}

impl AssociationFilter {
    fn of_query(query: &BoundAssociationQuery) -> Self {
        Self {
            assoc_class: query.assoc_class.clone(),
            result_class: query.result_class.clone(),
            role: query.role.clone(),
            result_role: query.result_role.clone(),
            required_qualifier: query.required_qualifier.clone(),
            required_assoc_qualifier: query.required_assoc_qualifier.clone(),
            keys_only: query.keys_only,
            class_defs_only: query.class_defs_only,
        }
    }
}

impl Session {
    /// What is associated with an object, or which associations refer to it.
    pub(super) fn associated(
        &self,
        context: &CallContext,
        view: &View,
        query: &BoundAssociationQuery,
    ) -> Result<Answer, EngineError> {
        let filter = AssociationFilter::of_query(query);
        if query.schema_only {
            return self.declared(context, view, query, &filter).map(Answer::from);
        }
        let source =
            self.source(view, &query.path).map_err(|error| error.in_query(query.path_span))?;
        let walks =
            Walks { session: self, context, view, query, filter: filter.bind(view.schema())? };
        if !query.class_defs_only {
            let mut rows = Picked::new();
            walks.follow(source, |spot| {
                rows.add(spot);
                rows.heap_bytes()
            })?;
            return Ok(self.picked(context, view, rows, &filter).into());
        }
        let (mut classes, mut looked_at) = (Vec::new(), 0);
        let mut seen: FxHashSet<ClassId> = FxHashSet::default();
        walks.follow(source, |Spot { chunk, .. }| {
            looked_at += 1;
            classes.extend(Some(chunk.layout().id).filter(|id| seen.insert(*id)));
            classes.capacity() * size_of::<ClassId>()
        })?;
        Ok(ClassResult::new(self, context, view.schema(), classes, looked_at).into())
    }

    /// What the classes say of the associations of a class.
    fn declared(
        &self,
        context: &CallContext,
        view: &View,
        query: &BoundAssociationQuery,
        filter: &AssociationFilter,
    ) -> Result<ClassResult, EngineError> {
        let (schema, path) = (view.schema(), &query.path);
        self.check_source(schema, query)?;
        let name = path.class.as_ref().map_or("", Name::as_str);
        let found = match query.kind {
            AssociationKind::Associators => {
                let ends = self.ends(context, schema, name, filter, false)?;
                let there = ends.iter().filter_map(|name| schema.class(name.as_str()));
                there.map(|class| class.def().id).collect()
            }
            AssociationKind::References => {
                let found = self.referring(context, schema, name, filter)?;
                found.into_iter().map(|class| class.def().id).collect()
            }
        };
        Ok(ClassResult::new(self, context, schema, found, schema.run().len()))
    }

    /// Whether the path in braces is right for the classes where it leads. Whether the
    /// object is there is not asked.
    pub(super) fn check_source(
        &self,
        schema: &Schema,
        query: &BoundAssociationQuery,
    ) -> Result<(), EngineError> {
        let path = &query.path;
        let check = |schema: &Schema, location: &Location| match path.is_instance() {
            true => BoundPath::bind(schema, location, path).map(drop),
            false => class(schema, path.class.as_ref().map_or("", Name::as_str)).map(drop),
        };
        let here = &self.namespace.location;
        let checked = if here.holds(path) {
            check(schema, here)
        } else if query.schema_only {
            Err(elsewhere(path))
        } else {
            self.namespace_of(path).and_then(|there| check(there.view().schema(), &there.location))
        };
        checked.map_err(|error| error.in_query(query.path_span))
    }

    /// How many associations may be followed, for explaining a query: those that refer to the
    /// object, or with `SchemaOnly` the classes of all; `None` when the object is not there.
    pub(super) fn links_from(&self, view: &View, query: &BoundAssociationQuery) -> Option<usize> {
        if query.schema_only {
            return Some(view.schema().classes().filter(|c| c.def().is_association).count());
        }
        let objects = self.source(view, &query.path).ok()?;
        let known = objects.into_iter().filter(|object| *object != 0);
        Some(known.map(|object| self.namespace.store.links_of(object).count()).sum())
    }

    /// The other namespace that a path leads to.
    fn namespace_of(&self, path: &ObjectPath) -> Result<Arc<Namespace>, EngineError> {
        let here = &*self.namespace.location;
        let own_server = path.host.as_deref().is_none_or(|host| here.is_own_server(host));
        let Some(there) = path.namespace.as_deref().filter(|_| own_server) else {
            return Err(elsewhere(path));
        };
        let there = self.repository().namespace(there)?;
        there.check_alive()?;
        Ok(there)
    }

    /// The object in braces.
    fn source(&self, view: &View, path: &ObjectPath) -> Result<Source, EngineError> {
        let namespace = &*self.namespace;
        if !namespace.location.holds(path) {
            return self.source_elsewhere(path);
        }
        if path.is_instance() {
            let bound = BoundPath::bind(view.schema(), &namespace.location, path)?;
            let object = namespace
                .look_in(view, |root, seen| Ok(bound.object(namespace, root, seen)))?
                .ok_or_else(|| not_found(path))?;
            return Ok(std::iter::once(object).collect());
        }
        let name = path.class.as_ref().map_or("", Name::as_str);
        let class = class(view.schema(), name)?.name().clone();
        Ok(known(namespace, ObjectPath::of_class(class)).into_iter().collect())
    }

    /// An object of another namespace, which must be there.
    fn source_elsewhere(&self, path: &ObjectPath) -> Result<Source, EngineError> {
        let here = &*self.namespace;
        let there = self.namespace_of(path)?;
        let view = there.view();
        let schema = view.schema();
        let called = |class: &Name| {
            let mut path = path.clone();
            path.class = Some(class.clone());
            known(here, path)
        };
        if !path.is_instance() {
            let name = path.class.as_ref().map_or("", Name::as_str);
            let class = class(schema, name)?.name().clone();
            return Ok(called(&class).into_iter().collect());
        }
        let bound = BoundPath::bind(schema, &there.location, path)?;
        let found = there
            .look_in(&view, |root, seen| Ok(bound.locate(&there, root, seen)))?
            .ok_or_else(|| not_found(path))?;
        let own = schema.by_id(found.class()).unwrap_or(bound.class);
        let mut objects = Source::new();
        for class in std::iter::successors(Some(own), |class| class.parent()) {
            objects.extend(called(class.name()).filter(|number| !objects.contains(number)));
        }
        Ok(objects)
    }
}

/// The number of an object that is known by this path.
fn known(namespace: &Namespace, path: ObjectPath) -> Option<ObjectNumber> {
    namespace.store.object_at(&Arc::new(path))
}

fn elsewhere(path: &ObjectPath) -> EngineError {
    let problem = "leads to another server or namespace: ask there".to_owned();
    EngineError::InvalidPath { path: Box::new(path.clone()), problem }
}
