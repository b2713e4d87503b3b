//! Symbols: every text of an archive once.

use super::format::{NONE, Run};
use super::text::WrittenText;
use super::write::{WriteError, Writer, number};
use crate::shortcut::Shortcut;
use cimarron_model::Name;
use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{BuildHasher, BuildHasherDefault};

/// The texts that have a symbol. They go out as they come; to be compared, they are looked at
/// where the declarations keep them.
#[derive(Default)]
pub(super) struct Symbols<'a> {
    /// Symbols by the hash of their texts.
    known: HashTable<(u32, u32)>,
    /// Texts by symbol; `None` stands for one in `made`.
    texts: Vec<Option<&'a str>>,
    /// Texts that no declaration keeps.
    made: FxHashMap<u32, String>,
    /// Names of qualifiers, which every third text is, with their symbols.
    qualifiers: Vec<(&'a str, u32)>,
    shortcut: Shortcut,
}

/// A hash of half the length as tables want it: they look at both ends. Tables of halves
/// stay in the cache.
const fn spread(hash: u32) -> u64 {
    hash as u64 | (hash as u64) << 32
}

fn hash_of(text: &str) -> u32 {
    let hash = BuildHasherDefault::<FxHasher>::default().hash_one(text);
    (hash ^ hash >> 32) as u32
}

impl Symbols<'_> {
    /// Makes room for so many.
    pub(super) fn reserve(&mut self, symbols: usize) {
        self.known.reserve(symbols, |(h, _)| spread(*h));
        self.texts.reserve(symbols);
    }

    fn find(&self, hash: u32, text: &str) -> Option<u32> {
        let is = |(h, symbol): &(u32, u32)| *h == hash && self.is(*symbol, text);
        self.known.find(spread(hash), is).map(|(_, symbol)| *symbol)
    }

    fn is(&self, symbol: u32, text: &str) -> bool {
        match self.texts.get(symbol as usize).copied().flatten() {
            // Inherited texts are shared, and long ones are in no cache.
            Some(known) => std::ptr::eq(known, text) || known == text,
            None => self.made.get(&symbol).is_some_and(|known| known == text),
        }
    }
}

impl<'a> Writer<'a, '_> {
    /// The symbol of a text.
    pub(super) fn symbol(&mut self, text: &'a str) -> Result<u32, WriteError> {
        let hash = hash_of(text);
        match self.symbols.find(hash, text) {
            Some(symbol) => Ok(symbol),
            None => self.new_symbol(hash, text, Some(text)),
        }
    }

    /// The symbol of a qualifier's name.
    pub(super) fn qualifier_symbol(&mut self, name: &'a str) -> Result<u32, WriteError> {
        let near = self.symbols.shortcut.get(name);
        if let Some((known, symbol)) = near.and_then(|at| self.symbols.qualifiers.get(at))
            && *known == name
        {
            return Ok(*symbol);
        }
        let symbol = self.symbol(name)?;
        if near.is_none() {
            self.symbols.shortcut.add(name, self.symbols.qualifiers.len());
            self.symbols.qualifiers.push((name, symbol));
        }
        Ok(symbol)
    }

    /// The symbol of a text that nobody else keeps.
    pub(super) fn symbol_of_made(&mut self, text: String) -> Result<u32, WriteError> {
        let hash = hash_of(&text);
        if let Some(symbol) = self.symbols.find(hash, &text) {
            return Ok(symbol);
        }
        let symbol = self.new_symbol(hash, &text, None)?;
        self.symbols.made.insert(symbol, text);
        Ok(symbol)
    }

    fn new_symbol(
        &mut self,
        hash: u32,
        text: &str,
        kept: Option<&'a str>,
    ) -> Result<u32, WriteError> {
        let symbol = number(self.root.symbols.len())?;
        let start = self.payload.len();
        if start > WrittenText::MOST {
            return Err(WriteError::TooLarge);
        }
        self.payload.push(text.as_bytes());
        self.root.symbols.push(Run { start: number(start)?, len: number(text.len())? });
        self.symbols.texts.push(kept);
        self.symbols.known.insert_unique(spread(hash), (hash, symbol), |(h, _)| spread(*h));
        Ok(symbol)
    }

    pub(super) fn optional_symbol(&mut self, name: Option<&'a Name>) -> Result<u32, WriteError> {
        name.map_or(Ok(NONE), |n| self.symbol(n.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::payload::Payload;
    use cimarron_model::Dialect;

    #[test]
    fn who_keeps_a_text_makes_no_difference() {
        let mut writer = Writer::new(Payload::in_memory(0), Dialect::Dmtf);
        let both = |writer: &mut Writer<'static, '_>, text: &'static str| {
            let symbol = writer.symbol(text).unwrap();
            assert_eq!(writer.symbol_of_made(text.to_owned()).unwrap(), symbol);
            assert_eq!(writer.qualifier_symbol(text).unwrap(), symbol);
            symbol
        };
        let made = |writer: &mut Writer<'static, '_>, text: &'static str| {
            let symbol = writer.symbol_of_made(text.to_owned()).unwrap();
            assert_eq!(writer.qualifier_symbol(text).unwrap(), symbol);
            assert_eq!(writer.symbol(text).unwrap(), symbol);
            symbol
        };
        assert_eq!(both(&mut writer, "Key"), 0);
        assert_eq!(made(&mut writer, "X.k=1"), 1);
        assert_eq!(made(&mut writer, ""), 2);
        assert_eq!(both(&mut writer, ""), 2);
        // Its shortcut is that of `Key`.
        assert_eq!(both(&mut writer, "KEY"), 3);
        assert_eq!(made(&mut writer, "Key"), 0);
        assert_eq!(both(&mut writer, "X.k=1"), 1);
        assert_eq!(writer.payload.len(), "KeyX.k=1KEY".len());
    }
}
