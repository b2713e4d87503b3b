//! Comparing lists of values: `ValueMap` with `Values`, `BitMap` with `BitValues`
//! (DSP0004 5.6.3.5, 5.6.3.6, 5.6.3.54, 5.6.3.55).
//!
//! An entry is a value or a range (`2..5`, `32768..`, `..` for all that no other
//! entry claims). Values may be added, also inside a range that was there; a range
//! may shrink to make room for them as long as the list still covers what it did.

use super::fact::Fact;
use super::kind::Kind;
use super::qualifier::{Site, written};
use cimarron_model::{Name, Qualifier};
use cimarron_schema::rules::{REST, interval};
use hashbrown::{HashMap, HashSet};

/// A list and its labels, either of which may be missing.
type Side = (Option<Qualifier>, Option<Qualifier>);

/// What differs between two lists. `map` names the qualifier that holds the values.
pub(super) fn facts(map: &str, old: &Side, new: &Side, site: Site<'_>) -> Vec<Fact> {
    let (before, after) = (List::read(old, site), List::read(new, site));
    let mut facts = match (&before, &after) {
        (None, None) => Vec::new(),
        (None, Some(after)) => vec![Fact::new(Kind::ValueMapAdded, None, Some(after.text()))],
        (Some(before), None) => vec![Fact::new(Kind::ValueMapRemoved, Some(before.text()), None)],
        (Some(before), Some(after)) => differences(before, after),
    };
    let is_written = [&old.0, &old.1, &new.0, &new.1].into_iter().any(|q| written(q.as_ref()));
    for fact in &mut facts {
        fact.qualifier = Some(Name::new(map));
        fact.written_here = is_written;
    }
    facts
}

/// The entries in the order written, and where to find them.
struct List {
    entries: Vec<Entry>,
    by_key: HashMap<String, usize>,
}

struct Entry {
    /// The value as it is compared: numbers in one spelling.
    key: String,
    label: Option<String>,
    range: Option<Range>,
}

/// The integers from one to another, both included.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Range {
    Closed(i128, i128),
    /// `..`: what no other entry claims.
    Rest,
}

impl Entry {
    fn text(&self) -> String {
        match &self.label {
            Some(label) => format!("{} = {label}", self.key),
            None => self.key.clone(),
        }
    }
}

impl List {
    /// `None` where neither qualifier lists anything.
    fn read(side: &Side, site: Site<'_>) -> Option<Self> {
        let (keys, labels) = (texts(side.0.as_ref()), texts(side.1.as_ref()));
        let mut entries = Vec::new();
        if let Some(keys) = keys {
            let mut labels = labels.unwrap_or_default().into_iter();
            entries.extend(keys.into_iter().map(|key| entry(&key, labels.next())));
        } else {
            // Without a map the labels of integers count from 0, and those of strings
            // are the values.
            for (at, label) in labels?.into_iter().enumerate() {
                entries.push(if site.counts() {
                    entry(&at.to_string(), Some(label))
                } else {
                    entry(&label, None)
                });
            }
        }
        let by_key = entries.iter().enumerate().map(|(at, e)| (e.key.clone(), at)).collect();
        Some(Self { entries, by_key })
    }

    fn get(&self, key: &str) -> Option<&Entry> {
        self.by_key.get(key).and_then(|at| self.entries.get(*at))
    }

    fn text(&self) -> String {
        let entries: Vec<_> = self.entries.iter().map(Entry::text).collect();
        entries.join(", ")
    }

    /// What the numbers and ranges cover, as ranges apart from each other in order;
    /// `None` when the list covers everything.
    fn cover(&self) -> Option<Vec<(i128, i128)>> {
        let mut ranges = Vec::new();
        for entry in &self.entries {
            match (entry.range, entry.key.parse::<i128>()) {
                (Some(Range::Rest), _) => return None,
                (Some(Range::Closed(from, to)), _) => ranges.push((from, to)),
                (None, Ok(number)) => ranges.push((number, number)),
                (None, Err(_)) => {}
            }
        }
        ranges.sort_unstable();
        let mut merged: Vec<(i128, i128)> = Vec::with_capacity(ranges.len());
        for (from, to) in ranges {
            match merged.last_mut() {
                Some((_, end)) if from <= end.saturating_add(1) => *end = (*end).max(to),
                _ => merged.push((from, to)),
            }
        }
        Some(merged)
    }
}

/// The strings of an array qualifier, NULL ones empty.
fn texts(qualifier: Option<&Qualifier>) -> Option<Vec<String>> {
    qualifier?.value.texts()
}

fn entry(key: &str, label: Option<String>) -> Entry {
    let key = key.trim();
    if key == REST {
        return Entry { key: key.to_owned(), label, range: Some(Range::Rest) };
    }
    match interval(key, (i128::MIN, i128::MAX)) {
        // A number has one spelling among its radixes.
        Some((from, _)) if !key.contains("..") => {
            Entry { key: from.to_string(), label, range: None }
        }
        found => {
            let range = found.map(|(from, to)| Range::Closed(from, to));
            Entry { key: key.to_owned(), label, range }
        }
    }
}

fn differences(before: &List, after: &List) -> Vec<Fact> {
    let mut facts = Vec::new();
    let (old_cover, cover) = (before.cover(), after.cover());
    let old_labels: HashSet<&str> =
        before.entries.iter().filter_map(|entry| entry.label.as_deref()).collect();
    // The labels that stand at values where they did not stand before.
    let is_new_here =
        |entry: &&Entry| before.get(&entry.key).is_none_or(|before| before.label != entry.label);
    let moved_labels: HashSet<&str> = after
        .entries
        .iter()
        .filter(is_new_here)
        .filter_map(|entry| entry.label.as_deref())
        .collect();
    for entry in &before.entries {
        match after.get(&entry.key) {
            Some(now) => facts.extend(label(entry, now, &old_labels, &moved_labels)),
            // A range may be cut anew around values that were added to it.
            None if entry.range.is_some_and(|range| covered(range, cover.as_deref())) => {}
            None => facts.push(Fact::new(Kind::ValueRemoved, Some(entry.text()), None)),
        }
    }
    // A range that is new only in its ends is no new value.
    let adds = |entry: &&Entry| {
        before.get(&entry.key).is_none()
            && !entry.range.is_some_and(|range| covered(range, old_cover.as_deref()))
    };
    let added = after.entries.iter().filter(adds);
    facts.extend(added.map(|entry| Fact::new(Kind::ValueAdded, None, Some(entry.text()))));
    if facts.is_empty() {
        facts.extend(order(before, after));
    }
    facts
}

/// Whether a list that covers these ranges (`None` for everything) covers this one.
fn covered(range: Range, cover: Option<&[(i128, i128)]>) -> bool {
    let Some(cover) = cover else { return true };
    match range {
        Range::Rest => false,
        Range::Closed(from, to) => {
            // The last range that begins at or before this one.
            let behind = cover.partition_point(|(start, _)| *start <= from);
            behind.checked_sub(1).and_then(|at| cover.get(at)).is_some_and(|(_, end)| to <= *end)
        }
    }
}

/// Another label is another meaning where it was that of another value, or where the
/// old one is now that of another value. Otherwise it is another wording.
fn label(
    old: &Entry,
    new: &Entry,
    old_labels: &HashSet<&str>,
    moved_labels: &HashSet<&str>,
) -> Option<Fact> {
    if old.label == new.label {
        return None;
    }
    let took_over = new.label.as_deref().is_some_and(|label| old_labels.contains(label));
    let lost = old.label.as_deref().is_some_and(|label| moved_labels.contains(label));
    let kind = if took_over || lost { Kind::ValueReassigned } else { Kind::ValueLabelChanged };
    Some(Fact::new(kind, Some(old.text()), Some(new.text())))
}

fn order(before: &List, after: &List) -> Option<Fact> {
    let same = before.entries.iter().map(|e| &e.key).eq(after.entries.iter().map(|e| &e.key));
    let text = |list: &List| Some(list.text());
    (!same).then(|| Fact::new(Kind::ValuesReordered, text(before), text(after)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::{Array, CimType, Flavor, Scalar};

    fn side(name: &str, items: &[&str]) -> Option<Qualifier> {
        let items = items.iter().map(|text| Some(Scalar::String((*text).into())));
        let array = Array::from_options(CimType::String, items).unwrap();
        Some(Qualifier { name: name.into(), value: array.into(), flavor: Flavor::default() })
    }

    fn ids(old: (&[&str], &[&str]), new: (&[&str], &[&str])) -> Vec<&'static str> {
        let make =
            |(map, labels): (&[&str], &[&str])| (side("ValueMap", map), side("Values", labels));
        let found = facts("ValueMap", &make(old), &make(new), Site::Class);
        found.iter().map(|fact| fact.kind.as_str()).collect()
    }

    #[test]
    fn ranges_make_room() {
        let old = (&["0", "1", "2..32767", "32768.."][..], &["No", "Yes", "DMTF", "Vendor"][..]);
        let new = (
            &["0", "1", "2", "3..32767", "32768.."][..],
            &["No", "Yes", "Maybe", "DMTF", "Vendor"][..],
        );
        assert_eq!(ids(old, new), ["value-added"]);
        assert_eq!(ids(new, old), ["value-removed"]);
        let short = (&["0", "1", "2..32767"][..], &["No", "Yes", "DMTF"][..]);
        assert_eq!(ids(old, short), ["value-removed"]);
        assert_eq!(ids(short, old), ["value-added"]);
        let rest = (&["0", "1", ".."][..], &["No", "Yes", "Rest"][..]);
        assert_eq!(ids(old, rest), ["value-added"]);
        assert_eq!(ids(rest, old), ["value-removed"]);
    }

    #[test]
    fn labels_that_change_places_are_told_from_new_ones() {
        let old = (&["0", "1"][..], &["Up", "Down"][..]);
        assert_eq!(
            ids(old, (&["0", "1"], &["Down", "Up"])),
            ["value-reassigned", "value-reassigned"]
        );
        assert_eq!(ids(old, (&["0", "1"], &["Up", "Not up"])), ["value-label-changed"]);
        assert_eq!(ids(old, (&["1", "0"], &["Down", "Up"])), ["values-reordered"]);
        assert_eq!(ids(old, (&["00", "1"], &["Up", "Down"])), Vec::<&str>::new());
    }
}
