//! `cimarron watch`: an event query in, events out as they come.

use crate::args::{EventFormat, WatchArgs};
use crate::core::{self, End, Next, Watch};
use crate::failure::Stop;
use crate::output::events::EventWriter;
use crate::progress::Progress;
use cimarron_engine::Repository;

pub(crate) fn run(args: &WatchArgs) -> Result<(), Stop> {
    let progress = Progress::new("loading");
    let (data, session) = core::load(&args.load, args.style(), &progress)?;
    drop(progress);
    let watched = watch(args, Watch::new(args, session), data.repository());
    // What happened stays, however the watch ended.
    data.close()?;
    watched.map_err(|stop| core::advise(&args.load, stop))
}

fn watch(
    args: &WatchArgs,
    watch: Result<Watch<'_>, crate::failure::Failure>,
    repository: &Repository,
) -> Result<(), Stop> {
    let mut watch = watch?;
    let mut out = EventWriter::new(args.format());
    let mut left = args.count;
    while left != Some(0) {
        match watch.next()? {
            Next::Event(event) => {
                out.event(repository, &event)?;
                left = left.map(|left| left - 1);
            }
            Next::End(end) => {
                if args.format() == EventFormat::Human {
                    say(end);
                }
                break;
            }
        }
    }
    out.end()?;
    match left {
        _ if watch.was_refused() => Err(Stop::Reported),
        None | Some(0) => Ok(()),
        Some(_) => Err(Stop::TooFew),
    }
}

/// Says on standard error why a watch ended that nobody's count ended.
fn say(end: End) {
    let why = match end {
        End::Time => "the time is over",
        End::Interrupted => "interrupted",
        End::Nothing => "nothing is left that could raise an event",
    };
    crate::terminal::note(&format!("ended: {why}"));
}
