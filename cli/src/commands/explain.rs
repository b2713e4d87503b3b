//! `cimarron explain`: what diagnostic codes mean.

use crate::args::{ExplainArgs, ReportFormat, usage};
use crate::failure::{Failure, Stop};
use crate::output::explain::{lint_options, write_explanation, write_list};
use crate::output::paint::Paint;
use crate::output::{json_lines, stdout};
use crate::terminal::{output_width, stdout_paint};
use cimarron_model::Dialect;
use cimarron_mof::Code;
use cimarron_mof::diagnostic::{Example, Group, UnknownCode};
use serde_json::{Value, json};
use std::io::Write;

pub(crate) fn run(args: &ExplainArgs) -> Result<(), Stop> {
    let codes: Vec<Code> =
        args.codes.iter().map(|text| code(text)).collect::<Result<_, Failure>>()?;
    let mut out = stdout();
    match args.format {
        ReportFormat::Json if codes.is_empty() => json_lines(&mut out, Code::every().map(row))?,
        ReportFormat::Json => json_lines(&mut out, codes.into_iter().map(explanation))?,
        ReportFormat::Human if codes.is_empty() => write_list(&mut out)?,
        ReportFormat::Human => {
            let paint = stdout_paint();
            let width = (paint == Paint::Ansi).then(output_width).flatten();
            for (i, code) in codes.into_iter().enumerate() {
                if i > 0 {
                    writeln!(out)?;
                }
                write_explanation(&mut out, code, width, paint)?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn code(text: &str) -> Result<Code, Failure> {
    text.parse().map_err(|error: UnknownCode| {
        let failure = usage(error.to_string());
        let (what, codes) = match &error {
            UnknownCode::Malformed(word) => ("about that are", with_word(word)),
            _ => ("near it are", error.near()),
        };
        let list: Vec<String> = codes.iter().map(|c| format!("{c} ({})", c.title())).collect();
        match list.is_empty() {
            true => failure.with_help("`cimarron explain --list` lists the codes"),
            false => failure.with_help(format!("{what} {}", list.join(", "))),
        }
    })
}

/// The first codes whose titles have a word like this.
fn with_word(word: &str) -> Vec<Code> {
    let word = word.trim().to_lowercase();
    let like = |code: &Code| word.len() > 2 && code.title().to_lowercase().contains(&word);
    Code::every().filter(like).take(5).collect()
}

fn row(code: Code) -> Value {
    let status = code.status();
    let hard = Dialect::ALL.into_iter().filter(|dialect| code.is_hard_in(*dialect));
    let hard_in: Vec<String> = hard.map(|dialect| dialect.to_string()).collect();
    json!({
        "code": code.as_str(),
        "severity": code.severity().as_str(),
        "title": code.title(),
        "hard": hard_in.len() == Dialect::ALL.len(),
        "hard_in": hard_in,
        "group": code.group().map(Group::as_str),
        "status": status.cim().name(),
        "wbem": status.wbem().name(),
    })
}

fn explanation(code: Code) -> Value {
    let mut object = row(code);
    let Some(explanation) = code.explanation() else { return object };
    let examples = |list: &[Example]| -> Value {
        list.iter()
            .map(|e| {
                json!({
                    "language": e.language,
                    "dialect": e.dialects().next(),
                    "dialects": e.dialects().collect::<Vec<_>>(),
                    "needs_qualifiers": e.needs_qualifiers(),
                    "file": e.file(),
                    "text": e.text,
                })
            })
            .collect()
    };
    if let Some(entries) = object.as_object_mut() {
        entries.insert("explanation".to_owned(), json!(explanation.text));
        entries.insert("lint_options".to_owned(), json!(lint_options(code)));
        entries.insert("wrong".to_owned(), examples(&explanation.wrong));
        entries.insert("right".to_owned(), examples(&explanation.right));
    }
    object
}
