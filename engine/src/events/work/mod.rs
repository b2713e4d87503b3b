//! The dispatcher at work: from commits and from what is due to queues.
//!
//! Whoever has the [`State`] is the only one at work. No code of others runs meanwhile: what
//! has to be called is noted, and called when the state is free.

mod deliver;
mod window;

use super::agenda::{Agenda, Rank, Timed, Token};
use super::commit::{
    deleted, each_deleted_class, each_instance_event, each_put_class, placed, raised_event,
};
use super::data::{Body, EventData, Origin, Position};
use super::entry::Entry;
use super::queue::End;
use super::scope::{Member, Scope};
use crate::clock::WallTime;
use crate::context::Principal;
use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::repository::Repository;
use crate::schema::ClassDef;
use crate::store::{Listener, Moment, Next, Record, Recorded};
use cimarron_model::{Name, Value};
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

/// Somebody inside the engine who looks at every commit.
pub(crate) trait Watch: Send + fmt::Debug {
    /// A commit, when its events are delivered: what it begins hears of what comes then.
    fn see(&mut self, record: &Record, work: &mut Work<'_>);

    /// Some commits were not kept: what there is has to be looked at.
    fn lose(&mut self, work: &mut Work<'_>);
}

/// What the dispatcher knows.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(super) listener: Option<Listener>,
    pub(super) scopes: HashMap<Name, Scope>,
    pub(super) agenda: Agenda,
    /// By namespace: the classes whose instances raise no events by themselves.
    pub(super) polled: HashMap<Name, Vec<Name>>,
    pub(super) watches: Vec<Box<dyn Watch>>,
    /// Where the newest record that was taken is.
    pub(super) position: Position,
    /// Whose callbacks have work.
    pub(super) ready: Vec<Arc<Entry>>,
    /// Whose consumers have.
    pub(super) deliveries: VecDeque<Arc<Entry>>,
    /// Whether anything was put into a queue.
    pub(super) queued: bool,
    /// Who ended and was taken out; dropped when the state is free.
    pub(super) ended: Vec<Arc<Entry>>,
    /// How many subscriptions were asked whether they want an event.
    pub(super) asked: usize,
    found: Vec<Member>,
}

/// The dispatcher at one moment.
pub(crate) struct Work<'s> {
    pub(super) repository: &'s Repository,
    pub(super) state: &'s mut State,
    /// The moment.
    pub(super) at: Moment,
    /// Until when what is due is done at one go: no commit is taken before.
    until: Duration,
}

impl<'s> Work<'s> {
    pub(super) fn new(repository: &'s Repository, state: &'s mut State) -> Self {
        let at = repository.commits().moment_of_clock();
        Self { repository, state, at, until: at.now }
    }

    /// The repository.
    pub(crate) const fn repository(&self) -> &'s Repository {
        self.repository
    }

    /// The time of what is done, which is when it was due, on the scale of
    /// [`Clock::now`](crate::Clock).
    pub(crate) const fn now(&self) -> Duration {
        self.at.now
    }

    /// The same as a time of day.
    pub(crate) const fn wall(&self) -> WallTime {
        self.at.wall
    }

    /// An event of a class that happens by itself, now.
    pub(crate) fn event_of_now(
        &self,
        origin: Arc<Origin>,
        class: Arc<ClassDef>,
        values: Arc<[Value]>,
    ) -> EventData {
        EventData {
            origin,
            class,
            created: self.wall().ticks,
            at: self.now(),
            position: self.position(),
            by: Principal::system(),
            body: Body::Values(values),
        }
    }

    /// The moment that it really is: on a clock that goes by itself what is done may have been
    /// due long before.
    pub(crate) fn newest(&self) -> (Duration, WallTime) {
        let now = self.repository.commits().moment_of_clock();
        let is_late = self.repository.clock().goes_by_itself() && now.now > self.at.now;
        let Moment { now, wall } = if is_late { now } else { self.at };
        (now, wall)
    }

    /// When to do again what would find nothing new before the next commit: the last time that
    /// is one of every `interval` after `due` and not later than what is done now at one go.
    pub(crate) fn last_due(&self, due: Duration, interval: Duration) -> Duration {
        let left = self.until.saturating_sub(due).as_nanos();
        let over = left.checked_rem(interval.as_nanos()).unwrap_or(left);
        let passed = u64::try_from(left - over).map_or(Duration::ZERO, Duration::from_nanos);
        due.saturating_add(passed)
    }

    /// Where the newest record is that was taken.
    pub(crate) const fn position(&self) -> Position {
        self.state.position
    }

    /// The position behind which everything is kept.
    pub(super) fn earliest(&self) -> Position {
        let (commit, raised) = self.repository.commits().log().covered();
        Position { commit, raised, ordinal: u64::MAX }
    }

    /// The classes of a namespace that are polled.
    pub(crate) fn polled(&self, namespace: &Name) -> Vec<Name> {
        self.state.polled.get(namespace).cloned().unwrap_or_default()
    }

    /// Plans work.
    pub(crate) fn plan(&mut self, due: Duration, rank: Rank, work: Box<dyn Timed>) -> Token {
        self.state.agenda.plan(due, rank, work)
    }

    /// Calls work off.
    pub(crate) fn call_off(&mut self, token: Token) {
        self.state.agenda.call_off(token);
    }

    /// The namespace's schema and the rest that its events need, if anybody wants any.
    pub(crate) fn scope(&self, namespace: &Name) -> Option<&Scope> {
        self.state.scopes.get(namespace)
    }

    /// Takes the commits that there are and does what is due, in their order.
    pub(super) fn drain(&mut self, waker: &Waker) {
        loop {
            let now = self.repository.commits().moment_of_clock();
            while self.take_next(waker) {}
            if !self.run_due(now) {
                self.at = now;
                return;
            }
        }
    }

    /// Takes the next record; whether there was one.
    fn take_next(&mut self, waker: &Waker) -> bool {
        let log = self.repository.commits().log();
        let Some(listener) = &mut self.state.listener else { return false };
        match log.next(listener, Some(waker)) {
            Next::Nothing => false,
            Next::Record(record) => {
                listener.place += 1;
                self.run_due(record.at);
                self.at = record.at;
                self.take(&record);
                true
            }
            Next::Lost(commits) => {
                listener.place += commits;
                self.lose(commits);
                true
            }
        }
    }

    /// Does what is due by a moment; whether there was anything.
    fn run_due(&mut self, by: Moment) -> bool {
        let mut any = false;
        self.until = by.now;
        while let Some(mut due) = self.state.agenda.take(by.now) {
            any = true;
            let wall = by.wall.minus(by.now.saturating_sub(due.due));
            self.at = Moment { now: due.due, wall };
            let next = due.work.run(self);
            // It cannot be due again at the same instant, or this would never end.
            let least = due.due.saturating_add(Duration::from_nanos(1));
            let next = next.map(|next| next.max(least));
            self.state.agenda.put_back(due, next);
        }
        any
    }

    /// Commits were not kept. The namespaces are read again as they are.
    fn lose(&mut self, commits: u64) {
        let names: Vec<Name> = self.state.scopes.keys().cloned().collect();
        for name in names {
            let Some(scope) = self.state.scopes.get(&name) else { continue };
            // Another one may have the name by now.
            let is_it =
                |current: &Arc<Namespace>| Arc::ptr_eq(&current.location, scope.origin.location());
            let current = self.repository.namespace(name.as_str()).ok().filter(is_it);
            let entries: Vec<Arc<Entry>> = scope.entries().cloned().collect();
            for entry in &entries {
                entry.queue.lose(commits);
                self.state.queued = true;
                self.wake(entry);
            }
            match current {
                Some(namespace) => self.renew(&name, namespace.schema()),
                None => self.end_namespace(&name),
            }
        }
        let mut watches = std::mem::take(&mut self.state.watches);
        watches.iter_mut().for_each(|watch| watch.lose(self));
        watches.append(&mut self.state.watches);
        self.state.watches = watches;
    }

    /// Takes a record.
    fn take(&mut self, record: &Arc<Record>) {
        let ordinal = u64::MAX;
        self.state.position = Position { commit: record.commit, raised: record.raised, ordinal };
        let gone = deleted(record);
        for (first, change) in placed(record) {
            self.take_change((record, first), change, &gone);
        }
        let mut watches = std::mem::take(&mut self.state.watches);
        watches.iter_mut().for_each(|watch| watch.see(record, self));
        watches.append(&mut self.state.watches);
        self.state.watches = watches;
    }

    fn take_change(&mut self, at: (&Record, u64), change: &Recorded, gone: &[&Name]) {
        match change {
            Recorded::Row { namespace, .. } | Recorded::Rows { namespace, .. } => {
                let Some(scope) = self.state.scopes.get(namespace) else { return };
                if gone.contains(&namespace) {
                    return;
                }
                let origin = scope.origin.clone();
                each_instance_event(at, change, &origin, |event| self.deliver(namespace, event));
            }
            Recorded::Schema { namespace, old, new } => {
                if gone.contains(&namespace) || !self.state.scopes.contains_key(namespace) {
                    return;
                }
                let mut events = Vec::new();
                if let Some(scope) = self.state.scopes.get(namespace) {
                    each_deleted_class(at, (old, new), &scope.origin, |event| events.push(event));
                }
                events.drain(..).for_each(|event| self.deliver(namespace, event));
                self.renew(namespace, new.clone());
                if let Some(scope) = self.state.scopes.get(namespace) {
                    each_put_class(at, (old, new), &scope.origin, |event| events.push(event));
                }
                events.into_iter().for_each(|event| self.deliver(namespace, event));
            }
            Recorded::Namespace { name, start: None, .. } => self.end_namespace(name),
            Recorded::Raised(raised) => {
                self.deliver(&raised.namespace, raised_event(raised, at));
            }
            Recorded::Taken { .. } | Recorded::Index { .. } | Recorded::Namespace { .. } => {}
        }
    }

    /// Takes another version of a namespace's schema.
    fn renew(&mut self, namespace: &Name, schema: Arc<crate::schema::Schema>) {
        let polled = self.state.polled.get(namespace).map_or(&[][..], Vec::as_slice);
        if let Some(scope) = self.state.scopes.get_mut(namespace) {
            scope.set_schema(schema, polled);
            scope.bind_again();
        }
    }

    /// Ends the subscriptions of a namespace that was deleted.
    fn end_namespace(&mut self, name: &Name) {
        self.state.polled.remove(name);
        let Some(mut scope) = self.state.scopes.remove(name) else { return };
        for entry in scope.take_all() {
            self.end(&entry, End::NamespaceGone);
        }
    }

    /// Ends a subscription: what waits for it may still be taken.
    pub(super) fn end(&mut self, entry: &Arc<Entry>, end: End) {
        entry.end(end, false);
        self.forget(entry);
        self.state.queued = true;
        self.wake(entry);
    }

    /// Takes a subscription out of everything.
    pub(super) fn forget(&mut self, entry: &Arc<Entry>) {
        for token in std::mem::take(&mut *entry.planned.lock()) {
            self.state.agenda.call_off(token);
        }
        if let Some(scope) = self.state.scopes.get_mut(&entry.namespace) {
            scope.remove(entry);
            if scope.is_empty() {
                self.state.scopes.remove(&entry.namespace);
            }
        }
        self.state.ended.push(entry.clone());
    }

    /// Adds a subscription for a permanent consumer.
    pub(super) fn add(
        &mut self,
        namespace: &Arc<Namespace>,
        make: impl FnOnce(&mut Self, &Scope) -> Result<Arc<Entry>, EngineError>,
    ) -> Result<Arc<Entry>, EngineError> {
        let scope = match self.state.scopes.remove(&namespace.name) {
            Some(scope) => scope,
            None => {
                let polled = self.state.polled.get(&namespace.name);
                let polled = polled.map_or(&[][..], Vec::as_slice);
                Scope::new(namespace.references().clone(), namespace.schema(), polled)
            }
        };
        let made = make(self, &scope);
        let scope = self.state.scopes.entry(namespace.name.clone()).or_insert(scope);
        match made {
            Ok(entry) => {
                scope.add(entry.clone());
                Ok(entry)
            }
            Err(error) => {
                if scope.is_empty() {
                    self.state.scopes.remove(&namespace.name);
                }
                Err(error)
            }
        }
    }
}
