//! WQL text: tokens, grammar, syntax tree, printing.
//!
//! The grammar is generous where the rules depend on the schema: it takes a
//! property or a constant on either side of an operator, and the binder says what
//! is wrong with two of a kind. What WQL simply does not have (ORDER BY, COUNT,
//! JOIN …) is no part of the grammar; when parsing fails, `explain` looks
//! around the failing token and names the construct and what to write instead.

mod action;
pub mod ast;
mod explain;
mod lexer;

mod parse;
mod print;

#[cfg(test)]
mod tests;

pub use parse::{Limits, parse, parse_within};

#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    reason = "generated from grammar.lalrpop"
)]
mod grammar {
    include!(concat!(env!("OUT_DIR"), "/syntax/grammar.rs"));
}
