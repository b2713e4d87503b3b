//! Equality of texts.

use super::batch::Texts;
use super::mask::Mask;
use crate::like::StringCase;

/// Keeps the rows whose texts equal a constant, which is folded where case does not count.
pub(super) fn select_equal(texts: Texts<'_>, constant: &str, case: StringCase, rows: &mut Mask) {
    // Where all characters are one byte, and where case counts, equal texts are equally long.
    if case == StringCase::Exact || texts.is_ascii() {
        let is_equal = |row| {
            let (start, end) = texts.span(row);
            end - start == constant.len() && case.eq(texts.get(row), constant)
        };
        rows.retain(is_equal);
    } else {
        rows.retain(|row| case.eq(texts.get(row), constant));
    }
}
