//! Any text, read as a query for either operation at either level: never a panic; errors point
//! into the text; what is read prints as canonical text that reads back as the same tree.
#![no_main]

use cimarron_wql::testing::without_spans;
use cimarron_wql::{Level, ParseOptions, WqlError, parse_event_with, parse_with};
use libfuzzer_sys::fuzz_target;
use std::fmt::{Debug, Display};

fuzz_target!(|text: &str| {
    for level in [Level::Wql, Level::Extended] {
        let options = ParseOptions { level, ..ParseOptions::default() };
        check(text, |text| parse_with(text, &options));
        check(text, |text| parse_event_with(text, &options));
    }
});

fn check<T: Debug + Display>(text: &str, parse: impl Fn(&str) -> Result<T, WqlError>) {
    match parse(text) {
        Ok(query) => {
            let canonical = query.to_string();
            let again = parse(&canonical).unwrap_or_else(|error| panic!("{canonical}: {error}"));
            assert_eq!(again.to_string(), canonical);
            assert_eq!(without_spans(&again), without_spans(&query), "{canonical}");
        }
        Err(error) => {
            let span = error.span();
            assert!(text.get(span.start..span.end).is_some(), "{error} at {span:?}");
            assert!(!error.to_string().is_empty());
        }
    }
}
