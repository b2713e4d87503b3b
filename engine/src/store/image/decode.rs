//! Bytes to columns.

use super::format::{
    ArchivedColumnRecord, ArchivedFormRecord, ArchivedImageRecord, ArchivedTextRecord,
    ArchivedValuesRecord,
};
use super::source::{Parts, Source};
use super::{Damaged, Image};
use crate::codec::Decoder;
use crate::schema::{Layout, Slot};
use crate::store::address::CAPACITY;
use crate::store::beside::QualifiersByRow;
use crate::store::bits::Bits;
use crate::store::column::{Column, Data};
use crate::store::strings::uneven;
use cimarron_model::{Char16, CimType, DateTime, Scalar, Value};
use rkyv::rancor;
use rkyv::rend::u64_le;
use std::sync::Arc;

/// Reads rows of a layout from the bytes of [`encode`](super::encode()), which begin at a
/// multiple of 16.
///
/// # Errors
/// When the bytes are anything else.
pub(crate) fn decode(bytes: &[u8], layout: &Layout) -> Result<Image, Damaged> {
    let Parts { mut source, records } = Parts::of(bytes)?;
    let record = rkyv::access::<ArchivedImageRecord<'_>, rancor::Error>(records)
        .map_err(|error| Damaged::new(format!("its records are damaged: {error}")))?;
    let rows = record.rows.to_native() as usize;
    if rows > CAPACITY {
        return Err(Damaged::new(format!("{rows} rows, of which {CAPACITY} make a chunk")));
    }
    let (found, expected) = (record.columns.len(), layout.slots.len());
    if found != expected {
        return Err(Damaged::new(format!(
            "it has {found} columns, and class `{}` has {expected} properties",
            layout.class
        )));
    }
    let columns = (0..).zip(record.columns.iter()).zip(&layout.slots).map(|((number, c), slot)| {
        let column = column(c, &mut source, slot, rows).map_err(|damaged| damaged.at(number))?;
        Ok(column.map(Arc::new))
    });
    let columns = columns.collect::<Result<_, Damaged>>()?;
    let qualified = record.qualified.iter().map(|row| row.to_native());
    let qualifiers = qualifiers(qualified, source.rest(), rows, expected)?;
    Ok(Image { rows, columns, qualifiers })
}

fn qualifiers(
    qualified: impl Iterator<Item = u32>,
    bytes: &[u8],
    rows: usize,
    slots: usize,
) -> Result<QualifiersByRow, Damaged> {
    let mut decoder = Decoder::new(bytes);
    let mut all = QualifiersByRow::new();
    for row in qualified {
        let is_next = all.last().is_none_or(|(before, _)| *before < row);
        if !is_next || row as usize >= rows {
            return Err(Damaged::new("the rows with qualifiers are out of order"));
        }
        let qualifiers = decoder.row_qualifiers()?;
        if qualifiers.properties.iter().any(|(slot, _)| *slot as usize >= slots) {
            return Err(Damaged::new("there are qualifiers of a property that is not there"));
        }
        all.push((row, Arc::new(qualifiers)));
    }
    decoder.finish()?;
    Ok(all)
}

fn column(
    record: &ArchivedColumnRecord<'_>,
    source: &mut Source<'_>,
    slot: &Slot,
    rows: usize,
) -> Result<Option<Column>, Damaged> {
    let nulls = || Bits::from_words(record.nulls.iter().map(|word| word.to_native()).collect());
    let data = Form { slot, rows, source, nulls: &record.nulls }.data(&record.form)?;
    let len = data.len();
    check_nulls(&record.nulls, len)?;
    match data {
        Data::Missing => Ok(None),
        Data::Constant(..) | Data::Dictionary(..) if !record.nulls.is_empty() => {
            Err(Damaged::new("rows are NULL in a form that has no NULL"))
        }
        _ if len > rows => Err(Damaged::new(format!("{len} values in {rows} rows"))),
        data => Ok(Some(Column::with_nulls(data, nulls()))),
    }
}

/// Only rows before the end can be marked.
fn check_nulls(nulls: &[u64_le], rows: usize) -> Result<(), Damaged> {
    let behind = nulls.get(rows / 64..).unwrap_or_default();
    let mask = |at: usize| if at == 0 { !0 << (rows % 64) } else { !0 };
    let is_behind = |(at, word): (usize, &u64_le)| word.to_native() & mask(at) != 0;
    if nulls.len() > rows.div_ceil(64) || behind.iter().enumerate().any(is_behind) {
        return Err(Damaged::new("rows behind the last are NULL"));
    }
    Ok(())
}

/// A column that is being read.
struct Form<'s, 'b> {
    slot: &'s Slot,
    /// How many rows the image has.
    rows: usize,
    source: &'s mut Source<'b>,
    nulls: &'s [u64_le],
}

impl Form<'_, '_> {
    fn data(mut self, form: &ArchivedFormRecord<'_>) -> Result<Data, Damaged> {
        macro_rules! numbers {
            ($variant:ident, $items:expr) => {{
                self.demand(CimType::$variant, false)?;
                Data::$variant($items.iter().map(|item| (*item).into()).collect())
            }};
        }
        Ok(match form {
            ArchivedFormRecord::Missing => Data::Missing,
            ArchivedFormRecord::Boolean(items) => numbers!(Boolean, items),
            ArchivedFormRecord::UInt8(items) => numbers!(UInt8, items),
            ArchivedFormRecord::SInt8(items) => numbers!(SInt8, items),
            ArchivedFormRecord::UInt16(items) => numbers!(UInt16, items),
            ArchivedFormRecord::SInt16(items) => numbers!(SInt16, items),
            ArchivedFormRecord::UInt32(items) => numbers!(UInt32, items),
            ArchivedFormRecord::SInt32(items) => numbers!(SInt32, items),
            ArchivedFormRecord::UInt64(items) => numbers!(UInt64, items),
            ArchivedFormRecord::SInt64(items) => numbers!(SInt64, items),
            ArchivedFormRecord::Real32(items) => numbers!(Real32, items),
            ArchivedFormRecord::Real64(items) => numbers!(Real64, items),
            ArchivedFormRecord::Char16(items) => {
                self.demand(CimType::Char16, false)?;
                Data::Char16(items.iter().map(|unit| Char16(unit.to_native())).collect())
            }
            ArchivedFormRecord::DateTime(items) => {
                self.demand(CimType::DateTime, false)?;
                datetimes(items.iter().map(|bits| bits.to_native()))?
            }
            ArchivedFormRecord::String(texts) => {
                self.demand(CimType::String, false)?;
                self.texts(texts)?
            }
            ArchivedFormRecord::Dictionary(codes, texts) => self.dictionary(codes, texts)?,
            ArchivedFormRecord::Constant(values) => self.constant(values)?,
            ArchivedFormRecord::Reference(values) => self.references(values)?,
            ArchivedFormRecord::Object(values) => self.objects(values)?,
            ArchivedFormRecord::Array(values) => self.arrays(values)?,
            ArchivedFormRecord::Mixed(values) => self.mixed(values)?,
        })
    }

    /// That the slot takes values of a type.
    fn demand(&self, cim_type: CimType, is_array: bool) -> Result<(), Damaged> {
        let slot = self.slot;
        let is_of_type = cim_type == slot.cim_type
            // DMTF's embedded objects may be held as the text that they were sent as.
            || (slot.embedded_text && cim_type == CimType::String);
        if is_of_type && is_array == slot.array.is_array() {
            return Ok(());
        }
        let array = if is_array { "[]" } else { "" };
        let name = &slot.name;
        Err(Damaged::new(format!("property `{name}` takes no values of type {cim_type}{array}")))
    }

    fn texts(&mut self, record: &ArchivedTextRecord<'_>) -> Result<Data, Damaged> {
        let text = self.piece(record)?;
        let (len, width) = (record.len.to_native(), record.width.to_native());
        let texts = if width == 0 {
            Data::uneven(text, ends(record))
        } else {
            Data::even(text, width, len).filter(|_| record.ends.is_empty())
        };
        texts.filter(|texts| texts.len() == len as usize).ok_or_else(Self::badly_cut)
    }

    /// Texts in one piece.
    fn piece(&mut self, record: &ArchivedTextRecord<'_>) -> Result<String, Damaged> {
        let bytes = self.source.take(record.bytes.to_native())?;
        let text = str::from_utf8(bytes).map_err(|_| Damaged::new("its texts are not UTF-8"))?;
        Ok(text.to_owned())
    }

    fn badly_cut() -> Damaged {
        Damaged::new("its texts do not end where it says")
    }

    fn dictionary(
        &mut self,
        codes: &[u8],
        record: &ArchivedTextRecord<'_>,
    ) -> Result<Data, Damaged> {
        self.demand(CimType::String, false)?;
        let text = self.piece(record)?;
        let (len, width) = (record.len.to_native(), record.width.to_native());
        let is_even = width != 0 && record.ends.is_empty();
        let ends = if is_even && (width as usize).checked_mul(len as usize) == Some(text.len()) {
            (1..=len).map_while(|nth| nth.checked_mul(width)).collect()
        } else if width == 0 {
            ends(record)
        } else {
            return Err(Self::badly_cut());
        };
        let texts = uneven(text, ends).filter(|texts| texts.1.len() == len as usize);
        let texts = texts.ok_or_else(Self::badly_cut)?;
        if codes.iter().any(|code| usize::from(*code) >= texts.1.len()) {
            return Err(Damaged::new("a row has a text that is not there"));
        }
        Ok(Data::Dictionary(codes.to_vec(), Box::new(texts)))
    }

    fn constant(&mut self, record: &ArchivedValuesRecord) -> Result<Data, Damaged> {
        let mut decoder = Decoder::new(self.source.take(record.bytes.to_native())?);
        let value = decoder.value()?;
        decoder.finish()?;
        if value.is_null() {
            return Err(Damaged::new("NULL in all rows is no value"));
        }
        self.demand(value.cim_type(), value.is_array())?;
        Ok(Data::Constant(Box::new(value), record.rows.to_native()))
    }

    fn references(&mut self, record: &ArchivedValuesRecord) -> Result<Data, Damaged> {
        self.demand(CimType::Reference, false)?;
        let cells = self.each(record, |value| match value {
            Value::Scalar(Scalar::Reference(path)) => Some(path),
            _ => None,
        })?;
        Ok(Data::Reference(cells))
    }

    fn objects(&mut self, record: &ArchivedValuesRecord) -> Result<Data, Damaged> {
        self.demand(CimType::Object, false)?;
        let cells = self.each(record, |value| match value {
            Value::Scalar(Scalar::Object(object)) => Some(object),
            _ => None,
        })?;
        Ok(Data::Object(cells))
    }

    fn arrays(&mut self, record: &ArchivedValuesRecord) -> Result<Data, Damaged> {
        self.demand(self.slot.cim_type, true)?;
        let cells = self.each(record, |value| match value {
            Value::Array(array) => Some(Box::new(array)),
            _ => None,
        })?;
        Ok(Data::Array(cells))
    }

    /// Only embedded objects may be of two types.
    fn mixed(&mut self, record: &ArchivedValuesRecord) -> Result<Data, Damaged> {
        self.demand(CimType::Object, false)?;
        self.demand(CimType::String, false)?;
        let cells = self.each(record, |value| (!value.is_null()).then_some(value))?;
        let null = || Value::null(CimType::String);
        Ok(Data::Mixed(cells.into_iter().map(|cell| cell.unwrap_or_else(null)).collect()))
    }

    /// Values that own memory, for each row that is not marked.
    fn each<T>(
        &mut self,
        record: &ArchivedValuesRecord,
        cell: impl Fn(Value) -> Option<T>,
    ) -> Result<Vec<Option<T>>, Damaged> {
        let rows = record.rows.to_native() as usize;
        if rows > self.rows {
            return Err(Damaged::new(format!("{rows} values in {} rows", self.rows)));
        }
        let mut decoder = Decoder::new(self.source.take(record.bytes.to_native())?);
        let mut cells = Vec::with_capacity(rows);
        for row in 0..rows {
            let word = self.nulls.get(row / 64).map_or(0, |word| word.to_native());
            if word >> (row % 64) & 1 == 1 {
                cells.push(None);
                continue;
            }
            let value = decoder.value()?;
            self.demand(value.cim_type(), value.is_array())?;
            let cell = cell(value).ok_or_else(|| Damaged::new("a value is of another form"))?;
            cells.push(Some(cell));
        }
        decoder.finish()?;
        Ok(cells)
    }
}

/// Where texts end.
fn ends(record: &ArchivedTextRecord<'_>) -> Vec<u32> {
    record.ends.iter().map(|end| end.to_native()).collect()
}

fn datetimes(bits: impl ExactSizeIterator<Item = u128>) -> Result<Data, Damaged> {
    let mut items: Vec<DateTime> = Vec::with_capacity(bits.len());
    for bits in bits {
        // Neighbours are often the same.
        let same = items.last().copied().filter(|before| before.to_bits() == bits);
        let value = same.or_else(|| DateTime::from_bits(bits));
        items.push(value.ok_or_else(|| Damaged::new("it has a datetime that is none"))?);
    }
    Ok(Data::DateTime(items))
}
