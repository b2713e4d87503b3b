//! What waits for a subscriber.

use super::data::EventData;
use super::event::Event;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// What happens to events for which a subscription's queue has no room. Where there is no class
/// `__EventQueueOverflowEvent`, as in DMTF's dialect, only
/// [`SubscriptionStatus::dropped`](super::SubscriptionStatus::dropped) says that any were dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overflow {
    /// They are dropped. What waits is delivered, then an `__EventQueueOverflowEvent` says
    /// that something is missing, then comes what there was room for again.
    #[default]
    DropNewest,
    /// The oldest are dropped for them; an `__EventQueueOverflowEvent` in front says so.
    DropOldest,
    /// The subscription ends: what waits is delivered, then an error.
    Cancel,
    /// Whoever writes or raises events waits for room, at most so long each time, and what a
    /// commit brings beyond the bounds is taken all the same. When nobody makes room for so
    /// long, as [`Overflow::DropNewest`] until there is some. On a clock that is moved by hand
    /// nobody waits.
    Block(Duration),
}

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) events: usize,
    pub(crate) bytes: usize,
}

/// Why a subscription ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Its namespace was deleted.
    NamespaceGone,
    /// Its queue was full.
    Overflow,
    /// Its callback failed.
    Failed(String),
    /// It was cancelled.
    Cancelled,
}

/// One thing that waits.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Event(Event),
    /// So many commits were not kept for it.
    Lost(u64),
}

#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<State>,
    bounds: Bounds,
    overflow: Overflow,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<(Item, usize)>,
    bytes: usize,
    /// The first event that was dropped and not reported yet.
    gap: Option<Arc<EventData>>,
    dropped: u64,
    /// Those who waited for room did so in vain.
    in_vain: bool,
    /// What comes is of the past, and bounded by what is kept of that.
    is_catching_up: bool,
    end: Option<End>,
}

/// What became of an event that was put into a queue.
#[derive(Clone, Debug)]
pub(crate) enum Put {
    Taken,
    /// Something was dropped. `first`: nothing was since the last time that was reported.
    Dropped {
        lost: Arc<EventData>,
        first: bool,
        bytes: usize,
    },
    /// The subscription ends for it.
    Ended {
        lost: Arc<EventData>,
        bytes: usize,
    },
    /// It has ended.
    Nobody,
}

/// What a queue has for its owner.
pub(crate) enum Got {
    Item(Item),
    /// Events are missing here, this one first, and so many bytes wait.
    Gap {
        lost: Arc<EventData>,
        bytes: usize,
    },
    Nothing,
    Ended(End),
}

impl Queue {
    pub(crate) fn new(bounds: Bounds, overflow: Overflow) -> Self {
        Self { state: Mutex::default(), bounds, overflow }
    }

    /// Adds an event that takes so many bytes.
    pub(crate) fn put(&self, event: Event, bytes: usize) -> Put {
        let mut state = self.state.lock();
        if state.end.is_some() {
            return Put::Nobody;
        }
        if self.has_room(&state, bytes) {
            state.in_vain = false;
            state.add(Item::Event(event), bytes);
            return Put::Taken;
        }
        let data = event.data().clone();
        match self.overflow {
            Overflow::Block(_) | Overflow::DropNewest => {
                state.dropped += 1;
                let first = state.gap.is_none();
                state.gap.get_or_insert_with(|| data.clone());
                Put::Dropped { lost: data, first, bytes: state.bytes }
            }
            Overflow::DropOldest => {
                let first = state.gap.is_none();
                let mut lost = None;
                while !self.has_room(&state, bytes)
                    && let Some((item, bytes)) = state.items.pop_front()
                {
                    state.bytes -= bytes;
                    state.dropped += 1;
                    if let Item::Event(event) = item {
                        lost.get_or_insert_with(|| event.data().clone());
                    }
                }
                let lost = lost.unwrap_or_else(|| data.clone());
                state.gap.get_or_insert_with(|| lost.clone());
                state.add(Item::Event(event), bytes);
                Put::Dropped { lost, first, bytes: state.bytes }
            }
            Overflow::Cancel => {
                state.dropped += 1;
                state.end = Some(End::Overflow);
                Put::Ended { lost: data, bytes: state.bytes }
            }
        }
    }

    /// Whether there is room; for one event there always is when nothing waits.
    fn has_room(&self, state: &State, bytes: usize) -> bool {
        // Behind a gap nothing comes until it was reported: that is where it is.
        let may_follow = state.gap.is_none() || self.overflow == Overflow::DropOldest;
        let is_elastic = matches!(self.overflow, Overflow::Block(_)) && !state.in_vain;
        may_follow && (is_elastic || state.is_catching_up || self.is_within(state, bytes))
    }

    fn is_within(&self, state: &State, bytes: usize) -> bool {
        state.items.len() < self.bounds.events
            && (state.items.is_empty() || state.bytes.saturating_add(bytes) <= self.bounds.bytes)
    }

    /// How long to wait for room, when there is none and that is to be waited for.
    pub(crate) fn patience(&self) -> Option<Duration> {
        let Overflow::Block(longest) = self.overflow else { return None };
        let state = self.state.lock();
        let is_full = state.items.len() >= self.bounds.events || state.bytes >= self.bounds.bytes;
        (state.end.is_none() && !state.in_vain && is_full).then_some(longest)
    }

    /// Whether somebody may wait for room.
    pub(crate) const fn is_blocking(&self) -> bool {
        matches!(self.overflow, Overflow::Block(_))
    }

    /// Says that there was no room for as long as one waits.
    pub(crate) fn give_up(&self) {
        self.state.lock().in_vain = true;
    }

    /// Says that commits were lost for it.
    pub(crate) fn lose(&self, commits: u64) {
        let mut state = self.state.lock();
        if state.end.is_none() {
            state.add(Item::Lost(commits), 0);
        }
    }

    pub(crate) fn get(&self) -> Got {
        self.get_from(&mut self.state.lock())
    }

    /// The same, but it does not say yet what was lost, or that it has ended.
    pub(crate) fn get_event(&self) -> Got {
        let mut state = self.state.lock();
        let is_event = match state.items.front() {
            Some((Item::Event(_), _)) => true,
            Some((Item::Lost(_), _)) => false,
            None => state.gap.is_some(),
        };
        if is_event { self.get_from(&mut state) } else { Got::Nothing }
    }

    fn get_from(&self, state: &mut State) -> Got {
        if self.overflow == Overflow::DropOldest
            && let Some(lost) = state.gap.take()
        {
            return Got::Gap { lost, bytes: state.bytes };
        }
        if let Some((item, bytes)) = state.items.pop_front() {
            state.bytes -= bytes;
            return Got::Item(item);
        }
        match (state.gap.take(), &state.end) {
            (Some(lost), _) => Got::Gap { lost, bytes: 0 },
            (None, Some(end)) => Got::Ended(end.clone()),
            (None, None) => Got::Nothing,
        }
    }

    /// Ends it; whether it had not before. `at_once` drops what waits.
    pub(crate) fn end(&self, end: End, at_once: bool) -> bool {
        let mut state = self.state.lock();
        let dropped = if at_once {
            state.bytes = 0;
            state.gap = None;
            std::mem::take(&mut state.items)
        } else {
            VecDeque::new()
        };
        let first = state.end.is_none();
        state.end.get_or_insert(end);
        drop(state);
        drop(dropped);
        first
    }

    pub(crate) const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Whether nothing waits.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.state.lock();
        state.items.is_empty() && state.gap.is_none()
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.state.lock().end.is_some()
    }

    /// How many events wait, and about how many bytes they take.
    pub(crate) fn size(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.items.len(), state.bytes)
    }

    /// Notes that an event was dropped on the way here.
    pub(crate) fn count_dropped(&self) {
        self.state.lock().dropped += 1;
    }

    /// Takes whatever comes, or keeps within its bounds again.
    pub(crate) fn set_catching_up(&self, is: bool) {
        self.state.lock().is_catching_up = is;
    }

    /// How many events were dropped so far.
    pub(crate) fn dropped(&self) -> u64 {
        self.state.lock().dropped
    }
}

impl State {
    fn add(&mut self, item: Item, bytes: usize) {
        self.items.push_back((item, bytes));
        self.bytes = self.bytes.saturating_add(bytes);
    }
}
