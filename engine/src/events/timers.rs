//! Timers: `__IntervalTimerInstruction` and `__AbsoluteTimerInstruction` (WMI SDK, "Receiving
//! Timer Events").
//!
//! An interval timer fires first when one interval has gone by since its instruction was
//! made, an absolute one at its time, or at once when that has passed, unless it says to skip.
//! Any change of an instruction arms it anew. Firing changes no instruction.

use super::agenda::Timed;
use super::system::values;
use super::work::Work;
use crate::clock::WallTime;
use crate::stored::StoredInstance;
use crate::view::ValueView;
use cimarron_model::{Name, Value};
use smol_str::SmolStr;
use std::time::Duration;

/// How many firings that nobody came to in time are made up for one by one; more are told by
/// one event, whose `NumFirings` says how many.
const MADE_UP: u128 = 1000;

/// A timer that is armed.
#[derive(Debug)]
pub(crate) struct Timer {
    namespace: Name,
    id: SmolStr,
    /// `None`: it fires once.
    interval: Option<Duration>,
    skips: bool,
    due: Duration,
}

impl Timer {
    /// The timer that an interval instruction asks for.
    pub(crate) fn interval(
        work: &Work<'_>,
        namespace: &Name,
        instruction: &StoredInstance,
    ) -> Option<Self> {
        let milliseconds = instruction.property("IntervalBetweenEvents")?.as_integer()?;
        let milliseconds = u64::try_from(milliseconds).ok().filter(|n| *n > 0)?;
        let interval = Duration::from_millis(milliseconds);
        let due = work.now().checked_add(interval)?;
        Some(Self { interval: Some(interval), ..Self::once(namespace, instruction, due) })
    }

    /// The timer that an absolute instruction asks for.
    pub(crate) fn absolute(
        work: &Work<'_>,
        namespace: &Name,
        instruction: &StoredInstance,
    ) -> Option<Self> {
        let Some(ValueView::DateTime(time)) = instruction.property("EventDateTime") else {
            return None;
        };
        let time = WallTime::from_datetime(time)?;
        if time.ticks < work.wall().ticks && skips(instruction) {
            return None;
        }
        let due = work.now().checked_add(time.since(work.wall()))?;
        Some(Self::once(namespace, instruction, due))
    }

    fn once(namespace: &Name, instruction: &StoredInstance, due: Duration) -> Self {
        let id = instruction.property("TimerId");
        let id = id.and_then(|id| id.as_str().map(SmolStr::new)).unwrap_or_default();
        let skips = skips(instruction);
        Self { namespace: namespace.clone(), id, interval: None, skips, due }
    }

    /// When it fires first.
    pub(crate) const fn due(&self) -> Duration {
        self.due
    }

    fn fire(&self, work: &mut Work<'_>, firings: u32) {
        let Some(scope) = work.scope(&self.namespace) else { return };
        let origin = scope.origin.clone();
        let Some(class) = origin.schema.class("__TimerEvent").map(|class| class.def().clone())
        else {
            return;
        };
        let given = [
            ("NumFirings", Value::from(firings)),
            ("TimerId", Value::from(self.id.as_str())),
            ("TIME_CREATED", Value::from(work.wall().ticks)),
        ];
        let values = values(&class, given);
        let event = work.event_of_now(origin, class, values);
        work.deliver(&self.namespace, event);
    }
}

fn skips(instruction: &StoredInstance) -> bool {
    matches!(instruction.property("SkipIfPassed"), Some(ValueView::Boolean(true)))
}

impl Timed for Timer {
    fn run(&mut self, work: &mut Work<'_>) -> Option<Duration> {
        let Some(interval) = self.interval else {
            self.fire(work, 1);
            return None;
        };
        // Only on a clock that goes by itself can anybody come too late.
        let late = work.newest().0.saturating_sub(self.due);
        let missed = late.as_nanos() / interval.as_nanos().max(1);
        if missed > MADE_UP {
            let count = u32::try_from(missed).unwrap_or(u32::MAX);
            if !self.skips {
                self.fire(work, count);
            }
            self.due = self.due.checked_add(interval.checked_mul(count)?)?;
            return Some(self.due);
        }
        if work.scope(&self.namespace).is_none() {
            // Nobody listens, and nobody begins to before the next commit is taken.
            self.due = work.last_due(self.due, interval);
        }
        self.fire(work, 1);
        self.due = self.due.checked_add(interval)?;
        Some(self.due)
    }
}
