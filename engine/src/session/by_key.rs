//! Queries that name all keys of what they ask for.
//!
//! Where that can be one row only, no moment is kept for it: the row is looked for as a prepared
//! reader does, at the newest commit, and rows never change.

use super::access::{is_under, parts, test_of};
use super::statement::Statement;
use super::warm;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::reading::Reading;
use crate::schema::{ClassId, ClassRef, Layout, Schema};
use crate::store::{Chunk, Found, KeyRules, Look, Near, Root, Seen, View};
use crate::view::ValueView;
use cimarron_model::{Char16, CimType, Dialect, TypeClass, Value};
use cimarron_wql::CompareOp;
use cimarron_wql::plan::{ColumnTest, Predicate, Test};
use smallvec::SmallVec;
use std::sync::Arc;

/// The one key that a row must have.
#[derive(Debug)]
pub(super) struct KeyWanted {
    /// In declaration order.
    values: SmallVec<[Value; 1]>,
    /// As the key index has it.
    hash: u64,
    class: ClassId,
    key_root: ClassId,
    /// Whether one row at most can have it.
    is_of_one: bool,
    /// Whether the condition says nothing else.
    is_all: bool,
}

/// What was looked for when the schema is still the one that was bound against.
pub(super) enum OneRow {
    Found(Option<Found>),
    OtherSchema,
}

impl KeyWanted {
    /// The key that a condition says, of rows of a class.
    pub(super) fn of(predicate: &Predicate, class: ClassRef<'_>, rules: &KeyRules) -> Option<Self> {
        let key_root = class.key_root()?;
        let values = key_values(predicate, class.layout())?;
        Some(Self {
            hash: rules.hash(values.iter().map(ValueView::from)),
            class: class.def().id,
            key_root,
            // `Dmtf` may have one in each class.
            is_of_one: rules.dialect() == Dialect::Wmi || class.run().len() == 1,
            // Each key is a part of its own.
            is_all: parts(predicate).len() == values.len(),
            values,
        })
    }

    /// Whether a row that has the key passes.
    pub(super) const fn is_all(&self) -> bool {
        self.is_all
    }

    /// The key root of the class and the hash of the key, when one row at most can have it.
    pub(super) fn of_one(&self) -> Option<(ClassId, u64)> {
        self.is_of_one.then_some((self.key_root, self.hash))
    }

    /// Looks for the row of a statement at the newest commit, with what is kept for its key
    /// root. `hash` is that of the key, which may be nearer than the key is.
    #[inline]
    pub(super) fn look_near(
        &self,
        namespace: &Namespace,
        (near, hash): (&Near, u64),
        statement: &Statement,
    ) -> Look<Found> {
        let fits = |root: &Root| Arc::ptr_eq(&root.schema, &statement.setting.schema);
        let accept = |root: &Root, id: ClassId| self.takes(root, id);
        let come = |chunk: &Chunk, row| warm::touch_row(chunk, row, &statement.selection);
        let take = |chunk: &Arc<Chunk>, row| Found { chunk: chunk.clone(), row };
        let look = |keys: &[ValueView<'_>]| {
            namespace.look_near(near, (hash, keys), (fits, accept), come, take)
        };
        match self.values.as_slice() {
            [value] => look(&[value.into()]),
            values => look(&views(values)),
        }
    }

    /// Whether instances of a class are among those that are asked for.
    fn takes(&self, root: &Root, id: ClassId) -> bool {
        let asked = || root.schema.by_id(self.class);
        id == self.class || asked().is_some_and(|class| is_under(root, class)(id))
    }

    /// Looks for the row of a statement that was bound against a schema; `None` when several
    /// may have the key.
    pub(super) fn look(
        &self,
        reading: Reading<'_>,
        schema: &Arc<Schema>,
        statement: &Statement,
    ) -> Result<Option<OneRow>, EngineError> {
        if !self.is_of_one {
            return Ok(None);
        }
        let find = |root: &Root, seen: Seen| {
            if !Arc::ptr_eq(&root.schema, schema) {
                return Ok(Some(OneRow::OtherSchema));
            }
            let near = |chunk: &Chunk, row| warm::touch_row(chunk, row, &statement.selection);
            let found = self.find(reading.namespace, root, seen, near);
            Ok(found.map(|found| OneRow::Found(Some(found))))
        };
        let found = reading.look(find)?;
        Ok(Some(found.unwrap_or(OneRow::Found(None))))
    }

    /// The row that a commit sees, when one at most can have the key. `come` is told of rows
    /// that may be it, before their keys are looked at.
    fn find(
        &self,
        namespace: &Namespace,
        root: &Root,
        seen: Seen,
        come: impl Fn(&Chunk, usize),
    ) -> Option<Found> {
        let accept = |chunk: &Chunk, row| {
            come(chunk, row);
            self.takes(root, chunk.layout().id)
        };
        let find = |keys: &[ValueView<'_>]| {
            let key = (self.hash, keys);
            namespace.store.find_row(root, self.key_root, key, seen, accept)
        };
        match self.values.as_slice() {
            [value] => find(&[value.into()]),
            values => find(&views(values)),
        }
    }

    /// Each row of a class with this key; `None` when rows are moved all the time.
    pub(super) fn find_all(
        &self,
        namespace: &Namespace,
        view: &View,
        class: ClassRef<'_>,
    ) -> Option<Vec<Found>> {
        let (root, seen) = (view.root(), view.seen());
        namespace.undisturbed(|| {
            if self.is_of_one {
                return self.find(namespace, root, seen, |_, _| {}).into_iter().collect();
            }
            let key = (self.hash, &*views(&self.values));
            namespace.store.find_all(root, self.key_root, key, seen, is_under(root, class))
        })
    }
}

fn views(values: &[Value]) -> SmallVec<[ValueView<'_>; 4]> {
    values.iter().map(ValueView::from).collect()
}

/// The values of all keys, when each must have one.
fn key_values(predicate: &Predicate, layout: &Layout) -> Option<SmallVec<[Value; 1]>> {
    let parts = parts(predicate);
    let value = |number: &u32| {
        let slot = layout.slot(*number).filter(|slot| !slot.embedded_text)?;
        let mut tests = parts.iter().filter_map(test_of);
        let of_slot = |test: &&ColumnTest| test.column.slot == *number as usize;
        tests.find(of_slot).and_then(|test| key_value(&test.test, slot.cim_type))
    };
    if layout.keys.is_empty() {
        return None;
    }
    layout.keys.iter().map(value).collect()
}

/// The one value of a key that passes a test, where the key index means the same by that as
/// WQL does. Of datetimes it knows the characters and not the instant, and references and
/// reals have several spellings.
fn key_value(test: &Test, cim_type: CimType) -> Option<Value> {
    Some(match (cim_type.class(), test) {
        (TypeClass::Boolean, Test::Boolean(truth)) => Value::from(*truth),
        (class, Test::Integers(set)) if set.low == set.high && !set.outside => match class {
            TypeClass::Unsigned => Value::from(u64::try_from(set.low).ok()?),
            TypeClass::Signed => Value::from(i64::try_from(set.low).ok()?),
            TypeClass::Char16 => Value::from(Char16(u16::try_from(set.low).ok()?)),
            _ => return None,
        },
        (TypeClass::String, Test::Text { operator: CompareOp::Equal, constant, .. }) => {
            Value::from(constant.as_str())
        }
        _ => return None,
    })
}
