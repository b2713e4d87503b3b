//! Columns to bytes.

use super::Unwritable;
use super::format::{
    ALIGNMENT, ColumnRecord, FormRecord, HEAD, ImageRecord, MAGIC, TextRecord, VERSION,
    ValuesRecord,
};
use crate::codec;
use crate::store::bits::Bits;
use crate::store::chunk::Chunk;
use crate::store::column::{Column, Data};
use crate::store::strings::{Cut, first_even, first_uneven};
use crate::view::ValueView;
use rkyv::rancor;
use rkyv::util::AlignedVec;

/// How many bytes of records rkyv's pointers reach, and some to spare.
const RECORDS_MAX: usize = i32::MAX as usize - (1 << 20);

/// How many bytes of its column's vector a row takes at most: a datetime has that many.
const ROW_MAX: usize = size_of::<u128>();

/// What else a column has at most: marks, where the texts of a dictionary end, and gaps.
const REST_MAX: usize = 2048;

/// Writes the first so many rows of a chunk over what `out` holds. Rows may be added to a
/// tail meanwhile.
///
/// # Errors
/// When the chunk has too many columns for rkyv's pointers.
pub(crate) fn encode(
    chunk: &Chunk,
    rows: usize,
    out: &mut AlignedVec<ALIGNMENT>,
) -> Result<(), Unwritable> {
    let rows = rows.min(chunk.len());
    let columns = chunk.first_columns(rows);
    let qualifiers = chunk.first_qualifiers(rows);
    out.clear();
    out.extend_from_slice(&[0; HEAD]);
    let mut writer = Writer { out, scratch: Vec::new(), rows, records: 0 };
    let columns = columns.iter().map(|column| writer.column(column.as_deref())).collect();
    let qualified = qualifiers.iter().map(|(row, _)| *row).collect();
    for (_, qualifiers) in &qualifiers {
        codec::put_row_qualifiers(&mut writer.scratch, qualifiers);
    }
    writer.flush();
    if writer.records > RECORDS_MAX {
        let class = chunk.layout().class.to_string();
        return Err(Unwritable::TooWide { class, rows });
    }
    let record = ImageRecord { rows: rows as u32, columns, qualified };
    finish(&record, out)
}

/// Writes the head, and the records behind what is there.
pub(super) fn finish(
    record: &ImageRecord<'_>,
    out: &mut AlignedVec<ALIGNMENT>,
) -> Result<(), Unwritable> {
    let length = (out.len() - HEAD) as u64;
    let version = VERSION.to_le_bytes();
    let head = MAGIC.iter().chain(&version).copied().chain(length.to_le_bytes());
    out.iter_mut().zip(head).for_each(|(byte, of_head)| *byte = of_head);
    out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
    *out = rkyv::api::high::to_bytes_in::<_, rancor::Error>(record, std::mem::take(out))?;
    Ok(())
}

struct Writer<'o> {
    /// Head, texts and values.
    out: &'o mut AlignedVec<ALIGNMENT>,
    /// Values that are not yet in `out`.
    scratch: Vec<u8>,
    rows: usize,
    /// About how many bytes the records will have; never fewer.
    records: usize,
}

impl Writer<'_> {
    fn column<'c>(&mut self, column: Option<&'c Column>) -> ColumnRecord<'c> {
        self.records += size_of::<ColumnRecord<'_>>();
        let missing = ColumnRecord { nulls: Vec::new(), form: FormRecord::Missing };
        let Some(column) = column else { return missing };
        let len = column.data.len().min(self.rows);
        if len == 0 {
            return missing;
        }
        self.records += len * ROW_MAX + REST_MAX;
        let mut nulls = first_bits(column.nulls(), len);
        let form = self.form(column, len, &mut nulls);
        ColumnRecord { nulls, form }
    }

    /// The form of a column and its first values, so many and not more than it has.
    fn form<'c>(&mut self, column: &'c Column, len: usize, nulls: &mut Vec<u64>) -> FormRecord<'c> {
        macro_rules! first {
            ($items:expr) => {
                $items.get(..len).unwrap_or_default()
            };
        }
        match &column.data {
            Data::Missing => FormRecord::Missing,
            Data::Boolean(items) => FormRecord::Boolean(first!(items)),
            Data::UInt8(items) => FormRecord::UInt8(first!(items)),
            Data::SInt8(items) => FormRecord::SInt8(first!(items)),
            Data::UInt16(items) => FormRecord::UInt16(first!(items)),
            Data::SInt16(items) => FormRecord::SInt16(first!(items)),
            Data::UInt32(items) => FormRecord::UInt32(first!(items)),
            Data::SInt32(items) => FormRecord::SInt32(first!(items)),
            Data::UInt64(items) => FormRecord::UInt64(first!(items)),
            Data::SInt64(items) => FormRecord::SInt64(first!(items)),
            Data::Real32(items) => FormRecord::Real32(first!(items)),
            Data::Real64(items) => FormRecord::Real64(first!(items)),
            Data::Char16(items) => FormRecord::Char16(first!(items).iter().map(|c| c.0).collect()),
            Data::DateTime(items) => {
                FormRecord::DateTime(first!(items).iter().map(|t| t.to_bits()).collect())
            }
            Data::String(strings) => FormRecord::String(self.texts(strings.first(len), len)),
            Data::Even(_, texts) => FormRecord::String(self.texts(first_even(texts, len), len)),
            Data::Uneven(_, texts) => {
                let cut = first_uneven(texts.text(), texts.ends(), len);
                FormRecord::String(self.texts(cut, len))
            }
            Data::Dictionary(codes, texts) => {
                let (_, texts) = &**texts;
                let cut = (texts.text(), texts.ends(), 0);
                FormRecord::Dictionary(first!(codes), self.texts(cut, texts.len()))
            }
            Data::Constant(value, _) => {
                codec::put_view(&mut self.scratch, ValueView::from(&**value));
                FormRecord::Constant(self.values(len))
            }
            Data::Reference(_) => FormRecord::Reference(self.owned(column, len, nulls)),
            Data::Object(_) => FormRecord::Object(self.owned(column, len, nulls)),
            Data::Array(_) => FormRecord::Array(self.owned(column, len, nulls)),
            Data::Mixed(_) => FormRecord::Mixed(self.owned(column, len, nulls)),
        }
    }

    fn texts<'c>(&mut self, (text, ends, width): Cut<'c>, len: usize) -> TextRecord<'c> {
        self.out.extend_from_slice(text.as_bytes());
        TextRecord { len: len as u32, width, ends, bytes: text.len() as u64 }
    }

    /// The values of a column one by one, but for NULL: that is where the marks say.
    fn owned(&mut self, column: &Column, len: usize, nulls: &mut Vec<u64>) -> ValuesRecord {
        let mut marks = Bits::default();
        for row in 0..len {
            match column.get(row) {
                ValueView::Null => {
                    marks.insert(row);
                }
                value => codec::put_view(&mut self.scratch, value),
            }
        }
        *nulls = marks.words().to_vec();
        self.values(len)
    }

    /// What was put into `scratch`.
    fn values(&mut self, rows: usize) -> ValuesRecord {
        ValuesRecord { rows: rows as u32, bytes: self.flush() }
    }

    fn flush(&mut self) -> u64 {
        self.out.extend_from_slice(&self.scratch);
        let bytes = self.scratch.len() as u64;
        self.scratch.clear();
        bytes
    }
}

/// The marks of the first so many rows.
fn first_bits(bits: &Bits, rows: usize) -> Vec<u64> {
    let mut words: Vec<u64> = bits.words().iter().take(rows.div_ceil(64)).copied().collect();
    let behind = rows % 64;
    if let Some(last) = words.get_mut(rows / 64)
        && behind != 0
    {
        *last &= (1 << behind) - 1;
    }
    while words.last() == Some(&0) {
        words.pop();
    }
    words
}
