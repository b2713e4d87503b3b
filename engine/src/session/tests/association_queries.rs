//! ASSOCIATORS OF and REFERENCES OF: tables of what is found.

use super::*;
use crate::Limits;
use crate::clock::ManualClock;
use crate::context::CancelToken;
use std::time::Duration;

const LINKS: &str = r#"
class X_Node { [key] string Id; uint32 Size = 3; };
[Marked: ToSubclass] class X_Leaf : X_Node { };
class X_Other { [key] string Id; string Text = "t"; };
[singleton] class X_Sun { uint8 Heat; };
[Association] class X_Holds { [key] string Id; X_Node ref Holder; X_Node ref Held; uint32 Weight = 1; };
[Association, Tight] class X_Keeps : X_Holds { };
[Association] class X_Three { [key] string Id; X_Node ref One; X_Node ref Two; X_Other ref Three; };
[Association] class X_Lights { [key] string Id; X_Sun ref Sun; object ref Lit; };

instance of X_Node { Id = "a"; };
instance of X_Node { Id = "b"; };
instance of X_Leaf { Id = "c"; };
instance of X_Node { Id = "d"; };
instance of X_Node { Id = "alone"; };
instance of X_Other { Id = "o"; };
instance of X_Sun { Heat = 9; };
instance of X_Holds { Id = "ab"; Holder = "X_Node.Id=\"a\""; Held = "X_Node.Id=\"b\""; };
instance of X_Keeps { Id = "ac"; Holder = "X_Node.Id=\"a\""; Held = "X_Leaf.Id=\"c\""; };
instance of X_Holds { Id = "ad1"; Holder = "X_Node.Id=\"a\""; Held = "X_Node.Id=\"d\""; };
instance of X_Holds { Id = "ad2"; Holder = "X_Node.Id=\"a\""; Held = "X_Node.Id=\"d\""; };
instance of X_Holds { Id = "bz"; Holder = "X_Node.Id=\"b\""; Held = "X_Node.Id=\"z\""; };
instance of X_Three { Id = "aco"; One = "X_Node.Id=\"a\""; Two = "X_Leaf.Id=\"c\""; Three = "X_Other.Id=\"o\""; };
instance of X_Lights { Id = "sc"; Sun = "X_Sun=@"; Lit = "X_Leaf.Id=\"c\""; };
instance of X_Lights { Id = "sn"; Sun = "X_Sun=@"; Lit = "X_Node"; };
"#;

/// The answer as text: the `Id`s in order, classes with an asterisk before them; or
/// the WBEMSTATUS.
fn answer(session: &Session, query: &str) -> String {
    let mut found: Vec<String> = match session.execute(&context(), query) {
        Ok(Answer::Instances(result)) => {
            let id = |row: Row<'_>| match row.property("Id") {
                Some(id) => id.as_str().unwrap_or("NULL").to_owned(),
                None => row.path().to_string(),
            };
            result.rows().map(|row| id(row.unwrap())).collect()
        }
        Ok(Answer::Classes(result)) => result.names().map(|name| format!("*{name}")).collect(),
        Err(error) => return error.status().wbem().name().to_owned(),
    };
    found.sort();
    found.join(" ")
}

#[test]
fn every_keyword() {
    let session = wmi_with(LINKS);
    for (query, expected) in [
        // An object that several associations lead to comes once for each.
        (r#"ASSOCIATORS OF {X_Node.Id="a"}"#, "b c c d d o"),
        (r#"associators of {x_node="A"} where assocclass=x_holds"#, "b c d d"),
        (r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE AssocClass = X_Keeps"#, "c"),
        (r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE ResultClass = X_Leaf"#, "c c"),
        (r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE ResultClass = X_Node AssocClass = X_Three"#, "c"),
        (r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE ResultRole = Three"#, "o"),
        (r#"ASSOCIATORS OF {X_Node.Id="b"} WHERE Role = Held"#, "a"),
        (r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE Role = Nothing"#, ""),
        (r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE RequiredQualifier = Marked"#, "c c"),
        (r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE RequiredAssocQualifier = Tight"#, "c"),
        (r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE ClassDefsOnly"#, "*X_Leaf *X_Node *X_Other"),
        (r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE ClassDefsOnly Role = One"#, "*X_Leaf *X_Other"),
        (r#"ASSOCIATORS OF {X_Node.Id="alone"} WHERE ClassDefsOnly"#, ""),
        (r#"ASSOCIATORS OF {X_Node.Id="alone"}"#, ""),
        // What a reference says and nobody is, is passed over.
        (r#"ASSOCIATORS OF {X_Node.Id="b"} WHERE Role = Holder"#, ""),
        (r#"REFERENCES OF {X_Node.Id="a"}"#, "ab ac aco ad1 ad2"),
        (r#"REFERENCES OF {X_Node.Id="a"} WHERE ResultClass = X_Keeps"#, "ac"),
        (r#"REFERENCES OF {X_Node.Id="a"} WHERE Role = One"#, "aco"),
        (r#"REFERENCES OF {X_Node.Id="a"} WHERE RequiredQualifier = Tight"#, "ac"),
        (r#"REFERENCES OF {X_Node.Id="a"} WHERE ClassDefsOnly"#, "*X_Holds *X_Keeps *X_Three"),
        (r#"REFERENCES OF {X_Sun=@}"#, "sc sn"),
        (r#"ASSOCIATORS OF {X_Sun=@}"#, "c"),
        // A class above the instance's names it too.
        (r#"REFERENCES OF {X_Node.Id="c"}"#, "ac aco sc"),
        // What classes declare.
        ("ASSOCIATORS OF {X_Other} WHERE SchemaOnly", "*X_Node *X_Node *X_Sun"),
        ("ASSOCIATORS OF {X_Leaf} WHERE SchemaOnly Role = Two", "*X_Node *X_Other"),
        ("ASSOCIATORS OF {X_Leaf} WHERE SchemaOnly ResultClass = X_Other", "*X_Other"),
        ("REFERENCES OF {X_Leaf} WHERE SchemaOnly", "*X_Holds *X_Keeps *X_Lights *X_Three"),
        ("REFERENCES OF {X_Leaf} WHERE SchemaOnly ResultClass = X_Keeps", "*X_Keeps"),
        (r"REFERENCES OF {\\.\root\cimv2:X_Other} WHERE SchemaOnly", "*X_Lights *X_Three"),
        // A class as an object: the instances that refer to it.
        ("REFERENCES OF {X_Node}", "sn"),
        ("ASSOCIATORS OF {X_Node}", "X_Sun=@"),
        ("REFERENCES OF {X_Leaf}", ""),
        // Where the object is said to be.
        (r#"REFERENCES OF {\\ALPHA\root\cimv2:X_Node.Id="b"}"#, "ab bz"),
        (r#"REFERENCES OF {ROOT\CIMV2:X_Node.Id="b"}"#, "ab bz"),
        (r#"REFERENCES OF {\\BETA\root\cimv2:X_Node.Id="b"}"#, "WBEM_E_INVALID_OBJECT_PATH"),
        (r#"REFERENCES OF {\\.\root\nowhere:X_Node.Id="b"}"#, "WBEM_E_INVALID_NAMESPACE"),
        (r"REFERENCES OF {\\.\root\other:X_Node} WHERE SchemaOnly", "WBEM_E_INVALID_OBJECT_PATH"),
        // What is not there.
        (r#"ASSOCIATORS OF {X_Node.Id="z"}"#, "WBEM_E_NOT_FOUND"),
        (r#"REFERENCES OF {X_Node.Id="z"} WHERE ClassDefsOnly"#, "WBEM_E_NOT_FOUND"),
        (r#"ASSOCIATORS OF {X_Nobody.Id="a"}"#, "WBEM_E_INVALID_CLASS"),
        (r#"ASSOCIATORS OF {\\.\root\cimv2:X_Nobody.Id="a"}"#, "WBEM_E_INVALID_CLASS"),
        ("ASSOCIATORS OF {X_Nobody} WHERE SchemaOnly", "WBEM_E_INVALID_CLASS"),
        (r"ASSOCIATORS OF {root\cimv2:X_Nobody} WHERE SchemaOnly", "WBEM_E_INVALID_CLASS"),
        (r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE ResultClass = X_Nobody"#, "WBEM_E_INVALID_CLASS"),
        (r#"ASSOCIATORS OF {X_Node.Key="a"}"#, "WBEM_E_INVALID_OBJECT_PATH"),
        (r#"ASSOCIATORS OF {X_Node.Id="a",Size=3}"#, "WBEM_E_INVALID_OBJECT_PATH"),
    ] {
        assert_eq!(answer(&session, query), expected, "{query}");
    }
}

#[test]
fn the_language_is_the_same_in_both_dialects() {
    let qualifiers = "Qualifier Key : boolean = false, Scope(property, reference);\n\
        Qualifier Association : boolean = false, Scope(association);\n";
    let dmtf = session(
        Dialect::Dmtf,
        &format!(
            "{qualifiers}class X_Node {{ [Key] string Id; }};\n\
             [Association] class X_Holds {{ [Key] string Id; X_Node REF Holder; X_Node REF Held; }};\n\
             instance of X_Node {{ Id = \"a\"; }};\ninstance of X_Node {{ Id = \"b\"; }};\n\
             instance of X_Holds {{ Id = \"1\"; Holder = \"X_Node.Id=\\\"a\\\"\"; Held = \"X_Node.Id=\\\"b\\\"\"; }};\n\
             instance of X_Holds {{ Id = \"2\"; Holder = \"X_Node.Id=\\\"a\\\"\"; Held = \"X_Node.Id=\\\"b\\\"\"; }};\n\
             instance of X_Holds {{ Id = \"3\"; Holder = \"X_Node.Id=\\\"a\\\"\"; Held = \"X_Node.Id=\\\"z\\\"\"; }};\n"
        ),
    );
    for (query, expected) in [
        (r#"ASSOCIATORS OF {X_Node.Id="a"}"#, "b b"),
        (r#"ASSOCIATORS OF {X_Node.Id="A"}"#, "WBEM_E_NOT_FOUND"),
        (r#"REFERENCES OF {X_Node.Id="a"}"#, "1 2 3"),
        (r#"REFERENCES OF {X_Node.Id="z"}"#, "WBEM_E_NOT_FOUND"),
        ("ASSOCIATORS OF {X_Node} WHERE SchemaOnly", "*X_Node *X_Node"),
    ] {
        assert_eq!(answer(&dmtf, query), expected, "{query}");
    }
}

#[test]
fn keys_only_shows_keys_and_sequences_take_all_of_it() {
    let session = wmi_with(LINKS);
    let query = r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE KeysOnly"#;
    let result = session.query(&context(), query).unwrap();
    for row in result.rows() {
        let instance = row.unwrap().to_instance();
        assert_eq!((instance.len(), instance.get("Id").is_some()), (1, true));
        assert!(instance.path.is_some());
    }
    let query = r#"REFERENCES OF {X_Node.Id="a"} WHERE ResultClass = X_Holds KeysOnly"#;
    let mut sequence = session.sequence(session.execute(&context(), query).unwrap());
    let pulled = sequence.pull(&context(), Batch::of(3), |_| Taken::Yes(1)).unwrap();
    assert_eq!((pulled.count, pulled.end), (3, false));
    assert_eq!(sequence.remaining(&context()).unwrap(), Some(1));
}

#[test]
fn objects_of_other_namespaces_have_associations_here() {
    let session = wmi_with(LINKS);
    let repository = session.repository();
    repository.create_namespace("root/there", Dialect::Wmi).unwrap();
    let there = repository.session("root/there").unwrap();
    let mof = "class X_Node { [key] string Id; }; class X_Far : X_Node { };";
    there.compile_mof_text(&context(), "there.mof", mof).unwrap();
    there.create_instance(&context(), &Instance::new("X_Far").with("Id", "f")).unwrap();
    for (id, far) in [
        ("1", r#"\\.\root\there:X_Far.Id="f""#),
        ("2", r#"root\there:X_Node="F""#),
        ("3", r#"\\ALPHA\root\there:X_Node.Id="g""#),
    ] {
        let link = Instance::new("X_Holds")
            .with("Id", id)
            .with("Holder", path(r#"X_Node.Id="alone""#))
            .with("Held", path(far));
        session.create_instance(&context(), &link).unwrap();
    }
    for (query, expected) in [
        (r#"REFERENCES OF {\\.\root\there:X_Far.Id="f"}"#, "1 2"),
        (r#"ASSOCIATORS OF {root\there:X_Node.Id="f"}"#, "alone alone"),
        (r#"ASSOCIATORS OF {root\there:X_Node.Id="f"} WHERE ClassDefsOnly"#, "*X_Node"),
        (r#"REFERENCES OF {\\.\root\there:X_Node.Id="g"}"#, "WBEM_E_NOT_FOUND"),
        (r#"REFERENCES OF {\\.\root\there:X_Leaf.Id="f"}"#, "WBEM_E_INVALID_CLASS"),
        // Ends in other namespaces are passed over.
        (r#"ASSOCIATORS OF {X_Node.Id="alone"}"#, ""),
    ] {
        assert_eq!(answer(&session, query), expected, "{query}");
    }
}

#[test]
fn calls_end_while_links_are_followed() {
    let clock = Arc::new(ManualClock::default());
    let repository = Repository::builder().clock(clock.clone()).build();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    let session = repository.session("root/x").unwrap();
    session.compile_mof_text(&context(), "links.mof", LINKS).unwrap();
    let deadline = repository.deadline_in(Duration::from_secs(1));
    let limited = context().with_deadline(deadline);
    let query = r#"ASSOCIATORS OF {X_Node.Id="a"}"#;
    let result = session.query(&limited, query).unwrap();
    let thrifty = context().with_memory_budget(48);
    let error = session.query(&thrifty, query).map(|_| ()).unwrap_err();
    assert!(matches!(error, EngineError::OverMemoryBudget { budget: 48 }), "{error}");
    let few = r#"REFERENCES OF {X_Node.Id="d"} WHERE Role = Nobody"#;
    assert_eq!(session.query(&thrifty, few).unwrap().count().unwrap(), 0);
    clock.advance(Duration::from_secs(1));
    assert_eq!(result.count().unwrap_err().status(), Status::Timeout);
    assert_eq!(session.query(&limited, query).unwrap_err().status(), Status::Timeout);
}

#[test]
fn queries_are_checked_without_running() {
    let session = wmi_with(LINKS);
    for (text, expected) in [
        (r#"ASSOCIATORS OF {X_Node.Id="nobody"}"#, Ok(())),
        (r#"REFERENCES OF {X_Node} WHERE SchemaOnly"#, Ok(())),
        (r#"ASSOCIATORS OF {X_Node.Name="a"}"#, Err(Status::InvalidObjectPath)),
        (r#"ASSOCIATORS OF {X_Other=@}"#, Err(Status::InvalidObjectPath)),
        (r#"ASSOCIATORS OF {\\.\root\cimv2:X_Nod}"#, Err(Status::InvalidClass)),
        ("SELECT * FROM meta_class WHERE __Class = 'X'", Ok(())),
        ("SELECT Nmae FROM X_Node", Err(Status::InvalidQuery)),
        ("SELECT * FROM X_Nod", Err(Status::InvalidClass)),
    ] {
        let query = cimarron_wql::parse(text).unwrap();
        let checked = session.check_query(&context(), &query).map_err(|e| e.status());
        assert_eq!(checked, expected, "{text}");
    }
    for (text, expected) in [
        (
            "SELECT * FROM __InstanceCreationEvent WITHIN 2 WHERE TargetInstance ISA 'X_Node'",
            Ok(()),
        ),
        ("SELECT * FROM X_Node", Err(Status::NotEventClass)),
    ] {
        let query = cimarron_wql::Query::Event(cimarron_wql::parse_event(text).unwrap());
        let checked = session.check_query(&context(), &query).map_err(|e| e.status());
        assert_eq!(checked, expected, "{text}");
    }
}

#[test]
fn errors_of_the_path_say_where_it_stands() {
    let session = wmi_with(LINKS);
    for (path, keywords, status, running_tells) in [
        (r#"X_Node.Id="nobody""#, "", Status::NotFound, true),
        (r#"X_Node.Name="a""#, "KeysOnly", Status::InvalidObjectPath, false),
        (r#"X_Node.Id="a",Id2="b""#, "", Status::InvalidObjectPath, false),
        ("X_Node=@", "", Status::InvalidObjectPath, false),
        (r#"X_Sun.Heat=9"#, "", Status::InvalidObjectPath, false),
        (r#"\\.\root\cimv2:X_Nod.Id="a""#, "", Status::InvalidClass, false),
        (r"\\.\root\cimv2:X_Nod", "SchemaOnly", Status::InvalidClass, false),
        (r"\\.\root\nowhere:X_Node", "SchemaOnly", Status::InvalidObjectPath, false),
        (r#"\\.\root\nowhere:X_Node.Id="a""#, "", Status::InvalidNamespace, false),
        (r#"\\BETA\root\cimv2:X_Node.Id="a""#, "", Status::InvalidObjectPath, false),
        (r#"X_Nod.Id="a""#, "", Status::InvalidClass, false),
    ] {
        for statement in ["ASSOCIATORS", "REFERENCES"] {
            let condition = if keywords.is_empty() { "" } else { "WHERE" };
            let query = format!("{statement} OF {{ {path} }} {condition} {keywords}");
            let check = |error: EngineError| {
                assert_eq!(error.status(), status, "{query}: {error}");
                let span = error.span().unwrap_or_else(|| panic!("{query}: no place"));
                assert_eq!(&query[span], path);
            };
            check(session.execute(&context(), &query).unwrap_err());
            check(session.analyze(&context(), &query).unwrap_err());
            let parsed = cimarron_wql::parse(&query).unwrap();
            let others = [
                session.check_query(&context(), &parsed),
                session.explain(&context(), &query).map(drop),
                session.prepare(&context(), &query).map(drop),
            ];
            for other in others {
                match other {
                    Ok(()) => assert!(running_tells, "{query}"),
                    Err(error) => check(error),
                }
            }
        }
    }
}

#[test]
fn every_kind_of_query_ends_with_its_call() {
    let clock = Arc::new(ManualClock::default());
    let repository = Repository::builder().clock(clock.clone()).build();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    let session = repository.session("root/x").unwrap();
    session.compile_mof_text(&context(), "links.mof", LINKS).unwrap();
    let late = context().with_deadline(repository.deadline_in(Duration::from_secs(1)));
    clock.advance(Duration::from_secs(2));
    let token = CancelToken::new();
    token.cancel();
    let cancelled = context().with_cancel(token);
    let thrifty = context().with_memory_budget(2);
    for query in [
        "SELECT * FROM meta_class",
        "SELECT * FROM meta_class WHERE __this ISA 'X_Node'",
        "SELECT * FROM meta_class WHERE __Class = 'X_Node'",
        r#"ASSOCIATORS OF {X_Node.Id="a"}"#,
        r#"ASSOCIATORS OF {X_Node.Id="a"} WHERE ClassDefsOnly"#,
        "ASSOCIATORS OF {X_Node} WHERE SchemaOnly",
        r#"REFERENCES OF {X_Node.Id="a"}"#,
        r#"REFERENCES OF {X_Node.Id="a"} WHERE ClassDefsOnly"#,
        "REFERENCES OF {X_Node} WHERE SchemaOnly",
    ] {
        for (limited, status) in [
            (&late, Status::Timeout),
            (&cancelled, Status::Cancelled),
            (&thrifty, Status::QuotaViolation),
        ] {
            let error = session.execute(limited, query).map(drop).unwrap_err();
            assert_eq!(error.status(), status, "{query}");
            let error = session.analyze(limited, query).unwrap_err();
            assert_eq!(error.status(), status, "{query}");
            let prepared = session.prepare(&context(), query).unwrap();
            assert_eq!(prepared.execute(limited).map(drop).unwrap_err().status(), status);
        }
        session.execute(&context(), query).unwrap();
    }
}

/// A walk that starts at a class looks for nothing before, which would tell of it.
#[test]
fn a_snapshot_that_has_ended_has_no_answer() {
    let ended = Status::HandleOutOfDate.wbem().name();
    let limits = Limits::default().with_dead_rows(50);
    let repository = Repository::builder().limits(limits).build();
    repository.create_namespace("root/cimv2", Dialect::Wmi).unwrap();
    let session = repository.session("root/cimv2").unwrap();
    session.compile_mof_text(&context(), "links.mof", LINKS).unwrap();
    let add = |n| session.create_instance(&context(), &device("X_Node", &format!("n{n}")));
    let nodes: Vec<ObjectPath> = (0..100).map(|n| add(n).unwrap()).collect();
    let old = session.snapshot(&context()).unwrap();
    let queries = [
        ("ASSOCIATORS OF {X_Node}", "X_Sun=@"),
        ("REFERENCES OF {X_Node}", "sn"),
        ("ASSOCIATORS OF {X_Node} WHERE ClassDefsOnly", "*X_Sun"),
        ("REFERENCES OF {X_Node} WHERE ClassDefsOnly", "*X_Lights"),
    ];
    let check = |is_kept: bool| {
        for (query, found) in queries {
            let expected = if is_kept { found } else { ended };
            assert_eq!(answer(&old, query), expected, "{query}");
        }
    };
    check(true);
    for path in nodes {
        session.delete_instance(&context(), &path).unwrap();
    }
    check(false);
}
