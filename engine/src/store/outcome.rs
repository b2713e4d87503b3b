//! How a transaction ends: published as a whole, or taken back.

use super::added::Run;
use super::address::RowAddress;
use super::changes::Record;
use super::commits::{Applied, Commits, WriterState};
use super::table::Table;
use super::transaction::{Adopted, Dead, Place, Transaction};
use super::versions::{Commit, NEVER, UNDONE};
use crate::context::Principal;
use crate::error::EngineError;
use parking_lot::MutexGuard;
use std::sync::Arc;

/// How many waiting rows a commit looks at beside as many as it killed.
const RECLAIM_STEP: usize = 2;

impl Transaction<'_> {
    /// Publishes everything as somebody's, and waits until it is published; the number of the
    /// commit. Where a log comes first, that is when the log has it.
    ///
    /// # Errors
    /// When the log cannot be written. The commit is not published then, and none after it.
    pub(crate) fn commit(mut self, by: &Principal) -> Result<Commit, EngineError> {
        debug_assert_eq!(self.ordered, self.adopted.len(), "all are in the ordered indexes");
        self.done = true;
        let nothing = self.roots.is_empty()
            && self.added.is_empty()
            && self.killed.is_empty()
            && self.adopted.is_empty()
            && !self.is_noted;
        if nothing {
            // That there is nothing to do may be for what is not published yet.
            let (commits, last) = (self.commits, self.state.last);
            drop(self);
            return commits.settle(last).map(|()| last);
        }
        let number = self.number;
        self.state.last = number;
        for (store, root) in &self.roots {
            store.set_root(root.clone());
        }
        let record = self.changes.take().map(|changes| {
            let at = self.commits.moment_of_clock();
            Arc::new(Record { commit: number, raised: 0, at, by: by.clone(), changes })
        });
        let (roots, then) = (std::mem::take(&mut self.roots), std::mem::take(&mut self.then));
        let applied = Applied { number, roots, record, then };
        let (commits, is_standing) = (self.commits, self.is_standing);
        let Some(sink) = commits.sink() else {
            let woken = commits.publish(std::iter::once(applied));
            self.reclaim();
            drop(self);
            woken.wake();
            commits.announce(is_standing);
            return Ok(number);
        };
        let woken = sink.take(commits, applied);
        self.reclaim();
        drop(self);
        woken.wake();
        sink.settle(number)?;
        commits.announce(is_standing);
        Ok(number)
    }

    /// Takes away what nobody can see any more: rows that this commit killed, and a
    /// few of those that had to wait.
    fn reclaim(&mut self) {
        let Self { commits, state, killed, .. } = self;
        let state: &mut WriterState = state;
        if killed.is_empty() && state.deferred.is_empty() && state.unpublished.is_empty() {
            return;
        }
        commits.registry.look(&mut state.live);
        commits.relieve(state.deferred.len());
        let waiting = state.deferred.len().min(killed.len() + RECLAIM_STEP);
        for _ in 0..waiting {
            let Some(dead) = state.deferred.pop_front() else { break };
            state.reclaim(commits, dead);
        }
        while let Some(dead) =
            state.unpublished.pop_front_if(|dead| dead.death <= state.live.visible())
        {
            state.reclaim(commits, dead);
        }
        for dead in killed.drain(..) {
            if dead.death > state.live.visible() {
                state.unpublished.push_back(dead);
            } else {
                state.reclaim(commits, dead);
            }
        }
    }

    /// Takes everything back that was stamped, entered and made.
    fn roll_back(&mut self) {
        for (store, from) in self.migrated.drain(..).rev() {
            from.set_successor(None);
            from.chunks().iter().for_each(|chunk| store.directory.put(chunk));
        }
        let token = &self.state.token;
        for dead in self.killed.drain(..).rev() {
            let Place { store, table, address, .. } = dead.place;
            if let Some(chunk) = store.chunk(address) {
                chunk.kill(token, address.row(), NEVER);
                table.count(1);
                let object = chunk.object(address.row());
                if object != 0 {
                    store.objects.bind(object, address);
                }
            }
        }
        // All are dead before any is taken away: nobody moves one that is about to go.
        let added = self.added.take();
        for place in added.iter().flat_map(Run::places) {
            place.table.count(-1);
            if let Some(chunk) = place.store.chunk(place.address) {
                chunk.kill(token, place.address.row(), UNDONE);
            }
        }
        for place in added.iter().rev().flat_map(|run| run.places().rev()) {
            // Those who still look at what was before may need what is there.
            place.take_away(self.commits, token, 0);
        }
        for (nth, adopted) in self.adopted.drain(..).enumerate().rev() {
            let Adopted { store, table, chunk, entered } = adopted;
            for row in entered.rows() {
                if let Some(index) = &table.index {
                    let hash = store.rules.hash(chunk.keys(row));
                    index.remove(hash, RowAddress::new(chunk.number(), row));
                }
                table.count(-1);
            }
            if nth < self.ordered {
                table.ordered.leave_all(&chunk);
            }
            let mut chunks = table.all_chunks().to_vec();
            chunks.retain(|c| c.number() != chunk.number());
            table.set_chunks(chunks);
            store.directory.remove(chunk.number());
        }
        self.undo.drain(..).rev().for_each(|undo| undo());
        for (store, object) in self.named.drain(..) {
            store.objects.release(&store.rules, object);
        }
        for (store, root) in self.roots.drain(..) {
            let newest = store.newest_root();
            newest.attach_indexes();
            let is_gone = |table: &&Arc<Table>| !newest.tables().any(|t| Arc::ptr_eq(t, table));
            for table in root.tables().filter(is_gone) {
                table.chunks().iter().for_each(|chunk| store.directory.remove_exact(chunk));
            }
        }
    }
}

impl WriterState {
    /// Takes a dead row away, or lets it wait for those who may see it.
    fn reclaim(&mut self, commits: &Commits, dead: Dead) {
        if self.live.is_reclaimable(dead.birth, dead.death) {
            dead.place.take_away(commits, &self.token, self.live.horizon());
        } else {
            self.deferred.push_back(dead);
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        self.roll_back();
        // Whoever is told that it cannot be may have been refused for what is not published
        // yet: that must not be undone by a crash after they know.
        if let Some(sink) = self.commits.sink() {
            let last = self.state.last;
            // If that fails, every write from now on says so.
            MutexGuard::unlocked(&mut self.state, || drop(sink.settle(last)));
        }
    }
}
