//! A subscription's condition, taken apart: what an index finds it by, and what is left to ask.

use super::key::{Family, Key, forms};
use crate::schema::{ClassId, Schema};
use cimarron_model::Dialect;
use cimarron_wql::like::StringCase;
use cimarron_wql::plan::Predicate;
use cimarron_wql::{BoundEventQuery, BoundExpr, BoundPath, CompareOp, Constant};
use smallvec::SmallVec;

/// When an event is wanted.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The class in FROM.
    pub(super) from: ClassId,
    /// What must be of which class: a slot and the class of an ISA.
    pub(super) gate: Option<(u32, ClassId)>,
    /// What finds it among the others behind the gate.
    pub(super) by: By,
    /// What is left to ask when the keys are right.
    pub(super) residual: Predicate,
    /// What is left to ask behind the gate when they do not say all.
    pub(super) unkeyed: Predicate,
}

/// What finds a rule.
#[derive(Debug)]
pub(super) enum By {
    /// A value that something equals.
    Keys { path: BoundPath, case: StringCase, keys: Vec<(Family, Key)>, loose: Families },
    /// A range that an integer lies in; values of other families are asked.
    Range { path: BoundPath, range: (i128, i128), loose: Families },
    /// Nothing: it is asked for each event.
    Nothing,
}

pub(super) type Families = SmallVec<[Family; 8]>;

impl Rule {
    /// The rule of a query; `None` while the schema has no class of its FROM.
    pub(crate) fn new(query: &BoundEventQuery, schema: &Schema) -> Option<Self> {
        let from = schema.class(query.class.as_str())?.def().id;
        let dialect = query.dialect;
        let mut conditions: Vec<&BoundExpr> = match &query.filter {
            Some(BoundExpr::And(items)) => items.iter().collect(),
            Some(one) => vec![one],
            None => Vec::new(),
        };
        let gate = conditions.iter().enumerate().find_map(|(at, condition)| match condition {
            BoundExpr::IsA { operand: BoundPath::Column(column), class } => {
                let slot = u32::try_from(column.slot).ok()?;
                Some((at, (slot, schema.class(class.as_str())?.def().id)))
            }
            _ => None,
        });
        let gate = gate.map(|(at, gate)| {
            conditions.remove(at);
            gate
        });
        let unkeyed = all(&conditions, dialect);
        let (by, residual) = match keyed(&conditions, dialect) {
            Some((at, by)) => {
                conditions.remove(at);
                (by, all(&conditions, dialect))
            }
            None => (ranged(&conditions), unkeyed.clone()),
        };
        Some(Self { from, gate, by, residual, unkeyed })
    }
}

/// The predicate that all of these are.
fn all(conditions: &[&BoundExpr], dialect: Dialect) -> Predicate {
    match conditions {
        [] => Predicate::Always,
        [one] => Predicate::new(one, dialect),
        many => {
            let many = many.iter().map(|condition| (*condition).clone()).collect();
            Predicate::new(&BoundExpr::And(many), dialect)
        }
    }
}

/// The condition that tells most apart: an equality, texts before numbers; and which it is.
fn keyed(conditions: &[&BoundExpr], dialect: Dialect) -> Option<(usize, By)> {
    let found = conditions.iter().enumerate().filter_map(|(at, condition)| {
        let (by, rank) = equality(condition, dialect)?;
        Some((at, by, rank))
    });
    found.min_by_key(|(at, _, rank)| (*rank, *at)).map(|(at, by, _)| (at, by))
}

/// An equality, or several of one path of which one must hold, and how many events it lets
/// pass: the less the better.
fn equality(condition: &BoundExpr, dialect: Dialect) -> Option<(By, u8)> {
    let arms = match condition {
        BoundExpr::Or(arms) => arms.iter().collect(),
        one => vec![one],
    };
    let mut path = None;
    let (mut keys, mut loose): (Vec<(Family, Key)>, Families) = Default::default();
    let mut rank = 0;
    for arm in arms {
        let BoundExpr::Compare { operand, operator: CompareOp::Equal, constant } = arm else {
            return None;
        };
        if *path.get_or_insert(operand) != operand {
            return None;
        }
        rank = rank.max(selectivity(constant));
        for (family, constant) in forms(constant) {
            match Key::of(constant, operand.case(dialect)) {
                Some(key) if keys.contains(&(family, key.clone())) => {}
                Some(key) => keys.push((family, key)),
                None if loose.contains(&family) => {}
                None => loose.push(family),
            }
        }
    }
    // A family that is asked anyway is not to be found twice.
    keys.retain(|(family, _)| !loose.contains(family));
    let path = path?.clone();
    let case = path.case(dialect);
    Some((By::Keys { path, case, keys, loose }, rank))
}

fn selectivity(constant: &Constant) -> u8 {
    match constant {
        Constant::Untyped(forms) => {
            let truth = forms.iter().any(|(_, form)| matches!(form, Constant::Boolean(_)));
            if truth { 2 } else { 0 }
        }
        Constant::Text(_) | Constant::Path(_) | Constant::DateTime(_) => 0,
        Constant::Boolean(_) => 3,
        _ => 1,
    }
}

/// The range in which the conditions want something.
fn ranged(conditions: &[&BoundExpr]) -> By {
    let mut found: Option<(&BoundPath, (i128, i128), Families)> = None;
    for condition in conditions {
        let BoundExpr::Compare { operand, operator, constant } = condition else { continue };
        let forms = forms(constant);
        let integer = forms.iter().find_map(|(family, constant)| match (family, constant) {
            (Family::Integer, Constant::Integer(number)) => Some(*number),
            _ => None,
        });
        let Some((low, high)) = integer.and_then(|number| range(*operator, number)) else {
            continue;
        };
        let families = || forms.iter().map(|(family, _)| *family);
        match &mut found {
            None => {
                let others = families().filter(|family| *family != Family::Integer);
                found = Some((operand, (low, high), others.collect()));
            }
            Some((path, range, loose)) if *path == operand => {
                *range = (range.0.max(low), range.1.min(high));
                // What one of them has no form for passes neither.
                loose.retain(|family| families().any(|other| other == *family));
            }
            Some(_) => {}
        }
    }
    found.map_or(By::Nothing, |(path, range, loose)| By::Range { path: path.clone(), range, loose })
}

/// The integers that compare so, but for those that equality finds.
const fn range(operator: CompareOp, number: i128) -> Option<(i128, i128)> {
    match operator {
        CompareOp::Less => match number.checked_sub(1) {
            Some(high) => Some((i128::MIN, high)),
            None => Some((i128::MAX, i128::MIN)),
        },
        CompareOp::LessOrEqual => Some((i128::MIN, number)),
        CompareOp::Greater => match number.checked_add(1) {
            Some(low) => Some((low, i128::MAX)),
            None => Some((i128::MAX, i128::MIN)),
        },
        CompareOp::GreaterOrEqual => Some((number, i128::MAX)),
        CompareOp::Equal | CompareOp::NotEqual => None,
    }
}
