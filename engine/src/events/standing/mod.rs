//! Instances that make the engine do something as long as they are there: timers, and
//! permanent subscriptions (WMI SDK, "Receiving events at all times"; DSP1054).
//!
//! A permanent subscription is a filter, a consumer and a binding, in whatever order and way
//! they come. It works from the moment when all three are there, and its events are those of
//! what is done after that. The watcher here follows commits and knows which of them are there
//! as each commit has it; it is made when the first such instance is committed or found in a
//! data directory, so that a repository without any pays nothing.

mod courier;
mod filter;
mod permanent;
mod place;
mod watcher;

pub(crate) use courier::Courier;
pub(crate) use permanent::Permanent;
pub use permanent::{BindingStatus, DeadLetter, DeliveryPolicy};
pub(crate) use watcher::Watcher;

#[cfg(test)]
mod tests;
