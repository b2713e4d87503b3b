//! The syntax of MOF 3 (DSP0221 3.0.1).
//!
//! MOF 3 has declarations and values that MOF 2 has not, so it has a grammar and a
//! tree of its own; tokens, recovery and the leaves of the tree are those of MOF 2.

pub mod ast;
mod parse;
mod tokens;

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
    lalrpop_util::lalrpop_mod!(generated, "/mof3/grammar.rs");
    pub(super) use generated::DeclarationParser;
}

pub use parse::{parse_file, parse_sources};
