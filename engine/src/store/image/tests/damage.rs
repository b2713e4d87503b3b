//! Bytes that are no image: changed, cut off, or wrong in one thing.

use super::super::encode::finish;
use super::super::format::{ColumnRecord, FormRecord, HEAD, ImageRecord, TextRecord, ValuesRecord};
use super::sample::{ROWS, properties, sample, sample_layout};
use super::*;
use crate::codec::{put_row_qualifiers, put_value};
use crate::row_qualifiers::RowQualifiers;
use crate::store::address::CAPACITY;

/// Looks at all that an image says, if it is one; whether it is.
fn read_all(bytes: &[u8], layout: &Arc<Layout>) -> bool {
    let Ok(image) = decode(bytes, layout) else { return false };
    let chunk = Chunk::of_image(&Writer::new(), 1, layout.clone(), image, &[]).unwrap();
    for slot in 0..layout.slots.len() {
        let mut rows = Mask::of(0..chunk.len());
        let _ = (chunk.values(slot), chunk.valid(slot, &mut rows), chunk.bounds(slot));
    }
    for row in 0..=chunk.len() {
        chunk.cells(row).for_each(|(_, value)| drop(value.to_value(CimType::String, false)));
        drop(chunk.qualifiers(row));
    }
    true
}

#[test]
fn a_changed_byte_is_found_out_or_harmless() {
    let layout = sample_layout();
    let bytes = encoded(&sample(), ROWS);
    assert!(read_all(&bytes, &layout));
    let mut changed = bytes.clone();
    for at in 0..bytes.len() {
        for pattern in (0..8).map(|bit| 1 << bit).chain([0x7F, 0xFF]) {
            changed[at] = bytes[at] ^ pattern;
            let is_image = read_all(&changed, &layout);
            assert!(at >= 8 || !is_image, "the head does not count at byte {at}");
        }
        changed[at] = bytes[at];
    }
}

#[test]
fn a_part_is_no_image() {
    let layout = sample_layout();
    let bytes = encoded(&sample(), ROWS);
    for len in 0..bytes.len() {
        assert!(!read_all(&aligned(&bytes[..len]), &layout), "{len} bytes of {}", bytes.len());
        read_all(&aligned(&bytes[len..]), &layout);
    }
    let mut long = bytes.clone();
    long.extend_from_slice(&[0; 16]);
    assert!(decode(&long, &layout).is_err());
    // rkyv reads in place, which needs alignment.
    let mut moved = aligned(&[0]);
    moved.extend_from_slice(&bytes);
    assert!(decode(&moved[1..], &layout).is_err());
}

#[test]
fn the_layout_must_be_that_of_the_rows() {
    let bytes = encoded(&sample(), ROWS);
    let others = [CimType::String, CimType::Object, CimType::UInt8];
    for kinds in [&[][..], &others.map(Kind::scalar)] {
        assert!(decode(&bytes, &layout(kinds)).is_err());
    }
    // Every property as every other kind, one at a time.
    let kinds: Vec<Kind> = properties().into_iter().map(|p| p.0).collect();
    let scalars = CimType::ALL.map(Kind::scalar);
    let arrays = CimType::ALL.map(Kind::array);
    let others: Vec<Kind> = scalars.into_iter().chain(arrays).chain([Kind::EMBEDDED]).collect();
    for slot in 0..kinds.len() {
        let is_missing = sample().columns().unwrap()[slot].is_none();
        for other in &others {
            let mut changed = kinds.clone();
            changed[slot] = *other;
            let takes_it = is_missing
                || *other == kinds[slot]
                // Embedded objects may be texts.
                || (*other == Kind::EMBEDDED
                    && matches!(kinds[slot].cim_type, CimType::String | CimType::Object)
                    && !kinds[slot].is_array);
            let read = decode(&bytes, &layout(&changed));
            assert_eq!(read.is_ok(), takes_it, "slot {slot} as {other:?}");
            assert!(read.is_ok() || read.unwrap_err().slot == Some(slot as u32));
        }
    }
}

/// An image of one column: its kind, the rows, the record and what lies in front.
struct Wrong<'a> {
    kind: Kind,
    rows: u32,
    form: FormRecord<'a>,
    nulls: Vec<u64>,
    front: Vec<u8>,
    qualified: Vec<u32>,
}

impl<'a> Wrong<'a> {
    fn new(cim_type: CimType, form: FormRecord<'a>) -> Self {
        let (nulls, front, qualified) = Default::default();
        Self { kind: Kind::scalar(cim_type), rows: 2, form, nulls, front, qualified }
    }

    fn texts(front: &str, len: u32, width: u32, ends: &'a [u32]) -> Self {
        let bytes = front.len() as u64;
        let form = FormRecord::String(TextRecord { len, width, ends, bytes });
        Self { front: front.into(), ..Self::new(CimType::String, form) }
    }

    fn values(
        kind: Kind,
        form: fn(ValuesRecord) -> FormRecord<'a>,
        rows: u32,
        values: &[Value],
    ) -> Self {
        let mut front = Vec::new();
        values.iter().for_each(|value| put_value(&mut front, value));
        let form = form(ValuesRecord { rows, bytes: front.len() as u64 });
        Self { kind, front, ..Self::new(kind.cim_type, form) }
    }

    fn read(self) -> Result<Image, Damaged> {
        let mut bytes = aligned(&[0; HEAD]);
        bytes.extend_from_slice(&self.front);
        let columns = vec![ColumnRecord { nulls: self.nulls, form: self.form }];
        let record = ImageRecord { rows: self.rows, columns, qualified: self.qualified };
        finish(&record, &mut bytes).unwrap();
        decode(&bytes, &layout(&[self.kind]))
    }
}

#[test]
fn what_no_column_can_be_is_refused() {
    use FormRecord::{Array, Constant, Dictionary, Mixed, Reference, UInt8};
    let numbers = || Wrong::new(CimType::UInt8, UInt8(&[1, 2]));
    let null = || Value::null(CimType::String);
    let scalar = Kind::scalar;
    let one = [Value::from(1_u8)];
    let texts = || TextRecord { len: 1, width: 1, ends: &[], bytes: 1 };
    let dictionary = |codes| Wrong {
        front: b"a".to_vec(),
        ..Wrong::new(CimType::String, Dictionary(codes, texts()))
    };
    let qualified = |rows: &[u32], slot| {
        let mut own = RowQualifiers::default();
        own.properties.push((slot, own.instance.clone()));
        let mut front = Vec::new();
        rows.iter().for_each(|_| put_row_qualifiers(&mut front, &own));
        Wrong { qualified: rows.to_vec(), front, ..numbers() }
    };
    let constant = |rows| Wrong::values(scalar(CimType::UInt8), Constant, rows, &one);
    // What each of the wrong ones below would be without its mistake.
    for right in [
        numbers(),
        Wrong { nulls: vec![0b10], ..numbers() },
        Wrong::texts("aß", 2, 0, &[1, 3]),
        Wrong::texts("ßß", 2, 2, &[]),
        dictionary(&[0, 0]),
        constant(2),
        constant(1),
        qualified(&[0, 1], 0),
        Wrong { nulls: vec![0b10], ..Wrong::values(Kind::EMBEDDED, Mixed, 2, &["".into()]) },
    ] {
        right.read().unwrap();
    }
    let wrong: Vec<(&str, Wrong<'_>)> = vec![
        ("more rows than a chunk", Wrong { rows: CAPACITY as u32 + 1, ..numbers() }),
        ("more values than rows", Wrong { rows: 1, ..numbers() }),
        ("a mark behind the last", Wrong { nulls: vec![0b100], ..numbers() }),
        ("a mark far behind", Wrong { nulls: vec![0, 1], ..numbers() }),
        ("too many words of marks", Wrong { nulls: vec![0, 0], ..numbers() }),
        (
            "marks without values",
            Wrong { nulls: vec![1], ..Wrong::new(CimType::UInt8, FormRecord::Missing) },
        ),
        ("an early end of values", Wrong { front: Vec::new(), ..constant(2) }),
        ("bytes that nobody owns", Wrong { front: vec![0], ..numbers() }),
        ("another type", Wrong { kind: scalar(CimType::SInt8), ..numbers() }),
        ("scalars in an array", Wrong { kind: Kind::array(CimType::UInt8), ..numbers() }),
        ("an end in a character", Wrong::texts("aß", 2, 0, &[2, 3])),
        ("a width in a character", Wrong::texts("aßa", 2, 2, &[])),
        ("ends that go back", Wrong::texts("abc", 3, 0, &[2, 1, 3])),
        ("an end behind the text", Wrong::texts("abc", 2, 0, &[2, 4])),
        ("text behind the last end", Wrong::texts("abc", 2, 0, &[1, 2])),
        ("fewer texts than said", Wrong::texts("abc", 3, 0, &[1, 3])),
        ("fewer texts of a width", Wrong::texts("abcd", 3, 2, &[])),
        ("a width and ends", Wrong::texts("abcd", 2, 2, &[2, 4])),
        ("texts of no width", Wrong::texts("abcd", 2, 0, &[])),
        ("a great width", Wrong::texts("abcd", u32::MAX, u32::MAX, &[])),
        ("more texts than rows", Wrong { rows: 1, ..Wrong::texts("ab", 2, 1, &[]) }),
        ("no UTF-8", Wrong { front: vec![0xC3, 0x28], ..Wrong::texts("ab", 2, 1, &[]) }),
        ("a code without text", dictionary(&[0, 1])),
        ("more codes than rows", dictionary(&[0, 0, 0])),
        ("NULL in a dictionary", Wrong { nulls: vec![1], ..dictionary(&[0, 0]) }),
        ("a constant in more rows", constant(3)),
        ("NULL in a constant", Wrong { nulls: vec![1], ..constant(2) }),
        ("NULL as a constant", Wrong::values(scalar(CimType::UInt8), Constant, 2, &[null()])),
        ("a constant of another type", Wrong::values(scalar(CimType::UInt16), Constant, 2, &one)),
        (
            "two constants",
            Wrong::values(scalar(CimType::UInt8), Constant, 2, &[1_u8.into(), 1_u8.into()]),
        ),
        ("a datetime that is none", Wrong::new(CimType::DateTime, FormRecord::DateTime(vec![1]))),
        (
            "NULL as a value",
            Wrong::values(
                scalar(CimType::Reference),
                Reference,
                1,
                &[Value::null(CimType::Reference)],
            ),
        ),
        ("no reference", Wrong::values(scalar(CimType::Reference), Reference, 1, &one)),
        ("a text as reference", Wrong::values(scalar(CimType::String), Reference, 1, &["".into()])),
        ("no array", Wrong::values(Kind::array(CimType::UInt8), Array, 1, &one)),
        ("no value for a row", Wrong::values(scalar(CimType::Reference), Reference, 1, &[])),
        ("mixed numbers", Wrong::values(Kind::EMBEDDED, Mixed, 1, &one)),
        ("mixed where one type is", Wrong::values(scalar(CimType::Object), Mixed, 1, &["".into()])),
        (
            "a value at a mark",
            Wrong {
                nulls: vec![0b10],
                ..Wrong::values(Kind::EMBEDDED, Mixed, 2, &["".into(), "".into()])
            },
        ),
        (
            "references in numbers",
            Wrong { nulls: vec![1], ..Wrong::values(scalar(CimType::UInt8), Reference, 1, &[]) },
        ),
        ("more values than said", Wrong::values(Kind::EMBEDDED, Mixed, 1, &["".into(), "".into()])),
        ("values in too many rows", Wrong::values(Kind::EMBEDDED, Mixed, u32::MAX, &["".into()])),
        ("qualifiers of no row", qualified(&[2], 0)),
        ("qualifiers out of order", qualified(&[1, 0], 0)),
        ("qualifiers of a row twice", qualified(&[1, 1], 0)),
        ("qualifiers of no property", qualified(&[1], 1)),
        ("qualifiers that are not there", Wrong { front: Vec::new(), ..qualified(&[1], 0) }),
        ("qualifiers of nobody", Wrong { qualified: Vec::new(), ..qualified(&[1], 0) }),
    ];
    for (what, wrong) in wrong {
        let read = wrong.read();
        assert!(read.is_err(), "{what} was taken");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let damaged = Wrong::new(CimType::String, FormRecord::UInt8(&[1])).read().unwrap_err();
    let expected = "the column of slot 0: property `P0` takes no values of type uint8";
    assert_eq!(damaged.to_string(), expected);
    let mut bytes = encoded(&sample(), ROWS);
    bytes[4] = 2;
    let damaged = decode(&bytes, &sample_layout()).unwrap_err();
    assert_eq!(damaged.to_string(), "it has the unknown version 2");
}
