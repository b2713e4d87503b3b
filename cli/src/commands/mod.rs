//! The commands, one module each.

mod amend;
pub(crate) mod compile;
pub(crate) mod data;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod doc;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod lint;
pub(crate) mod query;
pub(crate) mod show;
