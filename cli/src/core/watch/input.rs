//! What comes from outside while somebody watches: lines, and the wish to stop.
//!
//! Whoever brings something unparks the thread that watches, which then looks at everything;
//! so it waits for all of it at once, and nothing of it is kept in any number.

use super::pieces::{Cutter, Piece};
use crate::failure::Failure;
use cimarron_model::Status;
use cimarron_mof::source::Limits;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::{self, Thread};

/// How many pieces wait at most; who writes more than are done waits.
const WAITING: usize = 64;

/// Whether somebody asked for the end.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on Ctrl-C, and the signal to terminate, only ask for the end.
    pub(crate) fn on_ctrl_c() -> Result<Self, Failure> {
        let (asked, watcher) = (Arc::new(AtomicBool::new(false)), thread::current());
        let flag = asked.clone();
        let handler = move || {
            flag.store(true, Ordering::SeqCst);
            watcher.unpark();
        };
        ctrlc::set_handler(handler).map_err(|error| {
            Failure::input(Status::Failed, format!("Ctrl-C cannot be caught: {error}"))
        })?;
        Ok(Self(asked))
    }

    pub(crate) fn is_asked_for(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Pieces out of standard input.
#[derive(Debug)]
pub(crate) struct Pieces(Receiver<Result<Piece, Failure>>);

/// What there is of input at a moment.
pub(crate) enum Came {
    /// A piece.
    Piece(Piece),
    /// What was wrong with the input.
    Wrong(Failure),
    /// Nothing yet.
    Nothing,
    /// Nothing any more.
    End,
}

impl Pieces {
    /// Reads standard input on a thread, and unparks this one for each piece and at the end.
    pub(crate) fn of_stdin() -> Self {
        let (sender, receiver) = sync_channel(WAITING);
        let watcher = thread::current();
        thread::spawn(move || {
            read(io::stdin().lock(), &sender, &watcher);
            drop(sender);
            watcher.unpark();
        });
        Self(receiver)
    }

    pub(crate) fn next(&self) -> Came {
        match self.0.try_recv() {
            Ok(Ok(piece)) => Came::Piece(piece),
            Ok(Err(failure)) => Came::Wrong(failure),
            Err(TryRecvError::Empty) => Came::Nothing,
            Err(TryRecvError::Disconnected) => Came::End,
        }
    }
}

fn read(mut input: impl BufRead, sender: &SyncSender<Result<Piece, Failure>>, watcher: &Thread) {
    let mut cutter = Cutter::default();
    // Whether somebody still listens.
    let send = |piece| {
        let sent = sender.send(piece).is_ok();
        watcher.unpark();
        sent
    };
    let most = Limits::default().file;
    let mut line = String::new();
    loop {
        line.clear();
        let read = input.by_ref().take(most + 1).read_line(&mut line);
        let wrong = match read {
            Ok(0) => break,
            Ok(_) if (line.len() + cutter.held()) as u64 > most => {
                format!("a piece of standard input has more than {most} bytes")
            }
            Ok(_) => {
                let line = line.trim_end_matches(['\n', '\r']);
                if !cutter.line(line).into_iter().all(|piece| send(Ok(piece))) {
                    return;
                }
                continue;
            }
            Err(error) => format!("standard input cannot be read: {error}"),
        };
        send(Err(Failure::input(Status::Failed, wrong)));
        return;
    }
    if let Some(piece) = cutter.end() {
        send(Ok(piece));
    }
}
