//! Event delivery: fans that change, and who asks to hear of it.

use super::fleet;
use cimarron_engine::{
    CallContext, Repository, Session, SubscribeOptions, Subscription, Threads, Update, WriteBatch,
};
use cimarron_model::{Dialect, Instance, ObjectPath};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

const CLASS: &str = "class Bench_Fan { [key] string Name; uint32 Speed; string Place; };";

/// How many changes are made before they are dispatched together.
const TOGETHER: u64 = 4_096;

/// A namespace with fans.
#[derive(Debug)]
pub struct Fans {
    session: Session,
    paths: Vec<ObjectPath>,
    changed: u32,
}

impl Fans {
    /// So many fans that nobody asks for.
    pub fn new(count: u64) -> Self {
        let repository = Repository::new();
        repository.create_namespace(fleet::NAMESPACE, Dialect::Wmi).expect("a new namespace");
        let session = repository.session(fleet::NAMESPACE).expect("it is there");
        let context = CallContext::new();
        session.compile_mof_text(&context, "fan.mof", CLASS).expect("the class compiles");
        let create = |fan| {
            let fan = Instance::new("Bench_Fan").with("Name", name(fan)).with("Place", "hall");
            session.create_instance(&context, &fan).expect("a new fan")
        };
        let paths = (0..count).map(create).collect();
        Self { session, paths, changed: 0 }
    }

    /// Asks for the changes of the first fans, each fan by a subscription of its own.
    pub fn subscribe(&self, count: u64) -> Vec<Subscription> {
        (0..count).map(|fan| self.subscribe_to(&name(fan), SubscribeOptions::new())).collect()
    }

    /// Asks for the changes of a fan of this name, whether there is one or not.
    pub fn subscribe_to(&self, name: &str, options: SubscribeOptions) -> Subscription {
        let query = format!(
            "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Bench_Fan' \
             AND TargetInstance.Name = '{name}'"
        );
        let options = options.with_events(1 << 20).with_bytes(1 << 30);
        self.session.subscribe(&CallContext::new(), &query, options).expect("the query is right")
    }

    /// Changes a fan of the first so many, each in its turn: one commit.
    pub fn change(&mut self, among: u64) {
        let (path, fan) = self.next_change(among);
        let changed =
            self.session.modify_instance(&CallContext::new(), &path, &fan, &Update::Given);
        changed.expect("the fan is there");
    }

    /// The same so many times, all in one commit.
    pub fn change_together(&mut self, among: u64, count: u64) {
        let changes = (0..count).fold(self.session.batch(), |batch: WriteBatch, _| {
            let (path, fan) = self.next_change(among);
            batch.modify(path, fan, Update::Given)
        });
        changes.commit(&CallContext::new()).expect("the fans are there");
    }

    fn next_change(&mut self, among: u64) -> (ObjectPath, Instance) {
        self.changed += 1;
        let at = u64::from(self.changed) % among.min(self.paths.len() as u64).max(1);
        let path = self.paths.get(at as usize).expect("there are fans").clone();
        (path, Instance::new("Bench_Fan").with("Speed", self.changed))
    }

    /// Has the repository deliver what there is.
    pub fn dispatch(&self) {
        self.session.repository().dispatch_events();
    }

    /// How long it takes to match and queue `events` events of the fans that `heard` ask for,
    /// each of a commit of its own or many of one. Each event is for one of them.
    ///
    /// # Panics
    /// When they do not get all of them.
    pub fn match_and_queue(&mut self, heard: &[Subscription], events: u64, way: Way) -> Duration {
        let (mut took, mut left, mut taken) = (Duration::ZERO, events, 0);
        while left > 0 {
            let now = left.min(TOGETHER);
            match way {
                Way::CommitEach => (0..now).for_each(|_| self.change(heard.len() as u64)),
                Way::OneCommit => self.change_together(heard.len() as u64, now),
            }
            let start = Instant::now();
            self.dispatch();
            took += start.elapsed();
            taken += heard.iter().map(take_all).sum::<u64>();
            left -= now;
        }
        assert_eq!(taken, events, "every event is for one subscription");
        took
    }

    /// How long each of `count` changes took until a callback had it, from before the commit.
    /// Callbacks are called by the dispatcher's thread.
    ///
    /// # Panics
    /// When there is no thread.
    pub fn latencies(&mut self, count: u64) -> Vec<Duration> {
        let (sender, receiver) = channel();
        let callback = move |_| sender.send(Instant::now()).map_err(|e| e.to_string());
        let options = SubscribeOptions::new().with_callback(callback);
        let _heard = self.subscribe_to(&name(0), options);
        self.session.repository().start_events(&Threads).expect("a thread");
        let mut took = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let start = Instant::now();
            self.change(1);
            let called = receiver.recv().expect("the callback lives");
            took.push(called.saturating_duration_since(start));
        }
        took
    }
}

/// Whether changes are committed one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Each is a commit.
    CommitEach,
    /// All are one.
    OneCommit,
}

fn name(fan: u64) -> String {
    format!("fan-{fan:07}")
}

fn take_all(subscription: &Subscription) -> u64 {
    let mut taken = 0;
    while subscription.status().events > 0
        && subscription.try_next().expect("it has not ended").is_some()
    {
        taken += 1;
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_heard_by_one() {
        for (fans, way) in [(1, Way::CommitEach), (10, Way::CommitEach), (10, Way::OneCommit)] {
            let mut all = Fans::new(fans);
            let heard = all.subscribe(fans);
            all.match_and_queue(&heard, 100, way);
            assert_eq!(all.latencies(5).len(), 5);
        }
    }
}
