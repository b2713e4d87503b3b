//! Many instances in one commit.

use super::values::{self, path};
use super::{At, context, links, rows, sorted_paths};
use crate::lane::SHARED;
use crate::numbers::Numbers;
use cimarron_engine::{EngineError, PutMode, Session, Update, ValueView};
use cimarron_model::Instance;

pub(super) fn batch(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let mut batch = session.batch();
    let deletes = numbers.once_in(6);
    for _ in 0..=numbers.below(if deletes { 4 } else { 25 }) {
        batch = match numbers.below(if deletes { 5 } else { 4 }) {
            0 => batch.put(rows::host(numbers), PutMode::CreateOrUpdate, Update::Whole),
            1 => batch.put(links::link(numbers), PutMode::CreateOrUpdate, Update::Given),
            4 => batch.delete(rows::disk_path(numbers)),
            _ => {
                let update = rows::update(numbers);
                batch.put(rows::disk(numbers), PutMode::CreateOrUpdate, update)
            }
        };
    }
    batch.commit(&context()).map(drop)
}

/// Rows of a class in which every lane has some.
pub(super) fn shared(at: At<'_>, numbers: &mut Numbers) -> Result<(), EngineError> {
    let session = at.repository.session(SHARED)?;
    let lane = at.lane.0;
    let mut batch = session.batch();
    for _ in 0..=numbers.below(4) {
        let id = format!("{lane}: {}", numbers.below(40));
        let row = Instance::new("X_Shared")
            .with("Id", id)
            .with("Lane", lane)
            .with("Text", values::text(numbers))
            .with("Amount", values::large(numbers) as i64);
        batch = batch.put(row, PutMode::CreateOrUpdate, Update::Given);
    }
    if numbers.once_in(3) {
        batch = batch.delete(path(&format!("X_Shared.Id=\"{lane}: {}\"", numbers.below(40))));
    }
    batch.commit(&context()).map(drop)
}

/// A run of new rows by the fast door, with texts that repeat.
pub(super) fn bulk(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let count = numbers.below(900) as u32;
    let long = "x".repeat(numbers.below(120) as usize);
    insert(session, numbers, count, |n| format!("{} {long}", n % 37))
}

/// A megabyte of new rows, whose texts all differ.
pub(super) fn heavy(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let (count, first) = (1_000 + numbers.below(2_500) as u32, numbers.number());
    let long = "y".repeat(300);
    insert(session, numbers, count, |n| format!("{first} {n} {long}"))
}

fn insert(
    session: &Session,
    numbers: &mut Numbers,
    count: u32,
    text: impl Fn(u32) -> String,
) -> Result<(), EngineError> {
    let context = &context();
    let properties = ["N", "Text", "Even"];
    let mut inserter = session.inserter(context, "X_Bulk", &properties)?;
    let first = numbers.number() as u32 >> 8;
    for n in 0..count {
        let text = text(n);
        let text = if n % 11 == 0 { ValueView::Null } else { ValueView::String(&text) };
        inserter.insert(&[ValueView::UInt32(first + n), text, ValueView::SInt32(n as i32 / 3)])?;
    }
    inserter.commit(context).map(drop)
}

/// Deletes most of the rows, or changes some of them.
pub(super) fn thin(session: &Session, numbers: &mut Numbers) -> Result<(), EngineError> {
    let paths = sorted_paths(session, "X_Bulk")?;
    let mut batch = session.batch();
    let (deletes, stride) = (!numbers.once_in(3), 1 + numbers.below(3));
    let chosen = paths.into_iter().enumerate().filter(|(n, _)| *n as u64 % (stride + 1) != 1);
    for (n, at) in chosen.take(if deletes { 4_000 } else { 150 }) {
        batch = if deletes {
            batch.delete(at)
        } else {
            let change = Instance::new("X_Bulk").with("Text", format!("changed {}", n % 5));
            batch.modify(at, change, Update::Given)
        };
    }
    batch.commit(&context()).map(drop)
}
