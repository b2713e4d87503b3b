//! The records of an image, as rkyv lays them out.
//!
//! All of this is a format on disk: a form keeps its number for good, numbers of forms that
//! are no longer written are not used again, and any other change raises [`VERSION`].
//!
//! Vectors of numbers lie here as they lie in memory, so both ways are copies of memory.
//! Texts and the values that own memory lie in front of the archive, one column behind the
//! other, and a record only says how many bytes of them are its own: no length of theirs is
//! then bounded by the reach of rkyv's pointers.

use rkyv::with::InlineAsBox;
use rkyv::{Archive, Serialize};

/// What an image begins with: these bytes, [`VERSION`], and in the second half how many bytes
/// of texts and values follow, little-endian.
pub(super) const MAGIC: [u8; 4] = *b"CIMG";

/// The version of the format.
pub(super) const VERSION: u32 = 1;

/// Where texts and values begin.
pub(super) const HEAD: usize = 16;

/// What everything in an image is aligned to.
pub(super) const ALIGNMENT: usize = 16;

/// The rows of a chunk.
#[derive(Archive, Serialize)]
pub(super) struct ImageRecord<'a> {
    /// How many rows.
    pub(super) rows: u32,
    /// By slot.
    pub(super) columns: Vec<ColumnRecord<'a>>,
    /// The rows that carry qualifiers, in order. The qualifiers are the last of the values.
    pub(super) qualified: Vec<u32>,
}

/// One property of the rows.
#[derive(Archive, Serialize)]
pub(super) struct ColumnRecord<'a> {
    /// The rows that are NULL, a bit each, for forms that cannot say so themselves.
    pub(super) nulls: Vec<u64>,
    pub(super) form: FormRecord<'a>,
}

/// How the values of a column are written. Those that hold values of one type have the
/// number of the type, and 1 more.
#[derive(Archive, Serialize)]
#[repr(u8)]
pub(super) enum FormRecord<'a> {
    Missing = 0,
    Boolean(#[rkyv(with = InlineAsBox)] &'a [bool]) = 1,
    UInt8(#[rkyv(with = InlineAsBox)] &'a [u8]) = 2,
    SInt8(#[rkyv(with = InlineAsBox)] &'a [i8]) = 3,
    UInt16(#[rkyv(with = InlineAsBox)] &'a [u16]) = 4,
    SInt16(#[rkyv(with = InlineAsBox)] &'a [i16]) = 5,
    UInt32(#[rkyv(with = InlineAsBox)] &'a [u32]) = 6,
    SInt32(#[rkyv(with = InlineAsBox)] &'a [i32]) = 7,
    UInt64(#[rkyv(with = InlineAsBox)] &'a [u64]) = 8,
    SInt64(#[rkyv(with = InlineAsBox)] &'a [i64]) = 9,
    Real32(#[rkyv(with = InlineAsBox)] &'a [f32]) = 10,
    Real64(#[rkyv(with = InlineAsBox)] &'a [f64]) = 11,
    /// Code units.
    Char16(Vec<u16>) = 12,
    String(TextRecord<'a>) = 13,
    /// The bits of `DateTime::to_bits`.
    DateTime(Vec<u128>) = 14,
    /// This and the next: a value for each row that is not NULL.
    Reference(ValuesRecord) = 15,
    Object(ValuesRecord) = 16,
    Array(ValuesRecord) = 17,
    Mixed(ValuesRecord) = 18,
    /// One value, in as many rows as the record says.
    Constant(ValuesRecord) = 19,
    /// The number of a text for each row, and the texts.
    Dictionary(#[rkyv(with = InlineAsBox)] &'a [u8], TextRecord<'a>) = 20,
}

/// Texts, one behind the other.
#[derive(Archive, Serialize)]
pub(super) struct TextRecord<'a> {
    pub(super) len: u32,
    /// The length of each in bytes, when all have the same; 0 when the ends say it.
    pub(super) width: u32,
    /// Where each ends; none when all have the same length.
    #[rkyv(with = InlineAsBox)]
    pub(super) ends: &'a [u32],
    /// How many bytes in front of the archive.
    pub(super) bytes: u64,
}

/// Values as the codec writes them, one behind the other.
#[derive(Archive, Serialize)]
pub(super) struct ValuesRecord {
    pub(super) rows: u32,
    /// How many bytes in front of the archive.
    pub(super) bytes: u64,
}
