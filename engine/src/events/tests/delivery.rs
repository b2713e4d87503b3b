//! Queues, callbacks, waiting.

use super::*;
use cimarron_model::Status;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

fn small(overflow: Overflow) -> SubscribeOptions {
    SubscribeOptions::new().with_events(2).with_overflow(overflow)
}

#[test]
fn what_there_is_no_room_for() {
    let overflow = "__EventQueueOverflowEvent";
    for (how, delivered) in [
        (Overflow::DropNewest, vec!["a", "b", overflow, "e"]),
        (Overflow::DropOldest, vec![overflow, "c", "d", "e"]),
        (Overflow::Block(Duration::ZERO), vec!["a", "b", overflow, "e"]),
    ] {
        let world = World::new();
        let system = world.subscribe("SELECT * FROM __EventDroppedEvent");
        let alarms =
            world.session.subscribe(&context(), "SELECT * FROM E_Alarm", small(how)).unwrap();
        for source in ["a", "b", "c", "d"] {
            world.raise(&alarm(source));
        }
        let mut shown = Vec::new();
        let mut take = || {
            while let Some(event) = alarms.try_next().unwrap() {
                let source = event.property("Source").and_then(|s| s.as_str().map(str::to_owned));
                shown.push(source.unwrap_or_else(|| event.class_name().to_string()));
            }
        };
        take();
        world.raise(&alarm("e"));
        take();
        assert_eq!(shown, delivered, "{how:?}");
        assert_eq!(alarms.status().dropped, 2, "{how:?}");
        // One report for all that were dropped in a row.
        assert_eq!(classes(&system), [overflow], "{how:?}");
    }
}

#[test]
fn what_was_dropped_hides_nothing_where_no_event_can_say_so() {
    for (how, delivered) in [
        (Overflow::DropNewest, ["a", "b", "e"]),
        (Overflow::DropOldest, ["c", "d", "e"]),
        (Overflow::Block(Duration::ZERO), ["a", "b", "e"]),
    ] {
        let world = indications::world();
        let query = "SELECT * FROM CIM_InstCreation";
        let created = || world.session.subscribe(&context(), query, small(how)).unwrap();
        let (polled, batched) = (created(), created());
        let name = |event: &Event| event.target().unwrap().path().to_string();
        let mut shown = (Vec::new(), Vec::new());
        let mut take = || {
            let mut waits = Context::from_waker(Waker::noop());
            while let Poll::Ready(event) = polled.poll_next(&mut waits) {
                shown.0.push(name(&event.unwrap()));
            }
            let batch = batched.next_batch(10, usize::MAX, Duration::ZERO).unwrap();
            shown.1.extend(batch.iter().map(&name));
        };
        for name in ["a", "b", "c", "d"] {
            world.create("I_Thing", name, 1);
        }
        take();
        world.create("I_Thing", "e", 1);
        take();
        let delivered = delivered.map(|name| format!("I_Thing.Name=\"{name}\""));
        assert_eq!(shown, (delivered.to_vec(), delivered.to_vec()), "{how:?}");
        assert_eq!(polled.status().dropped, 2, "{how:?}");
    }
}

#[test]
fn a_full_queue_may_end_the_subscription() {
    let world = World::new();
    let options = small(Overflow::Cancel);
    let alarms = world.session.subscribe(&context(), "SELECT * FROM E_Alarm", options).unwrap();
    for source in ["a", "b", "c", "d"] {
        world.raise(&alarm(source));
    }
    assert_eq!(brief(&alarms.try_next().unwrap().unwrap()), "E_Alarm a");
    assert_eq!(brief(&alarms.try_next().unwrap().unwrap()), "E_Alarm b");
    assert_eq!(alarms.try_next().unwrap_err().status(), Status::QueueOverflow);
    assert_eq!(world.session.repository().hub().sizes(), (0, 0, 1));
}

#[test]
fn bytes_are_bounded_too() {
    let world = World::new();
    let options = SubscribeOptions::new().with_bytes(4_000);
    let alarms = world.session.subscribe(&context(), "SELECT * FROM E_Alarm", options).unwrap();
    world.raise(&alarm(&"a".repeat(10_000)));
    world.raise(&alarm("b"));
    assert_eq!(alarms.status().events, 0, "nobody dispatched yet");
    world.session.repository().dispatch_events();
    let status = alarms.status();
    assert_eq!((status.events, status.dropped), (1, 1));
    assert!(status.bytes > 10_000);
}

#[test]
fn commits_that_were_not_kept_are_told_of() {
    let world = World::with(Limits::default().with_kept_commits(4));
    let events = world.subscribe("SELECT * FROM __InstanceCreationEvent");
    for n in 0..10 {
        world.create("E_Disk", &format!("d{n}"), n);
    }
    let lost = events.try_next().unwrap_err();
    assert!(matches!(lost, EngineError::ChangesLost { commits: 6 }), "{lost}");
    assert_eq!(all(&events).len(), 4);
}

#[test]
fn a_namespace_that_went_while_commits_were_not_kept_is_gone() {
    for comes_again in [false, true] {
        let world = World::with(Limits::default().with_kept_commits(2));
        let repository = world.session.repository();
        repository.create_namespace("root/y", Dialect::Wmi).unwrap();
        let gone = repository.session("root/y").unwrap();
        let options = SubscribeOptions::new();
        let events =
            gone.subscribe(&context(), "SELECT * FROM __ClassOperationEvent", options).unwrap();
        let here = world.subscribe("SELECT * FROM __InstanceCreationEvent");
        repository.delete_namespace("root/y").unwrap();
        if comes_again {
            repository.create_namespace("root/y", Dialect::Wmi).unwrap();
            let there = repository.session("root/y").unwrap();
            there.compile_mof_text(&context(), "y.mof", "class Y_New { };").unwrap();
        }
        (0..4).for_each(|n| world.create("E_Disk", &n.to_string(), n));
        let lost = events.try_next().unwrap_err();
        assert!(matches!(lost, EngineError::ChangesLost { .. }), "{lost}");
        let ended = events.try_next().unwrap_err();
        assert!(matches!(ended, EngineError::NoSuchNamespace { .. }), "{ended}");
        assert!(matches!(here.try_next(), Err(EngineError::ChangesLost { .. })));
        assert_eq!(all(&here).len(), 2);
    }
}

#[test]
fn callbacks_are_called_and_may_do_anything() {
    let world = World::new();
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let other = Arc::new(Mutex::new(Some(world.subscribe("SELECT * FROM E_Fire"))));
    let (session, into) = (world.session.clone(), seen.clone());
    let options = SubscribeOptions::new().with_callback(move |event| {
        into.lock().push(brief(&event));
        // Writes, takes, ends others.
        if event.class_name().is("E_Alarm") {
            session
                .raise(&context(), &Instance::new("E_Fire").with("Source", "from within"))
                .unwrap();
            let disk = Instance::new("E_Disk").with("Name", "from within");
            session.create_instance(&context(), &disk).unwrap();
        } else {
            let other = other.lock().take();
            if let Some(other) = &other {
                assert!(other.try_next().unwrap().is_some());
            }
            drop(other);
        }
        Ok(())
    });
    let alarms = world.session.subscribe(&context(), "SELECT * FROM E_Alarm", options).unwrap();
    world.raise(&alarm("a"));
    world.session.repository().dispatch_events();
    world.session.repository().dispatch_events();
    assert_eq!(*seen.lock(), ["E_Alarm a", "E_Fire from within"]);
    assert!(alarms.try_next().unwrap().is_none());
    drop(alarms);
    assert_eq!(world.session.repository().hub().sizes(), (0, 0, 0));
}

#[test]
fn a_dead_consumer_is_dropped_and_reported() {
    for panics in [false, true] {
        let world = World::new();
        let failures = world.subscribe("SELECT * FROM __ConsumerFailureEvent");
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        let options = SubscribeOptions::new().with_callback(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            assert!(!panics, "that is why");
            Err("no more".to_owned())
        });
        let alarms = world.session.subscribe(&context(), "SELECT * FROM E_Alarm", options).unwrap();
        for source in ["a", "b"] {
            world.raise(&alarm(source));
        }
        world.session.repository().dispatch_events();
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        let failure = failures.try_next().unwrap().unwrap();
        let text = failure.property("ErrorDescription").unwrap().to_string();
        assert!(text.contains(if panics { "that is why" } else { "no more" }), "{text}");
        assert!(failures.try_next().unwrap().is_none());
        assert!(matches!(alarms.try_next(), Err(EngineError::SubscriptionEnded { .. })));
    }
}

struct Counted(AtomicUsize);

impl Wake for Counted {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_task_is_woken() {
    let world = World::new();
    let alarms = world.subscribe("SELECT * FROM E_Alarm");
    let counted = Arc::new(Counted(AtomicUsize::new(0)));
    let waker = Waker::from(counted.clone());
    let mut task = Context::from_waker(&waker);
    assert!(matches!(alarms.poll_next(&mut task), Poll::Pending));
    world.raise(&alarm("a"));
    assert!(counted.0.load(Ordering::SeqCst) > 0);
    assert!(matches!(alarms.poll_next(&mut task), Poll::Ready(Ok(_))));
}

#[test]
fn waiting_ends_with_an_event_or_the_clock() {
    let world = World::new();
    let alarms = world.subscribe("SELECT * FROM E_Alarm");
    assert!(alarms.next(Duration::ZERO).unwrap().is_none());
    std::thread::scope(|scope| {
        let taken = scope.spawn(|| alarms.next(Duration::from_secs(60)).unwrap());
        world.raise(&alarm("a"));
        assert!(taken.join().unwrap().is_some());
        let waited = scope.spawn(|| alarms.next(Duration::from_secs(60)).unwrap());
        // Whether it waits yet or not, the clock passes its deadline in the end.
        while !waited.is_finished() {
            world.clock.advance(Duration::from_secs(60));
            std::thread::yield_now();
        }
        assert!(waited.join().unwrap().is_none());
    });
}

#[test]
fn batches_are_bounded() {
    let world = World::new();
    let alarms = world.subscribe("SELECT * FROM E_Alarm");
    for n in 0..5 {
        world.raise(&alarm(&n.to_string()));
    }
    let size = |count, bytes| alarms.next_batch(count, bytes, Duration::ZERO).unwrap().len();
    assert_eq!(size(2, usize::MAX), 2);
    assert_eq!(size(9, 1), 1);
    assert_eq!(size(9, usize::MAX), 2);
    assert_eq!(size(9, usize::MAX), 0);
}

#[test]
fn a_batch_ends_before_what_is_no_event() {
    let world = World::with(Limits::default().with_kept_commits(2));
    let events = world.subscribe("SELECT * FROM __InstanceCreationEvent");
    let batch = || {
        let batch = events.next_batch(9, usize::MAX, Duration::ZERO);
        batch.map(|batch| batch.iter().map(brief).collect::<Vec<_>>())
    };
    let of = |name: &str| format!("InstanceCreationEvent E_Disk.Name=\"{name}\" UInt32(1)");
    world.create("E_Disk", "a", 1);
    world.session.repository().dispatch_events();
    for name in ["b", "c", "d", "e"] {
        world.create("E_Disk", name, 1);
    }
    assert_eq!(batch().unwrap(), [of("a")]);
    let lost = batch().unwrap_err();
    assert!(matches!(lost, EngineError::ChangesLost { commits: 2 }), "{lost}");
    assert_eq!(batch().unwrap(), [of("d"), of("e")]);
    world.create("E_Disk", "f", 1);
    let repository = world.session.repository();
    repository.delete_namespace("root/x").unwrap();
    assert_eq!(batch().unwrap(), [of("f")]);
    assert!(batch().is_err());
}

#[test]
fn a_queue_keeps_no_rows() {
    let world = World::new();
    let events = world.subscribe("SELECT * FROM __InstanceCreationEvent");
    world.create("E_Disk", "a", 1);
    let event = events.try_next().unwrap().unwrap();
    assert!(event.target().unwrap().own_bytes() > 0);
}

#[test]
fn whoever_writes_waits_for_room() {
    let repository = Repository::new();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    let session = repository.session("root/x").unwrap();
    session.compile_mof_text(&context(), "e.mof", MOF).unwrap();
    let options = small(Overflow::Block(Duration::from_secs(3600)));
    let query = "SELECT * FROM __InstanceCreationEvent";
    let events = session.subscribe(&context(), query, options).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for n in 0..200 {
                let disk = Instance::new("E_Disk").with("Name", n.to_string());
                session.create_instance(&context(), &disk).unwrap();
            }
            // More at once than there is room for.
            let disk = |n: u32| Instance::new("E_Disk").with("Name", format!("b{n}"));
            let batch = (0..50).fold(session.batch(), |batch, n| batch.create(disk(n)));
            batch.commit(&context()).unwrap();
        });
        let mut taken = 0;
        while taken < 250 {
            let waiting = events.status().events;
            assert!(waiting <= 3 || taken >= 197, "{waiting} after {taken}");
            taken += usize::from(events.next(Duration::from_secs(60)).unwrap().is_some());
        }
        writer.join().unwrap();
    });
    assert_eq!(events.status().dropped, 0);
    assert!(events.try_next().unwrap().is_none());
}

#[test]
fn a_thread_delivers_as_events_come() {
    let repository = Repository::new();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    repository.start_events(&crate::Threads).unwrap();
    let session = repository.session("root/x").unwrap();
    session.compile_mof_text(&context(), "e.mof", MOF).unwrap();
    let (give, taken) = std::sync::mpsc::channel();
    let options = SubscribeOptions::new()
        .with_callback(move |event| give.send(brief(&event)).map_err(|error| error.to_string()));
    let subscription = session.subscribe(&context(), "SELECT * FROM E_Alarm", options).unwrap();
    let sources: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    for source in &sources {
        session.raise(&context(), &alarm(source)).unwrap();
    }
    let got: Vec<String> = taken.iter().take(sources.len()).collect();
    let wanted: Vec<String> = sources.iter().map(|source| format!("E_Alarm {source}")).collect();
    assert_eq!(got, wanted);
    drop(subscription);
}
