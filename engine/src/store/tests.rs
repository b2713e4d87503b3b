//! The store against a map.

use super::snapshot::FrozenChunk;
use super::*;
use crate::schema::Slot;
use cimarron_model::{ArrayShape, CimType, ClassVersion, Dialect, Name};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn slot(name: &str, cim_type: CimType, is_key: bool) -> Slot {
    Slot {
        name: name.into(),
        cim_type,
        array: ArrayShape::Scalar,
        class: None,
        is_key,
        not_null: false,
        embedded_text: false,
        default: None,
        bounds: None,
    }
}

fn target() -> Target {
    let slots = [
        slot("Id", CimType::String, true),
        slot("Size", CimType::UInt32, false),
        slot("Text", CimType::String, false),
    ];
    let layout =
        Layout::from_slots(ClassId(0), ClassVersion(0), "X_Thing".into(), slots.into_iter());
    Target { layout: Arc::new(layout), key_root: Some(ClassId(0)) }
}

fn store() -> Store {
    let location = Location { servers: Arc::from([]), namespace: Name::new("root") };
    Store::new(KeyRules::new(Dialect::Wmi, Arc::new(location)))
}

type Record = (Option<u32>, Option<String>);

/// A store with one class, driven like a map.
struct Driver {
    store: Store,
    target: Target,
}

fn cells<'a>(
    key: &'a str,
    record: &'a Record,
) -> impl Iterator<Item = (u32, ValueView<'a>)> + Clone {
    let size = record.0.map_or(ValueView::Null, ValueView::UInt32);
    let text = record.1.as_deref().map_or(ValueView::Null, ValueView::String);
    [(0, ValueView::String(key)), (1, size), (2, text)].into_iter()
}

impl Driver {
    fn find(&self, key: &str) -> Option<RowAddress> {
        let keys = [ValueView::String(key)];
        let hash = self.store.rules().hash(keys.into_iter());
        self.store.find(ClassId(0), hash, &keys, |_| true)
    }

    fn put(&mut self, key: &str, record: &Record) {
        let hash = self.store.rules().hash([ValueView::String(key)].into_iter());
        match self.find(key) {
            Some(old) => self.store.replace(old, &self.target, cells(key, record), None),
            None => self.store.insert(&self.target, hash, cells(key, record), None),
        };
    }

    fn frozen(&self) -> Vec<FrozenChunk> {
        self.store.chunks(ClassId(0)).map(FrozenChunk::of).collect()
    }
}

fn record_at(chunk: &Chunk, row: usize) -> (String, Record) {
    let size = chunk.value(row, 1).as_integer().map(|n| n as u32);
    let text = chunk.value(row, 2).as_str().map(str::to_owned);
    (chunk.value(row, 0).as_str().unwrap().to_lowercase(), (size, text))
}

fn read(chunks: &[FrozenChunk]) -> BTreeMap<String, Record> {
    let mut all = BTreeMap::new();
    for frozen in chunks {
        for row in (0..frozen.chunk.len()).filter(|r| frozen.is_live(*r)) {
            let (key, record) = record_at(&frozen.chunk, row);
            assert!(all.insert(key, record).is_none(), "a key twice");
        }
    }
    all
}

#[derive(Clone, Debug)]
enum Step {
    Put(u16, Record),
    Delete(u16),
    /// Puts a run of keys, to fill chunks.
    Fill(u16),
    /// Deletes a run of keys, to empty chunks.
    Drain(u16),
    Snapshot,
    Get(u16),
    /// Goes back to the last copy.
    Undo,
    Copy,
}

fn step() -> impl Strategy<Value = Step> {
    let record = (any::<Option<u32>>(), prop::option::of("[a-z]{0,5}"));
    prop_oneof![
        6 => (0..60_u16, record).prop_map(|(k, r)| Step::Put(k, r)),
        4 => (0..60_u16).prop_map(Step::Delete),
        1 => (0..4_u16).prop_map(Step::Fill),
        1 => (0..4_u16).prop_map(Step::Drain),
        2 => Just(Step::Snapshot),
        3 => (0..60_u16).prop_map(Step::Get),
        1 => Just(Step::Copy),
        1 => Just(Step::Undo),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn behaves_like_a_map(steps in prop::collection::vec(step(), 0..60)) {
        let mut driver = Driver { store: store(), target: target() };
        let mut oracle: BTreeMap<String, Record> = BTreeMap::new();
        let mut snapshots: Vec<(Vec<FrozenChunk>, BTreeMap<String, Record>)> = Vec::new();
        let mut copy = (driver.store.clone(), oracle.clone());
        // Keys come in either case: they are the same key.
        let spell = |k: u16, n: usize| if n.is_multiple_of(2) { format!("k{k}") } else { format!("K{k}") };
        for (n, step) in steps.into_iter().enumerate() {
            match step {
                Step::Put(k, record) => {
                    driver.put(&spell(k, n), &record);
                    oracle.insert(spell(k, 0), record);
                }
                Step::Delete(k) => {
                    if let Some(address) = driver.find(&spell(k, n)) {
                        driver.store.delete(address, Some(ClassId(0)));
                    }
                    oracle.remove(&spell(k, 0));
                }
                Step::Fill(run) => for k in run * 3000..(run + 1) * 3000 {
                    driver.put(&spell(k, n), &(Some(k.into()), None));
                    oracle.insert(spell(k, 0), (Some(k.into()), None));
                },
                Step::Drain(run) => for k in run * 3000..(run + 1) * 3000 - 500 {
                    if let Some(address) = driver.find(&spell(k, n)) {
                        driver.store.delete(address, Some(ClassId(0)));
                    }
                    oracle.remove(&spell(k, 0));
                },
                Step::Snapshot => snapshots.push((driver.frozen(), oracle.clone())),
                Step::Get(k) => {
                    let found = driver.find(&spell(k, n)).map(|a| {
                        record_at(driver.store.row(a).unwrap().1, a.row()).1
                    });
                    prop_assert_eq!(found.as_ref(), oracle.get(&spell(k, 0)));
                }
                Step::Copy => copy = (driver.store.clone(), oracle.clone()),
                Step::Undo => (driver.store, oracle) = copy.clone(),
            }
            prop_assert_eq!(driver.store.count(ClassId(0)), oracle.len());
        }
        snapshots.push((driver.frozen(), oracle));
        for (chunks, expected) in &snapshots {
            prop_assert_eq!(&read(chunks), expected);
        }
    }
}

#[test]
fn gives_memory_back() {
    let mut driver = Driver { store: store(), target: target() };
    for n in 0..20_000 {
        driver.put(&format!("key{n}"), &(Some(n), None));
    }
    for n in (0..20_000).filter(|n| n % 10 != 0) {
        let address = driver.find(&format!("key{n}")).unwrap();
        driver.store.delete(address, Some(ClassId(0)));
    }
    assert_eq!(driver.store.count(ClassId(0)), 2_000);
    assert!(driver.store.chunks(ClassId(0)).count() <= 2);
    assert!((0..20_000).step_by(10).all(|n| driver.find(&format!("KEY{n}")).is_some()));
    driver.store.clear_class(ClassId(0), Some(ClassId(0)));
    assert_eq!((driver.store.count(ClassId(0)), driver.store.heap_bytes()), (0, 0));
}

#[test]
fn a_shared_chunk_is_copied_not_changed() {
    let mut driver = Driver { store: store(), target: target() };
    driver.put("a", &(Some(1), None));
    let before = driver.frozen();
    driver.put("a", &(Some(2), None));
    driver.put("b", &(Some(3), None));
    assert_eq!(read(&before), [("a".to_owned(), (Some(1), None))].into());
    assert_eq!(read(&driver.frozen()).len(), 2);
}
