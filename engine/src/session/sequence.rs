//! Results that a client takes a piece at a time.
//!
//! WS-Enumeration, the pull operations of DSP0200 and WMI's `IEnumWbemClassObject` are
//! three spellings of one thing, and this is it. A [`Sequence`] is bound to whoever
//! opened it; every pull is a call of its own, with its own deadline, and passes the
//! door again. Items are shown as views, so an encoder writes them straight from the
//! store; one that does not fit into what the client takes is given back and comes
//! first the next time.
//!
//! | | here | CIM-XML | WS-Management | WMI |
//! |---|---|---|---|---|
//! | so many, so large | [`Sequence::pull`] | MaxObjectCount | MaxElements, MaxCharacters, MaxEnvelopeSize | Next |
//! | pass over | [`Sequence::skip`] | | | Skip |
//! | from the start | [`Sequence::rewind`] | | | Reset |
//! | a second one | [`Sequence::try_clone`] | | | Clone |
//! | how many are left | [`Sequence::remaining`] | EnumerationCount | | |
//! | idle time, identifiers | [`Sequences`] | OperationTimeout, EnumerationContext | Expires, EnumerationContext | |

mod cursor;
mod registry;

pub use registry::{SequenceLimits, Sequences};

use super::answer::Answer;
use super::query::QueryResult;
use super::row::Row;
use super::scan::Position;
use super::{Operation, Session};
use crate::clock::Clock;
use crate::context::{CallContext, Principal};
use crate::error::EngineError;
use cimarron_model::{Class, Instance, ObjectPath};
use cursor::{ClassCursor, Cursor, ListCursor, Peek, RowCursor, StreamCursor};
use std::fmt;
use std::sync::Arc;

/// An item that stands by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnedItem {
    /// An instance.
    Instance(Instance),
    /// The path of an instance or of a class.
    Path(ObjectPath),
    /// A class.
    Class(Class),
}

/// An item of a sequence.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// A row of the store.
    Row(Row<'a>),
    /// An item that stands by itself.
    Owned(&'a OwnedItem),
}

/// What becomes of an item that is shown to whoever pulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was taken, and has so many bytes in the client's encoding.
    Yes(usize),
    /// It does not fit any more: the pull ends, and the item comes first the next time.
    GiveBack,
}

/// How much a pull takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// At most so many items.
    pub count: usize,
    /// At most so many bytes, as [`Taken::Yes`] counts them: once they are reached or
    /// passed, no further item is shown.
    pub bytes: usize,
}

impl Batch {
    /// So many items, however large.
    pub const fn of(count: usize) -> Self {
        Self { count, bytes: usize::MAX }
    }
}

/// What a pull did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// How many items were taken.
    pub count: usize,
    /// How many bytes they have.
    pub bytes: usize,
    /// Whether nothing is left (`EndOfSequence`). A pull that ends early, by its
    /// deadline, may not know and says no.
    pub end: bool,
}

/// What happens when an item is an error (DSP0200 `ContinueOnError`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The error ends the sequence.
    #[default]
    End,
    /// The error ends the pull, and the next one goes on behind it.
    Continue,
}

/// Where items come from, and which of them is next.
enum Source {
    /// Rows of a snapshot.
    Rows(Arc<QueryResult>, Position),
    /// Classes of a schema version.
    Classes(Box<ClassCursor>),
    /// Items that are all there.
    List(Arc<[OwnedItem]>, usize),
    /// Items that come as they come.
    Stream(Box<StreamCursor>),
}

/// Items that a client takes a piece at a time.
pub struct Sequence {
    session: Session,
    source: Source,
    on_error: OnError,
    forward_only: bool,
    /// How many items lie behind.
    position: u64,
    /// An error ended it.
    failed: bool,
}

impl Session {
    /// What answers a query, or a result of either kind, as a sequence. It keeps the
    /// snapshot that it shows.
    pub fn sequence(&self, answer: impl Into<Answer>) -> Sequence {
        let source = match answer.into() {
            Answer::Instances(result) => Source::Rows(Arc::new(result), Position::default()),
            Answer::Classes(result) => Source::Classes(Box::new(ClassCursor::new(result))),
        };
        Sequence::new(self, source)
    }

    /// Items that are all there as a sequence.
    pub fn sequence_of(&self, items: impl IntoIterator<Item = OwnedItem>) -> Sequence {
        Sequence::new(self, Source::List(items.into_iter().collect(), 0))
    }

    /// Items that come as they come as a sequence, errors among them: what a provider
    /// or an event queue gives. It cannot be rewound or cloned.
    pub fn sequence_from(
        &self,
        items: impl Iterator<Item = Result<OwnedItem, EngineError>> + Send + 'static,
    ) -> Sequence {
        Sequence::new(self, Source::Stream(Box::new(StreamCursor::new(items)))).forward_only()
    }
}

impl Sequence {
    fn new(session: &Session, source: Source) -> Self {
        let session = session.clone();
        let (on_error, forward_only, failed) = (OnError::default(), false, false);
        Self { session, source, on_error, forward_only, position: 0, failed }
    }

    /// The same sequence, which cannot be rewound or cloned (`WBEM_FLAG_FORWARD_ONLY`).
    #[must_use]
    pub const fn forward_only(mut self) -> Self {
        self.forward_only = true;
        self
    }

    /// The same sequence with another rule for errors.
    #[must_use]
    pub const fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = on_error;
        self
    }

    /// Who opened it, and alone may pull.
    pub fn principal(&self) -> &Principal {
        self.session.caller()
    }

    /// How many items lie behind.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Shows the next items to `take`, one after the other.
    ///
    /// A pull whose deadline passes after it took something gives that; the sequence
    /// stays where it is and can be pulled again. The same goes for an error among the
    /// items: what came before it is given, and the error by the next pull.
    ///
    /// # Errors
    /// When the call is cancelled or late before anything was taken, the namespace is
    /// gone, or the next item is an error.
    pub fn pull(
        &mut self,
        context: &CallContext,
        batch: Batch,
        mut take: impl FnMut(Item<'_>) -> Taken,
    ) -> Result<Pulled, EngineError> {
        self.session.check_entry(context, Operation::ReadInstances, "")?;
        if self.failed {
            return Ok(Pulled { end: true, ..Pulled::default() });
        }
        let clock = &**self.session.repository().clock();
        let pulled = Pulled::default();
        let mut pull = Pull { context, clock, batch, take: &mut take, pulled };
        let result = match &mut self.source {
            Source::Rows(result, next) => {
                let mut rows = RowCursor::new(result.rows_from(*next, context));
                let result = pull.run(&mut rows);
                *next = rows.position();
                result
            }
            Source::Classes(classes) => pull.run(&mut **classes),
            Source::List(items, next) => {
                let mut list = ListCursor { items, next: *next };
                let result = pull.run(&mut list);
                *next = list.next;
                result
            }
            Source::Stream(stream) => pull.run(&mut **stream),
        };
        let pulled = pull.pulled;
        self.position += pulled.count as u64;
        match result {
            Ok(()) => Ok(pulled),
            Err(Stop::Call(EngineError::DeadlinePassed)) if pulled.count > 0 => Ok(pulled),
            Err(Stop::Call(error)) => Err(error),
            Err(Stop::Item(error)) => {
                self.failed = self.on_error == OnError::End;
                self.position += 1;
                Err(error)
            }
        }
    }

    /// Passes over items; how many there were.
    ///
    /// # Errors
    /// As [`Sequence::pull`].
    pub fn skip(&mut self, context: &CallContext, count: u64) -> Result<u64, EngineError> {
        let mut skipped = 0;
        while skipped < count {
            let wanted = usize::try_from(count - skipped).unwrap_or(usize::MAX);
            let pulled = self.pull(context, Batch::of(wanted), |_| Taken::Yes(0))?;
            skipped += pulled.count as u64;
            if pulled.end || pulled.count == 0 {
                break;
            }
        }
        Ok(skipped)
    }

    /// Goes back to the first item.
    ///
    /// # Errors
    /// When the sequence is forward-only.
    pub fn rewind(&mut self) -> Result<(), EngineError> {
        self.check_replayable()?;
        match &mut self.source {
            Source::Rows(_, next) => *next = Position::default(),
            Source::Classes(classes) => classes.rewind(),
            Source::List(_, next) => *next = 0,
            Source::Stream(_) => return Err(EngineError::ForwardOnly),
        }
        (self.position, self.failed) = (0, false);
        Ok(())
    }

    /// A sequence of the same items, at the same place, that goes its own way.
    ///
    /// # Errors
    /// When the sequence is forward-only.
    pub fn try_clone(&self) -> Result<Self, EngineError> {
        self.check_replayable()?;
        let source = match &self.source {
            Source::Rows(result, next) => Source::Rows(result.clone(), *next),
            Source::Classes(classes) => Source::Classes(Box::new(classes.fork())),
            Source::List(items, next) => Source::List(items.clone(), *next),
            Source::Stream(_) => return Err(EngineError::ForwardOnly),
        };
        Ok(Self { session: self.session.clone(), source, ..*self })
    }

    /// How many items are left; `None` when that cannot be told without taking them
    /// (DSP0200, EnumerationCount).
    ///
    /// # Errors
    /// When the call is cancelled or late.
    pub fn remaining(&self, context: &CallContext) -> Result<Option<u64>, EngineError> {
        self.session.check_entry(context, Operation::ReadInstances, "")?;
        match &self.source {
            Source::Rows(result, next) => {
                let left = result.rows_from(*next, context).count_left()?;
                Ok(Some(left as u64))
            }
            Source::Classes(classes) => Ok(Some(classes.left() as u64)),
            Source::List(items, next) => Ok(Some((items.len() - next) as u64)),
            Source::Stream(_) => Ok(None),
        }
    }

    const fn check_replayable(&self) -> Result<(), EngineError> {
        if self.forward_only { Err(EngineError::ForwardOnly) } else { Ok(()) }
    }
}

/// How many items are taken between two looks at the deadline and the cancel token.
const ITEMS_PER_CHECK: usize = 256;

/// One pull under way.
struct Pull<'p> {
    context: &'p CallContext,
    clock: &'p dyn Clock,
    batch: Batch,
    take: &'p mut dyn FnMut(Item<'_>) -> Taken,
    pulled: Pulled,
}

/// Why a pull ended before its batch was full.
enum Stop {
    /// The call was cancelled or is late. The items are still there.
    Call(EngineError),
    /// An item was an error, and lies behind now.
    Item(EngineError),
}

impl Pull<'_> {
    fn run(&mut self, cursor: &mut impl Cursor) -> Result<(), Stop> {
        loop {
            let Pulled { count, bytes, .. } = self.pulled;
            let full = count >= self.batch.count || bytes >= self.batch.bytes;
            if full && cursor.may_wait() {
                return Ok(());
            }
            if count % ITEMS_PER_CHECK == ITEMS_PER_CHECK - 1 {
                self.context.check(self.clock).map_err(Stop::Call)?;
            }
            match cursor.peek() {
                Peek::Late(error) => return Err(Stop::Call(error)),
                Peek::End => {
                    self.pulled.end = true;
                    return Ok(());
                }
                _ if full => return Ok(()),
                Peek::Error if count > 0 => return Ok(()),
                Peek::Error => return cursor.take_error().map_or(Ok(()), |e| Err(Stop::Item(e))),
                Peek::Item(item) => match (self.take)(item) {
                    Taken::GiveBack => return Ok(()),
                    Taken::Yes(size) => {
                        self.pulled.count += 1;
                        self.pulled.bytes = bytes.saturating_add(size);
                        cursor.advance();
                    }
                },
            }
        }
    }
}

impl fmt::Debug for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sequence")
            .field("principal", self.principal())
            .field("position", &self.position)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
