//! Tables of changes, and every pair of types.

use super::super::ClassId;
use super::*;
use crate::schema::Bounds;
use cimarron_model::{Char16, ClassVersion, Scalar, Value};
use proptest::prelude::*;

fn slot(name: &str, cim_type: CimType) -> Slot {
    Slot {
        name: name.into(),
        cim_type,
        array: ArrayShape::Scalar,
        class: None,
        is_key: false,
        not_null: false,
        embedded_text: false,
        default: None,
        bounds: None,
    }
}

fn key(name: &str, cim_type: CimType) -> Slot {
    Slot { is_key: true, ..slot(name, cim_type) }
}

fn array(name: &str, cim_type: CimType, array: ArrayShape) -> Slot {
    Slot { array, ..slot(name, cim_type) }
}

fn bounded(cim_type: CimType, bounds: Bounds) -> Slot {
    Slot { bounds: Some(Box::new(bounds)), ..slot("P", cim_type) }
}

fn of(class: &str, cim_type: CimType) -> Slot {
    Slot { class: Some(class.into()), ..slot("P", cim_type) }
}

fn embedded(text: bool) -> Slot {
    Slot { embedded_text: text, ..slot("P", CimType::Object) }
}

fn not_null(default: Option<Value>) -> Slot {
    Slot { not_null: true, default, ..slot("P", CimType::UInt8) }
}

fn layout(slots: Vec<Slot>) -> Layout {
    Layout::from_slots(ClassId(1), ClassVersion(1), "X_C".into(), slots.into_iter())
}

fn between(old: Vec<Slot>, new: Vec<Slot>) -> Result<SlotMap, Cause> {
    SlotMap::under(&layout(old), &layout(new), &|a, b| a == b).map_err(|e| e.cause)
}

#[test]
fn slots_find_their_values() {
    use CimType::{String, UInt8, UInt32};
    let old = || vec![key("Id", String), slot("A", UInt8), slot("B", String)];
    for (new, sources, identity) in [
        (old(), vec![Source::Same(0), Source::Same(1), Source::Same(2)], true),
        // Without case, and wherever the new declaration puts them.
        (
            vec![slot("b", String), key("ID", String), slot("a", UInt8)],
            vec![Source::Same(2), Source::Same(0), Source::Same(1)],
            false,
        ),
        (vec![key("Id", String)], vec![Source::Same(0)], false),
        (
            vec![key("Id", String), slot("A", UInt32), slot("N", UInt8)],
            vec![Source::Same(0), Source::Widened(1), Source::Default],
            false,
        ),
        (
            vec![key("Id", String), slot("A", UInt8), slot("C", String)],
            vec![Source::Same(0), Source::Same(1), Source::Default],
            false,
        ),
    ] {
        let map = between(old(), new).unwrap();
        assert_eq!((map.sources(), map.is_identity()), (&sources[..], identity));
        assert_eq!(map.source(9), Source::Default);
    }
}

#[test]
fn each_cause_keeps_rows_from_being_read() {
    use CimType::{Char16, DateTime, Object, Reference, SInt16, String, UInt8, UInt16, UInt32};
    let bounds = Bounds::default();
    let max_len = |n| bounded(String, Bounds { max_len: Some(n), ..bounds });
    let min_len = |n| bounded(String, Bounds { min_len: Some(n), ..bounds });
    let max_value = |n| bounded(UInt8, Bounds { max_value: Some(n), ..bounds });
    let min_value = |n| bounded(UInt8, Bounds { min_value: Some(n), ..bounds });
    let wide_max = |n| bounded(UInt32, Bounds { max_value: Some(n), ..bounds });
    let (fixed, open) = (ArrayShape::Fixed(3), ArrayShape::Variable);
    let plain = |t| slot("P", t);
    for (old, new, expected) in [
        (vec![plain(UInt32)], vec![plain(UInt8)], Err(Cause::Type)),
        (vec![plain(UInt8)], vec![plain(String)], Err(Cause::Type)),
        (vec![plain(DateTime)], vec![plain(String)], Err(Cause::Type)),
        (vec![plain(Char16)], vec![plain(SInt16)], Err(Cause::Type)),
        (vec![plain(Char16)], vec![plain(UInt16)], Ok(())),
        // Keys: the same properties in the same order, and integers may widen.
        (vec![key("K", UInt8)], vec![key("K", UInt32)], Ok(())),
        (vec![key("K", Char16)], vec![key("K", UInt32)], Err(Cause::Key)),
        (vec![key("K", UInt8)], vec![slot("K", UInt8)], Err(Cause::Key)),
        (vec![plain(UInt8)], vec![key("P", UInt8)], Err(Cause::Key)),
        (vec![key("K", UInt8)], vec![key("K", UInt8), key("L", UInt8)], Err(Cause::Key)),
        (
            vec![key("K", UInt8), key("L", UInt8)],
            vec![key("L", UInt8), key("K", UInt8)],
            Err(Cause::Key),
        ),
        (vec![key("K", UInt8), plain(UInt8)], vec![key("K", UInt8)], Ok(())),
        // Shapes: a size may go, and may not come.
        (vec![plain(UInt8)], vec![array("P", UInt8, open)], Err(Cause::Shape)),
        (vec![array("P", UInt8, fixed)], vec![array("P", UInt8, open)], Ok(())),
        (vec![array("P", UInt8, open)], vec![array("P", UInt8, fixed)], Err(Cause::Shape)),
        (vec![array("P", UInt8, fixed)], vec![array("P", UInt8, fixed)], Ok(())),
        // Classes of references and embedded objects.
        (vec![of("X_A", Reference)], vec![of("x_a", Reference)], Ok(())),
        (vec![of("X_A", Reference)], vec![plain(Reference)], Ok(())),
        (vec![of("X_A", Reference)], vec![of("X_B", Reference)], Err(Cause::Class)),
        (vec![plain(Object)], vec![of("X_B", Object)], Err(Cause::Class)),
        (vec![plain(String)], vec![embedded(true)], Ok(())),
        (vec![embedded(true)], vec![plain(String)], Err(Cause::Type)),
        (vec![embedded(true)], vec![embedded(false)], Err(Cause::Type)),
        (vec![embedded(false)], vec![embedded(true)], Ok(())),
        // Bounds grow.
        (vec![max_len(8)], vec![max_len(9)], Ok(())),
        (vec![max_len(8)], vec![max_len(7)], Err(Cause::Bounds)),
        (vec![plain(String)], vec![max_len(7)], Err(Cause::Bounds)),
        (vec![max_len(8)], vec![plain(String)], Ok(())),
        (vec![min_len(2)], vec![min_len(1)], Ok(())),
        (vec![plain(String)], vec![min_len(0)], Ok(())),
        (vec![plain(String)], vec![min_len(1)], Err(Cause::Bounds)),
        (vec![max_value(8)], vec![max_value(7)], Err(Cause::Bounds)),
        (vec![plain(UInt8)], vec![max_value(255)], Ok(())),
        (vec![plain(UInt8)], vec![wide_max(1000)], Ok(())),
        (vec![plain(UInt8)], vec![wide_max(254)], Err(Cause::Bounds)),
        (vec![plain(UInt8)], vec![min_value(-1)], Ok(())),
        (vec![min_value(3)], vec![min_value(4)], Err(Cause::Bounds)),
        // NULL.
        (vec![plain(UInt8)], vec![not_null(None)], Err(Cause::Null)),
        (vec![not_null(None)], vec![plain(UInt8)], Ok(())),
        (vec![], vec![not_null(None)], Err(Cause::Null)),
        (vec![], vec![not_null(Some(Value::from(1_u8)))], Ok(())),
    ] {
        let what = format!("{old:?} -> {new:?}");
        assert_eq!(between(old, new).map(drop), expected, "{what}");
    }
}

#[test]
fn a_reference_widens_to_a_class_above() {
    let old = layout(vec![of("X_Low", CimType::Reference)]);
    let new = layout(vec![of("X_High", CimType::Reference)]);
    let is_a = |a: &Name, b: &Name| a == b || (a.is("X_Low") && b.is("X_High"));
    assert!(SlotMap::under(&old, &new, &is_a).is_ok_and(|m| m.is_identity()));
    assert_eq!(SlotMap::under(&new, &old, &is_a).unwrap_err().cause, Cause::Class);
}

#[test]
fn arrays_widen_element_by_element() {
    let arrays = |t| vec![array("P", t, ArrayShape::Variable)];
    let map = between(arrays(CimType::UInt8), arrays(CimType::SInt32)).unwrap();
    assert!(!map.is_identity());
    let mut old = Array::new(CimType::UInt8);
    old.push(Scalar::UInt8(7)).unwrap();
    old.push_null();
    let new = widen_array(&old, CimType::SInt32);
    let elements: Vec<_> = new.iter().collect();
    assert_eq!(elements, [Some(Scalar::SInt32(7)), None]);
    assert!(widen_array(&Array::new(CimType::UInt8), CimType::UInt32).is_empty());
}

fn numeric() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        any::<u8>().prop_map(Scalar::UInt8),
        any::<i8>().prop_map(Scalar::SInt8),
        any::<u16>().prop_map(Scalar::UInt16),
        any::<i16>().prop_map(Scalar::SInt16),
        any::<u32>().prop_map(Scalar::UInt32),
        any::<i32>().prop_map(Scalar::SInt32),
        any::<u64>().prop_map(Scalar::UInt64),
        any::<i64>().prop_map(Scalar::SInt64),
        any::<f32>().prop_map(Scalar::Real32),
        any::<f64>().prop_map(Scalar::Real64),
        any::<u16>().prop_map(|u| Scalar::Char16(Char16(u))),
    ]
}

proptest! {
    /// What the map calls widening loses nothing: every value goes over, and comes back.
    #[test]
    fn widening_loses_nothing(value in numeric(), to in prop::sample::select(&CimType::ALL[..])) {
        let from = value.cim_type();
        if widens(from, to) && from != to {
            let widened = widen((&value).into(), to).to_scalar().unwrap();
            prop_assert_eq!(widened.cim_type(), to);
            let number = |s: &Scalar| match s {
                Scalar::Real32(x) => Some(f64::from(*x)),
                Scalar::Real64(x) => Some(*x),
                Scalar::Char16(unit) => Some(f64::from(unit.0)),
                _ => None,
            };
            match (number(&widened), number(&value)) {
                (Some(now), Some(before)) => prop_assert_eq!(now, before),
                (Some(now), None) => prop_assert_eq!(Some(now as i128), value.as_integer()),
                (None, Some(before)) => prop_assert_eq!(widened.as_integer(), Some(before as i128)),
                (None, None) => prop_assert_eq!(widened.as_integer(), value.as_integer()),
            }
        }
    }

    /// Widening is a partial order: two steps are one.
    #[test]
    fn widening_twice_is_widening_once(
        a in prop::sample::select(&CimType::ALL[..]),
        b in prop::sample::select(&CimType::ALL[..]),
        c in prop::sample::select(&CimType::ALL[..]),
    ) {
        if widens(a, b) && widens(b, c) {
            prop_assert!(widens(a, c), "{a} {b} {c}");
        }
    }

    /// Adding, dropping and moving properties never touches the others.
    #[test]
    fn every_kept_property_reads_its_own_slot(
        old in prop::collection::hash_set("[a-f]", 0..6),
        new in prop::collection::hash_set("[a-f]", 0..6),
    ) {
        let slots = |names: &std::collections::HashSet<String>| -> Vec<Slot> {
            names.iter().map(|n| slot(n, CimType::UInt8)).collect()
        };
        let (old, new) = (layout(slots(&old)), layout(slots(&new)));
        let map = SlotMap::under(&old, &new, &|a, b| a == b).unwrap();
        prop_assert_eq!(map.sources().len(), new.slots.len());
        for (number, slot) in (0..).zip(&new.slots) {
            let expected = old.slot_of(slot.name.as_str(), 0).map_or(Source::Default, Source::Same);
            prop_assert_eq!(map.source(number), expected);
        }
    }
}
