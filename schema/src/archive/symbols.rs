//! Symbols: every text of an archive once.

use super::format::Run;
use super::text::WrittenText;
use super::write::{WriteError, Writer, number};
use cimarron_model::Name;
use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{BuildHasher, BuildHasherDefault};

/// The texts that have a symbol. They go out as they come; to be compared, they are looked at
/// where the declarations keep them.
#[derive(Default)]
pub(super) struct Symbols<'a> {
    /// Symbols by the hash of their text.
    known: HashTable<(u32, u32)>,
    /// Texts by symbol. `None` stands for one in `made`.
    texts: Vec<Option<&'a str>>,
    /// Texts that no declaration keeps.
    made: FxHashMap<u32, String>,
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
        let is = |symbol: u32| match self.texts.get(symbol as usize).copied().flatten() {
            // Inherited texts are shared, and long ones are in no cache.
            Some(known) => std::ptr::eq(known, text) || known == text,
            None => self.made.get(&symbol).is_some_and(|known| known == text),
        };
        self.known.find(spread(hash), |(h, s)| *h == hash && is(*s)).map(|(_, symbol)| *symbol)
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

    /// The symbol of a text that is nowhere else.
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
        name.map_or(Ok(super::format::NONE), |n| self.symbol(n.as_str()))
    }
}
