//! From text to syntax tree.
//!
//! A lexer cuts the text into tokens; a grammar goes down the productions of one
//! declaration at a time and builds its tree. Between them stands what knows where a
//! declaration ends, so that a mistake costs the rest of its own declaration and nothing
//! more. No token is ever stored.

pub mod ast;
mod bounds;
mod complaint;
mod expected;
mod include;
mod keyword;
mod lex;
mod lexer;
mod literal;
mod mentions;
mod mof2;
pub mod mof3;
pub(crate) mod namespace_path;
pub(crate) mod number;
mod parse;
mod parser;
mod pasted;
mod recovery;
mod scan;
mod sequence;
mod skip;
mod stream;
mod text;
mod token;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use include::{IncludeSite, SettingSite, plain_namespace, scan_includes};
pub use lex::{Lexed, lex};
pub(crate) use lexer::first_outside_comments;
pub(crate) use literal::unescape;
pub(crate) use mentions::{Mention, Role, Sort, Wanted, scan_mentions};
pub(crate) use parse::parse_again;
pub use parse::{MAX_NESTING, parse_file};
pub(crate) use scan::block_comment;
pub(crate) use sequence::parse_each;
pub use sequence::parse_sources;
