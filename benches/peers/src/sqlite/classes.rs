//! Many tables with few rows or none.

use super::{Form, insert_one};
use crate::data::{self, CLASSES, INSTANCES_EACH, Order};
use crate::memory;
use crate::report::Report;
use rusqlite::{Connection, Result};

/// What the tables take with their declarations, and with a few rows each.
pub(super) fn classes(report: &mut Report, form: Form) -> Result<()> {
    let connection = Connection::open_in_memory()?;
    let before = memory::sqlite();
    connection.execute_batch("BEGIN")?;
    for number in 0..CLASSES {
        connection.execute_batch(&form.table(&format!("small{number}")))?;
    }
    connection.execute_batch("COMMIT")?;
    report.figure("classes_empty", memory::sqlite() - before);
    let disks: Vec<_> = data::disks(0..INSTANCES_EACH, Order::OfKeys).flatten().collect();
    connection.execute_batch("BEGIN")?;
    for number in 0..CLASSES {
        let text = format!("INSERT INTO small{number} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        let mut statement = connection.prepare(&text)?;
        disks.iter().try_for_each(|disk| insert_one(&mut statement, disk))?;
    }
    connection.execute_batch("COMMIT")?;
    report.figure("classes_small", memory::sqlite() - before);
    Ok(())
}
