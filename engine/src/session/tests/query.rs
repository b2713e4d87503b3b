//! Queries and open results, and queries against a naive filter.

use super::*;
use crate::clock::ManualClock;
use crate::context::CancelToken;
use cimarron_model::{CimType, Keys, Value};
use cimarron_wql::SystemProperty;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::thread::ScopedJoinHandle;
use std::time::Duration;

#[test]
fn queries_select_in_order() {
    let session = wmi();
    session.create_instance(&context(), &device("X_Disk", "a").with("Bytes", 5_u64)).unwrap();
    session.create_instance(&context(), &device("X_Fan", "b").with("Speed", -3_i8)).unwrap();
    for (query, expected) in [
        ("SELECT Size, Id, size FROM X_Device", &["7|a|7", "7|b|7"][..]),
        ("select __class, Id from X_Device where __CLASS = 'x_fan'", &["X_Fan|b"]),
        ("SELECT Id FROM X_Element WHERE Caption = 'NONE'", &[]),
        (
            "SELECT __RELPATH, __PATH FROM X_Fan",
            &[r#"X_Fan.Id="b"|\\ALPHA\root\cimv2:X_Fan.Id="b""#],
        ),
        (
            "SELECT __SUPERCLASS, __DYNASTY, __DERIVATION, __GENUS FROM X_Disk",
            &["X_Device|X_Element|{X_Device, X_Element}|2"],
        ),
        (
            "SELECT __SERVER, __NAMESPACE, __PROPERTY_COUNT, Id FROM X_Disk",
            &[r"ALPHA|root\cimv2|1|a"],
        ),
        ("SELECT * FROM X_Fan", &["none|b|7|NULL|NULL|TRUE|-3"]),
        ("SELECT Id FROM X_Device WHERE Size > 6 AND NOT Id LIKE 'B%'", &["a"]),
    ] {
        match session.query(&context(), query) {
            Ok(_) => assert_eq!(rows(&session, query), expected, "{query}"),
            Err(error) => {
                // `Id` is declared below X_Element.
                assert_eq!(error.status(), Status::InvalidQuery, "{query}: {error}");
                assert!(error.span().is_some());
            }
        }
    }
    let result = session.query(&context(), "SELECT Size, __PATH FROM X_Device").unwrap();
    let headers: Vec<_> = result.columns().unwrap().iter().map(|h| h.name.to_string()).collect();
    assert_eq!(headers, ["Size", "__PATH"]);
    let instance = result.rows().next().unwrap().unwrap().to_instance();
    assert_eq!((instance.len(), instance.path.is_some()), (1, true));
    let missing = session.query(&context(), "SELECT * FROM X_Fam").unwrap_err();
    assert_eq!(missing.status(), Status::InvalidClass);
}

#[test]
fn the_path_is_shown_when_the_keys_are() {
    let session = wmi();
    session.create_instance(&context(), &device("X_Fan", "f").with("Speed", 1_u32)).unwrap();
    for (list, shown) in [
        ("*", true),
        ("Id", true),
        ("Size, id", true),
        ("Size", false),
        ("Size, __CLASS", false),
        ("Size, __RELPATH", true),
        ("__PATH, Size", true),
    ] {
        let query = format!("SELECT {list} FROM X_Fan WHERE __RELPATH IS NOT NULL");
        let result = session.query(&context(), &query).unwrap();
        let row = result.rows().next().unwrap().unwrap();
        for property in [SystemProperty::RelPath, SystemProperty::Path] {
            assert_eq!(!row.system(property).is_null(), shown, "{query}");
        }
        assert!(!row.system(SystemProperty::Server).is_null());
        assert!(
            row.fields().all(|field| !field.name.starts_with("__") || !field.to_value().is_null())
        );
        assert_eq!(row.path().relative(), "X_Fan.Id=\"f\"");
    }
}

#[test]
fn an_open_result_keeps_its_state() {
    let session = wmi();
    for n in 0..50 {
        session.create_instance(&context(), &device("X_Fan", &format!("f{n}"))).unwrap();
    }
    let open = session.enumerate_instances(&context(), "X_Device", Depth::Deep).unwrap();
    let mut reading = open.rows();
    reading.next().unwrap().unwrap();
    session.delete_class(&context(), "X_Fan").unwrap();
    assert_eq!(reading.count(), 49);
    assert!(open.rows().all(|r| r.unwrap().class_name() == "X_Fan"));
    assert_eq!(session.query(&context(), "SELECT * FROM X_Device").unwrap().count().unwrap(), 0);
    let shallow = session.enumerate_instances(&context(), "X_Device", Depth::Shallow).unwrap();
    assert_eq!(shallow.count().unwrap(), 0);
}

#[test]
fn calls_end_by_cancel_and_deadline() {
    let clock = Arc::new(ManualClock::default());
    let repository = Repository::builder().clock(clock.clone()).build();
    repository.create_namespace("root", Dialect::Wmi).unwrap();
    let session = repository.session("root").unwrap();
    session.compile_mof_text(&context(), "test.mof", MOF).unwrap();
    session.create_instance(&context(), &device("X_Fan", "a")).unwrap();

    let token = CancelToken::new();
    let deadline = repository.deadline_in(Duration::from_secs(1));
    let limited = context().with_cancel(token.clone()).with_deadline(deadline);
    let result = session.query(&limited, "SELECT * FROM X_Fan").unwrap();
    assert_eq!(result.count().unwrap(), 1);
    clock.advance(Duration::from_secs(1));
    assert_eq!(result.count().unwrap_err().status(), Status::Timeout);
    token.cancel();
    assert_eq!(result.rows().next().unwrap().unwrap_err().status(), Status::Cancelled);
    let refused = session.create_instance(&limited, &device("X_Fan", "b")).unwrap_err();
    assert_eq!(refused.status(), Status::Cancelled);
}

#[test]
fn readers_and_writers_share_a_namespace() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let session = wmi();
    shared(&session);
    std::thread::scope(|scope| {
        let writers = [0, 1].map(|writer| {
            let session = session.clone();
            scope.spawn(move || {
                for n in 0..500 {
                    let fan = device("X_Fan", &format!("{writer}-{n}")).with("Size", 0_u32);
                    let path = session.create_instance(&context(), &fan).unwrap();
                    let grown = Instance::new("X_Fan").with("Size", 1_u32);
                    session.modify_instance(&context(), &path, &grown, &Update::Given).unwrap();
                    if n % 2 == 0 {
                        session.delete_instance(&context(), &path).unwrap();
                    }
                }
            })
        });
        let mut before = 0;
        while !writers.iter().all(ScopedJoinHandle::is_finished) {
            // Every snapshot shows each instance once, whatever is being changed.
            let ids = rows(&session, "SELECT Id FROM X_Fan");
            assert!(ids.is_sorted_by(|a, b| a < b), "an instance twice");
            let kept = ids.iter().filter(|id| is_kept(id)).count();
            assert!(kept >= before, "an instance that nobody deletes is missing");
            before = kept;
        }
    });
    assert_eq!(rows(&session, "SELECT Id FROM X_Fan WHERE Size = 1").len(), 500);
}

/// Whether the writers of the test above leave the instance there.
fn is_kept(id: &str) -> bool {
    id.ends_with(['1', '3', '5', '7', '9'])
}

/// What a row of the generated table is, outside the engine.
type Model = BTreeMap<String, (Option<u32>, Option<String>)>;

fn naive(all: &Model, size: u32, prefix: &str, either: bool) -> Vec<String> {
    let passes = |(s, text): &(Option<u32>, Option<String>)| {
        let by_size = s.is_some_and(|s| s >= size);
        let by_text = text.as_ref().is_some_and(|t| t.to_lowercase().starts_with(prefix));
        if either { by_size || by_text } else { by_size && by_text }
    };
    all.iter().filter(|(_, row)| passes(row)).map(|(id, _)| id.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn queries_agree_with_a_naive_filter(
        table in prop::collection::vec(
            ("[a-d]{1,2}", any::<bool>(), prop::option::of(0..9_u32), prop::option::of("[A-Ca-c]{0,2}")),
            0..40,
        ),
        gone in prop::collection::vec("[a-d]{1,2}", 0..10),
        size in 0..9_u32,
        prefix in "[a-c]{0,1}",
        either in any::<bool>(),
    ) {
        let session = wmi();
        let mut model = Model::new();
        for (id, disk, size, text) in table {
            let class = if disk { "X_Disk" } else { "X_Fan" };
            let size_value = size.map_or(Value::null(CimType::UInt32), Value::from);
            let text_value =
                text.as_deref().map_or(Value::null(CimType::String), Value::from);
            let instance =
                device(class, &id).with("Size", size_value).with("Caption", text_value);
            if session.put_instance(&context(), &instance, PutMode::CreateOrUpdate, &Update::Given).is_ok() {
                model.insert(id, (size, text));
            } else {
                // The key is taken by the other class.
                prop_assert!(model.contains_key(&id));
            }
        }
        for id in gone {
            let keys: Keys = [("Id", id.to_uppercase())].into_iter().collect();
            let deleted =
                session.delete_instance(&context(), &ObjectPath::of_instance("X_Device", keys));
            prop_assert_eq!(deleted.is_ok(), model.remove(&id).is_some());
        }
        let connective = if either { "OR" } else { "AND" };
        let query = format!(
            "SELECT Id FROM X_Device WHERE Size >= {size} {connective} Caption LIKE '{prefix}%'"
        );
        prop_assert_eq!(rows(&session, &query), naive(&model, size, &prefix, either));
    }
}
