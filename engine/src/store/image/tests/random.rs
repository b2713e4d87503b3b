//! Random classes and rows, in every form that a chunk takes.

use super::*;
use crate::row_qualifiers::RowQualifiers;
use crate::store::beside::Beside;
use cimarron_model::{Array, Char16, DateTime, Instance, Object, ObjectPath, Scalar};
use proptest::collection::vec;
use proptest::prelude::*;

fn kind() -> impl Strategy<Value = Kind> {
    let cim_type = || prop::sample::select(&CimType::ALL[..]);
    prop_oneof![
        6 => cim_type().prop_map(Kind::scalar),
        2 => cim_type().prop_map(Kind::array),
        1 => any::<bool>().prop_map(|is_array| Kind { is_array, ..Kind::EMBEDDED }),
    ]
}

fn scalar(cim_type: CimType) -> BoxedStrategy<Scalar> {
    fn of<T: Arbitrary + 'static>(make: fn(T) -> Scalar) -> BoxedStrategy<Scalar> {
        any::<T>().prop_map(make).boxed()
    }
    match cim_type {
        CimType::Boolean => of(Scalar::Boolean),
        CimType::UInt8 => of(Scalar::UInt8),
        CimType::SInt8 => of(Scalar::SInt8),
        CimType::UInt16 => of(Scalar::UInt16),
        CimType::SInt16 => of(Scalar::SInt16),
        CimType::UInt32 => of(Scalar::UInt32),
        CimType::SInt32 => of(Scalar::SInt32),
        CimType::UInt64 => of(Scalar::UInt64),
        CimType::SInt64 => of(Scalar::SInt64),
        CimType::Real32 => of(|bits: u32| Scalar::Real32(f32::from_bits(bits))),
        CimType::Real64 => of(|bits: u64| Scalar::Real64(f64::from_bits(bits))),
        CimType::Char16 => of(|unit: u16| Scalar::Char16(Char16(unit))),
        CimType::String => prop_oneof!["[aßK\u{10348}]{0,5}", "[ab]{13}"]
            .prop_map(|text| Scalar::String(text.into()))
            .boxed(),
        CimType::DateTime => (1..=9999_u16, 1..=12_u8, any::<bool>())
            .prop_map(|(year, month, is_local)| {
                let offset = if is_local { "-060" } else { "+***" };
                let text = format!("{year:04}{month:02}01******.******{offset}");
                Scalar::DateTime(DateTime::parse(&text).unwrap())
            })
            .boxed(),
        CimType::Reference => "[a-c]"
            .prop_map(|key| {
                let path = ObjectPath::parse(&format!("X_End.Id=\"{key}\"")).unwrap();
                Scalar::Reference(Arc::new(path))
            })
            .boxed(),
        CimType::Object => any::<u8>()
            .prop_map(|n| {
                let instance = Instance::new("X_Part").with("Number", n);
                Scalar::Object(Arc::new(Object::Instance(instance)))
            })
            .boxed(),
    }
}

fn value(kind: Kind) -> BoxedStrategy<Value> {
    let array = |cim_type| {
        vec(prop::option::of(scalar(cim_type)), 0..4)
            .prop_map(move |items| Value::Array(Array::from_options(cim_type, items).unwrap()))
    };
    match kind {
        Kind { is_array: true, embedded_text: true, .. } => {
            prop_oneof![array(CimType::Object), array(CimType::String)].boxed()
        }
        Kind { is_array: true, cim_type, .. } => array(cim_type).boxed(),
        Kind { embedded_text: true, .. } => {
            prop_oneof![scalar(CimType::Object), scalar(CimType::String)]
                .prop_map(Value::Scalar)
                .boxed()
        }
        Kind { cim_type, .. } => scalar(cim_type).prop_map(Value::Scalar).boxed(),
    }
}

/// Values of a property, so that every form comes up.
fn values(kind: Kind, rows: usize) -> BoxedStrategy<Values> {
    let few = vec(value(kind), 1..4)
        .prop_flat_map(move |few| vec(prop::sample::select(few).prop_map(Some), rows));
    prop_oneof![
        vec(value(kind).prop_map(Some), rows),
        vec(prop::option::weighted(0.7, value(kind)), rows),
        vec(prop::option::weighted(0.1, value(kind)), rows),
        few,
        value(kind).prop_map(move |value| vec![Some(value); rows]),
        Just(vec![None; rows]),
    ]
    .boxed()
}

/// A class, the values of its properties, how many rows are asked for, and which carry
/// qualifiers.
fn rows() -> impl Strategy<Value = (Vec<Kind>, Vec<Values>, usize, Vec<bool>)> {
    let size = prop_oneof![0..4_usize, 60..70_usize, 120..200_usize];
    (vec(kind(), 0..6), size).prop_flat_map(|(kinds, rows)| {
        let all: Vec<_> = kinds.iter().map(|kind| values(*kind, rows)).collect();
        (Just(kinds), all, 0..=rows, vec(prop::bool::weighted(0.1), rows))
    })
}

fn qualified(number: usize) -> Arc<RowQualifiers> {
    let mut own = RowQualifiers::default();
    own.instance.set(cimarron_model::Qualifier::new("Number", number as u32));
    own.properties.push((0, own.instance.clone()));
    Arc::new(own)
}

proptest! {
    #[test]
    fn what_was_written_is_read((kinds, expected, first, qualifies) in rows()) {
        let layout = layout(&kinds);
        let rows = qualifies.len();
        let whole = sealed(&layout, expected.iter().map(column).collect(), rows);
        let tail = tail(&layout, &expected, &qualifies);
        for (chunk, asked) in [(&whole, rows), (&whole, first), (&tail, rows), (&tail, first)] {
            let bytes = encoded(chunk, asked);
            let image = decode(&bytes, &layout).unwrap();
            let read = Chunk::of_image(&Writer::new(), 1, layout.clone(), image, &[]).unwrap();
            assert_values(&read, &expected, asked);
            if asked == rows {
                assert_same_form(&read, &chunk.sealed(&Writer::new(), true));
            }
            for row in 0..asked {
                prop_assert_eq!(read.qualifiers(row), chunk.qualifiers(row));
            }
            prop_assert!((asked..rows).all(|row| read.qualifiers(row).is_none()));
            // What was read is written as the same bytes.
            let again = encoded(&read, asked);
            prop_assert_eq!(again.as_slice(), bytes.as_slice());
        }
    }
}

/// The rows in a tail with room for more.
fn tail(layout: &Arc<Layout>, values: &[Values], qualifies: &[bool]) -> Chunk {
    let writer = Writer::new();
    let chunk = Chunk::tail(&writer, 1, layout.clone(), qualifies.len() + 1);
    for (row, qualifies) in qualifies.iter().enumerate() {
        let qualifiers = (*qualifies && !values.is_empty()).then(|| qualified(row));
        let cells = (0..).zip(values).map(|(slot, values)| (slot, view(values[row].as_ref())));
        chunk.append(&writer, cells, &Beside { qualifiers, ..Beside::default() }, 1);
    }
    chunk
}
