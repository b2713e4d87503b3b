//! A soak of event delivery: random writes, and subscribers who join, leave, stall and die.
//!
//! One thread writes and decides; a model beside the store says for each subscriber how many
//! events there were for it, and when it leaves it must have got that many, each once and in
//! order, but for those that were dropped by its own wish, which are counted. All who take
//! events have a thread of their own, callbacks are called by the dispatcher's, and memory must
//! not grow.

mod memory;
mod random;
mod subscriber;
mod world;

use cimarron_engine::{CallContext, SubscribeOptions, Subscription, Threads};
use random::Random;
use std::fmt;
use std::time::{Duration, Instant};
use subscriber::{Account, Subscriber};
use world::World;

/// How many subscribers there may be at a time.
const MOST: usize = 24;

/// The writer waits when so many events wait for one who must get all.
const BACKLOG: usize = 10_000;

/// After so many writes it is looked at what waits, and at the memory now and then.
const ROUND: u64 = 256;

/// When a soak ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// After so many writes.
    Writes(u64),
    /// After so long.
    Time(Duration),
}

/// What a soak came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// What decided everything.
    pub seed: u64,
    /// How many writes there were.
    pub writes: u64,
    /// How many of them were events.
    pub events: u64,
    /// How many subscribers came, and went again.
    pub joined: u64,
    /// How often one stalled, or went on.
    pub stalls: u64,
    /// How many died.
    pub died: u64,
    /// How many deaths the namespace heard of (`__ConsumerFailureEvent`).
    pub deaths_heard: u64,
    /// How many events the subscribers should have got.
    pub expected: u64,
    /// How many they got.
    pub delivered: u64,
    /// How many were dropped because those who stalled had no room for them.
    pub dropped: u64,
    /// Resident bytes over time, where the system tells them.
    pub memory: Vec<u64>,
    /// What went wrong.
    pub problems: Vec<String>,
}

/// Soaks.
///
/// # Panics
/// When the engine refuses something that is right.
pub fn run(seed: u64, until: Until) -> Summary {
    let mut soak = Soak::new(seed);
    let start = Instant::now();
    while match until {
        Until::Writes(writes) => soak.summary.writes < writes,
        Until::Time(time) => start.elapsed() < time,
    } {
        soak.round();
    }
    soak.end()
}

struct Soak {
    world: World,
    random: Random,
    subscribers: Vec<Subscriber>,
    /// Hears of those who died.
    deaths: Subscription,
    summary: Summary,
    last_look: Instant,
}

impl Soak {
    fn new(seed: u64) -> Self {
        let world = World::new();
        world.session.repository().start_events(&Threads).expect("a thread");
        let query = "SELECT * FROM __ConsumerFailureEvent";
        let options = SubscribeOptions::new().with_events(1 << 20);
        let deaths = world.session.subscribe(&CallContext::new(), query, options);
        Self {
            world,
            random: Random::new(seed),
            subscribers: Vec::new(),
            deaths: deaths.expect("the query is right"),
            summary: Summary { seed, ..Summary::default() },
            last_look: Instant::now(),
        }
    }

    /// Some writes, with whoever comes and goes between them.
    fn round(&mut self) {
        for _ in 0..ROUND {
            match self.random.below(500) {
                0..3 if self.subscribers.len() < MOST => {
                    self.summary.joined += 1;
                    let new = Subscriber::draw(&self.world.session, &mut self.random);
                    self.subscribers.push(new);
                }
                3..5 => {
                    if let Some(at) = self.draw() {
                        let leaver = self.subscribers.swap_remove(at);
                        self.settle(leaver);
                    }
                }
                5..9 => {
                    let stalled = self.draw().and_then(|at| self.subscribers.get(at));
                    self.summary.stalls +=
                        u64::from(stalled.is_some_and(Subscriber::stall_or_go_on));
                }
                _ => self.write(),
            }
        }
        // Whoever is slower than the writer would only show how long a queue can be.
        while self.subscribers.iter().any(|one| one.backlog() > BACKLOG) {
            std::thread::yield_now();
        }
        self.hear_of_deaths();
        if self.last_look.elapsed() > Duration::from_millis(200) {
            self.last_look = Instant::now();
            self.summary.memory.extend(memory::resident());
        }
    }

    fn draw(&mut self) -> Option<usize> {
        let count = self.subscribers.len() as u64;
        (count > 0).then(|| self.random.below(count) as usize)
    }

    fn write(&mut self) {
        self.summary.writes += 1;
        if let Some(happening) = self.world.change(&mut self.random) {
            self.summary.events += 1;
            self.subscribers.iter_mut().for_each(|subscriber| subscriber.see(&happening));
        }
        // Commits that nobody takes are kept only so long.
        if self.summary.writes.is_multiple_of(ROUND) {
            self.world.session.repository().dispatch_events();
        }
    }

    fn settle(&mut self, leaver: Subscriber) {
        self.world.session.repository().dispatch_events();
        match leaver.leave() {
            Ok(Account { expected, delivered, dropped, died }) => {
                self.summary.expected += expected;
                self.summary.delivered += delivered;
                self.summary.dropped += dropped;
                self.summary.died += u64::from(died);
            }
            Err(problem) => self.summary.problems.push(problem),
        }
    }

    fn hear_of_deaths(&mut self) {
        loop {
            match self.deaths.try_next() {
                Ok(Some(_)) => self.summary.deaths_heard += 1,
                Ok(None) => return,
                Err(error) => return self.summary.problems.push(error.to_string()),
            }
        }
    }

    fn end(mut self) -> Summary {
        while let Some(leaver) = self.subscribers.pop() {
            self.settle(leaver);
        }
        self.hear_of_deaths();
        let Summary { expected, delivered, dropped, died, deaths_heard, .. } = self.summary;
        let mut problems = Vec::new();
        if delivered + dropped != expected {
            problems.push(format!("{expected} events expected, {delivered} delivered"));
        }
        if died != deaths_heard {
            problems
                .push(format!("{died} subscribers died, the namespace heard of {deaths_heard}"));
        }
        problems.extend(memory::growth(&self.summary.memory));
        self.summary.problems.extend(problems);
        self.summary
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mega = |bytes: Option<&u64>| bytes.map_or(0.0, |bytes| *bytes as f64 / 1e6);
        writeln!(f, "seed               {}", self.seed)?;
        writeln!(f, "writes             {} ({} events)", self.writes, self.events)?;
        writeln!(f, "subscribers        {} joined and left", self.joined)?;
        writeln!(f, "  stalled, went on {} times", self.stalls)?;
        writeln!(f, "  died             {} ({} heard of)", self.died, self.deaths_heard)?;
        writeln!(f, "events expected    {}", self.expected)?;
        writeln!(f, "  delivered        {}", self.delivered)?;
        writeln!(f, "  dropped by wish  {}", self.dropped)?;
        writeln!(
            f,
            "memory             {:.1} MB at first, {:.1} MB at most, {:.1} MB at last",
            mega(self.memory.first()),
            mega(self.memory.iter().max()),
            mega(self.memory.last()),
        )?;
        match self.problems.len() {
            0 => writeln!(f, "nothing went wrong"),
            _ => self.problems.iter().try_for_each(|problem| writeln!(f, "WRONG: {problem}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_soak() {
        for seed in [1, 2] {
            let summary = run(seed, Until::Writes(10_000));
            assert!(summary.problems.is_empty(), "{summary}");
            let Summary { joined, stalls, died, expected, dropped, .. } = summary;
            assert!(joined > 20 && stalls > 0 && died > 0 && expected > 1_000, "{summary}");
            assert!(dropped > 0, "{summary}");
        }
    }
}
