//! What commits say of themselves.

#![allow(missing_docs, clippy::unwrap_used)]

use cimarron_engine::{
    CallContext, Change, CommitRecord, Limits, Principal, Repository, Session, Update, ValueView,
};
use cimarron_model::{Dialect, Instance, ObjectPath, Status};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake};

fn session(limits: Limits) -> Session {
    let repository = Repository::builder().limits(limits).build();
    repository.create_namespace("root", Dialect::Wmi).unwrap();
    let session = repository.session("root").unwrap();
    compile(&session, "class X_Fan { [key] string Id; uint32 Speed; };");
    session
}

fn compile(session: &Session, text: &str) {
    session.compile_mof_text(&CallContext::new(), "x.mof", text).unwrap();
}

fn fan(id: &str, speed: u32) -> Instance {
    Instance::new("X_Fan").with("Id", id).with("Speed", speed)
}

fn path(id: &str) -> ObjectPath {
    ObjectPath::parse(&format!("X_Fan.Id=\"{id}\"")).unwrap()
}

/// A commit in one line.
fn line(commit: &CommitRecord) -> String {
    let changes: Vec<String> = commit
        .changes()
        .map(|change| match change {
            Change::Instance { old, new, .. } => {
                let row = |row: Option<cimarron_engine::StoredInstance>| {
                    row.map_or("-".to_owned(), |row| {
                        let (id, speed) = (row.property("Id"), row.property("Speed"));
                        let speed = speed.unwrap().as_integer().unwrap_or(-1);
                        format!("{}:{speed}", id.unwrap().as_str().unwrap())
                    })
                };
                format!("{}>{}", row(old), row(new))
            }
            Change::Class { old, new, .. } => {
                let name = |c: Option<cimarron_engine::StoredClass>| {
                    c.map_or("-".to_owned(), |c| c.name().to_string())
                };
                format!("class {}>{}", name(old), name(new))
            }
            Change::QualifierType { old, new, .. } => {
                format!("qualifier {}>{}", old.is_some(), new.is_some())
            }
            Change::Namespace { name, created, .. } => format!("namespace {name} {created}"),
            _ => "?".to_owned(),
        })
        .collect();
    format!("{}: {}", commit.principal().name(), changes.join(", "))
}

#[test]
fn commits_are_told_in_order() {
    let session = session(Limits::default());
    let context = CallContext::new();
    let repository = session.repository().clone();
    session.create_instance(&context, &fan("before", 0)).unwrap();
    let mut stream = repository.changes();
    let anna = session.clone().with_caller(Principal::new("anna"));
    anna.create_instance(&context, &fan("a", 1)).unwrap();
    anna.modify_instance(&context, &path("a"), &fan("a", 2), &Update::Given).unwrap();
    let batch = session.batch().create(fan("b", 1)).modify(path("b"), fan("b", 5), Update::Given);
    batch.delete(path("a")).commit(&context).unwrap();
    // What fails leaves nothing, and a number to the next.
    assert!(session.batch().create(fan("c", 1)).create(fan("b", 1)).commit(&context).is_err());
    let mut inserter = session.inserter(&context, "X_Fan", &["Id"]).unwrap();
    inserter.insert(&[ValueView::String("x")]).unwrap();
    inserter.commit(&context).unwrap();
    compile(&session, "class X_New : X_Fan { };");
    repository.create_namespace("other", Dialect::Dmtf).unwrap();
    session.delete_class(&context, "X_Fan").unwrap();
    let mut commits = Vec::new();
    while let Some(commit) = stream.try_next().unwrap() {
        commits.push(commit);
    }
    let lines: Vec<String> = commits.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "anna: ->a:1",
            "anna: a:1>a:2",
            "SYSTEM: ->b:1, b:1>b:5, a:2>-",
            "SYSTEM: ->x:-1",
            "SYSTEM: class ->X_New",
            "SYSTEM: namespace other true",
            "SYSTEM: before:0>-, b:5>-, x:-1>-, class X_New>-, class X_Fan>-",
        ]
    );
    assert!(commits.windows(2).all(|pair| pair[0].number() < pair[1].number()));
}

#[test]
fn qualifier_types_that_change_are_told() {
    let repository = Repository::builder().build();
    repository.create_namespace("root", Dialect::Dmtf).unwrap();
    let session = repository.session("root").unwrap();
    let context = CallContext::new();
    compile(&session, "Qualifier Old : uint8, Scope(any); Qualifier Kept : uint8, Scope(any);");
    let mut stream = repository.changes();
    compile(&session, "Qualifier New : uint8, Scope(any);");
    let mut changed = session.get_qualifier_type(&context, "Kept").unwrap();
    session.set_qualifier_type(&context, &changed).unwrap();
    changed.default = 7_u8.into();
    session.set_qualifier_type(&context, &changed).unwrap();
    session.delete_qualifier_type(&context, "old").unwrap();
    let lines: Vec<String> =
        std::iter::from_fn(|| stream.try_next().unwrap().as_ref().map(line)).collect();
    assert_eq!(
        lines,
        [
            "SYSTEM: qualifier false>true",
            "SYSTEM: qualifier true>true",
            "SYSTEM: qualifier true>false",
        ]
    );
}

#[test]
fn whoever_is_too_slow_is_told() {
    let session = session(Limits::default().with_kept_commits(3));
    let context = CallContext::new();
    let mut stream = session.repository().changes();
    for n in 0..5 {
        session.create_instance(&context, &fan(&format!("f{n}"), n)).unwrap();
    }
    assert_eq!(stream.try_next().unwrap_err().status(), Status::HandleOutOfDate);
    let rest: Vec<String> =
        std::iter::from_fn(|| stream.try_next().unwrap().as_ref().map(line)).collect();
    assert_eq!(rest, ["SYSTEM: ->f2:2", "SYSTEM: ->f3:3", "SYSTEM: ->f4:4"]);
}

#[test]
fn whoever_waits_is_woken() {
    #[derive(Default)]
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let session = session(Limits::default());
    let count = Arc::new(Count::default());
    let waker = count.clone().into();
    let mut task = Context::from_waker(&waker);
    let mut stream = session.repository().changes();
    assert!(stream.poll_next(&mut task).is_pending());
    session.create_instance(&CallContext::new(), &fan("a", 1)).unwrap();
    assert_eq!(count.0.load(Ordering::SeqCst), 1);
    let Poll::Ready(Ok(commit)) = stream.poll_next(&mut task) else { panic!("nothing") };
    assert_eq!(line(&commit), "SYSTEM: ->a:1");
}

#[test]
fn whoever_is_woken_may_write_at_once() {
    struct Writer(Session);
    impl Wake for Writer {
        fn wake(self: Arc<Self>) {
            self.0.create_instance(&CallContext::new(), &fan("b", 2)).unwrap();
        }
    }
    let session = session(Limits::default());
    let waker = Arc::new(Writer(session.clone())).into();
    let mut stream = session.repository().changes();
    assert!(stream.poll_next(&mut Context::from_waker(&waker)).is_pending());
    session.create_instance(&CallContext::new(), &fan("a", 1)).unwrap();
    let all: Vec<String> =
        std::iter::from_fn(|| stream.try_next().unwrap().as_ref().map(line)).collect();
    assert_eq!(all, ["SYSTEM: ->a:1", "SYSTEM: ->b:2"]);
}

#[test]
fn whoever_waits_keeps_one_waker() {
    struct Nothing;
    impl Wake for Nothing {
        fn wake(self: Arc<Self>) {}
    }
    let session = session(Limits::default());
    let mut stream = session.repository().changes();
    let wakers: Vec<Arc<Nothing>> = (0..10).map(|_| Arc::new(Nothing)).collect();
    for waker in &wakers {
        assert!(stream.poll_next(&mut Context::from_waker(&waker.clone().into())).is_pending());
    }
    let held = || wakers.iter().filter(|waker| Arc::strong_count(waker) > 1).count();
    assert_eq!(held(), 1);
    drop(stream);
    assert_eq!(held(), 0);
}

#[test]
fn an_old_snapshot_ends_when_too_much_is_kept_for_it() {
    let session = session(Limits::default().with_dead_rows(100));
    let context = CallContext::new();
    session.create_instance(&context, &fan("a", 0)).unwrap();
    for n in 0..200 {
        session.create_instance(&context, &fan(&format!("f{n}"), 0)).unwrap();
    }
    let stalled = session.snapshot(&context).unwrap();
    let open = session.query(&context, "SELECT * FROM X_Fan WHERE Speed = 0").unwrap();
    let read = |s: &Session| s.get_instance(&context, &path("a"), &Default::default());
    let modify = |id: &str, speed: u32| {
        session.modify_instance(&context, &path(id), &fan(id, speed), &Update::Given).unwrap();
    };
    // One row over and over is kept once, however often it changes.
    (0..1000).for_each(|n| modify("a", n));
    assert_eq!(read(&stalled).unwrap().get("Speed"), Some(&0_u32.into()));
    (0..200).for_each(|n| modify(&format!("f{n}"), 7));
    assert_eq!(read(&stalled).unwrap_err().status(), Status::HandleOutOfDate);
    let query = stalled.query(&context, "SELECT * FROM X_Fan");
    assert_eq!(query.unwrap_err().status(), Status::HandleOutOfDate);
    // A result that is open holds what it began with.
    assert_eq!(open.count().unwrap(), 201);
    assert!(session.snapshot(&context).is_ok_and(|new| read(&new).is_ok()));
}
