//! `--allow`, `--warn`, `--deny` and where the configuration stands, for every command
//! that compiles.

use cimarron_mof::diagnostic::{Level, Levels, Selector};

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, value_parser};
use std::path::PathBuf;

/// What the command line says of levels, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LevelArgs {
    settings: Vec<(Selector, Level)>,
    /// The configuration to read in place of the one that is looked for.
    pub(crate) config: Option<PathBuf>,
    /// Whether no configuration is read.
    pub(crate) no_config: bool,
}

impl LevelArgs {
    /// Sets what the command line says on top of `levels`. Each setting was tried when
    /// it was read, so none can be refused.
    pub(crate) fn apply(&self, levels: &mut Levels) {
        for (selector, level) in &self.settings {
            let _ = levels.set(*selector, *level);
        }
    }
}

const HEADING: &str = "Levels of findings";

impl Args for LevelArgs {
    fn augment_args(command: Command) -> Command {
        let level = |level: Level, short: char, help: &'static str| {
            Arg::new(level.as_str())
                .short(short)
                .long(level.as_str())
                .value_name("CODE|GROUP")
                .help(help)
                .help_heading(HEADING)
                .action(ArgAction::Append)
                .value_delimiter(',')
                .value_parser(move |text: &str| selector(text, level))
        };
        command
            .arg(level(
                Level::Allow,
                'A',
                "Pass findings over: a code such as MOF0501, or warnings, style, pedantic, all",
            ))
            .arg(level(Level::Warn, 'W', "Make findings warnings, and run the lints named"))
            .arg(level(
                Level::Deny,
                'D',
                "Make findings errors; of --allow, --warn and --deny the last one wins",
            ))
            .arg(
                Arg::new("config")
                    .long("config")
                    .value_name("FILE")
                    .help("Read levels from FILE, not from the next cimarron.toml upwards")
                    .help_heading(HEADING)
                    .value_parser(value_parser!(PathBuf))
                    .conflicts_with("no_config"),
            )
            .arg(
                Arg::new("no_config")
                    .long("no-config")
                    .help("Read no configuration")
                    .help_heading(HEADING)
                    .action(ArgAction::SetTrue),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// A selector that can have the level.
fn selector(text: &str, level: Level) -> Result<Selector, String> {
    let selector: Selector = text.trim().parse().map_err(|e| format!("{e}"))?;
    Levels::default().set(selector, level).map_err(|e| e.to_string())?;
    Ok(selector)
}

impl FromArgMatches for LevelArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut placed: Vec<(usize, Selector, Level)> = Vec::new();
        for level in Level::ALL {
            let values = matches.get_many::<Selector>(level.as_str()).into_iter().flatten();
            let indices = matches.indices_of(level.as_str()).into_iter().flatten();
            placed.extend(indices.zip(values).map(|(at, selector)| (at, *selector, level)));
        }
        placed.sort_by_key(|(at, ..)| *at);
        Ok(Self {
            settings: placed.into_iter().map(|(_, selector, level)| (selector, level)).collect(),
            config: matches.get_one::<PathBuf>("config").cloned(),
            no_config: matches.get_flag("no_config"),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use clap::error::ErrorKind;

    #[derive(Debug, Parser)]
    struct Only {
        #[command(flatten)]
        levels: LevelArgs,
    }

    fn settings(line: &[&str]) -> Result<Vec<String>, clap::Error> {
        let parsed = Only::try_parse_from(std::iter::once(&"x").chain(line))?;
        let settings = parsed.levels.settings.iter();
        Ok(settings.map(|(selector, level)| format!("{level} {selector}")).collect())
    }

    #[test]
    fn settings_keep_the_order_of_the_line() {
        let line = ["-A", "mof0501,504", "--deny=warnings", "-W", "MOF0023", "-AMOF0264"];
        let expected =
            ["allow MOF0501", "allow MOF0504", "deny warnings", "warn MOF0023", "allow MOF0264"];
        assert_eq!(settings(&line).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_set_is_refused() {
        for (line, expected) in [
            (["-A", "MOF0100"], "always an error"),
            (["-W", "MOF0020"], "always an error"),
            (["-D", "MOF9999"], "there is no diagnostic code MOF9999"),
            (["-D", "warning"], "did you mean `warnings`?"),
            (["-D", ""], "is no diagnostic code"),
        ] {
            let refused = settings(&line).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ValueValidation, "{refused}");
            assert!(refused.to_string().contains(expected), "{refused}");
        }
        assert_eq!(settings(&["-D", "MOF0100"]).unwrap(), ["deny MOF0100"]);
    }
}
