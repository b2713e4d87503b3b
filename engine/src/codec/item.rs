//! What scalars and the elements of arrays are without a tag, and texts of all kinds.

use super::number::{put_bool, put_count, put_i64, put_u64};
use super::{Damaged, Decoder};
use cimarron_model::{Char16, DateTime, Name};
use smol_str::SmolStr;

/// Something of a known type.
pub(super) trait Item: Sized {
    /// How many bytes one takes at least.
    const LEAST: usize;

    fn put(&self, out: &mut Vec<u8>);

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Damaged>;

    fn put_all(items: &[Self], out: &mut Vec<u8>) {
        for item in items {
            item.put(out);
        }
    }

    /// So many of them, a count that was held against what is left.
    fn read_all(decoder: &mut Decoder<'_>, count: usize) -> Result<Vec<Self>, Damaged> {
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(Self::read(decoder)?);
        }
        Ok(items)
    }
}

impl Item for bool {
    const LEAST: usize = 1;

    fn put(&self, out: &mut Vec<u8>) {
        put_bool(out, *self);
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Damaged> {
        decoder.bool()
    }
}

impl Item for u8 {
    const LEAST: usize = 1;

    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Damaged> {
        decoder.u8()
    }

    fn put_all(items: &[Self], out: &mut Vec<u8>) {
        out.extend_from_slice(items);
    }

    fn read_all(decoder: &mut Decoder<'_>, count: usize) -> Result<Vec<Self>, Damaged> {
        decoder.take(count).map(<[u8]>::to_vec)
    }
}

impl Item for i8 {
    const LEAST: usize = 1;

    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.cast_unsigned());
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Damaged> {
        decoder.u8().map(u8::cast_signed)
    }
}

macro_rules! integers {
    ($($type:ty: $put:ident, $read:ident;)*) => { $(
        impl Item for $type {
            const LEAST: usize = 1;

            #[inline]
            fn put(&self, out: &mut Vec<u8>) {
                $put(out, (*self).into());
            }

            #[inline]
            fn read(decoder: &mut Decoder<'_>) -> Result<Self, Damaged> {
                let number = decoder.$read()?;
                decoder.known(number.try_into().ok(), "a number out of range")
            }
        }
    )* };
}

integers! {
    u16: put_u64, u64;
    u32: put_u64, u64;
    u64: put_u64, u64;
    i16: put_i64, i64;
    i32: put_i64, i64;
    i64: put_i64, i64;
}

macro_rules! fixed {
    ($($type:ty: $bytes:literal, $to:expr, $from:expr;)*) => { $(
        impl Item for $type {
            const LEAST: usize = $bytes;

            #[inline]
            fn put(&self, out: &mut Vec<u8>) {
                let to: fn($type) -> [u8; $bytes] = $to;
                out.extend_from_slice(&to(*self));
            }

            #[inline]
            fn read(decoder: &mut Decoder<'_>) -> Result<Self, Damaged> {
                let from: fn([u8; $bytes]) -> Option<$type> = $from;
                let value = from(decoder.fixed()?);
                decoder.known(value, "digits of no datetime")
            }
        }
    )* };
}

// Reals go by their bits, and so do datetimes: `DateTime::to_bits` is disk format.
fixed! {
    f32: 4, |v| v.to_bits().to_le_bytes(), |b| Some(Self::from_bits(u32::from_le_bytes(b)));
    f64: 8, |v| v.to_bits().to_le_bytes(), |b| Some(Self::from_bits(u64::from_le_bytes(b)));
    Char16: 2, |v| v.0.to_le_bytes(), |b| Some(Self(u16::from_le_bytes(b)));
    DateTime: 16, |v| v.to_bits().to_le_bytes(), |b| Self::from_bits(u128::from_le_bytes(b));
}

impl Item for SmolStr {
    const LEAST: usize = 1;

    fn put(&self, out: &mut Vec<u8>) {
        put_text(out, self);
    }

    fn read(decoder: &mut Decoder<'_>) -> Result<Self, Damaged> {
        decoder.text().map(Self::new)
    }
}

/// Appends bytes and how many they are.
#[inline]
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_count(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Appends a text.
#[inline]
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_bytes(out, text.as_bytes());
}

/// Appends a text that may be absent, which is not the empty one.
pub(crate) fn put_optional_text(out: &mut Vec<u8>, text: Option<&str>) {
    put_bool(out, text.is_some());
    if let Some(text) = text {
        put_text(out, text);
    }
}

/// Appends a name in its spelling.
pub(crate) fn put_name(out: &mut Vec<u8>, name: &Name) {
    put_text(out, name.as_str());
}

impl<'a> Decoder<'a> {
    /// What [`put_bytes`] wrote.
    #[inline]
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Damaged> {
        let count = self.count(1)?;
        self.take(count)
    }

    /// What [`put_text`] wrote.
    #[inline]
    pub(crate) fn text(&mut self) -> Result<&'a str, Damaged> {
        let bytes = self.bytes()?;
        self.known(str::from_utf8(bytes).ok(), "a text that is not UTF-8")
    }

    /// What [`put_optional_text`] wrote.
    pub(crate) fn optional_text(&mut self) -> Result<Option<&'a str>, Damaged> {
        if self.bool()? { self.text().map(Some) } else { Ok(None) }
    }

    /// What [`put_name`] wrote.
    pub(crate) fn name(&mut self) -> Result<Name, Damaged> {
        self.text().map(Name::new)
    }
}
