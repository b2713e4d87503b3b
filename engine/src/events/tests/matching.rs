//! The index against asking everybody.

use super::*;
use proptest::prelude::*;

/// Queries of all sorts.
fn query() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "B", "c", "5", "true"]);
    let class = prop::sample::select(vec!["E_Element", "E_Disk", "e_fast", "E_Process"]);
    let event = prop::sample::select(vec![
        "__InstanceOperationEvent",
        "__InstanceCreationEvent",
        "__InstanceModificationEvent",
        "__InstanceDeletionEvent",
        "__Event",
    ]);
    let atom = prop_oneof![
        name.clone().prop_map(|n| format!("TargetInstance.Name = '{n}'")),
        name.clone().prop_map(|n| format!("TargetInstance.Label = '{n}'")),
        name.prop_map(|n| format!("TargetInstance.Name <> '{n}'")),
        (0_u32..6).prop_map(|n| format!("TargetInstance.Size = {n}")),
        (0_u32..6).prop_map(|n| format!("TargetInstance.Size > {n}")),
        (0_u32..6).prop_map(|n| format!("TargetInstance.Size <= {n}")),
        (0_u32..6, 0_u32..6)
            .prop_map(|(a, b)| format!("TargetInstance.Size >= {a} AND TargetInstance.Size < {b}")),
        (0_u32..6).prop_map(|n| format!("TargetInstance.Rpm = {n}")),
        class.clone().prop_map(|c| format!("TargetInstance ISA '{c}'")),
        class.clone().prop_map(|c| format!("NOT TargetInstance ISA '{c}'")),
        class.prop_map(|c| format!("TargetInstance.__CLASS = '{c}'")),
        Just("TargetInstance.Label IS NULL".to_owned()),
        Just("TargetInstance.Online = TRUE".to_owned()),
        Just("TargetInstance.Label LIKE 'a%'".to_owned()),
    ];
    let joined = prop::collection::vec((atom, any::<bool>()), 0..4).prop_map(|atoms| {
        atoms.into_iter().fold(String::new(), |text, (atom, and)| match text.as_str() {
            "" => atom,
            text => format!("({text}) {} ({atom})", if and { "AND" } else { "OR" }),
        })
    });
    (event, joined).prop_map(|(event, condition)| match (event, condition.as_str()) {
        // Only events of instances have TargetInstance.
        ("__Event", _) | (_, "") => format!("SELECT * FROM {event}"),
        (event, condition) => format!("SELECT * FROM {event} WHERE {condition}"),
    })
}

#[derive(Clone, Debug)]
enum Step {
    Create(&'static str, &'static str, Option<u32>, Option<&'static str>),
    Modify(usize, u32),
    Delete(usize),
    Compile(&'static str),
    Leave(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let class = prop::sample::select(vec!["E_Element", "E_Disk", "E_Fast"]);
    let name = prop::sample::select(vec!["a", "b", "C", "5", "x"]);
    let label = prop::option::of(prop::sample::select(vec!["a", "B", "ab", "5"]));
    prop_oneof![
        6 => (class, name, prop::option::of(0_u32..6), label)
            .prop_map(|(c, n, s, l)| Step::Create(c, n, s, l)),
        4 => (any::<usize>(), 0_u32..6).prop_map(|(at, size)| Step::Modify(at, size)),
        2 => any::<usize>().prop_map(Step::Delete),
        1 => prop::sample::select(vec![
            "class E_New : E_Disk { uint32 More; };",
            "instance of E_Fast { Name = \"m\"; Size = 3; Rpm = 2; };",
            "class E_Other { [key] string Name; };",
        ]).prop_map(Step::Compile),
        1 => any::<usize>().prop_map(Step::Leave),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_index_finds_what_asking_everybody_finds(
        queries in prop::collection::vec(query(), 1..24),
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let world = World::new();
        // What nobody can ever get is refused.
        let mut subscriptions: Vec<(String, Option<Subscription>)> = queries
            .into_iter()
            .map(|query| (query.clone(), world.try_subscribe(&query).ok()))
            .collect();
        let everything = world.subscribe("SELECT * FROM __Event");
        let mut paths: Vec<ObjectPath> = Vec::new();
        for step in steps {
            match step {
                Step::Create(class, name, size, label) => {
                    let mut instance = Instance::new(class).with("Name", name);
                    if let Some(size) = size {
                        instance.set("Size", size);
                    }
                    if let (Some(label), true) = (label, class != "E_Element") {
                        instance.set("Label", label);
                    }
                    paths.extend(world.session.create_instance(&context(), &instance));
                }
                Step::Modify(at, size) if !paths.is_empty() => {
                    let path = &paths[at % paths.len()];
                    let instance = Instance::new("").with("Size", size);
                    let update = Update::Given;
                    let _ = world.session.modify_instance(&context(), path, &instance, &update);
                }
                Step::Delete(at) if !paths.is_empty() => {
                    let path = paths.swap_remove(at % paths.len());
                    let _ = world.session.delete_instance(&context(), &path);
                }
                Step::Compile(text) => world.compile(text),
                Step::Leave(at) => {
                    let at = at % subscriptions.len();
                    subscriptions[at].1 = None;
                }
                Step::Modify(..) | Step::Delete(_) => {}
            }
        }
        let mut events = Vec::new();
        while let Some(event) = everything.try_next().unwrap() {
            events.push(event);
        }
        for (query, subscription) in &subscriptions {
            let Some(subscription) = subscription else { continue };
            let bound = subscription.entry().bound().unwrap();
            let wanted: Vec<String> = events
                .iter()
                .filter(|event| {
                    cimarron_wql::Row::is_a(*event, event.class_name().as_str(), bound.query.class.as_str())
                        && bound.query.matches(*event)
                })
                .map(brief)
                .collect();
            prop_assert_eq!(all(subscription), wanted, "{}", query);
        }
    }
}
