//! Looking at the next item before it is taken.

use super::super::class_query::ClassResult;
use super::super::row::Row;
use super::super::scan::{Position, Rows};
use super::{Item, OwnedItem};
use crate::error::EngineError;

/// What comes next.
pub(super) enum Peek<'a> {
    /// Nothing.
    End,
    /// An item.
    Item(Item<'a>),
    /// An item that is an error; [`Cursor::take_error`] has it.
    Error,
    /// The call is cancelled or late.
    Late(EngineError),
}

/// What a pull walks along.
pub(super) trait Cursor {
    fn peek(&mut self) -> Peek<'_>;

    /// Goes behind the item that was looked at.
    fn advance(&mut self);

    /// The error that was looked at; it lies behind now.
    fn take_error(&mut self) -> Option<EngineError> {
        None
    }

    /// Whether looking at the next item may mean to wait for it.
    fn may_wait(&self) -> bool {
        false
    }
}

/// Along the rows of a result.
pub(super) struct RowCursor<'a> {
    rows: Rows<'a>,
    ahead: Option<Row<'a>>,
}

impl<'a> RowCursor<'a> {
    pub(super) const fn new(rows: Rows<'a>) -> Self {
        Self { rows, ahead: None }
    }

    /// Where the next pull begins. What was passed in search of the next row is not
    /// searched again.
    pub(super) const fn position(&self) -> Position {
        match self.ahead {
            Some(_) => self.rows.last_place(),
            None => self.rows.position(),
        }
    }
}

impl Cursor for RowCursor<'_> {
    fn peek(&mut self) -> Peek<'_> {
        if self.ahead.is_none() {
            match self.rows.next() {
                None => return Peek::End,
                Some(Err(error)) => return Peek::Late(error),
                Some(Ok(row)) => self.ahead = Some(row),
            }
        }
        self.ahead.map_or(Peek::End, |row| Peek::Item(Item::Row(row)))
    }

    fn advance(&mut self) {
        self.ahead = None;
    }
}

/// Along the classes of a result, which are made when they are looked at.
pub(super) struct ClassCursor {
    result: ClassResult,
    next: usize,
    /// The class that is next, once it was looked at.
    ahead: Option<OwnedItem>,
}

impl ClassCursor {
    pub(super) const fn new(result: ClassResult) -> Self {
        Self { result, next: 0, ahead: None }
    }

    /// Another one, at the same place.
    pub(super) fn fork(&self) -> Self {
        Self { result: self.result.clone(), next: self.next, ahead: None }
    }

    pub(super) fn rewind(&mut self) {
        (self.next, self.ahead) = (0, None);
    }

    /// How many classes are left.
    pub(super) fn left(&self) -> usize {
        self.result.len().saturating_sub(self.next)
    }
}

impl Cursor for ClassCursor {
    fn peek(&mut self) -> Peek<'_> {
        if self.ahead.is_none() {
            self.ahead = self.result.class_at(self.next).map(OwnedItem::Class);
        }
        self.ahead.as_ref().map_or(Peek::End, |class| Peek::Item(Item::Owned(class)))
    }

    fn advance(&mut self) {
        self.ahead = None;
        self.next += 1;
    }
}

/// Along items that are all there.
pub(super) struct ListCursor<'a> {
    pub(super) items: &'a [OwnedItem],
    pub(super) next: usize,
}

impl Cursor for ListCursor<'_> {
    fn peek(&mut self) -> Peek<'_> {
        self.items.get(self.next).map_or(Peek::End, |item| Peek::Item(Item::Owned(item)))
    }

    fn advance(&mut self) {
        self.next += 1;
    }
}

type Stream = Box<dyn Iterator<Item = Result<OwnedItem, EngineError>> + Send>;

/// Along items that come as they come.
pub(super) struct StreamCursor {
    items: Stream,
    /// What was looked at and not taken.
    ahead: Option<Result<OwnedItem, EngineError>>,
}

impl StreamCursor {
    pub(super) fn new(
        items: impl Iterator<Item = Result<OwnedItem, EngineError>> + Send + 'static,
    ) -> Self {
        // Fused: a client may ask again after the end.
        Self { items: Box::new(items.fuse()), ahead: None }
    }
}

impl Cursor for StreamCursor {
    fn peek(&mut self) -> Peek<'_> {
        if self.ahead.is_none() {
            self.ahead = self.items.next();
        }
        match &self.ahead {
            None => Peek::End,
            Some(Ok(item)) => Peek::Item(Item::Owned(item)),
            Some(Err(_)) => Peek::Error,
        }
    }

    fn advance(&mut self) {
        self.ahead = None;
    }

    fn take_error(&mut self) -> Option<EngineError> {
        self.ahead.take()?.err()
    }

    fn may_wait(&self) -> bool {
        self.ahead.is_none()
    }
}
