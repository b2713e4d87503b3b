//! Descriptions as paragraphs and lists.
//!
//! DSP0004 says nothing of the form of a `Description`. Practice is plain text:
//! `\n` ends a line or a paragraph, lines that begin with a dash, an asterisk or a
//! number are lists, and some authors break lines by column. Nothing is lost: what
//! is not plainly a list stays text with its line breaks.

/// A part of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Lines of one paragraph.
    Paragraph(Vec<String>),
    /// Items behind dashes or asterisks.
    Bullets(Vec<String>),
    /// Items with their numbers.
    Numbers(Vec<(u32, String)>),
}

/// What a line begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marker {
    None,
    Bullet,
    Number(u32),
}

/// Lines of more characters are paragraphs on their own.
const PARAGRAPH: usize = 120;

/// Lines of more characters may have been broken by column.
const BROKEN_BY_COLUMN: usize = 50;

/// Cuts a description into blocks.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for line in text.split('\n').map(str::trim) {
        if line.is_empty() {
            open = false;
            continue;
        }
        let (marker, rest) = marker(line);
        let last = blocks.last_mut().filter(|_| open);
        match (marker, last) {
            (Marker::Bullet, _) => match blocks.last_mut() {
                Some(Block::Bullets(items)) => items.push(rest.to_owned()),
                _ => blocks.push(Block::Bullets(vec![rest.to_owned()])),
            },
            (Marker::Number(n), _) => match blocks.last_mut() {
                Some(Block::Numbers(items)) if follows(items, n) => {
                    items.push((n, rest.to_owned()));
                }
                _ => blocks.push(Block::Numbers(vec![(n, rest.to_owned())])),
            },
            (Marker::None, Some(Block::Paragraph(lines))) if !ends_paragraph(lines, line) => {
                continue_lines(lines, line);
            }
            (Marker::None, Some(Block::Bullets(items))) => {
                if !items.last_mut().is_some_and(|item| continue_item(item, line)) {
                    blocks.push(Block::Paragraph(vec![line.to_owned()]));
                }
            }
            (Marker::None, Some(Block::Numbers(items))) => {
                if !items.last_mut().is_some_and(|(_, item)| continue_item(item, line)) {
                    blocks.push(Block::Paragraph(vec![line.to_owned()]));
                }
            }
            (Marker::None, _) => blocks.push(Block::Paragraph(vec![line.to_owned()])),
        }
        open = true;
    }
    blocks
}

fn follows(items: &[(u32, String)], n: u32) -> bool {
    items.last().is_some_and(|(last, _)| last.checked_add(1) == Some(n))
}

/// Whether a line begins a paragraph of its own behind these.
fn ends_paragraph(lines: &[String], line: &str) -> bool {
    lines.last().is_some_and(|last| last.len() > PARAGRAPH && !is_broken(last, line))
}

/// Adds a line to a paragraph: to its last line where that was broken by column.
fn continue_lines(lines: &mut Vec<String>, line: &str) {
    match lines.last_mut() {
        Some(last) if is_broken(last, line) => {
            last.push(' ');
            last.push_str(line);
        }
        _ => lines.push(line.to_owned()),
    }
}

/// Adds a line to a list item that does not end before it.
fn continue_item(item: &mut String, line: &str) -> bool {
    let goes_on = is_broken(item, line) || !item.ends_with(['.', ';', ':', '!', '?']);
    if goes_on {
        item.push(' ');
        item.push_str(line);
    }
    goes_on
}

fn is_broken(before: &str, after: &str) -> bool {
    before.len() > BROKEN_BY_COLUMN
        && !before.ends_with(['.', ':', ';', '!', '?'])
        && after.starts_with(|c: char| c.is_lowercase() || c == '(')
}

fn marker(line: &str) -> (Marker, &str) {
    for bullet in ["- ", "* ", "+ ", "o ", "\u{2022} ", "\u{2022}", "-- "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            let rest = rest.trim_start();
            if !rest.is_empty() {
                return (Marker::Bullet, rest);
            }
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at_checked(digits).unwrap_or(("", line));
    let rest = rest.strip_prefix(')').or_else(|| rest.strip_prefix(". "));
    match (number.parse::<u32>(), rest.map(str::trim_start)) {
        (Ok(n), Some(rest)) if n < 1_000 && !rest.is_empty() => (Marker::Number(n), rest),
        _ => (Marker::None, line),
    }
}

/// Characters of a summary, at most.
const SUMMARY: usize = 140;

/// The first sentence, cut at a word where it is long.
pub(super) fn summary(text: &str) -> String {
    let line = text.split('\n').map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line = line.get(..sentence_end(line)).unwrap_or(line);
    let Some((limit, _)) = line.char_indices().nth(SUMMARY) else { return line.to_owned() };
    let cut = line.get(..limit).unwrap_or(line);
    let cut = cut.rsplit_once(' ').map_or(cut, |(words, _)| words);
    format!("{}\u{2026}", cut.trim_end_matches([',', ';', ':', '-', ' ']))
}

/// The bytes of the first sentence: to a full stop that a capital follows, and
/// that does not end an abbreviation.
fn sentence_end(line: &str) -> usize {
    for (at, _) in line.match_indices(". ") {
        let after = line.get(at + 2..).unwrap_or_default().trim_start();
        let word = line.get(..at).unwrap_or_default().rsplit([' ', '(']).next().unwrap_or_default();
        let abbreviates = word.contains('.') || matches!(word, "e.g" | "i.e" | "etc" | "vs" | "No");
        if !abbreviates && after.starts_with(|c: char| c.is_uppercase() || c == '\'') {
            return at + 1;
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(lines: &[&str]) -> Block {
        Block::Paragraph(lines.iter().map(ToString::to_string).collect())
    }

    fn bullets(items: &[&str]) -> Block {
        Block::Bullets(items.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn blocks_are_told_apart() {
        let long = "This line is so long that whoever wrote it broke it by";
        for (text, expected) in [
            ("", vec![]),
            ("One.", vec![paragraph(&["One."])]),
            ("One.\n\nTwo.\nThree.", vec![paragraph(&["One."]), paragraph(&["Two.", "Three."])]),
            (
                "Either:\n- one\n- two,\nof two\nor:\n* three.\nEnd.",
                vec![
                    paragraph(&["Either:"]),
                    bullets(&["one", "two, of two or:", "three."]),
                    paragraph(&["End."]),
                ],
            ),
            (
                "For 2 reasons:\n1) This.\n2) That.\n\nSo.",
                vec![
                    paragraph(&["For 2 reasons:"]),
                    Block::Numbers(vec![(1, "This.".into()), (2, "That.".into())]),
                    paragraph(&["So."]),
                ],
            ),
            (
                "1. a\n5. b",
                vec![Block::Numbers(vec![(1, "a".into())]), Block::Numbers(vec![(5, "b".into())])],
            ),
            (&format!("{long}\ncolumn."), vec![Block::Paragraph(vec![format!("{long} column.")])]),
            (
                &format!("{long}{long}{long}.\nNext.\nLast."),
                vec![paragraph(&[&format!("{long}{long}{long}.")]), paragraph(&["Next.", "Last."])],
            ),
            ("-1 is a number\n2.5 too\n-", vec![paragraph(&["-1 is a number", "2.5 too", "-"])]),
            ("- \n*", vec![paragraph(&["-", "*"])]),
        ] {
            assert_eq!(blocks(text), expected, "{text:?}");
        }
    }

    #[test]
    fn summaries_are_a_sentence() {
        let long = "word ".repeat(60);
        for (text, expected) in [
            ("", ""),
            ("\n\nOne. Two.", "One."),
            ("Such as e.g. This. And", "Such as e.g. This."),
            ("Version 2.1 of. lower. Upper", "Version 2.1 of. lower."),
            ("No stop\nat all", "No stop"),
        ] {
            assert_eq!(summary(text), expected, "{text:?}");
        }
        let short = summary(&long);
        assert!(short.ends_with("word\u{2026}") && short.chars().count() <= SUMMARY + 1, "{short}");
    }

    proptest::proptest! {
        #[test]
        fn no_word_is_lost(text in "([a-zA-Z]{1,12}[ .\\n:-]{1,2}){0,30}") {
            let mut seen = String::new();
            for block in blocks(&text) {
                let lines = match block {
                    Block::Paragraph(lines) | Block::Bullets(lines) => lines,
                    Block::Numbers(items) => items.into_iter().map(|(_, item)| item).collect(),
                };
                seen.push_str(&lines.concat());
            }
            let letters = |t: &str| t.chars().filter(char::is_ascii_alphabetic).collect::<String>();
            // A bullet may be the letter `o`.
            let without = |t: &str| letters(t).replace('o', "");
            proptest::prop_assert_eq!(without(&seen), without(&text));
        }

        #[test]
        fn any_text_is_fine(text: String) {
            blocks(&text);
            summary(&text);
        }
    }
}
