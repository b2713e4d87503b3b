//! A bound condition as a predicate.
//!
//! - NOT goes down to the tests: De Morgan's laws hold for two truth values and for three.
//! - A comparison becomes a set of numbers; one that takes in, or misses, all that the
//!   property's type can hold is decided here.
//! - Tests of one property that are joined become one where that can be said in one; so a
//!   contradiction shows, and a range costs one look.
//! - What is joined is ordered by what it costs to ask.

use super::interval::{Integers, Reals, Share};
use super::one_of::OneOf;
use super::predicate::{ColumnTest, OtherTest, Predicate, Test};
use crate::bound::{BoundExpr, BoundPath, Column, Constant};
use crate::like::StringCase;
use crate::syntax::ast::{CompareOp, NullTest};
use crate::vector::TextSearch;
use cimarron_model::{CimType, Dialect, TypeClass, fold};
use smol_str::SmolStr;

impl Predicate {
    /// The predicate that lets those rows pass for which a condition is true.
    pub fn new(condition: &BoundExpr, dialect: Dialect) -> Self {
        Normaliser { dialect }.normalise(condition, false)
    }
}

#[derive(Clone, Copy)]
struct Normaliser {
    dialect: Dialect,
}

/// What joins conditions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    And,
    Or,
}

impl Normaliser {
    fn normalise(self, condition: &BoundExpr, negated: bool) -> Predicate {
        let all = |items: &[BoundExpr]| items.iter().map(|i| self.normalise(i, negated)).collect();
        match condition {
            BoundExpr::Not(inner) => self.normalise(inner, !negated),
            BoundExpr::And(items) if negated => join(Join::Or, all(items)),
            BoundExpr::And(items) => join(Join::And, all(items)),
            BoundExpr::Or(items) if negated => join(Join::And, all(items)),
            BoundExpr::Or(items) => join(Join::Or, all(items)),
            atom => self.column_test(atom, negated).map_or_else(
                || {
                    let dialect = self.dialect;
                    Predicate::Other(OtherTest { condition: atom.clone(), negated, dialect })
                },
                ColumnTest::simplified,
            ),
        }
    }

    /// The test of a property that a single condition is; `None` when it is of something
    /// else.
    fn column_test(self, atom: &BoundExpr, negated: bool) -> Option<ColumnTest> {
        let of = |operand: &BoundPath, on_null, test| match operand {
            BoundPath::Column(column) => Some(ColumnTest { column: column.clone(), on_null, test }),
            _ => None,
        };
        match atom {
            BoundExpr::Compare {
                operand: operand @ BoundPath::Column(column),
                operator,
                constant,
            } => {
                let on_null = self.on_null(*operator == CompareOp::NotEqual, negated);
                of(operand, on_null, self.comparison(column, *operator, constant, negated)?)
            }
            BoundExpr::Like { operand, pattern } => {
                let search = Box::new(TextSearch::new(pattern.clone()));
                of(operand, self.on_null(false, negated), Test::Like { search, negated })
            }
            BoundExpr::IsNull { operand, test } => {
                let on_null = (*test == NullTest::Null) != negated;
                of(operand, on_null, if on_null { Test::Never } else { Test::Always })
            }
            _ => None,
        }
    }

    /// Whether NULL passes, given what two-valued logic makes of it.
    fn on_null(self, wmi: bool, negated: bool) -> bool {
        self.dialect == Dialect::Wmi && wmi != negated
    }

    fn comparison(
        self,
        column: &Column,
        operator: CompareOp,
        constant: &Constant,
        negated: bool,
    ) -> Option<Test> {
        Some(match (column.cim_type.class(), constant) {
            (TypeClass::Boolean, Constant::Boolean(truth)) => {
                Test::Boolean(*truth != ((operator == CompareOp::NotEqual) != negated))
            }
            (TypeClass::Unsigned | TypeClass::Signed | TypeClass::Char16, Constant::Integer(n)) => {
                let operator = if negated { operator.negated() } else { operator };
                Test::Integers(Integers::comparing(operator, *n))
            }
            (TypeClass::Real, Constant::Integer(n)) => {
                reals(Reals::comparing_integer(operator, *n), negated)
            }
            (TypeClass::Real, Constant::Real(n)) => reals(Reals::comparing(operator, *n), negated),
            (TypeClass::DateTime, Constant::DateTime(constant)) => {
                Test::DateTime { operator, constant: *constant, negated }
            }
            (TypeClass::String, Constant::Text(text)) => {
                let case = match self.dialect {
                    Dialect::Wmi => StringCase::Folded,
                    Dialect::Dmtf => StringCase::Exact,
                };
                let constant = match case {
                    StringCase::Folded => fold::fold(text).into(),
                    StringCase::Exact => text.clone(),
                };
                let operator = if negated { operator.negated() } else { operator };
                Test::Text { operator, constant, case }
            }
            _ => return None,
        })
    }
}

fn reals(set: Reals, negated: bool) -> Test {
    Test::Reals(if negated { set.complement() } else { set })
}

/// Joins predicates, none of which is joined in the same way unless it is flat itself.
fn join(how: Join, items: Vec<Predicate>) -> Predicate {
    // What decides alone, and what makes no difference.
    let (absorbing, neutral) = match how {
        Join::And => (Predicate::Never, Predicate::Always),
        Join::Or => (Predicate::Always, Predicate::Never),
    };
    let mut tests: Vec<ColumnTest> = Vec::new();
    let mut rest = Vec::new();
    let mut see = |item| match item {
        Predicate::Column(test) => tests.push(test),
        item => rest.push(item),
    };
    for item in items {
        match (how, item) {
            (Join::And, Predicate::All(inner)) | (Join::Or, Predicate::Any(inner)) => {
                inner.into_iter().for_each(&mut see);
            }
            (_, item) => see(item),
        }
    }
    rest.extend(put_together(how, tests));
    if rest.contains(&absorbing) {
        return absorbing;
    }
    rest.retain(|item| *item != neutral);
    rest.sort_by_key(Predicate::cost);
    match (rest.len(), how) {
        (0, _) => neutral,
        (1, _) => rest.pop().unwrap_or(neutral),
        (_, Join::And) => Predicate::All(rest),
        (_, Join::Or) => Predicate::Any(rest),
    }
}

/// Puts the tests of each property together, as far as that can be said in one test.
fn put_together(how: Join, mut tests: Vec<ColumnTest>) -> impl Iterator<Item = Predicate> {
    tests.sort_by(|a, b| a.column.slot.cmp(&b.column.slot).then(a.test.order(&b.test)));
    let mut joined: Vec<ColumnTest> = Vec::with_capacity(tests.len());
    for test in tests {
        let before = joined.last_mut().filter(|before| before.column.slot == test.column.slot);
        match before.and_then(|before| Some((before.join(how, &test)?, before))) {
            Some((both, before)) => *before = both,
            None => joined.push(test),
        }
    }
    gathered(how, joined).into_iter().map(ColumnTest::simplified)
}

/// From how many texts on a text is looked up among them.
const MANY_TEXTS: usize = 8;

/// The same for integers: side by side, they are compared with one much faster.
const MANY_INTEGERS: usize = 64;

/// Makes one test of many of the same kind that stand side by side.
fn gathered(how: Join, tests: Vec<ColumnTest>) -> Vec<ColumnTest> {
    if tests.len() < MANY_TEXTS {
        return tests;
    }
    let is_alike = |a: &ColumnTest, b: &ColumnTest| {
        let kinds = a.test.member_of(how).zip(b.test.member_of(how));
        a.column.slot == b.column.slot && kinds.is_some_and(|(a, b)| a.is_alike(&b))
    };
    let mut all = Vec::with_capacity(tests.len());
    for group in tests.chunk_by(is_alike) {
        match (one_of(how, group), group.first()) {
            (Some(one_of), Some(first)) => {
                let nulls = |test: &ColumnTest| test.on_null;
                let on_null = match how {
                    Join::And => group.iter().all(nulls),
                    Join::Or => group.iter().any(nulls),
                };
                let column = first.column.clone();
                all.push(ColumnTest { column, on_null, test: Test::OneOf(Box::new(one_of)) });
            }
            _ => all.extend_from_slice(group),
        }
    }
    all
}

/// What tests of the same kind say together, when they are many.
fn one_of(how: Join, group: &[ColumnTest]) -> Option<OneOf> {
    let members = || group.iter().filter_map(|test| test.test.member_of(how));
    let outside = how == Join::And;
    match members().next()? {
        Member::Text(_, case) if group.len() >= MANY_TEXTS => {
            let text = |member| match member {
                Member::Text(text, _) => Some(text.clone()),
                Member::Integers(..) => None,
            };
            Some(OneOf::texts(members().filter_map(text).collect(), case, outside))
        }
        Member::Integers(..) if group.len() >= MANY_INTEGERS => {
            let set = |member| match member {
                Member::Integers(low, high) => Some((low, high)),
                Member::Text(..) => None,
            };
            Some(OneOf::integers(members().filter_map(set).collect(), outside))
        }
        _ => None,
    }
}

/// A value, or some, of which each will do, or none may be.
enum Member<'t> {
    Text(&'t SmolStr, StringCase),
    Integers(i128, i128),
}

impl Member<'_> {
    fn is_alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(_, a), Self::Text(_, b)) => a == b,
            (Self::Integers(..), Self::Integers(..)) => true,
            _ => false,
        }
    }
}

impl ColumnTest {
    /// Without a test where the answer is known.
    fn simplified(mut self) -> Predicate {
        let (low, high) = range_of(self.column.cim_type);
        if let Test::Integers(set) = self.test {
            match set.share(low, high) {
                Share::None => self.test = Test::Never,
                Share::All => self.test = Test::Always,
                Share::Some => {}
            }
        }
        if let Test::Reals(set) = self.test
            && set.low > set.high
        {
            self.test = if set.outside { Test::Always } else { Test::Never };
        }
        match (self.on_null, &self.test) {
            (true, Test::Always) => Predicate::Always,
            (false, Test::Never) => Predicate::Never,
            _ => Predicate::Column(self),
        }
    }

    /// Both tests in one, when that can be said.
    fn join(&self, how: Join, other: &Self) -> Option<Self> {
        let (test, on_null) = match how {
            Join::And => (self.test.and(&other.test), self.on_null && other.on_null),
            Join::Or => (self.test.or(&other.test), self.on_null || other.on_null),
        };
        Some(Self { column: self.column.clone(), on_null, test: test? })
    }
}

impl Test {
    /// The test that the other values pass.
    fn complement(&self) -> Option<Self> {
        Some(match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Boolean(truth) => Self::Boolean(!truth),
            Self::Integers(set) => Self::Integers(set.complement()),
            Self::Reals(set) => Self::Reals(set.complement()),
            Self::Text { operator, constant, case } => {
                Self::Text { operator: operator.negated(), constant: constant.clone(), case: *case }
            }
            Self::OneOf(all) => Self::OneOf(Box::new(all.complement())),
            Self::Like { search, negated } => {
                Self::Like { search: search.clone(), negated: !negated }
            }
            Self::DateTime { operator, constant, negated } => {
                Self::DateTime { operator: *operator, constant: *constant, negated: !negated }
            }
        })
    }

    /// What it lets pass, or does not, when that can be one of many.
    const fn member_of(&self, how: Join) -> Option<Member<'_>> {
        match (how, self) {
            (Join::Or, Self::Text { operator: CompareOp::Equal, constant, case })
            | (Join::And, Self::Text { operator: CompareOp::NotEqual, constant, case }) => {
                Some(Member::Text(constant, *case))
            }
            (Join::Or, Self::Integers(Integers { low, high, outside: false }))
            | (Join::And, Self::Integers(Integers { low, high, outside: true })) => {
                Some(Member::Integers(*low, *high))
            }
            _ => None,
        }
    }

    fn and(&self, other: &Self) -> Option<Self> {
        Some(match (self, other) {
            (same, other) if same == other => same.clone(),
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (Self::Always, test) | (test, Self::Always) => test.clone(),
            (Self::Integers(a), Self::Integers(b)) if a.and(*b).is_some() => {
                Self::Integers(a.and(*b)?)
            }
            (Self::Reals(a), Self::Reals(b)) if a.and(*b).is_some() => Self::Reals(a.and(*b)?),
            (pinned, test) if pinned.allows(test).is_some() => pinned.if_allowed(test)?,
            (test, pinned) if pinned.allows(test).is_some() => pinned.if_allowed(test)?,
            (a, b) if a.complement().as_ref() == Some(b) => Self::Never,
            _ => return None,
        })
    }

    fn or(&self, other: &Self) -> Option<Self> {
        // What neither lets pass, put together and turned round.
        match (self, other) {
            (Self::Integers(a), Self::Integers(b)) if !a.outside && !b.outside => {
                let touch = |a: &Integers, b: &Integers| b.low <= a.high.saturating_add(1);
                (touch(a, b) && touch(b, a)).then(|| {
                    let (low, high) = (a.low.min(b.low), a.high.max(b.high));
                    Self::Integers(Integers { low, high, outside: false })
                })
            }
            _ => self.complement()?.and(&other.complement()?)?.complement(),
        }
    }

    /// When it lets one text pass only: whether another test lets it pass.
    fn allows(&self, test: &Self) -> Option<bool> {
        match (self, test) {
            (
                Self::Text { operator: CompareOp::Equal, constant, .. },
                Self::Text { .. } | Self::OneOf(_) | Self::Like { .. },
            ) => Some(test.holds(crate::ValueRef::String(constant))),
            _ => None,
        }
    }

    fn if_allowed(&self, test: &Self) -> Option<Self> {
        Some(if self.allows(test)? { self.clone() } else { Self::Never })
    }

    /// An order in which those stand side by side that can be put together.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        let rank = |test: &Self| match test {
            Self::Always | Self::Never => 0,
            Self::Boolean(_) => 1,
            Self::Integers(set) => 2 + u8::from(set.outside),
            Self::Reals(set) => 4 + u8::from(set.outside),
            Self::Text { operator: CompareOp::Equal, .. } => 6,
            Self::Text { operator: CompareOp::NotEqual, .. } => 7,
            Self::Text { .. } => 8,
            Self::OneOf(_) => 9,
            Self::DateTime { .. } => 10,
            Self::Like { .. } => 11,
        };
        rank(self).cmp(&rank(other)).then_with(|| match (self, other) {
            (Self::Integers(a), Self::Integers(b)) => a.low.cmp(&b.low),
            (Self::Reals(a), Self::Reals(b)) => a.low.total_cmp(&b.low),
            _ => std::cmp::Ordering::Equal,
        })
    }
}

impl CompareOp {
    /// The operator that holds for the other values, of those that are in an order.
    const fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }
}

/// What a type of whole numbers can hold.
const fn range_of(cim_type: CimType) -> (i128, i128) {
    match cim_type {
        CimType::UInt8 => (0, u8::MAX as i128),
        CimType::UInt16 | CimType::Char16 => (0, u16::MAX as i128),
        CimType::UInt32 => (0, u32::MAX as i128),
        CimType::SInt8 => (i8::MIN as i128, i8::MAX as i128),
        CimType::SInt16 => (i16::MIN as i128, i16::MAX as i128),
        CimType::SInt32 => (i32::MIN as i128, i32::MAX as i128),
        CimType::SInt64 => (i64::MIN as i128, i64::MAX as i128),
        _ => (0, u64::MAX as i128),
    }
}
