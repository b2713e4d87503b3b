//! `cimarron.toml`: the levels that hold for a project.
//!
//! ```toml
//! [lint]
//! warnings = "deny"
//! MOF0514 = "warn"
//! ```
//!
//! Groups count before codes, whatever their order; the command line counts after both.

use super::reads;
use crate::args::{LevelArgs, usage};
use crate::failure::Failure;
use cimarron_mof::diagnostic::{Level, Levels, Selector};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// The name of a configuration that is looked for.
const NAME: &str = "cimarron.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    lint: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// The levels of a command: `levels`, then the configuration, then the command line.
pub(crate) fn levels(args: &LevelArgs, mut levels: Levels) -> Result<Levels, Failure> {
    if let Some((path, text)) = read(args)? {
        reads::note(&path);
        let name = path.display().to_string();
        for (selector, level) in settings(&name, &text)? {
            // Each was tried when it was read.
            let _ = levels.set(selector, level);
        }
    }
    args.apply(&mut levels);
    Ok(levels)
}

/// Where the configuration is that was named, or the next one upwards from here: as named, or
/// as it is found from here.
pub(crate) fn place(args: &LevelArgs) -> Option<PathBuf> {
    if args.no_config {
        return None;
    }
    if let Some(named) = &args.config {
        return Some(named.clone());
    }
    let here = std::env::current_dir().ok()?;
    let up = here.ancestors().position(|folder| folder.join(NAME).exists())?;
    Some(std::iter::repeat_n("..", up).chain([NAME]).collect())
}

fn read(args: &LevelArgs) -> Result<Option<(PathBuf, String)>, Failure> {
    let Some(path) = place(args) else { return Ok(None) };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) => Err(unreadable(&path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    usage(format!("cannot read the configuration `{}`: {error}", path.display()))
}

/// The settings of a configuration, groups first.
fn settings(name: &str, text: &str) -> Result<Vec<(Selector, Level)>, Failure> {
    let config: Config = toml::from_str(text).map_err(|error| {
        let failure = usage(format!("`{name}`: {}", error.message()));
        match error.span() {
            Some(span) => failure.at(text, span),
            None => failure,
        }
    })?;
    let mut settings = Vec::with_capacity(config.lint.len());
    for (key, value) in &config.lint {
        let at = |message: String, span| usage(format!("`{name}`: {message}")).at(text, span);
        let selector: Selector =
            key.get_ref().parse().map_err(|e| at(format!("{e}"), key.span()))?;
        let word = value.get_ref();
        let level = Level::ALL.into_iter().find(|level| level.as_str() == word);
        let level = level.ok_or_else(|| {
            at(format!("`{word}` is no level: write allow, warn or deny"), value.span())
        })?;
        Levels::default().set(selector, level).map_err(|e| at(e.to_string(), key.span()))?;
        if settings.iter().any(|(known, _)| *known == selector) {
            return Err(at(
                format!("`{}` sets {selector} a second time", key.get_ref()),
                key.span(),
            ));
        }
        settings.push((selector, level));
    }
    // Of groups, those that hold others come last in their order.
    settings.sort_by_key(|(selector, _)| match selector {
        Selector::Group(group) => (0, std::cmp::Reverse(Some(*group))),
        Selector::Code(_) => (1, std::cmp::Reverse(None)),
    });
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_count_before_codes() {
        let text =
            "[lint]\nMOF0504 = \"allow\"\nwarnings = 'warn'\nall = 'deny'\n\"501\" = \"warn\"\n";
        let found = settings("c", text).unwrap();
        let found: Vec<String> = found.iter().map(|(s, l)| format!("{s} {l}")).collect();
        let mut codes = found[2..].to_vec();
        codes.sort();
        assert_eq!(found[..2], ["all deny", "warnings warn"]);
        assert_eq!(codes, ["MOF0501 warn", "MOF0504 allow"]);
        assert_eq!(settings("c", "").unwrap(), []);
    }

    #[test]
    fn mistakes_are_told() {
        for (text, expected) in [
            ("[lint", "`c`: "),
            ("[lints]\n", "lints"),
            ("[lint]\nMOF0504 = 1\n", "string"),
            ("[lint]\nMOF0504 = \"ignore\"\n", "write allow, warn or deny"),
            ("[lint]\nMOF0504 = \"allow\"\n504 = \"deny\"\n", "MOF0504 a second time"),
            ("[lint]\nMOF9999 = \"allow\"\n", "there is no diagnostic code MOF9999"),
            ("[lint]\nMOF0100 = \"allow\"\n", "always an error"),
        ] {
            let failure = settings("c", text).unwrap_err();
            assert!(failure.to_string().contains(expected), "{failure}");
        }
    }
}
