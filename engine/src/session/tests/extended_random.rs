//! Random extended queries over some thousand rows, against a naive evaluation on owned
//! instances.

use super::*;
use cimarron_model::{Array, Char16, DateTime, Elements, Scalar, Value, fold};
use cimarron_wql::Level;
use proptest::prelude::*;
use std::cmp::Ordering;
use std::sync::LazyLock;

const MOF: &str = "
class R_Row {
    [key] uint32 Id; sint32 N; uint64 U; real64 R; real32 F; string T; string W; datetime D;
    boolean B; char16 C; uint8 Z; uint16 A[];
};
class R_More : R_Row { };
";

/// Rows in sealed chunks, of which some died, and rows that are still added to.
const ROWS: u32 = 9500;

const TEXTS: [&str; 8] = ["", "a", "A", "ab", "Äb", "äB", "zz", "\u{212a}"];

const TIMES: [&str; 7] = [
    "20200101000000.000000+000",
    "20200101010000.000000+060",
    "20191231000000.000000-300",
    "00000001000000.000000:000",
    "00000000230000.000000:000",
    "20200101******.******+000",
    "2020**********.******+000",
];

fn number(seed: u32, salt: u32) -> u32 {
    let mixed = (u64::from(seed) << 8 | u64::from(salt)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 33) as u32
}

fn row(id: u32) -> Instance {
    let throw = |salt, sides| number(id, salt) % sides;
    let class = if throw(0, 3) == 0 { "R_More" } else { "R_Row" };
    let mut row = Instance::new(class).with("Id", id);
    let mut give = |salt: u32, name: &str, value: Value| {
        if !number(id, salt ^ 0x80).is_multiple_of(9) {
            row.set(name, value);
        }
    };
    give(1, "N", Value::from(throw(1, 41) as i32 - 20));
    let wide = [0_u64, 1, (1 << 53) + 1, 1 << 53, 1 << 60, 77][throw(2, 6) as usize];
    give(2, "U", Value::from(wide));
    let real = [-1.5, 0.0, -0.0, 2.25, 1e15, f64::NAN][throw(3, 6) as usize];
    give(3, "R", Value::from(real));
    give(4, "F", Value::from(throw(4, 64) as f32 / 8.0 - 3.0));
    give(5, "T", Value::from(TEXTS[throw(5, 8) as usize]));
    give(6, "W", Value::from(format!("w{}", throw(6, 3000)).as_str()));
    give(7, "D", Value::from(TIMES[throw(7, 7) as usize].parse::<DateTime>().unwrap_or_default()));
    give(8, "B", Value::from(throw(8, 2) == 0));
    give(9, "C", Value::from(Char16(throw(9, 4) as u16 + 0x40)));
    row.set("Z", Value::from(7_u8));
    if throw(10, 4) == 0 {
        let elements = vec![throw(11, 2) as u16; throw(12, 3) as usize];
        row.set("A", Value::Array(Array::from_elements(Elements::UInt16(elements))));
    }
    row
}

fn world(dialect: Dialect) -> Session {
    let mof = match dialect {
        Dialect::Wmi => MOF.to_owned(),
        Dialect::Dmtf => format!(
            "Qualifier Key : boolean = false, Scope(property, reference), \
             Flavor(DisableOverride, ToSubclass);\n{MOF}"
        ),
    };
    let session = session(dialect, &mof).with_language_level(Level::Extended);
    session.create_index(&context(), "R_Row", "N").unwrap();
    for first in (0..ROWS).step_by(1000) {
        let rows = (first..ROWS.min(first + 1000)).map(row);
        rows.fold(session.batch(), WriteBatch::create).commit(&context()).unwrap();
    }
    for id in (0..ROWS).filter(|id| number(*id, 99).is_multiple_of(50)) {
        let class = row(id).class;
        session.delete_instance(&context(), &path(&format!("{class}.Id={id}"))).unwrap();
    }
    session
}

static WORLDS: LazyLock<[Session; 2]> = LazyLock::new(|| [Dialect::Wmi, Dialect::Dmtf].map(world));

const COLUMNS: [&str; 11] = ["Id", "N", "U", "R", "F", "T", "W", "D", "B", "C", "Z"];

const FILTERS: [&str; 9] = [
    "",
    "",
    " WHERE N > 3",
    " WHERE N = 5",
    " WHERE T LIKE 'a%'",
    " WHERE U IS NULL OR R > 1",
    " WHERE N > -10 AND W LIKE '%9%'",
    " WHERE N > 1 AND N < 1",
    " WHERE Id BETWEEN 4000 AND 4200",
];

#[derive(Clone, Debug)]
struct Query {
    filter: &'static str,
    distinct: bool,
    columns: Vec<&'static str>,
    order: Vec<(&'static str, bool)>,
    limit: Option<usize>,
    offset: usize,
}

fn query() -> impl Strategy<Value = Query> {
    let column = || prop::sample::select(&COLUMNS[..]);
    (
        prop::sample::select(&FILTERS[..]),
        any::<bool>(),
        prop::collection::vec(column(), 1..4),
        prop::collection::vec((column(), any::<bool>()), 0..4),
        prop::option::of(prop_oneof![0..20_usize, 0..9000_usize]),
        prop_oneof![Just(0), 0..10_usize, 0..9000_usize],
    )
        .prop_map(|(filter, distinct, columns, order, limit, offset)| Query {
            filter,
            distinct,
            columns,
            order,
            limit,
            offset: if limit.is_some() { offset } else { 0 },
        })
}

impl Query {
    fn text(&self) -> String {
        let distinct = if self.distinct { "DISTINCT " } else { "" };
        let columns = self.columns.join(", ");
        let mut text = format!("SELECT {distinct}{columns} FROM R_Row{}", self.filter);
        for (n, (column, descending)) in self.order.iter().enumerate() {
            let comma = if n == 0 { " ORDER BY " } else { ", " };
            text += &format!("{comma}{column}{}", if *descending { " DESC" } else { "" });
        }
        if let Some(limit) = self.limit {
            text += &format!(" LIMIT {limit} OFFSET {}", self.offset);
        }
        text
    }

    fn evaluate(&self, mut rows: Vec<Instance>, dialect: Dialect) -> Vec<Vec<Value>> {
        let get = |row: &Instance, column: &str| row.get(column).cloned().unwrap();
        if self.distinct {
            // Sorted by what is shown, those that show the same lie together.
            let mut numbered: Vec<(usize, Instance)> = rows.into_iter().enumerate().collect();
            let shown = |a: &Instance, b: &Instance| {
                let by = |c: &&str| order(&get(a, c), &get(b, c), dialect);
                self.columns.iter().map(by).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
            };
            numbered.sort_by(|a, b| shown(&a.1, &b.1).then(a.0.cmp(&b.0)));
            numbered.dedup_by(|b, a| shown(&a.1, &b.1).is_eq());
            numbered.sort_by_key(|(n, _)| *n);
            rows = numbered.into_iter().map(|(_, row)| row).collect();
        }
        rows.sort_by(|a, b| {
            let by = |(column, descending): &(&str, bool)| {
                let found = order(&get(a, column), &get(b, column), dialect);
                if *descending { found.reverse() } else { found }
            };
            self.order.iter().map(by).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        });
        let limit = self.limit.unwrap_or(usize::MAX);
        let cut = rows.into_iter().skip(self.offset).take(limit);
        cut.map(|row| self.columns.iter().map(|column| get(&row, column)).collect()).collect()
    }
}

/// The order of two values of one type, as it is documented.
fn order(a: &Value, b: &Value, dialect: Dialect) -> Ordering {
    let (Value::Scalar(a), Value::Scalar(b)) = (a, b) else {
        return b.is_null().cmp(&a.is_null());
    };
    let reals = |a: f64, b: f64| match (a.is_nan(), b.is_nan()) {
        (false, false) => a.partial_cmp(&b).unwrap(),
        (a, b) => a.cmp(&b),
    };
    match (a, b) {
        (Scalar::Real64(a), Scalar::Real64(b)) => reals(*a, *b),
        (Scalar::Real32(a), Scalar::Real32(b)) => reals((*a).into(), (*b).into()),
        (Scalar::String(a), Scalar::String(b)) if dialect == Dialect::Wmi => {
            fold::fold(a).cmp(&fold::fold(b))
        }
        (Scalar::String(a), Scalar::String(b)) => a.cmp(b),
        (Scalar::Boolean(a), Scalar::Boolean(b)) => a.cmp(b),
        (Scalar::Char16(a), Scalar::Char16(b)) => a.0.cmp(&b.0),
        (Scalar::DateTime(a), Scalar::DateTime(b)) => {
            let rank = |d: &DateTime| match (d.utc_micros(), d.is_interval()) {
                (Some(_), true) => 0,
                (Some(_), false) => 1,
                (None, _) => 2,
            };
            let by_kind = rank(a).cmp(&rank(b));
            let unclear = || a.to_bits().cmp(&b.to_bits());
            by_kind.then_with(|| a.compare(*b).unwrap_or_else(unclear))
        }
        (a, b) => a.as_integer().unwrap().cmp(&b.as_integer().unwrap()),
    }
}

fn shown(result: &QueryResult) -> Vec<Vec<Value>> {
    let row = |row: Row<'_>| row.fields().map(|field| field.to_value()).collect();
    result.rows().map(|found| row(found.unwrap())).collect()
}

fn owned(session: &Session, filter: &str) -> Vec<Instance> {
    let result = session.query(&context(), &format!("SELECT * FROM R_Row{filter}")).unwrap();
    result.rows().map(|row| row.unwrap().to_instance()).collect()
}

/// The aggregates of a property one by one; SUM and AVG of numbers only.
fn naive(rows: &[Instance], column: &str, dialect: Dialect) -> Vec<Value> {
    let values: Vec<&Value> = rows.iter().filter_map(|row| row.get(column)).collect();
    let there: Vec<&Value> = values.iter().copied().filter(|v| !v.is_null()).collect();
    let pick = |better: Ordering| {
        let first = there.first().copied();
        let best = there.iter().fold(first, |best, v| match best {
            Some(best) if order(v, best, dialect) == better => Some(*v),
            best => best,
        });
        best.cloned()
    };
    let null =
        || Value::null(values.first().map_or(cimarron_model::CimType::String, |v| v.cim_type()));
    vec![
        Value::from(rows.len() as u64),
        Value::from(there.len() as u64),
        pick(Ordering::Less).unwrap_or_else(null),
        pick(Ordering::Greater).unwrap_or_else(null),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lists_are_what_they_should_be(query in query(), dmtf in any::<bool>()) {
        let session = &WORLDS[usize::from(dmtf)];
        let text = query.text();
        let expected = query.evaluate(owned(session, query.filter), session.dialect());
        let result = session.query(&context(), &text).unwrap();
        let found = shown(&result);
        prop_assert_eq!(result.count().unwrap(), found.len(), "{}", &text);
        prop_assert_eq!(found.len(), expected.len(), "{}", &text);
        for (n, (found, expected)) in found.iter().zip(&expected).enumerate() {
            prop_assert_eq!(found, expected, "{}: row {}", &text, n);
        }
        let by_parts: usize = result.parts(3).map(|part| part.count().unwrap()).sum();
        prop_assert_eq!(by_parts, expected.len());
    }

    #[test]
    fn aggregates_are_what_they_should_be(
        filter in prop::sample::select(&FILTERS[..]),
        column in prop::sample::select(&COLUMNS[..]),
        dmtf in any::<bool>(),
    ) {
        let session = &WORLDS[usize::from(dmtf)];
        let rows = owned(session, filter);
        if column != "B" {
            let text = format!(
                "SELECT COUNT(*), COUNT({column}), MIN({column}), MAX({column}) FROM R_Row{filter}"
            );
            let result = session.query(&context(), &text).unwrap();
            let expected = naive(&rows, column, session.dialect());
            let found = shown(&result).remove(0);
            // Both zeros are the least of a column that has both.
            let same = |(a, b): (&Value, &Value)| order(a, b, session.dialect()).is_eq();
            prop_assert!(found.iter().zip(&expected).all(same), "{text}: {found:?} {expected:?}");
        }
        if ["N", "U", "F", "Z"].contains(&column) {
            let text = format!("SELECT SUM({column}), AVG({column}) FROM R_Row{filter}");
            let found = session.query(&context(), &text);
            let there = || rows.iter().filter_map(|row| row.get(column)).filter(|v| !v.is_null());
            let count = there().count() as f64;
            let exact: i128 = there().filter_map(Value::as_integer).sum();
            if column == "U" && u64::try_from(exact).is_err() {
                prop_assert_eq!(found.unwrap_err().status(), Status::ValueOutOfRange, "{}", &text);
                return Ok(());
            }
            let found = shown(&found.unwrap()).remove(0);
            let (sum, mean) = if column == "F" {
                let real = |v: &Value| match v {
                    Value::Scalar(Scalar::Real32(v)) => f64::from(*v),
                    _ => unreachable!(),
                };
                let sum: f64 = there().map(real).sum();
                (Value::from(sum), sum / count)
            } else {
                let signed = column == "N";
                let sum =
                    if signed { Value::from(exact as i64) } else { Value::from(exact as u64) };
                (sum, exact as f64 / count)
            };
            if count > 0.0 {
                prop_assert_eq!(found, vec![sum, Value::from(mean)], "{}", &text);
            } else {
                prop_assert!(found.iter().all(Value::is_null), "{}", &text);
            }
        }
    }
}
