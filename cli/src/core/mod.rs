//! The calls into the crates below, with their errors made into failures.

mod archive;
mod check;
mod config;
mod content;
pub(crate) mod data;
mod directory;
pub(crate) mod files;
mod fmt;
mod gather;
mod inputs;
mod mof;
mod pattern;
pub(crate) mod reads;
mod scenario;
mod session;
mod stamp;
mod targets;
pub(crate) mod transfer;
mod watch;

pub(crate) use archive::{
    archive_at, archive_bytes, archive_from, archive_of, open_archive, within_limits,
};
pub(crate) use check::check_query;
pub(crate) use config::{levels, place as configuration};
pub(crate) use content::Content;
pub(crate) use directory::{Directory, Kept};
pub(crate) use fmt::{Formatted, Formatter, Outcome, mof_files};
pub(crate) use gather::Gathering;
pub(crate) use inputs::{Inputs, Loaded, STDIN_NAME, read_stdin};
pub(crate) use mof::{Texts, compile_alone, mof_text, read_mof, report};
pub(crate) use scenario::{Played, play_scenario};
pub(crate) use session::{
    advise, explain, load, load_compiled, mof_failure, query, query_rows, refusal_of,
};
pub(crate) use stamp::{Key, Stamp};
pub(crate) use targets::Targets;
pub(crate) use watch::{End, Next, Watch};
