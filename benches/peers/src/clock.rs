//! How long work takes.

use nix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

/// CPU time of the calling thread, of the stretches that it was told to count.
#[derive(Default)]
pub struct Stopwatch {
    spent: Duration,
}

impl Stopwatch {
    /// Does something on the clock.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begin = thread_time();
        let result = work();
        self.spent += thread_time().saturating_sub(begin);
        result
    }

    /// Seconds for one of `count`.
    pub fn each(&self, count: u64) -> f64 {
        self.spent.as_secs_f64() / count as f64
    }
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID);
    time.map(Duration::from).expect("the system has a clock for threads")
}

/// How many times a second something gets done by a thread that may have to wait for another:
/// `work` does it a few times and says how often. The time is that on the wall without that in
/// which the thread could have run and other programs had the processor.
pub fn rate_until<E>(
    mut end: impl FnMut() -> bool,
    mut work: impl FnMut() -> Result<u64, E>,
) -> Result<f64, E> {
    let (begin, queued) = (Instant::now(), queued());
    let mut done = 0;
    while !end() {
        done += work()?;
    }
    let elapsed = begin.elapsed();
    let queued = self::queued().saturating_sub(queued);
    Ok(done as f64 / elapsed.saturating_sub(queued).as_secs_f64())
}

/// The same for a span of time.
pub fn rate<E>(span: Duration, work: impl FnMut() -> Result<u64, E>) -> Result<f64, E> {
    let begin = Instant::now();
    rate_until(|| begin.elapsed() >= span, work)
}

/// Seconds that some pieces of work take when each has a thread of its own, and what they give:
/// the time on the wall without what the thread that waited longest waited for a processor.
pub fn side_by_side<T: Send>(
    pieces: impl Iterator<Item = impl FnOnce() -> T + Send>,
) -> (f64, Vec<T>) {
    let begin = Instant::now();
    let done: Vec<_> = std::thread::scope(|threads| {
        let started: Vec<_> = pieces
            .map(|piece| {
                threads.spawn(|| {
                    let given = piece();
                    (given, queued())
                })
            })
            .collect();
        started.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let elapsed = begin.elapsed();
    let waited = done.iter().map(|(_, queued)| *queued).max().unwrap_or_default();
    let given = done.into_iter().map(|(given, _)| given).collect();
    (elapsed.saturating_sub(waited).as_secs_f64(), given)
}

/// How long the calling thread has waited for a processor; Linux says so, elsewhere it is zero.
fn queued() -> Duration {
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = account.split_whitespace().nth(1).and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// The middle one; there must be some.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
