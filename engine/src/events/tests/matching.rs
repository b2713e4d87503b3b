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

fn dialect() -> impl Strategy<Value = Dialect> {
    prop::sample::select(vec![Dialect::Wmi, Dialect::Dmtf])
}

/// The world of a dialect.
fn world_of(dialect: Dialect) -> World {
    match dialect {
        Dialect::Wmi => World::new(),
        Dialect::Dmtf => {
            let world = indications::world();
            world.compile(&MOF[..MOF.find("class E_Alarm").unwrap()]);
            world
        }
    }
}

/// The classes of [`VALUES`].
fn values_of(dialect: Dialect) -> String {
    let (text, _) = VALUES_MOF.split_at(VALUES_MOF.find("class V_Ref").unwrap());
    match dialect {
        Dialect::Wmi => VALUES_MOF.to_owned(),
        Dialect::Dmtf => format!(
            "{text} [Association] class V_Ref {{ [Key] string K; V_Root ref V; V_Root ref W; }};"
        ),
    }
}

/// A query of WMI's events as one of the dialect's.
fn query_of(dialect: Dialect, query: &str) -> String {
    match dialect {
        Dialect::Wmi => query.to_owned(),
        Dialect::Dmtf => query
            .replace("__InstanceOperationEvent", "CIM_InstIndication")
            .replace("__InstanceCreationEvent", "CIM_InstCreation")
            .replace("__InstanceModificationEvent", "CIM_InstModification")
            .replace("__InstanceDeletionEvent", "CIM_InstDeletion")
            .replace("__Event", "CIM_Indication")
            .replace("TargetInstance", "SourceInstance"),
    }
}

/// A world in which everything, and what the queries ask for, is subscribed to; what nobody
/// can ever get is refused.
fn subscribed(
    dialect: Dialect,
    mof: &str,
    queries: impl IntoIterator<Item = String>,
) -> (World, Subscription, Vec<(String, Option<Subscription>)>) {
    let world = world_of(dialect);
    world.compile(mof);
    let subscribe = |query: String| {
        let query = query_of(dialect, &query);
        let subscription = world.try_subscribe(&query).ok();
        (query, subscription)
    };
    let subscriptions = queries.into_iter().map(subscribe).collect();
    let everything = world.subscribe(&query_of(dialect, "SELECT * FROM __Event"));
    (world, everything, subscriptions)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_index_finds_what_asking_everybody_finds(
        dialect in dialect(),
        queries in prop::collection::vec(query(), 1..24),
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let (world, everything, mut subscriptions) = subscribed(dialect, "", queries);
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
                Step::Compile(text) => world.try_compile(text),
                Step::Leave(at) => {
                    let at = at % subscriptions.len();
                    subscriptions[at].1 = None;
                }
                Step::Modify(..) | Step::Delete(_) => {}
            }
        }
        agree(&everything, &subscriptions)?;
    }

    #[test]
    fn values_of_all_types_are_found(
        dialect in dialect(),
        queries in prop::collection::vec(value_query(), 1..16),
        values in prop::collection::vec((0..VALUES.len(), any::<bool>()), 1..24),
    ) {
        let (world, everything, subscriptions) =
            subscribed(dialect, &values_of(dialect), queries);
        for (key, (value, raised)) in values.into_iter().enumerate() {
            let (class, text) = VALUES[value];
            if raised && dialect == Dialect::Wmi {
                world.raise(&Instance::new("V_Said").with("V", text).with("Of", embedded_in(class, text)));
            } else {
                world.try_compile(&format!("instance of {class} {{ K = \"{key}\"; V = {text}; }};"));
            }
        }
        agree(&everything, &subscriptions)?;
    }
}

const VALUES_MOF: &str = r#"
class V_Root { [key] string K; };
class V_Text : V_Root { string V; };
class V_Int : V_Root { sint64 V; };
class V_Byte : V_Root { uint8 V; };
class V_Single : V_Root { real32 V; };
class V_Real : V_Root { real64 V; };
class V_Truth : V_Root { boolean V; };
class V_Unit : V_Root { char16 V; };
class V_Time : V_Root { datetime V; };
class V_Ref : V_Root { V_Root ref V; };
class V_Said : __ExtrinsicEvent { string V; object Of; };
"#;

/// Classes, and values of their `V` as MOF.
const VALUES: [(&str, &str); 26] = [
    ("V_Text", "\"5\""),
    ("V_Text", "\"a\""),
    ("V_Text", "\"A\""),
    ("V_Text", "\"true\""),
    ("V_Text", "\"20300101000000.000000+000\""),
    ("V_Text", "NULL"),
    ("V_Int", "5"),
    ("V_Int", "-1"),
    ("V_Int", "9007199254740993"),
    ("V_Byte", "5"),
    ("V_Byte", "0"),
    ("V_Byte", "NULL"),
    ("V_Single", "5.0"),
    ("V_Single", "0.1"),
    ("V_Real", "5.0"),
    ("V_Real", "0.1"),
    ("V_Real", "-0.0"),
    ("V_Real", "9007199254740992.0"),
    ("V_Truth", "TRUE"),
    ("V_Truth", "FALSE"),
    ("V_Unit", "'a'"),
    ("V_Unit", "5"),
    ("V_Time", "\"20300101000000.000000+000\""),
    ("V_Time", "\"20300101010000.000000+060\""),
    ("V_Time", "\"00000005000000.000000:000\""),
    ("V_Ref", "\"V_Text.K=\\\"a\\\"\""),
];

fn embedded_in(class: &str, text: &str) -> cimarron_model::Value {
    let instance = match text.parse::<i64>() {
        Ok(number) if class == "V_Int" => Instance::new(class).with("V", number),
        _ => Instance::new("V_Text").with("V", text),
    };
    system::embedded(instance)
}

const LITERALS: [&str; 19] = [
    "'5'",
    "5",
    "5.0",
    "-1",
    "0",
    "1",
    "0.1",
    "'a'",
    "'A'",
    "TRUE",
    "'true'",
    "NULL",
    "9007199254740993",
    "9007199254740992",
    "'20300101000000.000000+000'",
    "'20300101******.******+***'",
    "'00000005000000.000000:000'",
    "'V_Text.K=\"a\"'",
    "'v_text.k=\"A\"'",
];

const OPERATORS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

fn value_query() -> impl Strategy<Value = String> {
    let literal = prop::sample::select(LITERALS.to_vec());
    let operator = prop::sample::select([&OPERATORS[..1], &OPERATORS].concat());
    let path = prop::sample::select(vec!["TargetInstance.V", "TargetInstance.K"]);
    let test = (path, operator, literal.clone()).prop_map(|(p, o, l)| format!("{p} {o} {l}"));
    let tests = prop::collection::vec((test, any::<bool>()), 1..4).prop_map(|tests| {
        tests.into_iter().fold(String::new(), |text, (test, and)| match text.as_str() {
            "" => test,
            text => format!("({text}) {} ({test})", if and { "AND" } else { "OR" }),
        })
    });
    let said = (prop::sample::select(vec!["V", "Of.V"]), literal);
    prop_oneof![
        4 => tests.prop_map(|t| format!("SELECT * FROM __InstanceCreationEvent WHERE {t}")),
        1 => said.prop_map(|(p, l)| format!("SELECT * FROM V_Said WHERE {p} = {l}")),
        1 => prop::sample::select(vec!["V_Int", "V_Text", "V_Root"])
            .prop_map(|c| format!("SELECT * FROM V_Said WHERE Of ISA '{c}'")),
    ]
}

/// That each subscription was given what it wants of everything, and no more.
fn agree(
    everything: &Subscription,
    subscriptions: &[(String, Option<Subscription>)],
) -> Result<(), TestCaseError> {
    let mut events = Vec::new();
    while let Some(event) = everything.try_next().unwrap() {
        events.push(event);
    }
    for (query, subscription) in subscriptions {
        let Some(subscription) = subscription else { continue };
        let bound = subscription.entry().bound().unwrap();
        let wants = |event: &&Event| {
            let (class, from) = (event.class_name().as_str(), bound.query.class.as_str());
            cimarron_wql::Row::is_a(*event, class, from) && bound.query.matches(*event)
        };
        let wanted: Vec<String> = events.iter().filter(wants).map(brief).collect();
        prop_assert_eq!(all(subscription), wanted, "{}", query);
    }
    Ok(())
}

#[test]
fn few_are_asked() {
    let world = World::new();
    let each = |n: u32| {
        let (name, low, high) = (format!("d{n}"), n * 10, n * 10 + 9);
        let start = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance";
        let range = format!("TargetInstance.Size >= {low} AND TargetInstance.Size <= {high}");
        [
            format!("{start} ISA 'E_Disk' AND TargetInstance.Name = '{name}'"),
            format!("{start} ISA 'E_Disk' AND {range}"),
            format!("{start} ISA 'E_Process' AND TargetInstance.Id > {n}"),
            format!("{start}.Name = '{name}' OR TargetInstance.Name = 'x{n}'"),
            format!("SELECT * FROM E_Alarm WHERE Source = '{name}' AND Severity < 5"),
        ]
    };
    let subscriptions: Vec<Subscription> =
        (0..300).flat_map(each).map(|query| world.subscribe(&query)).collect();
    world.create("E_Fast", "D7", 1234);
    let delivered = subscriptions.iter().map(|subscription| all(subscription).len());
    assert_eq!(delivered.sum::<usize>(), 3);
    assert_eq!(world.session.repository().hub().asked(), 3);
}

#[test]
fn every_literal_meets_every_value() {
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        every_literal_meets_every_value_of(dialect);
    }
}

fn every_literal_meets_every_value_of(dialect: Dialect) {
    let start = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance.V";
    let queries = OPERATORS.iter().flat_map(|operator| {
        LITERALS.iter().map(move |literal| format!("{start} {operator} {literal}"))
    });
    let (world, everything, subscriptions) = subscribed(dialect, &values_of(dialect), queries);
    for (key, (class, text)) in VALUES.iter().enumerate() {
        world.try_compile(&format!("instance of {class} {{ K = \"{key}\"; V = {text}; }};"));
    }
    assert!(subscriptions.iter().filter(|(_, there)| there.is_some()).count() > 100);
    agree(&everything, &subscriptions).unwrap();
}
