//! What can be wrong with a datetime.

use super::DateTimeForm;
use std::fmt;
use std::ops::Range;

/// The fields of a datetime, in the words of DSP0004 5.2.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateTimeField {
    /// `yyyy`
    Year,
    /// The month, `mm`
    Month,
    /// The day of the month, `dd`
    Day,
    /// The days of an interval, `dddddddd`
    Days,
    /// `HH`
    Hour,
    /// The minute, `MM`
    Minute,
    /// `SS`
    Second,
    /// `mmmmmm`
    Microsecond,
    /// The offset from UTC in minutes, `UUU`
    Offset,
}

impl DateTimeField {
    /// The fields of a timestamp, left to right.
    pub(super) const TIMESTAMP: [Self; 8] = [
        Self::Year,
        Self::Month,
        Self::Day,
        Self::Hour,
        Self::Minute,
        Self::Second,
        Self::Microsecond,
        Self::Offset,
    ];

    /// The fields of an interval, left to right; its `000` is a constant.
    pub(super) const INTERVAL: [Self; 5] =
        [Self::Days, Self::Hour, Self::Minute, Self::Second, Self::Microsecond];

    /// Which of the 23 digits are the field's.
    pub(super) const fn digits(self) -> Range<usize> {
        match self {
            Self::Year => 0..4,
            Self::Month => 4..6,
            Self::Day => 6..8,
            Self::Days => 0..8,
            Self::Hour => 8..10,
            Self::Minute => 10..12,
            Self::Second => 12..14,
            Self::Microsecond => 14..20,
            Self::Offset => 20..23,
        }
    }

    /// Which of the 25 characters are the field's.
    pub(super) const fn span(self) -> Range<usize> {
        let digits = self.digits();
        let shift = match self {
            Self::Microsecond => 1,
            Self::Offset => 2,
            _ => 0,
        };
        digits.start + shift..digits.end + shift
    }
}

impl fmt::Display for DateTimeField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Days => "days",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Microsecond => "microseconds",
            Self::Offset => "UTC offset",
        })
    }
}

/// Why a text or a number is no datetime. Positions are bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateTimeError {
    /// The text is not 25 characters long.
    #[error(
        "a datetime has 25 characters and this text has {found}: write \
         `yyyymmddHHMMSS.mmmmmmsUUU` or, for an interval, `ddddddddHHMMSS.mmmmmm:000`"
    )]
    Length {
        /// How many characters there are.
        found: usize,
    },
    /// A character is not one that may stand there.
    #[error("character {} of the datetime must be {expected}", span.start + 1)]
    Character {
        /// Where.
        span: Range<usize>,
        /// What may stand there.
        expected: &'static str,
    },
    /// A field's number is out of its range.
    #[error("the {field} of the datetime is {found}: it must be {min} to {max}")]
    OutOfRange {
        /// Which field.
        field: DateTimeField,
        /// What it holds.
        found: u32,
        /// The least number allowed.
        min: u32,
        /// The greatest number allowed.
        max: u32,
    },
    /// Asterisks stand where they may not.
    #[error("the asterisks of the datetime are misplaced at its {field}: {}", remedy(*form))]
    Wildcards {
        /// The first field that breaks the rule.
        field: DateTimeField,
        /// Whose rule; `None` when neither dialect's is kept.
        form: Option<DateTimeForm>,
    },
    /// A number of microseconds lies outside the years 0 to 9999, or is more
    /// than 99,999,999 days.
    #[error(
        "{micros} microseconds cannot be written as a datetime: timestamps span the years 0 to \
         9999, intervals at most 99999999 days"
    )]
    Instant {
        /// The number.
        micros: i128,
    },
    /// The offset from UTC needs more than three digits.
    #[error("a UTC offset of {minutes} minutes cannot be written: it must be -999 to 999")]
    Offset {
        /// The offset.
        minutes: i16,
    },
}

fn remedy(form: Option<DateTimeForm>) -> &'static str {
    match form {
        Some(DateTimeForm::Dmtf) => {
            "they must be one run that ends with the microseconds and starts with a field or \
             inside the microseconds"
        }
        Some(DateTimeForm::Wmi) => "they must replace whole fields, and no field of an interval",
        None => "they must replace whole fields, or be one run that ends with the microseconds",
    }
}

impl DateTimeError {
    /// The bytes of the text that are wrong; `None` when the whole of it is.
    pub fn span(&self) -> Option<Range<usize>> {
        match self {
            Self::Character { span, .. } => Some(span.clone()),
            Self::OutOfRange { field, .. } | Self::Wildcards { field, .. } => Some(field.span()),
            Self::Length { .. } | Self::Instant { .. } | Self::Offset { .. } => None,
        }
    }
}
