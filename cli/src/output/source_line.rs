//! One line of a text as it is shown, with marks below it.

use super::paint::Paint;
use super::picture::{Mark, shown};
use cimarron_mof::Severity;
use unicode_width::UnicodeWidthChar;

/// Columns from one tab stop to the next.
const TAB: usize = 4;

/// What stands for the rest of a line that is cut.
const CUT: &str = "...";

/// The part of a line that is shown.
pub(super) struct Line<'a> {
    /// The characters that are shown.
    text: &'a str,
    /// The offset of the first of them in the file.
    start: usize,
    is_cut_before: bool,
    is_cut_after: bool,
}

impl<'a> Line<'a> {
    /// The line at `start`, or as much of it around the offset `focus` as `room`
    /// columns hold.
    pub(super) fn new(line: &'a str, start: u32, focus: u32, room: usize) -> Self {
        let start = start as usize;
        let whole = columns_within(line, room);
        if whole == line.len() {
            return Self { text: line, start, is_cut_before: false, is_cut_after: false };
        }
        let room = room.saturating_sub(2 * CUT.len()).max(1);
        let mut focus = (focus as usize).saturating_sub(start).min(line.len());
        while !line.is_char_boundary(focus) {
            focus -= 1;
        }
        // A third of the room goes to what stands before the place.
        let before = line.get(..focus).unwrap_or_default();
        let lead: usize = before.chars().rev().take(room / 3).map(char::len_utf8).sum();
        let from = focus - lead;
        let rest = line.get(from..).unwrap_or_default();
        let text = rest.get(..columns_within(rest, room)).unwrap_or_default();
        Self {
            text,
            start: start + from,
            is_cut_before: from > 0,
            is_cut_after: text.len() < rest.len(),
        }
    }

    /// The line as it is shown.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.text.len() + 2 * CUT.len());
        if self.is_cut_before {
            text.push_str(CUT);
        }
        let mut column = 0;
        for c in self.text.chars() {
            let width = width(c, column);
            if c == '\t' {
                text.extend(std::iter::repeat_n(' ', width));
            } else {
                text.push(visible(c));
            }
            column += width;
        }
        if self.is_cut_after {
            text.push_str(CUT);
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// The column, from 0, of the character at an offset of the file.
    fn column(&self, offset: usize) -> usize {
        let lead = if self.is_cut_before { CUT.len() } else { 0 };
        let within = offset.saturating_sub(self.start);
        let mut column = 0;
        for (at, c) in self.text.char_indices() {
            if at >= within {
                break;
            }
            column += width(c, column);
        }
        lead + column
    }

    /// The rows below the line: carets and dashes, then messages. The message of the
    /// rightmost mark stands behind it, the others below theirs.
    pub(super) fn rows(&self, marks: &[Mark<'_>], paint: Paint, severity: Severity) -> Vec<String> {
        let mut placed: Vec<(usize, usize, Mark<'_>)> = marks
            .iter()
            .map(|mark| {
                let from = self.column(mark.span.start as usize);
                let to = self.column(mark.span.end as usize).max(from + 1);
                (from, to, *mark)
            })
            .collect();
        placed.sort_by_key(|(from, to, mark)| (*from, *to, mark.is_primary));
        let mut row = Row::default();
        // What the finding is about is drawn over what explains it.
        for (from, to, mark) in placed.iter().filter(|(.., mark)| !mark.is_primary) {
            row.fill(*from, *to, '-', mark.is_primary);
        }
        for (from, to, mark) in placed.iter().filter(|(.., mark)| mark.is_primary) {
            row.fill(*from, *to, '^', mark.is_primary);
        }
        let mut said: Vec<_> =
            placed.iter().filter(|(.., mark)| !mark.message.is_empty()).collect();
        let end = row.cells.len();
        let mut first = row.paint(paint, severity);
        if let Some((.., mark)) = said.pop_if(|(_, to, _)| *to == end) {
            first = format!("{first} {}", painted(mark, paint, severity, mark.message));
        }
        let mut rows = vec![first];
        while let Some((from, _, mark)) = said.pop() {
            let mut bars = Row::default();
            for (from, _, mark) in said.iter().filter(|(other, ..)| other < from) {
                bars.fill(*from, from + 1, '|', mark.is_primary);
            }
            let mut connector = bars.clone();
            connector.fill(*from, from + 1, '|', mark.is_primary);
            rows.push(connector.paint(paint, severity));
            let gap = from - bars.cells.len().min(*from);
            let message = painted(mark, paint, severity, mark.message);
            rows.push(format!("{}{:gap$}{message}", bars.paint(paint, severity), ""));
        }
        rows
    }
}

fn painted(mark: &Mark<'_>, paint: Paint, severity: Severity, text: &str) -> String {
    let text = shown(text);
    if mark.is_primary { paint.severity(severity, &text) } else { paint.frame(&text) }
}

/// Marks below a line: a sign for each column, and whether it is of a primary mark.
#[derive(Clone, Default)]
struct Row {
    cells: Vec<(char, bool)>,
}

impl Row {
    fn fill(&mut self, from: usize, to: usize, sign: char, is_primary: bool) {
        if self.cells.len() < to {
            self.cells.resize(to, (' ', false));
        }
        for cell in self.cells.iter_mut().take(to).skip(from) {
            *cell = (sign, is_primary);
        }
    }

    fn paint(&self, paint: Paint, severity: Severity) -> String {
        let mut text = String::new();
        for run in self.cells.chunk_by(|a, b| a == b) {
            let Some((sign, is_primary)) = run.first() else { continue };
            let signs: String = run.iter().map(|(sign, _)| *sign).collect();
            text.push_str(&match (sign, is_primary) {
                (' ', _) => signs,
                (_, true) => paint.severity(severity, &signs),
                (_, false) => paint.frame(&signs),
            });
        }
        text
    }
}

/// How many bytes of a text fit that many columns.
fn columns_within(text: &str, columns: usize) -> usize {
    let mut column = 0;
    for (at, c) in text.char_indices() {
        column += width(c, column);
        if column > columns {
            return at;
        }
    }
    text.len()
}

/// The columns that a character takes when it stands in this column.
fn width(c: char, column: usize) -> usize {
    match c {
        '\t' => TAB - column % TAB,
        c => visible(c).width().unwrap_or(1),
    }
}

/// A character that does not move the cursor, or a picture in its place.
pub(super) fn visible(c: char) -> char {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // Other controls, and what turns the direction of text around.
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        c => c,
    }
}
