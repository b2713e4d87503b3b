//! Sequences, and the registry that keeps them.

use super::*;
use crate::clock::ManualClock;
use crate::context::CancelToken;
use crate::repository::Repository;
use crate::session::Depth;
use crate::view::ValueView;
use cimarron_model::{Dialect, Status};
use proptest::prelude::*;
use std::time::Duration;

const MOF: &str = "class X_Fan { [key] uint32 Id; uint32 Mod; };";

struct World {
    clock: Arc<ManualClock>,
    session: Session,
    context: CallContext,
}

/// A namespace with so many fans, numbered from 0.
fn world(fans: u32) -> World {
    let clock = Arc::new(ManualClock::default());
    let repository = Repository::builder().clock(clock.clone()).build();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    let session = repository.session("root/x").unwrap();
    let context = CallContext::new();
    session.compile_mof_text(&context, "fan.mof", MOF).unwrap();
    for id in 0..fans {
        let fan = Instance::new("X_Fan").with("Id", id).with("Mod", id % 10);
        session.create_instance(&context, &fan).unwrap();
    }
    World { clock, session, context }
}

impl World {
    fn fans(&self) -> Sequence {
        let result = self.session.enumerate_instances(&self.context, "X_Fan", Depth::Deep);
        self.session.sequence(result.unwrap())
    }
}

fn number(item: Item<'_>) -> u32 {
    let number = match item {
        Item::Row(row) => row.property("Id").and_then(ValueView::as_integer),
        Item::Owned(OwnedItem::Instance(instance)) => {
            instance.get("Id").and_then(cimarron_model::Value::as_integer)
        }
        Item::Owned(_) => None,
    };
    number.unwrap().try_into().unwrap()
}

fn instances(count: u32) -> Vec<OwnedItem> {
    (0..count).map(|id| OwnedItem::Instance(Instance::new("X_Fan").with("Id", id))).collect()
}

/// Takes a batch; the numbers of the items and whether that was the end.
fn pull(sequence: &mut Sequence, context: &CallContext, batch: Batch) -> (Vec<u32>, bool) {
    let mut numbers = Vec::new();
    let take = |item: Item<'_>| {
        numbers.push(number(item));
        Taken::Yes(10)
    };
    let pulled = sequence.pull(context, batch, take).unwrap();
    assert_eq!((pulled.count, pulled.bytes), (numbers.len(), numbers.len() * 10));
    (numbers, pulled.end)
}

fn status<T>(result: Result<T, EngineError>) -> Result<T, Status> {
    result.map_err(|e| e.status())
}

#[test]
fn batches_by_count_and_by_bytes() {
    let world = world(5);
    let context = &world.context;
    for mut sequence in [world.fans(), world.session.sequence_of(instances(5))] {
        assert_eq!(pull(&mut sequence, context, Batch::of(0)), (vec![], false));
        assert_eq!(pull(&mut sequence, context, Batch::of(2)), (vec![0, 1], false));
        let bytes = Batch { count: 9, bytes: 15 };
        assert_eq!(pull(&mut sequence, context, bytes), (vec![2, 3], false));
        assert_eq!(sequence.remaining(context).unwrap(), Some(1));
        assert_eq!(pull(&mut sequence, context, Batch::of(1)), (vec![4], true));
        assert_eq!(pull(&mut sequence, context, Batch::of(1)), (vec![], true));
        assert_eq!(sequence.position(), 5);
    }
    // A stream is not asked for more than was wanted: its next item may take a while.
    let mut stream = world.session.sequence_from(instances(2).into_iter().map(Ok));
    assert_eq!(pull(&mut stream, context, Batch::of(2)), (vec![0, 1], false));
    assert_eq!(stream.remaining(context).unwrap(), None);
    assert_eq!(pull(&mut stream, context, Batch::of(2)), (vec![], true));
}

/// An item that does not fit comes first the next time, of whatever source.
#[test]
fn what_does_not_fit_is_given_back() {
    let world = world(3);
    let stream = world.session.sequence_from(instances(3).into_iter().map(Ok));
    for mut sequence in [world.fans(), world.session.sequence_of(instances(3)), stream] {
        let mut room = 1;
        let pulled = sequence.pull(&world.context, Batch::of(9), |_| {
            room -= 1;
            if room < 0 { Taken::GiveBack } else { Taken::Yes(0) }
        });
        assert_eq!(pulled.unwrap(), Pulled { count: 1, bytes: 0, end: false });
        assert_eq!(pull(&mut sequence, &world.context, Batch::of(9)), (vec![1, 2], true));
    }
}

#[test]
fn skips_rewinds_and_clones() {
    let world = world(6);
    let context = &world.context;
    for mut sequence in [world.fans(), world.session.sequence_of(instances(6))] {
        assert_eq!(sequence.skip(context, 4).unwrap(), 4);
        let mut second = sequence.try_clone().unwrap();
        assert_eq!(pull(&mut sequence, context, Batch::of(1)), (vec![4], false));
        assert_eq!(sequence.skip(context, 9).unwrap(), 1);
        assert_eq!(sequence.skip(context, 9).unwrap(), 0);
        assert_eq!(pull(&mut second, context, Batch::of(9)), (vec![4, 5], true));
        sequence.rewind().unwrap();
        assert_eq!((sequence.position(), second.position()), (0, 6));
        assert_eq!(pull(&mut sequence, context, Batch::of(1)), (vec![0], false));
    }
    let stream = world.session.sequence_from(instances(1).into_iter().map(Ok));
    for mut sequence in [world.fans().forward_only(), stream] {
        assert_eq!(status(sequence.rewind()), Err(Status::InvalidOperation));
        assert_eq!(status(sequence.try_clone().map(drop)), Err(Status::InvalidOperation));
    }
}

#[test]
fn a_sequence_shows_the_moment_at_which_it_was_opened() {
    let world = world(3);
    let mut sequence = world.fans();
    assert_eq!(pull(&mut sequence, &world.context, Batch::of(1)), (vec![0], false));
    let path = ObjectPath::parse("X_Fan.Id=1").unwrap();
    world.session.delete_instance(&world.context, &path).unwrap();
    let fan = Instance::new("X_Fan").with("Id", 7_u32);
    world.session.create_instance(&world.context, &fan).unwrap();
    assert_eq!(pull(&mut sequence, &world.context, Batch::of(9)), (vec![1, 2], true));
}

#[test]
fn errors_among_items() {
    let world = world(0);
    let items = || {
        let good = |id: u32| Ok(OwnedItem::Instance(Instance::new("X_Fan").with("Id", id)));
        [good(0), Err(EngineError::NullElement { property: "P".into() }), good(1)].into_iter()
    };
    let context = &world.context;
    for (on_error, rest) in [(OnError::End, vec![]), (OnError::Continue, vec![1])] {
        let mut sequence = world.session.sequence_from(items()).on_error(on_error);
        assert_eq!(pull(&mut sequence, context, Batch::of(9)), (vec![0], false));
        let error = sequence.pull(context, Batch::of(9), |_| Taken::Yes(0));
        assert_eq!(status(error), Err(Status::NullArrayElement));
        assert_eq!(pull(&mut sequence, context, Batch::of(9)), (rest, true), "{on_error:?}");
    }
}

#[test]
fn deadlines_belong_to_the_pull() {
    let world = world(1000);
    // That of the call that opened the sequence is over.
    let repository = world.session.repository();
    let opening = CallContext::new().with_deadline(repository.deadline_in(Duration::from_secs(1)));
    let result = world.session.query(&opening, "SELECT * FROM X_Fan").unwrap();
    let mut sequence = world.session.sequence(result);
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(
        status(sequence.pull(&opening, Batch::of(1), |_| Taken::Yes(0))),
        Err(Status::Timeout)
    );
    assert_eq!(pull(&mut sequence, &world.context, Batch::of(1)), (vec![0], false));

    // One that passes on the way gives what was taken.
    let pulling = CallContext::new().with_deadline(repository.deadline_in(Duration::from_secs(1)));
    let pulled = sequence.pull(&pulling, Batch::of(900), |_| {
        world.clock.advance(Duration::from_millis(100));
        Taken::Yes(0)
    });
    let taken = pulled.unwrap();
    assert!((10..900).contains(&taken.count) && !taken.end, "{taken:?}");
    assert_eq!(sequence.skip(&world.context, 9999).unwrap(), 999 - taken.count as u64);

    let token = CancelToken::new();
    token.cancel();
    let cancelled = CallContext::new().with_cancel(token);
    sequence.rewind().unwrap();
    assert_eq!(status(sequence.skip(&cancelled, 1)), Err(Status::Cancelled));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However a result is cut, the pieces are the whole.
    #[test]
    fn pieces_are_the_whole(
        fans in 0_u32..60,
        pieces in proptest::collection::vec((0_usize..5, 0_usize..6), 1..40),
        filtered in any::<bool>(),
    ) {
        let world = world(fans);
        let text = if filtered { "SELECT * FROM X_Fan WHERE Mod = 3" } else { "SELECT * FROM X_Fan" };
        let expected: Vec<u32> = (0..fans).filter(|id| !filtered || id % 10 == 3).collect();
        let result = world.session.query(&world.context, text).unwrap();
        let mut sequence = world.session.sequence(result);
        let mut found = Vec::new();
        for (count, room) in pieces {
            let mut room = room;
            let pulled = sequence.pull(&world.context, Batch::of(count), |item| {
                if room == 0 {
                    return Taken::GiveBack;
                }
                room -= 1;
                found.push(number(item));
                Taken::Yes(1)
            }).unwrap();
            prop_assert_eq!(pulled.end, found.len() == expected.len());
            prop_assert_eq!(sequence.position(), found.len() as u64);
        }
        prop_assert_eq!(&found[..], &expected[..found.len()]);
        let rest = sequence.remaining(&world.context).unwrap();
        prop_assert_eq!(rest, Some((expected.len() - found.len()) as u64));
    }
}

fn registry(world: &World, limits: SequenceLimits) -> Sequences {
    Sequences::new(world.session.repository(), limits)
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[test]
fn names_work_for_their_principal_until_the_end() {
    let world = world(3);
    let registry = registry(&world, SequenceLimits::default());
    let (anna, ben) = (Principal::new("anna"), Principal::new("ben"));
    let session = world.session.clone().with_caller(anna.clone());
    let open = || {
        let result = session.enumerate_instances(&world.context, "X_Fan", Depth::Deep).unwrap();
        registry.open(session.sequence(result), None).unwrap()
    };
    let take = |who: &Principal, id: &str, count| {
        status(registry.pull(who, id, &world.context, Batch::of(count), |_| Taken::Yes(1)))
    };
    let id = open();
    assert_ne!(id, open());
    assert_eq!(registry.len(), 2);
    assert_eq!(take(&ben, &id, 1), Err(Status::InvalidEnumerationContext));
    assert_eq!(status(registry.close(&ben, &id)), Err(Status::InvalidEnumerationContext));
    assert_eq!(take(&anna, "1-0", 1), Err(Status::InvalidEnumerationContext));
    assert_eq!(take(&anna, &id, 2), Ok(Pulled { count: 2, bytes: 2, end: false }));
    let left = registry.with(&anna, &id, |sequence| sequence.remaining(&world.context));
    assert_eq!(left.unwrap(), Some(1));
    assert_eq!(take(&anna, &id, 2), Ok(Pulled { count: 1, bytes: 1, end: true }));
    assert_eq!(take(&anna, &id, 2), Err(Status::InvalidEnumerationContext));

    let id = open();
    registry.close(&anna, &id).unwrap();
    assert_eq!(status(registry.close(&anna, &id)), Err(Status::InvalidEnumerationContext));
    assert_eq!(registry.len(), 1);

    // Closed while items are taken.
    let id = open();
    let abandoned = registry.pull(&anna, &id, &world.context, Batch::of(9), |_| {
        registry.close(&anna, &id).unwrap();
        Taken::Yes(1)
    });
    assert_eq!(status(abandoned), Err(Status::PullHasBeenAbandoned));
}

#[test]
fn what_is_left_alone_expires() {
    let world = world(9);
    let registry = registry(&world, SequenceLimits::default());
    let me = world.session.caller();
    let open = |idle: Option<u64>| registry.open(world.fans(), idle.map(seconds)).unwrap();
    let take = |id: &str| {
        let pulled = registry.pull(me, id, &world.context, Batch::of(1), |_| Taken::Yes(1));
        status(pulled).map(|pulled| pulled.count)
    };
    let (usual, short, long) = (open(None), open(Some(10)), open(Some(100)));
    world.clock.advance(seconds(9));
    assert_eq!(take(&short), Ok(1));
    world.clock.advance(seconds(9));
    assert_eq!(take(&short), Ok(1));
    world.clock.advance(seconds(10));
    assert_eq!(take(&short), Err(Status::ClientTooSlow));
    assert_eq!(registry.len(), 2);
    assert_eq!(take(&usual), Ok(1));
    registry.renew(me, &usual, Some(seconds(200))).unwrap();
    world.clock.advance(seconds(72));
    registry.sweep();
    assert_eq!(registry.len(), 1);
    assert_eq!(take(&long), Err(Status::ClientTooSlow));
    assert_eq!(status(registry.renew(me, &long, None)), Err(Status::ClientTooSlow));
    assert_eq!(take(&usual), Ok(1));

    // The time that a pull takes is no idle time, and is counted from its end.
    let busy = open(Some(10));
    let pulled = registry.pull(me, &busy, &world.context, Batch::of(1), |_| {
        world.clock.advance(seconds(50));
        registry.sweep();
        Taken::Yes(1)
    });
    assert_eq!(status(pulled).map(|p| p.count), Ok(1));
    world.clock.advance(seconds(9));
    assert_eq!(take(&busy), Ok(1));
    world.clock.advance(seconds(10));
    assert_eq!(take(&busy), Err(Status::ClientTooSlow));
    // Nobody else learns that there was one.
    let other = Principal::new("other");
    let pulled = registry.pull(&other, &busy, &world.context, Batch::of(1), |_| Taken::Yes(1));
    assert_eq!(status(pulled).map(|p| p.count), Err(Status::InvalidEnumerationContext));
}

#[test]
fn limits_hold() {
    let world = world(1);
    let limits = SequenceLimits { open: 3, per_principal: 2, ..SequenceLimits::default() };
    let registry = registry(&world, limits);
    let ben = world.session.clone().with_caller(Principal::new("ben"));
    let open = |session: &Session, idle: Option<u64>| {
        let sequence = session.sequence_of(instances(1));
        status(registry.open(sequence, idle.map(seconds)))
    };
    let me = &world.session;
    for (idle, fits) in [(0, false), (901, false), (900, true)] {
        let expected = if fits { Ok(()) } else { Err(Status::InvalidOperationTimeout) };
        assert_eq!(open(me, Some(idle)).map(drop), expected, "{idle}");
    }
    assert!(open(me, None).is_ok());
    assert_eq!(open(me, None), Err(Status::QuotaViolation));
    let id = open(&ben, None).unwrap();
    assert_eq!(open(&ben, None), Err(Status::QuotaViolation));
    registry.close(ben.caller(), &id).unwrap();
    assert!(open(&ben, None).is_ok());

    let forever = SequenceLimits { longest_idle: None, ..SequenceLimits::default() };
    let registry = Sequences::new(world.session.repository(), forever);
    let id = registry.open(me.sequence_of(instances(1)), Some(Duration::ZERO)).unwrap();
    world.clock.advance(seconds(1 << 30));
    assert!(registry.with(me.caller(), &id, |s| s.remaining(&world.context)).is_ok());
}

/// An error that ends a sequence takes it out of the registry; another one does not.
#[test]
fn the_registry_follows_errors() {
    let world = world(0);
    let registry = registry(&world, SequenceLimits::default());
    for (on_error, left) in [(OnError::End, 0), (OnError::Continue, 1)] {
        let error = Err(EngineError::NullElement { property: "P".into() });
        let sequence = world.session.sequence_from([error].into_iter()).on_error(on_error);
        let id = registry.open(sequence, None).unwrap();
        let me = world.session.caller();
        let pulled = registry.pull(me, &id, &world.context, Batch::of(1), |_| Taken::Yes(1));
        assert_eq!(status(pulled), Err(Status::NullArrayElement));
        assert_eq!(registry.len(), left);
    }
}

#[test]
fn a_sequence_ends_with_its_namespace() {
    let world = world(1);
    let mut sequence = world.fans();
    world.session.repository().delete_namespace("root/x").unwrap();
    assert_eq!(status(sequence.skip(&world.context, 1)), Err(Status::InvalidNamespace));
}

#[test]
fn a_stalled_client_cannot_keep_everything() {
    let limits = crate::Limits::default().with_pinned_bytes(300_000);
    let repository = Repository::builder().limits(limits).build();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    let session = repository.session("root/x").unwrap();
    let context = CallContext::new();
    session.compile_mof_text(&context, "fan.mof", MOF).unwrap();
    let replace_all = |state: u32| {
        for id in 0..10_000_u32 {
            let fan = Instance::new("X_Fan").with("Id", id).with("Mod", state);
            session
                .put_instance(&context, &fan, crate::PutMode::default(), &crate::Update::Given)
                .unwrap();
        }
    };
    replace_all(0);
    let sequences = Sequences::new(&repository, SequenceLimits::default());
    let mut stalled = Vec::new();
    for state in 1..6 {
        let all = session.enumerate_instances(&context, "X_Fan", Depth::Deep).unwrap();
        stalled.push(sequences.open(session.sequence(all), None).unwrap());
        replace_all(state);
    }
    sequences.sweep();
    assert!(repository.commits().pinned_bytes() <= 300_000);
    assert!(!sequences.is_empty(), "the newest ones stay");
    let batch = Batch::of(20_000);
    let read = |id: &str| {
        let mut rows = 0;
        let caller = session.caller();
        let pulled = sequences.pull(caller, id, &context, batch, |_| {
            rows += 1;
            Taken::Yes(0)
        });
        pulled.map(|_| rows).map_err(|error| error.status())
    };
    assert_eq!(read(&stalled[0]), Err(Status::HandleOutOfDate));
    assert_eq!(read(&stalled[4]), Ok(10_000));
}
