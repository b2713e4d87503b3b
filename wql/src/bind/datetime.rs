//! Datetime constants (WMI SDK, "WQL-Supported Date Formats" and "…Time
//! Formats").
//!
//! Besides the 25 characters of CIM: year-first numeric dates with `-` or `/`,
//! dates with the month's English name, `yyyy` and `yyyymmdd`; each may have a
//! time behind it. The year has four digits. What depends on a locale (day first,
//! month first, two-digit years) is no constant.
//!
//! Decisions: these forms say no zone, so they mean UTC. A missing month or day is
//! the first. `HH:MM:SS:mmm` counts milliseconds.

use cimarron_model::DateTime;

/// Reads a quoted constant.
pub(super) fn parse(text: &str) -> Option<DateTime> {
    DateTime::parse(text).ok().or_else(|| {
        let items = items(text)?;
        let (date, time) = items.split_at(date_length(&items));
        compose(date_of(date)?, time_of(time)?)
    })
}

/// Reads an unquoted constant: `1932` or `19320121`.
pub(super) fn parse_digits(digits: &str) -> Option<DateTime> {
    let date = date_of(&[Item::Number(digits)])?;
    compose(date, Time::default())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item<'a> {
    Number(&'a str),
    Word(&'a str),
    Mark(char),
}

#[derive(Clone, Copy)]
struct Date {
    year: u32,
    month: u32,
    day: u32,
}

#[derive(Clone, Copy, Default)]
struct Time {
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
}

/// Cuts a text into numbers, words and marks; white space only separates.
fn items(text: &str) -> Option<Vec<Item<'_>>> {
    let mut items = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let run = |same: fn(&char) -> bool| rest.chars().take_while(same).count();
        let length = match first {
            '0'..='9' => run(char::is_ascii_digit),
            'a'..='z' | 'A'..='Z' => run(char::is_ascii_alphabetic),
            '-' | '/' | ':' | '.' | ',' => 1,
            _ => return None,
        };
        let (item, behind) = rest.split_at_checked(length)?;
        items.push(match first {
            '0'..='9' => Item::Number(item),
            mark if mark.is_ascii_punctuation() => Item::Mark(mark),
            _ => Item::Word(item),
        });
        rest = behind.trim_start();
    }
    Some(items)
}

/// How many items belong to the date: the time starts with the number before the
/// first colon, or before AM or PM.
fn date_length(items: &[Item<'_>]) -> usize {
    items
        .windows(2)
        .position(|pair| match pair {
            [Item::Number(_), Item::Mark(':')] => true,
            [Item::Number(_), Item::Word(word)] => half_of_day(word).is_some(),
            _ => false,
        })
        .unwrap_or(items.len())
}

fn date_of(items: &[Item<'_>]) -> Option<Date> {
    match items {
        [Item::Number(year)] if year.len() == 4 => {
            Some(Date { year: number(year)?, month: 1, day: 1 })
        }
        [Item::Number(date)] if date.len() == 8 => Some(Date {
            year: number(date.get(..4)?)?,
            month: number(date.get(4..6)?)?,
            day: number(date.get(6..)?)?,
        }),
        [
            Item::Number(year),
            Item::Mark(a @ ('-' | '/')),
            Item::Number(month),
            Item::Mark(b),
            Item::Number(day),
        ] if year.len() == 4 && a == b => {
            Some(Date { year: number(year)?, month: short(month)?, day: short(day)? })
        }
        _ => named_month(items),
    }
}

/// `January 21, 1932` and its permutations.
fn named_month(items: &[Item<'_>]) -> Option<Date> {
    let (mut year, mut month, mut day) = (None, None, None);
    for item in items {
        let (field, value) = match item {
            Item::Word(word) => (&mut month, month_named(word)?),
            Item::Number(digits) if digits.len() == 4 => (&mut year, number(digits)?),
            Item::Number(digits) => (&mut day, short(digits)?),
            Item::Mark(',') => continue,
            Item::Mark(_) => return None,
        };
        if field.replace(value).is_some() {
            return None;
        }
    }
    Some(Date { year: year?, month: month?, day: day.unwrap_or(1) })
}

fn month_named(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let index = MONTHS.iter().position(|month| {
        word.eq_ignore_ascii_case(month)
            || month.get(..3).is_some_and(|short| word.eq_ignore_ascii_case(short))
    })?;
    u32::try_from(index + 1).ok()
}

fn time_of(items: &[Item<'_>]) -> Option<Time> {
    let (items, half) = match items {
        [rest @ .., Item::Word(word)] => (rest, Some(half_of_day(word)?)),
        all => (all, None),
    };
    let mut time = match items {
        [] if half.is_none() => return Some(Time::default()),
        [Item::Number(hour)] if half.is_some() => Time { hour: short(hour)?, ..Time::default() },
        [Item::Number(hour), Item::Mark(':'), Item::Number(minute), rest @ ..] => {
            let (second, micros) = seconds(rest)?;
            Time { hour: short(hour)?, minute: short(minute)?, second, micros }
        }
        _ => return None,
    };
    if let Some(half) = half {
        if !(1..=12).contains(&time.hour) {
            return None;
        }
        time.hour = time.hour % 12 + half;
    }
    Some(time)
}

/// Seconds and microseconds behind hour and minute.
fn seconds(items: &[Item<'_>]) -> Option<(u32, u32)> {
    match items {
        [] => Some((0, 0)),
        [Item::Mark(':'), Item::Number(second)] => Some((short(second)?, 0)),
        [Item::Mark(':'), Item::Number(second), Item::Mark(':'), Item::Number(millis)]
            if millis.len() <= 3 =>
        {
            Some((short(second)?, number(millis)? * 1000))
        }
        [Item::Mark(':'), Item::Number(second), Item::Mark('.'), Item::Number(part)]
            if part.len() <= 6 =>
        {
            Some((short(second)?, number(&format!("{part:0<6}"))?))
        }
        _ => None,
    }
}

/// The hours that AM or PM adds.
fn half_of_day(word: &str) -> Option<u32> {
    if word.eq_ignore_ascii_case("am") {
        Some(0)
    } else if word.eq_ignore_ascii_case("pm") {
        Some(12)
    } else {
        None
    }
}

fn number(digits: &str) -> Option<u32> {
    digits.parse().ok()
}

/// A number of one or two digits.
fn short(digits: &str) -> Option<u32> {
    number(digits).filter(|_| digits.len() <= 2)
}

/// The datetime in UTC; the model checks the ranges.
fn compose(date: Date, time: Time) -> Option<DateTime> {
    let Date { year, month, day } = date;
    let Time { hour, minute, second, micros } = time;
    let text =
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}.{micros:06}+000");
    DateTime::parse(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        for (text, expected) in [
            ("19320121080910.000000+060", Some("19320121080910.000000+060")),
            ("00000001020304.000000:000", Some("00000001020304.000000:000")),
            ("1932****000000.000000+***", Some("1932****000000.000000+***")),
            ("193*0121000000.000000+000", None),
            ("1932-01-21", Some("19320121000000.000000+000")),
            ("1932/1/2", Some("19320102000000.000000+000")),
            ("1932-01/21", None),
            ("1932.01.21", None),
            ("1932-01", None),
            ("1932-01-21 23:59:58:007", Some("19320121235958.007000+000")),
            ("1932-01-21 23:59:58.5", Some("19320121235958.500000+000")),
            ("1932-01-21 3:23", Some("19320121032300.000000+000")),
            ("1932-01-21 3:23 PM", Some("19320121152300.000000+000")),
            ("1932-01-21 3:23:01pm", Some("19320121152301.000000+000")),
            ("1932-01-21 4 PM", Some("19320121160000.000000+000")),
            ("1932-01-21 12AM", Some("19320121000000.000000+000")),
            ("1932-01-21 12:30 PM", Some("19320121123000.000000+000")),
            ("1932-01-21 13:00 PM", None),
            ("1932-01-21 0 AM", None),
            ("1932-01-21 24:00", None),
            ("1932-01-21 12:60", None),
            ("1932-01-21 12", None),
            ("1932-01-21 12:00:00:1000", None),
            ("1932-02-30", None),
            ("1932-13-01", None),
            ("January 21, 1932", Some("19320121000000.000000+000")),
            ("Jan 21 1932", Some("19320121000000.000000+000")),
            ("january, 1932", Some("19320101000000.000000+000")),
            ("January 1932 21", Some("19320121000000.000000+000")),
            ("21 January, 1932", Some("19320121000000.000000+000")),
            ("21 Jan1932", Some("19320121000000.000000+000")),
            ("21 1932 January", Some("19320121000000.000000+000")),
            ("1932 Jan 21 16:05", Some("19320121160500.000000+000")),
            ("1932 21 SEP", Some("19320921000000.000000+000")),
            ("Janu 21 1932", None),
            ("Jan 21 32", None),
            ("Jan Feb 1932", None),
            ("21 22 Jan 1932", None),
            ("19320121", Some("19320121000000.000000+000")),
            ("19320121 08:00", Some("19320121080000.000000+000")),
            ("1932", Some("19320101000000.000000+000")),
            ("193201", None),
            ("320121", None),
            ("01-21-1932", None),
            ("21/01/1932", None),
            ("3:23", None),
            ("", None),
            ("never", None),
            ("99999999999999999999", None),
        ] {
            let found = parse(text).map(|t| t.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn unquoted_digits() {
        for (digits, expected) in [
            ("1932", Some("19320101000000.000000+000")),
            ("19320121", Some("19320121000000.000000+000")),
            ("+1932", None),
            ("32", None),
            ("320121", None),
            ("19321321", None),
        ] {
            let found = parse_digits(digits).map(|t| t.to_string());
            assert_eq!(found.as_deref(), expected, "{digits}");
        }
    }
}
