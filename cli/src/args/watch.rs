//! `cimarron watch`.

use super::SourceArgs;
use crate::failure::FailureStyle;
use clap::{Args, ValueEnum};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

/// What follows the help.
pub(crate) const AFTER_HELP: &str = concat!(
    "\
What happens comes from --then and --stdin: MOF, or the steps of a scenario as one JSON object
a line, such as
  {\"op\": \"create\", \"class\": \"X_Fan\", \"props\": {\"Id\": \"f1\"}}
An `advance` waits. The watch ends after --count events, after --timeout seconds, at Ctrl-C, or
when nothing is left that could happen: no input, no timer, no window and no poll.

Exit codes:
  0  fine
  1  the input is wrong: MOF with errors, a bad query, a step that is refused (the watch goes on,
     and ends with this code)
  2  the command line is wrong
  3  the watch ended before --count events came
",
    json_failures!()
);

/// The arguments of `cimarron watch`.
#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub(crate) load: SourceArgs,
    /// A class that behaves, with all below it, as one whose provider raises no events; may be
    /// repeated
    #[arg(long, value_name = "CLASS")]
    pub(crate) polled: Vec<String>,
    /// Once the watch is on, compile this MOF, or take the steps of this .json or .ndjson file; may
    /// be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) then: Vec<PathBuf>,
    /// Then take MOF and steps from standard input, as they come
    #[arg(long)]
    pub(crate) stdin: bool,
    /// How to print events, one a line; unsaid, for people on a terminal and NDJSON elsewhere
    #[arg(long, value_enum, ignore_case = true)]
    format: Option<EventFormat>,
    /// End after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// End after so many seconds
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// The event query
    #[arg(value_name = "WQL")]
    pub(crate) query: String,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "a number of seconds, such as 5 or 0.5".to_owned())
}

/// The forms of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventFormat {
    /// The time, the class, and what was selected
    Human,
    /// An array of objects
    Json,
    /// One object a line
    Ndjson,
}

impl WatchArgs {
    /// How to print events.
    pub(crate) fn format(&self) -> EventFormat {
        let by_place = || {
            if std::io::stdout().is_terminal() { EventFormat::Human } else { EventFormat::Ndjson }
        };
        self.format.unwrap_or_else(by_place)
    }

    /// How failures are written.
    pub(crate) fn style(&self) -> FailureStyle {
        match self.format {
            Some(EventFormat::Json | EventFormat::Ndjson) => FailureStyle::Json,
            Some(EventFormat::Human) | None => FailureStyle::Human,
        }
    }
}
