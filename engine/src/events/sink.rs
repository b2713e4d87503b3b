//! Subscriptions that are called.

use super::event::Event;
use parking_lot::Mutex;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a subscription calls with each event; an error says that it is of no use any more.
pub(crate) type Callback = Box<dyn FnMut(Event) -> Result<(), String> + Send>;

/// A callback; `None` when it was given up.
pub(crate) struct Sink(Mutex<Option<Callback>>);

impl Sink {
    pub(crate) fn new(callback: Callback) -> Self {
        Self(Mutex::new(Some(callback)))
    }

    /// Whoever calls it now is the only one.
    pub(crate) fn try_enter(&self) -> Option<Entered<'_>> {
        self.0.try_lock().map(Entered)
    }
}

/// The right to call.
pub(crate) struct Entered<'s>(parking_lot::MutexGuard<'s, Option<Callback>>);

impl Entered<'_> {
    /// Calls with an event; what it failed with. One that failed is called no more.
    pub(crate) fn call(&mut self, event: Event) -> Result<(), String> {
        let Some(callback) = self.0.as_mut() else { return Ok(()) };
        let called = catch_unwind(AssertUnwindSafe(|| callback(event)));
        let failed = match called {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(problem)) => problem,
            Err(panic) => {
                let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
                text.map_or_else(|| "it panicked".to_owned(), |text| format!("it panicked: {text}"))
            }
        };
        *self.0 = None;
        Err(failed)
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sink")
    }
}
