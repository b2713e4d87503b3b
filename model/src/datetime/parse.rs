//! Text to datetime, and the rules that a datetime keeps.
//!
//! The two dialects agree on numbers and differ on asterisks. DSP0004 has one
//! run of them that ends with the microseconds, part of which may stay digits;
//! intervals may have it too. WMI has whole fields anywhere, the year and the
//! offset included, and none in intervals.
//!
//! Decisions: second 60 is refused (the WMI SDK says 00 to 59). The year 0 is
//! legal: DSP0004 uses it. Any three digits are a legal offset: neither standard
//! bounds it, and real zones pass the 720 minutes that WMI scripting allows.

use super::instant::days_in_month;
use super::{DIGITS, DateTime, DateTimeError, DateTimeField, POINT_DIGITS, Sign, WILDCARD};

/// Whose rules for asterisks a text keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateTimeForm {
    /// DSP0004 5.2.4.
    Dmtf,
    /// WMI SDK, "CIM_DATETIME" and "Interval Format".
    Wmi,
}

impl DateTime {
    /// Reads the 25 characters, with asterisks as either dialect allows them.
    pub fn parse(text: &str) -> Result<Self, DateTimeError> {
        let value = read(text)?;
        check(value, None)?;
        Ok(value)
    }

    /// Reads the 25 characters, with asterisks as one dialect allows them.
    pub fn parse_as(text: &str, form: DateTimeForm) -> Result<Self, DateTimeError> {
        let value = read(text)?;
        check(value, Some(form))?;
        Ok(value)
    }

    /// Whether the value is legal in this dialect: only asterisks can make a
    /// difference.
    pub fn is_legal_in(self, form: DateTimeForm) -> bool {
        wildcard_breach(self, form).is_none()
    }
}

/// The value of a text whose characters are of the right kinds.
fn read(text: &str) -> Result<DateTime, DateTimeError> {
    let bytes = text.as_bytes();
    let found = text.chars().count();
    if found != 25 {
        return Err(DateTimeError::Length { found });
    }
    let mut digits = [0; DIGITS];
    let mut places = digits.iter_mut();
    let mut sign = Sign::Plus;
    for (at, byte) in bytes.iter().enumerate() {
        let expected = match (at, byte) {
            (14, b'.') => continue,
            (14, _) => "`.`",
            (21, b'+') => continue,
            (21, b'-') => {
                sign = Sign::Minus;
                continue;
            }
            (21, b':') => {
                sign = Sign::Interval;
                continue;
            }
            (21, _) => "`+`, `-` or `:`",
            (22.., b'1'..=b'9' | b'*') if sign == Sign::Interval => "`0`: intervals end in `:000`",
            (_, b'0'..=b'9' | b'*') => {
                if let Some(place) = places.next() {
                    *place = if *byte == b'*' { WILDCARD } else { byte - b'0' };
                }
                continue;
            }
            _ => "a digit or `*`",
        };
        // Every character before this one is a single byte.
        let width = text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        return Err(DateTimeError::Character { span: at..at + width, expected });
    }
    Ok(DateTime::from_digits(&digits, sign))
}

/// Checks ranges and asterisks; with no form either dialect's rule will do.
pub(super) fn check(value: DateTime, form: Option<DateTimeForm>) -> Result<(), DateTimeError> {
    check_ranges(value)?;
    let breach = match form {
        Some(form) => wildcard_breach(value, form),
        None => wildcard_breach(value, DateTimeForm::Dmtf)
            .and_then(|_| wildcard_breach(value, DateTimeForm::Wmi)),
    };
    breach.map_or(Ok(()), |field| Err(DateTimeError::Wildcards { field, form }))
}

fn fields(value: DateTime) -> &'static [DateTimeField] {
    if value.is_interval() { &DateTimeField::INTERVAL } else { &DateTimeField::TIMESTAMP }
}

fn check_ranges(value: DateTime) -> Result<(), DateTimeError> {
    if value.is_interval() && value.number(POINT_DIGITS..DIGITS) != Some(0) {
        let expected = "`0`: intervals end in `:000`";
        return Err(DateTimeError::Character { span: 22..23, expected });
    }
    for &field in fields(value) {
        let (min, max) = match field {
            DateTimeField::Month => (1, 12),
            DateTimeField::Day => (1, greatest_day(value)),
            DateTimeField::Hour => (0, 23),
            DateTimeField::Minute | DateTimeField::Second => (0, 59),
            _ => continue,
        };
        if let Some(found) = value.field(field)
            && !(min..=max).contains(&found)
        {
            return Err(DateTimeError::OutOfRange { field, found, min, max });
        }
    }
    Ok(())
}

/// The last day that some year and month matching the value can have.
fn greatest_day(value: DateTime) -> u32 {
    // Without a year February may be a leap year's, as in 2000.
    let year = value.year().map_or(2000, i64::from);
    value.field(DateTimeField::Month).map_or(31, |month| days_in_month(year, month))
}

/// The first field whose asterisks the dialect forbids.
fn wildcard_breach(value: DateTime, form: DateTimeForm) -> Option<DateTimeField> {
    match form {
        DateTimeForm::Wmi => fields(value).iter().copied().find(|field| {
            let wild = value.wildcards_in(field.digits());
            wild != 0 && (value.is_interval() || wild != field.digits().len())
        }),
        DateTimeForm::Dmtf => {
            let first = (0..DIGITS).find(|i| value.digit(*i) == WILDCARD)?;
            fields(value).iter().copied().find(|field| {
                let digits = field.digits();
                if *field == DateTimeField::Offset {
                    return value.wildcards_in(digits) > 0;
                }
                let should = digits.end.saturating_sub(first.max(digits.start));
                let splits = digits.start < first && first < digits.end;
                value.wildcards_in(digits) != should
                    || (splits && *field != DateTimeField::Microsecond)
            })
        }
    }
}
