//! Unified diffs of a text and its formatted form.
//!
//! The two hold the same visible characters in almost the same order, so lines
//! are matched by how many of these stand before them: in linear time, however
//! much changes, where a general diff takes time by the square.

use super::paint::{Ink, Paint};
use std::io::{self, Write};
use std::ops::Range;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// Lines that differ: those of the old text, and those in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// A line with its end, and how many characters that formatting keeps stand
/// before it.
struct Line<'a> {
    text: &'a str,
    start: usize,
    length: usize,
}

/// White space moves, and the quotes between adjacent literals come and go.
fn is_kept(c: char) -> bool {
    !c.is_whitespace() && c != '"'
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let mut rest = text;
    let mut lines = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(['\n', '\r']).map_or(rest.len(), |at| {
            let both = rest.get(at..).is_some_and(|end| end.starts_with("\r\n"));
            at + 1 + usize::from(both)
        });
        let (text, tail) = rest.split_at(end);
        rest = tail;
        let length = text.chars().filter(|c| is_kept(*c)).count();
        lines.push(Line { text, start, length });
        start += length;
    }
    lines
}

fn changes(old: &[Line<'_>], new: &[Line<'_>]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let (takes_old, takes_new) = match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a.start == b.start && a.text == b.text => {
                (i, j) = (i + 1, j + 1);
                continue;
            }
            (Some(a), Some(b)) if a.start == b.start => match (a.length, b.length) {
                (0, 1..) => (true, false),
                (1.., 0) => (false, true),
                _ => (true, true),
            },
            (Some(a), Some(b)) => (a.start < b.start, a.start > b.start),
            (a, b) => (a.is_some(), b.is_some()),
        };
        let (old_end, new_end) = (i + usize::from(takes_old), j + usize::from(takes_new));
        match changes.last_mut() {
            Some(last) if last.old.end == i && last.new.end == j => {
                (last.old.end, last.new.end) = (old_end, new_end);
            }
            _ => changes.push(Change { old: i..old_end, new: j..new_end }),
        }
        (i, j) = (old_end, new_end);
    }
    changes
}

/// Writes the unified diff of two texts of the file `name`; nothing when they
/// are equal.
pub(crate) fn write_unified(
    out: &mut dyn Write,
    name: &str,
    old: &str,
    new: &str,
    paint: Paint,
) -> io::Result<()> {
    let (old, new) = (lines(old), lines(new));
    let changes = changes(&old, &new);
    if changes.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.strong(&format!("--- {name}")))?;
    writeln!(out, "{}", paint.strong(&format!("+++ {name}")))?;
    let apart = |pair: &[Change]| match pair {
        [a, b] => b.old.start - a.old.end > 2 * CONTEXT,
        _ => false,
    };
    let mut rest = changes.as_slice();
    while let [first, ..] = rest {
        let together = rest.windows(2).position(apart).map_or(rest.len(), |at| at + 1);
        let (hunk, tail) = rest.split_at(together);
        rest = tail;
        let last = hunk.last().unwrap_or(first);
        let before = CONTEXT.min(first.old.start).min(first.new.start);
        let after = CONTEXT.min(old.len() - last.old.end);
        let old_span = first.old.start - before..last.old.end + after;
        let new_span = first.new.start - before..last.new.end + after;
        let head = format!("@@ -{} +{} @@", place(&old_span), place(&new_span));
        writeln!(out, "{}", paint.with(Ink::Cyan, &head))?;
        let mut at = old_span.start;
        for change in hunk {
            write_lines(out, paint, (" ", Ink::Plain), old.get(at..change.old.start))?;
            write_lines(out, paint, ("-", Ink::Red), old.get(change.old.clone()))?;
            write_lines(out, paint, ("+", Ink::Green), new.get(change.new.clone()))?;
            at = change.old.end;
        }
        write_lines(out, paint, (" ", Ink::Plain), old.get(at..old_span.end))?;
    }
    Ok(())
}

/// A range of lines as the head of a hunk has it.
fn place(span: &Range<usize>) -> String {
    match span.len() {
        0 => format!("{},0", span.start),
        1 => format!("{}", span.start + 1),
        count => format!("{},{count}", span.start + 1),
    }
}

/// Writes lines behind a sign.
fn write_lines(
    out: &mut dyn Write,
    paint: Paint,
    (sign, ink): (&str, Ink),
    lines: Option<&[Line<'_>]>,
) -> io::Result<()> {
    for line in lines.unwrap_or_default() {
        // A line that ends with CR LF keeps its CR, so that the diff applies.
        let text = line.text.strip_suffix(['\n']).or(line.text.strip_suffix('\r'));
        let shown = format!("{sign}{}", text.unwrap_or(line.text));
        writeln!(out, "{}", paint.with(ink, &shown))?;
        if text.is_none() {
            writeln!(out, "\\ No newline at end of file")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unified(old: &str, new: &str) -> String {
        let mut out = Vec::new();
        write_unified(&mut out, "a.mof", old, new, Paint::Plain).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn hunks_have_context_and_places() {
        let old = "a\nb\nc\nd\ne f\ng\nh\ni\nj\nk\nl\nm\nn  n";
        let new = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn n\n";
        assert_eq!(
            unified(old, new),
            "--- a.mof\n+++ a.mof\n@@ -2,7 +2,8 @@\n b\n c\n d\n-e f\n+e\n+f\n g\n h\n i\n\
             @@ -10,4 +11,4 @@\n k\n l\n m\n-n  n\n\\ No newline at end of file\n+n n\n"
        );
        assert_eq!(unified("", "a\n"), "--- a.mof\n+++ a.mof\n@@ -0,0 +1 @@\n+a\n");
        assert_eq!(unified("\n\na\n", "a\n"), "--- a.mof\n+++ a.mof\n@@ -1,3 +1 @@\n-\n-\n a\n");
        assert_eq!(unified("a\n", "a\n"), "");
    }

    #[test]
    fn lines_meet_again_after_what_moved() {
        let old = "{ 1 // one\n, 2\n}\nx\n\"a\" \"b\"\ny\n";
        let new = "{\n1, // one\n2\n}\nx\n\"ab\"\ny\n";
        let text = unified(old, new);
        assert!(text.ends_with(" }\n x\n-\"a\" \"b\"\n+\"ab\"\n y\n"), "{text}");
    }

    #[test]
    fn line_ends_are_part_of_lines() {
        let text = unified("a \r\nb\r\n", "a\r\nb\r\n");
        assert_eq!(text, "--- a.mof\n+++ a.mof\n@@ -1,2 +1,2 @@\n-a \r\n+a\r\n b\r\n");
        assert_eq!(unified("a \rb\r", "a\rb\r").lines().count(), 6);
    }
}
