//! `cimarron scenario`: an event scenario in, what was delivered out.

use crate::args::{ReportFormat, ScenarioArgs};
use crate::core;
use crate::failure::Stop;
use crate::output::{delivered, stdout};
use crate::terminal;
use std::io::Write;

pub(crate) fn run(args: &ScenarioArgs) -> Result<(), Stop> {
    let played = core::play_scenario(&args.path, args.style())?;
    let mut out = stdout();
    match args.format() {
        ReportFormat::Json => {
            let refusal = |refused| core::refusal_of(refused).details();
            serde_json::to_writer(&mut out, &played.outcome.spelt(refusal))
                .map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
        }
        ReportFormat::Human => {
            delivered::write(&mut out, &played, terminal::output_width())?;
        }
    }
    out.flush()?;
    Ok(())
}
