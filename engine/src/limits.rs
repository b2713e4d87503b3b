//! What the engine refuses to go beyond.

/// Limits of a repository. Passing one is [`Status::QuotaViolation`].
///
/// [`Status::QuotaViolation`]: cimarron_model::Status::QuotaViolation
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest query text, in bytes.
    pub query_length: usize,
    /// The longest string value, in bytes.
    pub string_length: usize,
    /// The most text that one write may give an instance, all strings together, in bytes.
    pub row_text_length: usize,
    /// The longest namespace name, in bytes.
    pub namespace_length: usize,
    /// How many rows that were modified or deleted are kept for open snapshots. Beyond
    /// that the oldest snapshot ends.
    pub dead_rows: usize,
    /// How many bytes of rows that tables have given up open sequences may hold. Beyond
    /// that the oldest sequence ends.
    pub pinned_bytes: usize,
    /// How many commits are kept for those who listen to changes and are slow.
    pub kept_commits: usize,
    /// How many subscriptions to events there may be.
    pub subscriptions: usize,
    /// How many bytes one query may hold beside the rows themselves: lists of rows that are
    /// sorted or told apart, candidates that an index names, working memory. A call may ask
    /// for less ([`CallContext::with_memory_budget`](crate::CallContext::with_memory_budget)).
    pub query_memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_length: 64 * 1024,
            string_length: 256 * 1024 * 1024,
            row_text_length: 1 << 30,
            namespace_length: 1024,
            dead_rows: 1 << 20,
            pinned_bytes: 1 << 30,
            kept_commits: 1 << 16,
            subscriptions: 1 << 20,
            query_memory: 1 << 30,
        }
    }
}

impl Limits {
    /// The same limits with another number of rows kept for snapshots.
    #[must_use]
    pub const fn with_dead_rows(mut self, rows: usize) -> Self {
        self.dead_rows = rows;
        self
    }

    /// The same limits with another number of commits kept for listeners.
    #[must_use]
    pub const fn with_kept_commits(mut self, commits: usize) -> Self {
        self.kept_commits = commits;
        self
    }

    /// The same limits with another number of subscriptions.
    #[must_use]
    pub const fn with_subscriptions(mut self, subscriptions: usize) -> Self {
        self.subscriptions = subscriptions;
        self
    }

    /// The same limits with another number of bytes that a query may hold.
    #[must_use]
    pub const fn with_query_memory(mut self, bytes: usize) -> Self {
        self.query_memory = bytes;
        self
    }

    /// The same limits with another number of bytes that sequences may hold.
    #[must_use]
    pub const fn with_pinned_bytes(mut self, bytes: usize) -> Self {
        self.pinned_bytes = bytes;
        self
    }

    /// The same limits with another length of all texts of an instance, at most 1 GiB:
    /// offsets into a chunk's text have 32 bits.
    #[must_use]
    pub const fn with_row_text_length(mut self, bytes: usize) -> Self {
        const MAX: usize = 1 << 30;
        self.row_text_length = if bytes < MAX { bytes } else { MAX };
        self
    }

    /// The same limits with another query length.
    #[must_use]
    pub const fn with_query_length(mut self, bytes: usize) -> Self {
        self.query_length = bytes;
        self
    }

    /// The same limits with another string length, at most 1 GiB: offsets into a
    /// chunk's text have 32 bits.
    #[must_use]
    pub const fn with_string_length(mut self, bytes: usize) -> Self {
        const MAX: usize = 1 << 30;
        self.string_length = if bytes < MAX { bytes } else { MAX };
        self
    }
}
