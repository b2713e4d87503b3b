//! Tests of timers and permanent subscriptions.

mod losing;

use crate::clock::ManualClock;
use crate::context::CallContext;
use crate::events::{ConsumerSink, Delivery, Failure, SubscribeOptions, Subscription, Verdict};
use crate::session::{Depth, PutMode, Session};
use crate::{DeliveryPolicy, Limits, Repository, Update};
use cimarron_model::{Dialect, Instance, ObjectPath, Status};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

const MOF: &str = r#"
class S_Thing { [key] string Name; uint32 Size; };
class S_Consumer : __EventConsumer { [key] string Name; string Note; };
class S_Loud : S_Consumer { uint32 Volume; };
"#;

/// Does with deliveries what it is told, in turn; then takes them.
#[derive(Debug, Default)]
struct Told {
    verdicts: Mutex<VecDeque<Verdict>>,
    handed: Mutex<Vec<String>>,
}

impl ConsumerSink for Told {
    fn deliver(&self, delivery: &Delivery<'_>) -> Verdict {
        let target = delivery.event.get("TargetInstance").map(ToString::to_string);
        let what = match delivery.event.get("TargetInstance") {
            Some(cimarron_model::Value::Scalar(cimarron_model::Scalar::Object(object))) => {
                match &**object {
                    cimarron_model::Object::Instance(i) => i.get("Name").map(ToString::to_string),
                    cimarron_model::Object::Class(class) => Some(class.name.to_string()),
                }
            }
            _ => target,
        };
        let note = delivery.consumer.get("Note").and_then(|note| note.as_str()).unwrap_or("");
        let event = delivery.event.class.as_str();
        let text = format!("{note}{}:{event}:{}", delivery.path, what.unwrap_or_default());
        self.handed.lock().push(text);
        self.verdicts.lock().pop_front().unwrap_or(Verdict::Delivered)
    }
}

struct World {
    clock: Arc<ManualClock>,
    session: Session,
    told: Arc<Told>,
}

fn context() -> CallContext {
    CallContext::new()
}

fn failure() -> Failure {
    Failure::of(Status::Failed, "the line is dead")
}

impl World {
    fn new() -> Self {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> Self {
        let clock = Arc::new(ManualClock::default());
        let repository = Repository::builder().clock(clock.clone()).limits(limits).build();
        repository.create_namespace("root/x", Dialect::Wmi).unwrap();
        Self::of(&repository, clock)
    }

    fn of(repository: &Repository, clock: Arc<ManualClock>) -> Self {
        let told = Arc::new(Told::default());
        repository.set_consumer_sink("S_Consumer", told.clone());
        let session = repository.session("root/x").unwrap();
        let world = Self { clock, session, told };
        world.compile(MOF);
        world
    }

    fn repository(&self) -> &Repository {
        self.session.repository()
    }

    fn compile(&self, mof: &str) {
        self.session.compile_mof_text(&context(), "s.mof", mof).unwrap();
    }

    fn put(&self, instance: &Instance) {
        let (mode, update) = (PutMode::CreateOrUpdate, Update::Given);
        self.session.put_instance(&context(), instance, mode, &update).unwrap();
    }

    fn thing(&self, name: &str) {
        self.put(&Instance::new("S_Thing").with("Name", name));
    }

    fn delete(&self, path: &str) {
        let path: ObjectPath = path.parse().unwrap();
        self.session.delete_instance(&context(), &path).unwrap();
    }

    /// A filter with a query, a consumer, and both bound.
    fn bind(&self, query: &str) {
        let filter = Instance::new("__EventFilter").with("Name", "f").with("Query", query);
        self.put(&filter.with("QueryLanguage", "WQL"));
        self.put(&Instance::new("S_Consumer").with("Name", "c"));
        self.compile(
            r#"instance of __FilterToConsumerBinding
            { Filter = "__EventFilter='f'"; Consumer = "S_Consumer='c'"; };"#,
        );
    }

    fn tell(&self, verdicts: impl IntoIterator<Item = Verdict>) {
        self.told.verdicts.lock().extend(verdicts);
    }

    fn handed(&self) -> Vec<String> {
        self.repository().dispatch_events();
        let taken = std::mem::take(&mut *self.told.handed.lock());
        taken.into_iter().map(|text| text.replace("S_Consumer.Name=\"c\":", "")).collect()
    }

    fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.repository().dispatch_events();
    }

    fn subscribe(&self, query: &str) -> Subscription {
        self.session.subscribe(&context(), query, SubscribeOptions::new()).unwrap()
    }
}

const THINGS: &str = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'S_Thing'";

#[test]
fn what_was_written_between_two_dispatches_is_taken_in_its_order() {
    let world = World::new();
    world.bind(THINGS);
    world.thing("a");
    world.put(&Instance::new("S_Consumer").with("Name", "c").with("Note", "later "));
    world.thing("b");
    world.delete("__EventFilter='f'");
    world.thing("c");
    let of = |name: &str| format!("later __InstanceCreationEvent:{name}");
    // The consumer is asked for when it is handed the event.
    assert_eq!(world.handed(), [of("a"), of("b")]);
}

#[test]
fn a_repository_without_any_does_not_follow_commits() {
    let world = World::new();
    world.thing("a");
    assert!(!world.repository().commits().log().is_heard());
    world.bind(THINGS);
    assert!(world.repository().commits().log().is_heard());
}

#[test]
fn what_fails_for_a_while_is_tried_again() {
    let world = World::new();
    world.bind(THINGS);
    world.tell([Verdict::RetryLater(failure()), Verdict::RetryLater(failure())]);
    world.thing("a");
    world.thing("b");
    let of = |name: &str| format!("__InstanceCreationEvent:{name}");
    assert_eq!(world.handed(), [of("a")]);
    assert!(world.handed().is_empty(), "not before its time");
    world.advance(1);
    assert_eq!(world.handed(), [of("a")]);
    world.advance(1);
    assert!(world.handed().is_empty(), "twice as long");
    world.advance(1);
    assert_eq!(world.handed(), [of("a"), of("b")]);
    assert!(world.repository().dead_letters().is_empty());
}

#[test]
fn what_fails_for_good_is_buried_and_reported() {
    let world = World::new();
    world.bind(THINGS);
    let reports = world.subscribe("SELECT * FROM __ConsumerFailureEvent");
    world.tell([Verdict::Failed(failure())]);
    world.thing("a");
    world.thing("b");
    assert_eq!(world.handed().len(), 2);
    let report = reports.try_next().unwrap().unwrap();
    assert_eq!(report.property("ErrorCode").unwrap().as_integer(), Some(0x8004_1001));
    assert_eq!(report.property("ErrorDescription").unwrap().as_str(), Some("the line is dead"));
    let consumer = report.property("IntendedConsumer").unwrap().to_string();
    assert_eq!(consumer, r#"S_Consumer.Name="c""#);
    assert!(reports.try_next().unwrap().is_none());
    let letters = world.repository().take_dead_letters();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].failure.clone(), letters[0].tries), (failure(), 1));
    assert!(world.repository().dead_letters().is_empty());
}

#[test]
fn tries_come_to_an_end() {
    let world = World::new();
    let second = Duration::from_secs(1);
    let policy = DeliveryPolicy { retries: 2, first: second, longest: second };
    world.repository().set_delivery_policy(policy);
    world.bind(THINGS);
    world.tell((0..3).map(|_| Verdict::RetryLater(failure())));
    world.thing("a");
    world.thing("b");
    for (seconds, handed) in [(0, 1), (1, 1), (1, 2), (9, 0)] {
        world.advance(seconds);
        assert_eq!(world.handed().len(), handed);
    }
    assert_eq!(world.repository().dead_letters()[0].tries, 3);
}

#[test]
fn failing_to_hear_of_failures_is_no_failure_to_hear_of() {
    for query in [
        "SELECT * FROM __Event",
        "SELECT * FROM __ConsumerFailureEvent",
        "SELECT * FROM __SystemEvent GROUP WITHIN 1",
    ] {
        let world = World::new();
        world.bind(query);
        world.compile(
            r#"instance of __EventFilter { Name = "g"; QueryLanguage = "WQL";
                Query = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'S_Thing'"; };
            instance of __FilterToConsumerBinding
            { Filter = "__EventFilter='g'"; Consumer = "S_Consumer='c'"; };"#,
        );
        world.handed();
        world.tell((0..100).map(|_| Verdict::Failed(failure())));
        world.thing("a");
        for _ in 0..20 {
            world.advance(1);
        }
        let handed = world.handed().len();
        assert!((2..=4).contains(&handed), "{query}: {handed}");
    }
}

#[test]
fn a_full_queue_drops_and_says_so() {
    let world = World::new();
    world.bind(THINGS);
    world.put(&Instance::new("S_Consumer").with("Name", "c").with("MaximumQueueSize", 2000_u32));
    let reports = world.subscribe("SELECT * FROM __EventQueueOverflowEvent");
    world.tell([Verdict::RetryLater(failure())]);
    world.thing("first");
    world.handed();
    for number in 0..100 {
        world.thing(&format!("t{number}"));
    }
    assert!(world.handed().is_empty());
    world.advance(1);
    let handed = world.handed().len();
    assert!((2..50).contains(&handed), "{handed}");
    let report = reports.try_next().unwrap().unwrap();
    assert_eq!(report.class_name().as_str(), "__EventQueueOverflowEvent");
    assert!(report.property("IntendedConsumer").is_some_and(|path| !path.is_null()));
    assert!(reports.try_next().unwrap().is_none(), "said once");
}

#[test]
fn the_sink_of_the_nearest_class_gets_the_event() {
    let world = World::new();
    let loud = Arc::new(Told::default());
    world.put(&Instance::new("S_Loud").with("Name", "c"));
    world.compile(
        r#"instance of __EventFilter { Name = "f"; QueryLanguage = "WQL";
            Query = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'S_Thing'"; };
        instance of __FilterToConsumerBinding
        { Filter = "__EventFilter.Name='f'"; Consumer = "S_Consumer.Name='c'"; };"#,
    );
    world.thing("a");
    let of = |name: &str| format!("S_Loud.Name=\"c\":__InstanceCreationEvent:{name}");
    assert_eq!(world.handed(), [of("a")], "bound by the class above");
    world.repository().set_consumer_sink("S_Loud", loud.clone());
    world.thing("b");
    assert!(world.handed().is_empty());
    assert_eq!(*loud.handed.lock(), [of("b")]);
}

#[test]
fn one_without_a_sink_waits_for_one() {
    let world = World::new();
    world.repository().remove_consumer_sink("S_Consumer");
    world.bind(THINGS);
    world.thing("a");
    assert!(world.handed().is_empty());
    world.repository().set_consumer_sink("S_Consumer", world.told.clone());
    world.advance(1);
    assert_eq!(world.handed(), ["__InstanceCreationEvent:a"]);
}

#[test]
fn a_sink_that_panics_fails() {
    #[derive(Debug)]
    struct Broken;
    impl ConsumerSink for Broken {
        fn deliver(&self, _: &Delivery<'_>) -> Verdict {
            panic!("broken")
        }
    }
    let world = World::new();
    world.repository().set_consumer_sink("S_Consumer", Arc::new(Broken));
    world.bind(THINGS);
    world.thing("a");
    world.handed();
    assert_eq!(world.repository().dead_letters().len(), 1);
}

#[test]
fn what_is_wrong_with_a_binding_is_told() {
    let world = World::new();
    world.bind("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'S_Later'");
    let status = || world.repository().bindings().remove(0);
    assert!(!status().active && status().problem.unwrap().contains("S_Later"));
    world.compile("class S_Later : S_Thing { };");
    assert!(status().active && status().problem.is_none());
    world.put(&Instance::new("S_Later").with("Name", "a"));
    assert_eq!(world.handed().len(), 1);
    world.delete("S_Consumer='c'");
    assert!(!status().active && status().problem.is_none());
}

#[test]
fn filters_are_refused_for_what_they_say() {
    let world = World::new();
    let create = |query: &str, language: &str| {
        let filter = Instance::new("__EventFilter").with("Name", "f").with("Query", query);
        let filter = filter.with("QueryLanguage", language);
        let created = world.session.create_instance(&context(), &filter);
        created.map(drop).map_err(|error| error.status())
    };
    assert_eq!(create("SELECT", "WQL"), Err(Status::UnparsableQuery));
    assert_eq!(create(THINGS, "CQL"), Err(Status::QueryLanguageNotSupported));
    assert_eq!(create("SELECT * FROM S_Unknown", "wql"), Ok(()));
    let path: ObjectPath = "__EventFilter='f'".parse().unwrap();
    let change = Instance::new("__EventFilter").with("Query", "SELECT");
    let changed = world.session.modify_instance(&context(), &path, &change, &Update::Given);
    assert_eq!(changed.map_err(|error| error.status()), Err(Status::UnparsableQuery));
}

#[test]
fn filters_without_a_name_get_one() {
    let world = World::new();
    let (session, context) = (&world.session, &context());
    let unnamed = Instance::new("__EventFilter").with("Query", THINGS);
    let empty = unnamed.clone().with("Name", "");
    // The name that a MOF file would have given it.
    world.compile(&format!("instance of __EventFilter {{ Query = \"{THINGS}\"; }};"));
    let of_mof = session.enumerate_instance_names(context, "__EventFilter", Depth::Deep).unwrap();
    let [path] = &*of_mof else { panic!("{of_mof:?}") };
    session.delete_instance(context, path).unwrap();
    assert_eq!(session.create_instance(context, &unnamed).unwrap(), *path);
    let again = session.create_instance(context, &empty).unwrap_err();
    assert_eq!(again.status(), Status::AlreadyExists);
    for update in [Update::Given, Update::GivenValues, Update::Whole] {
        for filter in [&unnamed, &empty] {
            let put = session.put_instance(context, filter, PutMode::CreateOrUpdate, &update);
            assert_eq!(put.unwrap(), *path, "{update:?}");
        }
    }
    let other = Instance::new("__EventFilter").with("Query", "SELECT * FROM __TimerEvent");
    let batch = session.batch().create(other.clone()).commit(context).unwrap();
    assert_eq!(batch.len(), 1);
    let put = session.put_instance(context, &other, PutMode::UpdateOnly, &Update::Given);
    assert_ne!(put.unwrap(), *path);
    let names = session.enumerate_instance_names(context, "__EventFilter", Depth::Deep).unwrap();
    assert_eq!(names.len(), 2);
    // Only filters do.
    let error = session.create_instance(context, &Instance::new("S_Thing")).unwrap_err();
    assert_eq!(error.status(), Status::IllegalNull);
    let renamed = session.modify_instance(context, path, &empty, &Update::Given).unwrap_err();
    assert_ne!(renamed.status(), Status::NotFound);
}

#[test]
fn subscriptions_and_timers_survive() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let clock = Arc::new(ManualClock::default());
    let open = || Repository::builder().clock(clock.clone()).open(&data).unwrap();
    {
        let repository = open();
        repository.create_namespace("root/x", Dialect::Wmi).unwrap();
        let world = World::of(&repository, clock.clone());
        world.bind(THINGS);
        world.compile(
            r#"instance of __IntervalTimerInstruction { TimerId = "t"; IntervalBetweenEvents = 1000; };
            instance of __AbsoluteTimerInstruction
            { TimerId = "late"; EventDateTime = "20300101000001.000000+000"; };
            instance of __AbsoluteTimerInstruction
            { TimerId = "skipped"; EventDateTime = "20300101000001.000000+000"; SkipIfPassed = TRUE; };"#,
        );
        world.thing("a");
        assert_eq!(world.handed().len(), 1);
    }
    clock.advance(Duration::from_secs(100));
    let world = World::of(&open(), clock.clone());
    let timers = world.subscribe("SELECT * FROM __TimerEvent");
    world.thing("b");
    assert_eq!(world.handed(), ["__InstanceCreationEvent:b"]);
    world.advance(1);
    let mut fired = Vec::new();
    while let Some(event) = timers.try_next().unwrap() {
        fired.push(event.property("TimerId").unwrap().to_string());
    }
    assert_eq!(fired, ["t"], "the late one fired when the directory was opened, unheard");
    world.delete("__IntervalTimerInstruction='t'");
    world.advance(10);
    assert!(timers.try_next().unwrap().is_none());
}

#[test]
fn namespaces_that_go_take_theirs_with_them() {
    let world = World::new();
    world.repository().create_namespace("root/x/sub", Dialect::Wmi).unwrap();
    let sub = World::of_session(&world, "root/x/sub");
    sub.bind(THINGS);
    sub.thing("a");
    assert_eq!(sub.handed().len(), 1);
    world.repository().delete_namespace("root/x/sub").unwrap();
    assert!(world.repository().bindings().is_empty());
}

impl World {
    fn of_session(other: &Self, namespace: &str) -> Self {
        let session = other.repository().session(namespace).unwrap();
        let world = Self { clock: other.clock.clone(), session, told: other.told.clone() };
        world.compile(MOF);
        world
    }
}

#[test]
fn threads_deliver_while_others_wait_for_nothing() {
    #[derive(Debug)]
    struct Slow(Mutex<std::sync::mpsc::Receiver<()>>, std::sync::mpsc::Sender<String>);
    impl ConsumerSink for Slow {
        fn deliver(&self, delivery: &Delivery<'_>) -> Verdict {
            // Until it is let go.
            self.0.lock().recv().unwrap();
            self.1.send(delivery.event.class.to_string()).unwrap();
            Verdict::Delivered
        }
    }
    let repository = Repository::new();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    repository.start_events(&crate::Threads).unwrap();
    repository.start_deliveries(&crate::Threads, 2).unwrap();
    let world = World::of(&repository, Arc::new(ManualClock::default()));
    let (go, wait) = std::sync::mpsc::channel();
    let (tell, told) = std::sync::mpsc::channel();
    repository.set_consumer_sink("S_Consumer", Arc::new(Slow(Mutex::new(wait), tell)));
    world.bind(THINGS);
    let quick = world.subscribe(THINGS);
    world.thing("a");
    assert!(quick.next(Duration::from_secs(60)).unwrap().is_some(), "the consumer is not through");
    world.thing("b");
    assert!(quick.next(Duration::from_secs(60)).unwrap().is_some());
    for _ in 0..2 {
        go.send(()).unwrap();
        assert_eq!(told.recv().unwrap(), "__InstanceCreationEvent");
    }
}
