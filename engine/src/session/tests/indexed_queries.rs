//! Queries with indexes against the same queries without: random rows and conditions, old
//! snapshots, undone batches, rows that are moved, classes that change.

use super::indexes::{check, index, plain};
use super::*;
use cimarron_model::{Char16, CimType, DateTime, Name, Value};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Put(u8, bool, Values),
    Delete(u8),
    /// A batch whose last write fails.
    Fail(Vec<(u8, bool, Values)>),
    /// Rows that come and go together, to have chunks written again.
    Flood(u8),
    Snapshot,
    Index(usize),
    Drop(usize),
    /// The class below gets or loses a property.
    Change(bool),
    Query(String, bool),
}

/// A value for each of [`PROPERTIES`].
type Values =
    (Option<u8>, Option<String>, Option<i8>, Option<u8>, Option<u8>, Option<bool>, Option<i8>);

const PROPERTIES: [&str; 7] = ["Size", "Text", "Weight", "Made", "Mark", "On", "Level"];

const TIMES: [&str; 4] = [
    "20240131080000.000000+060",
    "20240131070000.000000+000",
    "00000001000000.000000:000",
    "2024****000000.000000+***",
];

fn instance(id: u8, low: bool, values: &Values) -> Instance {
    fn or_null<T>(value: Option<T>, cim_type: CimType) -> Value
    where
        Value: From<T>,
    {
        value.map_or(Value::null(cim_type), Value::from)
    }
    let (size, text, weight, made, mark, on, level) = values.clone();
    let weight = weight.map(|n| match n {
        i8::MIN..-90 => f64::NAN,
        -90..-80 => -0.0,
        n => f64::from(n) / 2.0,
    });
    let made = made.and_then(|n| TIMES.get(usize::from(n))).map(|t| DateTime::parse(t).unwrap());
    device(if low { "X_Low" } else { "X_Side" }, &id.to_string())
        .with("Size", or_null(size.map(u32::from), CimType::UInt32))
        .with("Text", or_null(text.as_deref(), CimType::String))
        .with("Weight", or_null(weight, CimType::Real64))
        .with("Made", or_null(made, CimType::DateTime))
        .with("Mark", or_null(mark.map(|n| Char16(n.into())), CimType::Char16))
        .with("On", or_null(on, CimType::Boolean))
        .with("Level", or_null(level, CimType::SInt8))
}

fn values() -> impl Strategy<Value = Values> {
    (
        prop::option::of(0..6_u8),
        prop::option::of("[aAbBkK\u{212a}ß]{0,2}"),
        prop::option::of(any::<i8>()),
        prop::option::of(0..4_u8),
        prop::option::of(64..68_u8),
        any::<Option<bool>>(),
        prop::option::of(-3..3_i8),
    )
}

fn condition() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    let equality = prop::sample::select(vec!["=", "<>"]);
    let number = prop_oneof![
        8 => (-4..8_i64).prop_map(|n| n.to_string()),
        1 => Just("300000000000000000000".to_owned()),
        1 => Just("-300000000000000000000".to_owned()),
    ];
    // Integers have to lie in the range of the property.
    let size = prop_oneof![8 => 0..8_u32, 1 => Just(u32::MAX)];
    let level = prop_oneof![8 => -4..8_i8, 1 => Just(i8::MIN), 1 => Just(i8::MAX)];
    let real =
        prop_oneof![(-9..9_i8).prop_map(|n| format!("{:.1}", f64::from(n) / 2.0)), number.clone()];
    let time = |range: std::ops::Range<usize>| prop::sample::select(TIMES[range].to_vec());
    let leaf = prop_oneof![
        3 => (operator.clone(), size).prop_map(|(o, n)| format!("Size {o} {n}")),
        3 => (operator.clone(), "[aAbBkK\u{212a}ß]{0,2}").prop_map(|(o, t)| format!("Text {o} '{t}'")),
        2 => (operator.clone(), real).prop_map(|(o, n)| format!("Weight {o} {n}")),
        1 => (operator.clone(), time(0..3)).prop_map(|(o, t)| format!("Made {o} '{t}'")),
        1 => (equality.clone(), time(0..4)).prop_map(|(o, t)| format!("Made {o} '{t}'")),
        1 => (operator.clone(), 63..69_u8).prop_map(|(o, n)| format!("Mark {o} {n}")),
        1 => (equality.clone(), any::<bool>()).prop_map(|(o, b)| format!("On {o} {b}")),
        2 => (operator.clone(), level).prop_map(|(o, n)| format!("Level {o} {n}")),
        1 => (operator, 0..30_u8).prop_map(|(o, n)| format!("Id {o} '{n}'")),
        1 => prop::sample::select(PROPERTIES.to_vec()).prop_map(|p| format!("{p} IS NULL")),
        1 => prop::collection::vec(number, 2..4).prop_map(|all| {
            let items: Vec<_> = all.iter().map(|n| format!("Weight = {n}")).collect();
            items.join(" OR ")
        }),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("({})", all.join(" AND "))),
            2 => prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("({})", all.join(" OR "))),
            1 => inner.prop_map(|one| format!("NOT ({one})")),
        ]
    })
}

fn step() -> impl Strategy<Value = Step> {
    let row = || (0..30_u8, any::<bool>(), values());
    prop_oneof![
        12 => row().prop_map(|(id, low, values)| Step::Put(id, low, values)),
        4 => (0..30_u8).prop_map(Step::Delete),
        2 => prop::collection::vec(row(), 1..5).prop_map(Step::Fail),
        1 => (0..8_u8).prop_map(Step::Flood),
        2 => Just(Step::Snapshot),
        4 => (0..PROPERTIES.len()).prop_map(Step::Index),
        1 => (0..PROPERTIES.len()).prop_map(Step::Drop),
        1 => any::<bool>().prop_map(Step::Change),
        12 => (condition(), any::<bool>()).prop_map(|(condition, low)| Step::Query(condition, low)),
    ]
}

fn apply(session: &Session, step: &Step) {
    let path = |id: &u8| ObjectPath::parse(&format!("X_Base.Id=\"{id}\"")).unwrap();
    match step {
        Step::Put(id, low, values) => {
            // In `Wmi` the key may be that of the other class.
            let instance = instance(*id, *low, values);
            let _ = session.put_instance(&context(), &instance, PutMode::default(), &Update::Given);
        }
        Step::Delete(id) => {
            for class in ["X_Low", "X_Side"] {
                let path = ObjectPath { class: Some(Name::new(class)), ..path(id) };
                let _ = session.delete_instance(&context(), &path);
            }
        }
        Step::Fail(rows) => {
            let mut batch = session.batch();
            for (id, low, values) in rows {
                batch = batch.put(instance(*id, *low, values), PutMode::default(), Update::Given);
            }
            assert!(
                batch
                    .delete(ObjectPath::parse("X_Low.Id=\"none\"").unwrap())
                    .commit(&context())
                    .is_err()
            );
        }
        Step::Flood(n) => {
            let id = |k: u32| format!("flood {n} {k}");
            let all =
                || (0..60).map(|k| device("X_Low", &id(k)).with("Size", k % 7).with("Text", "k"));
            let batch = all()
                .fold(session.batch(), |batch, i| batch.put(i, PutMode::default(), Update::Given));
            batch.commit(&context()).unwrap();
            for k in (0..60).filter(|k| k % 6 != 0) {
                let path = ObjectPath::parse(&format!("X_Low.Id=\"{}\"", id(k))).unwrap();
                session.delete_instance(&context(), &path).unwrap();
            }
        }
        Step::Change(more) => {
            let mut class = cimarron_model::Class::new("X_Low");
            class.superclass = Some(Name::new("X_Base"));
            let property = if *more { "Much" } else { "More" };
            class.properties.push(cimarron_model::Property::new(property, CimType::UInt8));
            session.put_class(&context(), &class, PutMode::UpdateOnly, UpdateMode::Safe).unwrap();
        }
        Step::Snapshot | Step::Index(_) | Step::Drop(_) | Step::Query(..) => {}
    }
}

fn answers(session: &Session, condition: &str, low: bool) -> Vec<String> {
    let class = if low { "X_Low" } else { "X_Base" };
    rows(session, &format!("SELECT __CLASS, Id, Size, Text FROM {class} WHERE {condition}"))
}

fn agree(dialect: Dialect, steps: &[Step]) {
    let (plain_session, indexed) = (plain(dialect), plain(dialect));
    let mut snapshots = vec![];
    for step in steps {
        apply(&plain_session, step);
        apply(&indexed, step);
        match step {
            Step::Snapshot => {
                if snapshots.len() > 2 {
                    snapshots.remove(0);
                }
                let now = |session: &Session| session.snapshot(&context()).unwrap();
                snapshots.push((now(&plain_session), now(&indexed)));
            }
            Step::Index(n) => {
                let _ = index(&indexed, PROPERTIES[*n]);
            }
            Step::Drop(n) => {
                let _ = indexed.drop_index(&context(), "X_Base", PROPERTIES[*n]);
            }
            Step::Query(condition, low) => {
                let pairs = snapshots.iter().map(|(a, b)| (a, b));
                for (a, b) in pairs.chain([(&plain_session, &indexed)]) {
                    assert_eq!(
                        answers(a, condition, *low),
                        answers(b, condition, *low),
                        "{condition}"
                    );
                }
            }
            _ => {}
        }
        check(&indexed);
    }
}

#[test]
fn an_index_finds_every_beginning() {
    // Each of them stands before a letter that folding brings to the front.
    for letter in ["ž", "Ž", "ẝ", "℩", "@", "\u{10ffff}"] {
        for dialect in [Dialect::Wmi, Dialect::Dmtf] {
            let session = plain(dialect);
            index(&session, "Text").unwrap();
            for n in 0..400 {
                let text = if n == 7 { format!("{letter}ena") } else { format!("{n}") };
                let instance = device("X_Low", &n.to_string()).with("Text", text.as_str());
                session.create_instance(&context(), &instance).unwrap();
            }
            let query = format!("SELECT Id FROM X_Base WHERE Text LIKE '{letter}e%'");
            assert_eq!(rows(&session, &query), ["7"], "{query}");
            let query = format!("SELECT Id FROM X_Base WHERE Text LIKE '{letter}%'");
            assert_eq!(rows(&session, &query), ["7"], "{query}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn indexes_find_what_scans_find(steps in prop::collection::vec(step(), 1..70)) {
        agree(Dialect::Wmi, &steps);
    }

    #[test]
    fn indexes_find_what_scans_find_in_dmtf(steps in prop::collection::vec(step(), 1..70)) {
        agree(Dialect::Dmtf, &steps);
    }
}

#[test]
fn one_of_many_values_comes_from_an_index() {
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        let session = plain(dialect);
        for n in 0..3_000_u32 {
            let text = format!("k{n}");
            let instance = device("X_Low", &n.to_string());
            let instance = instance.with("Size", 3 * n).with("Text", text.as_str());
            session.create_instance(&context(), &instance).unwrap();
        }
        for property in ["Size", "Text"] {
            index(&session, property).unwrap();
        }
        let many =
            |each: &dyn Fn(u32) -> String| (0..200).map(each).collect::<Vec<_>>().join(" OR ");
        let ids = |step: usize| (0..200).step_by(step).map(|n| n.to_string()).collect::<Vec<_>>();
        // Each text twice, and only every third number is there.
        let texts = many(&|n| format!("Text = '{}{}'", "k", n / 2 * 2));
        let sizes = many(&|n| format!("Size = {}", n * 2));
        for (condition, step, last) in [(texts, 2, 200), (sizes, 2, 134)] {
            let query = format!("SELECT Id FROM X_Base WHERE {condition}");
            let access = session.query(&context(), &query).unwrap().access().clone();
            assert!(matches!(access, AccessPath::OrderedIndex { .. }), "{access:?}");
            let mut expected = ids(step);
            expected.retain(|id| id.parse::<u32>().unwrap() < last);
            expected.sort();
            assert_eq!(rows(&session, &query), expected);
        }
    }
}
