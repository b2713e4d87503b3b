//! Associations, of which some lead to nothing.

use super::rows::{host_name, id};
use super::values::path;
use super::{context, sorted_paths};
use crate::numbers::Numbers;
use cimarron_engine::{EngineError, Session, Update};
use cimarron_model::{Instance, Value};

pub(super) fn one(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let context = &context();
    if numbers.once_in(3) {
        let paths = sorted_paths(session, "X_HostedOn")?;
        let at = numbers.below(paths.len() as u64) as usize;
        let Some(link) = paths.get(at) else { return Ok(()) };
        if numbers.once_in(2) {
            return session.delete_instance(context, link);
        }
        let change = Instance::new("X_HostedOn").with("Order", numbers.below(99) as u32);
        return session.modify_instance(context, link, &change, &Update::Given);
    }
    session.create_instance(context, &link(numbers)).map(drop)
}

/// A link, to something that may not be there.
pub(super) fn link(numbers: &mut Numbers) -> Instance {
    let host = format!("X_Host.Name=\"{}\",Port={}", host_name(numbers), numbers.below(3));
    Instance::new("X_HostedOn")
        .with("Disk", Value::from(path(&format!("X_Disk.Id=\"{}\"", id(numbers)))))
        .with("Host", Value::from(path(&host)))
        .with("Order", numbers.below(9) as u32)
}
