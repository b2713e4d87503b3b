//! Keys have the order that WQL gives their values, and ranges have what passes.

use super::*;
use cimarron_model::{CimType, DateTime, Name, Value};
use cimarron_wql::plan::{Integers, Predicate, Reals};
use cimarron_wql::{BoundExpr, BoundPath, Column, CompareOp, Constant};
use proptest::prelude::*;

fn key(form: &KeyForm, value: impl Into<Value>) -> OrderedKey {
    form.key(ValueView::from(&value.into())).unwrap()
}

/// The test that a property equals any of some constants.
fn any_of(cim_type: CimType, constants: &[Constant], dialect: Dialect) -> Test {
    let equals = |constant: &Constant| BoundExpr::Compare {
        operand: BoundPath::Column(Column {
            slot: 0,
            name: Name::new("Value"),
            cim_type,
            is_array: false,
        }),
        operator: CompareOp::Equal,
        constant: constant.clone(),
    };
    let all = BoundExpr::Or(constants.iter().map(equals).collect());
    match Predicate::new(&all, dialect) {
        Predicate::Column(test) => test.test,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_entry_is_small() {
    assert!(size_of::<OrderedKey>() <= 24, "{}", size_of::<OrderedKey>());
}

#[test]
fn ranks_keep_the_order() {
    let integer = &KeyForm::for_test(KeyKind::Integer, false);
    let text = &KeyForm::for_test(KeyKind::Text, false);
    let keys = [
        OrderedKey::Boolean(false),
        OrderedKey::Boolean(true),
        key(integer, i64::MIN),
        key(integer, -2_i64),
        key(integer, -1_i64),
        key(integer, 0_u8),
        key(integer, 1_u8),
        key(integer, u64::MAX - 1),
        key(integer, u64::MAX),
        real(f64::NEG_INFINITY),
        real(1.5),
        real(f64::NAN),
        OrderedKey::Interval(7),
        OrderedKey::Instant(-7),
        OrderedKey::Instant(7),
        OrderedKey::Characters([1, 2]),
        key(text, ""),
        key(text, "a"),
        key(text, "ab"),
        key(text, "ab long one"),
        key(text, "ß"),
    ];
    assert!(keys.is_sorted_by(|a, b| a < b && a.rank() <= b.rank()), "{keys:?}");
}

#[test]
fn integers_of_all_widths_are_one_order() {
    let form = &KeyForm::for_test(KeyKind::Integer, false);
    let keys = [
        key(form, i64::MIN),
        key(form, -129_i16),
        key(form, -1_i8),
        key(form, 0_u8),
        key(form, 1_i64),
        key(form, 255_u8),
        key(form, 256_i32),
        key(form, i64::MAX),
        key(form, u64::MAX),
    ];
    assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
    assert_eq!(key(form, 7_u8), key(form, 7_i64));
}

#[test]
fn datetimes_are_instants() {
    let form = &KeyForm::for_test(KeyKind::DateTime, false);
    let time = |text: &str| key(form, DateTime::parse(text).unwrap());
    assert_eq!(time("20240131080000.000000+060"), time("20240131070000.000000+000"));
    assert!(time("20240131080000.000000+060") < time("20240131080000.000000+000"));
    assert!(time("00000001000000.000000:000") < time("00000002000000.000000:000"));
    assert_ne!(time("2024****000000.000000+***"), time("2023****000000.000000+***"));
}

#[test]
fn nan_is_one_key_behind_the_others() {
    let form = &KeyForm::for_test(KeyKind::Real, false);
    assert_eq!(key(form, f64::NAN), key(form, -f64::NAN));
    assert!(key(form, f64::INFINITY) < key(form, f64::NAN));
    assert_eq!(key(form, 0.0_f64), key(form, -0.0_f32));
}

proptest! {
    #[test]
    fn reals_keep_their_order(a in any::<f64>(), b in any::<f64>()) {
        let form = &KeyForm::for_test(KeyKind::Real, false);
        if let Some(order) = a.partial_cmp(&b) {
            prop_assert_eq!(key(form, a).cmp(&key(form, b)), order);
        }
    }

    #[test]
    fn texts_keep_the_order_of_their_dialect(a in "[aAkKßẞ\u{212a}sſé]{0,30}", b in "[aAkKßẞ\u{212a}sſé]{0,30}") {
        let (folded, exact) = (KeyForm::for_test(KeyKind::Text, true), KeyForm::for_test(KeyKind::Text, false));
        prop_assert_eq!(key(&folded, &*a).cmp(&key(&folded, &*b)), fold::cmp(&a, &b));
        prop_assert_eq!(key(&exact, &*a).cmp(&key(&exact, &*b)), a.cmp(&b));
    }

    #[test]
    fn ranges_leave_no_real_out(a in any::<f64>(), n in any::<i128>()) {
        let form = &KeyForm::for_test(KeyKind::Real, false);
        let value = key(form, a);
        for operator in [CompareOp::Less, CompareOp::Greater, CompareOp::Equal] {
            let set = Reals::comparing_integer(operator, n);
            let range = form.range(&Test::Reals(set)).unwrap();
            prop_assert_eq!(range.contains(&value), set.contains(a) && !a.is_nan());
        }
    }

    #[test]
    fn exact_ranges_have_what_passes(
        (a, b, at) in (any::<i64>(), any::<u64>(), -2..3_i128),
        x in any::<f64>(),
        y in prop::sample::select(vec![f64::NAN, f64::INFINITY, -0.0, 0.0, 1.5, -1.5]),
        (text, constant) in ("[aAßẞſs]{0,3}", "[aAßẞſs]{0,3}"),
        nth in 0..5_usize,
    ) {
        use CompareOp::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
        let operator = [Equal, Less, LessOrEqual, Greater, GreaterOrEqual][nth];
        let has_what_passes = |form: &KeyForm, test: &Test, value: &Value| {
            let view = ValueView::from(value);
            let is_within = form.range(test).unwrap().contains(&form.key(view).unwrap());
            is_within == test.holds(view.to_wql())
        };
        let form = &KeyForm::for_test(KeyKind::Integer, false);
        let outermost = [i128::from(i64::MIN), -1, 0, i128::from(u64::MAX), a.into(), b.into()];
        for near in outermost {
            let set = Integers::comparing(operator, near + at);
            let test = Test::Integers(set);
            let has_some = set.low <= u64::MAX.into() && set.high >= i64::MIN.into();
            prop_assert_eq!(form.is_exact(&test), has_some, "{:?}", test);
            for value in [Value::from(a), b.into(), i64::MIN.into(), u64::MAX.into()] {
                prop_assert!(!has_some || has_what_passes(form, &test, &value), "{test:?} {value}");
            }
        }
        let form = &KeyForm::for_test(KeyKind::Real, false);
        for constant in [x, y, f64::MAX] {
            let test = Test::Reals(Reals::comparing(operator, constant));
            prop_assert_eq!(form.is_exact(&test), !constant.is_nan(), "{:?}", test);
            for value in [x, y, f64::NAN, f64::NEG_INFINITY, f64::INFINITY, 0.0] {
                let exact = constant.is_nan() || has_what_passes(form, &test, &value.into());
                prop_assert!(exact, "{test:?} {value}");
            }
        }
        for (case, folded) in [(StringCase::Folded, true), (StringCase::Exact, false)] {
            let constant = if folded { fold::fold(&constant).into() } else { (&*constant).into() };
            let test = Test::Text { operator, constant, case };
            let form = &KeyForm::for_test(KeyKind::Text, folded);
            prop_assert!(form.is_exact(&test), "{test:?}");
            prop_assert!(has_what_passes(form, &test, &(&*text).into()), "{test:?} {text}");
            prop_assert!(!KeyForm::for_test(KeyKind::Text, !folded).is_exact(&test), "{test:?}");
        }
    }

    #[test]
    fn exact_ranges_of_many_have_what_passes(
        (numbers, number) in (prop::collection::vec(-50..700_i64, 0..8), -50..700_i64),
        (texts, text) in (prop::collection::vec("[aAbßẞſs]{0,2}", 0..8), "[aAbßẞſs]{0,2}"),
    ) {
        // So many, and apart, that they are looked up.
        let numbers = numbers.into_iter().chain((0..64).map(|n| 10 * n));
        let numbers: Vec<_> = numbers.map(|n| Constant::Integer(n.into())).collect();
        let texts = texts.into_iter().chain((0..8).map(|n| format!("K{n}")));
        let texts: Vec<_> = texts.map(|text| Constant::Text(text.into())).collect();
        for (dialect, folded) in [(Dialect::Wmi, true), (Dialect::Dmtf, false)] {
            for (kind, cim_type, constants, value) in [
                (KeyKind::Integer, CimType::SInt64, &numbers, Value::from(number)),
                (KeyKind::Text, CimType::String, &texts, Value::from(&*text)),
            ] {
                let test = any_of(cim_type, constants, dialect);
                let Test::OneOf(all) = &test else { panic!("{test:?}") };
                let form = &KeyForm::for_test(kind, folded);
                prop_assert!(form.is_exact(&test), "{test:?}");
                let (view, ranges) = (ValueView::from(&value), form.ranges(all).unwrap());
                let key = form.key(view).unwrap();
                let within = ranges.iter().filter(|range| range.contains(&key)).count();
                prop_assert_eq!(within, usize::from(test.holds(view.to_wql())), "{:?}", test);
            }
        }
    }

    #[test]
    fn texts_behind_a_prefix(prefix in "\\PC{0,3}", text in "\\PC{0,4}") {
        if let Some(next) = next_text(&prefix) {
            prop_assert!(prefix < next);
            let within = prefix <= text && text < next;
            prop_assert_eq!(text.starts_with(&prefix), within, "{} {} {}", prefix, text, next);
        }
    }
}
