//! What a call carries besides its arguments.
//!
//! A front end fills in what its protocol says; the engine honours the deadline
//! and the cancel token at least once a chunk of rows, and hands the rest on to
//! whoever asks (providers, consumers, logs).

use crate::clock::Clock;
use crate::error::EngineError;
use cimarron_model::{Name, Value};
use smol_str::SmolStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Principal(SmolStr);

impl Principal {
    /// The caller of this name, as the front end authenticated it.
    pub fn new(name: impl AsRef<str>) -> Self {
        Self(SmolStr::new(name))
    }

    /// The program that embeds the engine.
    pub const fn system() -> Self {
        Self(SmolStr::new_static("SYSTEM"))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// How far the transport vouches for the caller (MS-RPCE's authentication levels
/// that the front ends tell apart).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthenticationLevel {
    /// Not at all.
    None,
    /// The caller is known.
    Connect,
    /// Nobody changed the message.
    Integrity,
    /// Nobody else can read it; calls from the same process are as good.
    #[default]
    Privacy,
}

/// Cancels calls from another thread.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that has not been cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the calls that carry this token to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether they were asked to.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many bytes a call may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget(usize);

impl Budget {
    /// Whether so many bytes are within it.
    pub(crate) const fn check(self, held: usize) -> Result<(), EngineError> {
        if held > self.0 { Err(EngineError::OverMemoryBudget { budget: self.0 }) } else { Ok(()) }
    }

    /// How many things of a type fit into it.
    pub(crate) const fn room_for<T>(self) -> usize {
        self.0 / size_of::<T>()
    }
}

/// The context of one call. The default has no deadline and no limits.
#[derive(Clone, Debug, Default)]
pub struct CallContext {
    deadline: Option<Duration>,
    cancel: Option<CancelToken>,
    memory_budget: Option<usize>,
    authentication: AuthenticationLevel,
    extra: Option<Arc<Extra>>,
}

/// The parts that few calls have, behind one pointer.
#[derive(Clone, Debug, Default)]
struct Extra {
    locales: Vec<SmolStr>,
    values: Vec<(Name, Value)>,
    correlation_id: Option<SmolStr>,
    caller_address: Option<SmolStr>,
}

impl CallContext {
    /// A context without deadline or limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the call with `Timeout` at this time of the repository's clock; see
    /// [`Repository::deadline_in`](crate::Repository::deadline_in).
    #[must_use]
    pub const fn with_deadline(mut self, at: Duration) -> Self {
        self.deadline = Some(at);
        self
    }

    /// Ends the call with `Cancelled` once the token is cancelled.
    #[must_use]
    pub fn with_cancel(mut self, token: CancelToken) -> Self {
        self.cancel = Some(token);
        self
    }

    /// The memory the call may use for results, in bytes; never more than
    /// [`Limits::query_memory`](crate::Limits::query_memory). What needs more ends with
    /// [`EngineError::OverMemoryBudget`].
    #[must_use]
    pub const fn with_memory_budget(mut self, bytes: usize) -> Self {
        self.memory_budget = Some(bytes);
        self
    }

    /// How far the transport vouches for the caller.
    #[must_use]
    pub const fn with_authentication(mut self, level: AuthenticationLevel) -> Self {
        self.authentication = level;
        self
    }

    /// Adds a locale; those added first are preferred.
    #[must_use]
    pub fn with_locale(mut self, locale: impl AsRef<str>) -> Self {
        self.extra_mut().locales.push(SmolStr::new(locale));
        self
    }

    /// Adds a named value (`IWbemContext`).
    #[must_use]
    pub fn with_value(mut self, name: impl Into<Name>, value: impl Into<Value>) -> Self {
        let name = name.into();
        let values = &mut self.extra_mut().values;
        values.retain(|(n, _)| *n != name);
        values.push((name, value.into()));
        self
    }

    /// The identifier that ties log lines to the client's request.
    #[must_use]
    pub fn with_correlation_id(mut self, id: impl AsRef<str>) -> Self {
        self.extra_mut().correlation_id = Some(SmolStr::new(id));
        self
    }

    /// Where the caller is.
    #[must_use]
    pub fn with_caller_address(mut self, address: impl AsRef<str>) -> Self {
        self.extra_mut().caller_address = Some(SmolStr::new(address));
        self
    }

    fn extra_mut(&mut self) -> &mut Extra {
        Arc::make_mut(self.extra.get_or_insert_default())
    }

    /// The deadline.
    pub const fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// The memory budget, in bytes.
    pub const fn memory_budget(&self) -> Option<usize> {
        self.memory_budget
    }

    /// How far the transport vouches for the caller.
    pub const fn authentication(&self) -> AuthenticationLevel {
        self.authentication
    }

    /// The locales, the preferred ones first.
    pub fn locales(&self) -> &[SmolStr] {
        self.extra.as_ref().map_or(&[], |e| &e.locales)
    }

    /// A named value.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.extra.as_ref()?.values.iter().find(|(n, _)| n.is(name)).map(|(_, v)| v)
    }

    /// The correlation identifier.
    pub fn correlation_id(&self) -> Option<&str> {
        self.extra.as_ref()?.correlation_id.as_deref()
    }

    /// Where the caller is.
    pub fn caller_address(&self) -> Option<&str> {
        self.extra.as_ref()?.caller_address.as_deref()
    }

    /// Whether the call may go on.
    #[inline]
    pub(crate) fn check(&self, clock: &dyn Clock) -> Result<(), EngineError> {
        if self.cancel.is_none() && self.deadline.is_none() {
            return Ok(());
        }
        self.check_limits(clock)
    }

    /// What the call may hold: its own budget or that of its repository, the lesser.
    /// `most` is [`Limits::query_memory`](crate::Limits::query_memory).
    pub(crate) const fn budget(&self, most: usize) -> Budget {
        match self.memory_budget {
            Some(own) if own < most => Budget(own),
            _ => Budget(most),
        }
    }

    fn check_limits(&self, clock: &dyn Clock) -> Result<(), EngineError> {
        if self.cancel.as_ref().is_some_and(CancelToken::is_cancelled) {
            return Err(EngineError::Cancelled);
        }
        match self.deadline {
            Some(deadline) if clock.now() >= deadline => Err(EngineError::DeadlinePassed),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn ends_by_deadline_and_by_token() {
        let clock = ManualClock::default();
        let token = CancelToken::new();
        let context =
            CallContext::new().with_deadline(Duration::from_secs(2)).with_cancel(token.clone());
        assert!(context.check(&clock).is_ok());
        clock.advance(Duration::from_secs(2));
        assert!(matches!(context.check(&clock), Err(EngineError::DeadlinePassed)));
        token.cancel();
        assert!(matches!(context.check(&clock), Err(EngineError::Cancelled)));
    }

    #[test]
    fn carries_what_it_was_given() {
        let context = CallContext::new()
            .with_locale("MS_409")
            .with_value("Depth", 1_u8)
            .with_value("depth", 2_u8)
            .with_correlation_id("7")
            .with_caller_address("10.0.0.1");
        assert_eq!(context.value("DEPTH"), Some(&2_u8.into()));
        assert_eq!(context.locales(), ["MS_409"]);
        assert_eq!(
            (context.correlation_id(), context.caller_address()),
            (Some("7"), Some("10.0.0.1"))
        );
    }
}
