//! "Did you mean …?": the nearest of a set of names.

use crate::fold;
use std::fmt::Display;

/// The candidate nearest to `text` without case, if it is near enough to be a
/// likely slip: at most a third of the length away, in single-character edits
/// and swaps of neighbours. Of two equally near the first in order of text is
/// given, so the answer does not depend on the order of the candidates.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_within(text, (text.chars().count() / 3).min(4), candidates)
}

/// The same for one that is at most so many edits away.
pub fn nearest_within<'a>(
    text: &str,
    limit: usize,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted: Vec<char> = text.chars().map(fold::fold_char).collect();
    let letters = letters(wanted.iter().copied());
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        let bound = best.map_or(limit, |(distance, _)| distance);
        // Every letter that only one of them has takes an edit.
        let theirs = self::letters(candidate.chars().map(fold::fold_char));
        let least = (letters & !theirs).count_ones().max((theirs & !letters).count_ones());
        if least as usize > bound {
            continue;
        }
        if let Some(distance) = within(&wanted, candidate, bound) {
            let found = (distance, candidate);
            best = Some(best.map_or(found, |b| b.min(found)));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The characters of a text as a set; some share a place.
fn letters(text: impl Iterator<Item = char>) -> u64 {
    text.fold(0, |all, c| all | 1 << (u32::from(c) % 64))
}

/// The help that names what was probably meant.
pub fn did_you_mean(similar: impl Display) -> String {
    format!("did you mean `{similar}`?")
}

/// The same as the end of a message; empty where nothing is similar.
pub fn or_did_you_mean(similar: Option<impl Display>) -> String {
    similar.map(|similar| format!(": {}", did_you_mean(similar))).unwrap_or_default()
}

/// The edit distance of the two when it is at most `bound` (optimal string
/// alignment, three rolling rows).
#[expect(clippy::indexing_slicing, reason = "every row has other.len() + 1 entries")]
fn within(wanted: &[char], candidate: &str, bound: usize) -> Option<usize> {
    let other: Vec<char> = candidate.chars().map(fold::fold_char).collect();
    if wanted.len().abs_diff(other.len()) > bound {
        return None;
    }
    let mut before: Vec<usize> = vec![0; other.len() + 1];
    let mut previous: Vec<usize> = (0..=other.len()).collect();
    let mut current = previous.clone();
    for i in 1..=wanted.len() {
        current[0] = i;
        for j in 1..=other.len() {
            let substitution = usize::from(wanted[i - 1] != other[j - 1]);
            let mut cost =
                (previous[j] + 1).min(current[j - 1] + 1).min(previous[j - 1] + substitution);
            if i > 1 && j > 1 && wanted[i - 1] == other[j - 2] && wanted[i - 2] == other[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            current[j] = cost;
        }
        if current.iter().min().is_some_and(|least| *least > bound) {
            return None;
        }
        std::mem::swap(&mut before, &mut previous);
        std::mem::swap(&mut previous, &mut current);
    }
    Some(previous[other.len()]).filter(|d| *d <= bound)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_likely_slips_only() {
        let names = ["DeviceID", "SystemName", "Caption", "Status", "uint32", "sint32"];
        for (text, expected) in [
            ("DeviceId", Some("DeviceID")),
            ("DevcieID", Some("DeviceID")),
            ("Captoin", Some("Caption")),
            ("Statu", Some("Status")),
            ("Wholly", None),
            ("ID", None),
            ("int32", Some("sint32")),
            ("", None),
        ] {
            assert_eq!(nearest(text, names), expected, "{text}");
            assert_eq!(nearest(text, names.into_iter().rev()), expected, "{text}");
        }
    }
}
