//! Values as an ordered index holds them.
//!
//! Two values have the same key exactly when WQL's `=` holds between them, and the lesser
//! one has the lesser key: integers of all widths are one order, texts are folded where
//! the dialect compares them so, datetimes are instants, minus zero is zero. What WQL has
//! no order for stands somewhere all the same: NaN behind all numbers, intervals before
//! timestamps, datetimes with asterisks behind both.

use cimarron_model::DateTime;
use smol_str::SmolStr;

/// The key of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OrderedKey {
    Boolean(bool),
    /// An integer below 0.
    Negative(i64),
    /// An integer from 0 on, or a `char16`'s code unit.
    Integer(u64),
    /// The bits of a real, turned so that they have its order.
    Real(u64),
    Interval(i64),
    Instant(i64),
    /// The characters of a datetime with asterisks.
    Characters([u64; 2]),
    Text(SmolStr),
}

impl OrderedKey {
    /// A number that is never greater than that of a greater key, and seldom that of another.
    pub(in crate::store) fn rank(&self) -> u64 {
        /// Three bits say what it is.
        const BITS: u32 = u64::BITS - 3;
        const MOST: u64 = u64::MAX >> 3;
        const HALF: i64 = 1 << (BITS - 1);
        let signed = |number: i64| (number.clamp(-HALF, HALF - 1) + HALF) as u64;
        let (kind, rank) = match self {
            Self::Boolean(truth) => (0, u64::from(*truth)),
            Self::Negative(number) => (1, signed(*number)),
            Self::Integer(number) => (2, (*number).min(MOST)),
            Self::Real(bits) => (3, bits >> 3),
            Self::Interval(micros) => (4, signed(*micros)),
            Self::Instant(micros) => (5, signed(*micros)),
            Self::Characters([first, _]) => (6, first >> 3),
            Self::Text(text) => {
                let mut first = [0; size_of::<u64>()];
                first.iter_mut().zip(text.bytes()).for_each(|(to, byte)| *to = byte);
                (7, u64::from_be_bytes(first) >> 3)
            }
        };
        kind << BITS | rank
    }
}

/// The key of an integer, or the nearest key of an integer that no type has.
pub(super) fn integer(number: i128) -> Result<OrderedKey, OrderedKey> {
    if number < 0 {
        i64::try_from(number).map(OrderedKey::Negative).map_err(|_| OrderedKey::Negative(i64::MIN))
    } else {
        u64::try_from(number).map(OrderedKey::Integer).map_err(|_| OrderedKey::Integer(u64::MAX))
    }
}

/// The key of a real.
pub(super) fn real(number: f64) -> OrderedKey {
    const SIGN: u64 = 1 << 63;
    OrderedKey::Real(if number.is_nan() {
        u64::MAX
    } else if number == 0.0 {
        SIGN
    } else {
        let bits = number.to_bits();
        if bits & SIGN == 0 { bits | SIGN } else { !bits }
    })
}

/// The key of a datetime.
pub(super) fn moment(time: DateTime) -> OrderedKey {
    match time.utc_micros() {
        Some(micros) if time.is_interval() => OrderedKey::Interval(micros),
        Some(micros) => OrderedKey::Instant(micros),
        None => {
            let bits = time.to_bits();
            OrderedKey::Characters([(bits >> 64) as u64, bits as u64])
        }
    }
}
