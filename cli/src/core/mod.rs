//! The calls into the crates below, with their errors made into failures.

mod config;
mod directory;
pub(crate) mod files;
mod fmt;
mod gather;
mod inputs;
mod mof;
mod pattern;
mod session;
mod stamp;

pub(crate) use config::levels;
pub(crate) use directory::{Directory, Kept};
pub(crate) use fmt::{Formatted, Formatter, Outcome, mof_files};
pub(crate) use gather::Gathering;
pub(crate) use inputs::{Inputs, Loaded};
pub(crate) use mof::{Texts, compile_alone, mof_text, read_mof, report};
pub(crate) use session::{compile_into, load_archive, load_compiled, open_session, query};
pub(crate) use stamp::{Key, Stamp};

use crate::failure::Failure;
use cimarron_model::Status;
use cimarron_schema::{Archive, OpenError};
use std::io;
use std::path::Path;

/// Opens an archive.
pub(crate) fn open_archive(path: &Path) -> Result<Archive, Failure> {
    Archive::open(path).map_err(|error| {
        let status = match &error {
            OpenError::Io(io) if io.kind() == io::ErrorKind::NotFound => Status::NotFound,
            other => other.status(),
        };
        Failure::input(status, format!("`{}`: {error}", path.display()))
    })
}
