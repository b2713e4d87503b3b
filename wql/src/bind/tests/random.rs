//! Properties of binding and evaluation over random schemas, rows and queries.

use crate::testing::{self, Dice, TestSchema};
use crate::{
    BindOptions, Level, ParseOptions, Query, Truth, bind, bind_event, parse_event_with, parse_with,
};
use cimarron_model::Dialect;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// A query means what its text means, binds as often as it should, and evaluates.
    #[test]
    fn conditions_bind_and_run(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        extended in any::<bool>(),
        dmtf in any::<bool>(),
    ) {
        let mut dice = Dice::new(&bytes);
        let schema = TestSchema::random(&mut dice);
        let level = if extended { Level::Extended } else { Level::Wql };
        let dialect = if dmtf { Dialect::Dmtf } else { Dialect::Wmi };
        let rows: Vec<_> = (0..4)
            .filter_map(|_| testing::instance(&mut dice, &schema, "R_Base"))
            .map(|instance| schema.row(instance))
            .collect();
        let query = testing::data_query(&mut dice, &schema, "R_Base", level);
        let query = Query::Data(query);
        let text = query.to_string();
        let options = ParseOptions { level, ..ParseOptions::default() };
        let parsed = parse_with(&text, &options);
        prop_assert!(parsed.is_ok(), "{}: {:?}", text, parsed);
        let options = BindOptions::from(dialect);
        match (bind(&query, &schema, &options), bind(&parsed.unwrap(), &schema, &options)) {
            (Ok(bound), Ok(again)) => {
                prop_assert_eq!(&bound, &again);
                let bound = bound.into_data().unwrap();
                if let Some(filter) = &bound.filter {
                    for row in &rows {
                        let truth = filter.evaluate(row, dialect);
                        prop_assert_eq!(bound.matches(row), truth == Truth::True);
                    }
                }
            }
            (Err(error), Err(again)) => {
                let span = again.span();
                prop_assert!(text.get(span.start..span.end).is_some(), "{}: {}", text, again);
                prop_assert_eq!(error.status(), again.status());
            }
            (bound, again) => prop_assert!(false, "{}: {:?}, then {:?}", text, bound, again),
        }
    }

    /// Nothing that parses makes the binder stumble, whatever its kind.
    #[test]
    fn any_query_binds_or_says_why_not(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let schema = TestSchema::new();
        let options = BindOptions::default();
        let parsing = ParseOptions { level: Level::Extended, ..ParseOptions::default() };
        let text = testing::query(&mut Dice::new(&bytes), Level::Extended).to_string();
        if let Err(error) = bind(&parse_with(&text, &parsing).unwrap(), &schema, &options) {
            let span = error.span();
            prop_assert!(text.get(span.start..span.end).is_some(), "{}: {}", text, error);
        }
        let text = testing::event_query(&mut Dice::new(&bytes), Level::Extended).to_string();
        if let Err(error) = bind_event(&parse_event_with(&text, &parsing).unwrap(), &schema, &options) {
            let span = error.span();
            prop_assert!(text.get(span.start..span.end).is_some(), "{}: {}", text, error);
        }
    }
}

/// The generator is of use only when most of its conditions bind and rows both pass and
/// fail.
#[test]
fn random_conditions_are_worth_testing() {
    let (mut bound, mut refused, mut passed, mut failed) = (0, 0, 0, 0);
    for seed in 0..400_u64 {
        let bytes: Vec<u8> = (0..300_u64)
            .map(|n| ((seed * 301 + n).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as u8)
            .collect();
        let mut dice = Dice::new(&bytes);
        let schema = TestSchema::random(&mut dice);
        let row = schema.row(testing::instance(&mut dice, &schema, "R_Base").unwrap());
        let query = testing::data_query(&mut dice, &schema, "R_Base", Level::Extended);
        match bind(&Query::Data(query), &schema, &BindOptions::default()) {
            Ok(query) if query.clone().into_data().unwrap().matches(&row) => passed += 1,
            Ok(_) => failed += 1,
            Err(_) => refused += 1,
        }
        bound = passed + failed;
    }
    assert!(bound > 2 * refused, "{bound} bound, {refused} refused");
    assert!(passed > 50 && failed > 50, "{passed} passed, {failed} failed");
}
