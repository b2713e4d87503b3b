//! Moving a full log file out of the way.

use std::ffi::OsStr;
use std::path::Path;
use std::{fs, io};

/// The last number that a backup can have.
const LAST: u16 = 999;

/// Renames a file to what its next backup is called.
pub(super) fn make(path: &Path) -> io::Result<()> {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let base = base(name);
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or_else(|| Path::new("."));
    let mut used = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?.file_name();
        used.extend(entry.to_str().and_then(|entry| number_of(entry, base)));
    }
    let number = next(&used)
        .ok_or_else(|| io::Error::other("all names for backups are in use, .001 to .999"))?;
    fs::rename(path, directory.join(format!("{base}.{number:03}")))
}

/// What the number is put behind: a short name loses its extension.
fn base(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if is_short(stem, 8) && is_short(extension, 3) => stem,
        _ => name,
    }
}

fn is_short(part: &str, length: usize) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || "!#$%&'()-@^_`{}~".contains(c);
    (1..=length).contains(&part.len()) && part.chars().all(legal)
}

fn number_of(entry: &str, base: &str) -> Option<u16> {
    let digits = entry.strip_prefix(base)?.strip_prefix('.')?;
    let legal = digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|number| legal && *number > 0)
}

/// The smallest number above all that are used; once the last one is, the smallest that is
/// not.
fn next(used: &[u16]) -> Option<u16> {
    let largest = used.iter().max().copied().unwrap_or(0);
    if largest < LAST {
        return Some(largest + 1);
    }
    (1..LAST).find(|number| !used.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_backups() {
        for (name, expected) in [
            ("app.log", "app"),
            ("logfile1.txt", "logfile1"),
            ("app.", "app."),
            ("app", "app"),
            ("application.log", "application.log"),
            ("app.json", "app.json"),
            ("a.b.c", "a.b.c"),
            ("a b.log", "a b.log"),
            (".log", ".log"),
        ] {
            assert_eq!(base(name), expected, "{name}");
        }
        for (entry, number) in [
            ("app.001", Some(1)),
            ("app.999", Some(999)),
            ("app.000", None),
            ("app.01", None),
            ("app.0001", None),
            ("app.+01", None),
            ("app2.001", None),
            ("app", None),
        ] {
            assert_eq!(number_of(entry, "app"), number, "{entry}");
        }
    }

    #[test]
    fn numbers_grow_until_the_last() {
        let all: Vec<u16> = (1..=LAST).collect();
        assert_eq!(next(&[]), Some(1));
        assert_eq!(next(&[1, 7, 3]), Some(8));
        assert_eq!(next(&[999]), Some(1));
        assert_eq!(next(&[999, 1, 2, 4]), Some(3));
        assert_eq!(next(&all), None);
    }
}
