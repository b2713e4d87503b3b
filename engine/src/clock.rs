//! Where time comes from.
//!
//! The engine never asks the operating system for the time itself, so tests and
//! embedders drive deadlines, timers and polling by hand. A clock has two hands: one that
//! only measures ([`Clock::now`]), and one that tells the time of day ([`Clock::wall`]).

use cimarron_model::{DateTime, DateTimeError};
use parking_lot::Mutex;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A source of time.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Time since some fixed moment of this clock; never goes back.
    fn now(&self) -> Duration;

    /// The time of day. It may be set, so it may jump.
    fn wall(&self) -> WallTime;

    /// Whether waiting makes time go by. On a clock of which that is not so, whoever waits
    /// asks to be [woken](Clock::wake_when_moved).
    fn goes_by_itself(&self) -> bool {
        true
    }

    /// Wakes somebody, once, when the clock was moved by hand.
    fn wake_when_moved(&self, waker: &Waker) {
        let _ = waker;
    }
}

/// A time of day and the offset of the place from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime {
    /// 100 ns since 1601-01-01 in UTC, which is how WMI tells the time (`TIME_CREATED`).
    pub ticks: u64,
    /// Minutes that the local time is ahead of UTC.
    pub offset: i16,
}

/// 100 ns between 1601 and 1970.
const UNIX_TICKS: u64 = 116_444_736_000_000_000;

/// 100 ns in a microsecond.
const TICKS_PER_MICRO: u64 = 10;

impl WallTime {
    /// That much later.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        Self { ticks: self.ticks.saturating_add(ticks(time)), ..self }
    }

    /// That much earlier.
    #[must_use]
    pub fn minus(self, time: Duration) -> Self {
        Self { ticks: self.ticks.saturating_sub(ticks(time)), ..self }
    }

    /// How long it is from another time to this one; none when this one is not later.
    pub fn since(self, earlier: Self) -> Duration {
        let ticks = self.ticks.saturating_sub(earlier.ticks);
        Duration::from_secs(ticks / 10_000_000)
            .saturating_add(Duration::from_nanos(ticks % 10_000_000 * 100))
    }

    /// The time as CIM writes it, at its offset.
    ///
    /// # Errors
    /// When no CIM datetime is so far away.
    pub fn to_datetime(self) -> Result<DateTime, DateTimeError> {
        let micros = i64::try_from(self.ticks / TICKS_PER_MICRO).unwrap_or(i64::MAX);
        DateTime::from_micros_since_1601(micros, self.offset)
    }

    /// The moment of a CIM datetime; `None` for intervals, for those with asterisks and for
    /// those before 1601.
    pub fn from_datetime(datetime: DateTime) -> Option<Self> {
        let unix = datetime.unix_micros()?;
        let micros = unix.checked_add(i64::try_from(UNIX_TICKS / TICKS_PER_MICRO).ok()?)?;
        let ticks = u64::try_from(micros).ok()?.checked_mul(TICKS_PER_MICRO)?;
        Some(Self { ticks, offset: datetime.offset_minutes()? })
    }
}

fn ticks(time: Duration) -> u64 {
    u64::try_from(time.as_nanos() / 100).unwrap_or(u64::MAX)
}

/// The machine's clocks: the monotonic one, counted from when it was made, and the time of
/// day.
#[derive(Clone, Debug)]
pub struct SystemClock {
    start: Instant,
    offset: i16,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { start: Instant::now(), offset: 0 }
    }
}

impl SystemClock {
    /// The same clock for a place that is so many minutes ahead of UTC. It starts with none.
    #[must_use]
    pub const fn with_offset(mut self, minutes: i16) -> Self {
        self.offset = minutes;
        self
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall(&self) -> WallTime {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        WallTime { ticks: UNIX_TICKS.saturating_add(ticks(unix)), offset: self.offset }
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    start: WallTime,
    nanoseconds: AtomicU64,
    waiting: Mutex<Vec<Waker>>,
}

impl Default for ManualClock {
    /// It starts in 2030.
    fn default() -> Self {
        const YEAR_2030: u64 = 135_379_296_000_000_000;
        Self::starting_at(WallTime { ticks: YEAR_2030, offset: 0 })
    }
}

impl ManualClock {
    /// A clock that shows this time.
    pub const fn starting_at(start: WallTime) -> Self {
        Self { start, nanoseconds: AtomicU64::new(0), waiting: Mutex::new(Vec::new()) }
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        let moved = |now: u64| Some(now.saturating_add(by));
        // Time has an end here, some 584 years on: it never goes back.
        let _ = self.nanoseconds.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
        let waiting = std::mem::take(&mut *self.waiting.lock());
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::SeqCst))
    }

    fn wall(&self) -> WallTime {
        self.start.plus(self.now())
    }

    fn goes_by_itself(&self) -> bool {
        false
    }

    fn wake_when_moved(&self, waker: &Waker) {
        let mut waiting = self.waiting.lock();
        if !waiting.iter().any(|there| there.will_wake(waker)) {
            waiting.push(waker.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_by_hand_shows_the_time_of_day() {
        let clock = ManualClock::default();
        clock.advance(Duration::from_millis(1_500));
        assert_eq!(clock.now(), Duration::from_millis(1_500));
        let shown = clock.wall().to_datetime().unwrap();
        assert_eq!(shown.to_string(), "20300101000001.500000+000");
        assert_eq!(WallTime::from_datetime(shown), Some(clock.wall()));
        assert_eq!(clock.wall().ticks, 135_379_296_015_000_000);
    }

    #[test]
    fn an_offset_is_only_shown() {
        let utc = WallTime { ticks: 135_379_296_000_000_000, offset: 0 };
        let local = WallTime { offset: 90, ..utc };
        assert_eq!(local.to_datetime().unwrap().to_string(), "20300101013000.000000+090");
        assert_eq!(WallTime::from_datetime(local.to_datetime().unwrap()), Some(local));
        assert_eq!(local.plus(Duration::from_secs(2)).since(local), Duration::from_secs(2));
        assert_eq!(utc.since(utc.plus(Duration::from_secs(1))), Duration::ZERO);
    }

    #[test]
    fn the_machine_tells_a_time_after_this_was_written() {
        assert!(SystemClock::default().wall().ticks > 133_000_000_000_000_000);
    }
}
