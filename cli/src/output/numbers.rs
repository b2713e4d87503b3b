//! Numbers for people.

use std::time::Duration;

/// A count with commas between groups of three digits: `28,440`.
pub(crate) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count of things: `1 class`, `2 classes`.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A size in decimal units: `3.1 MB`.
pub(crate) fn bytes(n: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if n < 1000 {
        return format!("{n} B");
    }
    let mut size = n as f64;
    let mut unit = "B";
    for next in UNITS {
        if size < 999.95 {
            break;
        }
        size /= 1000.0;
        unit = next;
    }
    format!("{size:.1} {unit}")
}

/// A duration for programs: milliseconds with two decimals.
pub(crate) fn milliseconds(t: Duration) -> f64 {
    (t.as_secs_f64() * 1e5).round() / 1e2
}

/// A duration with about two digits: `850 µs`, `95 ms`, `1.2 s`.
pub(crate) fn duration(t: Duration) -> String {
    let micros = t.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..10_000 => format!("{:.1} ms", t.as_secs_f64() * 1e3),
        10_000..1_000_000 => format!("{} ms", t.as_millis()),
        _ => format!("{:.1} s", t.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_commas() {
        for (n, expected) in
            [(0, "0"), (999, "999"), (1_631, "1,631"), (28_440, "28,440"), (1_000_000, "1,000,000")]
        {
            assert_eq!(count(n), expected);
        }
        assert_eq!(counted(1, "class", "classes"), "1 class");
        assert_eq!(counted(0, "class", "classes"), "0 classes");
    }

    #[test]
    fn sizes_and_durations_are_short() {
        for (n, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (999_949, "999.9 kB"),
            (999_999, "1.0 MB"),
            (3_120_000, "3.1 MB"),
        ] {
            assert_eq!(bytes(n), expected);
        }
        for (micros, expected) in
            [(850, "850 µs"), (4_210, "4.2 ms"), (95_400, "95 ms"), (1_234_000, "1.2 s")]
        {
            assert_eq!(duration(Duration::from_micros(micros)), expected);
        }
    }
}
