//! A namespace as an operation reads it: at the newest commit, or at one that was pinned.

use crate::error::EngineError;
use crate::namespace::Namespace;
use crate::schema::Schema;
use crate::store::{Root, Seen, View};
use std::ops::Deref;
use std::sync::Arc;

/// What an operation reads.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'n> {
    pub(crate) namespace: &'n Namespace,
    pinned: Option<&'n View>,
}

/// A view that was pinned, or one of this moment.
pub(crate) enum ViewRef<'n> {
    Pinned(&'n View),
    Now(View),
}

impl Deref for ViewRef<'_> {
    type Target = View;

    fn deref(&self) -> &View {
        match self {
            Self::Pinned(view) => view,
            Self::Now(view) => view,
        }
    }
}

impl<'n> Reading<'n> {
    pub(crate) const fn new(namespace: &'n Namespace, pinned: Option<&'n View>) -> Self {
        Self { namespace, pinned }
    }

    pub(crate) fn schema(self) -> Arc<Schema> {
        match self.pinned {
            Some(view) => view.schema().clone(),
            None => self.namespace.schema(),
        }
    }

    pub(crate) fn view(self) -> ViewRef<'n> {
        match self.pinned {
            Some(view) => ViewRef::Pinned(view),
            None => ViewRef::Now(self.namespace.view()),
        }
    }

    /// Looks for one thing. See [`Namespace::look`].
    pub(crate) fn look<T>(
        self,
        look: impl Fn(&Root, Seen) -> Result<Option<T>, EngineError>,
    ) -> Result<Option<T>, EngineError> {
        match self.pinned {
            Some(view) => self.namespace.look_in(view, look),
            None => self.namespace.look(look),
        }
    }

    /// Keeps this moment.
    pub(crate) fn pin(self) -> Arc<View> {
        self.namespace.pin()
    }
}
