//! Tests of object paths: both text forms, equality, binding.

use super::*;
use crate::{Char16, CimType, DateTime, Value};
use proptest::prelude::*;
use std::hash::{DefaultHasher, Hash, Hasher};

fn named<const N: usize>(keys: [(&str, KeyValue); N]) -> Keys {
    keys.into_iter().collect()
}

fn hash_of(path: &ObjectPath) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn wmi_forms() {
    let disk = || ObjectPath::of_instance("Win32_LogicalDisk", named([("DeviceID", "C:".into())]));
    for (text, path, prints) in [
        ("Win32_LogicalDisk", ObjectPath::of_class("Win32_LogicalDisk"), None),
        (r"Root\CimV2:C", ObjectPath::of_class("C").with_namespace("Root/CimV2"), None),
        (
            "root/cimv2:C",
            ObjectPath::of_class("C").with_namespace("root/cimv2"),
            Some(r"root\cimv2:C"),
        ),
        (
            r"\root\cimv2:C",
            ObjectPath::of_class("C").with_namespace(r"root\cimv2"),
            Some(r"root\cimv2:C"),
        ),
        ("root:C", ObjectPath::of_class("C").with_namespace("root"), None),
        (r"Win32_LogicalDisk.DeviceID='C:'", disk(), Some(r#"Win32_LogicalDisk.DeviceID="C:""#)),
        (
            r#"\\Admin\root:Win32_LogicalDisk.DeviceID="C:""#,
            disk().with_namespace("root").with_host("Admin"),
            None,
        ),
        (
            r#"//./root/cimv2:Win32_LogicalDisk.deviceid="C:""#,
            disk().with_namespace("root/cimv2").with_host("."),
            Some(r#"\\.\root\cimv2:Win32_LogicalDisk.deviceid="C:""#),
        ),
        (r"\\Server\root\cimv2", ObjectPath::of_namespace("root/cimv2").with_host("Server"), None),
        (r"root\cimv2", ObjectPath::of_namespace("root/cimv2"), None),
        (r"\root", ObjectPath::of_namespace("root"), None),
        (r"\\h\:C", ObjectPath::of_class("C").with_host("h"), None),
        (":C", ObjectPath::of_class("C"), Some("C")),
        (
            r"root\cimv2:C=@",
            ObjectPath::of_instance("C", Keys::Singleton).with_namespace("root/cimv2"),
            None,
        ),
        (
            r#"C="a:b\\c\"d'e""#,
            ObjectPath::of_instance("C", Keys::Unnamed(r#"a:b\c"d'e"#.into())),
            None,
        ),
        ("ComPort=2", ObjectPath::of_instance("ComPort", Keys::Unnamed(2.into())), None),
        (
            "C.a=-017,b=0x10,c=true,d=1.5,e=18446744073709551615",
            ObjectPath::of_instance(
                "C",
                named([
                    ("a", (-17).into()),
                    ("b", 16.into()),
                    ("c", true.into()),
                    ("d", KeyValue::Real(1.5)),
                    ("e", u64::MAX.into()),
                ]),
            ),
            Some("C.a=-17,b=16,c=TRUE,d=1.5,e=18446744073709551615"),
        ),
    ] {
        let parsed = ObjectPath::parse_wmi(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(parsed, path, "{text}");
        assert_eq!(parsed.to_wmi(), prints.unwrap_or(text));
        assert_eq!(ObjectPath::parse(text), Ok(path), "{text}");
    }
}

#[test]
fn uri_forms() {
    let foo = || ObjectPath::of_instance("CIM_Foo", named([("k1", "v1".into())]));
    let whole = |host: &str| foo().with_namespace("root/cimv2").with_host(host);
    for (text, path, standard, historical, cimobject) in [
        (
            r#"https://10.11.12.13:5989/root/cimv2:CIM_Foo.k1="v1""#,
            whole("10.11.12.13:5989"),
            r#"//10.11.12.13:5989/root/cimv2:CIM_Foo.k1="v1""#,
            r#"//10.11.12.13:5989/root/cimv2:CIM_Foo.k1="v1""#,
            r#"root/cimv2:CIM_Foo.k1="v1""#,
        ),
        (
            r#"cimxml-wbems://jdd:test@[10:11:12:13]/root/cimv2:CIM_Foo.k1='v1'"#,
            whole("jdd:test@[10:11:12:13]"),
            r#"//jdd:test@[10:11:12:13]/root/cimv2:CIM_Foo.k1="v1""#,
            r#"//jdd:test@[10:11:12:13]/root/cimv2:CIM_Foo.k1="v1""#,
            r#"root/cimv2:CIM_Foo.k1="v1""#,
        ),
        (
            r#"https:/root/cimv2:CIM_Foo.k1="v1""#,
            foo().with_namespace("root/cimv2"),
            r#"/root/cimv2:CIM_Foo.k1="v1""#,
            r#"root/cimv2:CIM_Foo.k1="v1""#,
            r#"root/cimv2:CIM_Foo.k1="v1""#,
        ),
        (
            r#"/:CIM_Foo.k1="v1""#,
            foo(),
            r#"/:CIM_Foo.k1="v1""#,
            r#"CIM_Foo.k1="v1""#,
            r#":CIM_Foo.k1="v1""#,
        ),
        (
            r#":CIM_Foo.k1="v1""#,
            foo(),
            r#"/:CIM_Foo.k1="v1""#,
            r#"CIM_Foo.k1="v1""#,
            r#":CIM_Foo.k1="v1""#,
        ),
        (
            "/root/cimv2/test:CIM_Foo",
            ObjectPath::of_class("CIM_Foo").with_namespace("root/cimv2/test"),
            "/root/cimv2/test:CIM_Foo",
            "root/cimv2/test:CIM_Foo",
            "root/cimv2/test:CIM_Foo",
        ),
        ("/root", ObjectPath::of_namespace("root"), "/root", "root", "root"),
        (
            "///root:C",
            ObjectPath::of_class("C").with_namespace("root"),
            "/root:C",
            "root:C",
            "root:C",
        ),
        (
            "/n:C.",
            ObjectPath::of_instance("C", Keys::Singleton).with_namespace("n"),
            "/n:C=@",
            "n:C=@",
            "n:C=@",
        ),
        (
            r#"/n:C.k1=015,k2=-0101b,k3=0X1F,k4=False,k5="\n\x41G",k6=19980125133015.123456-300"#,
            ObjectPath::of_instance(
                "C",
                named([
                    ("k1", 13.into()),
                    ("k2", (-5).into()),
                    ("k3", 31.into()),
                    ("k4", false.into()),
                    ("k5", "\n\u{41}G".into()),
                    ("k6", "19980125133015.123456-300".into()),
                ]),
            )
            .with_namespace("n"),
            "/n:C.k1=13,k2=-5,k3=31,k4=FALSE,k5=\"\nAG\",k6=\"19980125133015.123456-300\"",
            "n:C.k1=13,k2=-5,k3=31,k4=FALSE,k5=\"\nAG\",k6=\"19980125133015.123456-300\"",
            "n:C.k1=13,k2=-5,k3=31,k4=FALSE,k5=\"\nAG\",k6=\"19980125133015.123456-300\"",
        ),
    ] {
        let parsed = ObjectPath::parse_uri(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(parsed, path, "{text}");
        assert_eq!(parsed.to_uri(), standard);
        assert_eq!(parsed.to_uri_as(UriFormat::Historical), historical);
        assert_eq!(parsed.to_uri_as(UriFormat::CimObject), cimobject);
    }
    let path = ObjectPath::parse(r#"//ACME.com/CIMv2/T:C.B="Bb",a=1"#).unwrap();
    assert_eq!(path.to_uri_as(UriFormat::Canonical), r#"//acme.com/cimv2/t:c.a=1,b="Bb""#);
    assert_eq!(path.relative(), r#"C.B="Bb",a=1"#);
}

#[test]
fn refuses_with_place_and_cause() {
    let keys: Vec<_> = (0..257).map(|n| format!("k{n}=1")).collect();
    let many = format!("C.{}", keys.join(","));
    for (text, span, message) in [
        ("", 0..0, "empty"),
        (r"\\server", 2..8, "names a server"),
        (r"\\\root:C", 2..2, "name of a server"),
        (r"\\a b\root:C", 3..4, "' '"),
        ("//10.11.12.13;5989/n:C", 13..14, "';'"),
        (r"root\\cimv2:C", 5..5, "namespace"),
        ("/root/ci mv2:C", 6..12, "ci mv2"),
        ("https://h:5989/root.C.k=\"v\"", 15..23, "`:`"),
        ("/cimv2/C.k=1", 1..10, "`:`"),
        ("/root/cimv2:", 12..12, "class"),
        ("/root:1C", 6..7, "class"),
        ("C/k=1", 0..3, "`:`"),
        ("root:C/k=1", 6..7, "`.` and a key"),
        ("root:C:k=1", 6..7, "`.` and a key"),
        ("C.", 2..2, "key"),
        ("C.=1", 2..3, "key"),
        ("C.k242", 6..6, "`=`"),
        ("C.k=", 4..4, "not a key value"),
        ("C.k=v", 4..5, "`v` is not a key value"),
        ("C.k==42", 4..7, "not a key value"),
        ("C.k=1.", 4..6, "not a key value"),
        ("C.k=\u{661}", 4..6, "not a key value"),
        ("C.k=1,,l=2", 6..7, "key"),
        ("C.k=1,", 6..6, "key"),
        ("C.k=\"v\".l=1", 7..8, "another key"),
        ("C=@x", 3..4, "end of the path"),
        ("C=1,k=2", 3..4, "end of the path"),
        ("C.k=\"a", 4..6, "close it"),
        ("C.k=\"a\\", 4..7, "close it"),
        (r#"C.k="C:\temp""#, 7..9, "write two"),
        (r#"C.k="\x41""#, 5..7, "write two"),
        ("C.k=1,K=2", 6..7, "twice"),
        (&format!("C.k={}", "9".repeat(40)), 4..44, "too large"),
        ("C.k=1e999", 4..9, "too large"),
        (&many, many.len() - 6..many.len() - 2, "256"),
    ] {
        let error = ObjectPath::parse(text).expect_err(text);
        assert_eq!(error.span(), span, "{text}: {error}");
        assert!(error.to_string().contains(message), "{text}: {error}");
    }
    for text in
        ["/n:C.k=018", "/n:C.k=0102b", "/n:C.k=0x19afg", r#"/n:C.k="\xD800""#, r#"/n:C.k="\q""#]
    {
        assert!(ObjectPath::parse(text).is_err(), "{text}");
    }
}

#[test]
fn namespaces() {
    for text in ["root", r"\root", "/root", "root/cimv2", r"\\.\root\cimv2", "//h/root"] {
        let path = ObjectPath::parse_namespace(text).unwrap();
        assert!(path.is_namespace() && path.namespace.unwrap().starts_with("root"), "{text}");
    }
    for text in ["", "root:C", r"\\h", r"root\", "ro ot", r"\\"] {
        assert!(ObjectPath::parse_namespace(text).is_err(), "{text}");
    }
}

#[test]
fn same_objects() {
    for (a, b, exact, insensitive) in [
        (r"\\H\Root\CimV2:C", "//h/root/cimv2:c", true, true),
        (r#"C.a=1,b="x""#, r#"c.B="x",A=1"#, true, true),
        (r#"C.a="x""#, r#"C.a="X""#, false, true),
        (r#"C="x""#, r#"C="X""#, false, true),
        (r#"C="x""#, r#"C.k="x""#, false, false),
        ("C.a=1", r#"C.a="1""#, false, false),
        ("C.a=1", "C.a=1,b=2", false, false),
        ("C.a=0.0", "C.a=-0.0", false, false),
        ("/:C.a=NaN", "/:C.a=nan", true, true),
        ("C", "C=@", false, false),
        ("/:C.", "C=@", true, true),
        ("root:C", "C", false, false),
        (r#"C.a="x,b=1""#, r#"C.a="x",b=1"#, false, false),
    ] {
        let [a, b] = [a, b].map(|text| ObjectPath::parse(text).unwrap());
        for (case, same) in [(KeyCase::Exact, exact), (KeyCase::Insensitive, insensitive)] {
            assert_eq!(a.same_object(&b, case), same, "{a} {b} {case:?}");
            assert_eq!(b.same_object(&a, case), same, "{b} {a} {case:?}");
            assert_eq!(a.canonical(case) == b.canonical(case), same, "{a} {b} {case:?}");
        }
        assert_eq!(a == b, exact);
        assert!(a != b || hash_of(&a) == hash_of(&b));
    }
    let inner = ObjectPath::parse("D.k=1").unwrap();
    let text = ObjectPath::of_instance("C", named([("r", inner.canonical(KeyCase::Exact).into())]));
    let path = ObjectPath::of_instance("C", named([("r", KeyValue::reference(inner).unwrap())]));
    assert_ne!(text.canonical(KeyCase::Exact), path.canonical(KeyCase::Exact));
    let untyped = ObjectPath::of_instance("C", named([("r", KeyValue::Untyped("v".into()))]));
    assert_eq!(untyped, ObjectPath::parse("C.r='v'").unwrap());
}

#[test]
fn references_nest() {
    let mut path = ObjectPath::parse(r#"\\h\root:C.k="a\\b\"c""#).unwrap();
    for _ in 1..4 {
        path = ObjectPath::of_instance("A", named([("r", KeyValue::reference(path).unwrap())]));
    }
    for text in [path.to_wmi(), path.to_uri()] {
        let mut left = ObjectPath::parse(&text).unwrap();
        for _ in 1..4 {
            let Value::Scalar(crate::Scalar::Reference(inner)) =
                left.key("R").unwrap().bind(CimType::Reference).unwrap()
            else {
                panic!("{text}")
            };
            left = (*inner).clone();
        }
        assert_eq!(left.key("k"), Some(&KeyValue::from("a\\b\"c")), "{text}");
    }
    while path.depth() < MAX_PATH_DEPTH {
        path = ObjectPath::of_instance("A", named([("r", KeyValue::reference(path).unwrap())]));
    }
    assert_eq!(KeyValue::reference(path), Err(KeyError::TooDeep));
}

#[test]
fn length_in_a_key_is_that_of_the_text() {
    for text in ["C", r"\\h\root:C.k=1", r#"C.k="a\\b\"c""#, r#"A.r="C.k=\"x\"""#, "C.ä=\"ö\""] {
        let path = ObjectPath::parse(text).unwrap();
        let whole = ObjectPath::of_instance(
            "O",
            named([("r", KeyValue::reference(path.clone()).unwrap())]),
        );
        let length = whole.to_wmi().len() - "O.r=".len();
        assert_eq!(path.length_in_key(length), Some(length), "{text}");
        assert_eq!(path.length_in_key(length - 1), None, "{text}");
    }
    assert_eq!(ObjectPath::of_class("C").length_in_key(1), None);
}

#[test]
fn keys_bind_to_types() {
    let untyped = |text: &str| KeyValue::Untyped(text.into());
    for (key, ty, value) in [
        (KeyValue::from(255), CimType::UInt8, Some(255u8.into())),
        (KeyValue::from(256), CimType::UInt8, None),
        (KeyValue::from(-1), CimType::UInt64, None),
        (KeyValue::from(u64::MAX), CimType::UInt64, Some(u64::MAX.into())),
        (KeyValue::from(u64::MAX), CimType::SInt64, None),
        (KeyValue::from("-128"), CimType::SInt8, Some((-128i8).into())),
        (untyped("0xff"), CimType::UInt16, Some(255u16.into())),
        (untyped("010"), CimType::SInt32, Some(10i32.into())),
        (untyped("101b"), CimType::UInt32, Some(5u32.into())),
        (untyped("1.0"), CimType::UInt32, None),
        (untyped(""), CimType::UInt32, None),
        (KeyValue::Real(1.0), CimType::UInt32, None),
        (KeyValue::from(true), CimType::UInt8, None),
        (untyped("tRue"), CimType::Boolean, Some(true.into())),
        (untyped("0"), CimType::Boolean, Some(false.into())),
        (KeyValue::from(1), CimType::Boolean, Some(true.into())),
        (KeyValue::from(2), CimType::Boolean, None),
        (untyped("1.5"), CimType::Real32, Some(1.5f32.into())),
        (KeyValue::Real(1e300), CimType::Real32, None),
        (untyped("1e999"), CimType::Real64, None),
        (untyped("-INF"), CimType::Real64, Some(f64::NEG_INFINITY.into())),
        (untyped("7"), CimType::Real64, Some(7f64.into())),
        (KeyValue::from("é"), CimType::Char16, Some(Char16(0xe9).into())),
        (KeyValue::from("\\xD800"), CimType::Char16, Some(Char16(0xd800).into())),
        (KeyValue::from("\\x0041"), CimType::Char16, None),
        (KeyValue::from("🦀"), CimType::Char16, None),
        (KeyValue::from(65), CimType::Char16, Some(Char16(65).into())),
        (KeyValue::from(65536), CimType::Char16, None),
        (untyped("12"), CimType::String, Some("12".into())),
        (KeyValue::from(12), CimType::String, None),
        (
            KeyValue::from("20240101000000.000000+000"),
            CimType::DateTime,
            Some(DateTime::parse("20240101000000.000000+000").unwrap().into()),
        ),
        (KeyValue::from("tomorrow"), CimType::DateTime, None),
        (
            KeyValue::from("/n:D.k=1"),
            CimType::Reference,
            Some(ObjectPath::parse(r"n:D.k=1").unwrap().into()),
        ),
        (KeyValue::from("not a path"), CimType::Reference, None),
        (KeyValue::from("x"), CimType::Object, None),
    ] {
        let bound = key.bind(ty);
        assert_eq!(bound.clone().ok(), value, "{key} {ty} {bound:?}");
        if let Ok(value) = bound {
            assert_eq!(value.cim_type(), ty);
            let again = KeyValue::from_value(&value).unwrap();
            assert_eq!(again.bind(ty), Ok(value));
        }
    }
    let error = KeyValue::from(256).bind(CimType::UInt8).unwrap_err();
    assert_eq!(error.to_string(), "the key value 256 is outside the range of uint8");
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z_é][A-Za-z0-9_é]{0,6}"
}

fn key_value() -> impl Strategy<Value = KeyValue> {
    prop_oneof![
        4 => any::<String>().prop_map(KeyValue::from),
        2 => "[\\\\\"'=,.:@/a]{0,8}".prop_map(KeyValue::from),
        1 => any::<i64>().prop_map(KeyValue::from),
        1 => any::<u64>().prop_map(KeyValue::from),
        1 => any::<f64>().prop_map(KeyValue::Real),
        1 => any::<bool>().prop_map(KeyValue::from),
    ]
}

fn keys() -> impl Strategy<Value = Keys> {
    prop_oneof![
        Just(Keys::Class),
        Just(Keys::Singleton),
        key_value().prop_map(Keys::Unnamed),
        proptest::collection::btree_map(name().prop_map(Name::from), key_value(), 1..5)
            .prop_map(|keys| keys.into_iter().collect()),
    ]
}

prop_compose! {
    fn path()(
        host in proptest::option::of(r"\.|[a-z0-9.-]{1,8}(:[0-9]{1,5})?"),
        namespace in proptest::option::of("[A-Za-z0-9_]{1,4}(/[A-Za-z0-9_.-]{1,4}){0,2}"),
        class in proptest::option::of(name()), keys in keys()
    ) -> ObjectPath {
        let mut path = ObjectPath { host: host.map(Into::into), ..ObjectPath::default() };
        match (namespace, class) {
            (None, class) => path.class = Some(class.unwrap_or_else(|| "C".into()).into()),
            (Some(namespace), class) => {
                path.namespace = Some(namespace.into());
                path.class = class.map(Into::into);
            }
        }
        if path.class.is_some() {
            path.keys = keys;
        }
        path
    }
}

proptest! {
    #[test]
    fn what_is_printed_parses_back(path in path()) {
        let wmi = path.to_wmi();
        prop_assert_eq!(ObjectPath::parse_wmi(&wmi), Ok(path.clone()), "{}", wmi);
        prop_assert_eq!(ObjectPath::parse(&wmi), Ok(path.clone()), "{}", wmi);
        for format in [UriFormat::Standard, UriFormat::Canonical] {
            let uri = path.to_uri_as(format);
            let back = ObjectPath::parse_uri(&uri);
            prop_assert_eq!(back.as_ref(), Ok(&path), "{}", uri);
            prop_assert_eq!(hash_of(&back.unwrap()), hash_of(&path));
            prop_assert_eq!(ObjectPath::parse(&uri), Ok(path.clone()), "{}", uri);
        }
        let relative = ObjectPath { host: None, namespace: None, ..path.clone() };
        if path.class.is_some() {
            prop_assert_eq!(ObjectPath::parse(&path.relative()), Ok(relative));
        }
    }

    #[test]
    fn nested_paths_come_back_through_text(inner in path(), outer in path()) {
        let keys = named([("r", KeyValue::reference(inner.clone()).unwrap())]);
        let outer = ObjectPath { class: Some("A".into()), keys, ..outer };
        for text in [outer.to_wmi(), outer.to_uri()] {
            let back = ObjectPath::parse(&text).unwrap();
            let bound = back.key("r").unwrap().bind(CimType::Reference);
            prop_assert_eq!(bound, Ok(Value::from(inner.clone())), "{}", text);
        }
    }

    #[test]
    fn canonical_text_is_the_relation(a in path(), b in path()) {
        let shouted = ObjectPath {
            namespace: a.namespace.as_ref().map(|n| n.to_uppercase().into()),
            ..a.clone()
        };
        for case in [KeyCase::Exact, KeyCase::Insensitive] {
            prop_assert_eq!(a.same_object(&b, case), a.canonical(case) == b.canonical(case));
            prop_assert!(a.same_object(&shouted, case));
            prop_assert_eq!(a.canonical(case), shouted.canonical(case));
        }
    }

    #[test]
    fn any_text_is_safe(text in "(\\\\\\\\|//|[a-z]+:/)?[a-z:/\\\\.=\"',@0-9é ]{0,40}", other in "\\PC*") {
        for text in [text, other] {
            for form in [PathForm::Wmi, PathForm::Uri] {
                match ObjectPath::parse_as(&text, form) {
                    Ok(path) => prop_assert!(!path.to_wmi().is_empty()),
                    Err(error) => prop_assert!(text.get(error.span()).is_some(), "{:?}", error),
                }
            }
            let _ = ObjectPath::parse_namespace(&text);
        }
    }
}
