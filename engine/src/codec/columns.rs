//! Rows of one class column by column: what batches are in a log.
//!
//! ```text
//! how many rows, how many columns; each column:
//!   slot
//!   type of the values; with SOME, a bit a row: whether it has a value
//!   numbers, truth values and datetimes: of each row that has one, in as many bytes as the
//!     type takes
//!   texts: the length of each, then all of them in one piece
//! ```
//!
//! Only plain values lie like that: no references, objects and arrays. A column without a value is
//! not there.

use super::codes::{type_code, type_of};
use super::{Damaged, Decoder, put_count, put_text, put_u32};
use crate::view::ValueView;
#[cfg(any(test, feature = "testing"))]
use cimarron_model::Scalar;
use cimarron_model::{Char16, CimType, DateTime};
use std::borrow::Cow;

/// What stands beside the type when some rows are NULL.
const SOME: u8 = 0x10;

/// How many bytes a column takes at least: its slot and its type.
const LEAST: usize = 2;

/// A column of some rows.
#[derive(Debug)]
pub(crate) struct PlainColumn<'a> {
    pub(crate) slot: u32,
    /// Whether each of the rows has a value; `None` when all of them have one.
    pub(crate) present: Option<Vec<bool>>,
    /// A value of each row, those that are NULL included.
    pub(crate) values: PlainValues<'a>,
}

/// Something that is written in a fixed number of bytes.
trait Plain<const N: usize>: Copy {
    fn to_bytes(self) -> [u8; N];

    fn from_bytes(bytes: [u8; N]) -> Option<Self>;
}

macro_rules! plain {
    ($($variant:ident($type:ty), $bytes:literal, $to:expr, $from:expr;)*) => {
        /// The values of a column.
        #[derive(Debug)]
        pub(crate) enum PlainValues<'a> {
            $( $variant(&'a [$type]), )*
            /// The length of each text, and all of them one behind the other.
            String(Vec<u32>, Cow<'a, str>),
        }

        $( impl Plain<$bytes> for $type {
            #[inline]
            fn to_bytes(self) -> [u8; $bytes] {
                let to: fn(Self) -> [u8; $bytes] = $to;
                to(self)
            }

            #[inline]
            fn from_bytes(bytes: [u8; $bytes]) -> Option<Self> {
                let from: fn([u8; $bytes]) -> Option<Self> = $from;
                from(bytes)
            }
        } )*

        fn put_values(out: &mut Vec<u8>, column: &PlainColumn<'_>) {
            let present = column.present.as_deref();
            match &column.values {
                $( PlainValues::$variant(items) => put_fixed::<$type, $bytes>(out, present, items), )*
                PlainValues::String(lengths, texts) => put_texts(out, present, lengths, texts),
            }
        }

        /// As [`put_columns`], from values that are all of one type in each column.
        #[cfg(any(test, feature = "testing"))]
        pub(super) fn put_owned(
            out: &mut Vec<u8>,
            rows: usize,
            columns: &super::probe::Columns,
        ) {
            put_count(out, rows);
            put_count(out, columns.len());
            for (slot, items) in columns {
                let (slot, has) = (*slot, items.iter().map(Option::is_some));
                let present = (!has.clone().all(|has| has)).then(|| has.collect());
                match items.iter().flatten().next() {
                    $( Some(Scalar::$variant(_)) => {
                        let items: Vec<$type> = items.iter().map(|item| match item {
                            Some(Scalar::$variant(value)) => *value,
                            _ => Default::default(),
                        }).collect();
                        let values = PlainValues::$variant(&items);
                        put_column(out, &PlainColumn { slot, present, values });
                    } )*
                    _ => {
                        let texts: Vec<&str> = items.iter().map(|item| match item {
                            Some(Scalar::String(text)) => text.as_str(),
                            _ => "",
                        }).collect();
                        let lengths = texts.iter().map(|text| text.len() as u32).collect();
                        let values = PlainValues::String(lengths, texts.concat().into());
                        put_column(out, &PlainColumn { slot, present, values });
                    }
                }
            }
        }

        /// Reads the values of a type, and hands over that of each row that has one.
        fn values(
            decoder: &mut Decoder<'_>,
            of: CimType,
            rows: &Rows<'_>,
            mut each: impl FnMut(usize, ValueView<'_>) -> bool,
        ) -> Result<(), Damaged> {
            match of {
                $( CimType::$variant => fixed::<$type, $bytes>(decoder, rows, |row, value| {
                    each(row, ValueView::$variant(value))
                }), )*
                CimType::String => texts(decoder, rows, each),
                _ => Err(decoder.damaged("a column of values that are not plain")),
            }
        }
    };
}

plain! {
    Boolean(bool), 1, |v| [v.into()], |b| match b { [0] => Some(false), [1] => Some(true), _ => None };
    UInt8(u8), 1, u8::to_le_bytes, |b| Some(Self::from_le_bytes(b));
    SInt8(i8), 1, i8::to_le_bytes, |b| Some(Self::from_le_bytes(b));
    UInt16(u16), 2, u16::to_le_bytes, |b| Some(Self::from_le_bytes(b));
    SInt16(i16), 2, i16::to_le_bytes, |b| Some(Self::from_le_bytes(b));
    UInt32(u32), 4, u32::to_le_bytes, |b| Some(Self::from_le_bytes(b));
    SInt32(i32), 4, i32::to_le_bytes, |b| Some(Self::from_le_bytes(b));
    UInt64(u64), 8, u64::to_le_bytes, |b| Some(Self::from_le_bytes(b));
    SInt64(i64), 8, i64::to_le_bytes, |b| Some(Self::from_le_bytes(b));
    Real32(f32), 4, |v| v.to_bits().to_le_bytes(), |b| Some(Self::from_bits(u32::from_le_bytes(b)));
    Real64(f64), 8, |v| v.to_bits().to_le_bytes(), |b| Some(Self::from_bits(u64::from_le_bytes(b)));
    Char16(Char16), 2, |v| v.0.to_le_bytes(), |b| Some(Self(u16::from_le_bytes(b)));
    DateTime(DateTime), 16, |v| v.to_bits().to_le_bytes(), |b| Self::from_bits(u128::from_le_bytes(b));
}

impl PlainValues<'_> {
    fn cim_type(&self) -> CimType {
        macro_rules! types {
            ($($variant:ident)*) => {
                match self { $( Self::$variant(..) => CimType::$variant, )* }
            };
        }
        types! {
            Boolean UInt8 SInt8 UInt16 SInt16 UInt32 SInt32 UInt64 SInt64 Real32 Real64 Char16
            DateTime String
        }
    }
}

/// Appends so many rows of some columns, which are in the order of their slots.
pub(crate) fn put_columns(out: &mut Vec<u8>, rows: usize, columns: &[PlainColumn<'_>]) {
    put_count(out, rows);
    put_count(out, columns.len());
    columns.iter().for_each(|column| put_column(out, column));
}

fn put_column(out: &mut Vec<u8>, column: &PlainColumn<'_>) {
    put_u32(out, column.slot);
    let some = if column.present.is_some() { SOME } else { 0 };
    out.push(type_code(column.values.cim_type()) | some);
    for eight in column.present.iter().flat_map(|present| present.chunks(8)) {
        out.push((0..).zip(eight).map(|(at, has)| u8::from(*has) << at).sum());
    }
    put_values(out, column);
}

/// The items of the rows that have a value.
fn of_present<'i, T>(
    present: Option<&'i [bool]>,
    items: &'i [T],
) -> impl Iterator<Item = &'i T> + Clone {
    let has = move |row: usize| present.is_none_or(|present| present.get(row) == Some(&true));
    items.iter().enumerate().filter(move |(row, _)| has(*row)).map(|(_, item)| item)
}

fn put_fixed<T: Plain<N>, const N: usize>(
    out: &mut Vec<u8>,
    present: Option<&[bool]>,
    items: &[T],
) {
    if present.is_some() {
        of_present(present, items).for_each(|item| out.extend_from_slice(&item.to_bytes()));
        return;
    }
    let start = out.len();
    out.resize(start + items.len() * N, 0);
    let places = out.get_mut(start..).unwrap_or_default().as_chunks_mut::<N>().0;
    places.iter_mut().zip(items).for_each(|(place, item)| *place = item.to_bytes());
}

/// Numbers up to it are a byte that is the same number.
const SHORT: u32 = 0x7f;

/// The text of a row that is NULL has no length.
fn put_texts(out: &mut Vec<u8>, present: Option<&[bool]>, lengths: &[u32], texts: &str) {
    if present.is_none() && lengths.iter().all(|len| *len <= SHORT) {
        out.extend(lengths.iter().map(|len| *len as u8));
    } else {
        of_present(present, lengths).for_each(|len| put_u32(out, *len));
    }
    put_text(out, texts);
}

/// The rows of a column that have a value.
enum Rows<'a> {
    All(usize),
    /// A bit for each of so many.
    Some(usize, &'a [u8]),
}

impl Rows<'_> {
    /// How many they are.
    fn count(&self) -> usize {
        match self {
            Self::All(rows) => *rows,
            Self::Some(_, bits) => bits.iter().map(|byte| byte.count_ones() as usize).sum(),
        }
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        let (rows, bits) = match self {
            Self::All(rows) => (*rows, None),
            Self::Some(rows, bits) => (*rows, Some(bits)),
        };
        let has = move |row: &usize| {
            bits.is_none_or(|bits| bits.get(row / 8).is_some_and(|b| b >> (row % 8) & 1 == 1))
        };
        (0..rows).filter(has)
    }
}

fn fixed<T: Plain<N>, const N: usize>(
    decoder: &mut Decoder<'_>,
    rows: &Rows<'_>,
    mut each: impl FnMut(usize, T) -> bool,
) -> Result<(), Damaged> {
    let bytes = rows.count().checked_mul(N);
    let bytes = decoder.known(bytes, "more values than there can be")?;
    let values = decoder.take(bytes)?.as_chunks::<N>().0;
    for (row, bytes) in rows.iter().zip(values) {
        let value =
            decoder.known(T::from_bytes(*bytes), "bytes that are no value of their type")?;
        if !each(row, value) {
            return Err(decoder.damaged("a value that does not fit its property"));
        }
    }
    Ok(())
}

fn texts(
    decoder: &mut Decoder<'_>,
    rows: &Rows<'_>,
    mut each: impl FnMut(usize, ValueView<'_>) -> bool,
) -> Result<(), Damaged> {
    let mut lengths = Vec::new();
    for _ in 0..rows.count() {
        lengths.push(decoder.u32()? as usize);
    }
    let mut rest = decoder.text()?;
    for (row, length) in rows.iter().zip(lengths) {
        let cut = rest.split_at_checked(length);
        let (text, behind) = decoder.known(cut, "a text that ends where none can")?;
        rest = behind;
        if !each(row, ValueView::String(text)) {
            return Err(decoder.damaged("a value that does not fit its property"));
        }
    }
    if rest.is_empty() { Ok(()) } else { Err(decoder.damaged("text behind the last one")) }
}

impl<'a> Decoder<'a> {
    /// What [`put_columns`] wrote of `most` rows or fewer: slot, row and value of all that are not NULL go to `put`, one
    /// column after the other, which says whether they fit. How many rows there are.
    pub(crate) fn columns(
        &mut self,
        most: usize,
        mut put: impl FnMut(u32, usize, ValueView<'_>) -> bool,
    ) -> Result<usize, Damaged> {
        let rows = usize::try_from(self.u64()?).ok().filter(|rows| *rows <= most);
        let rows = self.known(rows, "more rows than a chunk has")?;
        let columns = self.count(LEAST)?;
        if columns == 0 {
            return Err(self.damaged("rows without a value"));
        }
        let mut next = 0;
        for _ in 0..columns {
            let slot = self.u32()?;
            if slot < next {
                return Err(self.damaged("columns out of order"));
            }
            next = self.known(slot.checked_add(1), "a slot that cannot be")?;
            let byte = self.u8()?;
            let of = self.known(type_of(byte & !SOME), "an unknown type")?;
            let has = if byte & SOME == 0 { Rows::All(rows) } else { self.some(rows)? };
            if has.count() == 0 {
                return Err(self.damaged("a column without a value"));
            }
            values(self, of, &has, |row, value| put(slot, row, value))?;
        }
        Ok(rows)
    }

    /// A bit a row, not all of them set.
    fn some(&mut self, rows: usize) -> Result<Rows<'a>, Damaged> {
        let bits = self.take(rows.div_ceil(8))?;
        let behind =
            bits.last().filter(|_| !rows.is_multiple_of(8)).is_some_and(|b| b >> (rows % 8) != 0);
        let has = Rows::Some(rows, bits);
        if behind || has.count() == rows {
            return Err(self.damaged("marks of rows that cannot be"));
        }
        Ok(has)
    }
}
