//! Random queries over random rows: the vectorised answer is that of the plain reading.

use super::*;
use crate::rows::Row;
use crate::testing::{TestRow, TestSchema, datetime, embedded};
use crate::{BindOptions, BoundQuery, bind, parse};
use cimarron_model::{Char16, DateTime, Dialect, Instance, Value};
use proptest::prelude::*;

/// The forms in which a batch may hold a column.
#[derive(Clone, Copy, Debug)]
enum Form {
    Plain,
    Dictionary,
    Rows,
}

/// Values of one type in a row, with what stands for NULL.
#[derive(Debug)]
enum Held {
    Missing,
    Constant(Value, usize),
    Boolean(Vec<bool>),
    UInt8(Vec<u8>),
    SInt8(Vec<i8>),
    UInt64(Vec<u64>),
    SInt64(Vec<i64>),
    Real32(Vec<f32>),
    Real64(Vec<f64>),
    Char16(Vec<Char16>),
    DateTime(Vec<DateTime>),
    Text(Strings),
    Dictionary(Vec<u8>, Strings),
    Rows,
}

#[derive(Debug, Default)]
struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }

    fn view(&self) -> Texts<'_> {
        Texts::new(&self.text, &self.ends, self.text.is_ascii())
    }
}

struct TestBatch<'s> {
    rows: Vec<TestRow<'s>>,
    columns: Vec<Held>,
    nulls: Vec<Vec<bool>>,
}

impl<'s> TestBatch<'s> {
    fn new(schema: &'s TestSchema, instances: Vec<Instance>, form: Form) -> Self {
        let rows: Vec<_> = instances.into_iter().map(|i| schema.row(i)).collect();
        let slots = rows.first().map_or(0, Row::property_count);
        let columns = (0..slots).map(|slot| hold(&rows, slot, form)).collect();
        let is_null = |slot| {
            let null = |row: &TestRow<'_>| matches!(row.value(slot), ValueRef::Null);
            rows.iter().map(null).collect()
        };
        let nulls = (0..slots).map(is_null).collect();
        Self { rows, columns, nulls }
    }
}

fn hold(rows: &[TestRow<'_>], slot: usize, form: Form) -> Held {
    let values = || rows.iter().map(|row| row.value(slot));
    // As the store does it: rows behind the last value are not there.
    let len =
        values().enumerate().rfind(|(_, v)| !matches!(v, ValueRef::Null)).map_or(0, |(n, _)| n + 1);
    let Some(first) = values().find(|v| !matches!(v, ValueRef::Null)) else { return Held::Missing };
    macro_rules! plain {
        ($variant:ident, $from:ident as $type:ty) => {
            Held::$variant(
                values()
                    .take(len)
                    .map(|v| match v {
                        ValueRef::$from(n) => n as $type,
                        _ => <$type>::default(),
                    })
                    .collect(),
            )
        };
    }
    let all_alike = values().all(|v| format!("{v:?}") == format!("{first:?}"));
    match (first, form) {
        (_, Form::Rows) => Held::Rows,
        (ValueRef::Boolean(truth), Form::Dictionary) if all_alike => {
            Held::Constant(Value::from(truth), len)
        }
        (ValueRef::Boolean(_), _) => {
            let is_true = |v| matches!(v, ValueRef::Boolean(true));
            Held::Boolean(values().take(len).map(is_true).collect())
        }
        (ValueRef::Unsigned(_), _) if slot == 2 => plain!(UInt8, Unsigned as u8),
        (ValueRef::Unsigned(_), _) => plain!(UInt64, Unsigned as u64),
        (ValueRef::Signed(_), _) if slot == 3 => plain!(SInt8, Signed as i8),
        (ValueRef::Signed(_), _) => plain!(SInt64, Signed as i64),
        (ValueRef::Real32(_), _) => plain!(Real32, Real32 as f32),
        (ValueRef::Real64(_), _) => plain!(Real64, Real64 as f64),
        (ValueRef::Char16(_), _) => plain!(Char16, Char16 as Char16),
        (ValueRef::DateTime(first), _) => {
            let value = |v| match v {
                ValueRef::DateTime(value) => value,
                _ => first,
            };
            Held::DateTime(values().take(len).map(value).collect())
        }
        (ValueRef::String(_), form) => {
            let text = |v| match v {
                ValueRef::String(text) => text,
                _ => "",
            };
            let mut strings = Strings::default();
            let mut distinct: Vec<&str> = Vec::new();
            let mut codes = Vec::new();
            let held: Vec<TestText> = values().take(len).map(|v| TestText::new(text(v))).collect();
            for one in &held {
                strings.push(&one.0);
                let code = distinct.iter().position(|d| *d == one.0).unwrap_or_else(|| {
                    distinct.push(&one.0);
                    distinct.len() - 1
                });
                codes.push(code as u8);
            }
            if let Form::Dictionary = form {
                let mut texts = Strings::default();
                distinct.iter().for_each(|text| texts.push(text));
                return Held::Dictionary(codes, texts);
            }
            Held::Text(strings)
        }
        _ => Held::Rows,
    }
}

/// A text that outlives the row it was read from.
struct TestText(String);

impl TestText {
    fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Batch for TestBatch<'_> {
    type Row<'a>
        = &'a TestRow<'a>
    where
        Self: 'a;

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn values(&self, slot: usize) -> Values<'_> {
        match &self.columns[slot] {
            Held::Missing => Values::Missing,
            Held::Constant(value, len) => Values::Constant(value.into(), *len),
            Held::Boolean(items) => Values::Boolean(items),
            Held::UInt8(items) => Values::UInt8(items),
            Held::SInt8(items) => Values::SInt8(items),
            Held::UInt64(items) => Values::UInt64(items),
            Held::SInt64(items) => Values::SInt64(items),
            Held::Real32(items) => Values::Real32(items),
            Held::Real64(items) => Values::Real64(items),
            Held::Char16(items) => Values::Char16(items),
            Held::DateTime(items) => Values::DateTime(items),
            Held::Text(strings) => Values::Text(strings.view()),
            Held::Dictionary(codes, strings) => Values::Dictionary(codes, strings.view()),
            Held::Rows => Values::Rows,
        }
    }

    fn valid(&self, slot: usize, rows: &mut Mask) -> bool {
        let nulls = &self.nulls[slot];
        if !nulls.contains(&true) {
            return false;
        }
        (0..nulls.len()).filter(|row| !nulls[*row]).for_each(|row| rows.insert(row));
        true
    }

    fn bounds(&self, slot: usize) -> Option<Bounds> {
        let values: Vec<_> = self.rows.iter().map(|row| row.value(slot)).collect();
        let integers = values.iter().filter_map(|v| match v {
            ValueRef::Unsigned(n) => Some(i128::from(*n)),
            ValueRef::Signed(n) => Some(i128::from(*n)),
            _ => None,
        });
        let reals = values.iter().filter_map(|v| match v {
            ValueRef::Real32(n) => Some(f64::from(*n)),
            ValueRef::Real64(n) => Some(*n),
            _ => None,
        });
        if let (Some(low), Some(high)) = (integers.clone().min(), integers.max()) {
            return Some(Bounds::Integer(low, high));
        }
        let (low, high) = (reals.clone().reduce(f64::min)?, reals.clone().reduce(f64::max)?);
        reals.clone().all(|n| !n.is_nan()).then_some(Bounds::Real(low, high))
    }

    fn row(&self, at: usize) -> &TestRow<'_> {
        &self.rows[at]
    }
}

const TEXTS: [&str; 12] = [
    "",
    "a",
    "Desk",
    "diſk",
    "dis\u{212a}",
    "DISKS",
    "my disk 1",
    "Straße",
    "ÄRGER",
    "ärger",
    "sk",
    "a%_[",
];
const MOMENTS: [&str; 4] = [
    "20240229120000.000000+000",
    "20240229130000.000000+060",
    "20240229******.******+000",
    "00000007000000.000000:000",
];
const REALS: [f64; 7] = [0.0, -0.0, 1.5, -2.0, 9_007_199_254_740_993.0, f64::NAN, f64::INFINITY];
const INTEGERS: [i64; 6] = [0, 1, -1, 127, i64::MAX, i64::MIN];

fn value_of(slot: usize, n: usize) -> Option<Value> {
    let pick = |len: usize| n % len;
    let integer = INTEGERS[pick(6)];
    Some(match slot {
        0 => Value::from(TEXTS[pick(12)]),
        1 => Value::from(n.is_multiple_of(2)),
        2 => Value::from(integer as u8),
        3 => Value::from(integer as i8),
        4 => Value::from(integer as u64),
        5 => Value::from(integer),
        6 => Value::from(REALS[pick(7)] as f32),
        7 => Value::from(REALS[pick(7)]),
        8 => Value::from(Char16(65 + n as u16 % 3)),
        9 => Value::from(TEXTS[pick(12)]),
        10 => Value::from(datetime(MOMENTS[pick(4)])),
        12 => {
            let mut point = Instance::new(if n.is_multiple_of(3) { "T_Point3" } else { "T_Point" });
            point.set("X", Value::from(n as i32 % 4));
            embedded(point)
        }
        _ => return None,
    })
}

const NAMES: [&str; 11] =
    ["Id", "Flag", "U8", "S8", "U64", "S64", "R32", "R64", "Char", "Text", "When"];

fn instance() -> impl Strategy<Value = Instance> {
    prop::collection::vec((any::<bool>(), 0..42_usize), 13).prop_map(|cells| {
        let mut instance = Instance::new("T_Base");
        for (slot, (present, n)) in cells.into_iter().enumerate() {
            let name = NAMES.get(slot).copied().unwrap_or("Point");
            if let Some(value) = value_of(slot, n).filter(|_| present) {
                instance.set(name, value);
            }
        }
        instance
    })
}

fn atom() -> impl Strategy<Value = String> {
    let operator = || prop::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    let number = || {
        prop::sample::select(vec![
            "0",
            "1",
            "-1",
            "127",
            "128",
            "255",
            "256",
            "-128",
            "-129",
            "9007199254740993",
            "9223372036854775807",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "-9223372036854775809",
        ])
    };
    let real = || prop::sample::select(vec!["1.5", "-2.0", "0.0", "9007199254740992.0", "1e300"]);
    let text = || prop::sample::select(TEXTS.to_vec());
    let pattern = prop::sample::select(vec![
        "%", "%%", "%sk%", "%isk%", "%dis%", "d%", "%s", "%i_k%", "[d-e]%", "%ä%", "_", "%straß%",
        "%a[%]%", "%disk%1", "[", "%sk%sk%", "%d%is%",
    ]);
    let integers = prop::sample::select(vec!["U8", "S8", "U64", "S64", "Char"]);
    let reals = prop::sample::select(vec!["R32", "R64"]);
    let any_name = prop::sample::select(NAMES.to_vec());
    prop_oneof![
        4 => (integers, operator(), number())
            .prop_filter("an integer out of range", |(p, _, n)| holds(p, n))
            .prop_map(|(p, o, n)| format!("{p} {o} {n}")),
        2 => (reals.clone(), operator(), number()).prop_map(|(p, o, n)| format!("{p} {o} {n}")),
        2 => (reals, operator(), real()).prop_map(|(p, o, n)| format!("{p} {o} {n}")),
        3 => (operator(), text()).prop_map(|(o, t)| format!("Text {o} '{t}'")),
        3 => pattern.prop_map(|p| format!("Text LIKE '{p}'")),
        1 => (prop::sample::select(vec!["=", "<>"]), any::<bool>())
            .prop_map(|(o, t)| format!("Flag {o} {t}")),
        2 => (operator(), 0..4_usize)
            .prop_filter("an order with asterisks", |(o, m)| *m != 2 || matches!(*o, "=" | "<>"))
            .prop_map(|(o, m)| format!("When {o} '{}'", MOMENTS[m])),
        1 => (prop::sample::select(vec!["U8", "S64", "Char", "R64"]), 0..9_usize, 60..90_usize, any::<bool>())
            .prop_map(|(p, start, count, not)| many(p, not, (start..).step_by(2).take(count))),
        1 => (prop::collection::vec(text(), 5..20), any::<bool>())
            .prop_map(|(all, not)| many("Text", not, all.iter().map(|text| format!("'{text}'")))),
        2 => (any_name, any::<bool>())
            .prop_map(|(p, not)| format!("{p} IS {}NULL", if not { "NOT " } else { "" })),
        1 => (operator(), 0..4).prop_map(|(o, n)| format!("Point.X {o} {n}")),
        1 => Just("Point.Z = 1".to_owned()),
        1 => Just("Point ISA 'T_Point3'".to_owned()),
        1 => Just("__CLASS = 'T_Base'".to_owned()),
        1 => Just("__RELPATH LIKE '%disk%'".to_owned()),
        1 => Just("__SUPERCLASS = 'X'".to_owned()),
    ]
}

/// That a property is one of many, or is none of them.
fn many<T: std::fmt::Display>(property: &str, not: bool, all: impl Iterator<Item = T>) -> String {
    let (operator, join) = if not { ("<>", " AND ") } else { ("=", " OR ") };
    let all: Vec<_> = all.map(|one| format!("{property} {operator} {one}")).collect();
    format!("({})", all.join(join))
}

/// Whether a property can be compared with an integer.
fn holds(property: &str, number: &str) -> bool {
    let (least, greatest) = match property {
        "U8" => (0, i128::from(u8::MAX)),
        "S8" => (i128::from(i8::MIN), i128::from(i8::MAX)),
        "U64" => (0, i128::from(u64::MAX)),
        "S64" => (i128::from(i64::MIN), i128::from(i64::MAX)),
        _ => (0, i128::from(u16::MAX)),
    };
    (least..=greatest).contains(&number.parse().unwrap())
}

fn condition() -> impl Strategy<Value = String> {
    atom().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..5)
                .prop_map(|items| format!("({})", items.join(" AND "))),
            prop::collection::vec(inner.clone(), 2..5)
                .prop_map(|items| format!("({})", items.join(" OR "))),
            inner.prop_map(|item| format!("NOT {item}")),
        ]
    })
}

fn bound(condition: &str, schema: &TestSchema, dialect: Dialect) -> BoundQuery {
    let query = parse(&format!("SELECT * FROM T_Base WHERE {condition}")).unwrap();
    bind(&query, schema, &BindOptions::from(dialect)).unwrap().into_data().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn agrees_with_the_plain_reading(
        instances in prop::collection::vec(instance(), 1..150),
        condition in condition(),
        form in prop::sample::select(vec![Form::Plain, Form::Dictionary, Form::Rows]),
        skip in 1..4_usize,
    ) {
        let schema = TestSchema::new();
        let batch = TestBatch::new(&schema, instances, form);
        for dialect in [Dialect::Wmi, Dialect::Dmtf] {
            let query = bound(&condition, &schema, dialect);
            let predicate = Predicate::new(query.filter.as_ref().unwrap(), dialect);
            let mut asked = Mask::NONE;
            (0..batch.len()).filter(|row| row % skip == 0).for_each(|row| asked.insert(row));
            let mut rows = asked.clone();
            predicate.select(&batch, &mut rows, &mut Scratch::default());
            let passes = |row: &usize| query.matches(&batch.rows[*row]);
            let expected: Vec<usize> = asked.rows().filter(passes).collect();
            prop_assert_eq!(rows.rows().collect::<Vec<_>>(), expected.clone(), "{}", predicate);
            let one_by_one = |row: &usize| predicate.matches(&batch.rows[*row]);
            prop_assert_eq!(asked.rows().filter(one_by_one).collect::<Vec<_>>(), expected);
            if let Some(answer) = predicate.foresee(&batch) {
                prop_assert!((0..batch.len()).all(|row| passes(&row) == answer), "{}", predicate);
            }
        }
    }
}

#[test]
fn normalises() {
    let schema = TestSchema::new();
    let one_of = many("Text", false, "bACDEFGHaA".chars().map(|c| format!("'{c}'")));
    let none_of = many("U64", true, (0..200).step_by(3));
    let shown: Vec<_> = (0..200).step_by(3).map(|n| n.to_string()).collect();
    let none_shown = format!("(NOT (U64 IN ({})) OR U64 IS NULL)", shown.join(", "));
    for (condition, wmi) in [
        (&*one_of, r#"Text IN ("a", "b", "c", "d", "e", "f", "g", "h")"#),
        (&*none_of, &*none_shown),
        ("U8 <= 255", "U8 IS NOT NULL"),
        ("U8 > 255", "FALSE"),
        ("NOT U8 > 255", "TRUE"),
        ("U8 <> 7", "(U8 <> 7 OR U8 IS NULL)"),
        ("U64 >= 5 AND U64 < 10", "U64 >= 5 AND U64 <= 9"),
        ("U64 >= 5 AND U64 < 5", "FALSE"),
        ("U64 < 5 OR U64 >= 5", "U64 IS NOT NULL"),
        ("U64 < 5 OR U64 >= 5 OR U64 IS NULL", "TRUE"),
        ("U64 = 5 OR U64 = 6 OR U64 = 7", "U64 >= 5 AND U64 <= 7"),
        ("NOT (U64 < 5 OR U64 IS NULL)", "U64 >= 5"),
        ("Text = 'A' AND Text = 'b'", "FALSE"),
        ("Text = 'A' AND Text = 'a'", "Text = \"a\""),
        ("Text = 'Abc' AND Text LIKE '%b%'", "Text = \"abc\""),
        ("Text IS NULL AND U8 = 1", "Text IS NULL AND U8 = 1"),
        ("Text IS NULL AND Text = 'x'", "FALSE"),
        ("Text IS NOT NULL OR Text IS NULL", "TRUE"),
        ("Text LIKE '%' AND Text IS NOT NULL", "Text LIKE \"%\""),
        (
            "Text LIKE '%x%' AND U8 = 1 AND Flag = TRUE",
            "Flag = TRUE AND U8 = 1 AND Text LIKE \"%x%\"",
        ),
        ("R64 < 1 AND R64 > 1", "FALSE"),
        (
            "R64 = 1.5 OR (U8 = 1 AND Flag <> FALSE)",
            "R64 = 1.5 OR (Flag = TRUE OR Flag IS NULL) AND U8 = 1",
        ),
    ] {
        let query = bound(condition, &schema, Dialect::Wmi);
        let predicate = Predicate::new(query.filter.as_ref().unwrap(), Dialect::Wmi);
        assert_eq!(predicate.to_string(), wmi, "{condition}");
    }
}
