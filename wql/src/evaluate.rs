//! A bound query over one row.
//!
//! This is the plain reading of the rules, used for events and as the oracle of
//! faster evaluators.
//!
//! **NULL.** `Dmtf` has three truth values: a comparison with NULL is unknown, and
//! only a true condition lets a row pass. `Wmi` has two: a comparison with NULL is
//! false, but `<>` is true, and NOT turns that answer round.
//!
//! **Missing members.** A member that an embedded object does not have is unknown
//! in both dialects, even for `<>`, IS NULL and under NOT, so that "an invalid
//! path for an embedded object" returns "no error and no results" (WMI SDK,
//! "SELECT Statement for Data Queries"). A member of an object that is NULL is
//! NULL.
//!
//! **Order.** Integers compare exactly over all widths and signs, and exactly with
//! reals. Datetimes compare as instants; a constant with asterisks equals just its
//! own characters. NaN, and a datetime and an interval, are different without
//! either being less. References, `__RELPATH` and `__PATH` are equal when they name the
//! same object ([`cimarron_model::ReferenceRules`]).

use crate::bound::{
    BoundEventQuery, BoundExpr, BoundPath, BoundQuery, BoundSchemaQuery, Constant, Declared,
    Member, MemberPath,
};
use crate::like::StringCase;
use crate::rows::{Row, SystemValue, ValueRef, embedded_system_value, system_value};
use crate::syntax::ast::{CompareOp, NullTest};
use cimarron_model::{CimType, Dialect};
use std::cmp::Ordering;

/// A truth value. In the order given, AND is the least and OR the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// No.
    False,
    /// Neither can be said.
    Unknown,
    /// Yes.
    True,
}

impl Truth {
    const fn negated(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

/// What stands at the end of a path.
#[derive(Clone, Debug)]
pub enum Fetched<'a> {
    /// A value, which may be NULL.
    Value(ValueRef<'a>),
    /// The value of a system property, which may be NULL.
    System(SystemValue<'a>),
    /// Nothing: an embedded object on the way has no such member.
    Missing,
}

impl BoundQuery {
    /// Whether a row of the query's class passes its condition.
    pub fn matches<R: Row + ?Sized>(&self, row: &R) -> bool {
        self.filter.as_ref().is_none_or(|f| f.evaluate(row, self.dialect) == Truth::True)
    }
}

impl BoundSchemaQuery {
    /// Whether a class, as a row, passes the condition.
    pub fn matches<R: Row + ?Sized>(&self, class: &R) -> bool {
        self.filter.as_ref().is_none_or(|f| f.evaluate(class, self.dialect) == Truth::True)
    }
}

impl BoundEventQuery {
    /// Whether an event of the query's class passes its condition.
    pub fn matches<R: Row + ?Sized>(&self, event: &R) -> bool {
        self.filter.as_ref().is_none_or(|f| f.evaluate(event, self.dialect) == Truth::True)
    }
}

impl BoundPath {
    /// What the path leads to in a row.
    pub fn fetch<'a, R: Row + ?Sized>(&self, row: &'a R) -> Fetched<'a> {
        match self {
            Self::Column(column) => Fetched::Value(row.value(column.slot)),
            Self::System(property) => Fetched::System(system_value(row, *property)),
            Self::Member(path) => path.fetch(row),
            Self::This => Fetched::Missing,
        }
    }
}

impl MemberPath {
    fn fetch<'a, R: Row + ?Sized>(&self, row: &'a R) -> Fetched<'a> {
        let mut value = row.value(self.column.slot);
        for member in &self.members {
            value = match (value, member) {
                (ValueRef::Null, _) if self.declared == Declared::Missing => {
                    return Fetched::Missing;
                }
                (ValueRef::Null, _) => return Fetched::Value(ValueRef::Null),
                // Nothing comes behind a system property: the binder saw to it.
                (ValueRef::Object(object), Member::System(property)) => {
                    return Fetched::System(embedded_system_value(row, object, *property));
                }
                (ValueRef::Object(object), Member::Property(name)) => {
                    match (object.member(name.as_str()), self.declared) {
                        (Some(value), _) => value,
                        (None, Declared::As(_)) => ValueRef::Null,
                        (None, _) => return Fetched::Missing,
                    }
                }
                _ => return Fetched::Missing,
            };
        }
        Fetched::Value(value)
    }
}

impl BoundExpr {
    /// The truth of the condition for a row.
    pub fn evaluate<R: Row + ?Sized>(&self, row: &R, dialect: Dialect) -> Truth {
        match self {
            Self::And(items) => {
                let mut all = Truth::True;
                for item in items {
                    all = all.min(item.evaluate(row, dialect));
                    if all == Truth::False {
                        break;
                    }
                }
                all
            }
            Self::Or(items) => {
                let mut any = Truth::False;
                for item in items {
                    any = any.max(item.evaluate(row, dialect));
                    if any == Truth::True {
                        break;
                    }
                }
                any
            }
            Self::Not(item) => item.evaluate(row, dialect).negated(),
            Self::Compare { operand, operator, constant } => {
                let case = case_of(operand, dialect);
                on_value(operand, row, |value| match value {
                    ValueRef::Null => on_null(*operator == CompareOp::NotEqual, dialect),
                    value => compare(value, *operator, constant, case),
                })
            }
            Self::Like { operand, pattern } => on_value(operand, row, |value| match value {
                ValueRef::Null => on_null(false, dialect),
                ValueRef::String(text) => pattern.matches(text).into(),
                _ => Truth::Unknown,
            }),
            Self::IsNull { operand, test } => on_value(operand, row, |value| {
                (matches!(value, ValueRef::Null) == (*test == NullTest::Null)).into()
            }),
            Self::IsA { operand: BoundPath::This, class } => {
                row.is_a(row.class_name(), class.as_str()).into()
            }
            Self::IsA { operand, class } => on_value(operand, row, |value| match value {
                ValueRef::Null => on_null(false, dialect),
                ValueRef::Object(o) => row.is_a(o.class_name(), class.as_str()).into(),
                _ => Truth::Unknown,
            }),
        }
    }
}

/// Asks something of the value that a path leads to; a missing member leaves it
/// unknown.
fn on_value<R: Row + ?Sized>(
    path: &BoundPath,
    row: &R,
    ask: impl FnOnce(ValueRef<'_>) -> Truth,
) -> Truth {
    match path.fetch(row) {
        Fetched::Value(value) => ask(value),
        Fetched::System(SystemValue::Null) => ask(ValueRef::Null),
        Fetched::System(SystemValue::Integer(number)) => ask(ValueRef::Signed(number)),
        Fetched::System(SystemValue::Text(text)) => ask(ValueRef::String(&text)),
        Fetched::System(SystemValue::Names(_)) => ask(ValueRef::Array),
        Fetched::Missing => Truth::Unknown,
    }
}

/// What an operation on NULL says, given what two-valued logic makes of it.
fn on_null(wmi: bool, dialect: Dialect) -> Truth {
    match dialect {
        Dialect::Wmi => wmi.into(),
        Dialect::Dmtf => Truth::Unknown,
    }
}

/// How a path's texts compare: names never by case. Paths of objects are put in order and
/// matched with patterns so, and are equal by what they name ([`crate::PathConstant`]).
pub(crate) fn case_of(path: &BoundPath, dialect: Dialect) -> StringCase {
    match dialect {
        Dialect::Dmtf if !path.is_system() => StringCase::Exact,
        _ => StringCase::Folded,
    }
}

fn compare(
    value: ValueRef<'_>,
    operator: CompareOp,
    constant: &Constant,
    case: StringCase,
) -> Truth {
    let constant = match constant {
        Constant::Untyped(forms) => {
            let family = family(value);
            let form = forms.iter().find(|(cim_type, _)| Some(*cim_type) == family);
            match form {
                Some((CimType::Boolean | CimType::Reference, _)) if operator.is_order() => None,
                form => form.map(|(_, constant)| constant),
            }
        }
        typed => Some(typed),
    };
    match constant.and_then(|constant| relation(value, operator, constant, case)) {
        Some(relation) => holds(operator, relation).into(),
        None => Truth::Unknown,
    }
}

/// The type under which an untyped constant is filed for a value.
const fn family(value: ValueRef<'_>) -> Option<CimType> {
    Some(match value {
        ValueRef::Boolean(_) => CimType::Boolean,
        ValueRef::Unsigned(_) | ValueRef::Signed(_) => CimType::UInt64,
        ValueRef::Real32(_) => CimType::Real32,
        ValueRef::Real64(_) => CimType::Real64,
        ValueRef::Char16(_) => CimType::Char16,
        ValueRef::String(_) => CimType::String,
        ValueRef::DateTime(_) => CimType::DateTime,
        ValueRef::Reference(_) => CimType::Reference,
        ValueRef::Null | ValueRef::Object(_) | ValueRef::Array => return None,
    })
}

/// How two things relate that can be compared.
#[derive(Clone, Copy)]
enum Relation {
    Ordered(Ordering),
    /// Different, and neither is less.
    Different,
}

impl From<Option<Ordering>> for Relation {
    fn from(order: Option<Ordering>) -> Self {
        order.map_or(Self::Different, Self::Ordered)
    }
}

impl Relation {
    const fn equality(equal: bool) -> Self {
        if equal { Self::Ordered(Ordering::Equal) } else { Self::Different }
    }
}

/// How a value relates to a constant, as far as the operator cares; `None` when
/// they are of different kinds, which only a member of unforeseen type can be.
fn relation(
    value: ValueRef<'_>,
    operator: CompareOp,
    constant: &Constant,
    case: StringCase,
) -> Option<Relation> {
    Some(match (value, constant) {
        (ValueRef::Boolean(a), Constant::Boolean(b)) => Relation::equality(a == *b),
        (ValueRef::Unsigned(a), Constant::Integer(b)) => Relation::Ordered(i128::from(a).cmp(b)),
        (ValueRef::Signed(a), Constant::Integer(b)) => Relation::Ordered(i128::from(a).cmp(b)),
        (ValueRef::Char16(a), Constant::Integer(b)) => Relation::Ordered(i128::from(a.0).cmp(b)),
        (ValueRef::Real32(a), Constant::Integer(b)) => real_to_integer(a.into(), *b).into(),
        (ValueRef::Real64(a), Constant::Integer(b)) => real_to_integer(a, *b).into(),
        (ValueRef::Real32(a), Constant::Real(b)) => f64::from(a).partial_cmp(b).into(),
        (ValueRef::Real64(a), Constant::Real(b)) => a.partial_cmp(b).into(),
        (ValueRef::String(a), Constant::Text(b)) if !operator.is_order() => {
            Relation::equality(case.eq(a, b))
        }
        (ValueRef::String(a), Constant::Text(b)) => Relation::Ordered(case.cmp(a, b)),
        (ValueRef::DateTime(a), Constant::DateTime(b)) if b.has_wildcards() => {
            Relation::equality(a == *b)
        }
        (ValueRef::DateTime(a), Constant::DateTime(b)) => a.compare(*b).into(),
        (ValueRef::Reference(a), Constant::Path(b)) => Relation::equality(b.is(a)),
        (ValueRef::String(a), Constant::Path(b)) => Relation::equality(b.is_text(a)),
        _ => return None,
    })
}

fn holds(operator: CompareOp, relation: Relation) -> bool {
    match relation {
        Relation::Different => holds_for(operator, None),
        Relation::Ordered(order) => holds_for(operator, Some(order)),
    }
}

/// Whether a comparison holds for values in this order; for different ones in none.
pub(crate) const fn holds_for(operator: CompareOp, order: Option<Ordering>) -> bool {
    use Ordering::{Equal, Greater, Less};
    match operator {
        CompareOp::Equal => matches!(order, Some(Equal)),
        CompareOp::NotEqual => !matches!(order, Some(Equal)),
        CompareOp::Less => matches!(order, Some(Less)),
        CompareOp::LessOrEqual => matches!(order, Some(Less | Equal)),
        CompareOp::Greater => matches!(order, Some(Greater)),
        CompareOp::GreaterOrEqual => matches!(order, Some(Greater | Equal)),
    }
}

/// The exact order of a real and an integer; none for NaN.
pub(crate) fn real_to_integer(real: f64, integer: i128) -> Option<Ordering> {
    // 2^127: every real from there on is greater than every i128.
    const BEYOND: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    if real.is_nan() {
        None
    } else if real >= BEYOND {
        Some(Ordering::Greater)
    } else if real < -BEYOND {
        Some(Ordering::Less)
    } else {
        let whole = real.trunc();
        Some((whole as i128).cmp(&integer).then_with(|| real.total_cmp(&whole)))
    }
}

#[cfg(test)]
mod tests;
