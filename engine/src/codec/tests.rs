//! What is written comes back, and nothing else passes for it.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of `Decoder<'_>` is for every decoder only through a closure"
)]

use super::columns::put_owned;
use super::decoder::MAX_DEPTH;
use super::instance::{put_instance, put_object};
use super::probe::{Columns, KINDS, read_any, read_columns};
use super::strategies as any_of;
use super::*;
use crate::view::ValueView;
use cimarron_model::{
    Char16, CimType, Class, DateTime, Instance, KeyValue, Keys, Name, Object, ObjectPath, Property,
    Qualifier, Qualifiers, Scalar, Value,
};
use proptest::prelude::*;
use std::fmt::Debug;

type Put<T> = fn(&mut Vec<u8>, &T);
type Read<T> = for<'a> fn(&mut Decoder<'a>) -> Result<T, Damaged>;

/// That a thing comes back with its every bit, and that less than its bytes is refused.
/// `Debug` tells spellings apart, which equality does not, and bytes tell NaNs apart.
#[track_caller]
fn comes_back<T: Debug + PartialEq>(value: &T, put: Put<T>, read: Read<T>) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(&mut bytes, value);
    let mut decoder = Decoder::new(&bytes);
    let found = read(&mut decoder).unwrap_or_else(|error| panic!("{value:?}: {error}"));
    assert_eq!(decoder.finish(), Ok(()), "{value:?}");
    assert_eq!(format!("{found:?}"), format!("{value:?}"));
    assert_eq!(found, *value);
    let mut again = Vec::new();
    put(&mut again, &found);
    assert_eq!(again, bytes, "{value:?}");
    for end in 0..bytes.len().min(200) {
        assert!(read(&mut Decoder::new(&bytes[..end])).is_err(), "{value:?} up to {end}");
    }
    bytes
}

/// That one changed byte is refused or makes something that is written just so.
fn survives_a_change(kind: u8, bytes: &[u8], place: prop::sample::Index, bits: u8) {
    let mut bytes = bytes.to_vec();
    if !bytes.is_empty() {
        let place = place.index(bytes.len());
        bytes[place] ^= bits;
    }
    read_any(kind, &bytes);
}

macro_rules! come_back {
    ($($name:ident: $kind:literal, $strategy:expr, $put:path, $read:expr;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
            $( #[test]
            fn $name(
                value in $strategy,
                place in any::<prop::sample::Index>(),
                bits in 1..=u8::MAX,
            ) {
                let bytes = comes_back(&value, $put, $read);
                prop_assert!(read_any($kind, &bytes));
                survives_a_change($kind, &bytes, place, bits);
            } )*
        }
    };
}

come_back! {
    values: 0, any_of::values(2), put_value, |bytes| bytes.value();
    paths: 2, any_of::paths(3), put_path, |bytes| bytes.path();
    instances: 3, any_of::instances(&any_of::values(1)), put_instance, |bytes| bytes.instance();
    objects: 4, any_of::objects(&any_of::values(1)), put_object, |bytes| bytes.object();
    classes: 5, any_of::classes(&any_of::values(1)), put_class, |bytes| bytes.class();
    qualifiers: 6, any_of::qualifiers(&any_of::values(1)), put_qualifiers, |bytes| bytes.qualifiers();
    row_qualifiers: 7, any_of::row_qualifiers(&any_of::values(0)), put_row_qualifiers,
        |bytes| bytes.row_qualifiers();
    qualifier_types: 8, any_of::qualifier_types(&any_of::values(1)), put_qualifier_type,
        |bytes| bytes.qualifier_type();
    data_types: 9, any_of::data_types(), put_data_type, |bytes| bytes.data_type();
    names: 10, any_of::names(), put_name_among_others, name_among_others;
}

/// A name between what else has a length.
fn put_name_among_others(out: &mut Vec<u8>, name: &Name) {
    put_optional_text(out, (name.as_str().len() > 5).then_some(name.as_str()));
    put_name(out, name);
    put_bytes(out, name.as_str().as_bytes());
}

fn name_among_others(decoder: &mut Decoder<'_>) -> Result<Name, Damaged> {
    let text = decoder.optional_text()?;
    let name = decoder.name()?;
    let bytes = decoder.bytes()?;
    assert_eq!(bytes, name.as_str().as_bytes());
    assert!(text.is_none_or(|text| text == name.as_str()));
    Ok(name)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn rows(
        cells in prop::collection::vec((any::<u32>(), any_of::values(1)), 0..12),
        place in any::<prop::sample::Index>(),
        bits in 1..=u8::MAX,
    ) {
        let mut bytes = vec![7];
        put_cells(&mut bytes, cells.iter().map(|(slot, value)| (*slot, value.into())));
        let mut decoder = Decoder::new(&bytes);
        prop_assert_eq!(decoder.u8(), Ok(7));
        let mut found = Vec::new();
        for (cell, (_, value)) in decoder.cells().unwrap().zip(&cells) {
            let (slot, cell) = cell.unwrap();
            found.push((slot, cell.view().to_value(value.cim_type(), value.is_array())));
        }
        prop_assert_eq!(format!("{found:?}"), format!("{cells:?}"));
        prop_assert_eq!(decoder.finish(), Ok(()));
        prop_assert!(read_any(1, &bytes[1..]));
        for end in 1..bytes.len().min(200) {
            prop_assert!(!read_any(1, &bytes[1..end]));
        }
        survives_a_change(1, &bytes[1..], place, bits);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        for kind in 0..KINDS {
            read_any(kind, &bytes);
        }
    }

    /// Bytes below 8 are lengths and codes more often than not.
    #[test]
    fn any_small_bytes(bytes in prop::collection::vec(0..8_u8, 0..64)) {
        for kind in 0..KINDS {
            read_any(kind, &bytes);
        }
    }
}

/// Columns of some rows, each of one type, some of them NULL.
fn columns() -> impl Strategy<Value = (usize, Columns)> {
    let column = |rows| {
        let of = |of: BoxedStrategy<Scalar>| {
            prop::collection::vec(prop_oneof![4 => of.prop_map(Some), 1 => Just(None)], rows)
        };
        prop_oneof![
            of(any::<bool>().prop_map(Scalar::from).boxed()),
            of(any::<u8>().prop_map(Scalar::from).boxed()),
            of(any::<i8>().prop_map(Scalar::from).boxed()),
            of(any::<u16>().prop_map(Scalar::from).boxed()),
            of(any::<i16>().prop_map(Scalar::from).boxed()),
            of(any::<u32>().prop_map(Scalar::from).boxed()),
            of(any::<i32>().prop_map(Scalar::from).boxed()),
            of(any::<u64>().prop_map(Scalar::from).boxed()),
            of(any::<i64>().prop_map(Scalar::from).boxed()),
            of(any::<u32>().prop_map(|bits| Scalar::Real32(f32::from_bits(bits))).boxed()),
            of(any::<u64>().prop_map(|bits| Scalar::Real64(f64::from_bits(bits))).boxed()),
            of(any::<u16>().prop_map(|unit| Scalar::Char16(Char16(unit))).boxed()),
            of(any_of::datetimes().prop_map(Scalar::DateTime).boxed()),
            of("[a-zß\u{1F980}]{0,6}".prop_map(|text| Scalar::String(text.into())).boxed()),
        ]
        .prop_filter("some value", |column| column.iter().any(Option::is_some))
    };
    (1..20_usize).prop_flat_map(move |rows| {
        (Just(rows), prop::collection::btree_map(0..300_u32, column(rows), 1..5))
    })
}

proptest! {
    #[test]
    fn columns_come_back(
        (rows, columns) in columns(),
        place in any::<prop::sample::Index>(),
        bits in 1_u8..,
    ) {
        let mut bytes = Vec::new();
        put_owned(&mut bytes, rows, &columns);
        let mut decoder = Decoder::new(&bytes);
        let found = read_columns(&mut decoder).unwrap();
        prop_assert_eq!(decoder.finish(), Ok(()));
        // NaN is not equal to itself.
        prop_assert_eq!(format!("{found:?}"), format!("{:?}", (rows, &columns)));
        for end in 0..bytes.len() {
            prop_assert!(read_columns(&mut Decoder::new(&bytes[..end])).is_err(), "up to {end}");
        }
        survives_a_change(11, &bytes, place, bits);
    }
}

#[test]
fn refused_columns() {
    for (bytes, problem) in [
        (&[0x81, 0x20, 1, 0, 1][..], "more rows than a chunk has"),
        (&[8, 0], "rows without a value"),
        (&[1, 1, 0, 0, 2], "bytes that are no value of their type"),
        (&[1, 2, 0, 1, 7, 0, 1, 7], "columns out of order"),
        (&[1, 1, 0, 14], "a column of values that are not plain"),
        (&[1, 1, 0, 0x21, 7], "an unknown type"),
        (&[2, 1, 0, 0x11, 0b11, 7, 7], "marks of rows that cannot be"),
        (&[2, 1, 0, 0x11, 0b101, 7, 7], "marks of rows that cannot be"),
        (&[2, 1, 0, 0x11, 0], "a column without a value"),
        (&[0, 1, 0, 1], "a column without a value"),
        (&[2, 1, 0, 12, 1, 0, 2, b'a', b'b'], "text behind the last one"),
        (&[2, 1, 0, 12, 1, 1, 2, 0xc3, 0x9f], "a text that ends where none can"),
        (&[2, 1, 0, 12, 1, 2, 2, b'a', b'b'], "a text that ends where none can"),
        (&[1, 1, 0, 5, 1, 2, 3], "an early end"),
    ] {
        let refused = read_columns(&mut Decoder::new(bytes)).unwrap_err();
        assert_eq!(refused.what, problem, "{bytes:?}");
    }
    let fits = Decoder::new(&[1, 1, 3, 1, 9]).columns(1, |slot, row, value| {
        assert_eq!((slot, row, value.as_integer()), (3, 0, Some(9)));
        false
    });
    assert_eq!(fits.unwrap_err().what, "a value that does not fit its property");
}

#[test]
fn rows_of_many_cells() {
    for count in [0, 127, 128, 129, 300, 20_000] {
        let mut bytes = Vec::new();
        put_cells(&mut bytes, (0..count).map(|n| (n, ValueView::UInt32(n))));
        put_bool(&mut bytes, true);
        let mut decoder = Decoder::new(&bytes);
        let cells = decoder.cells().unwrap().map(|cell| {
            let (slot, cell) = cell.unwrap();
            assert_eq!(cell.view().as_integer(), Some(slot.into()));
        });
        assert_eq!(cells.count(), count as usize);
        assert_eq!(decoder.bool(), Ok(true));
        assert_eq!(decoder.finish(), Ok(()));
    }
}

#[test]
fn texts_of_rows_are_not_copied() {
    let mut bytes = Vec::new();
    put_cells(&mut bytes, [(3, ValueView::String("a text too long to be kept in place"))]);
    let (_, cell) = Decoder::new(&bytes).cells().unwrap().next().unwrap().unwrap();
    let text = cell.view().as_str().unwrap().as_bytes().as_ptr_range();
    assert!(bytes.as_ptr_range().contains(&text.start));
}

/// The bytes themselves: they are on disks, and must stay what they are.
#[test]
fn forms() {
    let nulls = cimarron_model::Array::from_options(CimType::UInt8, [Some(Scalar::UInt8(9)), None]);
    for (value, bytes) in [
        (Value::null(CimType::Boolean), &[0x10][..]),
        (Value::null_array(CimType::Object), &[0x2f]),
        (false.into(), &[0x00]),
        (true.into(), &[0x51]),
        (200_u8.into(), &[0x01, 200]),
        ((-1_i8).into(), &[0x02, 0xff]),
        (300_u16.into(), &[0x03, 0xac, 2]),
        ((-2_i16).into(), &[0x04, 3]),
        (7_u32.into(), &[0x05, 7]),
        ((-1_i32).into(), &[0x06, 1]),
        (128_u64.into(), &[0x07, 0x80, 1]),
        (1_i64.into(), &[0x08, 2]),
        (1.0_f32.into(), &[0x09, 0, 0, 0x80, 0x3f]),
        (1.0_f64.into(), &[0x0a, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]),
        (Char16(0xd800).into(), &[0x0b, 0, 0xd8]),
        ("hé".into(), &[0x0c, 3, b'h', 0xc3, 0xa9]),
        (
            "20261125221530.000000+060".parse::<DateTime>().unwrap().into(),
            &[0x0d, 0x60, 0, 0, 0, 0, 0, 0, 0, 0x30, 0x15, 0x22, 0x25, 0x11, 0x26, 0x20, 0],
        ),
        (ObjectPath::of_class("X").into(), &[0x0e, 0x10, 1, b'X']),
        (Object::Instance(Instance::new("X")).into(), &[0x0f, 0, 1, b'X', 0, 0, 0]),
        (Object::Class(Class::new("X")).into(), &[0x0f, 1, 1, b'X', 0, 0, 0, 0]),
        (nulls.unwrap().into(), &[0x41, 2, 0x01, 9, 0x50]),
        (
            cimarron_model::Array::from_elements(cimarron_model::Elements::UInt8(vec![1, 2]))
                .into(),
            &[0x31, 2, 1, 2],
        ),
    ] {
        assert_eq!(comes_back(&value, put_value, |bytes| bytes.value()), bytes, "{value:?}");
    }
    let path = ObjectPath::of_instance("X", Keys::from_iter([("K", 5_i8)])).with_namespace("root");
    let bytes = [0x1b, 4, b'r', b'o', b'o', b't', 1, b'X', 1, 1, b'K', 1, 10];
    assert_eq!(comes_back(&path, put_path, |bytes| bytes.path()), bytes);
    let class = Class::new("X").with(Property::new("Id", CimType::String).key());
    let bytes = [
        1, b'X', 0, 0, // name, no superclass, no qualifiers
        1, 2, b'I', b'd', 0x0c, 1, 3, b'K', b'e', b'y', 0x12, 0x51, 0, // one property
        0, // no methods
    ];
    assert_eq!(comes_back(&class, put_class, |bytes| bytes.class()), bytes);
}

/// Each of these says that more is there than is, or has a second form of a thing.
#[test]
fn refusals() {
    let twice = |name: &str| {
        let one = Qualifier::new(name, true);
        Qualifiers::of_distinct(vec![one.clone(), one])
    };
    let mut same_twice = Vec::new();
    put_qualifiers(&mut same_twice, &twice("Key"));
    for (kind, bytes, what) in [
        (0, &[0x50][..], "NULL without its type"),
        (0, &[0x52], "an unknown tag of a value"),
        (0, &[0xff], "an unknown tag of a value"),
        (0, &[0x0c, 0xff, 0xff, 0xff, 0xff, 0x0f, b'a'], "a count of more than is there"),
        (0, &[0x0c, 2, 0xc3, 0x28], "a text that is not UTF-8"),
        (0, &[0x0d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9], "digits of no datetime"),
        (0, &[0x03, 0xff, 0xff, 0x7f], "a number out of range"),
        (0, &[0x3a, 2, 0, 0, 0, 0, 0, 0, 0, 0], "a count of more than is there"),
        (
            0,
            &[0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
            "a count of more than is there",
        ),
        (0, &[0x41, 1, 0x01, 9], "an array without its NULL"),
        (0, &[0x41, 2, 0x02, 9, 0x50], "an element of another type"),
        (0, &[0x41, 2, 0x51, 0x50], "an element of another type"),
        (0, &[0x0e, 0x20], "an unknown form of a path"),
        (0, &[0x0f, 2], "an unknown kind of object"),
        (0, &[0x0f, 0, 0, 4, 0, 0], "an unknown form of an instance"),
        (1, &[1, 0, 0x10], "NULL with a type"),
        (
            2,
            &[2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            "a number that could be shorter",
        ),
        (2, &[2, 8], "an unknown kind of key"),
        (3, &[0, 0, 0, 2, 1, b'a', 0x51, 0, 1, b'A', 0x51, 0], "a property that is there twice"),
        (6, &same_twice, "a qualifier that is there twice"),
        (6, &[1, 0, 0x04, 0x51], "unknown flavors"),
        (8, &[0, 0, 0x51, 0x80, 0], "unknown scopes"),
        (9, &[0x30], "an unknown shape of an array"),
        (9, &[0x80], "an unknown shape of an array"),
        (5, &[0, 2], "a truth value that is neither"),
        (5, &[0, 0, 0, 1, 0, 0, 0, 0x10, 0], "unknown flags"),
    ] {
        let mut decoder = Decoder::new(bytes);
        let error = match kind {
            0 => decoder.value().unwrap_err(),
            1 => decoder.cells().unwrap().next().unwrap().unwrap_err(),
            2 => decoder.path().unwrap_err(),
            3 => decoder.instance().unwrap_err(),
            5 => decoder.class().unwrap_err(),
            6 => decoder.qualifiers().unwrap_err(),
            8 => decoder.qualifier_type().unwrap_err(),
            _ => decoder.data_type().unwrap_err(),
        };
        assert_eq!(error.what, what, "{bytes:x?}");
        assert!(!read_any(kind, bytes));
    }
}

#[test]
fn nesting_has_a_bound() {
    let mut object = Object::default();
    let mut path = ObjectPath::of_class("X");
    for depth in 1..=MAX_DEPTH + 1 {
        for (kind, value) in [(0, Value::from(object.clone())), (0, Value::from(path.clone()))] {
            let mut bytes = Vec::new();
            put_value(&mut bytes, &value);
            assert_eq!(read_any(kind, &bytes), depth <= MAX_DEPTH, "{depth}");
        }
        object = Object::Instance(Instance::new("X").with("P", object));
        path = ObjectPath::of_instance("X", Keys::Unnamed(KeyValue::Reference(Box::new(path))));
    }
}
