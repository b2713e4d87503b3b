//! Events.

mod consumer;

pub use consumer::{ConsumerSink, Delivery, Failure, Verdict};
