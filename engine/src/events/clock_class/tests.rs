//! Tests of the clock classes.

use super::field::{DAY, Field, Moment};
use super::next::after;
use crate::clock::ManualClock;
use crate::context::CallContext;
use crate::events::SubscribeOptions;
use crate::{EngineError, Repository};
use cimarron_model::Dialect;
use cimarron_wql::{BindOptions, BoundExpr};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// Days from 1601-01-01 to 2030-01-01.
const DAY_2030: i64 = 156_689;

#[test]
fn what_is_shown_of_a_second() {
    use Field::*;
    let fields = [Year, Month, Day, Hour, Minute, Second, DayOfWeek, Quarter, WeekInMonth];
    for (second, expected) in [
        (0, [1601, 1, 1, 0, 0, 0, 1, 1, 1]),
        (DAY_2030 * DAY, [2030, 1, 1, 0, 0, 0, 2, 1, 1]),
        (DAY_2030 * DAY - 1, [2029, 12, 31, 23, 59, 59, 1, 4, 6]),
        // A Saturday and the Sunday behind it.
        ((DAY_2030 + 4) * DAY, [2030, 1, 5, 0, 0, 0, 6, 1, 1]),
        ((DAY_2030 + 5) * DAY, [2030, 1, 6, 0, 0, 0, 0, 1, 2]),
        // 2032-02-29
        ((DAY_2030 + 365 + 365 + 59) * DAY, [2032, 2, 29, 0, 0, 0, 0, 1, 5]),
        // 2026-08-30: a month that touches six weeks.
        ((DAY_2030 - 1220) * DAY, [2026, 8, 30, 0, 0, 0, 0, 3, 6]),
    ] {
        let moment = Moment::of(second);
        assert_eq!(fields.map(|field| moment.get(field)), expected, "{second}");
    }
}

fn condition(text: &str) -> Result<BoundExpr, EngineError> {
    let repository = Repository::new();
    repository.create_namespace("root/cimv2", Dialect::Wmi)?;
    let schema = repository.namespace("root/cimv2")?.schema();
    let query = format!("SELECT * FROM __InstanceModificationEvent WHERE {text}");
    let parsed = cimarron_wql::parse_event_with(&query, &cimarron_wql::ParseOptions::default())?;
    let options = BindOptions::from(Dialect::Wmi);
    Ok(cimarron_wql::bind_event(&parsed, &*schema, &options)?.filter.unwrap())
}

#[test]
fn the_next_second_that_may_pass() {
    let start = DAY_2030 * DAY;
    let at = |days: i64, h: i64, m: i64, s: i64| Some(start + days * DAY + h * 3600 + m * 60 + s);
    let t = |field: &str, test: &str| format!("TargetInstance.{field} {test}");
    for (text, expected) in [
        (t("Second", "= 0"), at(0, 0, 1, 0)),
        (format!("{} AND {}", t("Minute", ">= 30"), t("Hour", "= 5")), at(0, 5, 30, 0)),
        (format!("{} AND {}", t("Hour", "= 0"), t("Second", "= 0")), at(0, 0, 1, 0)),
        (format!("{} OR {}", t("Day", "= 9"), t("Hour", "= 3")), at(0, 3, 0, 0)),
        (format!("{} AND {}", t("Month", "= 2"), t("Day", "= 29")), at(365 + 365 + 59, 0, 0, 0)),
        // What says nothing of the clock, or says more than is looked at.
        ("TargetInstance ISA 'Win32_UTCTime'".to_owned(), at(0, 0, 0, 1)),
        (format!("NOT ({})", t("Second", "= 1")), at(0, 0, 0, 1)),
        // Never again.
        (t("Second", "= 60"), None),
        (t("Year", "< 2030"), None),
        (format!("{} AND {}", t("Month", "= 2"), t("Day", "= 30")), None),
        (format!("{} AND {}", t("Minute", "> 5"), t("Minute", "< 4")), None),
    ] {
        let bound = condition(&text).unwrap();
        assert_eq!(after(Some(&bound), start), expected, "{text}");
    }
    assert_eq!(after(None, start), at(0, 0, 0, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// Every second that passes is found, and none before it passes.
    #[test]
    fn no_second_is_missed(
        start in 0..DAY * 400,
        (minute, second) in (0..60_u32, 0..60_u32),
        operators in prop::sample::select(vec![("=", "="), (">", "="), ("<", ">="), ("<>", "<=")]),
    ) {
        let text = format!(
            "TargetInstance.Minute {} {minute} AND TargetInstance.Second {} {second}",
            operators.0, operators.1,
        );
        let holds = |operator: &str, a: u32, b: u32| match operator {
            "=" => a == b,
            "<>" => a != b,
            "<" => a < b,
            ">" => a > b,
            "<=" => a <= b,
            _ => a >= b,
        };
        let start = DAY_2030 * DAY + start;
        let passes = |at: &i64| {
            let moment = Moment::of(*at);
            holds(operators.0, moment.minute, minute) && holds(operators.1, moment.second, second)
        };
        let expected = (start + 1..start + 7201).find(passes);
        let bound = condition(&text).unwrap();
        prop_assert_eq!(after(Some(&bound), start).filter(|at| *at <= start + 7200), expected);
    }
}

#[test]
fn only_the_seconds_that_are_wanted_are_ticked() {
    let clock = Arc::new(ManualClock::default());
    let repository = Repository::builder().clock(clock.clone()).build();
    repository.create_namespace("root/cimv2", Dialect::Wmi).unwrap();
    let session = repository.session("root/cimv2").unwrap();
    let query = "SELECT * FROM __InstanceModificationEvent WHERE \
                 TargetInstance ISA 'Win32_UTCTime' AND TargetInstance.Month = 6 AND \
                 TargetInstance.Day = 1 AND TargetInstance.Hour = 0 AND \
                 TargetInstance.Minute = 0 AND TargetInstance.Second = 0";
    let options = SubscribeOptions::new();
    let once = session.subscribe(&CallContext::new(), query, options).unwrap();
    let year = Duration::from_secs(366 * 86_400);
    // Ten years second by second would be 300 million.
    for _ in 0..10 {
        clock.advance(year);
        repository.dispatch_events();
    }
    let mut count = 0;
    while let Some(event) = once.try_next().unwrap() {
        let before = event.property("PreviousInstance").unwrap();
        assert!(before.to_string().contains("Win32_UTCTime"));
        count += 1;
    }
    assert_eq!(count, 10);
}
