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
fn prepared_ones_keep_their_way_to_a_class_that_is_made_anew() {
    let session = wmi_with("");
    const KEY: &str = "class X_New { [key] string Id; string Text; };";
    const OTHER_KEY: &str = "class X_New { string Id; [key] string Text; };";
    let declare = |class: &str, text: &str| {
        session.compile_mof_text(&context(), "new.mof", class).unwrap();
        session.create_instance(&context(), &device("X_New", "a").with("Text", text)).unwrap();
    };
    declare(KEY, "before");
    let prepare = |query| session.prepare(&context(), query).unwrap();
    let key = prepare("SELECT Text FROM X_New WHERE Id = 'a'");
    let other = prepare("SELECT Text FROM X_New WHERE Text = 'next' AND Id = 'A'");
    let text = |of: &PreparedQuery| {
        let result = of.run(&context()).unwrap();
        let row = result.rows().next().map(Result::unwrap);
        row.map(|row| row.property("Text").unwrap().as_str().unwrap().to_owned())
    };
    // One that was found or missed shows what is kept for the next run.
    let share = || {
        let both = key.found_near().zip(other.found_near());
        both.is_some_and(|(one, other)| Arc::ptr_eq(&one, &other))
    };
    assert_eq!((text(&key).as_deref(), text(&other)), (Some("before"), None));
    assert!(share());
    for (class, said) in [(KEY, "after"), (OTHER_KEY, "last"), (KEY, "next")] {
        session.delete_class(&context(), "X_New").unwrap();
        declare(class, said);
        let next = (said == "next").then_some("next");
        for _ in 0..2 {
            assert_eq!((text(&key).as_deref(), text(&other).as_deref()), (Some(said), next));
        }
        assert_eq!(share(), class == KEY, "{said}");
    }
    let pinned = session.snapshot(&context()).unwrap();
    let pinned = pinned.prepare(&context(), key.text()).unwrap();
    assert_eq!(text(&pinned).as_deref(), Some("next"));
    assert!(pinned.found_near().is_none());
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
