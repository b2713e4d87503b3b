//! What tests, fuzz targets and benches share: a small namespace, and random
//! schemas, rows and queries.
//!
//! Everything random is drawn from a [`Dice`], which reads its throws from bytes: a
//! property test or a fuzzer hands it bytes and shrinks them. When they are used up
//! every throw is 0, which is always the simplest choice.

mod conditions;
mod dice;
mod queries;
mod rows;
mod schema;
mod spans;
mod tokens;
mod values;

pub use conditions::{condition, data_query};
pub use dice::Dice;
pub use queries::{event_query, query};
pub use rows::{ClassRow, TestRow, instance};
pub use schema::{TestClass, TestSchema};
pub use spans::without_spans;
pub use tokens::tokens;

use cimarron_model::{DateTime, Instance, Object, Value};

/// A datetime in CIM's form; the epoch when the text is none.
pub fn datetime(text: &str) -> DateTime {
    text.parse().unwrap_or_default()
}

/// An embedded instance.
pub fn embedded(instance: Instance) -> Value {
    Object::Instance(instance).into()
}
