//! Repositories that end and begin again.

mod batches;
mod crafted;
mod failing;
mod harsh;
mod image_of;
mod reopen;
mod runs;
mod threads;
mod untold;
mod verify;

use crate::{CallContext, Durability, EngineError, Repository, Session, SyncPolicy};
use cimarron_journal::simulated::SimulatedMedium;
use cimarron_model::Dialect;
use std::sync::Arc;

pub(super) use image_of::image_of;

fn context() -> CallContext {
    CallContext::new()
}

/// Opens what is on a medium.
fn open(medium: &Arc<SimulatedMedium>) -> Result<Repository, EngineError> {
    let durability = Durability::default().with_ahead_bytes(AHEAD);
    Repository::builder().durability(durability).open_on(medium.clone())
}

/// So that logs go into their databases now and then.
const AHEAD: u32 = 8 << 10;

fn open_with(medium: &Arc<SimulatedMedium>, sync: SyncPolicy) -> Repository {
    let durability = Durability::default().with_sync(sync).with_ahead_bytes(AHEAD);
    Repository::builder().durability(durability).open_on(medium.clone()).unwrap()
}

/// A session in a namespace that is made when it is not there.
fn session(repository: &Repository, name: &str, dialect: Dialect) -> Session {
    match repository.create_namespace(name, dialect) {
        Ok(()) | Err(EngineError::NamespaceExists { .. }) => {}
        Err(error) => panic!("{error}"),
    }
    repository.session(name).unwrap()
}
