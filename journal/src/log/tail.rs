//! Reading the entries after a checkpoint, log after log, in the order of their commits.

use super::backend::guarded;
use super::{ENTRIES, HEADER_KEY, Key, Log, Part};
use crate::error::{JournalError, Result};
use crate::journal::Shared;
use redb::{Range, ReadableDatabase};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

/// What one append added, or several one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its first commit.
    pub first: u64,
    /// Its last commit.
    pub last: u64,
    /// What was appended; of several, one behind the other.
    pub bytes: Vec<u8>,
    /// The format of its log.
    pub format: u32,
}

/// All entries after the checkpoint, as they were at opening. Of those in databases one is in
/// memory at a time. It ends after the first error.
pub struct Tail {
    logs: VecDeque<Cursor>,
    /// The commit that the next entry must begin with.
    expected: u64,
    /// The last commit that was there at opening. What is appended later is not read.
    last: u64,
    /// Keeps the directory locked while logs are open.
    _shared: Arc<Shared>,
}

struct Cursor {
    // Before the log, whose database it reads.
    rows: Range<'static, Key, &'static [u8]>,
    /// What comes behind the rows.
    ahead: VecDeque<Entry>,
    log: Arc<Log>,
}

impl Tail {
    /// The commits from `expected` to `last`, which are in `logs`.
    pub(crate) fn new(
        logs: VecDeque<Arc<Log>>,
        (expected, last): (u64, u64),
        shared: Arc<Shared>,
    ) -> Result<Self> {
        let logs = logs.into_iter().map(Cursor::new).collect::<Result<_>>()?;
        Ok(Self { logs, expected, last, _shared: shared })
    }

    fn advance(&mut self) -> Result<Option<Entry>> {
        // A checkpoint that is newer than its log's entries leaves this for the loop to find.
        while self.expected.saturating_sub(1) != self.last {
            let Some(cursor) = self.logs.front_mut() else { break };
            let Some(entry) = cursor.entry()? else {
                self.logs.pop_front();
                continue;
            };
            if entry.first != self.expected {
                let problem =
                    format!("commit {} stands where {} must be", entry.first, self.expected);
                return Err(JournalError::damaged(&*cursor.log.path, problem));
            }
            self.expected = entry.last.saturating_add(1);
            return Ok(Some(entry));
        }
        self.logs.clear();
        Ok(None)
    }
}

impl Iterator for Tail {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance();
        if next.is_err() {
            self.logs.clear();
        }
        next.transpose()
    }
}

impl fmt::Debug for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tail = f.debug_struct("Tail");
        let logs: Vec<_> = self.logs.iter().map(|cursor| &cursor.log).collect();
        tail.field("logs", &logs).field("expected", &self.expected).finish_non_exhaustive()
    }
}

impl Cursor {
    fn new(log: Arc<Log>) -> Result<Self> {
        let ahead = log.held(|held| held.entry(log.format)).into();
        let rows = guarded(&log.path, "read", || {
            let table = log.database.begin_read()?.open_table(ENTRIES)?;
            Ok(table.range((HEADER_KEY.0 + 1, 0)..)?)
        })?;
        Ok(Self { rows, ahead, log })
    }

    /// The next entry, all its parts together.
    fn entry(&mut self) -> Result<Option<Entry>> {
        let mut bytes = Vec::new();
        let Some(((first, part), (last, parts))) = self.part(&mut bytes)? else {
            return Ok(self.ahead.pop_front());
        };
        if part != 0 {
            return Err(self.torn());
        }
        for part in 1..parts {
            if self.part(&mut bytes)? != Some(((first, part), (last, parts))) {
                return Err(self.torn());
            }
        }
        Ok(Some(Entry { first, last, bytes, format: self.log.format }))
    }

    /// Adds the next part's bytes to `bytes` and gives its key, and its last commit and parts.
    fn part(&mut self, bytes: &mut Vec<u8>) -> Result<Option<(Key, (u64, u32))>> {
        let rows = &mut self.rows;
        let found = guarded(&self.log.path, "read", || {
            let Some(row) = rows.next() else { return Ok(None) };
            let (key, value) = row?;
            let key = key.value();
            Ok(Some(Part::decode(key, value.value()).map(|part| {
                bytes.extend_from_slice(part.bytes);
                (key, (part.last, part.parts))
            })))
        })?;
        match found {
            None => Ok(None),
            Some(Some(part)) => Ok(Some(part)),
            Some(None) => Err(self.torn()),
        }
    }

    fn torn(&self) -> JournalError {
        JournalError::damaged(&*self.log.path, "an entry is not as it was written")
    }
}
