//! Findings as people read them: the message, the lines that it is about with
//! carets below, and what to do.
//!
//! ```text
//! error[MOF0221]: 300 is outside the range of uint8
//!   --> fan.mof:3:19
//!    |
//!  3 |     uint8 Speed = 300;
//!    |                   ^^^
//!    = help: uint8 goes from 0 to 255
//! ```
//!
//! The form is rustc's, which editors find their way in. Tabs are as wide as they
//! look, wide characters take two columns, nothing in a text can drive the
//! terminal, and of a long line only the surroundings of the place are shown.

use super::paint::Paint;
use super::source_line::Line;
use cimarron_mof::source::SourceFile;
use cimarron_mof::{Severity, Span};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A finding to draw.
pub(crate) struct Picture<'a> {
    pub(crate) severity: Severity,
    pub(crate) code: Option<&'a str>,
    pub(crate) message: &'a str,
    pub(crate) scenes: Vec<Scene<'a>>,
    pub(crate) help: Option<&'a str>,
}

/// Places in one text. The first mark is what the scene is about.
pub(crate) struct Scene<'a> {
    pub(crate) source: &'a SourceFile,
    pub(crate) marks: Vec<Mark<'a>>,
}

/// A place, and what is there.
#[derive(Clone, Copy)]
pub(crate) struct Mark<'a> {
    pub(crate) span: Span,
    pub(crate) is_primary: bool,
    pub(crate) message: &'a str,
}

/// The widest margin that line numbers need.
fn margin(scenes: &[Scene<'_>]) -> usize {
    let lines = scenes.iter().flat_map(|scene| {
        scene.marks.iter().map(|mark| scene.source.position(mark.span.start).line)
    });
    lines.max().map_or(0, |line| line.to_string().len())
}

impl Picture<'_> {
    /// The drawing, in lines that fit `width` columns as far as they are of the
    /// text, and an empty line.
    pub(crate) fn draw(&self, paint: Paint, width: usize) -> String {
        let mut out = String::new();
        let severity = self.severity;
        let code = self.code.map(|code| format!("[{code}]")).unwrap_or_default();
        let head = paint.severity(severity, &format!("{severity}{code}"));
        let message = paint.strong(&format!(": {}", shown(self.message)));
        // A `String` takes everything that is written to it, here and below.
        let _ = writeln!(out, "{head}{message}");
        let margin = margin(&self.scenes);
        let bar = paint.frame(&format!("{:margin$} |", ""));
        for (i, scene) in self.scenes.iter().enumerate() {
            let arrow = if i == 0 { "-->" } else { ":::" };
            let _ = writeln!(out, "{:margin$}{} {}", "", paint.frame(arrow), scene.place());
            scene.draw(&mut out, paint, self.severity, margin, width);
        }
        if let Some(help) = self.help {
            let mut lines = help.lines();
            let first = shown(lines.next().unwrap_or_default());
            let sign = paint.frame(&format!("{:margin$} =", ""));
            let _ = writeln!(out, "{sign} {} {first}", paint.strong("help:"));
            for line in lines {
                let _ = writeln!(out, "{bar}         {}", shown(line));
            }
        }
        out.push('\n');
        out
    }
}

impl Scene<'_> {
    fn place(&self) -> String {
        let name = shown(self.source.name());
        match self.marks.first() {
            // An empty text has no places.
            Some(mark) if !self.source.text().is_empty() => {
                let at = self.source.position(mark.span.start);
                match name.as_str() {
                    "" => format!("line {}, column {}", at.line, at.column),
                    name => format!("{name}:{}:{}", at.line, at.column),
                }
            }
            _ => name,
        }
    }

    fn draw(
        &self,
        out: &mut String,
        paint: Paint,
        severity: Severity,
        margin: usize,
        width: usize,
    ) {
        if self.source.text().is_empty() {
            return;
        }
        let mut lines: BTreeMap<u32, Vec<Mark<'_>>> = BTreeMap::new();
        for mark in &self.marks {
            lines.entry(self.source.position(mark.span.start).line).or_default().push(*mark);
        }
        let bar = paint.frame(&format!("{:margin$} |", ""));
        let _ = writeln!(out, "{bar}");
        let mut last = None;
        let room = width.saturating_sub(margin + 3).max(20);
        for (number, marks) in lines {
            match last.map(|last| number - last) {
                Some(2) => self.draw_line(
                    out,
                    paint,
                    margin,
                    number - 1,
                    &self.line(number - 1, &[], room),
                ),
                Some(gap) if gap > 2 => {
                    let _ = writeln!(out, "{}", paint.frame("..."));
                }
                _ => {}
            }
            let line = self.line(number, &marks, room);
            self.draw_line(out, paint, margin, number, &line);
            for row in line.rows(&marks, paint, severity) {
                let _ = writeln!(out, "{bar} {row}");
            }
            last = Some(number);
        }
    }

    fn line(&self, number: u32, marks: &[Mark<'_>], room: usize) -> Line<'_> {
        let primary = marks.iter().find(|mark| mark.is_primary).or(marks.first());
        let focus = primary.map_or(0, |mark| mark.span.start);
        Line::new(self.source.line_text(number), self.source.line_start(number), focus, room)
    }

    fn draw_line(
        &self,
        out: &mut String,
        paint: Paint,
        margin: usize,
        number: u32,
        line: &Line<'_>,
    ) {
        let gutter = paint.frame(&format!("{number:>margin$} |"));
        let text = line.text();
        let gap = if text.is_empty() { "" } else { " " };
        let _ = writeln!(out, "{gutter}{gap}{text}");
    }
}

/// A text on one line that cannot drive the terminal.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(super::source_line::visible).collect()
}
