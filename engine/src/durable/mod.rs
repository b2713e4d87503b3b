//! What outlives the process: a repository's state and commits as bytes.

pub(crate) mod codec;
