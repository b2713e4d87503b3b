//! Batches of plain rows, which the log has column by column.

use super::*;
use crate::ValueView;
use crate::codec::Decoder;
use crate::durable::record::{Writer, kind};
use crate::store::{Next, Record};
use cimarron_model::{Array, Char16, DateTime, Elements, Instance, Value};
use proptest::prelude::*;

const MOF: &str = "
    class X_Row {
        [key] uint32 N; boolean B; sint8 I; uint64 U; real64 R; char16 C; datetime D; string T;
        string Same;
    };";

const PROPERTIES: [&str; 9] = ["N", "B", "I", "U", "R", "C", "D", "T", "Same"];

/// A value for a property, or none.
fn of(at: usize) -> BoxedStrategy<Option<Value>> {
    let value = match at {
        0 => any::<bool>().prop_map(Value::from).boxed(),
        1 => any::<i8>().prop_map(Value::from).boxed(),
        2 => any::<u64>().prop_map(Value::from).boxed(),
        3 => (-1e9..1e9).prop_map(Value::from).boxed(),
        4 => any::<u16>().prop_map(|unit| Value::from(Char16(unit))).boxed(),
        5 => (0..60_u8)
            .prop_map(|s| {
                DateTime::parse(&format!("202402291122{s:02}.123456+060")).unwrap().into()
            })
            .boxed(),
        6 => "[a-c]{0,3}|ß{1,2}".prop_map(Value::from).boxed(),
        _ => Just(Value::from("same")).boxed(),
    };
    prop::option::weighted(0.8, value).boxed()
}

/// The values of a row beside its key.
type Row = Vec<Option<Value>>;

/// Some commits: through the inserter or as a batch, the rows of each, and whether one of its keys
/// is taken.
fn commits() -> impl Strategy<Value = Vec<(bool, Vec<Row>, bool)>> {
    let row: Vec<_> = (0..PROPERTIES.len() - 1).map(of).collect();
    let rows = prop::collection::vec(row, 1..40);
    prop::collection::vec((any::<bool>(), rows, prop::bool::weighted(0.2)), 1..8)
}

fn all(repository: &Repository) -> Vec<Instance> {
    let session = repository.session("root/cimv2").unwrap();
    let found = session.query(&context(), "SELECT * FROM X_Row").unwrap();
    found.rows().map(|row| row.unwrap().to_instance()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn rows_of_batches_are_found_again(commits in commits()) {
        let medium = Arc::new(SimulatedMedium::new());
        let repository = open(&medium).unwrap();
        let wmi = session(&repository, "root/cimv2", Dialect::Wmi);
        wmi.compile_mof_text(&context(), "a.mof", MOF).unwrap();
        wmi.create_index(&context(), "X_Row", "U").unwrap();
        let mut inserter = wmi.inserter(&context(), "X_Row", &PROPERTIES).unwrap();
        let (mut next, mut count) = (0_u32, 0);
        for (inserts, rows, refused) in commits {
            let first = next;
            next += rows.len() as u32;
            let keys = (first..).take(rows.len() - usize::from(refused)).chain(refused.then_some(first));
            let all = keys.zip(&rows);
            let is_done = if inserts {
                for (key, row) in all {
                    let key = Value::from(key);
                    let values = std::iter::once(Some(&key)).chain(row.iter().map(Option::as_ref));
                    let views: Vec<_> =
                        values.map(|v| v.map_or(ValueView::Null, ValueView::from)).collect();
                    inserter.insert(&views).unwrap();
                }
                let done = inserter.commit(&context());
                inserter.discard();
                done.is_ok()
            } else {
                let batch = all.fold(wmi.batch(), |batch, (key, row)| {
                    let mut instance = Instance::new("X_Row").with("N", key);
                    for (name, value) in PROPERTIES.iter().skip(1).zip(row) {
                        if let Some(value) = value {
                            instance.set(*name, value.clone());
                        }
                    }
                    batch.create(instance)
                });
                batch.commit(&context()).is_ok()
            };
            // A taken key among several rows refuses all of them.
            prop_assert_eq!(is_done, !refused || rows.len() == 1);
            count += if is_done { rows.len() } else { 0 };
        }
        let before = all(&repository);
        prop_assert_eq!(before.len(), count);
        drop((inserter, wmi, repository));
        let repository = open(&medium).unwrap();
        prop_assert_eq!(all(&repository), before);
    }
}

/// What the log of a format has for the last commit of a repository: the kind of its change.
fn kind_in(format: u32, record: &Record) -> u8 {
    let mut writer = Writer::default();
    writer.set_format(format);
    writer.put(record);
    let mut decoder = Decoder::new(writer.bytes());
    decoder.u64().unwrap();
    decoder.text().unwrap();
    assert_eq!(decoder.u8().unwrap(), kind::TIME);
    decoder.u64().unwrap();
    assert_eq!(decoder.u8().unwrap(), kind::WITHIN);
    decoder.text().unwrap();
    decoder.u8().unwrap()
}

#[test]
fn logs_have_only_what_their_format_has() {
    let repository = Repository::new();
    let wmi = session(&repository, "root/cimv2", Dialect::Wmi);
    let mof = "class X_Plain { [key] string Id; string Texts[]; };";
    wmi.compile_mof_text(&context(), "a.mof", mof).unwrap();
    let next = |ids: &[&str], texts: Option<&Value>| {
        let mut inserter = wmi.inserter(&context(), "X_Plain", &["Id", "Texts"]).unwrap();
        for id in ids {
            let texts = texts.map_or(ValueView::Null, ValueView::from);
            inserter.insert(&[ValueView::String(id), texts]).unwrap();
        }
        let commits = repository.commits();
        let listener = commits.listen();
        inserter.commit(&context()).unwrap();
        match commits.log().next(&listener, None) {
            Next::Record(record) => record,
            Next::Nothing | Next::Lost(_) => panic!("the commit is not among the newest"),
        }
    };
    let two = next(&["a", "b"], None);
    assert_eq!(
        (1..=3).map(|f| kind_in(f, &two)).collect::<Vec<_>>(),
        [kind::INSERT, kind::INSERT, kind::ROWS]
    );
    assert_eq!(kind_in(3, &next(&["c"], None)), kind::INSERT);
    let texts = Value::Array(Array::from_elements(Elements::String(vec!["t".into()])));
    assert_eq!(kind_in(3, &next(&["d", "e"], Some(&texts))), kind::INSERT);
    // Where those that have an array are others.
    assert_eq!(kind_in(3, &next(&["f", "g"], None)), kind::ROWS);
    wmi.create_index(&context(), "X_Plain", "Id").unwrap();
    let names: Vec<String> = (1000..2100).map(|n| n.to_string()).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(kind_in(4, &next(&names[..1090], None)), kind::CHUNK);
    wmi.delete_class(&context(), "X_Plain").unwrap();
    wmi.compile_mof_text(&context(), "a.mof", mof).unwrap();
    wmi.create_index(&context(), "X_Plain", "Id").unwrap();
    names.reverse();
    let laid_out = next(&names, None);
    assert_eq!([3, 4].map(|f| kind_in(f, &laid_out)), [kind::INSERT, kind::LAID_OUT]);
}

#[test]
fn rows_lie_where_they_lay() {
    let medium = Arc::new(SimulatedMedium::new());
    let repository = open(&medium).unwrap();
    let wmi = session(&repository, "root/cimv2", Dialect::Wmi);
    wmi.compile_mof_text(&context(), "a.mof", MOF).unwrap();
    wmi.create_index(&context(), "X_Row", "U").unwrap();
    for first in [0, 5000, 10_000] {
        let mut inserter = wmi.inserter(&context(), "X_Row", &["N", "U"]).unwrap();
        for n in first..first + 4500_u32 {
            let u = u64::from(n.wrapping_mul(0x9e37_79b9) >> 7);
            inserter.insert(&[ValueView::UInt32(n), ValueView::UInt64(u)]).unwrap();
        }
        inserter.commit(&context()).unwrap();
        if first == 0 {
            repository.checkpoint().unwrap();
        }
    }
    let before = all(&repository);
    let is_sorted = |rows: &[Instance]| {
        rows.is_sorted_by_key(|row| row.get("U").cloned().and_then(|u| u.as_integer()))
    };
    assert!(before.len() == 13_500 && is_sorted(&before[..4096]) && !is_sorted(&before));
    drop((wmi, repository));
    let repository = open(&medium).unwrap();
    assert_eq!(all(&repository), before);
}
