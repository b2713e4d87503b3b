//! Explanations of diagnostic codes for people.

use super::paint::Paint;
use cimarron_model::Dialect;
use cimarron_mof::diagnostic::{Example, Group};
use cimarron_mof::{Code, Severity};
use std::io::{self, Write};

/// Lines longer than this are hard to read, however wide the terminal is.
const WIDEST: usize = 96;

/// Every code with what it is and its title.
pub(crate) fn write_list(out: &mut dyn Write) -> io::Result<()> {
    for code in Code::every() {
        let kind = code.group().map_or(code.severity().as_str(), Group::as_str);
        writeln!(out, "{code}  {kind:<8}  {}", code.title())?;
    }
    writeln!(
        out,
        "\n`cimarron explain CODE` tells more. Codes of style and pedantic are lints: `cimarron lint`."
    )
}

/// One explanation, wrapped to `width` where there is one.
pub(crate) fn write_explanation(
    out: &mut dyn Write,
    code: Code,
    width: Option<usize>,
    paint: Paint,
) -> io::Result<()> {
    writeln!(out, "{}", paint.strong(&format!("{code}: {}", code.title())))?;
    writeln!(out, "{}", standing(code))?;
    let Some(explanation) = code.explanation() else { return Ok(()) };
    for paragraph in explanation.text.split("\n\n") {
        writeln!(out, "\n{}", wrapped(paragraph, width))?;
    }
    for (title, examples) in [("Wrong", &explanation.wrong), ("Right", &explanation.right)] {
        writeln!(out, "\n{}", paint.strong(title))?;
        for example in examples {
            write_example(out, code, example)?;
        }
    }
    Ok(())
}

/// How grave the code is, and what can be done about that.
fn standing(code: Code) -> String {
    let status = code.status();
    let statuses = format!("{}, {}", status.cim().name(), status.wbem().name());
    match (code.group(), code.severity()) {
        (Some(Group::Pedantic), _) => {
            format!("a lint that runs on request: cimarron lint --warn {code}")
        }
        (Some(_), _) => "a lint of `cimarron lint`".to_owned(),
        (None, Severity::Error) if Dialect::ALL.iter().all(|d| code.is_hard_in(*d)) => {
            format!("always an error ({statuses})")
        }
        (None, Severity::Error) if code.is_hard() && !code.is_hard_in(Dialect::Dmtf) => {
            format!("an error ({statuses}); where it is a warning, that passes with --allow {code}")
        }
        (None, Severity::Error) if code.is_hard() => {
            format!(
                "an error in the DMTF dialect and MOF 3 ({statuses}); what is a warning in WMI's \
                 dialect passes with --allow {code}"
            )
        }
        (None, Severity::Error) => {
            format!("an error unless --allow or --warn {code} is given ({statuses})")
        }
        (None, severity) => format!("a {severity}"),
    }
}

/// The options that leave nothing but a lint to `cimarron lint`; its examples are judged
/// by it alone.
pub(crate) fn lint_options(code: Code) -> Option<String> {
    code.group().map(|_| format!("--allow style --warn {code}"))
}

/// How an example is to be compiled to show what it is to show.
fn write_example(out: &mut dyn Write, code: Code, example: &Example) -> io::Result<()> {
    let mut about: Vec<String> = Vec::new();
    about.extend(example.file().map(|file| format!("the file {file}")));
    let dialects: Vec<String> = example.dialects().map(|d| in_dialect(example, d)).collect();
    if !dialects.is_empty() {
        let lint = lint_options(code).map(|options| format!("lint {options} "));
        about.push(lint.unwrap_or_default() + &dialects.join(" or "));
    }
    writeln!(out)?;
    if !about.is_empty() {
        writeln!(out, "  {}:", about.join(", "))?;
    }
    for line in example.text.lines() {
        writeln!(out, "{}{line}", if line.is_empty() { "" } else { "    " })?;
    }
    Ok(())
}

fn in_dialect(example: &Example, dialect: &str) -> String {
    let declared = example.needs_qualifiers() && dialect == "dmtf";
    let behind = if declared { " behind declarations of DMTF's qualifiers" } else { "" };
    format!("--dialect {dialect}{behind}")
}

/// A paragraph in lines of at most `width` columns; lists keep their lines.
fn wrapped(paragraph: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|_| !paragraph.starts_with("- ")) else {
        return paragraph.to_owned();
    };
    let width = width.min(WIDEST);
    let (mut text, mut column) = (String::with_capacity(paragraph.len() + 8), 0);
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_wrap_at_blanks() {
        for (text, width, expected) in [
            ("one two\nthree", None, "one two\nthree"),
            ("one two\nthree", Some(80), "one two three"),
            ("one two\nthree", Some(7), "one two\nthree"),
            ("overlong one", Some(4), "overlong\none"),
            ("- one\n- two", Some(80), "- one\n- two"),
            ("", Some(80), ""),
        ] {
            assert_eq!(wrapped(text, width), expected, "{text} {width:?}");
        }
    }

    #[test]
    fn every_explanation_prints() {
        for code in Code::every() {
            let mut out = Vec::new();
            write_explanation(&mut out, code, Some(60), Paint::Ansi).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(text.contains("\u{1b}[1mWrong\u{1b}[0m"), "{text}");
            assert!(!text.contains("```"), "{text}");
        }
    }
}
