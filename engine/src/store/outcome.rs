//! How a transaction ends: published as a whole, or taken back.

use super::address::RowAddress;
use super::changes::Record;
use super::commits::WriterState;
use super::table::Table;
use super::transaction::{Adopted, Place, Transaction};
use super::versions::{Commit, NEVER, UNDONE};
use crate::context::Principal;
use std::sync::Arc;

/// How many waiting rows a commit looks at beside as many as it killed.
const RECLAIM_STEP: usize = 2;

impl Transaction<'_> {
    /// Publishes everything as somebody's; the number of the commit.
    pub(crate) fn commit(mut self, by: &Principal) -> Commit {
        self.done = true;
        let nothing = self.roots.is_empty()
            && self.born.is_empty()
            && self.killed.is_empty()
            && self.adopted.is_empty()
            && !self.is_noted;
        if nothing {
            return self.state.last;
        }
        for (store, root) in &self.roots {
            store.set_root(root.clone());
        }
        self.state.last = self.number;
        self.commits.registry.publish(self.number);
        for (store, root) in &self.roots {
            if let Some(before) = root.before.swap(None) {
                root.close_indexes(&before);
                // Tails that nobody adds to any more and whose rows went long ago.
                for table in root.tables_gone(&before) {
                    let chunks = table.chunks();
                    let emptied = chunks.iter().filter(|c| c.deaths().gone() == c.len());
                    emptied.for_each(|chunk| store.directory.remove_exact(chunk));
                }
            }
        }
        if !self.roots.is_empty() {
            self.commits.let_go();
        }
        let woken = self.changes.take().map(|changes| {
            let (commit, by) = (self.number, by.clone());
            self.commits.log().push(Record { commit, by, changes })
        });
        self.reclaim();
        let number = self.number;
        // Whoever is woken may want to write.
        drop(self);
        woken.into_iter().flatten().for_each(|(_, waker)| waker.wake());
        number
    }

    /// Takes away what nobody can see any more: rows that this commit killed, and a
    /// few of those that had to wait.
    fn reclaim(&mut self) {
        let Self { commits, state, killed, .. } = self;
        if killed.is_empty() && state.deferred.is_empty() {
            return;
        }
        let state: &mut WriterState = state;
        commits.registry.look(&mut state.live);
        commits.relieve(state.deferred.len());
        let horizon = state.live.horizon();
        let waiting = state.deferred.len().min(killed.len() + RECLAIM_STEP);
        for _ in 0..waiting {
            let Some(dead) = state.deferred.pop_front() else { break };
            if state.live.is_reclaimable(dead.birth, dead.death) {
                dead.place.take_away(commits, &state.token, horizon);
            } else {
                state.deferred.push_back(dead);
            }
        }
        for dead in killed.drain(..) {
            if state.live.is_reclaimable(dead.birth, dead.death) {
                dead.place.take_away(commits, &state.token, horizon);
            } else {
                state.deferred.push_back(dead);
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
        for place in &self.born {
            place.table.count(-1);
            if let Some(chunk) = place.store.chunk(place.address) {
                chunk.kill(token, place.address.row(), UNDONE);
            }
        }
        for place in self.born.drain(..).rev() {
            // Those who still look at what was before may need what is there.
            place.take_away(self.commits, token, 0);
        }
        for Adopted { store, table, chunk, entered } in self.adopted.drain(..).rev() {
            for row in 0..entered {
                if let Some(index) = &table.index {
                    let hash = store.rules.hash(chunk.keys(row));
                    index.remove(hash, RowAddress::new(chunk.number(), row));
                }
                table.count(-1);
            }
            table.ordered.leave_all(&chunk);
            let mut chunks = table.all_chunks().to_vec();
            chunks.retain(|c| c.number() != chunk.number());
            table.set_chunks(chunks);
            store.directory.remove(chunk.number());
        }
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

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.roll_back();
        }
    }
}
