//! Links between rows, and joins over them.

use super::{Form, touch_all};
use crate::clock::Stopwatch;
use crate::data::{self, ENDS, LINK_SAMPLES, LINKS};
use crate::report::Report;
use rusqlite::{Connection, Result, params};

/// From a row over its links to those at the other ends; the row's key comes behind it.
const JOIN: &str = "SELECT e.id, e.size FROM link l JOIN disk_end e ON e.id = l.dependent \
                    WHERE l.antecedent =";

pub(super) fn links(report: &mut Report, form: Form) -> Result<()> {
    associators(report, form)?;
    hub(report, form)
}

/// The join as a prepared statement.
fn associators(report: &mut Report, form: Form) -> Result<()> {
    let connection = database(form, ENDS, data::links())?;
    let mut statement = connection.prepare(&format!("{JOIN} ?1"))?;
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..LINK_SAMPLES) {
        let keys: Vec<_> = batch.map(|nth| data::key(data::scattered(nth, ENDS / 2))).collect();
        clock.time(|| {
            keys.iter().try_for_each(|key| {
                sum = sum.wrapping_add(touch_all(statement.query([key])?, 2)?.1);
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check("associators", sum);
    report.figure("associators", clock.each(LINK_SAMPLES));
    Ok(())
}

/// The join as a text each time.
pub(super) fn associators_of(report: &mut Report, form: Form) -> Result<()> {
    let connection = database(form, ENDS, data::links())?;
    let query = |nth| format!("{JOIN} '{}'", data::key(data::scattered(nth, ENDS / 2)));
    let (mut clock, mut sum) = (Stopwatch::default(), 0_u64);
    for batch in data::batches(0..LINK_SAMPLES) {
        let queries: Vec<_> = batch.map(query).collect();
        clock.time(|| {
            queries.iter().try_for_each(|query| {
                sum = sum.wrapping_add(touch_all(connection.prepare(query)?.query([])?, 2)?.1);
                Result::<()>::Ok(())
            })
        })?;
    }
    report.check("associators_of", sum);
    report.figure("associators_of", clock.each(LINK_SAMPLES));
    Ok(())
}

/// One link of a row that has them all is updated, by its two ends.
fn hub(report: &mut Report, form: Form) -> Result<()> {
    let connection = database(form, LINKS + 1, (1..=LINKS).map(|to| (0, to)))?;
    let mut statement = connection
        .prepare("UPDATE link SET weight = ?1 WHERE antecedent = ?2 AND dependent = ?3")?;
    let (hub, mut clock) = (data::key(0), Stopwatch::default());
    for batch in data::batches(0..LINK_SAMPLES) {
        let ends: Vec<_> =
            batch.map(|nth| (nth as i64 + 1, data::key(1 + data::scattered(nth, LINKS)))).collect();
        clock.time(|| {
            ends.iter().try_for_each(|(weight, end)| {
                statement.execute(params![weight, hub, end]).map(drop)
            })
        })?;
    }
    report.figure("hub", clock.each(LINK_SAMPLES));
    Ok(())
}

/// Rows, links between them, and an index for each direction.
fn database(form: Form, ends: u64, links: impl Iterator<Item = (u64, u64)>) -> Result<Connection> {
    let connection = Connection::open_in_memory()?;
    let ending = form.ending();
    connection.execute_batch(&format!(
        "CREATE TABLE disk_end (id TEXT NOT NULL PRIMARY KEY, size INTEGER){ending};
         CREATE TABLE link (antecedent TEXT NOT NULL, dependent TEXT NOT NULL, weight INTEGER,
             PRIMARY KEY (antecedent, dependent)){ending};
         CREATE INDEX link_back ON link (dependent);
         BEGIN"
    ))?;
    let mut end = connection.prepare("INSERT INTO disk_end VALUES (?1, ?2)")?;
    (0..ends).try_for_each(|n| end.execute(params![data::key(n), n as i64]).map(drop))?;
    let mut link = connection.prepare("INSERT INTO link VALUES (?1, ?2, 0)")?;
    for (from, to) in links {
        link.execute([data::key(from), data::key(to)])?;
    }
    drop((end, link));
    connection.execute_batch("COMMIT; ANALYZE")?;
    Ok(connection)
}
