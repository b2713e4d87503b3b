//! Values in the archive: writing them and reading them back.

use super::format::{ArchivedRoot, ArchivedValueRecord, NONE, Root, ValueRecord, form};
use super::write::{WriteError, Writer, number};
use cimarron_model::{Array, Char16, CimType, DateTime, Elements, ObjectPath, Scalar, Value};
use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::Arc;

/// Remembers values already written: TRUE and NULL are most of them, and every second
/// array is like another.
#[derive(Default)]
pub(super) struct ValueWriter {
    known: FxHashMap<ValueRecord, u32>,
    /// Strings by their symbols; `NONE` where there is none yet.
    pub(super) strings: Vec<u32>,
    /// Arrays by the hash of their elements, which are in `words` already.
    arrays: HashTable<(u64, u32)>,
    /// Arrays by what they share, which lives as long as what is written.
    shared: FxHashMap<*const Array, u32>,
}

impl ValueWriter {
    /// Makes room for so many arrays.
    pub(super) fn reserve(&mut self, arrays: usize) {
        self.arrays.reserve(arrays, |(h, _)| *h);
    }
}

impl ValueRecord {
    const fn scalar(payload: u64, cim_type: u8) -> Self {
        Self { payload, len: 1, form: form::SCALAR, cim_type, zeros: 0 }
    }
}

impl<T> Root<T> {
    /// The words of an array while the archive is being written.
    fn array_words(&self, record: &ValueRecord) -> &[u64] {
        usize::try_from(record.payload).ok().and_then(|n| self.words.get(n..)).map_or(
            &[],
            |words| {
                let len = record.len as usize;
                let marks = usize::from(record.form == form::ARRAY_WITH_NULLS) * len.div_ceil(64);
                words.get(..len + marks).unwrap_or_default()
            },
        )
    }
}

impl<'a> Writer<'a, '_> {
    /// The number of a value.
    pub(super) fn value(&mut self, value: &'a Value) -> Result<u32, WriteError> {
        let cim_type = value.cim_type() as u8;
        let record = match value {
            Value::Null(_, array) => {
                let form = if *array { form::NULL_ARRAY } else { form::NULL };
                ValueRecord { payload: 0, len: 0, form, cim_type, zeros: 0 }
            }
            Value::Scalar(Scalar::String(text)) => {
                let symbol = self.symbol(text)?;
                return self.string(symbol);
            }
            Value::Scalar(scalar) => ValueRecord::scalar(self.payload(scalar)?, cim_type),
            Value::Array(array) => {
                let shared = array.shared().map(Arc::as_ptr);
                if let Some(n) = shared.and_then(|array| self.values.shared.get(&array)) {
                    return Ok(*n);
                }
                let record = self.array(array)?;
                let n = self.share_array(record)?;
                self.values.shared.extend(shared.map(|array| (array, n)));
                return Ok(n);
            }
        };
        if let Some(n) = self.values.known.get(&record) {
            return Ok(*n);
        }
        let n = self.append_value(record)?;
        self.values.known.insert(record, n);
        Ok(n)
    }

    /// The number of the string with this symbol.
    fn string(&mut self, symbol: u32) -> Result<u32, WriteError> {
        let at = symbol as usize;
        if let Some(n) = self.values.strings.get(at).filter(|n| **n != NONE) {
            return Ok(*n);
        }
        let (payload, cim_type) = (u64::from(symbol), CimType::String as u8);
        let n = self.append_value(ValueRecord::scalar(payload, cim_type))?;
        if self.values.strings.len() <= at {
            self.values.strings.resize(self.root.symbols.len(), NONE);
        }
        if let Some(slot) = self.values.strings.get_mut(at) {
            *slot = n;
        }
        Ok(n)
    }

    /// The number of an array whose words were written last. They are taken back where
    /// the same stand already.
    fn share_array(&mut self, record: ValueRecord) -> Result<u32, WriteError> {
        let root = &self.root;
        let words = root.array_words(&record);
        let kind = (record.cim_type, record.form);
        let hash = BuildHasherDefault::<FxHasher>::default().hash_one((kind, words));
        let same = |n: u32| {
            root.values.get(n as usize).is_some_and(|other| {
                (other.cim_type, other.form) == kind && root.array_words(other) == words
            })
        };
        if let Some((_, n)) = self.values.arrays.find(hash, |(h, n)| *h == hash && same(*n)) {
            let (n, start) = (*n, root.words.len() - words.len());
            self.root.words.truncate(start);
            return Ok(n);
        }
        let n = self.append_value(record)?;
        self.values.arrays.insert_unique(hash, (hash, n), |(h, _)| *h);
        Ok(n)
    }

    fn append_value(&mut self, record: ValueRecord) -> Result<u32, WriteError> {
        let n = number(self.root.values.len())?;
        self.root.values.push(record);
        Ok(n)
    }

    fn array(&mut self, array: &'a Array) -> Result<ValueRecord, WriteError> {
        let record = |start: usize, form| -> Result<ValueRecord, WriteError> {
            let (payload, len) = (u64::from(number(start)?), number(array.len())?);
            let cim_type = array.cim_type() as u8;
            Ok(ValueRecord { payload, len, form, cim_type, zeros: 0 })
        };
        // Most arrays hold texts. These write no words of their own, so that the array's
        // can go where they belong one by one.
        if let Some(Elements::String(texts)) = array.elements() {
            let start = self.root.words.len();
            for text in texts {
                let symbol = self.symbol(text)?;
                self.root.words.push(u64::from(symbol));
            }
            return record(start, form::ARRAY);
        }
        let mut words = Vec::with_capacity(array.len());
        match array.slots() {
            Elements::String(texts) => {
                for (i, text) in texts.iter().enumerate() {
                    let symbol = if array.is_null(i) { 0 } else { self.symbol(text)? };
                    words.push(u64::from(symbol));
                }
            }
            Elements::Object(objects) => {
                for (i, object) in objects.iter().enumerate() {
                    let object = if array.is_null(i) { 0 } else { self.embedded(object)? };
                    words.push(u64::from(object));
                }
            }
            _ => {
                for item in array.iter() {
                    words.push(item.map_or(Ok(0), |scalar| self.plain_payload(&scalar))?);
                }
            }
        }
        let mut form = form::ARRAY;
        if array.has_nulls() {
            form = form::ARRAY_WITH_NULLS;
            let mut marks = vec![0_u64; array.len().div_ceil(64)];
            for (i, item) in array.iter().enumerate() {
                if let (None, Some(word)) = (item, marks.get_mut(i / 64)) {
                    *word |= 1 << (i % 64);
                }
            }
            words.extend(marks);
        }
        let start = self.root.words.len();
        self.root.words.extend(words);
        record(start, form)
    }

    fn payload(&mut self, scalar: &'a Scalar) -> Result<u64, WriteError> {
        match scalar {
            Scalar::String(v) => self.symbol(v).map(u64::from),
            Scalar::Object(v) => self.embedded(v).map(u64::from),
            other => self.plain_payload(other),
        }
    }

    /// The payload of what is neither a text nor an object, of which the writer keeps nothing.
    fn plain_payload(&mut self, scalar: &Scalar) -> Result<u64, WriteError> {
        Ok(match scalar {
            Scalar::Boolean(v) => u64::from(*v),
            Scalar::UInt8(v) => u64::from(*v),
            Scalar::UInt16(v) => u64::from(*v),
            Scalar::UInt32(v) => u64::from(*v),
            Scalar::UInt64(v) => *v,
            Scalar::SInt8(v) => i64::from(*v).cast_unsigned(),
            Scalar::SInt16(v) => i64::from(*v).cast_unsigned(),
            Scalar::SInt32(v) => i64::from(*v).cast_unsigned(),
            Scalar::SInt64(v) => v.cast_unsigned(),
            Scalar::Real32(v) => u64::from(v.to_bits()),
            Scalar::Real64(v) => v.to_bits(),
            Scalar::Char16(v) => u64::from(v.0),
            Scalar::Reference(v) => u64::from(self.symbol_of_made(v.to_string())?),
            Scalar::DateTime(v) => {
                let bits = v.to_bits();
                let start = number(self.root.words.len())?;
                self.root.words.extend([bits as u64, (bits >> 64) as u64]);
                u64::from(start)
            }
            Scalar::String(_) | Scalar::Object(_) => 0,
        })
    }
}

impl ArchivedRoot {
    /// The value of this number. Total: whatever does not decode reads as NULL,
    /// and opening an archive refuses the ones that would.
    pub(crate) fn value(&self, number: u32) -> Value {
        self.values
            .get(number as usize)
            .map_or(Value::null(CimType::String), |record| self.decode_value(record))
    }

    pub(super) fn decode_value(&self, record: &ArchivedValueRecord) -> Value {
        let cim_type = CimType::from_u8(record.cim_type).unwrap_or(CimType::String);
        match record.form {
            form::SCALAR => self
                .decode_scalar(cim_type, record.payload.to_native())
                .map_or(Value::null(cim_type), Value::Scalar),
            form::ARRAY | form::ARRAY_WITH_NULLS => self
                .decode_array(cim_type, record)
                .map_or(Value::null_array(cim_type), Value::Array),
            form::NULL_ARRAY => Value::null_array(cim_type),
            _ => Value::null(cim_type),
        }
    }

    fn decode_array(&self, cim_type: CimType, record: &ArchivedValueRecord) -> Option<Array> {
        let start = usize::try_from(record.payload.to_native()).ok()?;
        let len = record.len.to_native() as usize;
        let words = self.words.get(start..start.checked_add(len)?)?;
        let marks = self.words.get(start + len..).filter(|_| record.form == form::ARRAY_WITH_NULLS);
        let is_null = |i: usize| {
            marks.and_then(|m| m.get(i / 64)).is_some_and(|w| w.to_native() >> (i % 64) & 1 == 1)
        };
        let mut array = Array::new(cim_type);
        for (i, word) in words.iter().enumerate() {
            if is_null(i) {
                array.push_null();
            } else {
                array.push(self.decode_scalar(cim_type, word.to_native())?).ok()?;
            }
        }
        Some(array)
    }

    pub(super) fn decode_scalar(&self, cim_type: CimType, payload: u64) -> Option<Scalar> {
        let symbol = || u32::try_from(payload).ok().and_then(|s| self.try_text(s));
        Some(match cim_type {
            CimType::Boolean => Scalar::Boolean(payload != 0),
            CimType::UInt8 => Scalar::UInt8(payload.try_into().ok()?),
            CimType::UInt16 => Scalar::UInt16(payload.try_into().ok()?),
            CimType::UInt32 => Scalar::UInt32(payload.try_into().ok()?),
            CimType::UInt64 => Scalar::UInt64(payload),
            CimType::SInt8 => Scalar::SInt8(payload.cast_signed().try_into().ok()?),
            CimType::SInt16 => Scalar::SInt16(payload.cast_signed().try_into().ok()?),
            CimType::SInt32 => Scalar::SInt32(payload.cast_signed().try_into().ok()?),
            CimType::SInt64 => Scalar::SInt64(payload.cast_signed()),
            CimType::Real32 => Scalar::Real32(f32::from_bits(payload.try_into().ok()?)),
            CimType::Real64 => Scalar::Real64(f64::from_bits(payload)),
            CimType::Char16 => Scalar::Char16(Char16(payload.try_into().ok()?)),
            CimType::String => Scalar::String(symbol()?.into()),
            CimType::Reference => Scalar::Reference(Arc::new(ObjectPath::parse(symbol()?).ok()?)),
            CimType::DateTime => {
                let start = usize::try_from(payload).ok()?;
                let low = self.words.get(start)?.to_native();
                let high = self.words.get(start.checked_add(1)?)?.to_native();
                Scalar::DateTime(DateTime::from_bits(u128::from(high) << 64 | u128::from(low))?)
            }
            CimType::Object => {
                Scalar::Object(Arc::new(self.embedded_object(u32::try_from(payload).ok()?)?))
            }
        })
    }
}
