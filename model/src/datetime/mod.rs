//! The CIM intrinsic type `datetime` (DSP0004 5.2.4; WMI SDK, "CIM_DATETIME").
//!
//! A datetime is 25 characters, and every one of them must come back: wildcards,
//! `-000` as well as `+000`, an offset of `+***`. So the value *is* its digits,
//! four bits each with `15` for an asterisk, and equality is equality of the
//! characters. What orders datetimes is a second thing, derived on demand:
//! [`DateTime::utc_micros`].

mod error;
mod instant;
mod parse;

pub use error::{DateTimeError, DateTimeField};
pub use parse::DateTimeForm;

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// A timestamp `yyyymmddHHMMSS.mmmmmmsUUU` or an interval
/// `ddddddddHHMMSS.mmmmmm:000`.
///
/// Equality and hash are those of the 25 characters; two spellings of one
/// instant are different values. [`DateTime::compare`] compares the meaning.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    /// Digits 0 to 13, the first one highest, and the sign above them.
    head: u64,
    /// Digits 14 to 22: microseconds and offset.
    tail: u64,
}

/// The digit that stands for an asterisk.
const WILDCARD: u8 = 15;
/// How many digits (or asterisks) a datetime has; the rest are `.` and the sign.
const DIGITS: usize = 23;
/// How many of them are in `head`.
const HEAD_DIGITS: usize = 14;
/// How many come before the offset.
const POINT_DIGITS: usize = 20;
/// The digits of the offset in `tail`.
const OFFSET_BITS: u64 = (1 << (4 * (DIGITS - POINT_DIGITS))) - 1;
/// Where the sign is kept in `head`.
const SIGN_SHIFT: u32 = 56;

/// What separates the microseconds from the last three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Sign {
    /// `+`: a timestamp at or east of UTC.
    Plus = 0,
    /// `-`: a timestamp at or west of UTC.
    Minus = 1,
    /// `:`: an interval.
    Interval = 2,
}

impl DateTime {
    fn from_digits(digits: &[u8; DIGITS], sign: Sign) -> Self {
        let pack = |digits: &[u8]| digits.iter().fold(0, |bits, d| (bits << 4) | u64::from(*d));
        let (head, tail) = digits.split_at(HEAD_DIGITS);
        Self { head: pack(head) | (u64::from(sign as u8) << SIGN_SHIFT), tail: pack(tail) }
    }

    fn digit(self, index: usize) -> u8 {
        let nibble = |bits: u64, place: usize| ((bits >> (4 * place)) & 15) as u8;
        if index < HEAD_DIGITS {
            nibble(self.head, HEAD_DIGITS - 1 - index)
        } else {
            nibble(self.tail, DIGITS - 1 - index)
        }
    }

    const fn sign(self) -> Sign {
        match self.head >> SIGN_SHIFT {
            0 => Sign::Plus,
            1 => Sign::Minus,
            _ => Sign::Interval,
        }
    }

    fn wildcards_in(self, digits: Range<usize>) -> usize {
        digits.filter(|i| self.digit(*i) == WILDCARD).count()
    }

    /// The number in a field; `None` when any of its digits is an asterisk.
    fn number(self, digits: Range<usize>) -> Option<u32> {
        digits
            .map(|i| self.digit(i))
            .try_fold(0, |n, d| (d != WILDCARD).then(|| n * 10 + u32::from(d)))
    }

    fn field(self, field: DateTimeField) -> Option<u32> {
        let applies = match field {
            DateTimeField::Days => self.is_interval(),
            DateTimeField::Year
            | DateTimeField::Month
            | DateTimeField::Day
            | DateTimeField::Offset => !self.is_interval(),
            _ => true,
        };
        if applies { self.number(field.digits()) } else { None }
    }

    /// Whether this is an interval and not a timestamp.
    pub const fn is_interval(self) -> bool {
        matches!(self.sign(), Sign::Interval)
    }

    /// Whether any character is an asterisk.
    pub const fn has_wildcards(self) -> bool {
        // Every write asks: all digits are looked at side by side.
        let digits_of_head = self.head & ((1 << SIGN_SHIFT) - 1);
        any_wildcard(digits_of_head) || any_wildcard(self.tail)
    }

    /// The year, 0 to 9999; `None` for an interval or asterisks.
    pub fn year(self) -> Option<u16> {
        self.field(DateTimeField::Year).map(|n| n as u16)
    }

    /// The month, 1 to 12; `None` for an interval or asterisks.
    pub fn month(self) -> Option<u8> {
        self.field(DateTimeField::Month).map(|n| n as u8)
    }

    /// The day of the month, 1 to 31; `None` for an interval or asterisks.
    pub fn day(self) -> Option<u8> {
        self.field(DateTimeField::Day).map(|n| n as u8)
    }

    /// The days of an interval; `None` for a timestamp or asterisks.
    pub fn days(self) -> Option<u32> {
        self.field(DateTimeField::Days)
    }

    /// The hours, 0 to 23; `None` for asterisks.
    pub fn hour(self) -> Option<u8> {
        self.field(DateTimeField::Hour).map(|n| n as u8)
    }

    /// The minutes, 0 to 59; `None` for asterisks.
    pub fn minute(self) -> Option<u8> {
        self.field(DateTimeField::Minute).map(|n| n as u8)
    }

    /// The seconds, 0 to 59; `None` for asterisks.
    pub fn second(self) -> Option<u8> {
        self.field(DateTimeField::Second).map(|n| n as u8)
    }

    /// The microseconds, 0 to 999,999; `None` when any of the six is an asterisk.
    pub fn microsecond(self) -> Option<u32> {
        self.field(DateTimeField::Microsecond)
    }

    /// Minutes east of UTC; `None` for an interval or an offset of asterisks.
    pub fn offset_minutes(self) -> Option<i16> {
        let minutes = self.field(DateTimeField::Offset)? as i16;
        Some(if self.sign() == Sign::Minus { -minutes } else { minutes })
    }

    /// Compares what the values mean: timestamps as instants whatever their
    /// offsets, intervals by length. `None` across the two kinds, and for values
    /// with asterisks unless they are equal character by character.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        if self == other {
            return Some(Ordering::Equal);
        }
        if self.is_interval() != other.is_interval() {
            return None;
        }
        // Of one zone, the digits are in the order of the instants.
        let of_zone = |value: Self| (value.head >> SIGN_SHIFT, value.tail & OFFSET_BITS);
        if of_zone(self) == of_zone(other) && !self.has_wildcards() && !other.has_wildcards() {
            return Some((self.head, self.tail).cmp(&(other.head, other.tail)));
        }
        Some(self.utc_micros()?.cmp(&other.utc_micros()?))
    }

    /// The value as bits, for storage: equal bits are equal values. Their order
    /// means nothing.
    pub const fn to_bits(self) -> u128 {
        ((self.head as u128) << 64) | self.tail as u128
    }

    /// The value with these bits, when they are those of a legal datetime.
    pub fn from_bits(bits: u128) -> Option<Self> {
        let value = Self { head: (bits >> 64) as u64, tail: bits as u64 };
        let clean = value.head >> (SIGN_SHIFT + 2) == 0
            && (value.head >> SIGN_SHIFT) <= Sign::Interval as u64
            && value.tail >> (4 * (DIGITS - HEAD_DIGITS)) == 0
            && (0..DIGITS).all(|i| matches!(value.digit(i), 0..=9 | WILDCARD));
        (clean && parse::check(value, None).is_ok()).then_some(value)
    }

    /// Writes the 25 characters without allocating.
    pub fn write_to(self, out: &mut [u8; 25]) {
        for (position, byte) in out.iter_mut().enumerate() {
            let index = match position {
                0..14 => position,
                14 => {
                    *byte = b'.';
                    continue;
                }
                15..21 => position - 1,
                21 => {
                    *byte = match self.sign() {
                        Sign::Plus => b'+',
                        Sign::Minus => b'-',
                        Sign::Interval => b':',
                    };
                    continue;
                }
                _ => position - 2,
            };
            *byte = match self.digit(index) {
                WILDCARD => b'*',
                digit => b'0' + digit,
            };
        }
    }
}

/// Whether four neighbouring bits, counted from the lowest, are all set.
const fn any_wildcard(digits: u64) -> bool {
    let pairs = digits & (digits >> 1);
    pairs & (pairs >> 2) & 0x1111_1111_1111_1111 != 0
}

impl Default for DateTime {
    /// The interval of no length.
    fn default() -> Self {
        Self { head: (Sign::Interval as u64) << SIGN_SHIFT, tail: 0 }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 25];
        self.write_to(&mut text);
        f.pad(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for DateTime {
    type Err = DateTimeError;

    fn from_str(text: &str) -> Result<Self, DateTimeError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests;
