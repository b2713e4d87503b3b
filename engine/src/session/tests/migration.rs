//! Rows that stay where they are when their class changes.

use super::indexes::check;
use super::*;
use crate::changes::Change;
use cimarron_model::{Flavor, Qualifier, Qualifiers, Value};

const BEFORE: &str = "
class X_Base { [key] string Id; uint32 Size; string Text; sint8 Levels[]; };
class X_Low : X_Base { uint8 More; };
class X_Kept { [key] string Id; };
[association] class X_Joins { [key] X_Base ref Left; [key] X_Kept ref Right; uint8 Weight; };
";

/// A property more, one less, one wider, one in another place.
const AFTER: &str = "#pragma classflags(\"forceupdate\")
class X_Base { uint16 First = 7; [key] string Id; uint64 Size; sint32 Levels[]; string New = \"new\"; };
class X_Low : X_Base { string Last; };
";

fn low(n: u32) -> Instance {
    let levels =
        Value::Array(cimarron_model::Array::from_elements(cimarron_model::Elements::SInt8(vec![
            n as i8, -1,
        ])));
    device("X_Low", &n.to_string()).with("Size", n).with("Text", "t").with("Levels", levels)
}

fn at(n: u32) -> ObjectPath {
    path(&format!("X_Low.Id=\"{n}\""))
}

fn filled(rows: u32) -> Session {
    let session = wmi_with(BEFORE);
    let all = (0..rows).fold(session.batch(), |batch, n| batch.create(low(n)));
    all.commit(&context()).unwrap();
    session
}

fn change(session: &Session, text: &str) {
    let changed = session.compile_mof_text(&context(), "x.mof", text);
    changed.unwrap_or_else(|e| panic!("{e}: {:?}", e.diagnostics()));
}

/// How many chunks the class has, and which numbers.
fn chunks(session: &Session) -> Vec<u32> {
    let namespace = session.repository().namespace(session.namespace().as_str()).unwrap();
    let root = namespace.store.root_at(u64::MAX);
    let class = root.schema.class("X_Low").unwrap().def().id;
    root.chunks_under(class).iter().map(|chunk| chunk.number()).collect()
}

const NEW: &str = "SELECT First, Id, Size, Levels, New, Last FROM X_Low WHERE Size < 3";
const OLD: &str = "SELECT Id, Size, Text, Levels, More FROM X_Low WHERE Size < 3";

#[test]
fn rows_are_read_as_each_version_has_them() {
    let session = filled(20_000);
    for property in ["Size", "Text"] {
        session.create_index(&context(), "X_Base", property).unwrap();
    }
    let before = session.snapshot(&context()).unwrap();
    let open = session.query(&context(), OLD).unwrap();
    let (numbers, bytes) = (chunks(&session), session.store_bytes());
    let mut changes = session.repository().changes();
    change(&session, AFTER);
    assert_eq!(chunks(&session), numbers);
    check(&session);
    let grown = session.store_bytes() as f64 / bytes as f64;
    assert!(grown < 1.5, "{grown}");
    // Nobody hears of the rows: they are what they were.
    let commit = changes.try_next().unwrap().unwrap();
    assert!(commit.changes().all(|change| matches!(change, Change::Class { .. })));

    let old = ["0|0|t|{0, -1}|NULL", "1|1|t|{1, -1}|NULL", "2|2|t|{2, -1}|NULL"];
    let new = |n| format!("7|{n}|{n}|{{{n}, -1}}|new|NULL");
    assert_eq!(open.count().unwrap(), 3);
    for _ in 0..2 {
        assert_eq!(rows(&before, OLD), old);
        assert_eq!(rows(&before, "SELECT More, Text FROM X_Low WHERE Id = '7'"), ["NULL|t"]);
        let there = get(&before, "X_Base.Id=\"2\"").unwrap();
        assert_eq!((there.get("Text"), there.get("New")), (Some(&Value::from("t")), None));
        // What is written from now on does not show there.
        let _ = session.delete_instance(&context(), &at(1));
        let changed = Instance::new("X_Low").with("Size", 2_u64).with("Last", "l");
        session.modify_instance(&context(), &at(2), &changed, &Update::Given).unwrap();
    }
    assert_eq!(rows(&session, NEW), [new(0), "7|2|2|{2, -1}|new|l".to_owned()]);
    let there = get(&session, "X_Base.Id=\"5\"").unwrap();
    assert_eq!((there.get("Size"), there.get("Text")), (Some(&Value::from(5_u64)), None));

    // Most rows go; the snapshot still finds each of them, by key and by index.
    for n in (0..20_000).filter(|n| n % 5 != 0 && *n > 2) {
        session.delete_instance(&context(), &at(n)).unwrap();
    }
    check(&session);
    assert_eq!(rows(&before, OLD), old);
    for n in [0, 1, 2, 3, 5, 4095, 4096, 19_999] {
        assert_eq!(rows(&before, &format!("SELECT Text FROM X_Low WHERE Id = '{n}'")), ["t"]);
        assert_eq!(
            rows(&before, &format!("SELECT Id FROM X_Base WHERE Size = {n}")),
            [n.to_string()]
        );
    }
    assert_eq!(before.query(&context(), "SELECT * FROM X_Base").unwrap().count().unwrap(), 20_000);
    drop((before, open));
    // Then chunks are written again without those that are gone.
    for n in (0..20_000).filter(|n| n % 10 == 5) {
        session.delete_instance(&context(), &at(n)).unwrap();
    }
    for n in (0..20_000).filter(|n| n % 10 == 0) {
        let found = session.query(&context(), &format!("SELECT * FROM X_Base WHERE Id = '{n}'"));
        assert_eq!(found.unwrap().count().unwrap(), 1, "{n}");
    }
    // Each commit takes a few away of the rows that had to wait.
    for n in 0..5_000_u64 {
        let changed = Instance::new("X_Low").with("Size", n);
        session.modify_instance(&context(), &at(0), &changed, &Update::Given).unwrap();
    }
    check(&session);
    assert!(session.store_bytes() < bytes / 2, "{} of {bytes}", session.store_bytes());
}

#[test]
fn nothing_moves_that_a_reader_of_the_old_class_may_look_for() {
    let session = filled(3);
    session.create_index(&context(), "X_Base", "Size").unwrap();
    let before = session.snapshot(&context()).unwrap();
    // All in the first chunk, which takes eight; the snapshot does not see these.
    (3..8).for_each(|n| drop(session.create_instance(&context(), &low(n)).unwrap()));
    change(&session, AFTER);
    let numbers = chunks(&session);
    assert_eq!(numbers.len(), 1);
    (3..8).for_each(|n| session.delete_instance(&context(), &at(n)).unwrap());
    for n in 0..3 {
        assert_eq!(rows(&before, &format!("SELECT Text FROM X_Low WHERE Id = '{n}'")), ["t"]);
        assert_eq!(rows(&before, &format!("SELECT Text FROM X_Low WHERE Size = {n}")), ["t"]);
    }
    assert_eq!(chunks(&session), numbers);
    drop(before);
    session.delete_instance(&context(), &at(0)).unwrap();
    assert_ne!(chunks(&session), numbers);
    assert_eq!(rows(&session, "SELECT First, Id FROM X_Low WHERE Size < 9"), ["7|1", "7|2"]);
    check(&session);
}

#[test]
fn an_undone_change_leaves_the_rows() {
    let session = filled(1000);
    session.create_index(&context(), "X_Base", "Size").unwrap();
    let mut before = session.snapshot(&context()).unwrap();
    let undone = format!(
        "{AFTER}
        instance of X_Low {{ Id = \"new\"; Last = \"l\"; }};
        instance of X_Low {{ Id = \"0\"; Last = \"l\"; }};
        [singleton] class X_One {{ uint8 N; }};
        instance of X_Base {{ Id = \"7\"; }};"
    );
    assert!(session.compile_mof_text(&context(), "x.mof", &undone).is_err());
    for session in [&session, &before] {
        assert_eq!(rows(session, OLD).len(), 3);
        assert_eq!(rows(session, "SELECT Text FROM X_Low WHERE Id = '7'"), ["t"]);
    }
    check(&session);
    // Chunks that are written again stay with their table.
    for n in (0..1000).filter(|n| n % 10 > 3) {
        session.delete_instance(&context(), &at(n)).unwrap();
    }
    assert_eq!(rows(&before, "SELECT Id FROM X_Low").len(), 1000);
    let before_all = std::mem::replace(&mut before, session.snapshot(&context()).unwrap());
    drop(before_all);
    for _ in 0..400 {
        let changed = Instance::new("X_Low").with("Text", "t");
        session.modify_instance(&context(), &at(0), &changed, &Update::Given).unwrap();
    }
    assert_eq!(rows(&session, "SELECT Id FROM X_Low").len(), 400);
    session.create_instance(&context(), &low(5000)).unwrap();
    session.delete_instance(&context(), &at(1)).unwrap();
    assert_eq!(rows(&session, "SELECT Text FROM X_Base WHERE Id = '5000'"), ["t"]);
    change(&session, AFTER);
    change(
        &session,
        "#pragma classflags(\"forceupdate\")\nclass X_Low : X_Base { uint32 Third = 3; };",
    );
    assert_eq!(rows(&session, "SELECT Third, New FROM X_Low WHERE Size < 3"), ["3|new"; 2]);
    assert_eq!(rows(&before, OLD).len(), 3);
    check(&session);
}

#[test]
fn qualifiers_of_rows_stay_with_their_properties() {
    let session = filled(3);
    let said = |text: &str| Qualifier {
        name: "Said".into(),
        value: text.into(),
        flavor: Flavor::default(),
    };
    let mut own = low(7);
    own.qualifiers.set(said("instance"));
    own.property_mut("Size").unwrap().qualifiers.set(said("size"));
    session.create_instance(&context(), &own).unwrap();
    change(&session, AFTER);
    let there = get(&session, "X_Base.Id=\"7\"").unwrap();
    let text = |qualifiers: &Qualifiers| qualifiers.get("Said").map(|q| q.value.to_string());
    assert_eq!(text(&there.qualifiers).as_deref(), Some("instance"));
    for (name, property) in there.properties() {
        let expected = name.is("Size").then_some("size");
        assert_eq!(text(&property.qualifiers).as_deref(), expected, "{name}");
    }
    assert_eq!(rows(&session, "SELECT First, Id FROM X_Low WHERE Size = 7"), ["7|7"]);
}

#[test]
fn links_stay() {
    let session = filled(10);
    session.create_instance(&context(), &device("X_Kept", "k")).unwrap();
    for n in 0..10_u8 {
        let join = Instance::new("X_Joins")
            .with("Left", at(n.into()))
            .with("Right", path("X_Kept.Id=\"k\""))
            .with("Weight", n);
        session.create_instance(&context(), &join).unwrap();
    }
    let before = session.snapshot(&context()).unwrap();
    change(&session, AFTER);
    change(&session, "#pragma classflags(\"forceupdate\")
        [association] class X_Joins { uint8 Mark = 1; [key] X_Base ref Left; [key] X_Kept ref Right; uint16 Weight; };");
    session.delete_instance(&context(), &at(3)).unwrap();
    let linked = |session: &Session, property: &str| {
        let filter = AssociationFilter::new();
        let found = session.associators(&context(), &path("X_Kept.Id=\"k\""), &filter).unwrap();
        let has = found.rows().filter(|r| r.as_ref().unwrap().property(property).is_some()).count();
        (found.count().unwrap(), has)
    };
    assert_eq!((linked(&session, "New"), linked(&session, "Text")), ((9, 9), (9, 0)));
    assert_eq!((linked(&before, "New"), linked(&before, "Text")), ((10, 0), (10, 10)));
    let marks = "SELECT Mark, Weight FROM X_Joins WHERE Weight > 7";
    assert_eq!(rows(&session, marks), ["1|8", "1|9"]);
    assert_eq!(rows(&before, "SELECT Weight FROM X_Joins WHERE Weight > 7"), ["8", "9"]);
}

#[test]
fn readers_of_every_version_find_their_rows_beside_changes() {
    let session = filled(600);
    session.create_index(&context(), "X_Base", "Size").unwrap();
    std::thread::scope(|scope| {
        let writer = {
            let session = session.clone();
            scope.spawn(move || {
                for round in 0..24_u32 {
                    // The slots of the properties change each time.
                    let before = (0..round % 3).map(|n| format!("uint8 P{n} = {round};"));
                    let text = format!(
                        "#pragma classflags(\"forceupdate\")
                        class X_Low : X_Base {{ {} uint8 More; string Round = \"{round}\"; }};",
                        before.collect::<String>()
                    );
                    change(&session, &text);
                    for n in (0..600).filter(|n| n % 24 == round) {
                        let changed = Instance::new("X_Low").with("More", round as u8);
                        session
                            .modify_instance(&context(), &at(n), &changed, &Update::Given)
                            .unwrap();
                    }
                }
            })
        };
        let mut looks = 0;
        while !writer.is_finished() || looks == 0 {
            looks += 1;
            let pinned = session.snapshot(&context()).unwrap();
            for session in [&session, &pinned] {
                for n in [0, 7, 24, 599] {
                    let there =
                        session.get_instance(&context(), &at(n), &PropertyList::All).unwrap();
                    assert_eq!(there.get("Text"), Some(&Value::from("t")));
                    let query = format!("SELECT Text, Id FROM X_Base WHERE Size = {n}");
                    assert_eq!(rows(session, &query), [format!("t|{n}")]);
                    let query = format!("SELECT Text, Size FROM X_Low WHERE Id = '{n}'");
                    assert_eq!(rows(session, &query), [format!("t|{n}")]);
                }
                assert_eq!(
                    session
                        .query(&context(), "SELECT * FROM X_Low WHERE Text = 't'")
                        .unwrap()
                        .count()
                        .unwrap(),
                    600
                );
            }
        }
    });
    check(&session);
}
