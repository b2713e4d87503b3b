//! Diagnostics of MOF, for people and for programs.

use super::numbers::counted;
use super::paint::Paint;
use super::picture::{Mark, Picture, Scene};
use crate::terminal;
use cimarron_mof::source::SourceFile;
use cimarron_mof::{Diagnostic, FileId, SourceMap, Span};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Diagnostics as a JSON array.
pub(crate) fn to_json(diagnostics: &[Diagnostic], sources: &SourceMap) -> Value {
    diagnostics.iter().map(|d| diagnostic_json(d, sources)).collect()
}

fn diagnostic_json(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let status = diagnostic.status();
    let mut object = json!({
        "code": diagnostic.code.as_str(),
        "severity": diagnostic.severity.as_str(),
        "message": diagnostic.message,
        "status": status.cim().name(),
        "wbem": status.wbem().name(),
        "help": diagnostic.help,
        "labels": diagnostic.labels.iter().map(|label| {
            let mut object = json!({"message": label.message});
            add_place(&mut object, label.file, label.span, sources);
            object
        }).collect::<Value>(),
    });
    add_place(&mut object, diagnostic.file, diagnostic.span, sources);
    object
}

/// Lines and columns count from 1, columns in characters; the end is the place
/// behind the last character.
fn add_place(object: &mut Value, file: FileId, span: Span, sources: &SourceMap) {
    let Some(entries) = object.as_object_mut() else { return };
    let source = sources.get(file);
    let start = source.map(|s| s.position(span.start));
    let end = source.map(|s| s.position(span.end));
    entries.insert("file".to_owned(), json!(source.map(SourceFile::name)));
    entries.insert("line".to_owned(), json!(start.map(|p| p.line)));
    entries.insert("column".to_owned(), json!(start.map(|p| p.column)));
    entries.insert("end_line".to_owned(), json!(end.map(|p| p.line)));
    entries.insert("end_column".to_owned(), json!(end.map(|p| p.column)));
}

/// Writes diagnostics as pictures of the places that they are about, for standard
/// error.
pub(crate) fn write_pictures(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
) -> io::Result<()> {
    draw_all(out, diagnostics, sources, terminal::stderr_paint(), terminal::stderr_width())
}

/// The same for a file or standard output.
pub(crate) fn write_pictures_on(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    paint: Paint,
) -> io::Result<()> {
    draw_all(out, diagnostics, sources, paint, terminal::DEFAULT_WIDTH)
}

fn draw_all(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    paint: Paint,
    width: usize,
) -> io::Result<()> {
    for diagnostic in diagnostics {
        out.write_all(picture(diagnostic, sources).draw(paint, width).as_bytes())?;
    }
    Ok(())
}

/// Labels in the diagnostic's own file join its scene; those in others follow.
fn picture<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Picture<'a> {
    let mut scenes: Vec<(FileId, Scene<'_>)> = Vec::new();
    let mut add =
        |file: FileId, mark: Mark<'a>| match scenes.iter_mut().find(|(known, _)| *known == file) {
            Some((_, scene)) => scene.marks.push(mark),
            None => scenes.extend(
                sources.get(file).map(|source| (file, Scene { source, marks: vec![mark] })),
            ),
        };
    add(diagnostic.file, Mark { span: diagnostic.span, is_primary: true, message: "" });
    for label in &diagnostic.labels {
        let mark = Mark { span: label.span, is_primary: false, message: &label.message };
        add(label.file, mark);
    }
    Picture {
        severity: diagnostic.severity,
        code: Some(diagnostic.code.as_str()),
        message: &diagnostic.message,
        scenes: scenes.into_iter().map(|(_, scene)| scene).collect(),
        help: diagnostic.help.as_deref(),
    }
}

/// `2 errors, 1 warning`; `None` when there are neither.
pub(crate) fn tally(errors: usize, warnings: usize) -> Option<String> {
    let errors = (errors > 0).then(|| counted(errors, "error", "errors"));
    let warnings = (warnings > 0).then(|| counted(warnings, "warning", "warnings"));
    let parts: Vec<String> = errors.into_iter().chain(warnings).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_mof::Code;

    fn example() -> (SourceMap, Diagnostic) {
        let mut sources = SourceMap::new();
        let main = sources.add("main.mof", "class A\n{\n    strng Näme Oops;\n};\n").unwrap();
        let other = sources.add("other.mof", "class A {};\n").unwrap();
        let diagnostic =
            Diagnostic::new(Code::UnexpectedToken, main, Span::new(26, 30), "unexpected `Oops`")
                .with_label(main, Span::new(14, 19), "after this type")
                .with_label(other, Span::new(6, 7), "also declared here")
                .with_label(main, Span::new(8, 9), "opened here")
                .with_help("write a `;`\nor two");
        (sources, diagnostic)
    }

    #[test]
    fn json_has_places_in_lines_and_characters() {
        let (sources, diagnostic) = example();
        let json = to_json(&[diagnostic], &sources);
        let first = &json[0];
        for (key, expected) in [
            ("code", json!("MOF0020")),
            ("severity", json!("error")),
            ("message", json!("unexpected `Oops`")),
            ("file", json!("main.mof")),
            ("line", json!(3)),
            ("column", json!(16)),
            ("end_line", json!(3)),
            ("end_column", json!(20)),
            ("help", json!("write a `;`\nor two")),
        ] {
            assert_eq!(first[key], expected, "{key}");
        }
        assert_eq!(first["labels"][1]["file"], json!("other.mof"));
        assert_eq!(first["labels"][0]["column"], json!(5));
        assert!(first["status"].as_str().is_some_and(|s| s.starts_with("CIM_ERR_")));
        assert!(first["wbem"].as_str().is_some_and(|s| s.starts_with("WBEM")));
    }

    fn drawn(diagnostics: &[Diagnostic], sources: &SourceMap, width: usize) -> String {
        let mut out = Vec::new();
        draw_all(&mut out, diagnostics, sources, Paint::Plain, width).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn pictures_show_every_place() {
        let (sources, diagnostic) = example();
        let expected = "\
error[MOF0020]: unexpected `Oops`
 --> main.mof:3:16
  |
2 | {
  | - opened here
3 |     strng Näme Oops;
  |     -----      ^^^^
  |     |
  |     after this type
 ::: other.mof:1:7
  |
1 | class A {};
  |       - also declared here
  = help: write a `;`
  |         or two

";
        assert_eq!(drawn(&[diagnostic], &sources, 80), expected);
    }

    #[test]
    fn lines_apart_tabs_and_wide_characters() {
        let mut sources = SourceMap::new();
        let text = "one;\n\ttwo\t日本 \u{1b}[2J x;\n3\n4\nfive;\nsix;\nseven;";
        let file = sources.add("t.mof", text).unwrap();
        let at = |part: &str| {
            let start = text.find(part).unwrap();
            Span::from(start..start + part.len())
        };
        let diagnostic = Diagnostic::new(Code::UnexpectedToken, file, at("本"), "a\u{1b}b")
            .with_label(file, at("x;"), "x")
            .with_label(file, at("one"), "here")
            .with_label(file, at("five"), "and")
            .with_label(file, at("seven"), "end");
        let expected = "\
error[MOF0020]: a␛b
 --> t.mof:2:7
  |
1 | one;
  | --- here
2 |     two 日本 ␛[2J x;
  |           ^^      -- x
...
5 | five;
  | ---- and
6 | six;
7 | seven;
  | ----- end

";
        assert_eq!(drawn(&[diagnostic], &sources, 80), expected);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let mut sources = SourceMap::new();
        let text = format!("{} here {}", "a".repeat(70_000), "z".repeat(70_000));
        let file = sources.add("t.mof", text).unwrap();
        for (start, end, expected) in [
            (70_001, 70_005, "...aaaaaaaaa here zzzzzzzzzzzzzzzzz...\n  |              ^^^^\n"),
            (
                70_001,
                140_006,
                " here zzzzzzzzzzzzzzzzz...\n  |              ^^^^^^^^^^^^^^^^^^^^^^\n",
            ),
            (0, 3, "1 | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\n  | ^^^\n"),
            (140_006, 140_006, "...zzzzzzzzzz\n  |              ^\n"),
        ] {
            let diagnostic =
                Diagnostic::new(Code::UnexpectedToken, file, Span::new(start, end), "m");
            let shown = drawn(&[diagnostic], &sources, 42);
            assert!(shown.contains(expected), "{start}: {shown}");
            assert!(shown.lines().all(|line| line.chars().count() <= 45), "{shown}");
        }
    }

    #[test]
    fn colours_follow_the_severity() {
        let (sources, diagnostic) = example();
        let text = picture(&diagnostic, &sources).draw(Paint::Ansi, 80);
        assert!(text.starts_with("\u{1b}[1;31merror[MOF0020]\u{1b}[0m"), "{text:?}");
        assert!(text.contains("\u{1b}[1;31m^^^^\u{1b}[0m"), "{text:?}");
        assert!(text.contains("\u{1b}[1;34m-----\u{1b}[0m"), "{text:?}");
    }

    #[test]
    fn places_outside_of_the_text_are_no_trouble() {
        let mut sources = SourceMap::new();
        let empty = sources.add("empty.mof", "").unwrap();
        let short = sources.add("short.mof", "ä\n").unwrap();
        let diagnostics = [
            Diagnostic::new(Code::UnexpectedEnd, empty, Span::new(0, 9), "too short"),
            Diagnostic::new(Code::UnexpectedEnd, short, Span::new(1, 1), "within a character"),
            Diagnostic::new(Code::UnexpectedEnd, short, Span::new(7, 3), "backwards"),
            Diagnostic::new(Code::UnreadableFile, FileId(7), Span::new(3, 4), "not there"),
        ];
        let text = drawn(&diagnostics, &sources, 80);
        for part in ["too short\n --> empty.mof\n", "within", "backwards", "not there"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(to_json(&diagnostics, &sources)[3]["file"], Value::Null);
    }

    #[test]
    fn no_place_and_no_width_is_trouble() {
        let mut sources = SourceMap::new();
        let text = "ä\t日\u{1b}x\r\n\r\u{202e}\u{301}b\n\t\t";
        let file = sources.add("t.mof", text).unwrap();
        let last = text.len() as u32 + 2;
        for (start, end) in (0..last).flat_map(|start| (0..last).map(move |end| (start, end))) {
            let diagnostic =
                Diagnostic::new(Code::UnexpectedToken, file, Span::new(start, end), "m")
                    .with_label(file, Span::new(end, start), "label")
                    .with_label(file, Span::new(0, end), "other");
            for width in [0, 1, 5, 30] {
                let shown = drawn(std::slice::from_ref(&diagnostic), &sources, width);
                assert!(shown.contains("label") && shown.contains("other"), "{start} {end}");
                let plain = |c: char| c == '\n' || !c.is_control() && c != '\u{202e}';
                assert!(shown.chars().all(plain), "{shown:?}");
            }
        }
    }

    #[test]
    fn tallies() {
        for (errors, warnings, expected) in [
            (0, 0, None),
            (1, 0, Some("1 error")),
            (2, 1, Some("2 errors, 1 warning")),
            (0, 2, Some("2 warnings")),
        ] {
            assert_eq!(tally(errors, warnings).as_deref(), expected);
        }
    }
}
