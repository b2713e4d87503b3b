//! GROUP.

use super::*;

fn counts(subscription: &Subscription) -> Vec<(String, String)> {
    let events = std::iter::from_fn(|| subscription.try_next().unwrap());
    let shown = events.map(|event| {
        assert_eq!(event.class_name().as_str(), "__AggregateEvent");
        let representative = event.property("Representative").unwrap();
        let cimarron_model::Value::Scalar(cimarron_model::Scalar::Object(object)) = representative
        else {
            panic!("{representative}")
        };
        let cimarron_model::Object::Instance(first) = &*object else { panic!() };
        let source = first.get("Source").map(ToString::to_string).unwrap_or_default();
        (event.property("NumberOfEvents").unwrap().to_string(), source)
    });
    shown.collect()
}

fn pair(count: &str, source: &str) -> (String, String) {
    (count.to_owned(), source.to_owned())
}

#[test]
fn a_window_opens_with_the_first_event_and_is_half_open() {
    let world = World::new();
    let alarms = world.subscribe("SELECT * FROM E_Alarm GROUP WITHIN 10");
    world.advance(100.0);
    world.raise(&alarm("a"));
    world.advance(5.0);
    world.raise(&alarm("b"));
    world.advance(4.9);
    assert!(counts(&alarms).is_empty());
    world.clock.advance(Duration::from_millis(100));
    // At the very end: it is of the next window.
    world.raise(&alarm("c"));
    assert_eq!(counts(&alarms), [pair("2", "a")]);
    world.advance(10.0);
    assert_eq!(counts(&alarms), [pair("1", "c")]);
    world.advance(100.0);
    assert!(counts(&alarms).is_empty());
}

#[test]
fn groups_by_value_and_having() {
    let world = World::new();
    let alarms = world.subscribe(
        "SELECT * FROM E_Alarm WHERE Severity < 9 GROUP WITHIN 10 BY Source HAVING NumberOfEvents > 1",
    );
    for source in ["b", "a", "B", "c", "A", "a"] {
        world.raise(&alarm(source));
    }
    world.raise(&alarm("c").with("Severity", 9_u8));
    world.raise(&Instance::new("E_Alarm"));
    world.raise(&Instance::new("E_Alarm"));
    world.advance(10.0);
    assert_eq!(
        counts(&alarms),
        [pair("2", "b"), pair("3", "a"), ("2".to_owned(), "NULL".to_owned())]
    );
}

#[test]
fn a_window_closes_when_nobody_looks_and_is_bounded() {
    let world = World::new();
    let options = SubscribeOptions::new().with_events(2);
    let query = "SELECT Source FROM E_Alarm GROUP WITHIN 1 BY Source";
    let alarms = world.session.subscribe(&context(), query, options).unwrap();
    for source in ["a", "b", "c", "a"] {
        world.raise(&alarm(source));
    }
    // A commit long after it closes the window that ended meanwhile, at its own time.
    world.clock.advance(Duration::from_secs(100));
    world.raise(&alarm("d"));
    assert_eq!(counts(&alarms), [pair("2", "a"), pair("1", "b")]);
}

#[test]
fn a_window_stays_open_while_classes_change() {
    let world = World::new();
    let query = "SELECT * FROM E_Alarm GROUP WITHIN 10 BY Source HAVING NumberOfEvents > 1";
    let alarms = world.subscribe(query);
    ["a", "b"].into_iter().for_each(|source| world.raise(&alarm(source)));
    world.compile(
        "#pragma classflags(\"forceupdate\")
        class E_Alarm : __ExtrinsicEvent { uint8 Severity = 1; uint8 More; string Source; };
        class E_Flood : E_Alarm { };",
    );
    world.raise(&Instance::new("E_Flood").with("Source", "A"));
    world.raise(&alarm("c"));
    world.advance(10.0);
    assert_eq!(counts(&alarms), [pair("2", "a")]);
}

#[test]
fn what_equality_takes_for_one_is_a_group() {
    let world = World::new();
    world.compile(
        r#"class E_All
        {
            [key] uint32 Id; string S; char16 C; real32 R; real64 D; datetime T; boolean B;
            sint64 I; object O; E_All ref Ref;
        };"#,
    );
    let paths = "S C R D T B I Ref __CLASS __GENUS __RELPATH __SUPERCLASS O.Name".split(' ');
    let subscriptions: Vec<(&str, Subscription)> = paths
        .map(|path| {
            let query = format!(
                "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'E_All'
                GROUP WITHIN 1 BY TargetInstance.{path}"
            );
            (path, world.subscribe(&query))
        })
        .collect();
    world.compile(
        r#"instance of E_All { Id = 1; S = "Ab"; C = 'x'; R = 0.5; D = -0.0; B = TRUE; I = 5;
            T = "20300101000000.000000+000"; Ref = "E_All.Id=1";
            O = instance of E_Element { Name = "n"; }; };
        instance of E_All { Id = 2; S = "aB"; C = 'X'; R = 0.25; D = 0.0; B = FALSE; I = -5;
            T = "20300101010000.000000+060"; Ref = "e_all.id=1";
            O = instance of E_Disk { Name = "N"; }; };
        instance of E_All { Id = 3; S = "c"; C = 'x'; R = 0.5; D = 0.1; B = TRUE; I = 5;
            T = "00000001000000.000000:000"; Ref = "E_All.Id=2"; };
        instance of E_All { Id = 4; D = 0.1; T = "20300101******.******+***"; };
        instance of E_All { Id = 5; D = 0.0; T = "20300101******.******+***"; };"#,
    );
    world.advance(1.0);
    let gathered: Vec<(&str, String)> = subscriptions
        .iter()
        .map(|(path, subscription)| {
            let events = std::iter::from_fn(|| subscription.try_next().unwrap());
            let counts = events.map(|event| event.property("NumberOfEvents").unwrap().to_string());
            (*path, counts.collect::<Vec<_>>().join(" "))
        })
        .collect();
    let expected = [
        ("S", "2 1 2"),
        ("C", "2 1 2"),
        ("R", "2 1 2"),
        ("D", "3 2"),
        ("T", "2 1 2"),
        ("B", "2 1 2"),
        ("I", "2 1 2"),
        ("Ref", "2 1 2"),
        ("__CLASS", "5"),
        ("__GENUS", "5"),
        ("__RELPATH", "1 1 1 1 1"),
        ("__SUPERCLASS", "5"),
        ("O.Name", "2 3"),
    ];
    assert_eq!(gathered, expected.map(|(path, counts)| (path, counts.to_owned())));
}
