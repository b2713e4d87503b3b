//! Which polled classes a query reaches.

use super::kinds::Kinds;
use crate::schema::{ClassId, ClassRef, Schema};
use cimarron_model::Name;
use cimarron_wql::{BoundEventQuery, BoundExpr, BoundPath};
use std::ops::Range;

/// The polled classes that a query reaches: those that its ISA tests of the instances allow,
/// with all below them; without such a test all of the namespace. Only queries for operations on
/// instances reach any, and of these only those that an event of a poll can be for: polling
/// finds no method calls.
pub(crate) fn reached(query: &BoundEventQuery, schema: &Schema, polled: &[Name]) -> Vec<ClassId> {
    let class = schema.class(query.class.as_str());
    let is_of_instances = ["__InstanceOperationEvent", "CIM_InstIndication"]
        .into_iter()
        .filter_map(|above| schema.class(above))
        .any(|above| class.is_some_and(|class| class.is_a(above)));
    if polled.is_empty() || !is_of_instances {
        return Vec::new();
    }
    let kinds = Kinds::of(schema).instance;
    let mut made = kinds.all().filter_map(|kind| schema.by_id(kind.class.id));
    if !made.any(|made| class.is_some_and(|class| made.is_a(class))) {
        return Vec::new();
    }
    let reach = match &query.filter {
        Some(filter) => reach(filter, schema),
        None => vec![schema.run()],
    };
    let is_reached = |number: u32| reach.iter().any(|run| run.contains(&number));
    let mut found: Vec<(u32, ClassId)> = Vec::new();
    for class in polled.iter().filter_map(|name| schema.class(name.as_str())) {
        let numbered = class.run().zip(class.subtree());
        found.extend(numbered.filter(|(n, _)| is_reached(*n)).map(|(n, c)| (n, c.def().id)));
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|(_, id)| id).collect()
}

/// The numbers of the classes that a condition allows.
fn reach(condition: &BoundExpr, schema: &Schema) -> Vec<Range<u32>> {
    match condition {
        BoundExpr::And(items) => {
            let first = vec![schema.run()];
            items.iter().fold(first, |allowed, item| meet(&allowed, &reach(item, schema)))
        }
        BoundExpr::Or(items) => items.iter().flat_map(|item| reach(item, schema)).collect(),
        BoundExpr::IsA { operand: BoundPath::Column(_), class } => {
            schema.class(class.as_str()).map(ClassRef::run).into_iter().collect()
        }
        _ => vec![schema.run()],
    }
}

/// What is in some run of both.
fn meet(a: &[Range<u32>], b: &[Range<u32>]) -> Vec<Range<u32>> {
    let both = |(a, b): (&Range<u32>, &Range<u32>)| a.start.max(b.start)..a.end.min(b.end);
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
    let mut met: Vec<Range<u32>> = pairs.map(both).filter(|run| !run.is_empty()).collect();
    met.sort_unstable_by_key(|run| (run.start, run.end));
    met.dedup();
    met
}
