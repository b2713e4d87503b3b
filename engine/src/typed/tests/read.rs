//! Reading rows.

use super::*;
use cimarron_model::{Char16, DateTime};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

fn one<T: DeserializeOwned>(session: &Session, query: &str) -> Result<T, TypedError> {
    match session.query_as::<T>(&context(), query) {
        Ok(rows) => Ok(rows.into_iter().next().expect(query)),
        Err(EngineError::Typed(error)) => Err(error),
        Err(error) => panic!("{query}: {error}"),
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Part {
    name: String,
    number: u8,
}

#[derive(Debug, PartialEq, Deserialize)]
enum Kind {
    Solid,
    Spinning,
}

#[derive(Debug, PartialEq, Deserialize)]
enum State {
    #[serde(rename = "1")]
    Off,
    #[serde(rename = "2")]
    On,
}

#[derive(Debug, PartialEq, Deserialize)]
enum Place {
    First,
    Second,
    Third,
}

#[test]
fn a_struct_takes_every_type() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Disk {
        id: String,
        state: State,
        kind: Kind,
        free_space: u64,
        removable: bool,
        load: f32,
        age: f64,
        letter: char,
        made: DateTime,
        uptime: Duration,
        cooled_by: ObjectPath,
        part: Part,
        parts: Vec<Part>,
        bytes: [u8; 3],
        names: Vec<Option<String>>,
        offset: i64,
        any: Option<String>,
        #[serde(rename = "__PATH")]
        path: ObjectPath,
        #[serde(default)]
        absent: u8,
    }
    let session = stocked();
    let disk: Disk = one(&session, "SELECT * FROM X_Disk").unwrap();
    let part = |name: &str, number| Part { name: name.into(), number };
    let expected = Disk {
        id: "d1".into(),
        state: State::On,
        kind: Kind::Spinning,
        free_space: u64::MAX,
        removable: true,
        load: 0.5,
        age: 1e300,
        letter: 'C',
        made: "20240229120000.500000+060".parse().unwrap(),
        uptime: Duration::new(86_401, 7_000),
        cooled_by: ObjectPath::parse("X_Fan.Id=\"f1\"").unwrap(),
        part: part("motor", 7),
        parts: vec![part("head", 1), part("arm", 2)],
        bytes: [1, 2, 3],
        names: vec![Some("a".into()), Some("b".into())],
        offset: -3,
        any: None,
        path: ObjectPath::parse(r#"\\ALPHA\root\cimv2:X_Disk.Id="d1""#).unwrap(),
        absent: 0,
    };
    assert_eq!(disk, expected);
    let path = ObjectPath::parse("X_Disk.Id=\"d1\"").unwrap();
    assert_eq!(
        session.get_as::<Disk>(&context(), &path).map_err(|e| e.to_string()).err(),
        Some("instance of `X_Disk`: there is no property for the field `__PATH`".to_owned(),)
    );
}

macro_rules! reads {
    ($session:expr, $($query:literal as $ty:ty => $expected:expr;)*) => { $(
        assert_eq!(one::<$ty>($session, $query), Ok($expected), $query);
    )* };
}

#[test]
fn one_column_and_several_and_all() {
    let session = &stocked();
    let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    reads! { session,
        "SELECT Id FROM X_Disk" as String => "d1".to_owned();
        "SELECT State FROM X_Disk" as u8 => 2;
        "SELECT State FROM X_Disk" as i128 => 2;
        "SELECT State FROM X_Disk" as f32 => 2.0;
        "SELECT State FROM X_Disk" as Place => Place::Third;
        "SELECT Kind FROM X_Disk" as Kind => Kind::Spinning;
        "SELECT Speed FROM X_Fan" as Option<i32> => Some(9);
        "SELECT Kind FROM X_Fan" as Option<String> => None;
        "SELECT Kind FROM X_Fan" as () => ();
        "SELECT Letter FROM X_Disk" as String => "C".to_owned();
        "SELECT Letter FROM X_Disk" as u16 => 0x43;
        "SELECT Letter FROM X_Disk" as Char16 => Char16(0x43);
        "SELECT Made FROM X_Disk" as String => "20240229120000.500000+060".to_owned();
        "SELECT Made FROM X_Disk" as SystemTime
            => SystemTime::UNIX_EPOCH + Duration::from_micros(1_709_204_400_500_000);
        "SELECT Uptime FROM X_Disk" as Duration => Duration::new(86_401, 7_000);
        "SELECT Names FROM X_Disk" as (Vec<String>,) => (names(&["a", "b"]),);
        "SELECT Names FROM X_Disk" as ((String, String),) => (("a".into(), "b".into()),);
        "SELECT State, Id FROM X_Disk" as (u16, Cow<'static, str>) => (2, "d1".into());
        "SELECT __CLASS, Part.Name FROM X_Disk" as (String, String)
            => ("X_Disk".into(), "motor".into());
        "SELECT Id, State FROM X_Fan" as BTreeMap<String, Option<serde_json::Value>>
            => BTreeMap::from([("Id".to_owned(), Some("f1".into())), ("State".to_owned(), None)]);
        "SELECT Part FROM X_Disk" as serde_json::Value => serde_json::json!({
            "__CLASS": "X_Disk",
            "Part": { "__CLASS": "X_Part", "Name": "motor", "Number": 7 },
        });
    }
}

/// Rows are told apart by class: the nearest class above that a variant is named like.
#[test]
fn an_enum_takes_rows_by_class() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Fan {
        id: String,
        speed: i32,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Device {
        #[serde(rename = "x_device")]
        Device { id: String },
        #[serde(rename = "X_Fan")]
        Fan(Fan),
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "__CLASS")]
    enum Tagged {
        #[serde(rename = "X_Disk", rename_all = "PascalCase")]
        Disk { id: String },
        #[serde(rename = "X_Fan", rename_all = "PascalCase")]
        Fan { id: String, speed: i32 },
    }
    #[derive(Debug, PartialEq, Deserialize)]
    enum Partial {
        #[serde(rename = "X_Fan")]
        Fan(Fan),
        #[serde(other)]
        Other,
    }
    let session = stocked();
    let all = "SELECT * FROM X_Device";
    let fan = || Fan { id: "f1".into(), speed: 9 };
    let devices: Vec<Device> = session.query_as(&context(), all).unwrap();
    assert_eq!(devices, [Device::Device { id: "d1".into() }, Device::Fan(fan())]);
    let tagged: Vec<Tagged> = session.query_as(&context(), all).unwrap();
    assert_eq!(
        tagged,
        [Tagged::Disk { id: "d1".into() }, Tagged::Fan { id: "f1".into(), speed: 9 },]
    );
    let partial: Vec<Partial> = session.query_as(&context(), all).unwrap();
    assert_eq!(partial, [Partial::Other, Partial::Fan(fan())]);
}

#[test]
fn text_is_borrowed_from_the_result() {
    #[derive(Deserialize)]
    struct Device<'a> {
        #[serde(rename = "Id")]
        id: &'a str,
        #[serde(flatten)]
        rest: BTreeMap<String, serde_json::Value>,
    }
    #[derive(Debug, Deserialize)]
    struct Lower {
        #[serde(rename = "id")]
        _id: String,
        #[serde(flatten)]
        _rest: BTreeMap<String, serde_json::Value>,
    }
    #[derive(Deserialize)]
    struct Wrapped<'a>(#[serde(borrow)] Plain<'a>);
    #[derive(Deserialize)]
    struct Plain<'a> {
        id: &'a str,
    }
    let session = stocked();
    let result = session.query(&context(), "SELECT Id, State FROM X_Disk").unwrap();
    let plain: Vec<Wrapped<'_>> = result.rows_as().collect::<Result<_, _>>().unwrap();
    assert_eq!(plain[0].0.id, "d1");
    // Beside flattened fields serde looks names up itself, with case.
    let row = result.rows().next().unwrap().unwrap();
    let device: Device<'_> = row.deserialize().unwrap();
    assert_eq!((device.id, device.rest.len()), ("d1", 1));
    let error = row.deserialize::<Lower>().unwrap_err().to_string();
    assert!(error.contains("`Id` is there"), "{error}");
}

#[test]
fn instances_of_a_struct_that_is_named_like_a_class() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename = "x_device")]
    struct Device {
        id: String,
        #[serde(rename = "__class")]
        class: String,
    }
    #[derive(Debug, Deserialize)]
    #[expect(non_camel_case_types)]
    struct X_Disc {}
    let session = stocked();
    let devices: Vec<Device> = session.instances_of(&context()).unwrap();
    let device = |id: &str, class: &str| Device { id: id.into(), class: class.into() };
    assert_eq!(devices, [device("d1", "X_Disk"), device("f1", "X_Fan")]);
    let wrong = session.instances_of::<X_Disc>(&context()).unwrap_err();
    assert_eq!(wrong.to_string(), "unknown class `X_Disc`: did you mean `X_Disk`?");
    let none = session.instances_of::<u8>(&context()).unwrap_err();
    assert!(none.to_string().starts_with("only a struct"), "{none}");
}

#[test]
fn errors_say_where_and_what() {
    #[derive(Debug, Deserialize)]
    struct Narrow<T> {
        #[serde(rename = "FreeSpace")]
        _free: T,
    }
    #[derive(Debug, Deserialize)]
    struct Snake {
        #[serde(rename = "free_space")]
        _free: u64,
    }
    #[derive(Debug, Deserialize)]
    struct Slip {
        #[serde(rename = "FreSpace")]
        _free: u64,
    }
    #[derive(Debug, Deserialize)]
    struct Deep {
        #[serde(rename = "Parts")]
        _parts: Vec<NoName>,
    }
    #[derive(Debug, Deserialize)]
    struct NoName {
        #[serde(rename = "Name")]
        _name: u8,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Only {
        #[serde(rename = "Id")]
        _id: String,
    }
    let session = &stocked();
    let error = |result: Result<(), TypedError>| result.unwrap_err().to_string();
    macro_rules! fails {
        ($($query:literal as $ty:ty => $message:literal;)*) => { $(
            assert_eq!(error(one::<$ty>(session, $query).map(drop)), $message);
        )* };
    }
    fails! {
        "SELECT * FROM X_Disk" as Narrow<u32> =>
            "row 0, an instance of `X_Disk`: property `FreeSpace` (uint64): expected u32, found \
             integer `18446744073709551615`";
        "SELECT * FROM X_Disk" as Narrow<f64> =>
            "row 0, an instance of `X_Disk`: property `FreeSpace` (uint64): expected f64, found \
             the integer 18446744073709551615";
        "SELECT * FROM X_Disk" as Snake =>
            "row 0, an instance of `X_Disk`: there is no property for the field `free_space`: \
             `FreeSpace` is there: add `#[serde(rename_all = \"PascalCase\")]` or \
             `#[serde(rename = \"FreeSpace\")]`";
        "SELECT * FROM X_Disk" as Slip =>
            "row 0, an instance of `X_Disk`: there is no property for the field `FreSpace`: did \
             you mean `FreeSpace`?";
        "SELECT Id FROM X_Disk" as Narrow<u64> =>
            "row 0, an instance of `X_Disk`: there is no property for the field `FreeSpace`: the \
             class has it: add it to the select list";
        "SELECT Parts FROM X_Disk" as Deep =>
            "row 0, an instance of `X_Disk`: property `Parts[0].Name` (string): expected u8, \
             found string \"head\"";
        "SELECT Kind FROM X_Fan" as String =>
            "row 0, an instance of `X_Fan`: property `Kind` (string): expected a string, found \
             NULL: make the field an `Option`";
        "SELECT Age FROM X_Disk" as f32 =>
            "row 0, an instance of `X_Disk`: property `Age` (real64): expected f32, found the \
             real 1e300";
        "SELECT State FROM X_Disk" as Kind =>
            "row 0, an instance of `X_Disk`: property `State` (uint16): unknown variant `2`, \
             expected `Solid` or `Spinning`";
        "SELECT Made FROM X_Disk" as Duration =>
            "row 0, an instance of `X_Disk`: property `Made` (datetime): expected struct \
             Duration, found the timestamp 20240229120000.500000+060";
        "SELECT Bytes FROM X_Disk" as ([u8; 2],) =>
            "row 0, an instance of `X_Disk`: property `Bytes` (uint8[]): the array has 3 elements \
             and the type takes 2";
        "SELECT Id, Kind FROM X_Disk" as (String,) =>
            "row 0, an instance of `X_Disk`: the row has 2 columns and the type takes 1";
        "SELECT Id, Kind FROM X_Disk" as String =>
            "row 0, an instance of `X_Disk`: expected a string, found a row of 2 columns";
        "SELECT Id, Kind FROM X_Disk" as Only =>
            "row 0, an instance of `X_Disk`: unknown field `Kind`, expected `Id`";
    }
    let error = one::<Deep>(session, "SELECT * FROM X_Disk").unwrap_err();
    assert_eq!((error.row(), error.class()), (Some(0), Some("X_Disk")));
    assert_eq!(error.property(), Some("Parts[0].Name"));
    assert_eq!(EngineError::from(error).status(), Status::TypeMismatch);
}

/// A row that does not fit does not end the result.
#[test]
fn the_next_row_can_be_read() {
    #[derive(Deserialize)]
    struct Device {
        #[serde(rename = "Speed")]
        _speed: i32,
    }
    let session = stocked();
    let result = session.query(&context(), "SELECT * FROM X_Device").unwrap();
    let rows: Vec<bool> = result.rows_as::<Device>().map(|row| row.is_ok()).collect();
    assert_eq!(rows, [false, true]);
}

/// What a plan remembers of one class must not be taken for another.
#[test]
fn rows_of_several_classes_alternate() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Device {
        id: String,
        speed: Option<i32>,
        letter: Option<char>,
    }
    let session = stocked();
    for n in 0..6 {
        let class = if n % 2 == 0 { "X_Fan" } else { "X_Disk" };
        let mut instance = Instance::new(class).with("Id", format!("n{n}"));
        if n % 2 == 0 {
            instance.set("Speed", n);
        }
        session.create_instance(&context(), &instance).unwrap();
    }
    let mut devices: Vec<Device> = session.instances_of_class("X_Device");
    devices.sort_by(|a, b| a.id.cmp(&b.id));
    let speeds: Vec<_> = devices.iter().map(|d| d.speed).collect();
    assert_eq!(speeds, [None, Some(9), Some(0), None, Some(2), None, Some(4), None]);
    assert_eq!(devices[0].letter, Some('C'));
}

impl Session {
    fn instances_of_class<T: DeserializeOwned>(&self, class: &str) -> Vec<T> {
        self.query_as(&context(), &format!("SELECT * FROM {class}")).unwrap()
    }
}
