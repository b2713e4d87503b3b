//! Queries that name all keys, at once and prepared.

use super::*;

const QUERY: &str = "SELECT * FROM X_Device WHERE Id = 'A'";

/// The rows of a query and those that it has when it is prepared, which are the same.
fn both(session: &Session, query: &str) -> (Vec<String>, AccessPath) {
    let show = |result: QueryResult| {
        let show = |row: Row<'_>| format!("{} {}", row.class_name(), row.path().relative());
        let rows: Vec<_> = result.rows().map(|row| show(row.unwrap())).collect();
        assert_eq!(result.count().unwrap(), rows.len(), "{query}");
        (rows, result.access().clone())
    };
    let prepared = session.prepare(&context(), query).unwrap();
    let given = show(session.query(&context(), query).unwrap());
    assert_eq!(show(prepared.run(&context()).unwrap()), given, "{query}");
    given
}

#[test]
fn what_is_said_besides_the_key_counts() {
    let session = wmi();
    session.create_instance(&context(), &device("X_Disk", "a").with("Bytes", 5_u64)).unwrap();
    session.create_instance(&context(), &device("X_Fan", "b")).unwrap();
    let a = r#"X_Disk X_Disk.Id="a""#;
    for (query, expected) in [
        (QUERY, &[a][..]),
        ("SELECT Size FROM X_Disk WHERE Id = 'a'", &[a]),
        ("SELECT * FROM X_Fan WHERE Id = 'a'", &[]),
        ("SELECT * FROM X_Disk WHERE Id = 'c'", &[]),
        ("SELECT * FROM X_Disk WHERE Id = 'a' AND Bytes = 5", &[a]),
        ("SELECT * FROM X_Disk WHERE Id = 'a' AND Bytes = 6", &[]),
        ("SELECT * FROM X_Device WHERE Id = 'a' AND __CLASS = 'X_Fan'", &[]),
        ("SELECT * FROM X_Disk WHERE Id = 'a' AND (Bytes = 6 OR Size = 7)", &[a]),
        ("SELECT * FROM X_Disk WHERE Id = 'a' AND Id >= 'A'", &[a]),
    ] {
        let (rows, access) = both(&session, query);
        assert_eq!(rows, expected, "{query}");
        assert_eq!(access, AccessPath::KeyIndex, "{query}");
    }
    let session = session.with_language_level(Level::Extended);
    let none = session.query(&context(), "SELECT * FROM X_Disk WHERE Id = 'a' LIMIT 0").unwrap();
    assert_eq!(none.count().unwrap(), 0);
    let count = "SELECT COUNT(*) FROM X_Disk WHERE Id = 'a'";
    let prepared = session.prepare(&context(), count).unwrap();
    let result = prepared.run(&context()).unwrap();
    assert_eq!(result.rows().next().unwrap().unwrap().value(0).as_integer(), Some(1));
}

#[test]
fn a_prepared_one_sees_the_newest_commit_and_the_newest_schema() {
    let session = wmi();
    let prepared = session.prepare(&context(), QUERY).unwrap();
    let count = |of: &PreparedQuery| of.run(&context()).unwrap().count().unwrap();
    assert_eq!(count(&prepared), 0);
    let path = session.create_instance(&context(), &device("X_Disk", "a")).unwrap();
    let before = session.snapshot(&context()).unwrap();
    let open = prepared.run(&context()).unwrap();
    assert_eq!(count(&prepared), 1);
    session.delete_instance(&context(), &path).unwrap();
    assert_eq!((count(&prepared), open.count().unwrap()), (0, 1));
    assert_eq!(both(&before, QUERY).0.len(), 1);

    session.create_instance(&context(), &device("X_Fan", "a")).unwrap();
    let wider = "class X_Wider : X_Device { string More; };";
    session.compile_mof_text(&context(), "b.mof", wider).unwrap();
    assert_eq!(count(&prepared), 1);
    let fan = session.prepare(&context(), "SELECT * FROM X_Fan WHERE Id = 'a'").unwrap();
    assert_eq!(count(&fan), 1);
    session.forget_class("X_Fan");
    let error = fan.run(&context()).unwrap_err();
    assert_eq!(error.status(), Status::InvalidClass);
}

#[test]
fn dmtf_has_a_key_once_in_each_class() {
    let session = session(Dialect::Dmtf, DMTF_MOF);
    for class in ["X_Disk", "X_Fan"] {
        session.create_instance(&context(), &Instance::new(class).with("Id", "A")).unwrap();
    }
    for (query, expected) in [(QUERY, 2), ("SELECT * FROM X_Fan WHERE Id = 'A'", 1)] {
        assert_eq!(both(&session, query).0.len(), expected, "{query}");
    }
    assert!(both(&session, "SELECT * FROM X_Fan WHERE Id = 'a'").0.is_empty());
}

#[test]
fn prepared_ones_of_many_classes_get_along() {
    let session = wmi();
    let names: Vec<String> = (0..20).map(|n| format!("X_Root{n}")).collect();
    for name in &names {
        let class = format!("class {name} {{ [key] string Id; }};");
        session.compile_mof_text(&context(), "roots.mof", &class).unwrap();
        session.create_instance(&context(), &device(name, name)).unwrap();
    }
    let prepare = |name: &String| {
        let query = format!("SELECT * FROM {name} WHERE Id = '{name}'");
        session.prepare(&context(), &query).unwrap()
    };
    let prepared: Vec<_> = names.iter().map(prepare).collect();
    for (query, name) in prepared.iter().zip(&names).chain(prepared.iter().zip(&names)) {
        let result = query.run(&context()).unwrap();
        let row = result.rows().next().unwrap().unwrap();
        assert_eq!(row.value(0).as_str(), Some(name.as_str()));
    }
}

#[test]
fn threads_may_share_a_prepared_one() {
    let session = wmi();
    let path = session.create_instance(&context(), &device("X_Disk", "a")).unwrap();
    let prepared = session.prepare(&context(), QUERY).unwrap();
    std::thread::scope(|threads| {
        for _ in 0..3 {
            threads.spawn(|| {
                for _ in 0..300 {
                    assert_eq!(prepared.run(&context()).unwrap().count().unwrap(), 1);
                }
            });
        }
        for n in 0..30_u64 {
            let disk = device("X_Disk", "a").with("Bytes", n);
            session.modify_instance(&context(), &path, &disk, &Update::Given).unwrap();
            session.create_instance(&context(), &device("X_Disk", &format!("b{n}"))).unwrap();
        }
    });
}
