//! From text to syntax tree.
//!
//! A lexer borrows tokens from the text; an LALRPOP grammar builds the
//! tree of one declaration at a time. Between them stands a driver that cuts the
//! tokens into declarations, so that a mistake costs the rest of its own
//! declaration and nothing more, and no token is ever stored.

pub mod ast;
mod expected;
mod include;
mod lex;
mod lexer;
mod literal;
pub mod mof3;
mod number;
mod parse;
mod recovery;
mod scan;
mod sequence;
mod tokens;
mod words;

#[cfg(test)]
mod tests;

#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::todo,
    clippy::cloned_instead_of_copied,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    unused_imports,
    dead_code,
    reason = "the parser is generated"
)]
mod grammar {
    lalrpop_util::lalrpop_mod!(generated, "/grammar.rs");
    pub(super) use generated::DeclarationParser;
}

pub(crate) use include::{IncludeSite, scan_includes};
pub use lex::{Lexed, lex};
pub(crate) use literal::unescape;
pub(crate) use parse::parse_again;
pub use parse::{MAX_NESTING, parse_file};
pub use sequence::parse_sources;
