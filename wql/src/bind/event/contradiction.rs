//! Event queries that no event can ever satisfy (MS-WMI 3.1.4.3.20).
//!
//! What the classes alone decide is found here: an embedded object that would have
//! to be of two classes of which neither derives from the other, or of a class that
//! has nothing to do with the declared one. Values are not looked at.

use crate::bound::{BoundExpr, BoundPath};
use crate::schema::{ClassInfo, Schema};
use cimarron_model::{Name, fold};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Why nothing can satisfy the condition, when the classes say so.
pub(super) fn find<S: Schema, C: ClassInfo>(
    condition: &BoundExpr,
    schema: &S,
    event: &C,
) -> Option<String> {
    match condition {
        BoundExpr::And(items) => {
            let mut narrowed = Narrowed { schema, objects: BTreeMap::new() };
            items.iter().find_map(|item| match item {
                BoundExpr::IsA { operand, class } => undeclared(operand, class, schema, event)
                    .or_else(|| narrowed.narrow(operand, class)),
                other => find(other, schema, event),
            })
        }
        BoundExpr::Or(items) => {
            let mut reasons = items.iter().map(|item| find(item, schema, event));
            let first = reasons.next()??;
            reasons.all(|reason| reason.is_some()).then_some(first)
        }
        BoundExpr::IsA { operand, class } => undeclared(operand, class, schema, event),
        _ => None,
    }
}

/// A property that is declared to hold objects of one class, and is to hold one of an
/// unrelated class.
fn undeclared<S: Schema, C: ClassInfo>(
    operand: &BoundPath,
    class: &Name,
    schema: &S,
    event: &C,
) -> Option<String> {
    let BoundPath::Column(column) = operand else { return None };
    let declared = event.property(column.name.as_str())?.embedded_class?;
    let known = schema.class(declared)?;
    let related = known.is_a(class.as_str())
        || schema.class(class.as_str()).is_none_or(|class| class.is_a(declared));
    (!related).then(|| format!("`{operand}` holds objects of class `{declared}`, not `{class}`"))
}

/// The narrowest class that each embedded object has been found to be of.
struct Narrowed<'a, S> {
    schema: &'a S,
    /// By the folded text of the path.
    objects: BTreeMap<String, &'a Name>,
}

impl<'a, S: Schema> Narrowed<'a, S> {
    fn narrow(&mut self, operand: &BoundPath, class: &'a Name) -> Option<String> {
        let known = match self.objects.entry(fold::fold(&operand.to_string())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                new.insert(class);
                return None;
            }
        };
        if self.schema.class(class.as_str())?.is_a(known.as_str()) {
            *known = class;
            return None;
        }
        let wider = self.schema.class(known.as_str())?.is_a(class.as_str());
        (!wider).then(|| format!("nothing is both of class `{known}` and of class `{class}`"))
    }
}
