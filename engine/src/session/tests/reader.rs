//! Prepared readers, which keep what they need again, against a map.

use super::*;
use crate::store::CAPACITY;
use crate::{StoredInstance, ValueView};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A class that is redefined now and then: some of its rows are taken over, or it goes with them.
const VERSIONS: [&str; 3] = [
    "class X_Fan { [key] string Id; uint32 Speed; string Text; };",
    "class X_Fan { [key] string Id; uint32 Speed; string Text; uint8 More; };",
    "class X_Fan { [key] string Id; string Text; uint32 Speed; };",
];

/// The keys of single steps.
const KEYS: u32 = 12;

#[derive(Clone, Debug)]
enum Step {
    Put(u32, u32),
    Delete(u32),
    /// Creates so many instances with other keys, all in one commit.
    Fill(u32),
    /// Deletes all of those but every so many.
    Thin(u32),
    /// A commit that is given up.
    Undone(u32),
    Redefine(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..KEYS, any::<u32>()).prop_map(|(key, speed)| Step::Put(key, speed)),
        3 => (0..KEYS).prop_map(Step::Delete),
        1 => (1..40_u32).prop_map(Step::Fill),
        1 => (2..6_u32).prop_map(Step::Thin),
        1 => (0..KEYS).prop_map(Step::Undone),
        1 => (0..VERSIONS.len()).prop_map(Step::Redefine),
    ]
}

fn id(key: u32) -> String {
    format!("fan number {key}")
}

fn path(key: u32) -> ObjectPath {
    ObjectPath::parse(&format!("X_Fan.Id=\"{}\"", id(key))).unwrap()
}

fn fan(key: u32, speed: u32) -> Instance {
    Instance::new("X_Fan").with("Id", id(key)).with("Speed", speed).with("Text", id(speed))
}

struct World {
    session: Session,
    context: CallContext,
    model: BTreeMap<u32, u32>,
    next: u32,
}

impl World {
    fn new() -> Self {
        let repository = Repository::new();
        repository.create_namespace("root/x", Dialect::Wmi).unwrap();
        let session = repository.session("root/x").unwrap();
        let context = CallContext::new();
        session.compile_mof_text(&context, "fan.mof", VERSIONS[0]).unwrap();
        Self { session, context, model: BTreeMap::new(), next: 1_000 }
    }

    fn apply(&mut self, step: &Step) {
        let Self { session, context, model, next } = self;
        match *step {
            Step::Put(key, speed) => {
                let (mode, update) = (PutMode::default(), Update::Given);
                session.put_instance(context, &fan(key, speed), mode, &update).unwrap();
                model.insert(key, speed);
            }
            Step::Delete(key) => {
                let is_there = model.remove(&key).is_some();
                assert_eq!(session.delete_instance(context, &path(key)).is_ok(), is_there);
            }
            Step::Fill(count) => {
                let mut batch = session.batch();
                for key in *next..*next + count {
                    batch = batch.create(fan(key, key));
                    model.insert(key, key);
                }
                *next += count;
                batch.commit(context).unwrap();
            }
            Step::Thin(nth) => {
                let gone: Vec<u32> = model.keys().copied().filter(|k| k % nth != 0).collect();
                for key in gone {
                    session.delete_instance(context, &path(key)).unwrap();
                    model.remove(&key);
                }
            }
            Step::Undone(key) => {
                let again = fan(*next, 0);
                let batch = session.batch().create(again.clone()).create(again).delete(path(key));
                batch.commit(context).unwrap_err();
            }
            Step::Redefine(version) => {
                let text = format!("#pragma classflags(\"forceupdate\")\n{}", VERSIONS[version]);
                session.compile_mof_text(context, "fan.mof", &text).unwrap();
            }
        }
    }

    fn speed(fan: &StoredInstance) -> (u32, String) {
        let speed = fan.property("Speed").unwrap().as_integer().unwrap();
        (u32::try_from(speed).unwrap(), fan.property("Text").unwrap().as_str().unwrap().to_owned())
    }

    /// That a reader finds what is there, as it is, and nothing else.
    fn check(&self, reader: &Reader) {
        let slot = reader.slot("Id").unwrap();
        for key in (0..KEYS).chain(1_000..self.next + 1) {
            let id = id(key);
            for spelled in [id.clone(), id.to_uppercase()] {
                let keys = [ValueView::String(&spelled)];
                let found = reader.get(&self.context, &keys).unwrap();
                let expected = self.model.get(&key).map(|speed| (*speed, self::id(*speed)));
                assert_eq!(found.as_ref().map(Self::speed), expected, "{spelled}");
                let same = |value: ValueView<'_>| value.as_str() == Some(id.as_str());
                let read = reader.read(&self.context, &keys, slot, same).unwrap();
                assert_eq!(read, expected.map(|_| true), "{spelled}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_reader_that_stays_sees_what_there_is(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        let reader = world.session.reader(&world.context, "X_Fan").unwrap();
        for step in steps {
            world.apply(&step);
            world.check(&reader);
        }
        world.check(&reader.clone());
    }
}

#[test]
fn a_reader_may_be_asked_while_it_reads() {
    let mut world = World::new();
    world.apply(&Step::Put(1, 7));
    world.apply(&Step::Put(2, 8));
    let reader = world.session.reader(&world.context, "X_Fan").unwrap();
    let speed = reader.slot("Speed").unwrap();
    let read = |key: u32, then: &dyn Fn() -> i128| {
        let id = id(key);
        let sum = |value: ValueView<'_>| value.as_integer().unwrap() + then();
        reader.read(&world.context, &[ValueView::String(&id)], speed, sum).unwrap().unwrap()
    };
    for _ in 0..2 {
        assert_eq!(read(1, &|| read(2, &|| 1)), 16);
    }
}

#[test]
fn a_reader_of_a_snapshot_stands_still() {
    let mut world = World::new();
    world.apply(&Step::Put(1, 7));
    let old = world.session.snapshot(&world.context).unwrap();
    let reader = old.reader(&world.context, "X_Fan").unwrap();
    world.apply(&Step::Put(1, 8));
    let id = id(1);
    let fan = reader.get(&world.context, &[ValueView::String(&id)]).unwrap().unwrap();
    assert_eq!(World::speed(&fan).0, 7);
}

#[test]
fn a_reader_that_rests_keeps_little() {
    let repository = Repository::new();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    let session = repository.session("root/x").unwrap();
    let context = CallContext::new();
    session.compile_mof_text(&context, "fan.mof", VERSIONS[0]).unwrap();
    let count = 4 * CAPACITY as u32;
    let reader = session.reader(&context, "X_Fan").unwrap();
    let chunks = || repository.commits().retired();
    for round in 0..12 {
        for key in 0..count {
            let (mode, update) = (PutMode::default(), Update::Given);
            session.put_instance(&context, &fan(key, round), mode, &update).unwrap();
        }
        for key in 0..count {
            let id = id(key);
            assert!(reader.get(&context, &[ValueView::String(&id)]).unwrap().is_some());
        }
    }
    for key in 0..count {
        session.delete_instance(&context, &path(key)).unwrap();
    }
    assert!(chunks() <= 16, "{} chunks", chunks());
    assert_eq!(repository.commits().pinned_bytes(), 0);
    let id = id(1);
    assert!(reader.get(&context, &[ValueView::String(&id)]).unwrap().is_none());
}

#[test]
fn a_reader_that_rests_keeps_no_old_schema() {
    let mut world = World::new();
    world.apply(&Step::Put(1, 7));
    let reader = world.session.reader(&world.context, "X_Fan").unwrap();
    world.check(&reader);
    let old = Arc::downgrade(&world.session.namespace.root());
    assert!(old.upgrade().is_some());
    world.apply(&Step::Redefine(1));
    assert!(old.upgrade().is_none());
    world.check(&reader);
}
