//! DMTF's indications, asked for and bound to destinations.

use super::*;
use crate::events::{ConsumerSink, Delivery, Verdict};
use cimarron_model::Value;
use parking_lot::Mutex;

const CIM: &str = r#"
Qualifier Key : boolean = false, Scope(property, reference);
Qualifier Abstract : boolean = false, Scope(class, association, indication);
Qualifier Association : boolean = false, Scope(association);
Qualifier Indication : boolean = false, Scope(class, indication);
Qualifier EmbeddedObject : boolean = false, Scope(property);
[Indication, Abstract] class CIM_Indication
    { string IndicationIdentifier; datetime IndicationTime; string IndicationFilterName;
      string SequenceContext; sint64 SequenceNumber; };
[Indication, Abstract] class CIM_InstIndication : CIM_Indication
    { [EmbeddedObject] string SourceInstance; string SourceInstanceModelPath; string SourceInstanceHost; };
[Indication] class CIM_InstCreation : CIM_InstIndication { };
[Indication] class CIM_InstDeletion : CIM_InstIndication { };
[Indication] class CIM_InstModification : CIM_InstIndication
    { [EmbeddedObject] string PreviousInstance; string ChangedPropertyNames[]; };
class CIM_IndicationFilter
    { [Key] string Name; string SourceNamespaces[]; string Query; string QueryLanguage; };
[Abstract] class CIM_ListenerDestination { [Key] string Name; };
class CIM_ListenerDestinationCIMXML : CIM_ListenerDestination { string Destination; };
[Association] class CIM_IndicationSubscription
{
    [Key] CIM_IndicationFilter REF Filter; [Key] CIM_ListenerDestination REF Handler;
    uint16 SubscriptionState;
};
class I_Thing { [Key] string Name; uint32 Size; };
class I_Other { [Key] string Name; };
"#;

pub(super) fn world() -> World {
    let clock = Arc::new(ManualClock::default());
    let repository = Repository::builder().clock(clock.clone()).build();
    repository.create_namespace("root/cimv2", Dialect::Dmtf).unwrap();
    repository.create_namespace("interop", Dialect::Dmtf).unwrap();
    let session = repository.session("root/cimv2").unwrap();
    let world = World { clock, session };
    world.compile(CIM);
    world
}

#[test]
fn what_happens_to_instances_is_indicated() {
    let world = world();
    let things =
        world.subscribe(r#"SELECT * FROM CIM_InstIndication WHERE SourceInstance ISA "I_Thing""#);
    world.create("I_Thing", "a", 1);
    let other = Instance::new("I_Other").with("Name", "o");
    world.session.create_instance(&context(), &other).unwrap();
    world.modify("I_Thing.Name=\"a\"", &Instance::new("I_Thing").with("Size", 2_u32));
    world.modify("I_Thing.Name=\"a\"", &Instance::new("I_Thing").with("Size", 2_u32));
    let path: ObjectPath = "I_Thing.Name=\"a\"".parse().unwrap();
    world.session.delete_instance(&context(), &path).unwrap();
    let mut identifiers = Vec::new();
    for (class, size, changed) in [
        ("CIM_InstCreation", 1, None),
        ("CIM_InstModification", 2, Some(vec!["Size".to_owned()])),
        ("CIM_InstDeletion", 2, None),
    ] {
        let event = things.try_next().unwrap().unwrap();
        assert_eq!(event.class_name().as_str(), class);
        let source = event.target().unwrap();
        assert_eq!(source.property("Size").unwrap().as_integer(), Some(size));
        let text = |name: &str| event.property(name).unwrap().to_string();
        assert_eq!(text("SourceInstanceModelPath"), r#"root/cimv2:I_Thing.Name="a""#);
        assert_eq!(text("SourceInstanceHost"), "localhost");
        assert_eq!(text("IndicationTime"), "20300101000000.000000+000");
        let names = event.property("ChangedPropertyNames").and_then(|names| names.texts());
        assert_eq!(names, changed);
        identifiers.push(text("IndicationIdentifier"));
    }
    assert!(things.try_next().unwrap().is_none());
    identifiers.dedup();
    assert_eq!(identifiers.len(), 3);
    let by_path = world
        .subscribe(r#"SELECT * FROM CIM_InstCreation WHERE SourceInstanceModelPath LIKE "%\"b\"""#);
    world.create("I_Thing", "a", 1);
    world.create("I_Thing", "b", 1);
    assert_eq!(
        by_path.try_next().unwrap().unwrap().target().unwrap().path().to_string(),
        r#"I_Thing.Name="b""#
    );
    assert!(by_path.try_next().unwrap().is_none());
}

#[derive(Debug, Default)]
struct Listener(Mutex<Vec<(Option<Value>, String)>>);

/// What an indication says of its sequence.
fn sequence(event: &Instance) -> String {
    let text = |name: &str| event.get(name).unwrap().to_string();
    assert!(text("SequenceContext").starts_with("cimarron:"));
    format!("{} {} {}", event.class, text("IndicationFilterName"), text("SequenceNumber"))
}

impl ConsumerSink for Listener {
    fn deliver(&self, delivery: &Delivery<'_>) -> Verdict {
        let destination = delivery.consumer.get("Destination").cloned();
        self.0.lock().push((destination, sequence(delivery.event)));
        Verdict::Delivered
    }
}

#[test]
fn destinations_are_consumers() {
    let world = world();
    let repository = world.session.repository().clone();
    let listener = Arc::new(Listener::default());
    repository.set_consumer_sink("CIM_ListenerDestinationCIMXML", listener.clone());
    let interop =
        World { clock: world.clock.clone(), session: repository.session("interop").unwrap() };
    interop.compile(CIM);
    interop.compile(
        r#"instance of CIM_IndicationFilter
            { Name = "f"; SourceNamespaces = { "root/cimv2" }; QueryLanguage = "WQL";
              Query = "SELECT * FROM CIM_InstCreation WHERE SourceInstance ISA \"I_Thing\""; };
        instance of CIM_ListenerDestinationCIMXML { Name = "d"; Destination = "http://x/"; };
        instance of CIM_IndicationSubscription
            { Filter = "CIM_IndicationFilter.Name=\"f\"";
              Handler = "CIM_ListenerDestinationCIMXML.Name=\"d\""; };"#,
    );
    let handed = || {
        repository.dispatch_events();
        std::mem::take(&mut *listener.0.lock())
    };
    interop.create("I_Thing", "elsewhere", 1);
    world.create("I_Thing", "a", 1);
    let of = |text: &str| (Some(Value::from("http://x/")), text.to_owned());
    assert_eq!(handed(), [of("CIM_InstCreation f 0")]);
    world.create("I_Thing", "a2", 1);
    assert_eq!(handed(), [of("CIM_InstCreation f 1")]);
    let bound = repository.bindings().remove(0);
    assert!(bound.active, "{bound:?}");
    // Disabled, and enabled again.
    let paths = interop.session.enumerate_instance_names(
        &context(),
        "CIM_IndicationSubscription",
        crate::Depth::Deep,
    );
    let path = paths.unwrap().remove(0).to_string();
    for (state, name, count) in [(4_u16, "b", 0), (2, "c", 1)] {
        let change = Instance::new("CIM_IndicationSubscription").with("SubscriptionState", state);
        interop.modify(&path, &change);
        world.create("I_Thing", name, 1);
        assert_eq!(handed().len(), count, "{state}");
    }
}

#[test]
fn filters_whose_names_differ_in_case_are_two() {
    let world = world();
    let repository = world.session.repository().clone();
    let listener = Arc::new(Listener::default());
    repository.set_consumer_sink("CIM_ListenerDestinationCIMXML", listener.clone());
    world.compile(
        r#"instance of CIM_IndicationFilter { Name = "f"; QueryLanguage = "WQL";
              Query = "SELECT * FROM CIM_InstCreation WHERE SourceInstance ISA \"I_Thing\""; };
        instance of CIM_IndicationFilter { Name = "F"; QueryLanguage = "WQL";
              Query = "SELECT * FROM CIM_InstDeletion WHERE SourceInstance ISA \"I_Thing\""; };
        instance of CIM_ListenerDestinationCIMXML { Name = "d"; };
        instance of CIM_IndicationSubscription
            { Filter = "CIM_IndicationFilter.Name=\"f\"";
              Handler = "cim_listenerdestinationcimxml.name=\"d\""; };
        instance of CIM_IndicationSubscription
            { Filter = "CIM_IndicationFilter.Name=\"F\"";
              Handler = "CIM_ListenerDestinationCIMXML.Name=\"d\""; };"#,
    );
    let handed = || {
        repository.dispatch_events();
        let handed = std::mem::take(&mut *listener.0.lock());
        handed.into_iter().map(|(_, text)| text).collect::<Vec<_>>()
    };
    world.create("I_Thing", "a", 1);
    assert_eq!(handed(), ["CIM_InstCreation f 0"]);
    world.delete("CIM_IndicationFilter.Name=\"f\"");
    world.create("I_Thing", "b", 1);
    world.delete("I_Thing.Name=\"a\"");
    assert_eq!(handed(), ["CIM_InstDeletion F 0"]);
}
