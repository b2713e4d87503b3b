//! Numbers and truth values.

use super::{Damaged, Decoder};

/// The bits of a byte that belong to the number.
const BITS: u64 = 0x7f;
/// The bit of a byte that another one follows.
const MORE: u8 = 0x80;

/// Appends a number, seven bits a byte.
#[inline]
pub(crate) fn put_u64(out: &mut Vec<u8>, mut number: u64) {
    while number > BITS {
        out.push((number & BITS) as u8 | MORE);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a number, seven bits a byte.
#[inline]
pub(crate) fn put_u32(out: &mut Vec<u8>, number: u32) {
    put_u64(out, number.into());
}

/// Appends how many things follow.
#[inline]
pub(crate) fn put_count(out: &mut Vec<u8>, count: usize) {
    put_u64(out, count as u64);
}

/// Appends a number with a sign; those near zero are short.
#[inline]
pub(super) fn put_i64(out: &mut Vec<u8>, number: i64) {
    put_u64(out, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

/// Appends a truth value.
#[inline]
pub(crate) fn put_bool(out: &mut Vec<u8>, truth: bool) {
    out.push(truth.into());
}

impl Decoder<'_> {
    /// What [`put_u64`] wrote.
    #[inline]
    pub(crate) fn u64(&mut self) -> Result<u64, Damaged> {
        let first = self.u8()?;
        if first < MORE { Ok(first.into()) } else { self.long(first) }
    }

    fn long(&mut self, first: u8) -> Result<u64, Damaged> {
        let mut number = u64::from(first) & BITS;
        for shift in (7..64).step_by(7) {
            let byte = self.u8()?;
            let bits = u64::from(byte) & BITS;
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            match byte {
                0 => return Err(self.damaged("a number that could be shorter")),
                1..MORE => return Ok(number),
                MORE.. => {}
            }
        }
        Err(self.damaged("a number of more than 64 bits"))
    }

    /// What [`put_u32`] wrote.
    #[inline]
    pub(crate) fn u32(&mut self) -> Result<u32, Damaged> {
        let number = self.u64()?;
        self.known(number.try_into().ok(), "a number out of range")
    }

    /// What [`put_i64`] wrote.
    #[inline]
    pub(super) fn i64(&mut self) -> Result<i64, Damaged> {
        let folded = self.u64()?;
        Ok((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }

    /// What [`put_bool`] wrote.
    #[inline]
    pub(crate) fn bool(&mut self) -> Result<bool, Damaged> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.damaged("a truth value that is neither")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        for (number, bytes) in [
            (0, &[0][..]),
            (127, &[0x7f]),
            (128, &[0x80, 1]),
            (300, &[0xac, 2]),
            (u64::MAX, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
        ] {
            let mut out = Vec::new();
            put_u64(&mut out, number);
            assert_eq!(out, bytes);
            assert_eq!(Decoder::new(bytes).u64(), Ok(number));
        }
        for bytes in [
            &[][..],
            &[0x80],
            &[0x80, 0],
            &[0xff, 0x80, 0],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 1],
        ] {
            assert!(Decoder::new(bytes).u64().is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn signs_come_back() {
        for number in [0, -1, 1, -64, 63, 64, i64::MIN, i64::MAX] {
            let mut out = Vec::new();
            put_i64(&mut out, number);
            assert_eq!(out.len() == 1, (-64..64).contains(&number), "{number}");
            assert_eq!(Decoder::new(&out).i64(), Ok(number));
        }
    }
}
