//! Tests of datetimes: every character comes back, and order agrees with a calendar.

use super::*;
use proptest::prelude::*;

#[test]
fn dialects_and_their_asterisks() {
    use DateTimeForm::{Dmtf, Wmi};
    for (text, dmtf, wmi) in [
        ("20240229235959.999999+060", true, true),
        ("20240229235959.999999-000", true, true),
        ("00000101000000.000000+720", true, true),
        ("99991231115959.999999-720", true, true),
        ("20240101000000.000000+840", true, true),
        ("00000001120032.000000:000", true, true),
        // One run from a field to the end of the microseconds.
        ("2024022923****.******+060", true, true),
        ("20240229235959.123***+060", true, false),
        ("**************.******+000", true, true),
        ("00000001******.******:000", true, false),
        ("00000001120032.00000*:000", true, false),
        ("********120032.000000:000", false, false),
        // Whole fields anywhere.
        ("19980416******.000000+***", false, true),
        ("****0401******.000000+***", false, true),
        ("****0229000000.000000+000", false, true),
        ("19980401135809.000000+***", false, true),
        ("19980401135809.000000-***", false, true),
        // Neither.
        ("199*0416******.000000+***", false, false),
        ("1998041613580*.******+000", false, false),
        ("20240229235959.1*3***+060", false, false),
        ("20240229235959.123***+***", false, false),
        ("20240101000000.000000+0*0", false, false),
    ] {
        for (form, legal) in [(Some(Dmtf), dmtf), (Some(Wmi), wmi), (None, dmtf || wmi)] {
            let parsed = match form {
                Some(form) => DateTime::parse_as(text, form),
                None => DateTime::parse(text),
            };
            assert_eq!(parsed.is_ok(), legal, "{text} {form:?}: {parsed:?}");
            if let Ok(value) = parsed {
                assert_eq!(value.to_string(), text);
                assert_eq!(DateTime::from_bits(value.to_bits()), Some(value));
                assert_eq!((value.is_legal_in(Dmtf), value.is_legal_in(Wmi)), (dmtf, wmi));
            }
        }
    }
}

#[test]
fn refuses_with_place_and_cause() {
    for (text, span, message) in [
        ("2024", None, "has 25 characters"),
        ("2024022923595é.999999+060", Some(13..15), "a digit or `*`"),
        ("2024022923595999999999+06", Some(14..15), "`.`"),
        ("éééééééééééé0", None, "has 13"),
        ("20240229235959,999999+060", Some(14..15), "`.`"),
        ("20240229235959.999999 060", Some(21..22), "`+`, `-` or `:`"),
        ("00000001120032.000000:001", Some(24..25), "`:000`"),
        ("00000001120032.000000:***", Some(22..23), "`:000`"),
        ("20230229235959.999999+060", Some(6..8), "1 to 28"),
        ("19000229000000.000000+000", Some(6..8), "1 to 28"),
        ("20241301000000.000000+000", Some(4..6), "1 to 12"),
        ("****0431000000.000000+000", Some(6..8), "1 to 30"),
        ("20240001000000.000000+000", Some(4..6), "1 to 12"),
        ("20240101240000.000000+000", Some(8..10), "0 to 23"),
        ("20240101006000.000000+000", Some(10..12), "0 to 59"),
        ("20161231235960.000000+000", Some(12..14), "0 to 59"),
        ("00000001250000.000000:000", Some(8..10), "0 to 23"),
        ("199*0416000000.000000+000", Some(0..4), "misplaced at its year"),
    ] {
        let error = DateTime::parse(text).unwrap_err();
        assert_eq!(error.span(), span, "{text}: {error}");
        assert!(error.to_string().contains(message), "{text}: {error}");
    }
}

#[test]
fn fields() {
    let value: DateTime = "20240229235958.000123-300".parse().unwrap();
    assert_eq!((value.year(), value.month(), value.day()), (Some(2024), Some(2), Some(29)));
    assert_eq!((value.hour(), value.minute(), value.second()), (Some(23), Some(59), Some(58)));
    assert_eq!((value.microsecond(), value.offset_minutes()), (Some(123), Some(-300)));
    assert_eq!((value.days(), value.is_interval(), value.has_wildcards()), (None, false, false));

    let value: DateTime = "00000042010203.04****:000".parse().unwrap();
    assert_eq!((value.days(), value.hour(), value.microsecond()), (Some(42), Some(1), None));
    assert_eq!((value.year(), value.offset_minutes()), (None, None));
    assert_eq!((value.is_interval(), value.has_wildcards()), (true, true));
    assert_eq!(size_of::<DateTime>(), 16);
    assert_eq!(DateTime::default().to_string(), "00000000000000.000000:000");
}

#[test]
fn compares_meaning() {
    use Ordering::{Equal, Greater, Less};
    for (a, b, order) in [
        ("20240101120000.000000+060", "20240101110000.000000+000", Some(Equal)),
        ("20240101120000.000000+000", "20240101120000.000000-000", Some(Equal)),
        ("20240101120000.000000+060", "20240101120000.000000+000", Some(Less)),
        ("20240101000000.000000+000", "20231231235959.999999+000", Some(Greater)),
        ("00000002000000.000000:000", "00000001235959.999999:000", Some(Greater)),
        ("00000002000000.000000:000", "20240101000000.000000+000", None),
        ("20240101000000.000000+***", "20240101000000.000000+***", Some(Equal)),
        ("20240101000000.000000+***", "20240101000000.000000+000", None),
        ("20240101000000.000000+***", "20250101000000.000000+***", None),
    ] {
        let [a, b] = [a, b].map(|text| DateTime::parse(text).unwrap());
        assert_eq!(a.compare(b), order, "{a} {b}");
        assert_eq!(b.compare(a), order.map(Ordering::reverse), "{b} {a}");
    }
}

#[test]
fn epochs_and_limits() {
    let unix = DateTime::from_unix_micros(0, 0).unwrap();
    assert_eq!(unix.to_string(), "19700101000000.000000+000");
    // The FILETIME of the Unix epoch, in units of 100 ns.
    assert_eq!(unix.utc_micros(), Some(116_444_736_000_000_000 / 10));
    assert_eq!(unix.unix_micros(), Some(0));
    let east = DateTime::from_unix_micros(-1, 330).unwrap();
    assert_eq!(east.to_string(), "19700101052959.999999+330");
    let west = DateTime::from_micros_since_1601(0, -60).unwrap();
    assert_eq!(west.to_string(), "16001231230000.000000-060");
    for micros in [i64::MIN, i64::MAX, -65_000_000_000_000_000] {
        assert!(DateTime::from_unix_micros(micros, 0).is_err());
        assert!(DateTime::from_micros_since_1601(micros, 999).is_err());
    }
    assert!(DateTime::from_unix_micros(0, 1000).is_err());
    assert!(DateTime::from_unix_micros(0, i16::MIN).is_err());
    for end in ["00000101000000.000000+000", "99991231235959.999999+000"] {
        let micros = DateTime::parse(end).unwrap().utc_micros().unwrap();
        assert_eq!(DateTime::from_micros_since_1601(micros, 0).unwrap().to_string(), end);
    }
    let longest = "99999999235959.999999:000";
    let micros = DateTime::parse(longest).unwrap().utc_micros().unwrap() as u64;
    assert_eq!(DateTime::interval_from_micros(micros).unwrap().to_string(), longest);
    assert!(DateTime::interval_from_micros(micros + 1).is_err());
    assert!(DateTime::interval_from_micros(u64::MAX).is_err());
}

#[test]
fn bits_are_validated() {
    let good = DateTime::parse("20240101000000.000000+000").unwrap().to_bits();
    for bad in [0, u128::MAX, good | (3 << 120), good | (1 << 123), good | (1 << 40), good | 0xb] {
        assert_eq!(DateTime::from_bits(bad), None, "{bad:x}");
    }
}

/// The naive order: walk the calendar one day at a time from the year 0.
fn oracle((year, month, day): (i64, u32, u32), minutes: i64) -> i64 {
    let leap = |y: i64| (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    let length = |y: i64, m: u32| match m {
        2 => 28 + u32::from(leap(y)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let years: i64 = (0..year).map(|y| 365 + i64::from(leap(y))).sum();
    let months: u32 = (1..month).map(|m| length(year, m)).sum();
    (years + i64::from(months) + i64::from(day)) * 1440 + minutes
}

prop_compose! {
    fn stamp()(
        year in prop_oneof![0i64..=9999, 1999i64..=2001], month in 1u32..=12, day in 1u32..=28,
        minutes in 0i64..1440, offset in -999i64..=999
    ) -> (DateTime, i64) {
        let sign = if offset < 0 { '-' } else { '+' };
        let text = format!(
            "{year:04}{month:02}{day:02}{:02}{:02}00.000000{sign}{:03}",
            minutes / 60, minutes % 60, offset.abs()
        );
        (text.parse().unwrap(), oracle((year, month, day), minutes - offset))
    }
}

proptest! {
    #[test]
    fn order_agrees_with_the_oracle((a, x) in stamp(), (b, y) in stamp()) {
        prop_assert_eq!(a.compare(b), Some(x.cmp(&y)));
    }

    #[test]
    fn whatever_parses_prints_back(
        text in "([0-9*]{14}|2[0-9]{3}(0[1-9]|\\*\\*)(1[0-9]|\\*\\*)(1[0-9]|\\*\\*)([0-5][0-9]|\\*\\*){2})\
                 \\.([0-9]{6}|[0-9]{3}\\*{3}|\\*{6})([-+]([0-9]{3}|\\*{3})|:000)"
    ) {
        if let Ok(value) = DateTime::parse(&text) {
            prop_assert_eq!(value.to_string(), text);
            prop_assert_eq!(DateTime::from_bits(value.to_bits()), Some(value));
        }
    }

    #[test]
    fn instants_round_trip(
        micros in -50_000_000_000_000_000i64..=265_000_000_000_000_000, offset in -999i16..=999
    ) {
        let value = DateTime::from_micros_since_1601(micros, offset).unwrap();
        prop_assert_eq!(value.utc_micros(), Some(micros));
        prop_assert_eq!(value.offset_minutes(), Some(offset));
        prop_assert_eq!(DateTime::parse(&value.to_string()), Ok(value));
    }

    #[test]
    fn any_text_or_bits_are_safe(text in "\\PC{0,30}", bits: u128) {
        let _ = DateTime::parse(&text);
        if let Some(value) = DateTime::from_bits(bits) {
            prop_assert_eq!(DateTime::parse(&value.to_string()), Ok(value));
        }
    }
}
