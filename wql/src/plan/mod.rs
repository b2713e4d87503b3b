//! From a bound condition to what is evaluated.

mod interval;
mod normalise;
mod predicate;
mod print;

pub use interval::{Integers, Interval, Reals};
pub use predicate::{ColumnTest, OtherTest, Predicate, Test};

pub(crate) use interval::Share;
pub(crate) use predicate::datetime_holds;
