//! References that are one object, spelled in many ways.

use super::*;
use crate::CimType;
use proptest::prelude::*;
use std::hash::{BuildHasherDefault, DefaultHasher};

type Build = BuildHasherDefault<DefaultHasher>;

fn rules(dialect: Dialect) -> ReferenceRules {
    let location =
        Location { servers: Arc::from([SmolStr::new("ALPHA")]), namespace: Name::new("root/x") };
    ReferenceRules::new(dialect, Arc::new(location))
}

fn hash(rules: &ReferenceRules, path: &ObjectPath) -> u64 {
    let mut state = DefaultHasher::new();
    rules.hash(path, &mut state, &Build::default());
    state.finish()
}

fn read(text: &str) -> ObjectPath {
    ObjectPath::parse(text).unwrap()
}

/// The path put together of those that are its keys, as a store does that has the class.
fn assembled(mut path: ObjectPath) -> ObjectPath {
    let assemble = |value: &mut KeyValue| {
        let inner = match &*value {
            KeyValue::String(text) => ObjectPath::parse(text).ok(),
            _ => None,
        };
        if let Some(inner) = inner.filter(ObjectPath::is_instance) {
            *value = KeyValue::reference(assembled(inner)).unwrap();
        }
    };
    match &mut path.keys {
        Keys::Unnamed(value) => assemble(value),
        Keys::Named(keys) => keys.iter_mut().for_each(|key| assemble(&mut key.value)),
        Keys::Class | Keys::Singleton => {}
    }
    path
}

#[track_caller]
fn check(a: &str, b: &str, wmi: bool, dmtf: bool) {
    for (dialect, expected) in [(Dialect::Wmi, wmi), (Dialect::Dmtf, dmtf)] {
        let (rules, a, b) = (rules(dialect), read(a), read(b));
        assert_eq!(rules.same(&a, &b), expected, "{a} {b} {dialect:?}");
        assert_eq!(rules.canonical(&a) == rules.canonical(&b), expected, "{a} {b} {dialect:?}");
        assert!(!expected || hash(&rules, &a) == hash(&rules, &b), "{a} {b} {dialect:?}");
    }
}

#[test]
fn texts_follow_the_dialect_and_names_have_no_case() {
    check(r#"X_A.K="a""#, r#"x_a.k="a""#, true, true);
    check(r#"X_A.K="a""#, r#"X_A.K="A""#, true, false);
    check(r#"X_A.K="Straße K""#, "X_A.K=\"STRAẞE \u{212a}\"", true, false);
    check(r#"X_A.K="a""#, r#"X_B.K="a""#, false, false);
    check(r#"X_A.K='a"b'"#, r#"X_A.K="a\"b""#, true, true);
    check("X_A", "x_a", true, true);
    check("X_A", "X_A=@", false, false);
    check("X_A=@", "x_a=@", true, true);
    check("X_A=@", "/:X_A.", true, true);
}

#[test]
fn what_is_said_anyway_may_be_left_out() {
    let plain = r#"X_A.K="a""#;
    for head in [r"root\x:", "//./root/x:", r"\\alpha\ROOT\X:", r"\\localhost\root\x:", r"\\.\:"] {
        check(plain, &format!("{head}{plain}"), true, true);
    }
    for head in [r"root\y:", r"\\beta\root\x:", r"\\.\root\y:", r"\\beta\:", "root:"] {
        check(plain, &format!("{head}{plain}"), false, false);
    }
    check(r#"\\BETA\root\x:X_A=1"#, "//beta/ROOT/x:X_A.K=1", true, true);
}

#[test]
fn numbers_and_truths_are_their_values() {
    for other in ["X_A.K=0x10", "X_A.K=+16", "X_A.K=016", r#"X_A.K="16""#, "X_A=16", "X_A.K=16.0"] {
        check("X_A.K=16", other, true, true);
    }
    check("X_A.K=16", "X_A.K=1.6e1", true, true);
    check("X_A.K=1.5", "X_A.K=15e-1", true, true);
    check("X_A.K=0", "X_A.K=-0", true, true);
    check("X_A.K=0.0", "X_A.K=-0.0", false, false);
    check("X_A.K=16", "X_A.K=17", false, false);
    // What is text may not be a number: a string's digits are characters.
    check("X_A.K=16", r#"X_A.K="0x10""#, false, false);
    check("X_A.K=TRUE", "X_A.K=true", true, true);
    check("X_A.K=TRUE", r#"X_A.K="TRUE""#, true, true);
    check("X_A.K=TRUE", "X_A.K=FALSE", false, false);
    check(r#"X_A.K="20240101000000.000000+000""#, "X_A='20240101000000.000000+000'", true, true);
}

#[test]
fn keys_come_in_any_order() {
    check(r#"X_A.K="a",L=1"#, r#"X_A.l=1,k="a""#, true, true);
    check(r#"X_A.K="a",L=1"#, r#"X_A.l=1,k="A""#, true, false);
    check("X_A.K=1", "X_A=1", true, true);
    check("X_A.K=1", "X_A.K=1,L=1", false, false);
    check("X_A.K=1,L=2", "X_A.K=2,L=1", false, false);
}

#[test]
fn keys_that_are_paths_are_compared_as_such() {
    check(r#"X_L.R="X_B.K=\"a\"""#, r#"x_l="\\\\.\\root\\x:x_b=\"a\"""#, true, true);
    check(r#"X_L.R="X_B.K=\"a\"""#, r#"X_L.R="X_B.K=\"A\"""#, true, false);
    check(r#"X_M.R="X_B=1",S="X_B=2""#, r#"X_M.S="X_B.K=\"2\"",R="X_B.K=0x1""#, true, true);
    let two = r#"X_L.R="X_L.R=\"X_B.K=\\\"a\\\"\"""#;
    check(two, r#"X_L='x_l.r="X_B=\'a\'"'"#, true, true);
    // One class, here and in another namespace.
    let elsewhere = r#"X_M.R="X_L.R=\"X_B=1\"",S="root/y:X_L.R=\"X_B=1\"""#;
    check(elsewhere, r#"X_M.s="root\\y:x_l=\"X_B.K=1\"",r="X_L='x_b=1'""#, true, true);
    check(elsewhere, r#"X_M.R="X_L='X_B=1'",S="X_L='X_B=1'""#, false, false);
    // A singleton, and texts that are no instance's path.
    check(r#"X_L.R="X_S=@""#, r#"X_L.R="/:x_s.""#, true, true);
    check(r#"X_L.R="X_S""#, r#"X_L.R="x_s""#, true, false);
    check(r#"X_L.R="X_S""#, r#"X_L.R="X_S=@""#, false, false);
    check(r#"X_L.R="CN=a,DC=b""#, r#"X_L.R="cn=a,dc=b""#, true, false);
    // What parses differs from what does not, though both are one without case.
    check("X_L.R=\"X_B=fal\u{17f}e\"", r#"X_L.R="X_B=false""#, false, false);
    // A path that was put together is the one that was read.
    let made = ObjectPath::of_instance(
        "X_L",
        [("R", KeyValue::reference(ObjectPath::parse("X_B.K=1").unwrap()).unwrap())]
            .into_iter()
            .collect(),
    );
    let text = r#"X_L.R="X_B.K=1""#;
    assert_eq!(made.to_string(), text);
    assert!(rules(Dialect::Dmtf).same(&made, &read(text)));
    // The class is named here and no instance.
    let class = KeyValue::reference(ObjectPath::of_class("X_S")).unwrap();
    let class = ObjectPath::of_instance("X_L", [("R", class)].into_iter().collect());
    assert!(rules(Dialect::Dmtf).same(&class, &read(r#"X_L.R="X_S""#)));
}

/// A key of every kind, spelled in several ways.
fn value() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "1",
        "+1",
        "0x1",
        "1.0",
        r#""1""#,
        "TRUE",
        "true",
        r#""true""#,
        r#""a""#,
        "'A'",
        r#""X_B.K=\"a\"""#,
        r#""x_b=\"a\"""#,
        r#""\\\\.\\root\\x:X_B.K='A'""#,
        r#""a\\b""#,
        r#""X_B.K=\"x_b=1\"""#,
        r#""X_B.K=\"/:X_B.K='1'\"""#,
        r#""X_B='a',b""#,
        r#""X_B""#,
        r#""x_b=@""#,
        r#""/:X_B.""#,
        "\"X_B=fal\u{17f}e\"",
        r#""x_b=FALSE""#,
    ])
}

fn path() -> impl Strategy<Value = String> {
    let head = prop::sample::select(vec![
        "",
        r"root\x:",
        r"\\.\root\x:",
        r"\\alpha\ROOT\X:",
        "root/y:",
        r"\\beta\root\x:",
        "//BETA/root/X:",
    ]);
    let class = prop::sample::select(vec!["X_A", "x_a", "X_L", "x_l"]);
    (head, class, value(), value(), 0..6_u8).prop_map(|(head, class, k, l, form)| match form {
        0 => format!("{head}{class}={k}"),
        1 => format!("{head}{class}.K={k}"),
        2 => format!("{head}{class}.K={k},L={l}"),
        3 => format!("{head}{class}.l={l},k={k}"),
        4 => format!("{head}{class}"),
        _ => format!("{head}{class}=@"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn same_canonical_and_hash_agree(a in path(), b in path(), c in path(), is_assembled: bool) {
        for dialect in [Dialect::Wmi, Dialect::Dmtf] {
            let (rules, [a, b, c]) = (rules(dialect), [&a, &b, &c].map(|text| read(text)));
            let b = if is_assembled { assembled(b) } else { b };
            let same = rules.canonical(&a) == rules.canonical(&b);
            prop_assert_eq!(rules.same(&a, &b), same, "{} {}", a, b);
            prop_assert_eq!(rules.same(&b, &a), same, "{} {}", b, a);
            prop_assert!(rules.same(&a, &a));
            prop_assert!(!same || hash(&rules, &a) == hash(&rules, &b), "{} {}", a, b);
            prop_assert!(!(same && rules.same(&b, &c)) || rules.same(&a, &c), "{a} {b} {c}");
            // What differs in Wmi differs in Dmtf.
            prop_assert!(!same || self::rules(Dialect::Wmi).same(&a, &b), "{} {}", a, b);
        }
    }

    #[test]
    fn what_is_printed_is_the_same(a in path()) {
        let a = read(&a);
        for text in [a.to_wmi(), a.to_uri()] {
            prop_assert!(rules(Dialect::Dmtf).same(&a, &read(&text)), "{} {}", a, text);
        }
    }

    #[test]
    fn references_that_are_the_same_have_the_same_keys(k in value(), l in value()) {
        let [a, b] = [k, l].map(|value| ObjectPath::parse(&format!("X_A={value}")).unwrap());
        for dialect in [Dialect::Wmi, Dialect::Dmtf] {
            let integers = [&a, &b].map(|path| path.key("K").unwrap().bind(CimType::SInt64).ok());
            if let [Some(one), Some(other)] = integers
                && rules(dialect).same(&a, &b)
            {
                prop_assert_eq!(one, other);
            }
        }
    }
}
