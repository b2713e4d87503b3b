//! Writing, and reading back what was written.

use super::*;
use cimarron_model::{Array, CimType, DateTime, Value};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename = "X_Part", rename_all = "PascalCase")]
struct Part {
    name: Option<String>,
    number: u8,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    #[serde(rename = "1")]
    Off,
    #[serde(rename = "2")]
    On,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename = "X_Disk", rename_all = "PascalCase")]
struct Disk {
    id: String,
    state: Option<State>,
    kind: Option<String>,
    free_space: u64,
    removable: bool,
    load: f32,
    age: f64,
    letter: char,
    made: Option<DateTime>,
    uptime: Duration,
    cooled_by: Option<ObjectPath>,
    part: Option<Part>,
    parts: Vec<Part>,
    bytes: Vec<u8>,
    names: Option<Vec<String>>,
    offset: i8,
}

prop_compose! {
    fn part()(name in proptest::option::of(".{0,9}"), number in any::<u8>()) -> Part {
        Part { name, number }
    }
}

prop_compose! {
    fn disks()(
        (id, kind, names) in (
            "[a-z]{1,9}",
            proptest::option::of(".{0,30}"),
            proptest::option::of(proptest::collection::vec(".{0,4}", 0..4)),
        ),
        state in proptest::option::of(prop_oneof![Just(State::Off), Just(State::On)]),
        (free_space, removable, offset) in any::<(u64, bool, i8)>(),
        (load, age) in (-1e30_f32..1e30, any::<f64>().prop_filter("NaN is unequal", |x| !x.is_nan())),
        letter in proptest::char::range('\u{20}', '\u{d7ff}'),
        made in proptest::option::of(0_i64..9_000_000_000_000_000),
        uptime in 0_u64..8_000_000_000_000_000_000,
        cooled_by in proptest::option::of("[a-z\"\\\\]{0,9}"),
        (part, parts) in (proptest::option::of(part()), proptest::collection::vec(part(), 0..4)),
        bytes in proptest::collection::vec(any::<u8>(), 0..9),
    ) -> Disk {
        let key = |id: String| {
            let keys = [("Id", id)].into_iter().collect();
            ObjectPath::of_instance("X_Fan", keys)
        };
        Disk {
            id, state, kind, free_space, removable, load, age, letter,
            made: made.map(|m| DateTime::from_unix_micros(m, 60).unwrap()),
            uptime: Duration::from_micros(uptime),
            cooled_by: cooled_by.map(key),
            part, parts, bytes, names, offset,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(disk in disks()) {
        let instance = to_instance(&disk).unwrap();
        prop_assert_eq!(&from_instance::<Disk>(&instance).unwrap(), &disk);

        let session = session();
        let path = session.create(&context(), &disk).unwrap();
        prop_assert_eq!(&session.get_as::<Disk>(&context(), &path).unwrap(), &disk);
        prop_assert_eq!(session.instances_of::<Disk>(&context()).unwrap(), vec![disk]);
    }
}

#[test]
fn values_that_serde_makes() {
    #[derive(Serialize)]
    struct X<T> {
        v: T,
    }
    let array = |cim_type, items: Vec<Option<cimarron_model::Scalar>>| {
        Value::Array(Array::from_options(cim_type, items).unwrap())
    };
    macro_rules! writes {
        ($($value:expr => $expected:expr;)*) => { $(
            let instance = to_instance(&X { v: $value }).unwrap();
            assert_eq!(instance.get("v"), Some(&$expected), stringify!($value));
        )* };
    }
    writes! {
        1_u8 => Value::from(1_u8);
        7_i128 => Value::from(7_i64);
        u128::from(u64::MAX) => Value::from(u64::MAX);
        'A' => Value::from(cimarron_model::Char16(65));
        '😀' => Value::from("😀");
        None::<u8> => Value::null(CimType::String);
        State::On => Value::from(2_i64);
        Duration::new(1, 5_999) => Value::from("00000000000001.000005:000".parse::<DateTime>().unwrap());
        SystemTime::UNIX_EPOCH => Value::from("19700101000000.000000+000".parse::<DateTime>().unwrap());
        [1_u8, 2] => array(CimType::UInt8, vec![Some(1_u8.into()), Some(2_u8.into())]);
        Vec::<u8>::new() => Value::Array(Array::new(CimType::String));
        (1_u8, -1_i64) => array(CimType::SInt64, vec![Some(1_i64.into()), Some((-1_i64).into())]);
        serde_json::json!([1, null]) => array(CimType::UInt64, vec![Some(1_u64.into()), None]);
    }
    let wrong: [(Result<Instance, TypedError>, &str); 6] = [
        (to_instance(&7), "only structs and maps are instances"),
        (
            to_instance(&BTreeMap::from([("a", 1)])),
            "the instance names no class: add an entry `__CLASS`",
        ),
        (to_instance(&X { v: u128::MAX }), "property `v`: the integer has more than 64 bits"),
        (to_instance(&X { v: [[1]] }), "property `v[0]`: CIM has no arrays of arrays"),
        (to_instance(&X { v: (1, "a") }), "property `v`: the elements of an array are of one type"),
        (to_instance(&BTreeMap::from([([1], 1)])), "a key that is no text cannot name a property"),
    ];
    for (result, message) in wrong {
        assert_eq!(result.unwrap_err().to_string(), message);
    }
}

#[test]
fn classes_come_from_names_variants_and_entries() {
    #[derive(Serialize)]
    enum Device {
        #[serde(rename = "X_Fan")]
        Fan(Fan),
        #[serde(rename = "X_Part")]
        Part { name: &'static str },
    }
    #[derive(Serialize)]
    struct Fan {
        id: u8,
        #[serde(rename = "__PATH")]
        path: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        speed: Option<i32>,
    }
    let fan = to_instance(&Device::Fan(Fan { id: 1, path: "x", speed: None })).unwrap();
    assert_eq!(fan, Instance::new("X_Fan").with("id", 1_u8));
    let part = to_instance(&Device::Part { name: "a" }).unwrap();
    assert_eq!(part, Instance::new("X_Part").with("name", "a"));
    let map = to_instance(&serde_json::json!({ "__class": "X_Fan", "Id": "f" })).unwrap();
    assert_eq!(map, Instance::new("X_Fan").with("Id", "f"));
}

#[test]
fn put_changes_what_is_there() {
    #[derive(Serialize)]
    #[serde(rename = "X_Fan")]
    struct Fan {
        id: &'static str,
        speed: Option<i32>,
    }
    let session = session();
    for speed in [Some(1), None] {
        let fan = Fan { id: "f", speed };
        session.put(&context(), &fan, PutMode::CreateOrUpdate, &Update::Given).unwrap();
        let found: Vec<Option<i32>> =
            session.query_as(&context(), "SELECT Speed FROM X_Fan").unwrap();
        assert_eq!(found, [speed]);
    }
}
