//! Schema queries: tables of what is found, and random conditions against every class.

use super::*;
use crate::clock::{Clock, WallTime};
use crate::context::CancelToken;
use crate::session::class_query::ClassResult;
use cimarron_wql::SystemProperty;
use proptest::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const TREE: &str = r#"
class A_Top { [key] string Id; };
class A_Left : A_Top { uint32 Size; };
class A_LeftLeaf : A_Left { string More; uint8 Last; };
class A_Right : A_Top { };
class B_Top { [key] uint8 Number; };
class B_Below : B_Top { };
class A_LeftToo { [key] string Id; };
"#;

fn found(session: &Session, query: &str) -> Result<String, Status> {
    let result = session.query_classes(&context(), query).map_err(|e| e.status())?;
    Ok(names(&result))
}

fn names(result: &ClassResult) -> String {
    result.names().map(Name::as_str).collect::<Vec<_>>().join(" ")
}

#[test]
fn conditions_choose_classes_depth_first() {
    let session = wmi_with(TREE);
    for (condition, expected) in [
        (r#"__this ISA "a_left""#, "A_Left A_LeftLeaf"),
        (r#"__this ISA A_Top"#, "A_Top A_Left A_LeftLeaf A_Right"),
        (r#"__Class = "A_LEFT""#, "A_Left"),
        (r#""A_Left" = __Class"#, "A_Left"),
        (r#"__Class = A_Left"#, "A_Left"),
        (r#"__Class = "A_Nope""#, ""),
        (r#"__Superclass = "A_Top""#, "A_Left A_Right"),
        (r#"__Superclass = "A_Right""#, ""),
        (r#"__Dynasty = "A_Top""#, "A_Top A_Left A_LeftLeaf A_Right"),
        (r#"__Dynasty = "A_Left""#, ""),
        (r#"__Superclass IS NULL AND __Class LIKE "[AB][_]%""#, "A_LeftToo A_Top B_Top"),
        (r#"__Superclass = NULL AND __Class LIKE "B%""#, "B_Top"),
        (r#"__Class LIKE "A[_]left%""#, "A_LeftToo A_Left A_LeftLeaf"),
        (r#"__Class >= "A_R" AND __Class < "B_C""#, "A_Top A_Right B_Below"),
        (r#"__Class = "B_Below" OR __Class = "A_Right""#, "A_Right B_Below"),
        (r#"__this ISA "A_Left" OR __this ISA "A_LeftLeaf""#, "A_Left A_LeftLeaf"),
        (r#"__this ISA "A_Top" AND NOT __this ISA "A_Left""#, "A_Top A_Right"),
        (r#"NOT (NOT __this ISA "A_Left")"#, "A_Left A_LeftLeaf"),
        (r#"__this ISA "A_Left" AND __Superclass = "B_Top""#, ""),
        (r#"__PROPERTY_COUNT = 4 AND __Dynasty = "A_Top""#, "A_LeftLeaf"),
        (r#"__RELPATH = "a_right""#, "A_Right"),
        (r#"__PATH = "\\\\ALPHA\\root\\cimv2:A_Right""#, "A_Right"),
        (r#"__GENUS = 2"#, ""),
        (r#"__GENUS = 1 AND __Dynasty = "B_Top""#, "B_Top B_Below"),
        (r#"__SERVER = "alpha" AND __NAMESPACE = "root\\cimv2" AND __Class = "B_Top""#, "B_Top"),
        (r#"__Superclass <> "A_Top" AND __Dynasty = "A_Top""#, "A_Top A_LeftLeaf"),
    ] {
        let query = format!("SELECT * FROM meta_class WHERE {condition}");
        assert_eq!(found(&session, &query).as_deref(), Ok(expected), "{condition}");
    }
}

#[test]
fn system_classes_are_classes_of_the_namespace() {
    let wmi = wmi_with(TREE);
    let all = found(&wmi, "SELECT * FROM meta_class").unwrap();
    let listed = wmi.class_names(&context(), None, Depth::Deep).unwrap();
    assert_eq!(all, listed.iter().map(Name::as_str).collect::<Vec<_>>().join(" "));
    assert!(all.contains("__SystemClass ") && all.contains("__NAMESPACE "), "{all}");
    let event = r#"SELECT * FROM meta_class WHERE __this ISA "__ClassOperationEvent""#;
    assert!(found(&wmi, event).unwrap().contains("__ClassCreationEvent"));

    let dmtf = session(Dialect::Dmtf, DMTF_MOF);
    let query = r#"SELECT * FROM meta_class WHERE __Superclass = "x_device""#;
    assert_eq!(found(&dmtf, query).as_deref(), Ok("X_Disk X_Fan"));
    // Unknown is not true, and neither is its contrary.
    let query = r#"SELECT * FROM meta_class WHERE NOT __Superclass = "X_Device""#;
    assert_eq!(found(&dmtf, query).as_deref(), Ok(""));
    let query = r#"SELECT * FROM meta_class WHERE __Superclass IS NULL"#;
    assert_eq!(found(&dmtf, query).as_deref(), Ok("X_Device X_Loose"));
}

#[test]
fn only_classes_that_may_pass_are_looked_at() {
    let session = wmi_with(TREE);
    let all = session.class_names(&context(), None, Depth::Deep).unwrap().len();
    for (condition, looked_at) in [
        (r#"__Class = "A_Left""#, 1),
        (r#"__this ISA "A_Left" AND __Class LIKE "%leaf""#, 2),
        (r#"__PROPERTY_COUNT > 1 AND __Superclass = "A_Top" AND __GENUS = 1"#, 3),
        (r#"__Dynasty = "B_Top""#, 2),
        (r#"__Class = "B_Below" OR __this ISA "B_Top" OR __Class = "A_Right""#, 3),
        (r#"(__Class = "A_Left" OR __Class LIKE "A%") AND __Dynasty = "A_Top""#, 4),
        (r#"__Class = "A_Nope""#, 0),
        (r#"__Class = "A_Left" OR __Class LIKE "B%""#, all),
        (r#"NOT __this ISA "A_Left""#, all),
        (r#"__Superclass IS NULL"#, all),
    ] {
        let query = format!("SELECT * FROM meta_class WHERE {condition}");
        let result = session.query_classes(&context(), &query).unwrap();
        assert_eq!(result.looked_at(), looked_at, "{condition}");
    }
}

#[test]
fn each_kind_of_answer_has_its_operation() {
    let session = wmi();
    let classes = "SELECT * FROM meta_class WHERE __Class = 'X_Fan'";
    let instances = "SELECT * FROM X_Fan";
    assert!(matches!(session.execute(&context(), classes), Ok(Answer::Classes(r)) if r.len() == 1));
    assert!(matches!(session.execute(&context(), instances), Ok(Answer::Instances(_))));
    for error in [
        session.query(&context(), classes).map(|_| ()).unwrap_err(),
        session.query_classes(&context(), instances).map(|_| ()).unwrap_err(),
    ] {
        assert_eq!(error.status(), Status::QueryFeatureNotSupported, "{error}");
    }
    // What is wrong with a query comes before what it would be answered with.
    let wrong = session.query(&context(), "SELECT * FROM meta_class WHERE Nmae = 1").unwrap_err();
    assert_eq!((wrong.status(), wrong.span()), (Status::InvalidQuery, Some(31..35)));
    let event = session.execute(&context(), "SELECT * FROM __InstanceCreationEvent WITHIN 1");
    assert_eq!(event.unwrap_err().status(), Status::InvalidQuery);
}

#[test]
fn classes_come_as_they_were_and_as_the_options_want_them() {
    let session = wmi_with(TREE);
    let query = "SELECT * FROM meta_class WHERE __this ISA 'A_Left'";
    let result = session.query_classes(&context(), query).unwrap();
    session.delete_class(&context(), "A_Left").unwrap();
    assert_eq!(found(&session, "SELECT * FROM meta_class WHERE __Class = 'A_Left'").unwrap(), "");
    let classes: Vec<_> = result.classes().map(|class| class.unwrap()).collect();
    let properties: Vec<_> = classes.iter().map(|class| class.properties.len()).collect();
    assert_eq!((names(&result).as_str(), properties), ("A_Left A_LeftLeaf", vec![2, 4]));
    for (property, value) in [
        (SystemProperty::Class, "A_LeftLeaf"),
        (SystemProperty::Superclass, "A_Left"),
        (SystemProperty::Derivation, "{A_Left, A_Top}"),
        (SystemProperty::Dynasty, "A_Top"),
        (SystemProperty::Genus, "1"),
        (SystemProperty::PropertyCount, "4"),
        (SystemProperty::Path, r"\\ALPHA\root\cimv2:A_LeftLeaf"),
    ] {
        assert_eq!(result.system(1, property).to_string(), value);
    }
    assert!(result.system(2, SystemProperty::Class).is_null());
    let own = result.with_options(ClassOptions::new().local_only());
    let properties: Vec<_> = own.classes().map(|class| class.unwrap().properties.len()).collect();
    assert_eq!(properties, [1, 2]);
}

#[test]
fn classes_are_localised_where_the_options_say_so() {
    let session = wmi_with(TREE).with_locale("MS_407");
    let text = r#"
        #pragma namespace("\\\\.\\root\\cimv2\\ms_407")
        [Amendment, Locale(1031), Caption("links") : Amended] class A_Left { };
    "#;
    session.compile_mof_text(&context(), "de.mof", text).unwrap();
    let query = "SELECT * FROM meta_class WHERE __Class = 'A_Left'";
    let plain = session.query_classes(&context(), query).unwrap();
    let localised = plain.clone().with_options(ClassOptions::new().amended());
    for (result, expected) in [(plain, None), (localised, Some("links"))] {
        let class = result.classes().next().unwrap().unwrap();
        let caption = class.qualifiers.get("Caption").and_then(|q| q.value.as_str());
        assert_eq!(caption, expected);
    }
}

#[test]
fn sequences_take_classes() {
    let session = wmi_with(TREE);
    let answer = session.execute(&context(), "SELECT * FROM meta_class WHERE __Dynasty = 'A_Top'");
    let mut sequence = session.sequence(answer.unwrap());
    assert_eq!(sequence.remaining(&context()).unwrap(), Some(4));
    let pull = |sequence: &mut Sequence, count, fits: usize| {
        let mut taken = Vec::new();
        let pulled = sequence.pull(&context(), Batch::of(count), |item| match item {
            Item::Owned(OwnedItem::Class(class)) if taken.len() < fits => {
                taken.push(class.name.to_string());
                Taken::Yes(1)
            }
            _ => Taken::GiveBack,
        });
        (taken.join(" "), pulled.unwrap().end)
    };
    assert_eq!(pull(&mut sequence, 2, 9), ("A_Top A_Left".to_owned(), false));
    let mut second = sequence.try_clone().unwrap();
    // What does not fit comes first the next time.
    assert_eq!(pull(&mut sequence, 2, 0), (String::new(), false));
    assert_eq!(pull(&mut sequence, 9, 9), ("A_LeftLeaf A_Right".to_owned(), true));
    assert_eq!(sequence.remaining(&context()).unwrap(), Some(0));
    assert_eq!(second.skip(&context(), 0).unwrap(), 0);
    assert_eq!(pull(&mut second, 1, 9), ("A_LeftLeaf".to_owned(), false));
    assert_eq!(second.skip(&context(), 9).unwrap(), 1);
    sequence.rewind().unwrap();
    assert_eq!(pull(&mut sequence, 1, 9), ("A_Top".to_owned(), false));

    // A pinned session only reads, and so does a pull.
    let pinned = session.snapshot(&context()).unwrap();
    let result =
        pinned.query_classes(&context(), "SELECT * FROM meta_class WHERE __Class = 'B_Top'");
    let mut sequence = pinned.sequence(result.unwrap());
    assert_eq!(pull(&mut sequence, 9, 9), ("B_Top".to_owned(), true));
}

/// A clock that counts how often it is asked.
#[derive(Debug, Default)]
struct Asked(AtomicUsize);

impl Clock for Asked {
    fn now(&self) -> Duration {
        self.0.fetch_add(1, Ordering::SeqCst);
        Duration::ZERO
    }

    fn wall(&self) -> WallTime {
        WallTime { ticks: 0, offset: 0 }
    }
}

#[test]
fn deadline_and_token_are_looked_at_while_classes_are() {
    let clock = Arc::new(Asked::default());
    let repository = Repository::builder().clock(clock.clone()).build();
    repository.create_namespace("root/x", Dialect::Wmi).unwrap();
    let session = repository.session("root/x").unwrap();
    let mof: String = (0..1000).map(|n| format!("class N_{n} {{ }};\n")).collect();
    session.compile_mof_text(&context(), "many.mof", &mof).unwrap();
    let token = CancelToken::new();
    let limited = context().with_deadline(Duration::from_secs(1)).with_cancel(token.clone());
    let before = clock.0.load(Ordering::SeqCst);
    let query = "SELECT * FROM meta_class WHERE __Class LIKE 'N%'";
    let result = session.query_classes(&limited, query).unwrap();
    assert_eq!(result.len(), 1000);
    let asked = clock.0.load(Ordering::SeqCst) - before;
    assert!(asked > result.looked_at() / 256, "{asked} looks");
    let thrifty = context().with_memory_budget(2048);
    let error = session.query_classes(&thrifty, query).unwrap_err();
    assert!(matches!(error, EngineError::OverMemoryBudget { budget: 2048 }), "{error}");
    token.cancel();
    assert_eq!(result.classes().next().unwrap().unwrap_err().status(), Status::Cancelled);
    assert_eq!(session.query_classes(&limited, query).unwrap_err().status(), Status::Cancelled);
}

/// Conditions on classes of [`TREE`], those that say where to look among them.
fn condition() -> impl Strategy<Value = String> {
    let class = prop::sample::select(vec![
        "A_Top",
        "A_Left",
        "a_leftleaf",
        "A_Right",
        "B_Top",
        "B_Below",
        "A_LeftToo",
        "__Event",
        "X",
    ]);
    let atom = (0..8_u8, class).prop_map(|(kind, class)| match kind {
        // ISA wants a class that is there.
        0 if class != "X" => format!(r#"__this ISA "{class}""#),
        1 => format!(r#"__Class = "{class}""#),
        2 => format!(r#"__Superclass = "{class}""#),
        3 => format!(r#"__Dynasty = "{class}""#),
        4 => format!(r#"__Class <> "{class}""#),
        5 => format!(r#"__Class > "{class}""#),
        6 => "__PROPERTY_COUNT > 1".to_owned(),
        _ => "__Superclass IS NULL".to_owned(),
    });
    atom.prop_recursive(4, 24, 4, |inner| {
        let several = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several.clone().prop_map(|parts| format!("({})", parts.join(" AND "))),
            several.prop_map(|parts| format!("({})", parts.join(" OR "))),
            inner.prop_map(|part| format!("(NOT {part})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn where_is_looked_changes_nothing(condition in condition()) {
        thread_local! {
            static SESSION: Session = wmi_with(TREE);
        }
        SESSION.with(|session| {
            let query = format!("SELECT * FROM meta_class WHERE {condition}");
            let result = session.query_classes(&context(), &query).unwrap();
            // Two NOTs around it: nothing says where to look any more.
            let everywhere = format!("SELECT * FROM meta_class WHERE NOT (NOT ({condition}))");
            let all = session.query_classes(&context(), &everywhere).unwrap();
            prop_assert_eq!(names(&result), names(&all));
            prop_assert!(result.looked_at() <= all.looked_at());
            let total = session.class_names(&context(), None, Depth::Deep).unwrap().len();
            prop_assert_eq!(all.looked_at(), total);
            Ok(())
        })?;
    }
}
