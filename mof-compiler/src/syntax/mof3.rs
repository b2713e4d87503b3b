//! The syntax of MOF 3 (DSP0221 3.0.1).
//!
//! MOF 3 has declarations and values that MOF 2 has not, so it has a grammar and a
//! tree of its own; tokens, recovery and the leaves of the tree are those of MOF 2.

pub mod ast;
mod grammar;
mod parse;
mod value;

pub use parse::{parse_file, parse_sources};
