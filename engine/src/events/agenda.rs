//! What is to be done when: ends of windows, polls, timers, clock classes.
//!
//! At one instant windows end first, then classes are polled, then timers fire, then clock
//! classes tick; among their like, those come first that were there first.

use super::work::Work;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::time::Duration;

use rustc_hash::FxHashMap;

/// What sort of work it is: what comes first at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Rank {
    /// The window of a GROUP ends.
    Window,
    /// A class is looked at.
    Poll,
    /// A timer fires.
    Timer,
    /// A clock class ticks.
    Clock,
    /// Something is tried again.
    Retry,
}

/// Work that is due at some time.
pub(crate) trait Timed: Send + fmt::Debug {
    /// Does it; when to do it again, on [`Clock::now`](crate::Clock)'s scale, or `None` when it
    /// is done for good. It keeps its place among its like.
    fn run(&mut self, work: &mut Work<'_>) -> Option<Duration>;
}

/// Names work that is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Token(u64);

/// The work that is planned.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    heap: BinaryHeap<Reverse<(Duration, Rank, Token)>>,
    /// What was not called off.
    planned: FxHashMap<Token, Planned>,
    given: u64,
}

#[derive(Debug)]
struct Planned {
    /// When it is due; an entry of the heap with another time is an old one.
    due: Duration,
    rank: Rank,
    /// `None` while it is at work.
    work: Option<Box<dyn Timed>>,
}

/// Work whose time has come.
pub(super) struct Due {
    pub(super) due: Duration,
    pub(super) token: Token,
    pub(super) work: Box<dyn Timed>,
}

impl Agenda {
    /// Plans work.
    pub(crate) fn plan(&mut self, due: Duration, rank: Rank, work: Box<dyn Timed>) -> Token {
        self.given += 1;
        let token = Token(self.given);
        self.planned.insert(token, Planned { due, rank, work: Some(work) });
        self.heap.push(Reverse((due, rank, token)));
        token
    }

    /// Calls work off.
    pub(crate) fn call_off(&mut self, token: Token) {
        self.planned.remove(&token);
        // Called-off work leaves its entry behind.
        if self.heap.len() > 64 && self.heap.len() > self.planned.len().saturating_mul(4) {
            let planned = &self.planned;
            self.heap.retain(|Reverse((due, _, token))| {
                planned.get(token).is_some_and(|planned| planned.due == *due)
            });
        }
    }

    /// When the next work is due.
    pub(crate) fn next_due(&mut self) -> Option<Duration> {
        while let Some(Reverse((due, _, token))) = self.heap.peek() {
            let is_planned = self.planned.get(token).is_some_and(|planned| planned.due == *due);
            if is_planned {
                return Some(*due);
            }
            self.heap.pop();
        }
        None
    }

    /// How much work is planned.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.planned.len()
    }

    /// How many entries there are, called-off work counted.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.heap.len()
    }

    /// The next work that is due by then.
    pub(super) fn take(&mut self, by: Duration) -> Option<Due> {
        if self.next_due()? > by {
            return None;
        }
        let Reverse((due, _, token)) = self.heap.pop()?;
        let work = self.planned.get_mut(&token)?.work.take()?;
        Some(Due { due, token, work })
    }

    /// Plans work again that was taken, unless it was called off meanwhile.
    pub(super) fn put_back(&mut self, Due { token, work, .. }: Due, next: Option<Duration>) {
        let Some(next) = next else {
            self.planned.remove(&token);
            return;
        };
        if let Some(planned) = self.planned.get_mut(&token) {
            planned.due = next;
            planned.work = Some(work);
            self.heap.push(Reverse((next, planned.rank, token)));
        }
    }
}
