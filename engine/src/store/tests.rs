//! The store against a map of maps: random changes, undone commits, snapshots.

use super::*;
use crate::clock::ManualClock;
use crate::error::EngineError;
use crate::limits::Limits;
use crate::schema::{Layout, Schema};
use crate::view::ValueView;
use crate::{CallContext, Principal, Repository};
use cimarron_model::{Dialect, Location, Name, ReferenceRules};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

type Record = (Option<u32>, Option<String>);
type Model = BTreeMap<String, Record>;

/// A store with one class, driven like a map.
struct Driver {
    commits: Commits,
    store: Arc<Store>,
    schema: Arc<Schema>,
    layout: Arc<Layout>,
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
    fn new() -> Self {
        let location = Location { namespace: Name::new("root"), ..Location::default() };
        let rules = ReferenceRules::new(Dialect::Wmi, Arc::new(location));
        let store = Arc::new(Store::new(KeyRules::new(rules), Arc::default()));
        let limits = Limits::default().with_dead_rows(usize::MAX).with_kept_commits(16);
        let commits = Commits::new(&limits, Arc::new(ManualClock::default()));
        let text = "class X_Thing { [key] string Id; uint32 Size; string Text; };";
        let repository = Repository::new();
        repository.create_namespace("root", Dialect::Wmi).unwrap();
        let session = repository.session("root").unwrap();
        session.compile_mof_text(&CallContext::new(), "thing.mof", text).unwrap();
        let schema = repository.namespace("root").unwrap().schema();
        let layout = schema.class("X_Thing").unwrap().layout().clone();
        let mut transaction = Transaction::begin(&commits).unwrap();
        transaction.set_schema(&store, schema.clone());
        transaction.commit(&Principal::system()).unwrap();
        Self { commits, store, schema, layout }
    }

    fn find_in(&self, root: &Root, key: &str, seen: Seen) -> Option<Found> {
        let keys = [ValueView::String(key)];
        let hash = self.store.rules().hash(keys.into_iter());
        self.store.find(root, self.layout.id, (hash, &keys), seen, |_| true)
    }

    fn find(&self, key: &str) -> Option<Found> {
        let root = self.store.newest_root();
        self.find_in(&root, key, Seen::At(self.commits.visible()))
    }

    fn put(&self, transaction: &mut Transaction<'_>, key: &str, record: &Record) {
        let root = transaction.root(&self.store);
        let table = root.table(self.layout.id).unwrap();
        let (store, layout, beside) = (&self.store, &self.layout, Beside::default());
        let cells = cells(key, record);
        if let Some(old) = self.find_in(&root, key, Seen::Current) {
            transaction.replace(store, table, layout, &old, cells, beside).unwrap();
        } else {
            let hash = store.rules().hash([ValueView::String(key)].into_iter());
            transaction.insert(store, table, layout, hash, cells, beside).unwrap();
        }
    }

    fn delete(&self, transaction: &mut Transaction<'_>, key: &str) {
        let root = transaction.root(&self.store);
        let table = root.table(self.layout.id).unwrap();
        if let Some(old) = self.find_in(&root, key, Seen::Current) {
            transaction.delete(&self.store, table, &old);
        }
    }

    /// Adds rows as columns; `false` when one of the keys is taken.
    fn adopt(&self, transaction: &mut Transaction<'_>, keys: &[String]) -> bool {
        let root = transaction.root(&self.store);
        let table = root.table(self.layout.id).unwrap();
        let mut columns = [Column::default(), Column::default(), Column::default()];
        let mut hashes = Vec::new();
        for (row, key) in keys.iter().enumerate() {
            for (slot, value) in cells(key, &(Some(row as u32), None)) {
                columns[slot as usize].set_at_end(row, value);
            }
            hashes.push(self.store.rules().hash([ValueView::String(key)].into_iter()));
        }
        let columns = columns.map(|column| column.seal().map(Arc::new)).into_iter().collect();
        let is_free = |chunk: &Chunk, row: usize, _| {
            let key = chunk.value(row, 0).as_str().unwrap();
            let there = self.find_in(&root, key, Seen::Current);
            there.map_or(Ok(()), |_| Err(EngineError::StoreFull))
        };
        let given = Given::as_they_lie(0..hashes.len());
        let rows = (columns, hashes.as_slice(), &given);
        let done = transaction.adopt(&self.store, table, &self.layout, rows, is_free).is_ok();
        transaction.enter_adopted();
        done
    }

    fn commit(&self, change: impl FnOnce(&mut Transaction<'_>)) {
        let mut transaction = Transaction::begin(&self.commits).unwrap();
        change(&mut transaction);
        transaction.commit(&Principal::system()).unwrap();
    }

    fn view(&self) -> View {
        View::now(&self.store, &self.commits)
    }

    fn frozen(&self) -> Vec<FrozenChunk> {
        self.view().freeze(self.schema.class("X_Thing").into_iter()).unwrap()
    }

    fn count(&self) -> usize {
        self.store.newest_root().table(self.layout.id).unwrap().live()
    }

    fn chunks(&self) -> usize {
        self.store.newest_root().table(self.layout.id).unwrap().all_chunks().len()
    }
}

fn record_at(chunk: &Chunk, row: usize) -> (String, Record) {
    let size = chunk.value(row, 1).as_integer().map(|n| n as u32);
    let text = chunk.value(row, 2).as_str().map(str::to_owned);
    (chunk.value(row, 0).as_str().unwrap().to_lowercase(), (size, text))
}

fn read(chunks: &[FrozenChunk]) -> Model {
    let mut all = BTreeMap::new();
    for frozen in chunks {
        for row in (0..frozen.len()).filter(|r| frozen.is_live(*r)) {
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
    /// Adds a run of keys as columns, which takes the commit back when one is there.
    Adopt(u16, u16),
    /// Ends the commit, or takes it back.
    Commit,
    RollBack,
    /// Keeps the chunks of this moment.
    Freeze,
    /// Keeps a view of this moment, or lets the oldest go.
    View,
    Unview,
    Get(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let record = (any::<Option<u32>>(), prop::option::of("[a-z]{0,5}"));
    prop_oneof![
        8 => (0..60_u16, record).prop_map(|(k, r)| Step::Put(k, r)),
        4 => (0..60_u16).prop_map(Step::Delete),
        1 => (0..4_u16).prop_map(Step::Fill),
        1 => (0..4_u16).prop_map(Step::Drain),
        2 => (0..60_u16, 1..20_u16).prop_map(|(k, len)| Step::Adopt(k, len)),
        4 => Just(Step::Commit),
        1 => Just(Step::RollBack),
        2 => Just(Step::Freeze),
        2 => Just(Step::View),
        1 => Just(Step::Unview),
        3 => (0..60_u16).prop_map(Step::Get),
    ]
}

/// Applies a change to the store and the model.
fn apply(
    driver: &Driver,
    transaction: &mut Transaction<'_>,
    model: &mut Model,
    n: usize,
    step: &Step,
) {
    // Keys come in either case: they are the same key.
    let spell = |k: u16, n: usize| {
        if n.is_multiple_of(2) { format!("k{k}") } else { format!("K{k}") }
    };
    match step {
        Step::Put(k, record) => {
            driver.put(transaction, &spell(*k, n), record);
            model.insert(spell(*k, 0), record.clone());
        }
        Step::Delete(k) => {
            driver.delete(transaction, &spell(*k, n));
            model.remove(&spell(*k, 0));
        }
        Step::Fill(run) => {
            for k in run * 3000..(run + 1) * 3000 {
                driver.put(transaction, &spell(k, n), &(Some(k.into()), None));
                model.insert(spell(k, 0), (Some(k.into()), None));
            }
        }
        Step::Drain(run) => {
            for k in run * 3000..(run + 1) * 3000 - 500 {
                driver.delete(transaction, &spell(k, n));
                model.remove(&spell(k, 0));
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn behaves_like_a_map(steps in prop::collection::vec(step(), 0..80)) {
        let driver = Driver::new();
        let mut committed = Model::new();
        let mut frozen: Vec<(Vec<FrozenChunk>, Model)> = Vec::new();
        let mut views: Vec<(View, Model)> = Vec::new();
        let mut steps = (0..).zip(steps).peekable();
        while steps.peek().is_some() {
            let mut model = committed.clone();
            let mut transaction = Transaction::begin(&driver.commits).unwrap();
            let mut undo = false;
            for (n, step) in steps.by_ref() {
                match step {
                    Step::Commit => break,
                    Step::RollBack => { undo = true; break }
                    Step::Freeze => frozen.push((driver.frozen(), committed.clone())),
                    Step::View => views.push((driver.view(), committed.clone())),
                    Step::Unview => if !views.is_empty() { views.remove(0); },
                    Step::Get(k) => {
                        // Readers see the last commit, whatever is in the making.
                        let key = format!("k{k}");
                        let found = driver.find(&key).map(|f| record_at(&f.chunk, f.row).1);
                        prop_assert_eq!(found.as_ref(), committed.get(&key));
                    }
                    Step::Adopt(first, len) => {
                        let keys: Vec<String> = (first..first + len).map(|k| format!("k{k}")).collect();
                        let is_free = !keys.iter().any(|key| model.contains_key(key));
                        prop_assert_eq!(driver.adopt(&mut transaction, &keys), is_free);
                        if !is_free {
                            undo = true;
                            break;
                        }
                        let rows = (0..).map(|row| (Some(row), None));
                        model.extend(keys.into_iter().zip(rows));
                    }
                    change => apply(&driver, &mut transaction, &mut model, n, &change),
                }
            }
            if undo {
                drop(transaction);
            } else {
                transaction.commit(&Principal::system()).unwrap();
                committed = model;
            }
            prop_assert_eq!(driver.count(), committed.len());
            prop_assert_eq!(driver.store.held().1, driver.chunks());
            for (view, model) in &views {
                for k in 0..60 {
                    let key = format!("k{k}");
                    let found = driver.find_in(view.root(), &key, view.seen());
                    let found = found.map(|f| record_at(&f.chunk, f.row).1);
                    prop_assert_eq!(found.as_ref(), model.get(&key), "{} in an old view", key);
                }
            }
        }
        frozen.push((driver.frozen(), committed));
        let class = || driver.schema.class("X_Thing").into_iter();
        frozen.extend(views.iter().map(|(view, model)| (view.freeze(class()).unwrap(), model.clone())));
        drop(views);
        for (chunks, expected) in &frozen {
            prop_assert_eq!(&read(chunks), expected);
        }
    }
}

#[test]
fn gives_memory_back() {
    let driver = Driver::new();
    for n in 0..20_000 {
        driver.commit(|t| driver.put(t, &format!("key{n}"), &(Some(n), None)));
    }
    let full = driver.store.heap_bytes();
    for n in (0..20_000).filter(|n| n % 10 != 0) {
        driver.commit(|t| driver.delete(t, &format!("key{n}")));
    }
    assert_eq!(driver.count(), 2_000);
    let left = driver.store.heap_bytes();
    assert!(left < full / 3 * 2, "{left} bytes of {full}");
    assert!((0..20_000).step_by(10).all(|n| driver.find(&format!("KEY{n}")).is_some()));
    for n in (0..20_000).step_by(10) {
        driver.commit(|t| driver.delete(t, &format!("key{n}")));
    }
    assert_eq!((driver.count(), driver.frozen().len()), (0, driver.chunks()));
    assert!(driver.chunks() <= 1, "a tail may be left");
}

#[test]
fn a_row_modified_for_ever_takes_no_more_room() {
    let driver = Driver::new();
    for n in 0..100 {
        driver.commit(|t| driver.put(t, &format!("key{n}"), &(Some(n), None)));
    }
    for n in 0..50_000 {
        driver.commit(|t| driver.put(t, "key7", &(Some(n), Some("text".to_owned()))));
    }
    assert!(driver.chunks() < 10, "{} chunks", driver.chunks());
    assert!(driver.store.heap_bytes() < 200_000, "{} bytes", driver.store.heap_bytes());
}

#[test]
fn an_old_view_pins_what_it_sees_and_no_more() {
    let driver = Driver::new();
    driver.commit(|t| (0..1000).for_each(|n| driver.put(t, &format!("k{n}"), &(Some(n), None))));
    let view = driver.view();
    for round in 0..20 {
        for n in 0..1000 {
            driver.commit(|t| driver.put(t, &format!("k{n}"), &(Some(n + round), None)));
        }
    }
    let found = driver.find_in(view.root(), "k5", view.seen()).unwrap();
    assert_eq!(record_at(&found.chunk, found.row).1.0, Some(5));
    // What the view sees, what there is now, and chunks that are half empty.
    let rows: usize = driver.frozen().iter().map(FrozenChunk::len).sum();
    assert!(rows < 10_000, "{rows} rows of 21,000");
}

#[test]
fn an_undone_class_leaves_no_chunks() {
    let driver = Driver::new();
    let record = (Some(1), None);
    driver.commit(|t| drop(t.set_schema(&driver.store, Arc::default())));
    for _ in 0..10 {
        let mut transaction = Transaction::begin(&driver.commits).unwrap();
        transaction.set_schema(&driver.store, driver.schema.clone());
        (0..20).for_each(|n| driver.put(&mut transaction, &format!("k{n}"), &record));
        driver.delete(&mut transaction, "k3");
        // Twice in one commit: the first of the tables is nobody's.
        transaction.set_schema(&driver.store, Arc::default());
        transaction.set_schema(&driver.store, driver.schema.clone());
        driver.put(&mut transaction, "k1", &record);
        drop(transaction);
        assert_eq!(driver.store.held(), (0, 0));
    }
    driver.commit(|t| drop(t.set_schema(&driver.store, driver.schema.clone())));
    driver.commit(|t| driver.put(t, "k1", &record));
    assert_eq!((driver.count(), driver.store.held()), (1, (0, 1)));
}

#[test]
fn whoever_begins_to_listen_misses_no_commit() {
    let driver = Driver::new();
    for n in 0..20 {
        let mut transaction = Transaction::begin(&driver.commits).unwrap();
        driver.put(&mut transaction, &format!("k{n}"), &(Some(n), None));
        std::thread::scope(|scope| {
            let listening = scope.spawn(|| (driver.commits.listen(), driver.commits.visible()));
            // It waits for us, or would be done by then.
            for _ in 0..1000 {
                if listening.is_finished() {
                    break;
                }
                std::thread::yield_now();
            }
            let commit = transaction.commit(&Principal::system()).unwrap();
            let (listener, seen) = listening.join().unwrap();
            let is_told = matches!(driver.commits.log().next(&listener, None), Next::Record(_));
            assert!(seen >= commit || is_told);
            driver.commits.log().leave(&listener);
        });
    }
}
