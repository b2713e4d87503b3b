//! Predicates as people read them: WQL, with NULL spelled out.

use super::interval::{Integers, Reals};
use super::one_of::OneOf;
use super::predicate::{ColumnTest, OtherTest, Predicate, Test};
use crate::bound::{BoundExpr, Constant};
use crate::syntax::ast::{LiteralValue, NullTest};
use smol_str::SmolStr;
use std::fmt::{self, Display, Formatter};

impl Display for Predicate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("TRUE"),
            Self::Never => f.write_str("FALSE"),
            Self::All(items) => joined(f, items, " AND "),
            Self::Any(items) => joined(f, items, " OR "),
            Self::Column(test) => test.fmt(f),
            Self::Other(test) => test.fmt(f),
        }
    }
}

fn joined(f: &mut Formatter<'_>, items: &[Predicate], word: &str) -> fmt::Result {
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            f.write_str(word)?;
        }
        if matches!(item, Predicate::Any(_)) { write!(f, "({item})") } else { item.fmt(f) }?;
    }
    Ok(())
}

impl Display for ColumnTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = &self.column.name;
        match (&self.test, self.on_null) {
            (Test::Never, _) => write!(f, "{name} IS NULL"),
            (Test::Always, _) => write!(f, "{name} IS NOT NULL"),
            (test, false) => test.print(f, name.as_str()),
            (test, true) => {
                f.write_str("(")?;
                test.print(f, name.as_str())?;
                write!(f, " OR {name} IS NULL)")
            }
        }
    }
}

impl Test {
    fn print(&self, f: &mut Formatter<'_>, name: &str) -> fmt::Result {
        match self {
            Self::Always | Self::Never => Ok(()),
            Self::Boolean(truth) => {
                write!(f, "{name} = {}", if *truth { "TRUE" } else { "FALSE" })
            }
            Self::Integers(Integers { low, high, outside }) => {
                let low = (*low != i128::MIN).then_some(low);
                interval(f, name, low, (*high != i128::MAX).then_some(high), *outside)
            }
            Self::Reals(Reals { low, high, outside }) => {
                let low = (*low != f64::NEG_INFINITY).then_some(low);
                interval(f, name, low, (*high != f64::INFINITY).then_some(high), *outside)
            }
            Self::Text { operator, constant, .. } => {
                let constant = LiteralValue::String(constant.clone());
                write!(f, "{name} {} {constant}", operator.as_str())
            }
            Self::OneOf(all) => one_of(f, name, all),
            Self::Like { search, negated } => {
                let not = if *negated { "NOT " } else { "" };
                write!(f, "{not}{name} LIKE {}", search.pattern())
            }
            Self::DateTime { operator, constant, negated } => {
                let not = if *negated { "NOT " } else { "" };
                write!(f, "{not}{name} {} \"{constant}\"", operator.as_str())
            }
        }
    }
}

/// In the words of the extended level, as far as single values are concerned.
fn one_of(f: &mut Formatter<'_>, name: &str, all: &OneOf) -> fmt::Result {
    let not = if all.are_named() { "" } else { "NOT " };
    let mut texts = all.named_texts().iter();
    if let Some(first) = texts.next() {
        let quoted = |text: &SmolStr| LiteralValue::String(text.clone());
        write!(f, "{not}{name} IN ({}", quoted(first))?;
        texts.try_for_each(|text| write!(f, ", {}", quoted(text)))?;
        return f.write_str(")");
    }
    let is_single = |set: &Integers| set.low == set.high;
    let mut singles = all.named_integers().filter(is_single);
    let ranges = all.named_integers().filter(|set| !is_single(set));
    write!(f, "{not}(")?;
    let mut is_first = true;
    if let Some(first) = singles.next() {
        is_first = false;
        write!(f, "{name} IN ({}", first.low)?;
        singles.try_for_each(|set| write!(f, ", {}", set.low))?;
        f.write_str(")")?;
    }
    for set in ranges {
        if !std::mem::take(&mut is_first) {
            f.write_str(" OR ")?;
        }
        Test::Integers(set).print(f, name)?;
    }
    f.write_str(")")
}

fn interval<N: PartialEq + Display>(
    f: &mut Formatter<'_>,
    name: &str,
    low: Option<&N>,
    high: Option<&N>,
    outside: bool,
) -> fmt::Result {
    match (low, high, outside) {
        (Some(low), Some(high), false) if low == high => write!(f, "{name} = {low}"),
        (Some(low), Some(high), true) if low == high => write!(f, "{name} <> {low}"),
        (Some(low), Some(high), false) => write!(f, "{name} >= {low} AND {name} <= {high}"),
        (Some(low), Some(high), true) => write!(f, "({name} < {low} OR {name} > {high})"),
        (Some(low), None, false) => write!(f, "{name} >= {low}"),
        (None, Some(high), false) => write!(f, "{name} <= {high}"),
        (Some(low), None, true) => write!(f, "NOT {name} >= {low}"),
        (None, Some(high), true) => write!(f, "NOT {name} <= {high}"),
        (None, None, _) => write!(f, "{name} IS NOT NULL"),
    }
}

impl Display for OtherTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("NOT ")?;
        }
        self.condition.fmt(f)
    }
}

impl Display for BoundExpr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut Formatter<'_>, items: &[Self], word: &str| {
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    f.write_str(word)?;
                }
                if matches!(item, Self::Or(_)) { write!(f, "({item})") } else { item.fmt(f) }?;
            }
            Ok(())
        };
        match self {
            Self::And(items) => joined(f, items, " AND "),
            Self::Or(items) => joined(f, items, " OR "),
            Self::Not(inner) => match &**inner {
                joined @ (Self::And(_) | Self::Or(_)) => write!(f, "NOT ({joined})"),
                other => write!(f, "NOT {other}"),
            },
            Self::Compare { operand, operator, constant } => {
                write!(f, "{operand} {} {constant}", operator.as_str())
            }
            Self::Like { operand, pattern } => write!(f, "{operand} LIKE {pattern}"),
            Self::IsNull { operand, test: NullTest::Null } => write!(f, "{operand} IS NULL"),
            Self::IsNull { operand, test: NullTest::NotNull } => {
                write!(f, "{operand} IS NOT NULL")
            }
            Self::IsA { operand, class } => write!(f, "{operand} ISA \"{class}\""),
        }
    }
}

impl Display for Constant {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(truth) => f.write_str(if *truth { "TRUE" } else { "FALSE" }),
            Self::Integer(n) => n.fmt(f),
            Self::Real(n) => n.fmt(f),
            Self::Text(text) => LiteralValue::String(text.clone()).fmt(f),
            Self::Path(path) => LiteralValue::String(path.text().clone()).fmt(f),
            Self::DateTime(value) => write!(f, "\"{value}\""),
            Self::Untyped(forms) => match forms.last() {
                Some((_, form)) => form.fmt(f),
                None => f.write_str("?"),
            },
        }
    }
}
