//! Clocks that jump, nobody who listens, and more than is kept.

use super::*;
use crate::clock::{Clock, WallTime};
use crate::events::agenda::{Agenda, Rank, Timed};
use crate::events::work::Work;
use crate::{ConsumerSink, Delivery, Failure, Verdict};
use cimarron_model::Status;
use std::task::{Context, Poll, Waker};

/// A clock that goes by itself, as far as anybody can tell.
#[derive(Debug, Default)]
struct Jumping(ManualClock);

impl Clock for Jumping {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn wall(&self) -> WallTime {
        self.0.wall()
    }
}

/// A clock stands still for most of a day, with timers that make up for it and such that do not.
#[test]
fn a_timer_that_nobody_came_to_for_long_says_so_once() {
    for (skips, expected) in [("FALSE", vec![1, 86_398, 1, 1]), ("TRUE", vec![1, 1, 1])] {
        let clock = Arc::new(Jumping::default());
        let repository = Repository::builder().clock(clock.clone()).build();
        repository.create_namespace("root/x", Dialect::Wmi).unwrap();
        let session = repository.session("root/x").unwrap();
        let text = format!(
            "instance of __IntervalTimerInstruction {{ TimerId = \"t\"; \
             IntervalBetweenEvents = 1000; SkipIfPassed = {skips}; }};"
        );
        let query = "SELECT * FROM __TimerEvent";
        let timers = session.subscribe(&context(), query, SubscribeOptions::new()).unwrap();
        session.compile_mof_text(&context(), "t.mof", &text).unwrap();
        repository.dispatch_events();
        for seconds in [1, 86_399, 1] {
            clock.0.advance(Duration::from_secs(seconds));
            repository.dispatch_events();
        }
        let firings = std::iter::from_fn(|| timers.try_next().unwrap())
            .map(|event| event.property("NumFirings").unwrap().as_integer().unwrap());
        assert_eq!(firings.collect::<Vec<_>>(), expected, "{skips}");
    }
}

#[test]
fn what_nobody_hears_is_checked_all_the_same() {
    let world = World::new();
    world.raise(&alarm("nobody"));
    world.session.invoked(&context(), None, "Start", None, true).unwrap();
    let unknown = world.session.raise(&context(), &alarm("a").with("Nothing", 1_u8)).unwrap_err();
    assert!(matches!(unknown, EngineError::NoSuchProperty { .. }), "{unknown}");
    // What was raised before anybody came is not told.
    let alarms = world.subscribe("SELECT * FROM E_Alarm");
    assert!(all(&alarms).is_empty());
}

#[derive(Debug)]
struct Never;

impl ConsumerSink for Never {
    fn deliver(&self, _: &Delivery<'_>) -> Verdict {
        Verdict::Failed(Failure::of(Status::Failed, "never"))
    }
}

#[test]
fn only_the_newest_dead_letters_are_kept() {
    let world = World::new();
    world.session.repository().set_consumer_sink("E_Consumer", Arc::new(Never));
    world.compile(
        r#"class E_Consumer : __EventConsumer { [key] string Name; };
        instance of __EventFilter as $F { Name = "f"; QueryLanguage = "WQL";
            Query = "SELECT * FROM E_Alarm"; };
        instance of E_Consumer as $C { Name = "c"; };
        instance of __FilterToConsumerBinding { Filter = $F; Consumer = $C; };"#,
    );
    let repository = world.session.repository();
    repository.dispatch_events();
    for n in 0..1010 {
        world.raise(&alarm(&n.to_string()));
    }
    repository.dispatch_events();
    let dead = repository.take_dead_letters();
    let source = |letter: &DeadLetter| letter.event.get("Source").unwrap().to_string();
    assert_eq!(dead.len(), 1000);
    assert_eq!(dead.first().map(source), Some("10".to_owned()));
    assert_eq!(dead.last().map(source), Some("1009".to_owned()));
    assert_eq!(dead[0].failure.to_string(), "never (0x80041001)");
    assert!(repository.dead_letters().is_empty());
}

#[derive(Debug)]
struct Nothing;

impl Timed for Nothing {
    fn run(&mut self, _: &mut Work<'_>) -> Option<Duration> {
        None
    }
}

/// Work that is called off leaves next to nothing behind, however much comes and goes.
#[test]
fn called_off_work_takes_no_memory() {
    let mut agenda = Agenda::default();
    let kept = agenda.plan(Duration::from_secs(9), Rank::Timer, Box::new(Nothing));
    for n in 0..10_000 {
        let token = agenda.plan(Duration::from_millis(n), Rank::Timer, Box::new(Nothing));
        agenda.call_off(token);
    }
    assert_eq!(agenda.len(), 1);
    assert!(agenda.waiting() <= 65, "{}", agenda.waiting());
    assert_eq!(agenda.next_due(), Some(Duration::from_secs(9)));
    agenda.call_off(kept);
    assert_eq!(agenda.next_due(), None);
}

#[test]
fn whoever_polls_is_told_of_the_end() {
    let world = World::new();
    let repository = world.session.repository();
    repository.create_namespace("root/y", Dialect::Wmi).unwrap();
    let other = repository.session("root/y").unwrap();
    let query = "SELECT * FROM __InstanceCreationEvent";
    let events = other.subscribe(&context(), query, SubscribeOptions::new()).unwrap();
    let mut waits = Context::from_waker(Waker::noop());
    assert!(events.poll_next(&mut waits).is_pending());
    assert_eq!(events.namespace().as_str(), "root/y");
    assert!(format!("{events:?}").contains("root/y"));
    repository.delete_namespace("root/y").unwrap();
    let end = events.poll_next(&mut waits);
    assert!(matches!(end, Poll::Ready(Err(EngineError::NoSuchNamespace { .. }))), "{end:?}");
}

#[test]
fn on_a_clock_that_is_moved_by_hand_nothing_is_due_by_itself() {
    let world = World::new();
    let text = "instance of __IntervalTimerInstruction { TimerId = \"t\"; IntervalBetweenEvents = 1000; };";
    world.compile(text);
    assert_eq!(world.session.repository().events_due_in(), None);
    let late = Repository::new();
    late.create_namespace("root/x", Dialect::Wmi).unwrap();
    let session = late.session("root/x").unwrap();
    session.compile_mof_text(&context(), "t.mof", &text.replace("1000", "3600000")).unwrap();
    late.dispatch_events();
    let due = late.events_due_in().unwrap();
    assert!(due > Duration::from_secs(3000) && due <= Duration::from_secs(3600), "{due:?}");
}
