//! Scenarios: nothing that somebody writes makes the reader panic, and what it says is wrong is
//! somewhere in the text.

#![no_main]

use cimarron_scenarios::{FormError, Scenario, Step};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    check(text, Scenario::parse(text).err());
    check(text, Step::parse(text).err());
});

fn check(text: &str, error: Option<FormError>) {
    if let Some(error) = error {
        assert!(text.get(error.span.clone()).is_some(), "{error}: {:?}", error.span);
        assert!(!error.problem.is_empty());
    }
}
