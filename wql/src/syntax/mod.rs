//! WQL text: tokens, grammar, syntax tree, printing.
//!
//! The grammar is generous where the rules depend on the schema: it takes a
//! property or a constant on either side of an operator, and the binder says what
//! is wrong with two of a kind. What only the extended level has is refused by the
//! grammar's actions. What no level has (JOIN, sub-selects …) is no part of the
//! grammar; when parsing fails, `explain` looks around the failing token and names
//! the construct and what to write instead.

mod association;
pub mod ast;
mod build;
mod explain;
pub(crate) mod lexer;
mod literal;
mod mode;
mod parse;
mod plain;
mod print;

#[cfg(test)]
mod tests;

pub use mode::{Door, Level, ParseOptions};
pub use parse::{Limits, parse, parse_event, parse_event_with, parse_with, parse_within};

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
