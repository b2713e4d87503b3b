//! Circles of aliases. WMI resolves an alias when the object that it stands for has been
//! stored, so objects cannot refer to each other through aliases in a circle (WMI SDK,
//! "Creating an Alias"). DSP0004 7.10 has nothing against them.

use super::order::Mark;
use super::unit::Instance;
use crate::source::{FileId, Span};
use crate::syntax::ast::{InstanceDeclaration, Value, ValueKind};
use hashbrown::HashSet;

/// A use of an alias: what it stands for, and where it is.
type Use = (usize, (FileId, Span));

/// The uses of aliases that lead back to the instance that they stand in. The instances come
/// in the order of the text, and `find` gives the position of the one that an alias in a file
/// stands for. Each circle has such a use, and what is left without them has no circle.
pub(super) fn closing(
    instances: &[&Instance<'_>],
    find: impl Fn(FileId, &str) -> Option<usize>,
) -> HashSet<(FileId, Span)> {
    let uses = |i: usize| {
        let instance = instances.get(i).map(|instance| instance.at);
        let uses = instance.map(|at| (at.file, aliases(at.node)));
        let (file, uses) = uses.unwrap_or_default();
        let known =
            uses.into_iter().rev().filter_map(|(name, span)| Some((find(file, name)?, span)));
        known.map(|(target, span)| (target, (file, span))).collect::<Vec<Use>>()
    };
    let mut closing = HashSet::new();
    let mut marks = vec![Mark::New; instances.len()];
    let mut open: Vec<(usize, Vec<Use>)> = Vec::new();
    for start in 0..instances.len() {
        enter(start, &mut marks, &mut open, &uses);
        while let Some((i, rest)) = open.last_mut() {
            let Some((target, place)) = rest.pop() else {
                set(&mut marks, *i, Mark::Done);
                open.pop();
                continue;
            };
            if marks.get(target) == Some(&Mark::Open) {
                closing.insert(place);
            }
            enter(target, &mut marks, &mut open, &uses);
        }
    }
    closing
}

/// Goes on to an instance that the walk has not come to.
fn enter(
    i: usize,
    marks: &mut [Mark],
    open: &mut Vec<(usize, Vec<Use>)>,
    uses: &impl Fn(usize) -> Vec<Use>,
) {
    if marks.get(i) == Some(&Mark::New) {
        set(marks, i, Mark::Open);
        open.push((i, uses(i)));
    }
}

fn set(marks: &mut [Mark], i: usize, to: Mark) {
    if let Some(mark) = marks.get_mut(i) {
        *mark = to;
    }
}

/// The aliases in the values of an instance, in those of embedded ones too, in the order of
/// the text.
fn aliases<'a>(instance: &'a InstanceDeclaration<'_>) -> Vec<(&'a str, Span)> {
    let mut found = Vec::new();
    let mut values: Vec<&Value<'_>> = instance.properties.iter().map(|p| &p.value).collect();
    while let Some(value) = values.pop() {
        match &value.kind {
            ValueKind::Alias(name) => found.push((*name, value.span)),
            ValueKind::Array(items) => values.extend(items),
            ValueKind::Instance(one) => values.extend(one.properties.iter().map(|p| &p.value)),
            _ => {}
        }
    }
    found.sort_by_key(|(_, span)| span.start);
    found
}
