//! How a query comes to its rows.
//!
//! A condition that every answer must fulfil may be looked up: the whole predicate, or parts
//! of it that are joined by AND. Such a part that NULL does not pass can be answered by an
//! index, which has all rows that are not NULL. What an index gives are candidates: the whole
//! predicate is asked of each of them, so an index may give too much and never too little. Only
//! where a key, or what is read of an ordered index, is all that a predicate says, nothing is
//! asked of the rows any more: an entry never changes, and a row of any form has its value.
//!
//! Of several ways the one is taken that seems to cost least. A row that an index names costs
//! as much as some hundred rows of a scan, which reads values side by side; so an index is
//! worth it while it leaves few rows. What it leaves is guessed from the least and greatest
//! values of the chunks, and when the guess was wrong, the index is given up for a scan.

use super::estimate::Estimate;
use super::statement::Statement;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::reading::ViewRef;
use crate::schema::{ClassId, ClassRef};
use crate::store::{FrozenChunk, Gathered, KeyRange, OrderedIndex, Root, View};
use cimarron_model::Name;
use cimarron_wql::plan::{ColumnTest, Predicate, Test};
use cimarron_wql::{BoundExpr, BoundPath, CompareOp, Constant};
use smallvec::SmallVec;
use std::fmt;
use std::sync::Arc;

/// What a result's rows were found through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessPath {
    /// Every row of the class and those below it is looked at.
    #[default]
    Scan,
    /// The condition contradicts itself: nothing is looked at.
    Nothing,
    /// The query names all keys.
    KeyIndex,
    /// The query names an end of the associations that it asks for.
    AssociationIndex {
        /// The reference.
        property: Name,
    },
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

impl fmt::Display for AccessPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scan => f.write_str("Scan"),
            Self::Nothing => f.write_str("Nothing"),
            Self::KeyIndex => f.write_str("Key"),
            Self::AssociationIndex { property } => write!(f, "Association index {property}"),
            Self::OrderedIndex { class, property } => write!(f, "Ordered index {class}.{property}"),
        }
    }
}

/// What one row that an index names costs, in rows that a scan looks at.
const ROW_BY_INDEX: usize = 64;

/// As many rows are never too many.
const FEW: usize = 256;

/// The way that is taken to rows.
pub(super) enum Way<'r> {
    Scan,
    Nothing,
    Key,
    Associations,
    Ordered(IndexRead<'r>),
}

/// What to read of an ordered index.
pub(super) struct IndexRead<'r> {
    pub(super) index: &'r Arc<OrderedIndex>,
    pub(super) ranges: Vec<KeyRange>,
    pub(super) size: Size,
    /// Whether all rows of it pass.
    is_all: bool,
}

/// Rows that may be those which are wanted.
pub(super) struct Candidates {
    pub(super) path: AccessPath,
    pub(super) chunks: Vec<FrozenChunk>,
    /// Whether they are known to pass.
    pub(super) pass: bool,
}

/// The way to the rows of a class that a statement wants.
pub(super) fn choose<'r>(root: &'r Root, class: ClassRef<'_>, statement: &Statement) -> Way<'r> {
    match statement.predicate.as_deref() {
        _ if statement.key.is_some() => Way::Key,
        None => Way::Scan,
        Some(Predicate::Never) => Way::Nothing,
        _ if statement.reference.is_some() => Way::Associations,
        Some(predicate) => ordered(root, class, parts(predicate)).unwrap_or(Way::Scan),
    }
}

/// The candidates for the rows of a class that a statement wants, and how they were found;
/// `None` when the class is to be scanned.
pub(super) fn candidates(
    namespace: &Namespace,
    view: &ViewRef<'_>,
    class: ClassRef<'_>,
    statement: &Statement,
    allowance: &Allowance<'_>,
) -> Result<Option<Candidates>, EngineError> {
    let view: &View = view;
    let root = view.root();
    // Counts the rows of all classes below: only for ways that need it.
    let most = || worth_it(root, class).min(allowance.most);
    let found = |path, chunks, pass| Candidates { path, chunks, pass };
    match choose(root, class, statement) {
        Way::Scan => Ok(None),
        Way::Nothing => Ok(Some(found(AccessPath::Nothing, Vec::new(), false))),
        Way::Key => {
            let Some(key) = &statement.key else { return Ok(None) };
            let rows = key.find_all(namespace, view, class).map(FrozenChunk::of_rows);
            Ok(rows.map(|rows| found(AccessPath::KeyIndex, rows, key.is_all())))
        }
        Way::Associations => {
            let Some(wanted) = &statement.reference else { return Ok(None) };
            let rows = wanted.find((namespace, view), class, allowance, most())?;
            let property = wanted.property.clone();
            let path = AccessPath::AssociationIndex { property };
            Ok(rows.map(|rows| found(path, FrozenChunk::of_rows(rows), false)))
        }
        Way::Ordered(IndexRead { index, ranges, is_all, .. }) => {
            let (store, seen) = (&namespace.store, view.seen());
            let (ranges, accept) = ((&**index, &*ranges), is_under(root, class));
            let rows = store.in_order(root, ranges, most(), seen, accept, allowance.between)?;
            let rows = rows.map(Gathered::into_chunks);
            Ok(rows.map(|rows| found(AccessPath::through(root, index), rows, is_all)))
        }
    }
}

/// How many candidates a call may have, and what is asked while they are found.
pub(super) struct Allowance<'a> {
    /// Beyond that a scan is taken: it keeps none.
    pub(super) most: usize,
    /// Whether the call may go on; see [`Store::in_order`](crate::store::Store::in_order).
    pub(super) between: &'a dyn Fn(usize) -> Result<(), EngineError>,
}

/// What every row that passes must pass.
pub(super) fn parts(predicate: &Predicate) -> &[Predicate] {
    match predicate {
        Predicate::All(parts) => parts,
        other => std::slice::from_ref(other),
    }
}

/// How many rows an index may name before a scan is cheaper.
fn worth_it(root: &Root, class: ClassRef<'_>) -> usize {
    root.live_under(class) / ROW_BY_INDEX + FEW
}

/// Whether a class is another one or below it.
pub(super) fn is_under<'a>(root: &'a Root, class: ClassRef<'a>) -> impl Fn(ClassId) -> bool + 'a {
    move |id| id == class.def().id || root.schema.by_id(id).is_some_and(|own| own.is_a(class))
}

/// The test of a property that a part is, when NULL does not pass it.
pub(super) fn test_of(part: &Predicate) -> Option<&ColumnTest> {
    match part {
        Predicate::Column(test) if !test.on_null => Some(test),
        _ => None,
    }
}

/// A range of an index that every answer is in.
struct Span<'r> {
    slot: usize,
    index: &'r Arc<OrderedIndex>,
    range: KeyRange,
    size: Size,
    /// How many parts say nothing else.
    parts: usize,
}

/// How many entries an index seems to have for what is asked.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) enum Size {
    /// Those of one value: few, without a look.
    OneValue,
    About(f64),
}

impl Size {
    /// Of the entries whose rows pass.
    fn of(index: &OrderedIndex, part: &Predicate, estimate: &Estimate<'_>) -> Self {
        Self::About(estimate.share(part) * index.len() as f64)
    }
}

/// The ordered index that seems to leave least, and what to read of it.
fn ordered<'r>(root: &'r Root, class: ClassRef<'_>, parts: &[Predicate]) -> Option<Way<'r>> {
    if root.ordered().is_empty() {
        return None;
    }
    let estimate = Estimate::new(root, class);
    let spans = spans(root, class, parts, &estimate).into_iter();
    let reads = spans.map(|Span { index, range, size, parts: exact, .. }| IndexRead {
        index,
        ranges: vec![range],
        size,
        is_all: exact == parts.len(),
    });
    let lists = parts.iter().filter_map(|part| {
        let list = values(root, class, part, &estimate)?;
        Some(IndexRead { is_all: list.is_all && parts.len() == 1, ..list })
    });
    let less = |a: &IndexRead<'_>, b: &IndexRead<'_>| {
        a.size.partial_cmp(&b.size).unwrap_or(std::cmp::Ordering::Equal)
    };
    let read = reads.chain(lists).min_by(less)?;
    let is_worth_it = match read.size {
        Size::OneValue => true,
        Size::About(entries) => entries <= worth_it(root, class) as f64,
    };
    is_worth_it.then_some(Way::Ordered(read))
}

/// For each property that has an index, what the tests of it leave together.
fn spans<'r>(
    root: &'r Root,
    class: ClassRef<'_>,
    parts: &[Predicate],
    estimate: &Estimate<'_>,
) -> SmallVec<[Span<'r>; 4]> {
    let mut spans: SmallVec<[Span<'r>; 4]> = SmallVec::new();
    for part in parts {
        let Some((slot, index, range)) = range_of(root, class, part) else { continue };
        let size = match range.only() {
            Some(_) => Size::OneValue,
            None => Size::of(index, part, estimate),
        };
        let exact = usize::from(is_exact(index, part));
        match spans.iter_mut().find(|span| span.slot == slot) {
            Some(span) => {
                span.parts += exact;
                span.range = span.range.clone().and(range);
                span.size = if size < span.size { size } else { span.size };
            }
            None => spans.push(Span { slot, index, range, size, parts: exact }),
        }
    }
    spans
}

/// The range of an index that has all rows which pass a part.
fn range_of<'r>(
    root: &'r Root,
    class: ClassRef<'_>,
    part: &Predicate,
) -> Option<(usize, &'r Arc<OrderedIndex>, KeyRange)> {
    if let Predicate::Other(test) = part {
        let BoundExpr::Compare {
            operand: BoundPath::Column(column),
            operator: CompareOp::Equal,
            constant: Constant::Path(path),
        } = &test.condition
        else {
            return None;
        };
        let index = root.ordered_index(class, &column.name).filter(|_| !test.negated)?;
        return Some((column.slot, index, index.form.path(path)?));
    }
    let test = test_of(part)?;
    let index = root.ordered_index(class, &test.column.name)?;
    Some((test.column.slot, index, index.form.range(&test.test)?))
}

/// Whether the range of an index for a part has no row that does not pass it.
fn is_exact(index: &OrderedIndex, part: &Predicate) -> bool {
    test_of(part).is_some_and(|test| index.form.is_exact(&test.test))
}

/// The ranges of an index that have all rows which pass any of several tests of one
/// property. No two of them have a row in common.
fn values<'r>(
    root: &'r Root,
    class: ClassRef<'_>,
    part: &Predicate,
    estimate: &Estimate<'_>,
) -> Option<IndexRead<'r>> {
    let Predicate::Any(items) = part else { return one_of(root, class, part, estimate) };
    let (slot, index, _) = range_of(root, class, items.first()?)?;
    let range = |item| {
        let (of, _, range) = range_of(root, class, item).filter(|(of, ..)| *of == slot)?;
        let apart = range.only().is_some() || matches!(test_of(item)?.test, Test::Integers(_));
        (of == slot && apart).then_some(range)
    };
    let mut ranges = items.iter().map(range).collect::<Option<Vec<_>>>()?;
    ranges.sort_by(|a, b| a.only().cmp(&b.only()));
    ranges.dedup();
    let size = if ranges.iter().all(|range| range.only().is_some()) {
        Size::OneValue
    } else {
        Size::of(index, part, estimate)
    };
    let is_all = items.iter().all(|item| is_exact(index, item));
    Some(IndexRead { index, ranges, size, is_all })
}

/// The ranges of an index that have all rows whose value is one of many.
fn one_of<'r>(
    root: &'r Root,
    class: ClassRef<'_>,
    part: &Predicate,
    estimate: &Estimate<'_>,
) -> Option<IndexRead<'r>> {
    let test = test_of(part)?;
    let Test::OneOf(all) = &test.test else { return None };
    let index = root.ordered_index(class, &test.column.name)?;
    let ranges = index.form.ranges(all)?;
    let is_one = |range: &KeyRange| range.only().is_some();
    let size = match ranges.iter().all(is_one) {
        true => Size::OneValue,
        false => Size::of(index, part, estimate),
    };
    Some(IndexRead { index, ranges, size, is_all: index.form.is_exact(&test.test) })
}
