//! Events: what happened, for those who asked for it with a query (WMI SDK, "Receiving a WMI
//! event"; MS-WMI 3.1.4.3.20, 3.1.6.1).
//!
//! ```text
//! commits ─┐                    ┌─ matching: who wants it
//! raised ──┼─ Work (one at a ───┤
//! agenda ──┘  time, in order)   └─ group ── queue ── Subscription: taken, or a callback
//! ```
//!
//! Invariants:
//!
//! * Events come in the order in which things were done, and what is due at an instant comes
//!   before what was done then.
//! * Nothing is copied to match an event; one that somebody wants is packed once and shared by
//!   all who want it, so that no queue keeps chunks.
//! * No code of others runs while the dispatcher works or anybody writes: callbacks may do
//!   whatever a [`Session`](crate::Session) can, and end subscriptions.
//! * As long as nobody subscribes, commits record nothing.

mod agenda;
mod bookmark;
mod clock_class;
mod commit;
mod consumer;
mod data;
mod deliveries;
mod demand;
mod entry;
mod event;
mod group;
mod hub;
mod indication;
mod kinds;
mod matching;
mod polled;
mod polling;
mod pressure;
mod queue;
mod raise;
mod reach;
mod register;
mod scope;
mod signal;
mod sink;
mod standing;
mod subscription;
mod system;
mod timers;
mod work;

pub use consumer::{ConsumerSink, Delivery, Failure, Verdict};
pub(crate) use data::Raised;
pub use event::Event;
pub(crate) use hub::Hub;
pub use queue::Overflow;
pub use register::SubscribeOptions;
pub use standing::{BindingStatus, DeadLetter, DeliveryPolicy};
pub use subscription::{Subscription, SubscriptionStatus};
#[cfg(test)]
mod tests;
