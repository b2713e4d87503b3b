//! ValueMap and Values, BitMap and BitValues (DSP0004 5.6.3).

use super::number::integer;
use super::site::{Site, texts};
use super::{Judge, Part, Rule};
use cimarron_model::{Array, CimType, Qualifier, Value};
use hashbrown::HashMap;
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

    fn disjoint(&mut self, site: &Site<'_>, map: &Qualifier, mut known: Vec<(Interval, usize)>) {
        let rises = |pair: &[(Interval, usize)]| match pair {
            [(before, _), (after, _)] => before.1 < after.0,
            _ => true,
        };
        // As most people write them, and then there is nothing to look for.
        if known.windows(2).all(rises) {
            return;
        }
        known.sort_unstable();
        let mut widest: Option<(Interval, usize)> = None;
        // What each range overlaps: the first of it in the text, and how many.
        let mut overlaps: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        let text = |at| texts(&map.value).nth(at).unwrap_or_default();
        for (values, at) in known {
            if let Some((before, other)) = widest.filter(|(before, _)| before.1 >= values.0) {
                if before == values {
                    let (first, again) = (other.min(at), other.max(at));
                    let message = format!("`{}` stands in the {} twice", text(again), map.name);
                    self.entry_again(site, map, again, first, message);
                } else {
                    let (first, count) = overlaps.entry(other).or_insert((at, 0));
                    *first = at.min(*first);
                    *count += 1;
                }
            }
            if widest.is_none_or(|(before, _)| before.1 < values.1) {
                widest = Some((values, at));
            }
        }
        for (range, (at, count)) in overlaps {
            let message = match count - 1 {
                0 => format!("`{}` overlaps `{}`", text(range.max(at)), text(range.min(at))),
                1 => format!("`{}` overlaps `{}` and another entry", text(range), text(at)),
                more => format!("`{}` overlaps `{}` and {more} others", text(range), text(at)),
            };
            self.entry_again(site, map, range.max(at), range.min(at), message);
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
