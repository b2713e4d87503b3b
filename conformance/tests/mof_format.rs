//! The suite of the formatter: every case of `conformance/mof-format/*.toml`.
//!
//! `conformance/mof-format/README.md` describes the form of a case and the house
//! style.

#![allow(clippy::unwrap_used)]

use cimarron_conformance::{Case, run_suite};
use cimarron_mof::format::{FormatError, FormatOptions, format};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormatCase {
    name: String,
    spec: String,
    width: Option<usize>,
    #[serde(default)]
    rewrap: bool,
    before: String,
    after: Option<String>,
    /// The codes of the findings, instead of `after`.
    errors: Option<Vec<String>>,
}

impl Case for FormatCase {
    fn name(&self) -> &str {
        &self.name
    }

    fn spec(&self) -> &str {
        &self.spec
    }
}

fn judge(case: &FormatCase) -> Vec<String> {
    let options = FormatOptions {
        width: case.width.unwrap_or(FormatOptions::DEFAULT_WIDTH),
        rewrap_strings: case.rewrap,
        ..FormatOptions::default()
    };
    let mut problems = Vec::new();
    match (format(&case.before, &options), &case.after, &case.errors) {
        (Ok(found), Some(expected), None) => {
            if found != *expected {
                problems.push(format!("expected\n{expected}\nfound\n{found}"));
            }
            if format(expected, &options).unwrap() != *expected {
                problems.push("what is expected would be formatted again".to_owned());
            }
        }
        (Err(FormatError::Syntax(said)), None, Some(expected)) => {
            let found: Vec<&str> = said.as_slice().iter().map(|d| d.code.as_str()).collect();
            if found != *expected {
                problems.push(format!("expected {expected:?}, found {found:?}"));
            }
        }
        (found, ..) => problems.push(format!("{found:?} was not expected")),
    }
    problems
}

#[test]
fn mof_format() {
    run_suite("mof-format", 69, judge);
}
