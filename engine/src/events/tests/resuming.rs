//! Bookmarks.

use super::*;
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
