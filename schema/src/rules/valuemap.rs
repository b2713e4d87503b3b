//! ValueMap and Values, BitMap and BitValues (DSP0004 5.6.3).

use super::number::integer;
use super::site::{Site, texts};
use super::{Judge, Part, Rule};
use cimarron_model::{Array, CimType, Qualifier, Value};
use hashbrown::{HashMap, HashSet};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What an entry of a ValueMap stands for, both ends included.
pub type Interval = (i128, i128);

/// The entry that stands for every value that no other entry has.
pub const REST: &str = "..";

/// The values of an entry of a ValueMap, `5`, `5..9`, `..9` or `5..`, with the ends of
/// `range` where it is open; `None` for what is none.
pub fn interval(entry: &str, range: Interval) -> Option<Interval> {
    // Most are single numbers.
    if let Some(number) = integer(entry) {
        return Some((number, number));
    }
    // To prepare a search for two letters takes longer than to look through an entry.
    let at = entry.as_bytes().windows(2).position(|pair| pair == b"..")?;
    let (from, to) = (entry.get(..at)?, entry.get(at + 2..)?);
    let end = |text: &str, open| match text.trim() {
        "" => Some(open),
        text => integer(text),
    };
    Some((end(from, range.0)?, end(to, range.1)?))
}

/// What a ValueMap allows of the values of an integer type.
#[derive(Debug)]
pub(super) struct Mapped {
    /// The values, in order, and none twice; `None` where any may be meant.
    values: Option<Vec<Interval>>,
}

impl Mapped {
    /// Reads a map for a type with this range. One without entries allows all, and so does one
    /// with a mistake, which has had its report.
    pub(super) fn new(map: &Value, range: Interval) -> Self {
        let fits = |(from, to): &Interval| range.0 <= *from && from <= to && *to <= range.1;
        let entry = |text: &str| interval(text, range).filter(fits).filter(|_| text != REST);
        let entries: Option<Vec<Interval>> = texts(map).map(entry).collect();
        let Some(mut entries) = entries.filter(|entries| !entries.is_empty()) else {
            return Self { values: None };
        };
        entries.sort_unstable();
        let mut values: Vec<Interval> = Vec::with_capacity(entries.len());
        for (from, to) in entries {
            match values.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => values.push((from, to)),
            }
        }
        Self { values: Some(values) }
    }

    pub(super) fn allows(&self, number: i128) -> bool {
        let Some(values) = &self.values else { return true };
        let behind = values.partition_point(|(from, _)| *from <= number);
        let last = behind.checked_sub(1).and_then(|at| values.get(at));
        last.is_some_and(|(_, to)| number <= *to)
    }
}

/// What a ValueMap allows of texts; `None` for all.
#[derive(Debug)]
pub(super) struct MappedTexts(Option<HashSet<Box<str>>>);

impl MappedTexts {
    pub(super) fn new(map: &Value) -> Self {
        let entries: HashSet<Box<str>> = texts(map).map(Box::from).collect();
        // Schemas leave strings open with the entry that leaves numbers open, too.
        Self(Some(entries).filter(|entries| !entries.is_empty() && !entries.contains(REST)))
    }

    pub(super) fn allows(&self, text: &str) -> bool {
        self.0.as_ref().is_none_or(|entries| entries.contains(text))
    }
}

impl<'a> Judge<'a> {
    /// An integer's ValueMap holds integers and ranges, each value once and each
    /// within the type.
    pub(super) fn value_map(&mut self, site: &Site<'a>, qualifier: &Qualifier) {
        match site.data_type.map(|t| t.cim_type) {
            Some(CimType::String) => self.texts_are_distinct(site, qualifier),
            Some(of) => {
                if let Some(range) = of.integer_range() {
                    self.integer_entries(site, qualifier, of, range);
                }
            }
            None => {}
        }
        if site.qualifiers.get("Values").is_none()
            && let Some(values) = site.effective("Values")
        {
            self.same_count(site, qualifier, values);
        }
    }

    fn integer_entries(&mut self, site: &Site<'_>, map: &Qualifier, of: CimType, range: Interval) {
        let (mut rest, mut last, mut rises) = (None, None, true);
        for (i, entry) in texts(&map.value).enumerate() {
            if entry == REST {
                if let Some(first) = rest.replace(i) {
                    self.entry_again(
                        site,
                        map,
                        i,
                        first,
                        "`..` stands twice: the first has all that is left".to_owned(),
                    );
                }
                continue;
            }
            match interval(entry, range) {
                None => {
                    let message = format!("`{entry}` is no integer and no range of integers");
                    let help = "write \"5\", \"5..9\", \"..9\", \"9..\" or \"..\"";
                    self.at_value(Rule::ValueMapEntry, site, map, Some(i), message, Some(help));
                }
                Some((from, to)) if from > to => {
                    let message = format!("the range `{entry}` ends before it begins");
                    self.at_value(Rule::ValueMapEntry, site, map, Some(i), message, None);
                }
                Some((from, to)) if from < range.0 || to > range.1 => {
                    let message = format!("`{entry}` is outside the range of {of}");
                    let help = format!("{of} goes from {} to {}", range.0, range.1);
                    self.at_value(Rule::ValueMapEntry, site, map, Some(i), message, Some(&help));
                }
                Some((from, to)) => {
                    rises &= last.is_none_or(|last| last < from);
                    last = Some(to);
                }
            }
        }
        // As most people write them, and then there is nothing to look for.
        if rises {
            return;
        }
        let valid = |(i, entry)| {
            let (from, to) = interval(entry, range).filter(|_| entry != REST)?;
            (range.0 <= from && from <= to && to <= range.1).then_some(((from, to), i))
        };
        self.disjoint(site, map, texts(&map.value).enumerate().filter_map(valid).collect());
    }

    fn disjoint(&mut self, site: &Site<'_>, map: &Qualifier, known: Vec<(Interval, usize)>) {
        let clashes = clashes(known);
        if clashes.is_empty() {
            return;
        }
        let entries: Vec<&str> = texts(&map.value).collect();
        let text = |at: usize| entries.get(at).copied().unwrap_or_default();
        for clash in clashes {
            let (at, first, message) = match clash {
                Clash::Again { at, first } => {
                    (at, first, format!("`{}` stands in the {} twice", text(at), map.name))
                }
                Clash::Over { range, first, others } => {
                    let (wide, other) = (text(range), text(first));
                    let message = match others {
                        0 => {
                            let (early, late) = (range.min(first), range.max(first));
                            format!("`{}` overlaps `{}`", text(late), text(early))
                        }
                        1 => format!("`{wide}` overlaps `{other}` and another entry"),
                        more => format!("`{wide}` overlaps `{other}` and {more} others"),
                    };
                    (range.max(first), range.min(first), message)
                }
            };
            self.entry_again(site, map, at, first, message);
        }
    }

    fn texts_are_distinct(&mut self, site: &Site<'_>, map: &Qualifier) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (i, entry) in texts(&map.value).enumerate() {
            let first = *seen.entry(entry).or_insert(i);
            if first != i {
                let message = format!("`{entry}` stands in the ValueMap twice");
                self.entry_again(site, map, i, first, message);
            }
        }
    }

    fn entry_again(
        &mut self,
        site: &Site<'_>,
        map: &Qualifier,
        at: usize,
        first: usize,
        message: String,
    ) {
        self.at_value(Rule::ValueMapRepeats, site, map, Some(at), message, None);
        self.see(site, Part::Entry(map.name.clone(), first), "first mapped here");
    }

    /// Values translates a ValueMap, or numbers the values of an integer from 0.
    pub(super) fn values(&mut self, site: &Site<'a>, qualifier: &Qualifier) {
        match site.effective("ValueMap") {
            Some(map) => self.same_count(site, qualifier, map),
            None => {
                let is_text = site.data_type.is_some_and(|t| t.cim_type == CimType::String);
                if is_text {
                    let message = format!("`{}` has Values and no ValueMap", site.name);
                    let help = "strings are no positions: list what Values translates in ValueMap";
                    self.at_qualifier(Rule::ValuesOfText, site, qualifier, message, Some(help));
                }
            }
        }
    }

    /// A BitMap holds positions of bits, from 0 for the lowest, each once.
    pub(super) fn bit_map(&mut self, site: &Site<'a>, qualifier: &Qualifier) {
        if let Some(bits) = site.data_type.and_then(|t| width(t.cim_type)) {
            let highest = bits - 1;
            let mut known: Vec<(Interval, usize)> = Vec::new();
            for (i, entry) in texts(&qualifier.value).enumerate() {
                match interval(entry, (0, highest)) {
                    Some((from, to)) if 0 <= from && from <= to && to <= highest => {
                        known.push(((from, to), i));
                    }
                    Some(_) => {
                        let message = format!("there is no bit `{entry}` in {bits} bits");
                        let help = format!("bits are numbered from 0, the lowest, to {highest}");
                        let rule = Rule::BitMapEntry;
                        self.at_value(rule, site, qualifier, Some(i), message, Some(&help));
                    }
                    None => {
                        let message = format!("`{entry}` is no position of a bit");
                        let rule = Rule::BitMapEntry;
                        self.at_value(rule, site, qualifier, Some(i), message, None);
                    }
                }
            }
            self.disjoint(site, qualifier, known);
        }
        if site.qualifiers.get("BitValues").is_none()
            && let Some(values) = site.effective("BitValues")
        {
            self.same_count(site, qualifier, values);
        }
    }

    /// BitValues names the bits of a BitMap.
    pub(super) fn bit_values(&mut self, site: &Site<'a>, qualifier: &Qualifier) {
        if let Some(map) = site.effective("BitMap") {
            self.same_count(site, qualifier, map);
        }
    }

    fn same_count(&mut self, site: &Site<'_>, here: &Qualifier, other: &Qualifier) {
        let count = |value: &Value| value.as_array().map(Array::len);
        let (Some(own), Some(others)) = (count(&here.value), count(&other.value)) else { return };
        if own == others {
            return;
        }
        let message =
            format!("`{}` has {}, `{}` has {others}", here.name, entries(own), other.name);
        let help = "each entry of one belongs to the entry of the other at its place";
        self.at_qualifier(Rule::ValuesCount, site, here, message, Some(help));
        let part = Part::Qualifier(other.name.clone());
        let label = entries(others);
        if site.qualifiers.get(other.name.as_str()).is_some() {
            self.see(site, part, label);
        } else {
            self.see_above(site, part, label);
        }
    }
}

fn entries(count: usize) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

/// What is wrong with the entries of a map; entries are known by their places in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Clash {
    /// An entry has the values of one before it.
    Again { at: usize, first: usize },
    /// A range has values of another entry, the first in the text, and of so many more.
    Over { range: usize, first: usize, others: usize },
}

/// What is wrong with entries that have these values: one finding for each that says what
/// another says, and one for each range, however many entries it overlaps. Of several ranges
/// it is the one that reaches furthest.
fn clashes(mut known: Vec<(Interval, usize)>) -> Vec<Clash> {
    let rises = |pair: &[(Interval, usize)]| match pair {
        [(before, _), (after, _)] => before.1 < after.0,
        _ => true,
    };
    // As most people write them, and then there is nothing to look for.
    if known.windows(2).all(rises) {
        return Vec::new();
    }
    // Of those that begin together, the widest comes first.
    known.sort_unstable_by_key(|((from, to), at)| (*from, Reverse(*to), *at));
    let mut found = Vec::new();
    let mut before: Option<(Interval, usize)> = None;
    let mut widest: Option<(Interval, usize)> = None;
    // What each range overlaps: the first of it in the text, and how many more.
    let mut overlaps: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (values, at) in known {
        if let Some((_, first)) = before.filter(|(same, _)| *same == values) {
            found.push(Clash::Again { at, first });
            continue;
        }
        before = Some((values, at));
        if let Some((_, range)) = widest.filter(|((_, to), _)| *to >= values.0) {
            let at_first = overlaps.get(&range).map(|(first, others)| (at.min(*first), others + 1));
            overlaps.insert(range, at_first.unwrap_or((at, 0)));
        }
        if widest.is_none_or(|((_, to), _)| to < values.1) {
            widest = Some((values, at));
        }
    }
    let over = overlaps.into_iter();
    found.extend(over.map(|(range, (first, others))| Clash::Over { range, first, others }));
    found
}

/// How many bits an integer type has.
const fn width(cim_type: CimType) -> Option<i128> {
    Some(match cim_type {
        CimType::UInt8 | CimType::SInt8 => 8,
        CimType::UInt16 | CimType::SInt16 => 16,
        CimType::UInt32 | CimType::SInt32 => 32,
        CimType::UInt64 | CimType::SInt64 => 64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cimarron_model::Elements;
    use proptest::prelude::*;

    /// The same by comparing each with each.
    fn naive(known: &[(Interval, usize)]) -> Vec<Clash> {
        let mut found = Vec::new();
        let mut distinct: Vec<(Interval, usize)> = Vec::new();
        for &(values, at) in known {
            match distinct.iter().find(|(same, _)| *same == values) {
                Some(&(_, first)) => found.push(Clash::Again { at, first }),
                None => distinct.push((values, at)),
            }
        }
        let overlap = |a: Interval, b: Interval| a.0.max(b.0) <= a.1.min(b.1);
        let mut overlapped: Vec<(usize, Vec<usize>)> = Vec::new();
        for &(values, at) in &distinct {
            let begins_before = |(other, _): &&(Interval, usize)| {
                other.0 < values.0 || (other.0 == values.0 && other.1 > values.1)
            };
            let over = distinct.iter().filter(begins_before).filter(|(o, _)| overlap(*o, values));
            let widest = over.max_by_key(|((from, to), _)| (*to, Reverse(*from)));
            let Some(&(_, range)) = widest else { continue };
            match overlapped.iter_mut().find(|(of, _)| *of == range) {
                Some((_, entries)) => entries.push(at),
                None => overlapped.push((range, vec![at])),
            }
        }
        found.extend(overlapped.into_iter().map(|(range, entries)| Clash::Over {
            range,
            first: entries.iter().copied().min().unwrap_or_default(),
            others: entries.len() - 1,
        }));
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn a_map_allows_what_an_entry_has(
            entries in prop::collection::vec(
                prop_oneof![9 => "[1-9]{1,2}", 5 => "[1-4][.][.][5-9]", 1 => "[.][.]|x|9[.][.]1"],
                0..8,
            ),
            number in 0_i128..100,
        ) {
            let range = (0, 255);
            let texts = entries.iter().map(|e| e.as_str().into()).collect();
            let map = Value::from(Array::from_elements(Elements::String(texts)));
            let has = |entry: &String| {
                interval(entry, range).is_some_and(|(from, to)| (from..=to).contains(&number))
            };
            let is_open = |entry: &String| {
                entry == REST || interval(entry, range).is_none_or(|(from, to)| from > to)
            };
            let expected = entries.is_empty() || entries.iter().any(|e| has(e) || is_open(e));
            prop_assert_eq!(Mapped::new(&map, range).allows(number), expected);
        }

        #[test]
        fn as_when_each_is_compared(
            entries in prop::collection::vec((0_i128..12, prop_oneof![3 => Just(0), 2 => 0_i128..8]), 0..10),
        ) {
            let known: Vec<(Interval, usize)> =
                entries.into_iter().map(|(from, more)| (from, from + more)).zip(0..).collect();
            let mut found = clashes(known.clone());
            found.sort_unstable();
            prop_assert_eq!(found, naive(&known));
        }

        #[test]
        fn one_range_is_one_finding(
            values in prop::collection::btree_set(0_i128..20, 1..8),
            at in 0_usize..8,
            reversed: bool,
        ) {
            let mut entries: Vec<Interval> = values.iter().map(|n| (*n, *n)).collect();
            if reversed {
                entries.reverse();
            }
            entries.insert(at.min(entries.len()), (0, 20));
            let found = clashes(entries.into_iter().zip(0..).collect());
            prop_assert!(
                matches!(found.as_slice(), [Clash::Over { others, .. }] if others + 1 == values.len()),
                "{:?}", found
            );
        }
    }
}
