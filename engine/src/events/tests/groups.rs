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
