//! From paths to rows.

use crate::error::EngineError;
use crate::namespace::{Namespace, class};
use crate::schema::{ClassId, ClassRef, Schema};
use crate::store::{Chunk, Found, ObjectNumber, Root, Seen};
use crate::view::ValueView;
use cimarron_model::{Dialect, Keys, Location, ObjectPath, Value};
use smallvec::SmallVec;
use std::sync::Arc;

/// A path whose class is known and whose keys have their properties' types.
pub(super) struct BoundPath<'a> {
    pub(super) class: ClassRef<'a>,
    /// In declaration order; none for a singleton.
    keys: SmallVec<[Value; 2]>,
}

impl<'a> BoundPath<'a> {
    /// Binds the path of an instance in this namespace.
    pub(super) fn bind(
        schema: &'a Schema,
        location: &Location,
        path: &ObjectPath,
    ) -> Result<Self, EngineError> {
        let invalid = |problem: &str| EngineError::InvalidPath {
            path: Box::new(path.clone()),
            problem: problem.to_owned(),
        };
        if !location.holds(path) {
            return Err(invalid("leads to another server or namespace: open a session there"));
        }
        let name = path.class.as_ref().ok_or_else(|| invalid("names no class"))?;
        let class = class(schema, name.as_str())?;
        let layout = class.layout();
        if layout.keys.is_empty() {
            let singleton = class.def().is_singleton && path.is_instance() && path.keys.is_empty();
            return if singleton {
                Ok(Self { class, keys: SmallVec::new() })
            } else if class.def().is_singleton {
                Err(invalid("should end in `=@`, for its class is a singleton"))
            } else {
                Err(EngineError::NoKey { class: name.clone() })
            };
        }
        if path.keys.is_empty() {
            return Err(invalid("names a class and no instance: add its keys"));
        }
        if path.keys.len() > layout.keys.len() {
            return Err(invalid("has keys that its class does not have"));
        }
        let mut bound = Self { class, keys: SmallVec::new() };
        for slot in layout.keys.iter().filter_map(|number| layout.slot(*number)) {
            let given = match &path.keys {
                Keys::Unnamed(_) if layout.keys.len() > 1 => None,
                _ => path.key(slot.name.as_str()),
            };
            let given = given.ok_or_else(|| invalid(&format!("lacks the key `{}`", slot.name)))?;
            let value = given.bind(slot.cim_type).map_err(|cause| EngineError::InvalidKey {
                path: Box::new(path.clone()),
                key: slot.name.clone(),
                cause,
            })?;
            bound.keys.push(value);
        }
        Ok(bound)
    }

    /// The values of the keys, in declaration order.
    pub(super) fn keys(&self) -> impl Iterator<Item = ValueView<'_>> {
        self.keys.iter().map(ValueView::from)
    }

    /// The row that the path names.
    ///
    /// `Wmi`: that of the class or of one below it, for there is one key space
    /// under the key root. `Dmtf`: that of exactly this class.
    pub(super) fn locate(&self, namespace: &Namespace, root: &Root, seen: Seen) -> Option<Found> {
        self.locate_with(namespace, root, seen, |chunk, row| Found { chunk: chunk.clone(), row })
    }

    /// The object number of that row, 0 when it has none; `None` when there is no such row.
    pub(super) fn object(
        &self,
        namespace: &Namespace,
        root: &Root,
        seen: Seen,
    ) -> Option<ObjectNumber> {
        self.locate_with(namespace, root, seen, |chunk, row| {
            let object = chunk.object(row);
            namespace.store.expect_object(object);
            object
        })
    }

    /// What `take` makes of the row that the path names.
    #[inline]
    fn locate_with<T>(
        &self,
        namespace: &Namespace,
        root: &Root,
        seen: Seen,
        take: impl Fn(&Arc<Chunk>, usize) -> T,
    ) -> Option<T> {
        let (store, schema) = (&namespace.store, &*root.schema);
        let deep = namespace.dialect == Dialect::Wmi;
        let Some(key_root) = self.class.key_root() else {
            let first = |class: ClassRef<'_>| store.first(root, class.def().id, seen);
            let mut below = self.class.subtree().filter(|_| deep);
            let found = first(self.class).or_else(|| below.find_map(first))?;
            return Some(take(&found.chunk, found.row));
        };
        let (one, many);
        let keys: &[ValueView<'_>] = match self.keys.as_slice() {
            [key] => {
                one = [ValueView::from(key)];
                &one
            }
            keys => {
                many = keys.iter().map(ValueView::from).collect::<SmallVec<[_; 4]>>();
                &many
            }
        };
        let accept = |id: ClassId| {
            id == self.class.def().id
                || (deep && schema.by_id(id).is_some_and(|c| c.is_a(self.class)))
        };
        let hash = store.rules().hash(keys.iter().copied());
        store.find_with(root, key_root, (hash, keys), seen, accept, take)
    }
}
