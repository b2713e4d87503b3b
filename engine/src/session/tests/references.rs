//! References are equal exactly when the store takes them for one object: queries of all
//! kinds, on every way to the rows, and event filters against the store's own keys.

use super::*;
use crate::{SubscribeOptions, Subscription, ValueView};
use cimarron_model::Value;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What ends in `L` or `M` refers to `X_L` or `X_M`, which in DMTF have no class above.
const CLASSES: &str = r#"
    [Abstract] class X_Any { };
    class X_A : X_Any { [Key] string K; };
    class X_N : X_Any { [Key] sint32 K; };
    class X_T : X_Any { [Key] boolean K; [Key] string L; };
    [Association] class X_L { [Key] X_Any REF R; X_Any REF S; };
    [Association] class X_M { [Key] X_L REF L; [Key] X_L REF R; };
    [Association] class X_Held { [Key] X_Any REF R; X_Any REF S; };
    [Association] class X_HeldL { [Key] X_L REF R; X_Any REF S; };
    [Association] class X_HeldM { [Key] X_M REF R; X_Any REF S; };
    [Association] class X_Link { [Key] uint32 Id; X_Any REF R; X_Any REF S; };
    [Association] class X_LinkL { [Key] uint32 Id; X_L REF R; X_Any REF S; };
    [Association] class X_LinkM { [Key] uint32 Id; X_M REF R; X_Any REF S; };
"#;

const DMTF: &str = r#"
    Qualifier Key : boolean = false, Scope(property, reference);
    Qualifier Abstract : boolean = false, Scope(class, association, indication);
    Qualifier Association : boolean = false, Scope(association);
    Qualifier Indication : boolean = false, Scope(class, indication);
    Qualifier EmbeddedObject : boolean = false, Scope(property);
    [Indication, Abstract] class CIM_Indication { };
    [Indication, Abstract] class CIM_InstIndication : CIM_Indication
        { [EmbeddedObject] string SourceInstance; };
    [Indication] class CIM_InstCreation : CIM_InstIndication { };
"#;

/// Spellings of few objects. What is between quotes in them is escaped once.
const SPELLINGS: &[&str] = &[
    r#"X_A.K="a""#,
    r#"x_a.k='a'"#,
    r#"X_A="a""#,
    r#"\\.\root\cimv2:X_A.K="a""#,
    r#"//ALPHA/ROOT/CIMV2:X_A="a""#,
    r#"root/cimv2:X_A.K="a""#,
    r#"root/other:X_A.K="a""#,
    r#"\\beta\root\cimv2:X_A.K="a""#,
    r#"X_A.K="A""#,
    r#"\\.\root\cimv2:x_a="A""#,
    r#"X_A.K="16""#,
    "X_N.K=16",
    "X_N.K=0x10",
    "X_N=+16",
    r#"X_N.K="16""#,
    r#"X_T.K=TRUE,L="it's \"a\\b\"""#,
    r#"X_T.l="it's \"a\\b\"",k=true"#,
    r#"X_T.K=FALSE,L="it's \"a\\b\"""#,
    r#"X_L.R="X_A.K=\"a\"""#,
    r#"X_L.r='x_a="a"'"#,
    r#"X_L="\\\\.\\root\\cimv2:X_A.K='a'""#,
    r#"X_L.R="X_A.K=\"A\"""#,
    r#"X_A.K="X_A.K=\"a\"""#,
    r#"X_A.K="x_a='a'""#,
    r#"X_M.L="X_L.R=\"X_A.K=\\\"a\\\"\"",R="X_L.R=\"X_N.K=16\"""#,
    r#"x_m.r="x_l='X_N=0x10'",l="X_L=\"x_a='a'\"""#,
    r#"X_M.L="X_L.R=\"X_A.K=\\\"A\\\"\"",R="X_L.R=\"X_N.K=16\"""#,
    r#"X_M.L="X_L.R=\"X_N.K=16\"",R="X_L.R=\"X_A.K=\\\"a\\\"\"""#,
    r#"X_M.L="X_L.R=\"X_N.K=16\"",R="root/other:X_L.R=\"X_N.K=16\"""#,
    r#"X_M.L="X_L.R=\"X_N=16\"",R="root\\other:X_L=\"X_N.K=0x10\"""#,
];

/// What is behind the names of the classes that hold a path or link to it.
const ENDS: [&str; 3] = ["", "L", "M"];

fn world(dialect: Dialect) -> Session {
    let text = match dialect {
        Dialect::Wmi => CLASSES.to_owned(),
        Dialect::Dmtf => format!("{DMTF}{CLASSES}"),
    };
    session(dialect, &text)
}

/// The class whose references may be to a path's class.
fn class_for(of: &str, text: &str) -> String {
    let class = path(text).class.unwrap();
    let end = ENDS.into_iter().find(|end| class.is(&format!("X_{end}"))).unwrap_or_default();
    format!("{of}{end}")
}

/// A path between quotes in a query or in another path.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What the store takes for the same: the first of those that are one key.
fn classes_of(session: &Session, texts: &[&str]) -> Vec<usize> {
    let mut firsts: Vec<usize> = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let held = Instance::new(class_for("X_Held", text)).with("R", path(text));
        let made = session.create_instance(&context(), &held);
        let own = match made.map_err(|error| error.status()) {
            Ok(_) => at,
            Err(Status::AlreadyExists) => {
                let held = |text| {
                    let at = format!("{}.R={}", class_for("X_Held", text), quoted(text));
                    get(session, &at).unwrap()
                };
                let is_it = |first: &&usize| held(texts[**first]) == held(text);
                *firsts.iter().find(is_it).unwrap()
            }
            Err(error) => panic!("{text}: {error:?}"),
        };
        firsts.push(own);
    }
    firsts
}

fn id(value: Option<ValueView<'_>>) -> usize {
    value.and_then(ValueView::as_integer).and_then(|id| id.try_into().ok()).unwrap()
}

fn ids(session: &Session, query: &str) -> BTreeSet<usize> {
    let result = session.query(&context(), query).unwrap_or_else(|e| panic!("{query}: {e}"));
    result.rows().map(|row| id(row.unwrap().property("Id"))).collect()
}

fn subscribe(session: &Session, text: &str) -> Subscription {
    let query = match session.dialect() {
        Dialect::Wmi => format!(
            "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA '{}' \
             AND TargetInstance.R = {}",
            class_for("X_Link", text),
            quoted(text)
        ),
        Dialect::Dmtf => format!(
            "SELECT * FROM CIM_InstCreation WHERE SourceInstance ISA '{}' \
             AND SourceInstance.R = {}",
            class_for("X_Link", text),
            quoted(text)
        ),
    };
    session.subscribe(&context(), &query, SubscribeOptions::new()).unwrap()
}

fn seen(subscription: &Subscription) -> BTreeSet<usize> {
    let events = std::iter::from_fn(|| subscription.try_next().unwrap());
    events.map(|event| id(event.target().unwrap().property("Id"))).collect()
}

/// Compares everything that says whether references are the same with the store.
fn check(dialect: Dialect, texts: &[&str], targets: bool) {
    let session = world(dialect);
    let firsts = classes_of(&session, texts);
    if targets {
        for (class, key) in [("X_A", Value::from("a")), ("X_N", 16_i32.into())] {
            session.create_instance(&context(), &Instance::new(class).with("K", key)).unwrap();
        }
        let _ = session.create_instance(&context(), &Instance::new("X_A").with("K", "A"));
    }
    let subscriptions: Vec<_> = texts.iter().map(|text| subscribe(&session, text)).collect();
    for (at, text) in texts.iter().enumerate() {
        let row = Instance::new(class_for("X_Link", text)).with("Id", at as u32);
        session.create_instance(&context(), &row.with("R", path(text))).unwrap();
    }
    session.repository().dispatch_events();
    let extended = session.clone().with_language_level(Level::Extended);
    for indexed in [false, true] {
        if indexed {
            for end in ENDS {
                session.create_index(&context(), &format!("X_Link{end}"), "R").unwrap();
            }
        }
        for (at, text) in texts.iter().enumerate() {
            let class = class_for("X_Link", text);
            let of_class = (0..texts.len()).filter(|n| class_for("X_Link", texts[*n]) == class);
            let (same, other): (BTreeSet<usize>, BTreeSet<usize>) =
                of_class.partition(|other| firsts[*other] == firsts[at]);
            let (from, text) = (format!("SELECT * FROM {class} WHERE"), quoted(text));
            assert_eq!(ids(&session, &format!("{from} R = {text}")), same, "{dialect:?} {text}");
            assert_eq!(ids(&session, &format!("{from} R <> {text}")), other, "{dialect:?} {text}");
            assert_eq!(ids(&session, &format!("{from} NOT R = {text}")), other, "{text}");
        }
        let distinct = |end| rows(&extended, &format!("SELECT DISTINCT R FROM X_Link{end}")).len();
        let kinds: BTreeSet<_> = firsts.iter().collect();
        assert_eq!(ENDS.map(distinct).iter().sum::<usize>(), kinds.len(), "{dialect:?}");
    }
    for (at, subscription) in subscriptions.iter().enumerate() {
        let same = (0..texts.len()).filter(|other| firsts[*other] == firsts[at]).collect();
        assert_eq!(seen(subscription), same, "{dialect:?} {}", texts[at]);
    }
}

#[test]
fn all_spellings() {
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        check(dialect, SPELLINGS, false);
        check(dialect, SPELLINGS, true);
    }
    // As many as there are objects.
    let kinds = |dialect| {
        let firsts = classes_of(&world(dialect), SPELLINGS);
        firsts.into_iter().collect::<BTreeSet<_>>().len()
    };
    assert_eq!((kinds(Dialect::Wmi), kinds(Dialect::Dmtf)), (12, 15));
}

#[test]
fn paths_of_objects_are_references() {
    for (dialect, count) in [(Dialect::Wmi, 1), (Dialect::Dmtf, 2)] {
        let session = world(dialect);
        let make = |instance| session.create_instance(&context(), &instance);
        make(Instance::new("X_A").with("K", "a")).unwrap();
        assert_eq!(make(Instance::new("X_A").with("K", "A")).is_ok(), count == 2);
        make(Instance::new("X_L").with("R", path(r#"x_a="a""#))).unwrap();
        make(Instance::new("X_N").with("K", 16_i32)).unwrap();
        for property in ["__RELPATH", "__PATH"] {
            for (class, text, expected) in [
                ("X_A", r#"X_A.K="a""#, 1),
                ("X_A", r#"x_a="A""#, 1),
                ("X_A", r#"\\.\root\cimv2:X_A='a'"#, 1),
                ("X_A", r#"\\alpha\ROOT\cimv2:X_A='a'"#, 1),
                ("X_A", r#"root\other:X_A='a'"#, 0),
                ("X_A", r#"X_A.K="b""#, 0),
                ("X_L", r#"X_L.R="X_A.K=\"a\"""#, 1),
                ("X_L", r#"x_l="\\\\.\\root\\cimv2:x_a='a'""#, 1),
                ("X_L", r#"x_l="x_a='A'""#, 2 - count),
                ("X_N", "X_N.K=0x10", 1),
                ("X_N", r#"X_N="16""#, 1),
            ] {
                let equals = format!("SELECT * FROM {class} WHERE {property} = {}", quoted(text));
                let result = session.query(&context(), &equals).unwrap();
                assert_eq!(result.count().unwrap(), expected, "{dialect:?} {equals}");
            }
        }
    }
}

/// A key that is a path is the same given as text or put together, and the object is found
/// either way.
#[test]
fn keys_that_are_paths_are_read() {
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        let session = world(dialect);
        let read = path(r#"X_L.R="X_A.K=\"a\"""#);
        session.create_instance(&context(), &Instance::new("X_HeldL").with("R", read)).unwrap();
        let inner = cimarron_model::KeyValue::reference(path(r#"X_A.K="a""#)).unwrap();
        let made = ObjectPath::of_instance("X_L", [("R", inner)].into_iter().collect());
        let again = Instance::new("X_HeldL").with("R", made);
        let again = session.create_instance(&context(), &again).map_err(|e| e.status());
        assert_eq!(again.unwrap_err(), Status::AlreadyExists);
        let at = quoted(r#"x_l='x_a="a"'"#);
        assert!(get(&session, &format!("X_HeldL.R={at}")).is_ok(), "{dialect:?}");
    }
}

/// Whether the class that a path names is there when the path is written or looked for is all the
/// same: what was stored is not read again.
#[test]
fn classes_come_and_go() {
    const LATER: &str = "[association] class X_Later { [key] X_A ref R; };";
    for indexed in ["", "[Indexed] "] {
        let session = wmi_with(&format!(
            "class X_A {{ [key] string K; }};
             [association] class X_Held {{ [key] object ref R; X_A ref S; }};
             class X_Link {{ [key] uint32 Id; {indexed}object ref R; }};"
        ));
        let texts = [
            r#"X_Later.R="X_A.K=\"a\"""#,
            r#"x_later="x_a='a'""#,
            r#"X_Later.R="\\\\.\\root\\cimv2:X_A='A'""#,
        ];
        let subscriptions = texts.map(|text| subscribe(&session, text));
        let mut links = 0_u32..;
        let mut write_and_look = |is_first: bool| {
            for (at, text) in texts.iter().enumerate() {
                let held = Instance::new("X_Held").with("R", path(text));
                let made = session.create_instance(&context(), &held);
                assert_eq!(made.is_ok(), is_first && at == 0, "{text}");
                assert!(get(&session, &format!("X_Held.R={}", quoted(text))).is_ok(), "{text}");
                let link = Instance::new("X_Link").with("Id", links.next().unwrap());
                session.create_instance(&context(), &link.with("R", path(text))).unwrap();
            }
            // Enough for the index to be worth its while.
            for _ in 0..100 {
                let other = path(r#"X_Later.R="X_A.K=\"b\"""#);
                let link =
                    Instance::new("X_Link").with("Id", links.next().unwrap()).with("R", other);
                session.create_instance(&context(), &link).unwrap();
            }
            session.repository().dispatch_events();
            for (text, subscription) in texts.iter().zip(&subscriptions) {
                let from = "SELECT * FROM X_Link WHERE";
                let equal = ids(&session, &format!("{from} R = {}", quoted(text)));
                assert_eq!(equal, ids(&session, &format!("{from} NOT R <> {}", quoted(text))));
                assert_eq!(equal.len() % texts.len(), 0);
                let new = seen(subscription);
                assert_eq!(new.len(), texts.len(), "{text}");
                assert!(new.is_subset(&equal), "{text}");
            }
            ids(&session, &format!("SELECT * FROM X_Link WHERE R = {}", quoted(texts[0]))).len()
        };
        assert_eq!(write_and_look(true), 3);
        session.compile_mof_text(&context(), "later.mof", LATER).unwrap();
        assert_eq!(write_and_look(false), 6);
        session.delete_class(&context(), "X_Later").unwrap();
        assert_eq!(write_and_look(false), 9);
    }
}

/// Only strings have no case in WMI: a `char16` is a number.
#[test]
fn characters_have_case() {
    let session = wmi_with(
        "class X_C { [key] char16 K; }; [association] class X_Link { [key] uint32 Id; X_C ref R; };",
    );
    for (id, unit) in [(1_u32, 'a'), (2, 'A')] {
        let key = cimarron_model::Char16(unit as u16);
        session.create_instance(&context(), &Instance::new("X_C").with("K", key)).unwrap();
        let end = path(&format!("X_C.K='{unit}'"));
        let link = Instance::new("X_Link").with("Id", id).with("R", end);
        session.create_instance(&context(), &link).unwrap();
    }
    assert_eq!(rows(&session, "SELECT * FROM X_C WHERE K = 'a'").len(), 1);
    let links = session.query(&context(), "REFERENCES OF {X_C.K='a'}").unwrap();
    assert_eq!(links.count().unwrap(), 1);
    // A reference is compared without its class.
    let query = "SELECT * FROM X_Link WHERE R = \"X_C.K='a'\"";
    assert_eq!(rows(&session, query).len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_is_there(
        texts in prop::collection::vec(prop::sample::select(SPELLINGS), 1..12),
        targets: bool,
        dmtf: bool,
    ) {
        let dialect = if dmtf { Dialect::Dmtf } else { Dialect::Wmi };
        check(dialect, &texts, targets);
    }
}
