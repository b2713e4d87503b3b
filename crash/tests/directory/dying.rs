//! The disk dies or is full while the machine goes on.

use crate::history;
use cimarron_crash::lane::SHARED;
use cimarron_crash::numbers::Numbers;
use cimarron_crash::simulated::{History, LANE, commit, open};
use cimarron_engine::{
    CallContext, Clock, EngineError, Repository, SyncPolicy, SystemClock, WallTime,
};
use cimarron_journal::simulated::{Crash, SimulatedMedium};
use cimarron_model::{Dialect, Instance};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Every way to write says that nothing is written any more and why, and none has an effect.
fn nothing_can_be_written(repository: &Repository, cause: &str) {
    let context = CallContext::new();
    let before = commit(repository);
    let row = Instance::new("X_Shared").with("Id", "late").with("Lane", LANE.0);
    let shared = repository.session(SHARED).unwrap();
    let wmi = repository.session(&LANE.wmi()).unwrap();
    let refused: [(&str, Result<(), EngineError>); 6] = [
        ("create", shared.create_instance(&context, &row).map(drop)),
        ("batch", shared.batch().create(row.clone()).commit(&context).map(drop)),
        ("compile", wmi.compile_mof_text(&context, "l.mof", "class X_Late { };").map(drop)),
        ("namespace", repository.create_namespace("root/late", Dialect::Wmi)),
        ("index", shared.create_index(&context, "X_Shared", "Amount")),
        ("checkpoint", repository.checkpoint()),
    ];
    for (what, result) in refused {
        let error = result.expect_err(what);
        let text = error.to_string();
        let known = matches!(error, EngineError::WritesStopped { .. } | EngineError::Storage(_));
        assert!(known, "{what}: {text}");
        assert!(text.contains(cause), "{what}: {text}");
    }
    assert_eq!(commit(repository), before);
    let failure = repository.durability().unwrap().failure.unwrap();
    assert!(failure.contains(cause), "{failure}");
    let late = shared.query(&context, "SELECT * FROM X_Shared WHERE Id = 'late'").unwrap();
    assert_eq!(late.count().unwrap(), 0);
    assert!(repository.session("root/late").is_err());
    assert!(wmi.get_class(&context, "X_Late", cimarron_engine::ClassForm::Local).is_err());
}

/// What may be found again after the disk failed: what was acknowledged, and at most one more.
fn find_again(history: &History, medium: &SimulatedMedium, acks: usize, place: &str) {
    for crash in [Crash::Nothing, Crash::Everything, Crash::Some(acks as u64)] {
        let left = medium.crash(crash);
        let found = open(&left, SyncPolicy::Always).unwrap_or_else(|e| panic!("{place}: {e}"));
        let last = history.compare(&found).unwrap_or_else(|why| panic!("{place}: {why}"));
        let acknowledged = history.commit_after(acks);
        assert!((acknowledged..=acknowledged + 1).contains(&last), "{place}: {last}");
    }
}

#[test]
fn a_dead_disk_stops_writes_and_not_reads() {
    for seed in 20..23 {
        let history = history(seed, 45);
        let mut numbers = Numbers::of(seed, 3);
        for _ in 0..6 {
            let (begun, all) = (history.prepared, history.operations);
            let at = begun + 1 + numbers.below(all - begun);
            let place = format!("seed {seed}, operation {at}");
            let medium = SimulatedMedium::new();
            medium.fail_at(at);
            let worked = history.work_on(&medium, SyncPolicy::Always);
            let Some(repository) = worked.repository else { panic!("{place}: {worked:?}") };
            let broken = worked.broken.expect("the last operation fails");
            assert!(broken.contains("the disk died"), "{place}: {broken}");
            // Readers see what was acknowledged, all of it and nothing else.
            let last = history.compare(&repository).unwrap_or_else(|why| panic!("{place}: {why}"));
            assert_eq!(last, history.commit_after(worked.acks), "{place}");
            nothing_can_be_written(&repository, "the disk died");
            assert_eq!(history.compare(&repository).unwrap(), last, "{place}");
            drop(repository);
            find_again(&history, &medium, worked.acks, &place);
        }
    }
}

/// A clock at one of whose looks something happens.
struct Eventful {
    clock: SystemClock,
    looks: AtomicU64,
    event: Mutex<Option<Event>>,
}

/// Before which look something happens, and what.
type Event = (u64, Box<dyn FnOnce() + Send>);

impl Eventful {
    fn new() -> Arc<Self> {
        let (clock, looks) = (SystemClock::default(), AtomicU64::new(0));
        Arc::new(Self { clock, looks, event: Mutex::default() })
    }
}

impl std::fmt::Debug for Eventful {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.clock.fmt(f)
    }
}

impl Clock for Eventful {
    fn now(&self) -> Duration {
        let look = self.looks.fetch_add(1, Ordering::Relaxed) + 1;
        let event = self.event.lock().unwrap().take_if(|(at, _)| *at == look);
        if let Some((_, happens)) = event {
            happens();
        }
        self.clock.now()
    }

    fn wall(&self) -> WallTime {
        self.clock.wall()
    }
}

/// An index of a class with rows is made, and the disk dies before a look at the clock; how
/// often somebody looked, and whether there was an index.
fn index_while_the_disk_dies(look: Option<u64>) -> (u64, bool) {
    let (medium, clock) = (SimulatedMedium::new(), Eventful::new());
    let builder = Repository::builder().clock(clock.clone());
    let repository = builder.open_on(Arc::new(medium.clone())).unwrap();
    let context = CallContext::new();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    let session = repository.session("root/x").unwrap();
    let text = "class X_Row { [Key] string Id; uint32 Amount; };";
    session.compile_mof_text(&context, "x.mof", text).unwrap();
    for n in 0..3_u32 {
        let row = Instance::new("X_Row").with("Id", n.to_string()).with("Amount", 3 - n);
        session.create_instance(&context, &row).unwrap();
    }
    let late = CallContext::new().with_deadline(Duration::MAX);
    clock.looks.store(0, Ordering::Relaxed);
    if let Some(look) = look {
        let (medium, session) = (medium.clone(), session.clone());
        let dies = move || {
            medium.fail_at(0);
            let row = Instance::new("X_Row").with("Id", "late");
            assert!(session.create_instance(&CallContext::new(), &row).is_err());
        };
        *clock.event.lock().unwrap() = Some((look, Box::new(dies)));
    }
    let made = session.create_index(&late, "X_Row", "Amount");
    let indexes = session.indexes(&context).unwrap();
    assert_eq!(made.is_ok(), !indexes.is_empty(), "{made:?}");
    assert!(indexes.iter().all(|index| index.is_ready && index.entries == 3), "{indexes:?}");
    // Readers do without one, too.
    assert_eq!(session.find(&context, "X_Row", "Amount", ..).unwrap().count().unwrap(), 3);
    // What is on the disk is what readers had.
    let again = Repository::builder().open_on(Arc::new(medium.crash(Crash::Nothing))).unwrap();
    let indexes = again.session("root/x").unwrap().indexes(&context).unwrap();
    assert_eq!(indexes.len(), usize::from(made.is_ok()));
    (clock.looks.load(Ordering::Relaxed), made.is_ok())
}

#[test]
fn an_index_that_the_log_has_is_made_on_a_dead_disk_too() {
    let (looks, made) = index_while_the_disk_dies(None);
    assert!(made && looks > 2);
    // Before anything was written, and when it was and rows are entered.
    assert!(!index_while_the_disk_dies(Some(1)).1);
    assert!(index_while_the_disk_dies(Some(looks)).1);
}

#[test]
fn a_full_disk_loses_nothing() {
    let mut filled = 0;
    for seed in 30..33 {
        let history = history(seed, 45);
        let mut numbers = Numbers::of(seed, 4);
        for _ in 0..6 {
            let limit = history.bytes / 2 + numbers.below(history.bytes / 2);
            let place = format!("seed {seed}, {limit} bytes");
            let medium = SimulatedMedium::new();
            medium.limit(limit);
            let worked = history.work_on(&medium, SyncPolicy::Always);
            filled += usize::from(worked.broken.is_some());
            let Some(repository) = worked.repository else { continue };
            history.compare(&repository).unwrap_or_else(|why| panic!("{place}: {why}"));
            drop(repository);
            find_again(&history, &medium, worked.acks, &place);
        }
    }
    assert!(filled > 4, "{filled} disks were full");
}

#[test]
fn events_tell_only_what_is_on_the_disk() {
    let history = history(41, 40);
    for at in [history.prepared + 3, (history.prepared + history.operations) / 2] {
        let medium = SimulatedMedium::new();
        let repository = open(&medium, SyncPolicy::Always).unwrap();
        cimarron_crash::lane::prepare(&repository, 1).unwrap();
        let mut changes = repository.changes();
        medium.fail_at(at);
        let mut last = commit(&repository);
        for place in 0..40 {
            let operation = history.stream.at(place);
            let at = cimarron_crash::operations::At {
                repository: &repository,
                lane: LANE,
                backups: None,
            };
            let outcome = operation.apply(at);
            if matches!(outcome, cimarron_crash::operations::Outcome::Broken(_)) {
                break;
            }
            last = commit(&repository);
        }
        let mut heard = 0;
        while let Ok(Some(record)) = changes.try_next() {
            heard = heard.max(record.number());
        }
        assert!(heard <= last, "{heard} was reported, {last} is there");
        assert!(repository.durability().unwrap().logged <= last);
    }
}
