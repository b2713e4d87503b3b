//! Classes that raise no events by themselves.

use super::*;
use cimarron_model::Status;

#[test]
fn polled_classes_need_within() {
    let world = World::new();
    world.session.set_polled(&context(), "e_disk", true).unwrap();
    for (query, needs) in [
        ("SELECT * FROM __InstanceCreationEvent", true),
        ("SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'E_Element'", true),
        ("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'E_Fast'", true),
        ("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance.Name = 'a'", true),
        ("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'E_Process'", false),
        (
            "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'E_Process' OR TargetInstance ISA 'E_Fast'",
            true,
        ),
        ("SELECT * FROM __Event", false),
        ("SELECT * FROM __MethodInvocationEvent", false),
        ("SELECT * FROM E_Alarm", false),
    ] {
        let status = world.try_subscribe(query).err().map(|error| error.status());
        assert_eq!(status, needs.then_some(Status::MissingWithin), "{query}");
    }
    world.session.set_polled(&context(), "E_Disk", false).unwrap();
    world.subscribe("SELECT * FROM __InstanceCreationEvent");
}

#[test]
fn differences_are_the_events() {
    let world = World::new();
    world.session.set_polled(&context(), "E_Disk", true).unwrap();
    world.create("E_Disk", "old", 1);
    world.create("E_Disk", "changed", 1);
    let events = world.subscribe(
        "SELECT * FROM __InstanceOperationEvent WITHIN 10 WHERE TargetInstance ISA 'E_Element'",
    );
    world.create("E_Disk", "new", 1);
    world.create("E_Disk", "brief", 1);
    world.delete(r#"E_Disk.Name="brief""#);
    world.delete(r#"E_Disk.Name="old""#);
    world.modify(r#"E_Disk.Name="changed""#, &Instance::new("E_Disk").with("Size", 2_u32));
    world.modify(r#"E_Disk.Name="changed""#, &Instance::new("E_Disk").with("Size", 3_u32));
    // Stored instances of other classes come at once.
    world.create("E_Element", "e", 1);
    assert_eq!(all(&events), [r#"InstanceCreationEvent E_Element.Name="e" UInt32(1)"#]);
    world.advance(9.0);
    assert!(all(&events).is_empty());
    world.advance(1.0);
    let first = events.try_next().unwrap().unwrap();
    assert_eq!(first.created(), 135_379_296_100_000_000);
    assert_eq!(brief(&first), r#"InstanceCreationEvent E_Disk.Name="new" UInt32(1)"#);
    assert_eq!(
        all(&events),
        [
            r#"InstanceDeletionEvent E_Disk.Name="old" UInt32(1)"#,
            r#"InstanceModificationEvent E_Disk.Name="changed" UInt32(3) from E_Disk.Name="changed" UInt32(1)"#,
        ]
    );
    world.advance(100.0);
    assert!(all(&events).is_empty());
    drop(events);
    assert_eq!(world.session.repository().hub().sizes(), (0, 0, 0));
}

#[test]
fn keys_that_differ_in_case_are_two_where_case_counts() {
    let world = indications::world();
    world.session.set_polled(&context(), "I_Thing", true).unwrap();
    world.create("I_Thing", "a", 1);
    let query = "SELECT * FROM CIM_InstIndication WITHIN 10 WHERE SourceInstance ISA \"I_Thing\"";
    let events = world.subscribe(query);
    world.create("I_Thing", "A", 1);
    world.advance(10.0);
    assert_eq!(all(&events), [r#"CIM_InstCreation I_Thing.Name="A" UInt32(1)"#]);
    world.delete(r#"I_Thing.Name="a""#);
    world.advance(10.0);
    assert_eq!(all(&events), [r#"CIM_InstDeletion I_Thing.Name="a" UInt32(1)"#]);
}

#[test]
fn indications_that_no_poll_makes_need_no_within() {
    let world = indications::world();
    world.compile("[Indication] class CIM_InstMethodCall : CIM_InstIndication { };");
    world.compile("[Indication] class I_Creation : CIM_InstCreation { };");
    world.session.set_polled(&context(), "I_Thing", true).unwrap();
    for (class, needs) in [
        ("CIM_Indication", false),
        ("CIM_InstIndication", true),
        ("CIM_InstCreation", true),
        ("CIM_InstModification", true),
        ("CIM_InstDeletion", true),
        ("CIM_InstMethodCall", false),
        ("I_Creation", false),
    ] {
        let status = world.try_subscribe(&format!("SELECT * FROM {class}")).err();
        let status = status.map(|error| error.status());
        assert_eq!(status, needs.then_some(Status::MissingWithin), "{class}");
    }
}

#[test]
fn keys_that_are_spelled_in_two_ways_are_one() {
    let world = World::new();
    world.compile("[association] class E_Link { [key] E_Disk ref A; [key] E_Disk ref B; };");
    world.session.set_polled(&context(), "E_Link", true).unwrap();
    let link = |a: &str| {
        let path = |text: &str| text.parse::<ObjectPath>().unwrap();
        let link = Instance::new("E_Link").with("A", path(a)).with("B", path("E_Disk='b'"));
        world.session.create_instance(&context(), &link).unwrap()
    };
    let mut path = link(r#"E_Disk.Name="a""#);
    let query =
        "SELECT * FROM __InstanceOperationEvent WITHIN 10 WHERE TargetInstance ISA 'E_Link'";
    let links = world.subscribe(query);
    for other in [
        r#"e_disk.NAME="A""#,
        r#"E_Disk="a""#,
        r#"root\x:E_Disk.Name="a""#,
        r#"\\.\ROOT\X:E_Disk="a""#,
    ] {
        world.session.delete_instance(&context(), &path).unwrap();
        path = link(other);
        world.advance(10.0);
        let classes = classes(&links);
        let kinds = classes.iter().all(|class| class == "__InstanceModificationEvent");
        assert!(kinds && classes.len() <= 1, "{other}: {classes:?}");
    }
    link(r#"E_Disk.Name="c""#);
    world.advance(10.0);
    assert_eq!(classes(&links), ["__InstanceCreationEvent"]);
}
