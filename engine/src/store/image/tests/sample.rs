//! An image with every form, and the one that version 1 made of it.

use super::*;
use crate::row_qualifiers::RowQualifiers;
use crate::store::beside::Beside;
use cimarron_model::{Array, Char16, DateTime, Instance, Object, ObjectPath, Qualifier, Scalar};

/// As written by `encode(&sample(), ROWS)`; kept for good.
const VERSION_1: &[u8] = include_bytes!("../../../../tests/fixtures/rows-1.image");

pub(super) const ROWS: usize = 4;

fn instance(number: u8) -> Value {
    Value::from(Object::Instance(Instance::new("X_Part").with("Number", number)))
}

fn path(key: &str) -> Value {
    Value::from(ObjectPath::parse(&format!("X_End.Id=\"{key}\"")).unwrap())
}

fn numbers(items: [Option<u16>; 2]) -> Value {
    let items = items.map(|item| item.map(Scalar::UInt16));
    Value::from(Array::from_options(CimType::UInt16, items).unwrap())
}

/// Four values of one type, all of them there.
fn all<T: Into<Value>>(values: [T; ROWS]) -> Values {
    values.into_iter().map(|value| Some(value.into())).collect()
}

/// One property for each form, and what it has in the four rows.
pub(super) fn properties() -> Vec<(Kind, Values)> {
    let scalar = Kind::scalar;
    let time = |text: &str| DateTime::parse(text).unwrap();
    let null = || None;
    vec![
        (scalar(CimType::Boolean), all([true, false, false, true])),
        (scalar(CimType::UInt8), all([0_u8, 1, 127, 255])),
        (scalar(CimType::SInt8), all([-128_i8, -1, 0, 127])),
        (scalar(CimType::UInt16), all([0_u16, 1, 2, 65_535])),
        (scalar(CimType::SInt16), all([-32_768_i16, -1, 0, 32_767])),
        (scalar(CimType::UInt32), all([0_u32, 1, 2, u32::MAX])),
        (scalar(CimType::SInt32), all([i32::MIN, -1, 0, i32::MAX])),
        (scalar(CimType::UInt64), all([0_u64, 1, 2, u64::MAX])),
        (scalar(CimType::SInt64), all([i64::MIN, -1, 0, i64::MAX])),
        (scalar(CimType::Real32), all([-0.0_f32, f32::NAN, f32::INFINITY, 0.1])),
        (scalar(CimType::Real64), all([-0.0_f64, f64::NAN, f64::NEG_INFINITY, 0.1])),
        (scalar(CimType::Char16), all([0x41, 0xD800, 0xDFFF, 0].map(Char16))),
        (scalar(CimType::String), all(["ABC-1", "ABC-2", "ABC-3", "ABC-4"])),
        (scalar(CimType::String), all(["", "ß", "\u{10348}\0", "plain"])),
        (
            scalar(CimType::DateTime),
            all([
                time("20240229120000.000000+060"),
                time("20240229120000.000000+060"),
                time("00000001020304.000005:000"),
                time("2024**********.******+***"),
            ]),
        ),
        (scalar(CimType::Reference), all([path("a"), path("b"), path("b"), path("c")])),
        (scalar(CimType::Object), all([1, 2, 2, 3].map(instance))),
        (
            Kind::array(CimType::UInt16),
            all([
                numbers([Some(1), None]),
                numbers([None, None]),
                numbers([Some(2), Some(3)]),
                Value::from(Array::new(CimType::UInt16)),
            ]),
        ),
        (Kind::EMBEDDED, vec![Some("instance of X {};".into()), null(), Some(instance(4)), null()]),
        (scalar(CimType::UInt32), all([7_u32; ROWS])),
        (scalar(CimType::String), all(["the same text"; ROWS])),
        (scalar(CimType::String), all(["a long text", "a long text", "a long text", "another"])),
        // NULL: at once, between, in the end, everywhere.
        (scalar(CimType::UInt32), vec![null(), Some(1_u32.into()), null(), Some(2_u32.into())]),
        (scalar(CimType::String), vec![Some("x".into()), null(), Some("y".into()), null()]),
        (scalar(CimType::Reference), vec![null(), Some(path("a")), null(), null()]),
        (
            Kind::array(CimType::UInt16),
            vec![null(), Some(numbers([Some(5), Some(6)])), null(), null()],
        ),
        (scalar(CimType::Real64), vec![null(); ROWS]),
        // What a class gives its rows with a new property.
        (Kind::array(CimType::UInt16), all([(); ROWS].map(|()| numbers([Some(8), Some(9)])))),
    ]
}

pub(super) fn qualifiers() -> Arc<RowQualifiers> {
    let mut own = RowQualifiers::default();
    own.instance.set(Qualifier::new("Owner", "root"));
    own.properties.push((3, own.instance.clone()));
    Arc::new(own)
}

pub(super) fn sample_layout() -> Arc<Layout> {
    let kinds: Vec<Kind> = properties().into_iter().map(|(kind, _)| kind).collect();
    layout(&kinds)
}

/// The rows with each property in its form.
pub(super) fn sample() -> Chunk {
    let properties = properties();
    let mut columns: Vec<_> = properties.iter().map(|(_, values)| column(values)).collect();
    let default = numbers([Some(8), Some(9)]);
    *columns.last_mut().unwrap() = Some(Arc::new(Column::constant(default, ROWS)));
    let chunk = sealed(&sample_layout(), columns.into(), ROWS);
    chunk.put_beside(2, &Beside { qualifiers: Some(qualifiers()), ..Beside::default() });
    chunk
}

#[test]
fn the_sample_has_every_form() {
    let sample = sample();
    let forms: std::collections::HashSet<_> = sample
        .columns()
        .unwrap()
        .iter()
        .map(|column| column.as_ref().map(|column| discriminant(&column.data)))
        .collect();
    // Of 21 forms with values, and without any. In no chunk are texts still being added to.
    assert_eq!(forms.len(), 22);
}

#[test]
fn version_1_is_read() {
    let layout = sample_layout();
    let image = decode(&aligned(VERSION_1), &layout).unwrap();
    let read = Chunk::of_image(&Writer::new(), 1, layout, image, &[]).unwrap();
    let expected: Vec<Values> = properties().into_iter().map(|(_, values)| values).collect();
    assert_values(&read, &expected, ROWS);
    assert_same_form(&read, &sample());
    let qualifiers: Vec<_> = (0..ROWS).map(|row| read.qualifiers(row)).collect();
    assert_eq!(qualifiers, [None, None, Some(self::qualifiers()), None]);
}

/// Whoever changes these bytes raises the version, and keeps the file.
#[test]
fn the_format_is_that_of_version_1() {
    assert_eq!(encoded(&sample(), ROWS).as_slice(), VERSION_1);
}
