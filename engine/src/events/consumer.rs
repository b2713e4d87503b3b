//! What permanent consumers are to the engine: sinks that are registered for a class.
//!
//! The engine knows which event belongs to which consumer instance, keeps a queue for each
//! binding, tries again and gives up. What it takes to write a log file or send a message is
//! a sink's business, outside the engine.

use super::event::Event;
use cimarron_model::{Instance, Name, ObjectPath, Status};
use std::fmt;

/// What delivers events to the consumers of a class.
///
/// It is called on a thread that delivers events, never under a lock of the engine, so it may
/// use sessions and may take its time; the events of one binding wait for it meanwhile.
pub trait ConsumerSink: Send + Sync + fmt::Debug {
    /// Hands one event to one consumer.
    fn deliver(&self, delivery: &Delivery<'_>) -> Verdict;
}

/// One event for one consumer.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// What this server is called.
    pub server: &'a str,
    /// Where the consumer is.
    pub namespace: &'a Name,
    /// The consumer's path in its namespace.
    pub path: &'a ObjectPath,
    /// The consumer as it is now, with all its properties.
    pub consumer: &'a Instance,
    /// The event, with what the filter selects.
    pub event: &'a Instance,
    /// The same with where it came from; `None` when it did not come out of a repository.
    pub whole: Option<&'a Event>,
    /// How often it was tried before.
    pub retries: u32,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The consumer has it.
    Delivered,
    /// Not now; another try may do it.
    RetryLater(Failure),
    /// Never, however often it is tried.
    Failed(Failure),
}

/// Why a delivery did not succeed, as `__ConsumerFailureEvent` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `ErrorCode`: a WBEMSTATUS, or what the other side or the operating system said.
    pub code: u32,
    /// `ErrorDescription`.
    pub text: String,
}

impl Failure {
    /// A failure of this code.
    pub fn new(code: u32, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// A failure whose code is that of a condition.
    pub fn of(status: Status, text: impl Into<String>) -> Self {
        Self::new(status.wbem().code(), text)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (0x{:08x})", self.text, self.code)
    }
}
