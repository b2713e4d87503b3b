//! Tests of evaluation, and of the agreement with a naive oracle.

use super::real_to_integer;
use crate::testing::{TestSchema, datetime, embedded};
use crate::{BindOptions, Fetched, Projection, SystemValue, ValueRef, bind, parse};
use cimarron_model::{Char16, Dialect, Instance, Location, ReferenceRules, Value};
use proptest::prelude::*;
use std::cmp::Ordering;
use std::sync::Arc;

/// `full` with a value everywhere, `bare` with none but its key, and `sub` of the
/// subclass with a deeper point.
fn rows() -> Vec<Instance> {
    let inner = Instance::new("T_Point").with("X", 9_i32);
    let point = Instance::new("T_Point").with("X", 5_i32).with("Label", "Here");
    let deep =
        Instance::new("T_Point3").with("X", -5_i32).with("Z", 7_i32).with("Inner", embedded(inner));
    let full = Instance::new("T_Base")
        .with("Id", "full")
        .with("Flag", true)
        .with("U8", 200_u8)
        .with("S8", -100_i8)
        .with("U64", u64::MAX)
        .with("S64", i64::MIN)
        .with("R32", 0.1_f32)
        .with("R64", 9_007_199_254_740_992.0_f64)
        .with("Char", Char16(65))
        .with("Text", "Straße")
        .with("When", datetime("20240101120000.000000+060"))
        .with("Link", cimarron_model::ObjectPath::parse(r#"T_Base.Id="bare""#).unwrap())
        .with("Point", embedded(point.clone()))
        .with("Thing", embedded(point.with("Odd", 2.5_f64)));
    let bare = Instance::new("T_Base").with("Id", "bare");
    let sub = Instance::new("T_Derived")
        .with("Id", "sub")
        .with("Flag", false)
        .with("U8", 0_u8)
        .with("R64", f64::NAN)
        .with("Text", "")
        .with("When", datetime("00000001000000.000000:000"))
        .with("Point", embedded(deep))
        .with("Extra", "more");
    vec![full, bare, sub]
}

fn matching(condition: &str, dialect: Dialect) -> Vec<String> {
    let schema = TestSchema::new();
    let text = format!("SELECT * FROM T_Base WHERE {condition}");
    let query = parse(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let location = Location { servers: ["HOST".into()].into(), namespace: "root/test".into() };
    let options = BindOptions::new(ReferenceRules::new(dialect, Arc::new(location)));
    let bound = bind(&query, &schema, &options);
    let bound = bound.unwrap_or_else(|e| panic!("{text}: {e}")).into_data().unwrap();
    let id = |row: &Instance| row.get("Id").and_then(Value::as_str).unwrap().to_owned();
    rows().into_iter().filter(|r| bound.matches(&schema.row(r.clone()))).map(|r| id(&r)).collect()
}

#[track_caller]
fn check(condition: &str, expected: &[&str]) {
    assert_eq!(matching(condition, Dialect::Wmi), expected, "{condition}");
}

#[track_caller]
fn check_dmtf(condition: &str, expected: &[&str]) {
    assert_eq!(matching(condition, Dialect::Dmtf), expected, "{condition}");
}

#[test]
fn integers_are_exact() {
    check("U64 = 18446744073709551615", &["full"]);
    check("U64 > 18446744073709551614", &["full"]);
    check("U64 = 18446744073709551614", &[]);
    check("S64 = -9223372036854775808", &["full"]);
    check("S64 < 0 AND S64 >= -9223372036854775808", &["full"]);
    check("U8 <= 255", &["full", "sub"]);
    check("U8 >= 0", &["full", "sub"]);
    check("U8 = 255", &[]);
    check("U8 = '200'", &["full"]);
    check("200 = U8", &["full"]);
    check("100 < U8", &["full"]);
    check("S8 <= -100", &["full"]);
    check("Char = 65", &["full"]);
    check("Char = 'A'", &["full"]);
    check("Char < 'a'", &["full"]);
}

#[test]
fn reals_compare_by_their_own_precision() {
    check("R32 = 0.1", &["full"]);
    check("R32 > 0.1", &[]);
    check("R64 = 9007199254740992", &["full"]);
    check("R64 = 9007199254740993", &[]);
    check("R64 < 9007199254740993", &["full"]);
    check("R64 <> 1.0", &["full", "bare", "sub"]);
    check("R64 >= 0", &["full"]);
}

#[test]
fn strings_fold_in_wmi_only() {
    check("Text = 'STRAßE'", &["full"]);
    check("Text = 'STRASSE'", &[]);
    check("Text LIKE 'straẞ_'", &["full"]);
    check("Text < 'T'", &["full", "sub"]);
    check("Text = ''", &["sub"]);
    check_dmtf("Text = 'STRAßE'", &[]);
    check_dmtf("Text = 'Straße'", &["full"]);
    check_dmtf("Text LIKE 'str%'", &[]);
    check_dmtf("Text LIKE 'Str%'", &["full"]);
    check_dmtf("Text > 'T'", &[]);
    check_dmtf("Text > 'S'", &["full"]);
    check_dmtf("__CLASS = 't_derived'", &["sub"]);
    check_dmtf("__CLASS LIKE '%DERIVED'", &["sub"]);
}

#[test]
fn datetimes_are_instants() {
    check("When = '20240101110000.000000+000'", &["full"]);
    check("When = '2024-01-01 11:00'", &["full"]);
    check("When > '2024-01-01'", &["full"]);
    check("When >= 2024", &["full"]);
    check("When < 20240102", &["full"]);
    check("When = '20240101******.000000+060'", &[]);
    check("When <> '20240101******.000000+060'", &["full", "bare", "sub"]);
    check("When = '00000001000000.000000:000'", &["sub"]);
    check("When < '00000002000000.000000:000'", &["sub"]);
}

#[test]
fn references_are_equal_when_they_name_one_object() {
    for path in [
        r#"T_Base.Id=\"bare\""#,
        r#"t_base.ID=\'bare\'"#,
        r#"T_Base=\"bare\""#,
        r#"\\\\.\\root\\test:T_Base.Id=\"bare\""#,
        r#"//localhost/ROOT/Test:T_Base.Id=\"bare\""#,
    ] {
        check(&format!("Link = \"{path}\""), &["full"]);
        check_dmtf(&format!("Link = \"{path}\""), &["full"]);
        check(&format!("Link <> \"{path}\""), &["bare", "sub"]);
        check_dmtf(&format!("Link <> \"{path}\""), &[]);
    }
    // DSP0004: names have no case, texts in keys have.
    check(r#"Link = "t_base.ID=\'BARE\'""#, &["full"]);
    check_dmtf(r#"Link = "t_base.ID=\'BARE\'""#, &[]);
    check_dmtf(r#"Link <> "t_base.ID=\'BARE\'""#, &["full"]);
    check(r#"Link = "root\\other:T_Base.Id=\"bare\"""#, &[]);
    check("Link = 'T_Base.Id=1'", &[]);
    check("Link = 'T_Base'", &[]);
    check("Link = 'bare'", &[]);
    check("Link = ''", &[]);
    check("Link IS NOT NULL", &["full"]);
}

#[test]
fn paths_of_objects_are_equal_as_references_are() {
    for property in ["__RELPATH", "__PATH"] {
        for path in ["T_Base.Id='full'", "t_base='full'", "//./root/test:T_BASE.id='full'"] {
            check(&format!("{property} = \"{path}\""), &["full"]);
            check_dmtf(&format!("{property} = \"{path}\""), &["full"]);
        }
        check(&format!("{property} = \"T_Base.Id='FULL'\""), &["full"]);
        check_dmtf(&format!("{property} = \"T_Base.Id='FULL'\""), &[]);
        check_dmtf(&format!("{property} <> \"T_Base.Id='FULL'\""), &["full", "bare", "sub"]);
        check(&format!("{property} = \"T_Base.Id='sub'\""), &[]);
        check(&format!("{property} = \"root/other:T_Base.Id='full'\""), &[]);
        check(&format!("{property} = 'full'"), &[]);
        check(&format!("NOT {property} = 'T_Base=\"full\"'"), &["bare", "sub"]);
    }
    // Patterns are of texts.
    check_dmtf("__RELPATH LIKE '%FULL%'", &["full"]);
}

#[test]
fn null_logic() {
    check("Flag = TRUE", &["full"]);
    check("Flag <> TRUE", &["bare", "sub"]);
    check("NOT Flag = TRUE", &["bare", "sub"]);
    check("NOT Flag <> TRUE", &["full"]);
    check("U8 >= 0 OR NOT U8 >= 0", &["full", "bare", "sub"]);
    check("NOT Text LIKE 's%'", &["bare", "sub"]);
    check("Flag IS NULL", &["bare"]);
    check("Flag = NULL", &["bare"]);
    check("Flag <> NULL", &["full", "sub"]);
    check("NOT Flag IS NULL", &["full", "sub"]);
    check_dmtf("Flag <> TRUE", &["sub"]);
    check_dmtf("NOT Flag = TRUE", &["sub"]);
    check_dmtf("NOT (Flag = TRUE AND U8 = 1)", &["full", "sub"]);
    check_dmtf("Flag = TRUE OR Id = 'bare'", &["full", "bare"]);
    check_dmtf("NOT (Flag = TRUE AND Id = 'x')", &["full", "bare", "sub"]);
    check_dmtf("NOT Text LIKE 'S%'", &["sub"]);
    check_dmtf("NOT Point ISA T_Point3", &["full"]);
    check_dmtf("Flag IS NULL", &["bare"]);
}

#[test]
fn embedded_objects() {
    check("Point.X = 5", &["full"]);
    check("Point.Inner.X = 9", &["sub"]);
    check("Point.Label = 'here'", &["full"]);
    check("Point.Label IS NULL", &["bare", "sub"]);
    check("Point.X <> 5", &["bare", "sub"]);
    check("Point IS NULL", &["bare"]);
    check("Point ISA T_Point", &["full", "sub"]);
    check("Point ISA 't_point3'", &["sub"]);
    check("NOT Point ISA T_Point3", &["full", "bare"]);
    check("Point.__CLASS = 'T_Point3'", &["sub"]);
    check("Point.__SUPERCLASS = 'T_Point'", &["sub"]);
    check("Point.__DYNASTY = 'T_Point'", &["full", "sub"]);
    check("Point.__PROPERTY_COUNT = 2 AND Point.__GENUS = 2", &["full"]);
    check("Point.__PATH IS NULL", &["full", "bare", "sub"]);
}

#[test]
fn missing_members_give_no_rows() {
    check("Point.Z = 7", &["sub"]);
    check("Point.Z <> 8", &["sub"]);
    check("Point.Z IS NOT NULL", &["sub"]);
    check("Point.Z IS NULL", &[]);
    check("NOT Point.Z = 8", &["sub"]);
    check("Point.Nope = 1", &[]);
    check("NOT Point.Nope = 1", &[]);
    check("Point.Nope = 1 OR Id = 'full'", &["full"]);
    check("Point.Nope.Deeper LIKE 'a%'", &[]);
    check("Thing.Nope <> 1", &["bare", "sub"]);
    check_dmtf("Thing.Nope <> 1", &[]);
}

#[test]
fn open_members_take_the_values_type() {
    check("Thing.X = 5", &["full"]);
    check("Thing.X = '5'", &["full"]);
    check("Thing.X = 5.0", &[]);
    check("Thing.Odd = 2.5", &["full"]);
    check("Thing.Odd > 2", &["full"]);
    check("Thing.Label = 'HERE'", &["full"]);
    check("Thing.Label LIKE 'h%'", &["full"]);
    check("Thing.X LIKE '5'", &["full"]);
    check("Thing.X LIKE '5%'", &[]);
    check("Thing.Label = TRUE", &[]);
    check("Thing.Label.Deeper = 1", &[]);
    check("Thing ISA T_Point", &["full"]);
}

#[test]
fn system_properties() {
    check("__CLASS = 'T_Base'", &["full", "bare"]);
    check("__CLASS = T_Derived", &["sub"]);
    check("__SUPERCLASS = 't_base'", &["sub"]);
    check("__SUPERCLASS IS NULL", &["full", "bare"]);
    check("__DYNASTY = 'T_Base'", &["full", "bare", "sub"]);
    check("__GENUS = 2", &["full", "bare", "sub"]);
    check("__PROPERTY_COUNT > 16", &["sub"]);
    check(r#"__RELPATH = "t_base.id=\"FULL\"""#, &["full"]);
    check(r#"__PATH = '\\\\host\\root\\test:T_Derived.Id=\"sub\"'"#, &["sub"]);
    check("__NAMESPACE = 'ROOT\\\\TEST' AND __SERVER = 'host'", &["full", "bare", "sub"]);
    check("__CLASS LIKE '%[_]d%'", &["sub"]);
}

#[test]
fn fetches_what_is_selected() {
    let schema = TestSchema::new();
    let query =
        parse("SELECT U8, __DERIVATION, Point.Inner.X, Point.__CLASS, Point.Nope FROM T_Base");
    let bound =
        bind(&query.unwrap(), &schema, &BindOptions::default()).unwrap().into_data().unwrap();
    let Projection::Items(items) = &bound.projection else { panic!() };
    let row = schema.row(rows().remove(2));
    let fetched: Vec<_> = items.iter().map(|item| item.fetch(&row)).collect();
    assert!(matches!(fetched[0], Fetched::Value(ValueRef::Unsigned(0))));
    assert!(matches!(&fetched[1], Fetched::System(SystemValue::Names(n)) if *n == ["T_Base"]));
    assert!(matches!(fetched[2], Fetched::Value(ValueRef::Signed(9))));
    assert!(matches!(&fetched[3], Fetched::System(SystemValue::Text(t)) if t == "T_Point3"));
    assert!(matches!(fetched[4], Fetched::Missing));
}

#[test]
fn reals_against_integers() {
    use Ordering::{Equal, Greater, Less};
    for (real, integer, expected) in [
        (0.5, 0, Some(Greater)),
        (-0.5, 0, Some(Less)),
        (-0.0, 0, Some(Equal)),
        (1e300, i128::MAX, Some(Greater)),
        (-1e300, i128::MIN, Some(Less)),
        (f64::INFINITY, i128::MAX, Some(Greater)),
        (f64::NEG_INFINITY, i128::MIN, Some(Less)),
        (f64::NAN, 0, None),
        (18_446_744_073_709_551_616.0, u64::MAX.into(), Some(Greater)),
        (9_007_199_254_740_992.0, 9_007_199_254_740_993, Some(Less)),
        (-170_141_183_460_469_231_731_687_303_715_884_105_728.0, i128::MIN, Some(Equal)),
    ] {
        assert_eq!(real_to_integer(real, integer), expected, "{real} {integer}");
    }
}

/// Conditions over the rows whose truth a plain function can tell.
fn condition() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec![
        "Flag = TRUE",
        "Flag <> TRUE",
        "U8 > 100",
        "Text LIKE 's%'",
        "Point IS NULL",
        "Id = 'full'",
        "Point.X = 5",
        "__CLASS = 'T_Base'",
    ])
    .prop_map(str::to_owned);
    atom.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} AND {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} OR {b})")),
            inner.prop_map(|a| format!("NOT ({a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// De Morgan holds under both logics, and Wmi excludes the middle.
    #[test]
    fn logic_laws(a in condition(), b in condition()) {
        for dialect in [Dialect::Wmi, Dialect::Dmtf] {
            prop_assert_eq!(
                matching(&format!("NOT ({a} AND {b})"), dialect),
                matching(&format!("NOT {a} OR NOT {b}"), dialect)
            );
            prop_assert_eq!(
                matching(&format!("NOT NOT {a}"), dialect),
                matching(&a, dialect)
            );
        }
        let all = matching(&format!("{a} OR NOT {a}"), Dialect::Wmi);
        prop_assert_eq!(all.len(), 3);
    }
}
