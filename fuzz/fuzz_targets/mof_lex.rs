//! Any text, cut into tokens: never a panic; tokens stand in order, hold something and are cut
//! between characters; between them stand only white space and comments.
#![no_main]

use cimarron_mof::Language;
use cimarron_mof::syntax::lex;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut end = 0;
    let mut rest_is_comment = false;
    for lexed in lex(text, Language::Mof2) {
        let place = lexed.span.range();
        assert!(place.start >= end && place.end > place.start, "{place:?}");
        assert!(text.get(place.clone()).is_some(), "{place:?}");
        let gap = text.get(end..place.start).expect("tokens are cut between characters");
        assert!(is_trivia(gap), "{gap:?} before {place:?}");
        rest_is_comment = text[place.clone()].starts_with("/*");
        assert!(!(rest_is_comment && lexed.valid), "{place:?}");
        end = place.end;
    }
    assert!(rest_is_comment || is_trivia(&text[end..]), "{:?}", &text[end..]);
});

/// Whether a text is white space and comments.
fn is_trivia(mut text: &str) -> bool {
    loop {
        text = text.trim_start_matches([' ', '\t', '\r', '\n', '\x0B', '\x0C', '\u{FEFF}']);
        if let Some(comment) = text.strip_prefix("//") {
            text = &comment[comment.find(['\r', '\n']).unwrap_or(comment.len())..];
        } else if let Some(comment) = text.strip_prefix("/*") {
            let Some(end) = comment.find("*/") else { return false };
            text = &comment[end + 2..];
        } else {
            return text.is_empty();
        }
    }
}
