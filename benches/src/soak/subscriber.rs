//! Those who subscribe: some take events on a thread of their own, some are called; some stall,
//! some die.

use super::random::Random;
use super::world::{Happening, Interest};
use cimarron_engine::{CallContext, Event, Overflow, Session, SubscribeOptions, Subscription};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Whoever gets nothing for so long, and should, never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long somebody who takes events waits before he looks around.
const LOOK: Duration = Duration::from_millis(20);

/// So much may wait for those who stall.
const TIGHT: usize = 64;

/// So much for the others, who must get everything.
const ROOMY: usize = 1 << 20;

/// What was counted of a subscriber.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    /// Events that it was handed.
    events: u64,
    /// Events that say that others are missing.
    overflows: u64,
    /// Events that came in another order than they happened, or twice.
    disorder: u64,
    /// The commit of the newest one.
    newest: u64,
}

impl Tally {
    fn count(&mut self, event: &Event) {
        if event.class_name().is("__EventQueueOverflowEvent") {
            self.overflows += 1;
            return;
        }
        self.events += 1;
        self.disorder += u64::from(event.commit() <= self.newest);
        self.newest = event.commit();
    }

    /// Counts events that were gathered.
    fn count_group(&mut self, event: &Event) {
        let count = event.property("NumberOfEvents").and_then(|number| number.as_integer());
        self.events += count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
    }
}

/// How a subscriber is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Takes events as they come.
    Takes,
    /// Takes events, has little room, and stalls now and then.
    Stalls,
    /// Takes events that are gathered over a short time.
    Gathers,
    /// Is called.
    Called,
    /// Is called, and fails with this event.
    Dies { at: u64, by_panic: bool },
    /// Takes nothing, and goes away in the end.
    Sleeps,
}

/// What a subscriber and the world share.
#[derive(Debug, Default)]
struct Shared {
    state: Mutex<Signs>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Signs {
    tally: Tally,
    is_stalled: bool,
    /// How many events there were for it, once that is known for good.
    expected: Option<u64>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Signs> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Signs)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits until something holds, and gives up after [`PATIENCE`].
    fn wait_until(&self, holds: impl Fn(&Signs) -> bool) {
        let waited = self.changed.wait_timeout_while(self.lock(), PATIENCE, |signs| !holds(signs));
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

/// Somebody who subscribes.
#[derive(Debug)]
pub(super) struct Subscriber {
    interest: Interest,
    manner: Manner,
    /// How many events there were for it so far, by the model.
    expected: u64,
    shared: Arc<Shared>,
    subscription: Arc<Subscription>,
    taker: Option<JoinHandle<()>>,
}

/// What came of a subscriber.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Account {
    pub(super) expected: u64,
    pub(super) delivered: u64,
    pub(super) dropped: u64,
    pub(super) died: bool,
}

impl Subscriber {
    /// Somebody new.
    pub(super) fn draw(session: &Session, random: &mut Random) -> Self {
        let interest = Interest::draw(random);
        let manner = match random.below(12) {
            0..3 => Manner::Takes,
            3..6 => Manner::Stalls,
            6 => Manner::Gathers,
            7 | 8 => Manner::Called,
            9 | 10 => Manner::Dies { at: 1 + random.below(200), by_panic: random.below(2) == 0 },
            _ => Manner::Sleeps,
        };
        let shared = Arc::new(Shared::default());
        let options = SubscribeOptions::new().with_bytes(1 << 30);
        let options = match manner {
            Manner::Stalls | Manner::Sleeps => {
                let overflow = match random.below(3) {
                    0 => Overflow::DropOldest,
                    1 => Overflow::DropNewest,
                    _ => Overflow::Block(Duration::from_micros(200)),
                };
                options.with_events(TIGHT).with_overflow(overflow)
            }
            Manner::Takes | Manner::Gathers => options.with_events(ROOMY),
            Manner::Called => {
                let shared = shared.clone();
                options.with_events(ROOMY).with_callback(move |event| {
                    shared.change(|signs| signs.tally.count(&event));
                    Ok(())
                })
            }
            Manner::Dies { at, by_panic } => {
                let shared = shared.clone();
                options.with_events(ROOMY).with_callback(move |event| {
                    shared.change(|signs| signs.tally.count(&event));
                    if shared.lock().tally.events < at {
                        return Ok(());
                    }
                    if by_panic {
                        // As a panic, but that nobody prints it.
                        std::panic::resume_unwind(Box::new("it was time"));
                    }
                    Err("it was time".to_owned())
                })
            }
        };
        let mut query = interest.query();
        if manner == Manner::Gathers {
            query.push_str(" GROUP WITHIN 0.02");
        }
        let subscribed = session.subscribe(&CallContext::new(), &query, options);
        let subscription = Arc::new(subscribed.expect("the query is right"));
        let mut new = Self { interest, manner, expected: 0, shared, subscription, taker: None };
        new.taker = new.start();
        new
    }

    /// The thread of one who takes events.
    fn start(&self) -> Option<JoinHandle<()>> {
        let count = match self.manner {
            Manner::Takes | Manner::Stalls => Tally::count,
            Manner::Gathers => Tally::count_group,
            Manner::Called | Manner::Dies { .. } | Manner::Sleeps => return None,
        };
        let (shared, subscription) = (self.shared.clone(), self.subscription.clone());
        Some(thread::spawn(move || take(&shared, &subscription, count)))
    }

    /// Something happened.
    pub(super) fn see(&mut self, happening: &Happening) {
        self.expected += u64::from(self.interest.wants(happening));
    }

    /// Begins to stall, or goes on.
    pub(super) fn stall_or_go_on(&self) -> bool {
        if self.manner != Manner::Stalls {
            return false;
        }
        self.shared.change(|signs| signs.is_stalled = !signs.is_stalled);
        true
    }

    /// How many events wait for one who must get all of them.
    pub(super) fn backlog(&self) -> usize {
        match self.manner {
            Manner::Stalls | Manner::Sleeps => 0,
            _ => self.subscription.status().events,
        }
    }

    /// Leaves, when everything that happened was given to it; what came of it, or what is wrong.
    pub(super) fn leave(self) -> Result<Account, String> {
        let expected = self.expected;
        self.shared.change(|signs| {
            signs.is_stalled = false;
            signs.expected = Some(expected);
        });
        if let Some(taker) = self.taker {
            taker.join().map_err(|_| "a thread that takes events panicked".to_owned())?;
        }
        let due = match self.manner {
            Manner::Dies { at, .. } => expected.min(at),
            Manner::Sleeps => 0,
            _ => expected,
        };
        if matches!(self.manner, Manner::Called | Manner::Dies { .. }) {
            self.shared.wait_until(|signs| signs.tally.events >= due);
        }
        let (tally, status) = (self.shared.lock().tally, self.subscription.status());
        let died = matches!(self.manner, Manner::Dies { at, .. } if at <= expected);
        // Of one who sleeps nothing is expected, so nothing is missing.
        let dropped = if self.manner == Manner::Sleeps { 0 } else { status.dropped };
        let account = Account { expected: due, delivered: tally.events, dropped, died };
        let about = format!(
            "{:?} {:?}, {expected} in all: {account:?}, {tally:?}, {status:?}",
            self.manner, self.interest
        );
        let is_whole = match self.manner {
            // What it never took still waits, and what there was no room for is counted.
            Manner::Sleeps => {
                let waits = status.events as u64;
                let has_room = expected < TIGHT as u64;
                waits + status.dropped == expected && !(has_room && status.dropped > 0)
            }
            Manner::Stalls => {
                tally.events + status.dropped == due
                    && (tally.overflows > 0) == (status.dropped > 0)
            }
            _ => tally.events == due && status.dropped == 0 && tally.overflows == 0,
        };
        if is_whole && tally.disorder == 0 { Ok(account) } else { Err(about) }
    }
}

/// Takes events until it is to leave and has everything, or has waited for too long.
fn take(shared: &Shared, subscription: &Subscription, count: fn(&mut Tally, &Event)) {
    let mut begin: Option<Instant> = None;
    loop {
        shared.wait_until(|signs| !signs.is_stalled);
        match subscription.next(LOOK) {
            Ok(Some(event)) => shared.change(|signs| count(&mut signs.tally, &event)),
            Ok(None) => {
                // Nothing waits. What is missing is being gathered, or lost.
                let (signs, dropped) = (shared.lock(), subscription.status().dropped);
                let Some(expected) = signs.expected else { continue };
                let waited = begin.get_or_insert_with(Instant::now).elapsed();
                if signs.tally.events + dropped >= expected || waited > PATIENCE {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}
