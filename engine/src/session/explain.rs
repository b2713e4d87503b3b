//! How a query is answered, as a tree.
//!
//! The rows come from the leaf and go up: each node says what it does with them, how many it
//! is thought to give, and, when the query was run for it, how many it gave and how long it
//! took, without what lies below it.

use super::access::{self, AccessPath, IndexRead, Size, Way};
use super::answer::Plan;
use super::class_query;
use super::estimate::Estimate;
use super::query::QueryResult;
use super::statement::{Selection, Statement};
use super::{Operation, Session};
use crate::clock::Clock;
use crate::context::CallContext;
use crate::error::EngineError;
use crate::reading::ViewRef;
use crate::schema::{ClassRef, Schema};
use cimarron_wql::plan::Predicate;
use cimarron_wql::syntax::ast::{AssociationKind, Direction};
use cimarron_wql::vector::Scratch;
use cimarron_wql::{
    BoundAggregate, BoundAssociationQuery, BoundExtended, BoundOrder, BoundSchemaQuery,
};
use std::fmt;
use std::ops::Range;
use std::time::Duration;

/// What a query does.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct QueryPlan {
    /// What gives the result.
    pub root: PlanNode,
    /// How long it took to parse, bind and plan, when the query was run.
    pub planning: Option<Duration>,
}

/// A step of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlanNode {
    /// What it does, and with what.
    pub operation: String,
    /// More about it.
    pub details: Vec<String>,
    /// How many rows it is thought to give.
    pub estimate: Option<f64>,
    /// What it did, when the query was run.
    pub actual: Option<Actual>,
    /// Where its rows come from.
    pub source: Option<Box<PlanNode>>,
}

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Actual {
    /// How many rows it gave.
    pub rows: u64,
    /// How long it took, without the steps below it.
    pub time: Duration,
}

impl PlanNode {
    fn new(operation: impl Into<String>) -> Self {
        let (estimate, actual, source) = (None, None, None);
        Self { operation: operation.into(), details: Vec::new(), estimate, actual, source }
    }

    fn over(operation: impl Into<String>, source: Self) -> Self {
        Self { source: Some(Box::new(source)), ..Self::new(operation) }
    }

    fn about(self, rows: f64) -> Self {
        Self { estimate: Some(rows), ..self }
    }

    fn with(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }
}

impl Session {
    /// How a query would be answered. It is not run.
    ///
    /// # Errors
    /// As [`Session::execute`], but for what only running it shows.
    pub fn explain(&self, context: &CallContext, text: &str) -> Result<QueryPlan, EngineError> {
        let view = self.read(context, Operation::ReadInstances, text)?.view();
        let plan = self.plan(text, view.schema())?;
        self.check_plan(view.schema(), &plan)?;
        Ok(QueryPlan { root: self.shape(&view, &plan), planning: None })
    }

    /// How a query is answered: it is run, every row of the answer is read, and each step
    /// says what it did.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn analyze(&self, context: &CallContext, text: &str) -> Result<QueryPlan, EngineError> {
        let clock = &**self.repository().clock();
        let start = clock.now();
        let view = self.read(context, Operation::ReadInstances, text)?.view();
        let plan = self.plan(text, view.schema())?;
        let root = self.shape(&view, &plan);
        let planned = clock.now();
        let root = match plan {
            Plan::Instances(statement) => {
                let is_extended = statement.extended.is_some();
                let by_index = is_by_index(&view, &statement);
                let mut result = self.find_rows(context, &view, statement)?;
                let found = clock.now() - planned;
                let (mut done, mut note) =
                    Measuring { result: &result, clock, context }.steps(found)?;
                // An index that turned out to name too many rows, or that cannot tell.
                if by_index && matches!(result.access(), AccessPath::Scan) {
                    note = format!("given up for a scan of {note}");
                }
                if is_extended {
                    let start = clock.now();
                    result = self.extend(result)?;
                    let time = clock.now() - start;
                    done.push(Actual { rows: result.count()? as u64, time });
                }
                let actual = Some(show(&result, clock)?);
                fill(PlanNode { actual, ..root }, &mut done, &note)
            }
            other => {
                let start = clock.now();
                let found = self.at_the_leaf(&view, &other);
                let below = clock.now() - start;
                let answer = self.answer(context, &view, other)?;
                let rows = match &answer {
                    super::Answer::Instances(result) => result.count()?,
                    super::Answer::Classes(result) => result.names().count(),
                };
                // What lies below was done twice: to measure it, and for the answer.
                let time = (clock.now() - start).saturating_sub(below * 2);
                let below = Actual { rows: found.unwrap_or_default() as u64, time: below };
                done(root, Actual { rows: rows as u64, time }, below)
            }
        };
        Ok(QueryPlan { root, planning: Some(planned - start) })
    }
}

impl Session {
    /// The steps of a query.
    fn shape(&self, view: &ViewRef<'_>, plan: &Plan) -> PlanNode {
        let found = || self.at_the_leaf(view, plan).map(|rows| rows as f64);
        match plan {
            Plan::Instances(statement) => instances(view, statement),
            Plan::Classes(query) => classes(view.schema(), query, found()),
            Plan::Associations(query) => associations(query, found()),
        }
    }

    /// How many classes or associations a query that is no data query starts with.
    fn at_the_leaf(&self, view: &ViewRef<'_>, plan: &Plan) -> Option<usize> {
        match plan {
            Plan::Instances(_) => None,
            Plan::Classes(query) => {
                let schema = view.schema();
                let runs = class_query::candidates(schema, query);
                Some(runs.map_or(schema.run().len(), |runs| runs.iter().map(Range::len).sum()))
            }
            Plan::Associations(query) => self.links_from(view, query),
        }
    }
}

/// Gives the two steps of a query that is no data query what they did: its own, and what it
/// took from below.
fn done(mut node: PlanNode, own: Actual, below: Actual) -> PlanNode {
    if let Some(source) = &mut node.source {
        source.actual = Some(below);
    }
    node.actual = Some(own);
    node
}

/// Whether a data query would come to its rows by an index.
fn is_by_index(view: &ViewRef<'_>, statement: &Statement) -> bool {
    let class = statement.class_id.and_then(|id| view.schema().by_id(id));
    class.is_some_and(|class| {
        matches!(
            access::choose(view.root(), class, statement),
            Way::Associations | Way::Ordered(..)
        )
    })
}

/// The part of the rows that have one value, or one end, for want of anything better.
const OF_ONE_VALUE: f64 = 0.01;

fn instances(view: &ViewRef<'_>, statement: &Statement) -> PlanNode {
    let (root, schema) = (view.root(), view.schema());
    let mut node = PlanNode::new("Nothing");
    if let Some(class) = statement.class_id.and_then(|id| schema.by_id(id)) {
        let estimate = Estimate::new(root, class);
        let all = estimate.rows() as f64;
        let mut left = 1.0;
        node = match access::choose(root, class, statement) {
            Way::Scan => scan(class).about(all),
            Way::Nothing => PlanNode::new("Nothing: the condition contradicts itself").about(0.0),
            Way::Key => PlanNode::new(format!("Key {}", class.name())).about(all.min(1.0)),
            Way::Associations => {
                let wanted = statement.reference.as_ref();
                let path = wanted.map(|wanted| wanted.path.to_string()).unwrap_or_default();
                PlanNode::new(format!("Association index of {path}")).about(all * OF_ONE_VALUE)
            }
            Way::Ordered(IndexRead { index, ranges, size, .. }) => {
                let found = match size {
                    Size::About(rows) => rows,
                    Size::OneValue => all * OF_ONE_VALUE,
                };
                let path = AccessPath::through(root, index);
                let count = ranges.len();
                let node = PlanNode::new(path.to_string()).about(found);
                if count == 1 { node } else { node.with(format!("{count} ranges")) }
            }
        };
        let most = node.estimate.unwrap_or(all);
        for part in filters(statement.predicate.as_deref()) {
            left *= estimate.share(&part);
            // What a key or an index gives has passed its parts already.
            let rows = (all * left).max(1.0).min(most);
            node = PlanNode::over(format!("Filter {part}"), node).about(rows);
        }
    }
    let mut rows = node.estimate.unwrap_or_default();
    let Some(clauses) = &statement.extended else {
        return PlanNode::over(projection(&statement.selection), node).about(rows);
    };
    let aggregates: Vec<_> = clauses.aggregates.iter().map(|a| a.heading.as_str()).collect();
    if !aggregates.is_empty() {
        rows = 1.0;
    }
    rows = (rows - clauses.offset as f64).max(0.0);
    rows = clauses.limit.map_or(rows, |limit| rows.min(limit as f64));
    let node = PlanNode::over(extended(clauses), node).about(rows);
    let shown = match aggregates.as_slice() {
        [] => projection(&statement.selection),
        names => format!("Show {}", names.join(", ")),
    };
    PlanNode::over(shown, node).about(rows)
}

/// What the clauses of the extended level do, in this order.
fn extended(clauses: &BoundExtended) -> String {
    let mut steps = Vec::new();
    if !clauses.aggregates.is_empty() {
        let one = |aggregate: &BoundAggregate| match &aggregate.path {
            Some(path) => format!("{}({path})", aggregate.function),
            None => format!("{}(*)", aggregate.function),
        };
        let all: Vec<_> = clauses.aggregates.iter().map(one).collect();
        steps.push(format!("aggregate {}", all.join(", ")));
    }
    if clauses.distinct {
        steps.push("distinct".to_owned());
    }
    if !clauses.order_by.is_empty() {
        let key = |BoundOrder { path, direction }: &BoundOrder| match direction {
            Direction::Ascending => path.to_string(),
            Direction::Descending => format!("{path} DESC"),
        };
        let keys: Vec<_> = clauses.order_by.iter().map(key).collect();
        steps.push(format!("sort by {}", keys.join(", ")));
    }
    if clauses.offset > 0 {
        steps.push(format!("offset {}", clauses.offset));
    }
    if let Some(limit) = clauses.limit {
        steps.push(format!("limit {limit}"));
    }
    let mut text = if steps.is_empty() { "rename".to_owned() } else { steps.join("; ") };
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// So many steps a tree is still read for.
const MOST_FILTERS: usize = 16;

/// The conditions that are shown as steps of their own. What goes beyond those is one step:
/// a condition may have thousands of parts, and each step stands a little further in.
fn filters(condition: Option<&Predicate>) -> Vec<Predicate> {
    let parts = condition.map(access::parts).unwrap_or_default();
    match parts.split_at_checked(MOST_FILTERS - 1) {
        Some((first, rest @ [_, _, ..])) => {
            let rest = Predicate::All(rest.to_vec());
            first.iter().cloned().chain([rest]).collect()
        }
        _ => parts.to_vec(),
    }
}

fn scan(class: ClassRef<'_>) -> PlanNode {
    let node = PlanNode::new(format!("Scan {}", class.name()));
    match class.subtree().count() {
        0 | 1 => node,
        2 => node.with("and 1 class below it"),
        more => node.with(format!("and {} classes below it", more - 1)),
    }
}

fn projection(selection: &Selection) -> String {
    match selection {
        Selection::All | Selection::Chosen(_) => "Show all properties".to_owned(),
        Selection::Items(_, headers) => {
            let names: Vec<_> = headers.iter().map(|header| header.name.as_str()).collect();
            format!("Show {}", names.join(", "))
        }
    }
}

/// Of the classes that a condition says nothing of the place of, so many are thought to pass.
const CLASSES_THAT_PASS: f64 = 0.1;

/// Each keyword that narrows a result is thought to leave so much of it.
const LEFT_BY_KEYWORD: f64 = 0.5;

fn classes(schema: &Schema, query: &BoundSchemaQuery, found: Option<f64>) -> PlanNode {
    let rows = found.unwrap_or_default();
    let runs = class_query::candidates(schema, query);
    let (leaf, left) = match runs.as_deref() {
        None => (PlanNode::new("Classes of the namespace"), CLASSES_THAT_PASS),
        Some([]) => (PlanNode::new("Nothing: the namespace has no such class"), 1.0),
        Some([_]) => (PlanNode::new("Class tree"), 1.0),
        Some(more) => (PlanNode::new("Class tree").with(format!("{} runs", more.len())), 1.0),
    };
    let leaf = leaf.about(rows);
    match &query.filter {
        Some(filter) => {
            let passed = (rows * left).max(rows.min(1.0));
            PlanNode::over(format!("Filter {filter}"), leaf).about(passed)
        }
        None => leaf,
    }
}

fn associations(query: &BoundAssociationQuery, found: Option<f64>) -> PlanNode {
    let from = if query.schema_only { "Declared associations" } else { "Association index" };
    let rows = found.unwrap_or_default();
    let leaf = PlanNode::new(format!("{from} of {}", query.path)).about(rows);
    let kind = match query.kind {
        AssociationKind::Associators => "Associators",
        AssociationKind::References => "References",
    };
    let mut node = PlanNode::over(kind, leaf);
    let mut left = rows;
    for (word, value) in [
        ("AssocClass", &query.assoc_class),
        ("ResultClass", &query.result_class),
        ("Role", &query.role),
        ("ResultRole", &query.result_role),
        ("RequiredQualifier", &query.required_qualifier),
        ("RequiredAssocQualifier", &query.required_assoc_qualifier),
    ] {
        if let Some(value) = value {
            node = node.with(format!("{word} = {value}"));
            left *= LEFT_BY_KEYWORD;
        }
    }
    for (word, is_there) in [
        ("ClassDefsOnly", query.class_defs_only),
        ("KeysOnly", query.keys_only),
        ("SchemaOnly", query.schema_only),
    ] {
        if is_there {
            node = node.with(word);
        }
    }
    node.about(left.max(rows.min(1.0)))
}

/// Runs a result to its end, step by step.
struct Measuring<'a> {
    result: &'a QueryResult,
    clock: &'a dyn Clock,
    context: &'a CallContext,
}

impl Measuring<'_> {
    /// What the leaf and each filter did, and with how many chunks; finding the rows took
    /// so long before.
    fn steps(&self, found: Duration) -> Result<(Vec<Actual>, String), EngineError> {
        let parts = filters(self.result.condition());
        // The leaf, and each filter.
        let mut done = vec![Actual::default(); parts.len() + 1];
        let mut scratch = Scratch::default();
        let (mut chunks, mut passed_over) = (0_usize, 0_usize);
        for frozen in &self.result.snapshot().chunks {
            self.context.check(self.clock)?;
            chunks += 1;
            let mut steps = done.iter_mut();
            let mut since = self.clock.now();
            let mut step = |rows: usize| {
                let now = self.clock.now();
                if let Some(actual) = steps.next() {
                    actual.rows += rows as u64;
                    actual.time += now - since;
                }
                since = now;
            };
            let mut rows = self.result.seen(frozen);
            if self.result.foresees_nothing(frozen) {
                passed_over += 1;
                step(0);
                continue;
            }
            step(rows.count());
            for part in &parts {
                self.result.keep(frozen, part, &mut rows, &mut scratch);
                step(rows.count());
            }
        }
        if let Some(leaf) = done.first_mut() {
            leaf.time += found;
        }
        let note = match (chunks, passed_over) {
            (1, 0) => "1 chunk".to_owned(),
            (_, 0) => format!("{chunks} chunks"),
            _ => format!("{chunks} chunks, {passed_over} of them passed over"),
        };
        Ok((done, note))
    }
}

/// Reads every row of a result.
fn show(result: &QueryResult, clock: &dyn Clock) -> Result<Actual, EngineError> {
    let start = clock.now();
    let mut rows = 0;
    for row in result.rows() {
        row?.fields().for_each(|field| {
            std::hint::black_box(field.view());
        });
        rows += 1;
    }
    Ok(Actual { rows, time: clock.now() - start })
}

/// Deals out what was done, the leaf's first.
fn fill(mut node: PlanNode, done: &mut Vec<Actual>, note: &str) -> PlanNode {
    if let Some(source) = node.source.take() {
        node.source = Some(Box::new(fill(*source, done, note)));
    } else {
        node.details.push(note.to_owned());
    }
    if node.actual.is_none() && !done.is_empty() {
        node.actual = Some(done.remove(0));
    }
    node
}

impl fmt::Display for QueryPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut node = Some(&self.root);
        let mut depth = 0;
        while let Some(this) = node {
            if depth > 0 {
                write!(f, "{:1$}└─ ", "", (depth - 1) * 3)?;
            }
            writeln!(f, "{this}")?;
            node = this.source.as_deref();
            depth += 1;
        }
        match self.planning {
            Some(time) => writeln!(f, "Planning: {time:.1?}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for PlanNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.operation)?;
        for detail in &self.details {
            write!(f, ", {detail}")?;
        }
        let rows = |count: f64| if count == 1.0 { "row" } else { "rows" };
        let about = self.estimate.map(f64::round);
        match (about, self.actual) {
            (None, None) => Ok(()),
            (Some(about), None) => write!(f, "  (about {about} {})", rows(about)),
            (about, Some(actual)) => {
                f.write_str("  (")?;
                if let Some(about) = about {
                    write!(f, "about {about} {}; ", rows(about))?;
                }
                let Actual { rows: count, time } = actual;
                write!(f, "{count} {} in {time:.1?})", rows(count as f64))
            }
        }
    }
}
