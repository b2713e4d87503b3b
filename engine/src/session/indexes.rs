//! Ordered indexes: asking for them, and reading in their order.

use super::access::{AccessPath, is_under};
use super::query::QueryResult;
use super::{Operation, Session};
use crate::check::no_such_property;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::namespace::{Namespace, class};
use crate::schema::{ClassRef, Slot};
use crate::store::{
    FILLED_TOGETHER, Found, KeyForm, KeyKind, KeyRange, Known, OrderedIndex, OrderedKey, Snapshot,
    View, form,
};
use crate::view::ValueView;
use cimarron_model::{Name, Value};
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

/// An ordered index of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexInfo {
    /// The class whose instances are in it, with those of all classes below.
    pub class: Name,
    /// The property that they are ordered by.
    pub property: Name,
    /// Whether the class declares it with `[Indexed]` (`Wmi`).
    pub declared: bool,
    /// Whether queries use it: it is not being built any more.
    pub is_ready: bool,
    /// How many entries it has: one for each instance whose property is not NULL, and for
    /// older versions of them that some snapshot may still see.
    pub entries: usize,
}

impl Session {
    /// Makes an ordered index of a property, over a class and all below it.
    ///
    /// Queries use it from the moment when this returns. Others may read and write while
    /// it is built, and what they write is in it. Snapshots from before do without it. The
    /// index goes with the class or the property.
    ///
    /// The first index of a class also says how its instances lie in memory, so that those of
    /// a range are neighbours: up to 4,096 at a time of those that are there, or come by thousands
    /// in one commit. They are enumerated so from then on, those that were there until the
    /// repository is opened again without a checkpoint in between. What somebody reads just then
    /// is kept beside it, and when that comes to half of
    /// [`Limits::pinned_bytes`](crate::Limits::pinned_bytes) the rest stays as it lies.
    ///
    /// A class of a `Wmi` namespace that declares a property `[Indexed]` has an index for it
    /// already.
    ///
    /// # Errors
    /// When the class or property is unknown, the property has no order, or the index is
    /// there. When the call is cancelled or late, there is no index either.
    pub fn create_index(
        &self,
        context: &CallContext,
        class_name: &str,
        property: &str,
    ) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::WriteSchema, class_name)?;
        self.lay_out(context, namespace, class_name, property)?;
        let index = self.register(namespace, class_name, property)?;
        let done = self.build(context, namespace, &index);
        if done.is_err() {
            self.unregister(namespace, &index)?;
        }
        done
    }

    /// Lays the rows that are there out in the order that an index is going to have, a chunk a
    /// turn, unless they lie in that of another.
    fn lay_out(
        &self,
        context: &CallContext,
        namespace: &Namespace,
        class_name: &str,
        property: &str,
    ) -> Result<(), EngineError> {
        let store = &namespace.store;
        let root = namespace.begin()?.root(store);
        let class = class(&root.schema, class_name)?;
        let (slot, form) = self.orderable(class, property)?;
        let most = self.repository().limits().pinned_bytes / 2;
        for chunk in root.chunks_under(class.def().id) {
            context.check(&**self.repository().clock())?;
            // What others read meanwhile stays there twice.
            if self.repository().commits().pinned_bytes() > most {
                break;
            }
            namespace.begin()?.lay_out(store, &chunk, (&slot.name, &form));
        }
        Ok(())
    }

    /// Adds an index that new rows enter and nobody reads.
    fn register(
        &self,
        namespace: &Namespace,
        class_name: &str,
        property: &str,
    ) -> Result<Arc<OrderedIndex>, EngineError> {
        let mut transaction = namespace.begin()?;
        let root = transaction.root(&namespace.store);
        let class = class(&root.schema, class_name)?;
        let (slot, _) = self.orderable(class, property)?;
        let (id, name) = (class.def().id, slot.name.clone());
        if root.known_index(id, &name).is_some() {
            let class = class.name().clone();
            return Err(EngineError::IndexExists { class, property: name });
        }
        let mut wanted = root.wanted();
        wanted.push((id, name.clone()));
        let next = transaction.set_indexes(&namespace.store, &wanted);
        transaction.commit(&self.caller)?;
        let known = next.known_index(id, &name);
        known.map(|known| known.index.clone()).ok_or_else(|| changed(class))
    }

    /// Enters the rows that were there before an index was, some chunks a turn, and lets
    /// readers in. The log has it already: it is there, then, whether or not the disk goes on.
    fn build(
        &self,
        context: &CallContext,
        namespace: &Namespace,
        index: &Arc<OrderedIndex>,
    ) -> Result<(), EngineError> {
        let store = &namespace.store;
        let chunks = namespace.begin_in_memory()?.root(store).chunks_under(index.class);
        for some in chunks.chunks(FILLED_TOGETHER) {
            context.check(&**self.repository().clock())?;
            namespace.begin_in_memory()?.fill_index(store, index, some);
        }
        let transaction = namespace.begin_in_memory()?;
        let root = transaction.root(store);
        // The class may have been deleted meanwhile, or changed and its index made anew.
        match root.known_index(index.class, &index.property) {
            Some(known) => known.index.open(),
            None => {
                let class = root.schema.by_id(index.class).map(|c| c.name().clone());
                return Err(EngineError::ClassChanged { class: class.unwrap_or_default() });
            }
        }
        Ok(())
    }

    /// Drops an index that was made with [`Session::create_index`].
    ///
    /// # Errors
    /// When there is no such index, or the class declares it.
    pub fn drop_index(
        &self,
        context: &CallContext,
        class_name: &str,
        property: &str,
    ) -> Result<(), EngineError> {
        let namespace = self.enter(context, Operation::WriteSchema, class_name)?;
        let mut transaction = namespace.begin()?;
        let root = transaction.root(&namespace.store);
        let class = class(&root.schema, class_name)?;
        let (id, property) = (class.def().id, Name::new(property));
        let class = class.name().clone();
        match root.known_index(id, &property) {
            None => return Err(EngineError::IndexNotFound { class, property }),
            Some(known) if known.declared => {
                return Err(EngineError::IndexDeclared { class, property });
            }
            Some(_) => {}
        }
        let mut wanted = root.wanted();
        wanted.retain(|(class, name)| (*class, name) != (id, &property));
        transaction.set_indexes(&namespace.store, &wanted);
        transaction.commit(&self.caller)?;
        Ok(())
    }

    /// The ordered indexes of the namespace, by class and property.
    ///
    /// # Errors
    /// When the namespace was deleted, or the call is cancelled or late.
    pub fn indexes(&self, context: &CallContext) -> Result<Vec<IndexInfo>, EngineError> {
        let reading = self.read(context, Operation::ReadSchema, "")?;
        let view = reading.view();
        let root = view.root();
        let info = |known: &Known| {
            let index = &known.index;
            Some(IndexInfo {
                class: root.schema.by_id(index.class)?.name().clone(),
                property: index.property.clone(),
                declared: known.declared,
                is_ready: index.is_ready(),
                entries: index.len(),
            })
        };
        let mut all: Vec<IndexInfo> = root.ordered().iter().filter_map(info).collect();
        all.sort_by(|a, b| (&a.class, &a.property).cmp(&(&b.class, &b.property)));
        Ok(all)
    }

    /// The instances of a class and all below it whose property lies within a range, in the
    /// order of its values; those whose property is NULL are in none.
    ///
    /// The order is that of WQL: texts without case in `Wmi` and by their code points in
    /// `Dmtf`, datetimes as instants. NaN stands behind all numbers, intervals before
    /// timestamps, and datetimes with asterisks behind both. Where no index covers the
    /// property, all instances are looked at and sorted.
    ///
    /// ```
    /// # use cimarron_engine::{CallContext, Repository};
    /// # use cimarron_model::{Dialect, Instance, Value};
    /// # let repository = Repository::new();
    /// # repository.create_namespace("root/cimv2", Dialect::Wmi)?;
    /// # let session = repository.session("root/cimv2")?;
    /// # let context = CallContext::new();
    /// # session.compile_mof_text(&context, "a.mof", "class X_Fan { [key] string Id; uint32 Speed; };")?;
    /// # for (id, speed) in [("a", 900_u32), ("b", 100), ("c", 500)] {
    /// #     session.create_instance(&context, &Instance::new("X_Fan").with("Id", id).with("Speed", speed))?;
    /// # }
    /// session.create_index(&context, "X_Fan", "Speed")?;
    /// let slow_first = session.find(&context, "X_Fan", "Speed", ..Value::from(900_u32))?;
    /// let ids: Vec<_> = slow_first.rows().map(|row| row.map(|r| r.path().to_string())).collect::<Result<_, _>>()?;
    /// assert_eq!(ids, [r#"X_Fan.Id="b""#, r#"X_Fan.Id="c""#]);
    /// # Ok::<(), cimarron_engine::EngineError>(())
    /// ```
    ///
    /// # Errors
    /// When the class or property is unknown, or the property has no order; when a bound is
    /// NULL or of another type.
    pub fn find(
        &self,
        context: &CallContext,
        class_name: &str,
        property: &str,
        range: impl RangeBounds<Value>,
    ) -> Result<QueryResult, EngineError> {
        let reading = self.read(context, Operation::ReadInstances, class_name)?;
        let (namespace, view) = (reading.namespace, reading.view());
        let root = view.root();
        let class = class(&root.schema, class_name)?;
        let (slot, form) = self.orderable(class, property)?;
        let range = KeyRange {
            low: bound(slot, &form, range.start_bound())?,
            high: bound(slot, &form, range.end_bound())?,
        };
        let clock = &**self.repository().clock();
        let budget = context.budget(self.repository().limits().query_memory);
        let between = |rows: usize| {
            context.check(clock)?;
            budget.check(rows.saturating_mul(size_of::<Found>()))
        };
        let by_index = match root.ordered_index(class, &slot.name) {
            Some(index) => {
                let (store, accept) = (&namespace.store, is_under(root, class));
                let (range, seen) = (std::slice::from_ref(&range), view.seen());
                let found =
                    store.in_order(root, (index, range), usize::MAX, seen, accept, &between)?;
                found.map(|rows| (AccessPath::through(root, index), rows))
            }
            None => None,
        };
        let (access, snapshot) = match by_index {
            Some((access, rows)) => (access, Snapshot::of_rows(rows.into_rows())),
            None => {
                let rows = sorted(&view, class, &slot.name, &form, &range)?;
                between(rows.capacity())?;
                (AccessPath::Scan, Snapshot::of_rows(rows))
            }
        };
        view.check_kept()?;
        budget.check(snapshot.heap_bytes())?;
        let result = QueryResult::chosen(
            self,
            context,
            (view.schema(), snapshot),
            class.name().clone(),
            None,
        );
        Ok(result.found_through(access))
    }

    /// Drops an index that could not be built.
    fn unregister(&self, namespace: &Namespace, index: &OrderedIndex) -> Result<(), EngineError> {
        let mut transaction = namespace.begin()?;
        let mut wanted = transaction.root(&namespace.store).wanted();
        wanted.retain(|(class, name)| (*class, name) != (index.class, &index.property));
        transaction.set_indexes(&namespace.store, &wanted);
        transaction.commit(&self.caller)?;
        Ok(())
    }

    /// A property by which instances can be ordered, and how.
    fn orderable<'a>(
        &self,
        class: ClassRef<'a>,
        property: &str,
    ) -> Result<(&'a Slot, KeyForm), EngineError> {
        let layout = class.layout();
        let Some((_, slot)) = layout.find(property) else {
            return Err(no_such_property(layout, &Name::new(property)));
        };
        match form(class, &slot.name, self.namespace.store.rules().references()) {
            Some(form) => Ok((slot, form)),
            None => Err(EngineError::NotOrdered {
                class: class.name().clone(),
                property: slot.name.clone(),
            }),
        }
    }
}

fn changed(class: ClassRef<'_>) -> EngineError {
    EngineError::ClassChanged { class: class.name().clone() }
}

/// A bound as a key.
fn bound(
    slot: &Slot,
    form: &KeyForm,
    bound: Bound<&Value>,
) -> Result<Bound<OrderedKey>, EngineError> {
    let key = |value: &Value| {
        let view = ValueView::from(value);
        if view.is_null() {
            let reason = "nothing is less or greater than NULL";
            return Err(EngineError::IllegalNull { property: slot.name.clone(), reason });
        }
        let number = || match (form.kind, view.as_integer()) {
            (KeyKind::Real, Some(number)) => form.key(ValueView::Real64(number as f64)),
            _ => None,
        };
        form.key(view).or_else(number).ok_or_else(|| EngineError::TypeMismatch {
            property: slot.name.clone(),
            expected: slot.cim_type,
            array: slot.array,
            found: value.cim_type(),
            found_array: value.is_array(),
            hint: "",
        })
    };
    Ok(match bound {
        Bound::Unbounded => Bound::Unbounded,
        Bound::Included(value) => Bound::Included(key(value)?),
        Bound::Excluded(value) => Bound::Excluded(key(value)?),
    })
}

/// The rows within a range in the order of their keys, without an index.
fn sorted(
    view: &View,
    class: ClassRef<'_>,
    property: &Name,
    form: &KeyForm,
    range: &KeyRange,
) -> Result<Vec<Found>, EngineError> {
    let mut rows: Vec<(OrderedKey, Found)> = Vec::new();
    for frozen in view.freeze(class.subtree())? {
        let Some((slot, _)) = frozen.chunk.layout().find(property.as_str()) else { continue };
        for row in (frozen.start()..frozen.len()).filter(|row| frozen.is_live(*row)) {
            let Some(key) = form.key(frozen.chunk.value(row, slot)) else { continue };
            if range.contains(&key) {
                rows.push((key, Found { chunk: frozen.chunk.clone(), row }));
            }
        }
    }
    rows.sort_by(|(a, at), (b, other)| a.cmp(b).then(at.address().cmp(&other.address())));
    Ok(rows.into_iter().map(|(_, found)| found).collect())
}
