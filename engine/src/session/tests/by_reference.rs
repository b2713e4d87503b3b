//! Associations asked for by one of their ends.

use super::*;
use crate::ValueView;
use cimarron_model::Value;
use proptest::prelude::*;
use std::sync::Arc;

const CLASSES: &str = r#"
class X_End { [key] string Id; };
class X_Low : X_End { };
[Association] class X_Link { [key] X_End ref From; [key] X_End ref To; uint8 Weight; };
[Association] class X_Strong : X_Link { };
class X_Plain { [key] uint32 Id; X_End ref Of; };
"#;

fn reference(class: &str, id: &str) -> Value {
    Value::from(Arc::new(path(&format!("{class}.Id=\"{id}\""))))
}

fn link(session: &Session, class: &str, from: Value, to: Value) -> Result<(), Status> {
    let link = Instance::new(class).with("From", from).with("To", to);
    session.create_instance(&context(), &link).map(drop).map_err(|e| e.status())
}

fn through(session: &Session, query: &str) -> (String, usize) {
    let result = session.query(&context(), query).unwrap();
    (result.access().to_string(), result.count().unwrap())
}

#[test]
fn the_association_index_has_them() {
    let session = wmi_with(CLASSES);
    for id in ["a", "b", "c"] {
        let class = if id == "c" { "X_Low" } else { "X_End" };
        session.create_instance(&context(), &device(class, id)).unwrap();
    }
    let end = |id| reference("X_End", id);
    link(&session, "X_Link", end("a"), end("b")).unwrap();
    link(&session, "X_Strong", end("a"), reference("X_Low", "c")).unwrap();
    link(&session, "X_Link", end("b"), end("a")).unwrap();
    let plain = Instance::new("X_Plain").with("Id", 1_u32).with("Of", end("a"));
    session.create_instance(&context(), &plain).unwrap();
    for (query, way, count) in [
        ("X_Link WHERE From = 'X_End.Id=\"a\"'", "Association index From", 2),
        ("X_Link WHERE From = 'x_end.id=\"A\"' AND Weight IS NULL", "Association index From", 2),
        ("X_Strong WHERE From = 'X_End.Id=\"a\"'", "Association index From", 1),
        ("X_Link WHERE To = 'X_End.Id=\"a\"'", "Association index To", 1),
        // Another spelling of the same reference.
        ("X_Link WHERE To = 'X_End=\"a\"'", "Association index To", 1),
        ("X_Link WHERE To = '//./root/cimv2:x_end.id=\"A\"'", "Association index To", 1),
        ("X_Link WHERE To = 'root/other:X_End.Id=\"a\"'", "Scan", 0),
        // A reference names a class, too, and the rows have another name for it.
        ("X_Link WHERE To = 'X_End.Id=\"c\"'", "Association index To", 0),
        ("X_Link WHERE To = 'X_Low.Id=\"c\"'", "Association index To", 1),
        ("X_Link WHERE From = 'X_End.Id=\"nobody\"'", "Scan", 0),
        ("X_Link WHERE NOT From = 'X_End.Id=\"a\"'", "Scan", 1),
        ("X_Link WHERE From <> 'X_End.Id=\"a\"'", "Scan", 1),
        ("X_Link WHERE From = 'no path'", "Scan", 0),
        ("X_Plain WHERE Of = 'X_End.Id=\"a\"'", "Scan", 1),
    ] {
        let query = format!("SELECT * FROM {query}");
        assert_eq!(through(&session, &query), (way.to_owned(), count), "{query}");
    }
    // What leads nowhere may turn out to be anything.
    link(&session, "X_Link", end("gone"), end("b")).unwrap();
    let query = "SELECT * FROM X_Link WHERE From = 'X_End.Id=\"a\"'";
    assert_eq!(through(&session, query), ("Scan".to_owned(), 2));
    let plan = session.analyze(&context(), query).unwrap().to_string();
    assert!(plan.contains("Association index of X_End.Id=\"a\", given up for a scan"), "{plan}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn gives_what_a_scan_gives(
        links in prop::collection::vec((0..4_u8, 0..4_u8, any::<bool>(), any::<bool>()), 1..40),
        gone in prop::collection::vec((0..4_u8, 0..4_u8), 0..6),
    ) {
        let session = wmi_with(CLASSES);
        for id in 0..4 {
            let class = if id % 2 == 0 { "X_End" } else { "X_Low" };
            session.create_instance(&context(), &device(class, &id.to_string())).unwrap();
        }
        // An end may be called by its own class or by the one above.
        let end = |id: u8, above: bool| {
            let class = if id.is_multiple_of(2) || above { "X_End" } else { "X_Low" };
            reference(class, &id.to_string())
        };
        let mut old = Vec::new();
        for (from, to, above, strong) in links {
            let class = if strong { "X_Strong" } else { "X_Link" };
            let made = link(&session, class, end(from, above), end(to, !above));
            prop_assert!(matches!(made, Ok(()) | Err(Status::AlreadyExists)));
            if old.len() < 3 {
                old.push(session.snapshot(&context()).unwrap());
            }
        }
        for (from, to) in gone {
            let path = format!("X_Link.From=\"X_End.Id=\\\"{from}\\\"\",To=\"X_End.Id=\\\"{to}\\\"\"");
            let _ = session.delete_instance(&context(), &path.parse().unwrap());
        }
        old.push(session);
        for session in &old {
            for class in ["X_Link", "X_Strong"] {
                for (property, id, name) in [("From", 0, "X_End"), ("To", 1, "X_End"), ("To", 1, "X_Low")] {
                    let text = format!("{name}.Id=\"{id}\"");
                    let query = format!("SELECT * FROM {class} WHERE {property} = '{text}'");
                    let found = session.query(&context(), &query).unwrap();
                    let is_it = |value: ValueView<'_>| {
                        matches!(value, ValueView::Reference(path) if path.to_wmi() == text)
                    };
                    let all = session.query(&context(), &format!("SELECT * FROM {class}")).unwrap();
                    let there = |row: &Row<'_>| row.property(property).is_some_and(is_it);
                    let expected = all.rows().filter(|row| there(row.as_ref().unwrap())).count();
                    prop_assert_eq!(found.count().unwrap(), expected, "{}: {}", query, found.access());
                }
            }
        }
    }
}
