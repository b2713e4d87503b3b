//! Which events there are, and what they show.

use super::*;
use cimarron_model::Status;

#[test]
fn instances_come_change_and_go() {
    let world = World::new();
    let all_disks =
        world.subscribe("SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'E_Disk'");
    world.create("E_Disk", "a", 1);
    world.create("E_Element", "b", 1);
    world.modify(r#"E_Disk.Name="a""#, &Instance::new("E_Disk").with("Size", 2_u32));
    // Nothing changes.
    world.modify(r#"E_Disk.Name="a""#, &Instance::new("E_Disk").with("Size", 2_u32));
    world.delete(r#"E_Disk.Name="a""#);
    assert_eq!(
        all(&all_disks),
        [
            r#"InstanceCreationEvent E_Disk.Name="a" UInt32(1)"#,
            r#"InstanceModificationEvent E_Disk.Name="a" UInt32(2) from E_Disk.Name="a" UInt32(1)"#,
            r#"InstanceDeletionEvent E_Disk.Name="a" UInt32(2)"#,
        ]
    );
}

#[test]
fn an_event_shows_what_is_selected() {
    let world = World::new();
    let whole = world.subscribe("SELECT * FROM __InstanceCreationEvent");
    let some = world.subscribe(
        "SELECT TIME_CREATED, targetinstance.Name, __CLASS, __PATH FROM __InstanceOperationEvent",
    );
    world.advance(1.0);
    world.create("E_Disk", "a", 1);
    let event = whole.try_next().unwrap().unwrap();
    let names: Vec<String> = event.selected().iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names, ["SECURITY_DESCRIPTOR", "TIME_CREATED", "TargetInstance"]);
    assert_eq!(event.created(), 135_379_296_010_000_000);
    assert_eq!(event.principal().name(), "SYSTEM");
    let instance = event.to_instance();
    let Some(cimarron_model::Value::Scalar(cimarron_model::Scalar::Object(object))) =
        instance.get("TargetInstance")
    else {
        panic!("{instance:?}")
    };
    let cimarron_model::Object::Instance(disk) = &**object else { panic!("{object:?}") };
    assert_eq!(disk.path.as_ref().unwrap().to_string(), r#"E_Disk.Name="a""#);
    assert_eq!(disk.len(), 4);
    let event = some.try_next().unwrap().unwrap();
    let shown: Vec<String> =
        event.selected().iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(shown[0], "TIME_CREATED=135379296010000000");
    assert!(shown[1].starts_with("TargetInstance="), "{shown:?}");
    assert_eq!(shown[2..], ["__CLASS=__InstanceCreationEvent", "__PATH=NULL"]);
    assert_eq!(event.to_instance().len(), 2);
}

#[test]
fn classes_come_change_and_go() {
    let world = World::new();
    let events = world.subscribe("SELECT * FROM __Event");
    world.compile("class E_New { [key] string Name; };\nclass E_Sub : E_New { };");
    world.compile("[Description(\"x\")] class E_New { [key] string Name; };");
    world.compile("instance of E_Sub { Name = \"i\"; };");
    world.session.delete_class(&context(), "E_New").unwrap();
    let shown: Vec<String> = std::iter::from_fn(|| events.try_next().unwrap())
        .map(|event| {
            let class = event.property("TargetClass").map(|class| match class {
                cimarron_model::Value::Scalar(cimarron_model::Scalar::Object(o)) => {
                    o.class_name().to_string()
                }
                other => other.to_string(),
            });
            format!("{} {}", event.class_name(), class.unwrap_or_default())
        })
        .collect();
    assert_eq!(
        shown,
        [
            "__ClassCreationEvent E_New",
            "__ClassCreationEvent E_Sub",
            "__ClassModificationEvent E_New",
            "__InstanceCreationEvent ",
            "__InstanceDeletionEvent ",
            "__ClassDeletionEvent E_Sub",
            "__ClassDeletionEvent E_New",
        ]
    );
}

#[test]
fn rows_that_follow_their_class_are_no_events() {
    let world = World::new();
    world.create("E_Disk", "a", 1);
    let events = world.subscribe("SELECT * FROM __Event");
    // Another type, so that the rows are written again.
    world.compile(
        "#pragma classflags(\"forceupdate\")\nclass E_Element { [key] string Name; uint8 Size; };",
    );
    assert_eq!(classes(&events), ["__ClassModificationEvent"]);
}

#[test]
fn namespaces_are_events_of_the_one_above() {
    let world = World::new();
    let repository = world.session.repository().clone();
    let here = world.subscribe("SELECT * FROM __NamespaceOperationEvent");
    let instances = world.subscribe("SELECT * FROM __InstanceOperationEvent");
    repository.create_namespace("root/x/a/b", Dialect::Wmi).unwrap();
    let below = repository.session("root/x/a").unwrap();
    let below = below.subscribe(&context(), "SELECT * FROM __Event", SubscribeOptions::new());
    let below = below.unwrap();
    repository.delete_namespace("root/x/a").unwrap();
    assert_eq!(classes(&here), ["__NamespaceCreationEvent", "__NamespaceDeletionEvent"]);
    assert!(all(&instances).is_empty());
    let gone = below.try_next().unwrap_err();
    assert_eq!(gone.status(), Status::InvalidNamespace);
    assert!(below.status().ended);
}

#[test]
fn events_of_ones_own_are_checked() {
    let world = World::new();
    let alarms = world.subscribe("SELECT * FROM E_Alarm WHERE Severity = 1");
    world.raise(&alarm("a"));
    world.raise(&Instance::new("e_fire").with("source", "b").with("TIME_CREATED", 5_u64));
    world.raise(&alarm("c").with("Severity", 2_u8));
    let events: Vec<Event> = std::iter::from_fn(|| alarms.try_next().unwrap()).collect();
    assert_eq!(events.iter().map(brief).collect::<Vec<_>>(), ["E_Alarm a", "E_Fire b"]);
    assert_eq!(events.iter().map(Event::created).collect::<Vec<_>>(), [135_379_296_000_000_000, 5]);
    let refused = |event: Instance| world.session.raise(&context(), &event).unwrap_err().status();
    assert_eq!(refused(Instance::new("E_Disk")), Status::NotEventClass);
    assert_eq!(refused(Instance::new("__EventDroppedEvent")), Status::SystemClass);
    assert_eq!(refused(Instance::new("E_No")), Status::InvalidClass);
    assert_eq!(refused(alarm("a").with("Severity", 256_u32)), Status::ValueOutOfRange);
}

#[test]
fn method_calls_are_events() {
    let world = World::new();
    let calls = world.subscribe("SELECT * FROM __MethodInvocationEvent WHERE PreCall = TRUE");
    let writes = world.subscribe("SELECT * FROM __InstanceCreationEvent");
    for before in [true, false] {
        let on = Instance::new("E_Disk").with("Name", "a");
        world.session.invoked(&context(), Some(&on), "Eject", None, before).unwrap();
    }
    let call = calls.try_next().unwrap().unwrap();
    assert_eq!(call.property("Method").unwrap().as_str(), Some("Eject"));
    assert!(calls.try_next().unwrap().is_none() && writes.try_next().unwrap().is_none());
}

#[test]
fn a_subscription_follows_the_schema() {
    let world = World::new();
    let disks =
        world.subscribe("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'E_Disk'");
    world.compile("class E_Tape : E_Disk { uint32 Turns; };");
    world.create("E_Tape", "t", 1);
    world.session.delete_class(&context(), "E_Element").unwrap();
    assert_eq!(classes(&disks), ["__InstanceCreationEvent"]);
    assert!(!disks.status().active);
    world.compile(MOF);
    world.create("E_Fast", "f", 1);
    assert_eq!(classes(&disks), ["__InstanceCreationEvent"]);
    assert!(disks.status().active);
}

#[test]
fn errors_of_registration() {
    let world = World::new();
    for (query, status) in [
        ("SELECT * FROM", Status::UnparsableQuery),
        ("SELECT * FROM E_Nothing", Status::InvalidClass),
        ("SELECT * FROM E_Disk", Status::NotEventClass),
        ("SELECT Colour FROM E_Alarm", Status::InvalidQuery),
        ("SELECT * FROM E_Alarm WHERE Source.Name = 'x'", Status::PropertyNotAnObject),
        ("SELECT * FROM E_Alarm GROUP BY Source", Status::MissingGroupWithin),
    ] {
        assert_eq!(world.try_subscribe(query).unwrap_err().status(), status, "{query}");
    }
    let few = World::with(Limits::default().with_subscriptions(1));
    let first = few.subscribe("SELECT * FROM E_Alarm");
    let second = few.try_subscribe("SELECT * FROM E_Alarm").unwrap_err();
    assert_eq!(second.status(), Status::QuotaViolation);
    drop(first);
    few.subscribe("SELECT * FROM E_Alarm").cancel();
}

#[test]
fn nothing_is_left_behind() {
    let world = World::new();
    let hub = world.session.repository().hub().clone();
    let commits = world.session.repository().commits().clone();
    let queries = [
        "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'E_Disk' AND TargetInstance.Name = 'a'",
        "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance.Size > 4",
        "SELECT * FROM E_Alarm WHERE Source LIKE 'a%'",
        "SELECT * FROM E_Alarm GROUP WITHIN 5",
    ];
    let subscriptions: Vec<Subscription> = queries.iter().map(|q| world.subscribe(q)).collect();
    world.raise(&alarm("a"));
    world.session.repository().dispatch_events();
    assert!(commits.log().is_heard());
    let (scopes, planned, open) = hub.sizes();
    assert_eq!((scopes, planned, open), (1, 1, 4));
    drop(subscriptions);
    assert_eq!(hub.sizes(), (0, 0, 0));
    assert!(!commits.log().is_heard());
}
