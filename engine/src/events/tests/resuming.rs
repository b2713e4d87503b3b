//! Bookmarks.

use super::*;
use crate::{Durability, ValueView};
use cimarron_journal::simulated::SimulatedMedium;
use cimarron_model::Status;

const QUERY: &str = "SELECT * FROM __Event";

fn resume(world: &World, bookmark: &str) -> Result<Subscription, EngineError> {
    world.session.subscribe(&context(), QUERY, SubscribeOptions::new().from_bookmark(bookmark))
}

#[test]
fn a_bookmark_misses_none_and_repeats_none() {
    let world = World::new();
    let first = world.subscribe(QUERY);
    let start = first.bookmark();
    world.create("E_Disk", "a", 1);
    world.raise(&alarm("b"));
    world.compile("class E_New { [key] string Name; };\ninstance of E_New { Name = \"n\"; };");
    world.raise(&alarm("c"));
    world.session.delete_class(&context(), "E_New").unwrap();
    let mut marks = vec![start];
    let mut seen = Vec::new();
    while let Some(event) = first.try_next().unwrap() {
        seen.push(brief(&event));
        marks.push(first.bookmark());
    }
    assert_eq!(seen.len(), 7);
    drop(first);
    // Nobody subscribes.
    world.create("E_Disk", "d", 1);
    seen.push(r#"InstanceCreationEvent E_Disk.Name="d" UInt32(1)"#.to_owned());
    for (at, mark) in marks.iter().enumerate() {
        assert_eq!(all(&resume(&world, mark).unwrap()), seen[at..], "{at}");
    }
    let whole = SubscribeOptions::new().from_earliest();
    let whole = world.session.subscribe(&context(), QUERY, whole).unwrap();
    assert_eq!(all(&whole), seen);
}

#[test]
fn what_is_caught_up_with_is_not_bounded_by_the_queue() {
    let world = World::new();
    let mark = world.subscribe(QUERY).bookmark();
    for n in 0..20 {
        world.create("E_Disk", &n.to_string(), n);
    }
    let options = SubscribeOptions::new().with_events(2).from_bookmark(mark);
    let later = world.session.subscribe(&context(), QUERY, options).unwrap();
    assert_eq!(all(&later).len(), 20);
    for n in 20..25 {
        world.create("E_Disk", &n.to_string(), n);
    }
    assert_eq!(all(&later).len(), 3, "two and the gap");
}

#[test]
fn a_bookmark_expires() {
    let world = World::with(Limits::default().with_kept_commits(3));
    let first = world.subscribe(QUERY);
    let mark = first.bookmark();
    for n in 0..3 {
        world.create("E_Disk", &n.to_string(), n);
    }
    assert_eq!(all(&resume(&world, &mark).unwrap()).len(), 3);
    world.create("E_Disk", "one more", 1);
    let expired = resume(&world, &mark).unwrap_err();
    assert_eq!(expired.status(), Status::HandleOutOfDate);
    let wrong = resume(&world, "nonsense").unwrap_err();
    assert_eq!(wrong.status(), Status::InvalidParameter);
    let elsewhere = World::new().subscribe(QUERY).bookmark();
    assert_eq!(resume(&world, &elsewhere).unwrap_err().status(), Status::HandleOutOfDate);
}

/// A repository on a medium, at some time of day.
fn open(medium: &Arc<SimulatedMedium>, hours: u64, keep: bool) -> Session {
    let clock = ManualClock::default();
    clock.advance(Duration::from_secs(3600 * hours));
    let durability = Durability::default().with_kept_events(keep);
    let builder = Repository::builder().clock(Arc::new(clock)).durability(durability);
    let repository = builder.open_on(medium.clone()).unwrap();
    if repository.namespaces().is_empty() {
        repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    }
    repository.session("root/x").unwrap()
}

#[test]
fn a_bookmark_outlives_the_process() {
    let medium: Arc<SimulatedMedium> = Arc::default();
    let (marks, seen) = {
        let session = open(&medium, 0, true);
        session.compile_mof_text(&context(), "e.mof", MOF).unwrap();
        let events = session.subscribe(&context(), QUERY, SubscribeOptions::new()).unwrap();
        let mut marks = vec![events.bookmark()];
        let disk = |name: &str| Instance::new("E_Disk").with("Name", name).with("Size", 1_u32);
        session.create_instance(&context(), &disk("a")).unwrap();
        let batch = session.batch().create(disk("b")).create(disk("c"));
        let path: ObjectPath = r#"E_Disk.Name="a""#.parse().unwrap();
        let change = Instance::new("E_Disk").with("Size", 2_u32);
        batch.modify(path.clone(), change, Update::Given).commit(&context()).unwrap();
        // Rows that follow their class are no events, then and later.
        let mof = "#pragma classflags(\"forceupdate\")\n\
            class E_Element { [key] string Name; uint8 Size; };\n\
            class E_New : E_Disk { };\ninstance of E_New { Name = \"n\"; };";
        session.compile_mof_text(&context(), "n.mof", mof).unwrap();
        session.delete_instance(&context(), &path).unwrap();
        session.delete_class(&context(), "E_New").unwrap();
        let mut seen = Vec::new();
        while let Some(event) = events.try_next().unwrap() {
            seen.push((brief(&event), event.created()));
            marks.push(events.bookmark());
        }
        assert_eq!(seen.len(), 10);
        (marks, seen)
    };
    let resume = |session: &Session, mark: &str| {
        session.subscribe(&context(), QUERY, SubscribeOptions::new().from_bookmark(mark))
    };
    let session = open(&medium, 1, true);
    for (at, mark) in marks.iter().enumerate() {
        let again = resume(&session, mark).unwrap();
        let again = std::iter::from_fn(|| again.try_next().unwrap());
        let again: Vec<_> = again.map(|event| (brief(&event), event.created())).collect();
        assert_eq!(again, seen[at..], "{at}");
    }
    // A checkpoint takes the place of the commits before it.
    session.repository().checkpoint().unwrap();
    drop(session);
    let session = open(&medium, 2, true);
    let expired = resume(&session, &marks[0]).unwrap_err();
    assert_eq!(expired.status(), Status::HandleOutOfDate);
    assert!(resume(&session, marks.last().unwrap()).is_ok());
    drop(session);
    let session = open(&medium, 3, false);
    let nobody_kept = resume(&session, &marks[0]).unwrap_err();
    assert_eq!(nobody_kept.status(), Status::HandleOutOfDate);
}

#[test]
fn rows_that_lie_otherwise_are_told_of_as_they_were_given() {
    let medium: Arc<SimulatedMedium> = Arc::default();
    let (mark, seen) = {
        let session = open(&medium, 0, true);
        session.compile_mof_text(&context(), "e.mof", MOF).unwrap();
        session.create_index(&context(), "E_Disk", "Size").unwrap();
        let events = session.subscribe(&context(), QUERY, SubscribeOptions::new()).unwrap();
        let mut inserter = session.inserter(&context(), "E_Disk", &["Name", "Size"]).unwrap();
        let names: Vec<String> = (0..1100).map(|n| format!("disk {n}")).collect();
        for (size, name) in (0..1100).rev().zip(&names) {
            inserter.insert(&[ValueView::String(name), ValueView::UInt32(size)]).unwrap();
        }
        inserter.commit(&context()).unwrap();
        let first: Vec<_> = (0..500).map(|_| brief(&events.try_next().unwrap().unwrap())).collect();
        let of_name = |(event, name): (&String, &String)| event.contains(&format!("\"{name}\""));
        assert!(first.iter().zip(&names).all(of_name));
        (events.bookmark(), all(&events))
    };
    assert_eq!(seen.len(), 600);
    let session = open(&medium, 1, true);
    let options = SubscribeOptions::new().from_bookmark(mark);
    assert_eq!(all(&session.subscribe(&context(), QUERY, options).unwrap()), seen);
}
