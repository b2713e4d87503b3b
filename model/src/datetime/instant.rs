//! Datetimes as numbers: microseconds since 1601 and lengths of intervals.
//!
//! The calendar is the proleptic Gregorian one, from the year 0.

use super::{DIGITS, DateTime, DateTimeError, Sign};

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_MINUTE: i64 = 60 * MICROS_PER_SECOND;
const MICROS_PER_DAY: i64 = 24 * 60 * MICROS_PER_MINUTE;
/// Days from 0000-01-01 to 1601-01-01, the epoch of FILETIME.
const DAYS_TO_1601: i64 = days_before_year(1601);
/// Days from 0000-01-01 to 1970-01-01, the epoch of Unix.
const DAYS_TO_1970: i64 = days_before_year(1970);
/// Microseconds from 1601-01-01 to 1970-01-01.
const UNIX_EPOCH: i64 = (DAYS_TO_1970 - DAYS_TO_1601) * MICROS_PER_DAY;

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days from 0000-01-01 to the first day of a year from 0 on; 0 is a leap year.
const fn days_before_year(year: i64) -> i64 {
    if year == 0 {
        return 0;
    }
    let past = year - 1;
    365 * year + 1 + past / 4 - past / 100 + past / 400
}

pub(super) const fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The days from 0000-01-01 to a date.
fn days_to(year: i64, month: u32, day: u32) -> i64 {
    let months: u32 = (1..month).map(|m| days_in_month(year, m)).sum();
    days_before_year(year) + i64::from(months + day) - 1
}

/// The year, month and day that many days after 0000-01-01.
fn date_at(days: i64) -> (i64, u32, u32) {
    // Years are at most 366 days, so the guess is never too late; it is early
    // by at most a few years within the range of datetimes.
    let mut year = days / 366;
    while days_before_year(year + 1) <= days {
        year += 1;
    }
    let mut rest = (days - days_before_year(year)) as u32;
    let mut month = 1;
    while rest >= days_in_month(year, month) {
        rest -= days_in_month(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}

/// Splits microseconds below one day: hour, minute, second, microsecond.
fn time_at(micros: i64) -> [u32; 4] {
    let seconds = micros / MICROS_PER_SECOND;
    [seconds / 3600, seconds / 60 % 60, seconds % 60, micros % MICROS_PER_SECOND].map(|n| n as u32)
}

/// Writes numbers into fields of the given widths, left to right.
fn digits_of(fields: &[(u32, usize)]) -> [u8; DIGITS] {
    let mut digits = [0; DIGITS];
    let mut end = 0;
    for &(number, width) in fields {
        end += width;
        let mut rest = number;
        for place in digits.iter_mut().take(end).rev().take(width) {
            *place = (rest % 10) as u8;
            rest /= 10;
        }
    }
    digits
}

impl DateTime {
    /// The key that orders datetimes of one kind: for a timestamp the
    /// microseconds from 1601-01-01 UTC, for an interval its length in
    /// microseconds. `None` when any character is an asterisk.
    ///
    /// Keys of timestamps and of intervals are different scales.
    pub fn utc_micros(self) -> Option<i64> {
        let time = i64::from(self.hour()?) * 60 + i64::from(self.minute()?);
        let seconds = time * 60 + i64::from(self.second()?);
        let micros = seconds * MICROS_PER_SECOND + i64::from(self.microsecond()?);
        if self.is_interval() {
            return Some(i64::from(self.days()?) * MICROS_PER_DAY + micros);
        }
        let year = i64::from(self.year()?);
        let days = days_to(year, u32::from(self.month()?), u32::from(self.day()?)) - DAYS_TO_1601;
        let offset = i64::from(self.offset_minutes()?) * MICROS_PER_MINUTE;
        Some(days * MICROS_PER_DAY + micros - offset)
    }

    /// Microseconds from 1970-01-01 UTC; `None` for an interval or asterisks.
    pub fn unix_micros(self) -> Option<i64> {
        if self.is_interval() { None } else { Some(self.utc_micros()? - UNIX_EPOCH) }
    }

    /// The timestamp that many microseconds after 1601-01-01 UTC (a tenth of a
    /// FILETIME), written for a zone that many minutes east of UTC.
    ///
    /// # Errors
    /// When the year there is not 0 to 9999, or the offset not -999 to 999.
    pub fn from_micros_since_1601(micros: i64, offset_minutes: i16) -> Result<Self, DateTimeError> {
        let offset = offset_minutes.unsigned_abs();
        if offset > 999 {
            return Err(DateTimeError::Offset { minutes: offset_minutes });
        }
        let error = DateTimeError::Instant { micros: i128::from(micros) };
        let from_year_0 = i64::from(offset_minutes)
            .checked_mul(MICROS_PER_MINUTE)
            .and_then(|shift| micros.checked_add(shift))
            .and_then(|local| local.checked_add(DAYS_TO_1601 * MICROS_PER_DAY));
        let Some(local) = from_year_0.filter(|local| *local >= 0) else { return Err(error) };
        if local >= days_before_year(10_000) * MICROS_PER_DAY {
            return Err(error);
        }
        let (year, month, day) = date_at(local / MICROS_PER_DAY);
        let [hour, minute, second, micro] = time_at(local % MICROS_PER_DAY);
        let digits = digits_of(&[
            (year as u32, 4),
            (month, 2),
            (day, 2),
            (hour, 2),
            (minute, 2),
            (second, 2),
            (micro, 6),
            (u32::from(offset), 3),
        ]);
        Ok(Self::from_digits(&digits, if offset_minutes < 0 { Sign::Minus } else { Sign::Plus }))
    }

    /// The timestamp that many microseconds after 1970-01-01 UTC, written for a
    /// zone that many minutes east of UTC.
    ///
    /// # Errors
    /// As [`DateTime::from_micros_since_1601`].
    pub fn from_unix_micros(micros: i64, offset_minutes: i16) -> Result<Self, DateTimeError> {
        let since_1601 = micros
            .checked_add(UNIX_EPOCH)
            .ok_or(DateTimeError::Instant { micros: i128::from(micros) })?;
        Self::from_micros_since_1601(since_1601, offset_minutes)
    }

    /// The interval of that many microseconds.
    ///
    /// # Errors
    /// When it is longer than 99,999,999 days 23:59:59.999999.
    pub fn interval_from_micros(micros: u64) -> Result<Self, DateTimeError> {
        let per_day = MICROS_PER_DAY as u64;
        let days = micros / per_day;
        if days > 99_999_999 {
            return Err(DateTimeError::Instant { micros: i128::from(micros) });
        }
        let [hour, minute, second, micro] = time_at((micros % per_day) as i64);
        let fields = [(days as u32, 8), (hour, 2), (minute, 2), (second, 2), (micro, 6)];
        Ok(Self::from_digits(&digits_of(&fields), Sign::Interval))
    }
}
