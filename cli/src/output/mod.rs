//! The forms that output takes.

pub(crate) mod answer;
pub(crate) mod changes;
pub(crate) mod classes;
pub(crate) mod csv;
pub(crate) mod delivered;
pub(crate) mod dep_file;
pub(crate) mod diagnostics;
pub(crate) mod diff;
pub(crate) mod events;
pub(crate) mod explain;
pub(crate) mod findings;
pub(crate) mod numbers;
pub(crate) mod paint;
pub(crate) mod picture;
pub(crate) mod plan;
pub(crate) mod rows;
pub(crate) mod sarif;
mod source_line;
pub(crate) mod table;
pub(crate) mod tree;
pub(crate) mod verdict;

use std::io::{self, BufWriter, StdoutLock, Write};

/// Standard output, buffered. Callers flush it, so that a failure to write is
/// seen.
pub(crate) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Writes items as a JSON array with one item a line: whole for programs, and
/// still something to `grep`.
pub(crate) fn json_lines<T: serde::Serialize>(
    out: &mut dyn Write,
    items: impl IntoIterator<Item = T>,
) -> io::Result<()> {
    let mut separator = "[\n";
    for item in items {
        out.write_all(separator.as_bytes())?;
        serde_json::to_writer(&mut *out, &item)?;
        separator = ",\n";
    }
    out.write_all(if separator == "[\n" { b"[]\n" } else { b"\n]\n" })
}

#[cfg(test)]
mod tests {
    #[test]
    fn json_arrays_have_one_item_a_line() {
        for (items, expected) in
            [(vec![], "[]\n"), (vec![1], "[\n1\n]\n"), (vec![1, 2], "[\n1,\n2\n]\n")]
        {
            let mut out = Vec::new();
            super::json_lines(&mut out, items).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
