//! Comparing lists of values: `ValueMap` with `Values`, `BitMap` with `BitValues`
//! (DSP0004 5.6.3.5, 5.6.3.6, 5.6.3.54, 5.6.3.55).
//!
//! An entry is a value or a range (`2..5`, `32768..`, `..` for all that no other
//! entry claims). Values may be added, also inside a range that is there for values to
//! come, which shrinks to make room for them. What each number meant before and means now decides, wherever
//! the ends of ranges are.

use super::cover::pairs;
use super::fact::Fact;
use super::kind::Kind;
use super::qualifier::{Site, written};
use cimarron_model::{Name, Qualifier};
use cimarron_schema::rules::{Interval, REST, interval};
use hashbrown::{HashMap, HashSet};
use std::collections::BTreeSet;

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
pub(super) struct List {
    pub(super) entries: Vec<Entry>,
    by_key: HashMap<String, usize>,
}

pub(super) struct Entry {
    /// The value as it is compared: numbers and ranges in one spelling.
    pub(super) key: String,
    /// As it is written, but for the radix of a number.
    spelling: String,
    label: Option<String>,
    pub(super) values: Values,
}

/// What an entry stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// A text that is no number.
    Text,
    Number(i128),
    /// The integers from one to another, both included.
    Range(i128, i128),
    /// `..`: what no other entry claims.
    Rest,
}

impl Entry {
    const fn is_range(&self) -> bool {
        matches!(self.values, Values::Range(..) | Values::Rest)
    }

    /// Whether nobody uses the values yet (DSP0004 5.4.1: values can be added in unused
    /// ranges): no other entry claims them, or what they mean is not said, or their label
    /// keeps them for later. What vendors have may be used.
    fn makes_room(&self) -> bool {
        match self.label.as_deref() {
            Some(label) if is_vendors(label) => false,
            Some(label) => self.values == Values::Rest || is_for_later(label),
            None => true,
        }
    }

    fn text(&self) -> String {
        match &self.label {
            Some(label) => format!("{} = {label}", self.spelling),
            None => self.spelling.clone(),
        }
    }
}

/// Whether a label says that its values mean nothing yet.
fn is_for_later(label: &str) -> bool {
    let lower = label.to_lowercase();
    let words = ["unused", "not used", "unassigned", "undefined"];
    is_reserved(label) || words.iter().any(|word| lower.contains(word))
}

/// Whether a label says that its values mean nothing yet: `DMTF Reserved`. What is reserved by
/// or for somebody means something, and `Preserved` does, too.
fn is_reserved(label: &str) -> bool {
    let mut words = label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let last = words.next_back().is_some_and(|word| word.eq_ignore_ascii_case("reserved"));
    last && !words.any(|word| word.eq_ignore_ascii_case("not")) && !is_vendors(label)
}

/// Whether a label gives its values to vendors: `Vendor Reserved`.
fn is_vendors(label: &str) -> bool {
    label.to_lowercase().contains("vendor")
}

impl List {
    /// `None` where neither qualifier lists anything.
    fn read(side: &Side, site: Site<'_>) -> Option<Self> {
        let (keys, labels) = (texts(side.0.as_ref()), texts(side.1.as_ref()));
        let mut entries = Vec::new();
        let range = site.integers();
        let entry = |key: &str, label| entry(key, label, range);
        if let Some(keys) = keys {
            let mut labels = labels.unwrap_or_default().into_iter();
            entries.extend(keys.into_iter().map(|key| entry(&key, labels.next())));
        } else {
            // Without a map the labels of integers count from 0, and those of strings
            // are the values.
            for (at, label) in labels?.into_iter().enumerate() {
                entries.push(if range.is_some() {
                    entry(&at.to_string(), Some(label))
                } else {
                    entry(&label, None)
                });
            }
        }
        let by_key = entries.iter().enumerate().map(|(at, e)| (e.key.clone(), at)).collect();
        Some(Self { entries, by_key })
    }

    /// Where the entry with a key stands.
    pub(super) fn find(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    fn at(&self, place: Option<usize>) -> Option<&Entry> {
        self.entries.get(place?)
    }

    fn text(&self) -> String {
        let entries: Vec<_> = self.entries.iter().map(Entry::text).collect();
        entries.join(", ")
    }
}

/// The strings of an array qualifier, NULL ones empty.
fn texts(qualifier: Option<&Qualifier>) -> Option<Vec<String>> {
    qualifier?.value.texts()
}

/// An entry; ranges that are open end where the type does.
fn entry(key: &str, label: Option<String>, range: Option<Interval>) -> Entry {
    let key = key.trim();
    let values = match interval(key, range.unwrap_or((i128::MIN, i128::MAX))) {
        _ if key == REST => Values::Rest,
        None => Values::Text,
        Some((from, to)) if key.contains("..") => Values::Range(from, to),
        Some((number, _)) => Values::Number(number),
    };
    let (key, spelling) = match values {
        // A number has one spelling among its radixes.
        Values::Number(number) => (number.to_string(), number.to_string()),
        Values::Range(from, to) => (format!("{from}..{to}"), key.to_owned()),
        _ => (key.to_owned(), key.to_owned()),
    };
    Entry { key, spelling, label, values }
}

fn differences(before: &List, after: &List) -> Vec<Fact> {
    let pairs = pairs(before, after);
    let labels = Labels::of(before, after, &pairs);
    let mut facts = Vec::new();
    let mut added = BTreeSet::new();
    for &(was, is) in &pairs {
        match (before.at(was), after.at(is)) {
            (Some(old), Some(new)) if old.label != new.label => match labels.change(old, new) {
                Kind::ValueAdded => added.extend(is),
                Kind::ValueRemoved => facts.push(removed(old)),
                kind => facts.push(Fact::new(kind, Some(old.text()), Some(new.text()))),
            },
            (Some(_), Some(_)) => {}
            (Some(old), None) => facts.push(removed(old)),
            (None, _) => added.extend(is),
        }
    }
    let added = added.into_iter().filter_map(|at| after.entries.get(at));
    facts.extend(added.map(|entry| Fact::new(Kind::ValueAdded, None, Some(entry.text()))));
    if facts.is_empty() {
        facts.extend(order(before, after));
    }
    facts
}

fn removed(old: &Entry) -> Fact {
    Fact::new(Kind::ValueRemoved, Some(old.text()), None)
}

/// What became of the labels of a list.
#[derive(Default)]
struct Labels<'l> {
    old: HashSet<&'l str>,
    /// Those that stand at values where they did not stand before.
    moved: HashSet<&'l str>,
    /// Those that stand at some value where they stood before.
    kept: HashSet<&'l str>,
    /// The ranges that are still there, by their keys.
    same: HashSet<&'l str>,
    /// The ranges whose values have several other labels now.
    split: HashSet<&'l str>,
}

impl<'l> Labels<'l> {
    fn of(
        before: &'l List,
        after: &'l List,
        pairs: &BTreeSet<(Option<usize>, Option<usize>)>,
    ) -> Self {
        let mut labels = Self::default();
        labels.old.extend(before.entries.iter().filter_map(|entry| entry.label.as_deref()));
        let mut becomes: HashMap<&str, Option<&str>> = HashMap::new();
        for &(was, is) in pairs {
            let (old, new) = (before.at(was), after.at(is));
            let label = new.and_then(|entry| entry.label.as_deref());
            let stays = old.is_some_and(|entry| entry.label.as_deref() == label);
            if stays { &mut labels.kept } else { &mut labels.moved }.extend(label);
            let (Some(old), Some(new)) = (old, new) else { continue };
            if old.key == new.key {
                labels.same.insert(&old.key);
            }
            if *becomes.entry(&old.key).or_insert(label) != label {
                labels.split.insert(&old.key);
            }
        }
        labels
    }

    /// What it is that values of one label now have another.
    ///
    /// That is another meaning where the label was that of another value, or where the old
    /// one is now that of another value. Otherwise it is another wording, unless a single
    /// value is gone, or a range made room for new values.
    fn change(&self, old: &Entry, new: &Entry) -> Kind {
        let (label, now) = (old.label.as_deref(), new.label.as_deref());
        if old.key != new.key && !old.is_range() {
            return Kind::ValueRemoved;
        }
        // A single value that is reserved means nothing any more, or not yet. Of other words it
        // is not sure: an undefined state is a state.
        let is_kept = |label: Option<&str>| label.is_some_and(is_for_later);
        let is_reserved = |label: Option<&str>| label.is_some_and(is_reserved) && !old.is_range();
        if is_reserved(now) && !is_kept(label) {
            return Kind::ValueRemoved;
        }
        if now.is_some_and(|now| self.old.contains(now)) {
            return Kind::ValueReassigned;
        }
        if is_reserved(label) && !is_kept(now) {
            return Kind::ValueAdded;
        }
        let is_part = old.key != new.key;
        let shrinks = self.same.contains(&*old.key) || label.is_none_or(|l| self.kept.contains(l));
        if is_part && shrinks && old.makes_room() {
            return Kind::ValueAdded;
        }
        let is_lost = label.is_some_and(|label| self.moved.contains(label));
        // One label that became several is no other wording, nor is what left the range.
        if is_lost || (is_part && shrinks) || (is_part && self.split.contains(&*old.key)) {
            Kind::ValueReassigned
        } else {
            Kind::ValueLabelChanged
        }
    }
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
        let old =
            (&["0", "1", "2..32767", "32768.."][..], &["No", "Yes", "Reserved", "Vendor"][..]);
        let new = (
            &["0", "1", "2", "3..32767", "32768.."][..],
            &["No", "Yes", "Maybe", "Reserved", "Vendor"][..],
        );
        assert_eq!(ids(old, new), ["value-added"]);
        assert_eq!(ids(new, old), ["value-removed"]);
        let short = (&["0", "1", "2..32767"][..], &["No", "Yes", "Reserved"][..]);
        assert_eq!(ids(old, short), ["value-removed"]);
        assert_eq!(ids(short, old), ["value-added"]);
        let rest = (&["0", "1", ".."][..], &["No", "Yes", "Rest"][..]);
        assert_eq!(ids(old, rest), ["value-label-changed", "value-label-changed", "value-added"]);
        assert_eq!(ids(rest, old), ["value-removed", "value-reassigned", "value-reassigned"]);
    }

    #[test]
    fn values_keep_their_meaning_where_ranges_end_elsewhere() {
        let old = (&["1..5", "6..9"][..], &["a", "b"][..]);
        for (map, labels, expected) in [
            (&["1..6", "7..9"][..], &["a", "b"][..], &["value-reassigned"][..]),
            (&["1..3", "4..9"], &["a", "b"], &["value-reassigned"]),
            (&["1..3", "4..5", "6..9"], &["a", "a", "b"], &["values-reordered"]),
            (&["1..4", "5", "6..9"], &["a", "c", "b"], &["value-reassigned"]),
            (&["1..4", "5", "6..9"], &["a", "b", "b"], &["value-reassigned"]),
            (&["1..3", "4..5", "6..9"], &["a", "c", "b"], &["value-reassigned"]),
            (&["1", "2..5", "6..9"], &["c", "d", "b"], &["value-reassigned", "value-reassigned"]),
            (&["1..9"], &["c"], &["value-label-changed", "value-label-changed"]),
            (&["1..9"], &["a"], &["value-reassigned"]),
            (&["1..4", "6..9"], &["a", "b"], &["value-removed"]),
            (&["1..5", "6..10"], &["a", "b"], &["value-added"]),
            (&["6..9", "1..5"], &["a", "b"], &["value-reassigned", "value-reassigned"]),
        ] {
            assert_eq!(ids(old, (map, labels)), expected, "{map:?} {labels:?}");
        }
        let old = (&["0", ".."][..], &["No", "DMTF"][..]);
        let reworded = (&["0", "1", ".."][..], &["No", "Yes", "Reserved"][..]);
        assert_eq!(ids(old, reworded), ["value-label-changed", "value-added"]);
        let whole = (&["0", "2..100"][..], &["No", "DMTF"][..]);
        let cut = (&["0", "2", "3..100"][..], &["No", "New", "Vendor"][..]);
        assert_eq!(ids(whole, cut), ["value-reassigned", "value-reassigned"]);
    }

    fn list(entries: &[(String, &str)]) -> List {
        let map: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
        let labels: Vec<&str> = entries.iter().map(|(_, label)| *label).collect();
        List::read(&(side("ValueMap", &map), side("Values", &labels)), Site::Class).unwrap()
    }

    /// The entry of a number, looked for one by one.
    fn entry_of(list: &List, number: i128) -> Option<usize> {
        let by = |is: &dyn Fn(Values) -> bool| list.entries.iter().position(|e| is(e.values));
        by(&|values| values == Values::Number(number))
            .or_else(|| by(&|v| matches!(v, Values::Range(a, b) if a <= number && number <= b)))
            .or_else(|| by(&|values| values == Values::Rest))
    }

    proptest::proptest! {
        /// The numbers from -2 to 12 stand for all: no entry ends outside of 0 to 10.
        #[test]
        fn intervals_agree_with_numbers(
            old in proptest::collection::vec(random_entry(), 1..6),
            new in proptest::collection::vec(random_entry(), 1..6),
        ) {
            let (before, after) = (list(&old), list(&new));
            let mut expected = BTreeSet::new();
            let (mut gone, mut taken) = (false, false);
            for number in -2..=12 {
                let pair = (entry_of(&before, number), entry_of(&after, number));
                expected.insert(pair);
                let label = |list: &List, at| list.at(at).map(|entry| entry.label.clone());
                let (was, is) = (label(&before, pair.0), label(&after, pair.1));
                gone |= was.is_some() && is.is_none();
                taken |= was.is_some()
                    && is.as_ref().is_some_and(|_| is != was)
                    && before.entries.iter().any(|entry| Some(&entry.label) == is.as_ref());
            }
            expected.remove(&(None, None));
            proptest::prop_assert_eq!(&pairs(&before, &after), &expected);
            let kinds: Vec<Kind> =
                differences(&before, &after).iter().map(|fact| fact.kind).collect();
            let breaks = kinds
                .iter()
                .any(|kind| matches!(kind, Kind::ValueRemoved | Kind::ValueReassigned));
            proptest::prop_assert!(breaks || !(gone || taken), "{kinds:?}");
        }
    }

    fn random_entry() -> impl proptest::strategy::Strategy<Value = (String, &'static str)> {
        use proptest::prelude::*;
        let key = prop_oneof![
            4 => (0..=10u8).prop_map(|n| n.to_string()),
            4 => (0..=10u8, 0..=10u8).prop_map(|(a, b)| format!("{a}..{b}")),
            1 => (0..=10u8).prop_map(|n| format!("{n}..")),
            1 => (0..=10u8).prop_map(|n| format!("..{n}")),
            1 => Just("..".to_owned()),
        ];
        (key, proptest::sample::select(vec!["a", "b", "c", "d", "e", "f"]))
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
