//! Any text, cut into tokens: never a panic; tokens stand in order, hold something and are cut
//! between characters; between them stands only white space; each is one token by itself.
#![no_main]

use cimarron_wql::Span;
use cimarron_wql::testing::tokens;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut end = 0;
    for token in tokens(text) {
        let span = match token {
            Ok(span) => span,
            Err(error) => {
                let span = error.span();
                assert!(text.get(span.start..span.end).is_some(), "{error} at {span:?}");
                return;
            }
        };
        assert!(span.start >= end && span.end > span.start, "{span:?}");
        assert!(is_space(&text[end..span.start]), "before {span:?}");
        let alone = &text[span.start..span.end];
        let again: Vec<_> = tokens(alone).collect();
        assert_eq!(again, [Ok(Span::new(0, alone.len()))], "{alone:?}");
        end = span.end;
    }
    assert!(is_space(&text[end..]), "{:?}", &text[end..]);
});

fn is_space(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n' | '\x0B' | '\x0C'))
}
