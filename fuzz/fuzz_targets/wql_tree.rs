//! Random trees: what prints parses back to the same tree; random conditions over random classes
//! bind or say why not, bind alike from their text, and evaluate on random rows.
#![no_main]

use cimarron_model::Dialect;
use cimarron_wql::testing::{self, Dice, TestSchema, without_spans};
use cimarron_wql::{BindOptions, Level, ParseOptions, Query, bind, parse_event_with, parse_with};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut dice = Dice::new(bytes);
    let level = if dice.one_in(2) { Level::Extended } else { Level::Wql };
    let options = ParseOptions { level, ..ParseOptions::default() };
    let parsed =
        |text: &str| parse_with(text, &options).unwrap_or_else(|error| panic!("{text}: {error}"));
    match dice.below(3) {
        0 => {
            let query = testing::query(&mut dice, level);
            let text = query.to_string();
            assert_eq!(without_spans(&parsed(&text)), without_spans(&query), "{text}");
        }
        1 => {
            let query = testing::event_query(&mut dice, level);
            let text = query.to_string();
            let again = parse_event_with(&text, &options);
            let again = again.unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(without_spans(&again), without_spans(&query), "{text}");
        }
        _ => {
            let schema = TestSchema::random(&mut dice);
            let row = testing::instance(&mut dice, &schema, "R_Base").map(|row| schema.row(row));
            let query = Query::Data(testing::data_query(&mut dice, &schema, "R_Base", level));
            let text = query.to_string();
            for dialect in [Dialect::Wmi, Dialect::Dmtf] {
                let options = BindOptions::from(dialect);
                let bound = bind(&query, &schema, &options);
                match (bound, bind(&parsed(&text), &schema, &options)) {
                    (Ok(bound), Ok(again)) => {
                        assert_eq!(bound, again, "{text}");
                        if let (Some(query), Some(row)) = (bound.into_data(), &row) {
                            query.matches(row);
                        }
                    }
                    (Err(error), Err(again)) => {
                        assert_eq!(error.status(), again.status(), "{text}");
                        let span = again.span();
                        assert!(text.get(span.start..span.end).is_some(), "{text}: {again}");
                    }
                    (bound, again) => panic!("{text}: {bound:?}, then {again:?}"),
                }
            }
        }
    }
});
