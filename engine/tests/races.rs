//! Writers of every kind beside each other and beside readers: classes, namespaces,
//! associations, batches and snapshots at once.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use cimarron_engine::{
    AssociationFilter, CallContext, Depth, EngineError, Limits, PropertyList, Repository, Session,
    Update, ValueView,
};
use cimarron_model::{CimType, Class, Dialect, Instance, ObjectPath, Status, Value};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

/// How long each test goes on.
const TIME: Duration = Duration::from_millis(600);

const MOF: &str = "
    class X_Node { [key] string Id; uint32 Round; string Text; };
    [association] class X_Link { [key] string Id; X_Node ref From; X_Node ref To; };
    [singleton] class X_State { uint32 Round; };
    [association] class X_Has { [key] string Id; X_Node ref Node; X_State ref State; };
";

/// A class that changes: with each version its rows are written again or taken over.
const VERSIONS: [&str; 4] = [
    "class X_Shape { [key] string Id; uint32 Size = 7; };",
    "class X_Shape { [key] string Id; uint32 Size = 7; string More = \"more\"; };",
    "class X_Shape { [key] string Id; [not_null] uint32 Size = 7; };",
    "class X_Shape { [key] string Id; };",
];

const SHAPES: usize = 40;
const NODES: usize = 24;

fn context() -> CallContext {
    CallContext::new()
}

fn world() -> Session {
    world_within(Limits::default())
}

fn world_within(limits: Limits) -> Session {
    let repository = Repository::builder().limits(limits).build();
    repository.create_namespace("root/world", Dialect::Wmi).unwrap();
    let session = repository.session("root/world").unwrap();
    session.compile_mof_text(&context(), "world.mof", MOF).unwrap();
    session.compile_mof_text(&context(), "shape.mof", VERSIONS[0]).unwrap();
    session
}

fn at(class: &str, id: &str) -> ObjectPath {
    ObjectPath::parse(&format!("{class}.Id=\"{id}\"")).unwrap()
}

fn node(n: usize) -> ObjectPath {
    at("X_Node", &format!("n{n}"))
}

/// Numbers that come the same way again.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % end
    }
}

/// Runs writers until the time is over or one fails, and readers beside them.
fn run(tasks: &[&(dyn Fn(&AtomicBool) + Sync)]) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (stop, start) = (&stop, Instant::now());
        let threads: Vec<_> = tasks.iter().map(|task| scope.spawn(move || task(stop))).collect();
        while start.elapsed() < TIME && !threads.iter().any(ScopedJoinHandle::is_finished) {
            std::thread::yield_now();
        }
        stop.store(true, Ordering::Relaxed);
        let results: Vec<_> = threads.into_iter().map(ScopedJoinHandle::join).collect();
        results.into_iter().for_each(|result| result.unwrap());
    });
}

/// Does something again and again with a round's number.
fn forever(stop: &AtomicBool, mut each: impl FnMut(usize)) {
    (0..).take_while(|_| !stop.load(Ordering::Relaxed)).for_each(&mut each);
}

#[test]
fn a_class_that_changes_keeps_its_instances_for_every_reader() {
    let session = world();
    for n in 0..SHAPES {
        let shape = Instance::new("X_Shape").with("Id", format!("s{n}"));
        session.create_instance(&context(), &shape).unwrap();
    }
    let change = |stop: &AtomicBool| {
        forever(stop, |round| {
            let text = format!("#pragma classflags(\"forceupdate\")\n{}", VERSIONS[round % 4]);
            session.compile_mof_text(&context(), "shape.mof", &text).unwrap();
        });
    };
    let modify = |stop: &AtomicBool| {
        forever(stop, |round| {
            let id = format!("s{}", round % SHAPES);
            let path = at("X_Shape", &id);
            let done = if round % 3 == 0 {
                let again = Instance::new("X_Shape").with("Id", id);
                session.batch().delete(path).create(again).commit(&context()).map(drop)
            } else {
                let same = Instance::new("X_Shape").with("Id", id);
                session.modify_instance(&context(), &path, &same, &Update::Given)
            };
            done.unwrap();
        });
    };
    let read = |stop: &AtomicBool| {
        forever(stop, |round| {
            let all = session.enumerate_instances(&context(), "X_Shape", Depth::Deep).unwrap();
            let ids: BTreeSet<String> = all.rows().map(|r| r.unwrap().path().to_string()).collect();
            assert_eq!((ids.len(), all.count().unwrap()), (SHAPES, SHAPES));
            let path = at("X_Shape", &format!("s{}", round % SHAPES));
            session.get_instance(&context(), &path, &PropertyList::All).unwrap();
            let old = session.snapshot(&context()).unwrap();
            old.get_instance(&context(), &path, &PropertyList::All).unwrap();
            let query = format!("SELECT * FROM X_Shape WHERE Id = \"s{}\"", round % SHAPES);
            assert_eq!(old.query(&context(), &query).unwrap().count().unwrap(), 1);
        });
    };
    let keep = |stop: &AtomicBool| {
        let reader = session.reader(&context(), "X_Shape").unwrap();
        forever(stop, |round| {
            let id = format!("s{}", round % SHAPES);
            let keys = [ValueView::String(&id)];
            let shape = reader.get(&context(), &keys).unwrap().unwrap();
            assert_eq!(shape.property("Id").unwrap().as_str(), Some(id.as_str()));
            let same = |value: ValueView<'_>| value.as_str() == Some(id.as_str());
            assert_eq!(reader.read(&context(), &keys, 0, same).unwrap(), Some(true));
        });
    };
    run(&[&change, &modify, &read, &keep]);
}

/// The other ends of a node, and of each of them whether it is there.
fn ends(session: &Session, n: usize) -> Option<(Vec<String>, usize)> {
    let filter = AssociationFilter::new().assoc_class("X_Link");
    let names = session.associator_names(&context(), &node(n), &filter);
    let names = match names {
        Err(error) if error.status() == Status::NotFound => return None,
        names => names.unwrap(),
    };
    let there = session.associators(&context(), &node(n), &filter).unwrap().count().unwrap();
    let mut names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.sort();
    Some((names, there))
}

#[test]
fn links_and_their_ends_come_and_go_together() {
    let session = world();
    let state = ObjectPath::parse("X_State=@").unwrap();
    session.create_instance(&context(), &Instance::new("X_State").with("Round", 0_u32)).unwrap();
    let put = |n: usize, round: usize| {
        let text = "x".repeat(round % 40);
        let node = Instance::new("X_Node").with("Id", format!("n{n}"));
        node.with("Round", round as u32).with("Text", text)
    };
    let link = |id: usize, from: usize, to: usize| {
        let link = Instance::new("X_Link").with("Id", format!("l{id}"));
        link.with("From", node(from)).with("To", node(to))
    };
    // In every commit: n0 has as many links as there are nodes, one to each of them and
    // one to itself, and the state goes with n0.
    let mut batch = session.batch();
    for n in 0..NODES {
        batch = batch.create(put(n, 0)).create(link(n, 0, n));
    }
    let has = Instance::new("X_Has").with("Id", "h").with("Node", node(0));
    batch.create(has.with("State", state.clone())).commit(&context()).unwrap();
    let write = |stop: &AtomicBool| {
        let mut random = Random(7);
        forever(stop, |round| {
            let (n, other) = (1 + random.below(NODES - 1), 1 + random.below(NODES - 1));
            let at_link = |n: usize| at("X_Link", &format!("l{n}"));
            let batch = session.batch();
            let batch = match random.below(4) {
                // Away and there again, in this order or the other.
                0 => batch
                    .delete(at_link(n))
                    .delete(node(n))
                    .create(put(n, round))
                    .create(link(n, 0, n)),
                1 => batch
                    .delete(node(n))
                    .delete(at_link(n))
                    .create(link(n, 0, n))
                    .create(put(n, round)),
                // Two links change their ends.
                2 if n != other => batch
                    .modify(at_link(n), link(n, 0, other), Update::Given)
                    .modify(at_link(n), link(n, 0, n), Update::Given),
                _ => batch.modify(node(n), put(n, round), Update::Given),
            };
            let level = Instance::new("X_State").with("Round", round as u32);
            let batch = batch.modify(state.clone(), level, Update::Given);
            let batch = batch.modify(node(0), put(0, round), Update::Given);
            if random.below(3) == 0 {
                // All of it in vain.
                let undone = batch.clone().create(link(900, 900, 901)).create(put(0, round));
                assert!(undone.commit(&context()).is_err());
            }
            batch.commit(&context()).unwrap();
        });
    };
    let read = |stop: &AtomicBool| {
        forever(stop, |_| {
            let old = session.snapshot(&context()).unwrap();
            for session in [&session, &old, &old] {
                let (names, there) = ends(session, 0).unwrap();
                let distinct: BTreeSet<&String> = names.iter().collect();
                // Its link to itself stands at both ends.
                assert_eq!((names.len(), distinct.len(), there), (NODES + 1, NODES, NODES + 1));
            }
            let round = |path: &ObjectPath| {
                let found = old.get_instance(&context(), path, &PropertyList::All).unwrap();
                found.get("Round").cloned()
            };
            let filter = AssociationFilter::new().assoc_class("X_Has");
            let found = old.associators(&context(), &node(0), &filter).unwrap();
            let by_link: Vec<Value> = found
                .rows()
                .map(|r| r.unwrap().property("Round").unwrap().to_value(CimType::UInt32, false))
                .collect();
            assert_eq!(by_link.first().cloned(), round(&state));
            assert_eq!(by_link.first().cloned(), round(&node(0)));
        });
    };
    run(&[&write, &read, &read]);
}

/// What a snapshot says of each round, read one way after the other; an error when it ended
/// meanwhile.
fn rounds(old: &Session) -> Result<BTreeSet<i128>, EngineError> {
    let mut rounds = BTreeSet::new();
    let filter = AssociationFilter::new();
    for n in 0..NODES {
        let found = old.get_instance(&context(), &node(n), &PropertyList::All)?;
        let round = found.get("Round").map(|value| ValueView::from(value).as_integer().unwrap());
        rounds.insert(round.unwrap());
        let query = format!("SELECT Round FROM X_Node WHERE Id = \"n{n}\"");
        let results = [
            old.query(&context(), &query)?,
            old.query(&context(), "SELECT Round FROM X_Node WHERE Round >= 0")?,
            old.enumerate_instances(&context(), "X_Node", Depth::Deep)?,
            old.associators(&context(), &node(n), &filter)?,
        ];
        for (result, count) in results.iter().zip([1, NODES, NODES, 2]) {
            let read = result.rows().map(|row| row.unwrap().property("Round").unwrap());
            let before = rounds.len();
            let all: Vec<i128> = read.map(|value| value.as_integer().unwrap()).collect();
            assert_eq!((before, all.len()), (1, count));
            rounds.extend(all);
        }
    }
    Ok(rounds)
}

#[test]
fn a_snapshot_that_ends_says_so() {
    let session = world_within(Limits::default().with_dead_rows(NODES / 2));
    let put = |n: usize, round: usize| {
        let node = Instance::new("X_Node").with("Id", format!("n{n}"));
        node.with("Round", round as u32)
    };
    let mut batch = session.batch();
    for n in 0..NODES {
        let link = Instance::new("X_Link").with("Id", format!("l{n}")).with("From", node(n));
        batch = batch.create(put(n, 0)).create(link.with("To", node((n + 1) % NODES)));
    }
    batch.commit(&context()).unwrap();
    session.create_index(&context(), "X_Node", "Round").unwrap();
    let write = |stop: &AtomicBool| {
        forever(stop, |round| {
            let batch = (0..NODES).fold(session.batch(), |batch, n| match round % 5 {
                0 => batch.delete(node(n)).create(put(n, round)),
                _ => batch.modify(node(n), put(n, round), Update::Given),
            });
            batch.commit(&context()).unwrap();
        });
    };
    let read = |stop: &AtomicBool| {
        forever(stop, |_| {
            let old = session.snapshot(&context()).unwrap();
            match rounds(&old) {
                Ok(rounds) => assert_eq!(rounds.len(), 1, "{rounds:?}"),
                Err(error) => assert_eq!(error.status(), Status::HandleOutOfDate),
            }
        });
    };
    run(&[&write, &read, &read]);
}

#[test]
fn a_namespace_that_is_not_empty_stays() {
    let repository = Repository::new();
    let class = Class { name: "X_Thing".into(), ..Class::default() };
    let create = |stop: &AtomicBool| {
        forever(stop, |_| {
            let _ = repository.create_namespace("brief", Dialect::Dmtf);
            let Ok(session) = repository.session("brief") else { return };
            if session.create_class(&context(), &class).is_ok() {
                // Whoever has put something there finds it, until they take it away.
                session.delete_class(&context(), "X_Thing").unwrap();
            }
        });
    };
    let delete = |stop: &AtomicBool| {
        forever(stop, |_| {
            let _ = repository.delete_namespace("brief");
        });
    };
    run(&[&create, &delete]);
}
