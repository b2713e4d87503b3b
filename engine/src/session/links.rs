//! What references lead to, when rows are written.
//!
//! A row of an association class is entered with the objects that it refers to, and a
//! new row may be the object that references named before it was there. In `Wmi` a path
//! may name any class above the instance's, so an object that is not there goes by the
//! name of the key root; in `Dmtf` by the class that the path names.

use super::path::BoundPath;
use crate::namespace::Namespace;
use crate::owned::path_of;
use crate::schema::{ClassRef, Layout};
use crate::store::{Beside, Found, ObjectNumber, Root, Seen, Transaction};
use crate::view::ValueView;
use cimarron_model::{Dialect, ObjectPath};
use smallvec::SmallVec;
use std::sync::Arc;

/// Fills in the objects of a new row.
pub(crate) fn join<'v>(
    namespace: &Namespace,
    root: &Root,
    transaction: &mut Transaction<'_>,
    layout: &Layout,
    value: impl Fn(u32) -> ValueView<'v>,
    beside: &mut Beside,
) {
    if !layout.references.is_empty() {
        beside.links = targets(namespace, root, transaction, layout, &value);
    }
    if namespace.store.has_unbound_objects()
        && let Some(class) = root.schema.by_id(layout.id)
    {
        let keys = layout.keys.iter().map(|slot| value(*slot));
        let path = Arc::new(object_path(namespace, class, keys));
        let known = namespace.store.object_at(&path);
        // One that has a row is another instance: a sibling's, in `Dmtf`.
        let is_free = |object: &ObjectNumber| {
            namespace.store.object_row(root, *object, Seen::Current).is_none()
        };
        beside.object = known.filter(is_free).unwrap_or_default();
    }
}

/// Fills in the objects of a row that takes the place of another.
pub(crate) fn rejoin<'v>(
    namespace: &Namespace,
    root: &Root,
    transaction: &mut Transaction<'_>,
    (layout, old): (&Layout, &Found),
    changed: impl Fn(u32) -> Option<ValueView<'v>>,
    beside: &mut Beside,
) {
    if layout.references.is_empty() {
        return;
    }
    let mut before = old.chunk.links(old.row);
    beside.links = layout
        .references
        .iter()
        .map(|slot| {
            let before = before.next().unwrap_or_default();
            match changed(*slot) {
                Some(value) => target(namespace, root, transaction, value),
                None => before,
            }
        })
        .collect();
}

/// Finds the objects of rows that were there before the program began: of all associations,
/// when all rows are there.
pub(crate) fn relink(namespace: &Namespace, root: &Root, transaction: &mut Transaction<'_>) {
    for class in root.schema.classes().filter(|class| !class.layout().references.is_empty()) {
        let Some(table) = root.table(class.def().id) else { continue };
        for chunk in table.all_chunks().iter() {
            for row in (0..chunk.len()).filter(|row| chunk.is_current(*row)) {
                let value = |slot: u32| chunk.value(row, slot);
                let links = targets(namespace, root, transaction, class.layout(), &value);
                let found = Found { chunk: chunk.clone(), row };
                transaction.link(&namespace.store, &found, links);
            }
        }
    }
}

/// The objects that a row's references name.
fn targets<'v>(
    namespace: &Namespace,
    root: &Root,
    transaction: &mut Transaction<'_>,
    layout: &Layout,
    value: &impl Fn(u32) -> ValueView<'v>,
) -> SmallVec<[ObjectNumber; 2]> {
    let references = layout.references.iter();
    references.map(|slot| target(namespace, root, transaction, value(*slot))).collect()
}

/// The object that a reference names; 0 for NULL.
fn target(
    namespace: &Namespace,
    root: &Root,
    transaction: &mut Transaction<'_>,
    value: ValueView<'_>,
) -> ObjectNumber {
    let ValueView::Reference(path) = value else { return 0 };
    let store = &namespace.store;
    if path.is_instance()
        && let Ok(bound) = BoundPath::bind(&root.schema, &namespace.location, path)
    {
        let at = |class, keys: SmallVec<[ValueView<'_>; 4]>| {
            object_path(namespace, class, keys.into_iter())
        };
        if let Some(found) = bound.locate(namespace, root, Seen::Current) {
            let class = root.schema.by_id(found.class()).unwrap_or(bound.class);
            let keys = || found.chunk.keys(found.row).collect();
            return transaction.object_of(store, &found, || at(class, keys()));
        }
        let path = at(bound.class, bound.keys().collect());
        return transaction.object_at(store, &Arc::new(path));
    }
    transaction.object_at(store, path)
}

/// The path that an object of this namespace goes by.
pub(super) fn object_path<'v>(
    namespace: &Namespace,
    class: ClassRef<'_>,
    keys: impl Iterator<Item = ValueView<'v>>,
) -> ObjectPath {
    let mut path = path_of(class.layout(), keys);
    if namespace.dialect == Dialect::Wmi
        && let Some(key_root) = class.key_root_class()
    {
        path.class = Some(key_root.name().clone());
    }
    path
}
