//! A watch: an event query, and what happens while it is watched.
//!
//! One thread does everything: it does what happens next, has the repository do what is due,
//! and hands out what was delivered. Other threads only bring input, so nothing is done while
//! something else can still be shown.

mod input;
mod pieces;

use super::scenario::{form_failure, read_text};
use super::session::{compile_into, failure, read_into, refusal};
use super::{STDIN_NAME, mof_text};
use crate::args::WatchArgs;
use crate::failure::{Failure, FailureStyle, Stop};
use crate::progress::Progress;
use cimarron_engine::{CallContext, Depth, Event, Session, SubscribeOptions, Subscription};
use cimarron_scenarios::Step;
use input::{Came, Interrupt, Pieces};
use pieces::{Cutter, Piece};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// An event query that is watched.
pub(crate) struct Watch<'a> {
    args: &'a WatchArgs,
    session: Session,
    subscription: Subscription,
    /// What happens before standard input is read.
    first: VecDeque<First>,
    pieces: Option<Pieces>,
    interrupt: Interrupt,
    /// When the watch ends.
    end: Option<Instant>,
    /// When the next thing may happen.
    pause: Option<Instant>,
    refused: bool,
}

/// What happens first.
enum First {
    /// MOF in a file.
    Mof(PathBuf),
    Piece(Piece),
}

/// What a watch comes to.
pub(crate) enum Next {
    Event(Event),
    End(End),
}

/// Why a watch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Its time is over.
    Time,
    /// Somebody asked for it.
    Interrupted,
    /// Nothing is left that could happen.
    Nothing,
}

impl<'a> Watch<'a> {
    /// Subscribes. What is to happen is read now as far as it is in files, so that what is
    /// wrong with them is said before anything happens.
    pub(crate) fn new(args: &'a WatchArgs, session: Session) -> Result<Self, Failure> {
        let context = CallContext::new();
        for class in &args.polled {
            // Nothing is declared while it watches, so a class that is unknown is a slip.
            let known = session.class_names(&context, Some(class), Depth::Shallow);
            let polled = known.and_then(|_| session.set_polled(&context, class, true));
            polled.map_err(|error| failure(&error))?;
        }
        let mut first = VecDeque::new();
        for path in &args.then {
            first.extend(read_first(path)?);
        }
        let interrupt = Interrupt::on_ctrl_c()?;
        let subscription = session
            .subscribe(&context, &args.query, SubscribeOptions::default())
            .map_err(|error| refusal(&error, &args.query))?;
        let pieces = args.stdin.then(Pieces::of_stdin);
        let end = args.timeout.and_then(|time| Instant::now().checked_add(time));
        let (pause, refused) = (None, false);
        Ok(Self { args, session, subscription, first, pieces, interrupt, end, pause, refused })
    }

    /// Whether something that was to happen was refused.
    pub(crate) const fn was_refused(&self) -> bool {
        self.refused
    }

    /// Waits for the next event, or the end.
    pub(crate) fn next(&mut self) -> Result<Next, Failure> {
        loop {
            self.session.repository().dispatch_events();
            if let Some(event) = self.subscription.try_next().map_err(|error| failure(&error))? {
                return Ok(Next::Event(event));
            }
            if self.interrupt.is_asked_for() {
                return Ok(Next::End(End::Interrupted));
            }
            let now = Instant::now();
            if self.end.is_some_and(|end| end <= now) {
                return Ok(Next::End(End::Time));
            }
            if self.pause.is_some_and(|pause| pause <= now) {
                self.pause = None;
            }
            if self.pause.is_none() && self.happen() {
                continue;
            }
            match self.until_something(now) {
                Some(time) => thread::park_timeout(time),
                None if self.pieces.is_some() => thread::park(),
                None => return Ok(Next::End(End::Nothing)),
            }
        }
    }

    /// How long nothing happens by itself; `None` when nothing ever does.
    fn until_something(&self, now: Instant) -> Option<Duration> {
        let repository = self.session.repository();
        let due = repository.events_due_in();
        let of = |at: Option<Instant>| at.map(|at| at.saturating_duration_since(now));
        let work = [of(self.pause), due].into_iter().flatten().min();
        // The end alone is nothing to wait for.
        if work.is_none() && self.pieces.is_none() {
            return None;
        }
        [of(self.end), work].into_iter().flatten().min()
    }

    /// Has the next thing happen; whether there was one.
    fn happen(&mut self) -> bool {
        let done = match self.first.pop_front() {
            Some(First::Mof(path)) => self.compile_file(&path),
            Some(First::Piece(piece)) => self.perform(&piece),
            None => match self.pieces.as_ref().map(Pieces::next) {
                Some(Came::Piece(piece)) => self.perform(&piece),
                Some(Came::Wrong(failure)) => Err(failure.into()),
                Some(Came::End) => {
                    self.pieces = None;
                    return true;
                }
                Some(Came::Nothing) | None => return false,
            },
        };
        if let Err(stop) = done {
            self.refused = true;
            if let Stop::Failure(failure) = stop {
                failure.write(self.style());
            }
        }
        true
    }

    fn style(&self) -> FailureStyle {
        self.args.style()
    }

    fn compile_file(&self, path: &Path) -> Result<(), Stop> {
        let load = &self.args.load;
        let texts = read_into(&self.session, path, &load.mof)?;
        compile_into(&self.session, load, texts, self.style(), &Progress::new("compiling"))
    }

    fn perform(&mut self, piece: &Piece) -> Result<(), Stop> {
        let text = match piece {
            Piece::Step(text) => text,
            Piece::Mof(text) => {
                let (texts, progress) = (mof_text(STDIN_NAME, text)?, Progress::new("compiling"));
                return compile_into(
                    &self.session,
                    &self.args.load,
                    texts,
                    self.style(),
                    &progress,
                );
            }
        };
        let step = Step::parse(text).map_err(|error| form_failure(error, text))?;
        if let Step::Advance(time) = step {
            self.pause = Instant::now().checked_add(time);
        }
        step.perform(&self.session, &CallContext::new()).map_err(|error| {
            let message = format!("{}: {error}", step.operation());
            Failure::input(error.status(), message).at(text, 0..text.len())
        })?;
        Ok(())
    }
}

/// What a file has happen.
fn read_first(path: &Path) -> Result<Vec<First>, Failure> {
    let is_of = |name: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(name));
    if !is_of("json") && !is_of("ndjson") {
        return Ok(vec![First::Mof(path.to_owned())]);
    }
    let text = read_text(path)?;
    let mut cutter = Cutter::default();
    let mut pieces: Vec<Piece> = text.lines().flat_map(|line| cutter.line(line)).collect();
    pieces.extend(cutter.end());
    Ok(pieces.into_iter().map(First::Piece).collect())
}
