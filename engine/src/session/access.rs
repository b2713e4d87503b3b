//! How a query comes to its rows.
//!
//! A condition that every answer must fulfil may be looked up: one part of the WHERE
//! clause, or parts of it that are joined by AND. For an answer such a part is true, so its
//! property is not NULL there, in either dialect, and an index has the row. What an index
//! gives are candidates: the whole condition is asked of each of them, so an index may
//! give too much and never too little. Whatever is below NOT is not looked at.

use crate::namespace::Namespace;
use crate::reading::ViewRef;
use crate::schema::{ClassId, ClassRef, Layout};
use crate::store::{Found, KeyRange, OrderedIndex, Root, View};
use crate::view::ValueView;
use cimarron_model::{Char16, CimType, Name, TypeClass, Value};
use cimarron_wql::{BoundExpr, BoundPath, Column, CompareOp, Constant};
use smallvec::SmallVec;
use std::sync::Arc;

/// What a result's rows were found through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessPath {
    /// Every row of the class and those below it is looked at.
    #[default]
    Scan,
    /// The query names all keys.
    KeyIndex,
    /// An ordered index; see [`Session::create_index`](crate::Session::create_index).
    OrderedIndex {
        /// The class of the index.
        class: Name,
        /// Its property.
        property: Name,
    },
}

impl AccessPath {
    pub(super) fn through(root: &Root, index: &OrderedIndex) -> Self {
        let class = root.schema.by_id(index.class).map(|class| class.name().clone());
        Self::OrderedIndex { class: class.unwrap_or_default(), property: index.property.clone() }
    }
}

/// A choice of where to look.
#[derive(Debug)]
enum Choice<'r> {
    Key(SmallVec<[Value; 2]>),
    Ordered(&'r Arc<OrderedIndex>, Vec<KeyRange>),
}

/// One row in this many is the most that an index is asked for: reading on from row to
/// row costs less than a scan only while there are few.
const SELECTIVE: usize = 8;

/// As many rows are never too many.
const FEW: usize = 1024;

/// The candidates for the rows of a class that fulfil a condition, and how they were
/// found; `None` when the class is to be scanned.
pub(super) fn candidates(
    namespace: &Namespace,
    view: &ViewRef<'_>,
    class: ClassRef<'_>,
    condition: Option<&BoundExpr>,
) -> Option<(AccessPath, Vec<Found>)> {
    let view: &View = view;
    let root = view.root();
    match choose(root, class, condition?)? {
        Choice::Key(values) => {
            let rows = with_key(namespace, view, class, &values)?;
            Some((AccessPath::KeyIndex, rows))
        }
        Choice::Ordered(index, ranges) => {
            let limit = root.live_under(class) / SELECTIVE + FEW;
            let accept = is_under(root, class);
            let store = &namespace.store;
            let rows = store.in_order(root, (index, &ranges), limit, view.seen(), accept)?;
            Some((AccessPath::through(root, index), rows))
        }
    }
}

/// Whether a class is another one or below it.
pub(super) fn is_under<'a>(root: &'a Root, class: ClassRef<'a>) -> impl Fn(ClassId) -> bool + 'a {
    move |id| id == class.def().id || root.schema.by_id(id).is_some_and(|own| own.is_a(class))
}

/// Each row of a class with this key. `Dmtf` may have one in each class.
fn with_key(
    namespace: &Namespace,
    view: &View,
    class: ClassRef<'_>,
    values: &[Value],
) -> Option<Vec<Found>> {
    let keys: SmallVec<[ValueView<'_>; 2]> = values.iter().map(ValueView::from).collect();
    let hash = namespace.store.rules().hash(keys.iter().copied());
    let root = view.root();
    let key_root = class.key_root()?;
    namespace.undisturbed(|| {
        let accept = is_under(root, class);
        namespace.store.find_all(root, key_root, (hash, &keys), view.seen(), accept)
    })
}

fn choose<'r>(root: &'r Root, class: ClassRef<'_>, condition: &BoundExpr) -> Option<Choice<'r>> {
    let parts = match condition {
        BoundExpr::And(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    key_values(parts, class.layout())
        .filter(|_| class.key_root().is_some())
        .map(Choice::Key)
        .or_else(|| ordered(root, class, parts))
}

/// The values of all keys, when each is compared with `=`.
fn key_values(parts: &[BoundExpr], layout: &Layout) -> Option<SmallVec<[Value; 2]>> {
    let value = |number: &u32| {
        let slot = layout.slot(*number).filter(|slot| !slot.embedded_text)?;
        parts.iter().find_map(|part| match part {
            BoundExpr::Compare {
                operand: BoundPath::Column(column),
                operator: CompareOp::Equal,
                constant,
            } if column.slot == *number as usize => key_value(constant, slot.cim_type),
            _ => None,
        })
    };
    if layout.keys.is_empty() {
        return None;
    }
    layout.keys.iter().map(value).collect()
}

/// The value of a key that equals a constant, where the key index means the same by that
/// as WQL does. Of datetimes it knows the characters and not the instant, and references
/// and reals have several spellings.
fn key_value(constant: &Constant, cim_type: CimType) -> Option<Value> {
    Some(match (cim_type.class(), constant) {
        (TypeClass::Boolean, Constant::Boolean(truth)) => Value::from(*truth),
        (TypeClass::Unsigned, Constant::Integer(n)) => Value::from(u64::try_from(*n).ok()?),
        (TypeClass::Signed, Constant::Integer(n)) => Value::from(i64::try_from(*n).ok()?),
        (TypeClass::Char16, Constant::Integer(n)) => Value::from(Char16(u16::try_from(*n).ok()?)),
        (TypeClass::String, Constant::Text(text)) => Value::from(text.as_str()),
        _ => return None,
    })
}

/// The ordered index that seems to leave least, and what to read of it.
fn ordered<'r>(root: &'r Root, class: ClassRef<'_>, parts: &[BoundExpr]) -> Option<Choice<'r>> {
    if root.ordered().is_empty() {
        return None;
    }
    // The best so far: one value, some values, between two, from or up to one.
    let mut best: Option<(u8, Choice<'r>)> = None;
    let mut offer = |rank: u8, index: &'r Arc<OrderedIndex>, ranges: Vec<KeyRange>| {
        if best.as_ref().is_none_or(|(there, _)| rank < *there) {
            best = Some((rank, Choice::Ordered(index, ranges)));
        }
    };
    let index_of = |column: &Column| root.ordered_index(class, &column.name);
    let mut spans: SmallVec<[(usize, &'r Arc<OrderedIndex>, KeyRange); 4]> = SmallVec::new();
    for part in parts {
        match part {
            BoundExpr::Compare { operand: BoundPath::Column(column), operator, constant } => {
                let Some(index) = index_of(column) else { continue };
                let Some(range) = index.form.range(*operator, constant) else { continue };
                match spans.iter_mut().find(|(slot, ..)| *slot == column.slot) {
                    Some((.., span)) => *span = span.clone().and(range),
                    None => spans.push((column.slot, index, range)),
                }
            }
            BoundExpr::Or(items) => {
                let Some(column) = one_column(items) else { continue };
                let Some(index) = index_of(column) else { continue };
                if let Some(ranges) = values(index, items) {
                    offer(1, index, ranges);
                }
            }
            _ => {}
        }
    }
    for (_, index, span) in spans {
        let rank = match &span {
            span if span.only().is_some() => 0,
            span if span.is_closed() => 2,
            _ => 3,
        };
        offer(rank, index, vec![span]);
    }
    best.map(|(_, choice)| choice)
}

/// The property that all of these compare with `=`, when it is one.
fn one_column(items: &[BoundExpr]) -> Option<&Column> {
    let column = |item| match item {
        &BoundExpr::Compare {
            operand: BoundPath::Column(ref column),
            operator: CompareOp::Equal,
            ..
        } => Some(column),
        _ => None,
    };
    let first = column(items.first()?)?;
    items.iter().all(|item| column(item).is_some_and(|c| c.slot == first.slot)).then_some(first)
}

/// The values that a property is compared with, each once.
fn values(index: &OrderedIndex, items: &[BoundExpr]) -> Option<Vec<KeyRange>> {
    let range = |item: &BoundExpr| match item {
        BoundExpr::Compare { operator, constant, .. } => {
            index.form.range(*operator, constant).filter(|range| range.only().is_some())
        }
        _ => None,
    };
    let mut ranges = items.iter().map(range).collect::<Option<Vec<_>>>()?;
    ranges.sort_by(|a, b| a.only().cmp(&b.only()));
    ranges.dedup();
    Some(ranges)
}
