//! From a bound condition to what is evaluated.

mod interval;
mod normalise;
mod one_of;
mod predicate;
mod print;

pub use interval::{Integers, Interval, Reals};
pub use one_of::OneOf;
pub use predicate::{ColumnTest, OtherTest, Predicate, Test};

pub(crate) use interval::Share;
pub(crate) use predicate::datetime_holds;
