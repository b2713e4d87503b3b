//! Symbols: every text of an archive once.

use super::format::{NONE, Run};
use super::text::WrittenText;
use super::write::{WriteError, Writer, number};
use crate::shortcut::Shortcut;
use cimarron_model::Name;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::{BuildHasher, BuildHasherDefault};

/// The texts that have a symbol. They go out as they come. To be compared, short ones are kept
/// side by side, where they stay in the cache, and long ones are left to the declarations.
#[derive(Default)]
pub(super) struct Symbols<'a> {
    known: HashTable<Known>,
    short: String,
    long: Vec<&'a str>,
    /// Names of qualifiers, which every second text is, with their symbols.
    qualifiers: Vec<(&'a str, u32)>,
    shortcut: Shortcut,
}

/// A text that has a symbol.
#[derive(Clone, Copy)]
struct Known {
    hash: u32,
    symbol: u32,
    /// Where it begins in `short`, or its place in `long`.
    at: u32,
    /// Its length in `short`, or `NONE`.
    len: u32,
}

/// As long as the texts are that a declaration holds in itself.
const SHORT: usize = 23;

/// A hash of half the length as tables want it: they look at both ends. Tables of halves
/// stay in the cache.
const fn spread(hash: u32) -> u64 {
    hash as u64 | (hash as u64) << 32
}

fn hash_of(text: &str) -> u32 {
    let hash = BuildHasherDefault::<FxHasher>::default().hash_one(text);
    (hash ^ hash >> 32) as u32
}

impl<'a> Symbols<'a> {
    /// Makes room for so many.
    pub(super) fn reserve(&mut self, symbols: usize) {
        self.known.reserve(symbols, |known| spread(known.hash));
        self.long.reserve(symbols * 5 / 8);
        self.short.reserve(symbols * 6);
    }

    fn find(&self, hash: u32, text: &str) -> Option<u32> {
        let is = |known: &Known| known.hash == hash && self.is(known, text);
        self.known.find(spread(hash), is).map(|known| known.symbol)
    }

    fn is(&self, known: &Known, text: &str) -> bool {
        let at = known.at as usize;
        if known.len == NONE {
            // Inherited texts are shared.
            return self
                .long
                .get(at)
                .is_some_and(|long| std::ptr::eq(*long, text) || *long == text);
        }
        let short = self.short.as_bytes().get(at..at + known.len as usize);
        short.is_some_and(|short| short == text.as_bytes())
    }

    /// Remembers a text; a long one where it stands for `'a`.
    fn add(&mut self, hash: u32, symbol: u32, text: Text<'a, '_>) -> Result<(), WriteError> {
        let (at, len) = match text {
            Text::Long(text) => {
                self.long.push(text);
                (self.long.len() - 1, NONE)
            }
            Text::Short(text) => {
                self.short.push_str(text);
                (self.short.len() - text.len(), number(text.len())?)
            }
        };
        let known = Known { hash, symbol, at: number(at)?, len };
        self.known.insert_unique(spread(hash), known, |known| spread(known.hash));
        Ok(())
    }
}

/// A text and how it is kept.
enum Text<'a, 'b> {
    Short(&'b str),
    Long(&'a str),
}

impl<'a> Writer<'a, '_> {
    /// The symbol of a text.
    pub(super) fn symbol(&mut self, text: &'a str) -> Result<u32, WriteError> {
        let kept = if text.len() <= SHORT { Text::Short(text) } else { Text::Long(text) };
        self.symbol_kept(text, kept)
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
    pub(super) fn symbol_of_made(&mut self, text: &str) -> Result<u32, WriteError> {
        self.symbol_kept(text, Text::Short(text))
    }

    #[inline]
    fn symbol_kept(&mut self, text: &str, kept: Text<'a, '_>) -> Result<u32, WriteError> {
        let hash = hash_of(text);
        match self.symbols.find(hash, text) {
            Some(symbol) => Ok(symbol),
            None => self.new_symbol(hash, text, kept),
        }
    }

    fn new_symbol(&mut self, hash: u32, text: &str, kept: Text<'a, '_>) -> Result<u32, WriteError> {
        let symbol = number(self.root.symbols.len())?;
        let start = self.payload.len();
        if start > WrittenText::MOST {
            return Err(WriteError::TooLarge);
        }
        self.payload.push(text.as_bytes());
        self.root.symbols.push(Run { start: number(start)?, len: number(text.len())? });
        self.symbols.add(hash, symbol, kept)?;
        Ok(symbol)
    }

    pub(super) fn optional_symbol(&mut self, name: Option<&'a Name>) -> Result<u32, WriteError> {
        name.map_or(Ok(NONE), |n| self.symbol(n.as_str()))
    }
}
