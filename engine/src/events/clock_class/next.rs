//! The next second that a condition may let pass.

use super::field::{DAY, Field, Moment};
use cimarron_wql::{BoundExpr, BoundPath, CompareOp, Constant, Member, MemberPath};

/// How many days are looked at: after four centuries the calendar is the same again, unless a
/// year is asked for that is over or far away.
const DAYS: u32 = 146_097;

/// A test that a second must pass.
#[derive(Clone, Copy, Debug)]
struct Test {
    field: Field,
    operator: CompareOp,
    number: i128,
}

impl Test {
    fn passes(&self, moment: Moment) -> bool {
        self.takes(moment.get(self.field))
    }

    fn takes(&self, shown: u32) -> bool {
        let (shown, number) = (i128::from(shown), self.number);
        match self.operator {
            CompareOp::Equal => shown == number,
            CompareOp::NotEqual => shown != number,
            CompareOp::Less => shown < number,
            CompareOp::LessOrEqual => shown <= number,
            CompareOp::Greater => shown > number,
            CompareOp::GreaterOrEqual => shown >= number,
        }
    }
}

/// The first second behind this one that the condition may let pass, both counted from the
/// beginning of 1601; `None` when there is none.
pub(super) fn after(condition: Option<&BoundExpr>, second: i64) -> Option<i64> {
    match condition {
        Some(BoundExpr::Or(branches)) => {
            branches.iter().filter_map(|branch| after(Some(branch), second)).min()
        }
        Some(BoundExpr::And(items)) => {
            search(&items.iter().filter_map(test).collect::<Vec<_>>(), second)
        }
        Some(item) => search(test(item).as_slice(), second),
        None => second.checked_add(1),
    }
}

/// What a condition says of the second that the clock shows, if that is all it says.
fn test(condition: &BoundExpr) -> Option<Test> {
    let BoundExpr::Compare { operand, operator, constant } = condition else { return None };
    let BoundPath::Member(path) = operand else { return None };
    let MemberPath { column, members, .. } = &**path;
    let [Member::Property(name)] = members.as_slice() else { return None };
    let field = Field::of_property(name.as_str()).filter(|_| column.name.is("TargetInstance"))?;
    Some(Test { field, operator: *operator, number: integer(constant)? })
}

fn integer(constant: &Constant) -> Option<i128> {
    match constant {
        Constant::Integer(number) => Some(*number),
        Constant::Untyped(forms) => {
            // One that is also a real or a text is the same number there.
            forms.iter().find_map(|(_, form)| match form {
                Constant::Integer(number) => Some(*number),
                _ => None,
            })
        }
        _ => None,
    }
}

/// The first second behind this one that passes all tests.
fn search(tests: &[Test], second: i64) -> Option<i64> {
    let fails = |moment: Moment, fields: &[Field]| {
        tests.iter().any(|test| fields.contains(&test.field) && !test.passes(moment))
    };
    // Something passes within each day that does, so that no day is searched in vain.
    let within_day = [(Field::Hour, 24), (Field::Minute, 60), (Field::Second, 60)];
    let can_pass = |(field, count): (Field, u32)| {
        let own = tests.iter().filter(|test| test.field == field);
        (0..count).any(|number| own.clone().all(|test| test.takes(number)))
    };
    if !within_day.into_iter().all(can_pass) {
        return None;
    }
    let mut at = second.checked_add(1)?;
    let mut days = 0;
    loop {
        let moment = Moment::of(at);
        let of_day = [
            Field::Day,
            Field::Month,
            Field::Year,
            Field::DayOfWeek,
            Field::Quarter,
            Field::WeekInMonth,
        ];
        // From the coarsest on: what fails there fails until it changes.
        let step = if fails(moment, &of_day) {
            days += 1;
            DAY
        } else if fails(moment, &[Field::Hour]) {
            3600
        } else if fails(moment, &[Field::Minute]) {
            60
        } else if fails(moment, &[Field::Second]) {
            1
        } else {
            return Some(at);
        };
        if days > DAYS {
            return None;
        }
        at = at.checked_sub(at.rem_euclid(step))?.checked_add(step)?;
    }
}
