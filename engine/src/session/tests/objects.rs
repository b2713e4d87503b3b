//! What is kept of objects and classes that are gone: nothing.

use super::*;
use crate::AssociationFilter;
use cimarron_model::{CimType, Keys, Value};

const CLASSES: &str = r#"
    class X_Node { [key] string Id; };
    [Association] class X_Holds { [key] string Id; X_Node REF Holder; X_Node REF Held; };
    [Association] class X_Meta { [key] string Id; X_Meta REF One; X_Meta REF Two; };
"#;

fn at(class: &str, id: &str) -> ObjectPath {
    ObjectPath::of_instance(class, [(Name::new("Id"), id)].into_iter().collect::<Keys>())
}

fn holds(id: &str, holder: &str, held: &str) -> Instance {
    let link = device("X_Holds", id).with("Holder", at("X_Node", holder));
    link.with("Held", at("X_Node", held))
}

fn meta(id: &str, one: &str, two: &str) -> Instance {
    device("X_Meta", id).with("One", at("X_Meta", one)).with("Two", at("X_Meta", two))
}

fn ends(session: &Session, of: &str) -> Vec<String> {
    let path = at("X_Node", of);
    let found = session.associator_names(&context(), &path, &AssociationFilter::new());
    found.unwrap().iter().map(ToString::to_string).collect()
}

fn objects(session: &Session) -> usize {
    session.namespace.store.held().0
}

fn create(session: &Session, instance: &Instance) {
    session.create_instance(&context(), instance).unwrap();
}

fn delete(session: &Session, path: &ObjectPath) {
    session.delete_instance(&context(), path).unwrap();
}

#[test]
fn an_undone_link_to_nowhere_gives_its_numbers_back_once() {
    let session = wmi_with(CLASSES);
    for id in ["a", "b", "c", "d"] {
        create(&session, &device("X_Node", id));
    }
    let refused = session
        .batch()
        .create(holds("l", "nowhere", "neither"))
        .create(device("X_Node", "nowhere"))
        .create(device("X_Node", "a"))
        .commit(&context());
    assert!(refused.is_err());
    assert_eq!(objects(&session), 0);
    create(&session, &holds("l", "a", "b"));
    create(&session, &holds("m", "c", "d"));
    assert_eq!(objects(&session), 6);
    for (of, other) in [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")] {
        assert_eq!(ends(&session, of), [format!("X_Node.Id=\"{other}\"")], "{of}");
    }
}

#[test]
fn a_link_that_goes_from_one_to_the_next_keeps_none_of_them() {
    let session = wmi_with(CLASSES);
    create(&session, &device("X_Node", "hub"));
    create(&session, &device("X_Node", "n0"));
    create(&session, &holds("l", "hub", "n0"));
    for n in 1..200 {
        create(&session, &device("X_Node", &format!("n{n}")));
        let change = Instance::new("X_Holds").with("Held", at("X_Node", &format!("n{n}")));
        session.modify_instance(&context(), &at("X_Holds", "l"), &change, &Update::Given).unwrap();
        delete(&session, &at("X_Node", &format!("n{}", n - 1)));
    }
    assert_eq!(objects(&session), 3);
    assert!(!session.namespace.store.has_unbound_objects());
    // To what is not there and back.
    for held in [Some("x"), None, Some("y"), Some("n199")] {
        let to = held.map_or(Value::null(CimType::Reference), |id| at("X_Node", id).into());
        let change = Instance::new("X_Holds").with("Held", to);
        session.modify_instance(&context(), &at("X_Holds", "l"), &change, &Update::Given).unwrap();
    }
    assert_eq!((objects(&session), ends(&session, "n199").len()), (3, 1));
    assert!(!session.namespace.store.has_unbound_objects());
}

#[test]
fn links_in_a_circle_go() {
    let session = wmi_with(CLASSES);
    for n in 0..100 {
        let [a, b] = ["a", "b"].map(|name| format!("{name}{n}"));
        create(&session, &meta(&a, &a, &b));
        create(&session, &meta(&b, &a, &b));
        delete(&session, &at("X_Meta", &a));
        delete(&session, &at("X_Meta", &b));
    }
    assert_eq!(objects(&session), 0);
    assert!(!session.namespace.store.has_unbound_objects());
}

#[test]
fn a_link_that_is_made_again_is_there_once() {
    let session = wmi_with(&format!(
        "{CLASSES} [Association] class X_About {{ [key] string Id; X_Holds REF What; X_Node REF Who; }};"
    ));
    for id in ["a", "b", "c"] {
        create(&session, &device("X_Node", id));
    }
    create(&session, &holds("l", "a", "b"));
    let about = device("X_About", "x").with("What", at("X_Holds", "l"));
    create(&session, &about.with("Who", at("X_Node", "c")));
    for _ in 0..10 {
        delete(&session, &at("X_Holds", "l"));
        assert_eq!(ends(&session, "a").len(), 0);
        create(&session, &holds("l", "a", "b"));
        assert_eq!(ends(&session, "a").len(), 1);
    }
    // Made again elsewhere, it leaves nothing behind.
    delete(&session, &at("X_Holds", "l"));
    create(&session, &holds("l", "c", "c"));
    assert_eq!((ends(&session, "a").len(), ends(&session, "b").len()), (0, 0));
    for (class, id) in [("X_Holds", "l"), ("X_About", "x"), ("X_Node", "a"), ("X_Node", "b")] {
        delete(&session, &at(class, id));
    }
    assert_eq!(objects(&session), 1);
}

#[test]
fn an_old_snapshot_sees_ends_whose_class_was_made_again() {
    let session = wmi_with(
        "class X_Node { [key] string Id; };
         class X_Leaf : X_Node { uint32 Shade; };
         [singleton] class X_Setting { uint32 Level; };
         [Association] class X_Uses { [key] string Id; X_Node REF Node; X_Setting REF Setting; };",
    );
    let setting = |level: u32| Instance::new("X_Setting").with("Level", level);
    let singleton = path("X_Setting=@");
    create(&session, &setting(1));
    create(&session, &device("X_Leaf", "z").with("Shade", 1_u32));
    let uses = device("X_Uses", "u").with("Node", at("X_Node", "z"));
    create(&session, &uses.with("Setting", singleton.clone()));
    let before = session.snapshot(&context()).unwrap();
    session.modify_instance(&context(), &singleton, &setting(2), &Update::Given).unwrap();
    session.delete_class(&context(), "X_Leaf").unwrap();
    let again = "class X_Leaf : X_Node { uint32 Shade; string More; };";
    session.compile_mof_text(&context(), "again.mof", again).unwrap();
    create(&session, &device("X_Leaf", "z").with("Shade", 2_u32));
    let filter = AssociationFilter::new();
    for (session, expected) in [(&before, 1), (&session, 2)] {
        for (from, property) in [(&at("X_Node", "z"), "Level"), (&singleton, "Shade")] {
            let found = session.associators(&context(), from, &filter).unwrap();
            let values: Vec<_> = found
                .rows()
                .map(|row| row.unwrap().property(property).unwrap().as_integer())
                .collect();
            assert_eq!(values, [Some(expected)], "{property}");
        }
    }
}

#[test]
fn classes_that_come_and_go_leave_no_chunks() {
    let session = wmi_with(CLASSES);
    let before = session.namespace.store.held();
    for round in 0..20 {
        let text = "class X_Brief { [key] string Id; };";
        session.compile_mof_text(&context(), "brief.mof", text).unwrap();
        create(&session, &device("X_Brief", "a"));
        create(&session, &device("X_Brief", "b"));
        delete(&session, &at("X_Brief", "a"));
        if round % 2 == 0 {
            delete(&session, &at("X_Brief", "b"));
        }
        session.delete_class(&context(), "X_Brief").unwrap();
    }
    assert_eq!(session.namespace.store.held(), before);
}

#[test]
fn chunks_that_nobody_holds_are_not_remembered() {
    let session = wmi_with(CLASSES);
    for n in 0..5_000 {
        create(&session, &device("X_Node", "a"));
        delete(&session, &at("X_Node", "a"));
        // One that somebody holds now and then.
        if n % 100 == 0 {
            drop(session.snapshot(&context()).unwrap());
        }
    }
    let retired = session.repository().commits().retired();
    assert!(retired < 64, "{retired}");
}

#[test]
fn an_undone_instance_leaves_its_path_to_the_next() {
    let session = wmi_with(CLASSES);
    create(&session, &device("X_Node", "a"));
    create(&session, &device("X_Node", "b"));
    create(&session, &holds("l", "a", "b"));
    let before = session.snapshot(&context()).unwrap();
    delete(&session, &at("X_Node", "a"));
    let undone = session.batch().create(device("X_Node", "a")).create(device("X_Node", "b"));
    assert!(undone.commit(&context()).is_err());
    create(&session, &device("X_Node", "a"));
    for session in [&session, &before] {
        let found = session.associators(&context(), &at("X_Node", "b"), &AssociationFilter::new());
        assert_eq!(found.unwrap().count().unwrap(), 1);
    }
}
