//! Readers beside a writer that never stops: what they see is one commit, whole.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use cimarron_engine::{
    AssociationFilter, CallContext, Depth, PropertyList, Reader, Repository, Session, Update,
    ValueView,
};
use cimarron_model::{Dialect, Instance, ObjectPath, Value};
use std::sync::atomic::{AtomicBool, Ordering};

const ACCOUNTS: usize = 64;
const TOTAL: i64 = 1000 * ACCOUNTS as i64;

const MOF: &str = "
    class X_Account { [key] string Id; sint64 Money; string Note; };
    [association] class X_Next { [key] X_Account ref From; [key] X_Account ref To; };
";

fn path(n: usize) -> ObjectPath {
    ObjectPath::parse(&format!("X_Account.Id=\"a{n}\"")).unwrap()
}

fn money(money: i64) -> Instance {
    Instance::new("X_Account").with("Money", money).with("Note", format!("{money} in all"))
}

/// A ring of accounts with the same money in each.
fn bank() -> Session {
    let repository = Repository::new();
    repository.create_namespace("root/bank", Dialect::Wmi).unwrap();
    let session = repository.session("root/bank").unwrap();
    let context = CallContext::new();
    session.compile_mof_text(&context, "bank.mof", MOF).unwrap();
    let mut batch = session.batch();
    for n in 0..ACCOUNTS {
        batch = batch.create(money(1000).with("Id", format!("a{n}")));
    }
    for n in 0..ACCOUNTS {
        let next = Instance::new("X_Next").with("From", path(n));
        batch = batch.create(next.with("To", path((n + 1) % ACCOUNTS)));
    }
    batch.commit(&context).unwrap();
    session
}

/// What is in an account; `None` when it is not there.
fn look(session: &Session, n: usize) -> Option<i64> {
    let context = CallContext::new();
    let instance = session.get_instance(&context, &path(n), &PropertyList::All).ok()?;
    let Some(Value::Scalar(cimarron_model::Scalar::SInt64(money))) = instance.get("Money") else {
        return None;
    };
    assert_eq!(instance.get("Note").unwrap().as_str().unwrap(), format!("{money} in all"));
    Some(*money)
}

fn sum(session: &Session) -> i64 {
    let context = CallContext::new();
    let all = session.enumerate_instances(&context, "X_Account", Depth::Deep).unwrap();
    let money = all.rows().map(|row| row.unwrap().property("Money").unwrap().as_integer().unwrap());
    i64::try_from(money.sum::<i128>()).unwrap()
}

/// Moves money between two accounts, again and again, until told to stop.
fn transfer(session: &Session, stop: &AtomicBool) {
    let context = CallContext::new();
    let mut random = 1_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) as usize % below
    };
    let mut accounts = vec![1000_i64; ACCOUNTS];
    while !stop.load(Ordering::Relaxed) {
        let (from, to) = (next(ACCOUNTS), next(ACCOUNTS));
        if from == to {
            continue;
        }
        let amount = next(50) as i64;
        accounts[from] -= amount;
        accounts[to] += amount;
        let batch = session
            .batch()
            .modify(path(from), money(accounts[from]), Update::Given)
            .modify(path(to), money(accounts[to]), Update::Given);
        batch.commit(&context).unwrap();
    }
}

/// Runs `read` so many times beside the writer.
fn beside(session: &Session, times: usize, read: impl Fn(&Session, usize) + Sync) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| transfer(session, &stop));
        let readers: Vec<_> =
            (0..2).map(|_| scope.spawn(|| (0..times).for_each(|n| read(session, n)))).collect();
        let results: Vec<_> =
            readers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap();
        results.into_iter().for_each(|result| result.unwrap());
    });
}

#[test]
fn a_scan_sees_all_of_a_commit_or_nothing() {
    beside(&bank(), 500, |session, _| assert_eq!(sum(session), TOTAL));
}

#[test]
fn an_instance_is_always_there_and_whole() {
    beside(&bank(), 5_000, |session, n| {
        assert!(look(session, n % ACCOUNTS).is_some());
    });
}

#[test]
fn a_prepared_reader_finds_it_too() {
    let session = bank();
    let context = CallContext::new();
    let shared = session.reader(&context, "X_Account").unwrap();
    let slots = ["Money", "Note"].map(|name| shared.slot(name).unwrap());
    let check = |reader: &Reader, n: usize| {
        let id = format!("a{}", n % ACCOUNTS);
        let found = reader.get(&context, &[ValueView::String(&id)]).unwrap().unwrap();
        let money = found.value(slots[0]).as_integer().unwrap();
        assert_eq!(found.value(slots[1]).as_str().unwrap(), format!("{money} in all"));
        let there = |value: ValueView<'_>| value.as_integer().is_some();
        let read = reader.read(&context, &[ValueView::String(&id)], slots[0], there).unwrap();
        assert_eq!(read, Some(true));
        let nobody = reader.get(&context, &[ValueView::String("b")]).unwrap();
        assert!(nobody.is_none());
    };
    beside(&session, 5_000, |_, n| check(&shared, n));
    let own = (0..2).map(|_| std::sync::Mutex::new(shared.clone())).collect::<Vec<_>>();
    beside(&session, 5_000, |_, n| {
        let reader = own.iter().find_map(|reader| reader.try_lock().ok()).unwrap();
        check(&reader, n);
    });
}

#[test]
fn a_snapshot_stands_still() {
    beside(&bank(), 100, |session, _| {
        let snapshot = session.snapshot(&CallContext::new()).unwrap();
        let accounts: Vec<i64> = (0..ACCOUNTS).map(|n| look(&snapshot, n).unwrap()).collect();
        assert_eq!(accounts.iter().sum::<i64>(), TOTAL);
        let again: Vec<i64> = (0..ACCOUNTS).map(|n| look(&snapshot, n).unwrap()).collect();
        assert_eq!((accounts, sum(&snapshot)), (again, TOTAL));
    });
}

#[test]
fn associations_find_their_ends() {
    let filter = AssociationFilter::new().role("From");
    beside(&bank(), 1_000, |session, n| {
        let context = CallContext::new();
        let found = session.associators(&context, &path(n % ACCOUNTS), &filter).unwrap();
        let ids: Vec<String> = found
            .rows()
            .map(|row| row.unwrap().property("Id").unwrap().as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids, [format!("a{}", (n + 1) % ACCOUNTS)]);
    });
}
