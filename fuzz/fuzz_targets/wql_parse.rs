//! Any text, read as a query: never a panic; errors point into the text; what is read prints
//! as canonical text that reads back and prints the same.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match cimarron_wql::parse(text) {
        Ok(query) => {
            let canonical = query.to_string();
            let again = cimarron_wql::parse(&canonical).map(|query| query.to_string());
            assert_eq!(again.as_ref(), Ok(&canonical));
        }
        Err(error) => {
            let span = error.span();
            assert!(text.get(span.start..span.end).is_some(), "{error} at {span:?}");
        }
    }
});
