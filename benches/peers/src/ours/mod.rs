//! Cimarron's side.

mod classes;
pub(crate) mod durable;
mod large;
mod links;
mod parse;
mod queries;
mod rows;
pub(crate) mod together;

use crate::Outcome;
use crate::clock::Stopwatch;
use crate::data::{self, Order, fleet, fleet::Disk};
use crate::report::Report;
use cimarron_engine::{
    CallContext, EngineError, Inserter, PropertyList, Reader, Session, ValueView,
};
use cimarron_model::{ObjectPath, Value};
use std::ops::Range;

type Result<T> = std::result::Result<T, EngineError>;

pub fn run(group: &str, count: u64) -> Outcome {
    let mut report = Report::default();
    match group {
        "rows" => rows::rows(&mut report, count)?,
        "ordered" => rows::ordered(&mut report, count)?,
        "generic" => rows::generic(&mut report, count)?,
        "memory" => rows::memory(&mut report, count)?,
        "links" => links::links(&mut report)?,
        "together" => together::together(&mut report, count)?,
        "classes" => classes::classes(&mut report)?,
        "large" => large::large(&mut report, count)?,
        "ranges" => large::ranges(&mut report, count)?,
        "queries" => queries::queries(&mut report, count)?,
        "queries_ordered" => queries::ordered(&mut report, count)?,
        "queries_indexed" => queries::indexed(&mut report, count)?,
        "letters" => queries::letters(&mut report, count)?,
        "links_text" => links::associators_of(&mut report)?,
        "durable" => durable::commits(&mut report)?,
        "reopen" => durable::reopen(&mut report, count)?,
        "reopen_killed" => durable::reopen_killed(&mut report, count)?,
        "parse" => parse::parse_and_bind(&mut report)?,
        _ => return Err(format!("no group `{group}`").into()),
    }
    Ok(report)
}

/// The door of the fast figures.
fn inserter(session: &Session) -> Result<Inserter> {
    session.inserter(&CallContext::new(), "Bench_Disk", &fleet::PROPERTIES)
}

/// Creates the rows with these numbers through the inserter, in one commit.
fn insert(
    inserter: &mut Inserter,
    numbers: Range<u64>,
    order: Order,
    clock: &mut Stopwatch,
) -> Result<()> {
    insert_disks(inserter, data::disks(numbers, order), clock)
}

/// Creates rows through the inserter, in one commit.
fn insert_disks(
    inserter: &mut Inserter,
    batches: impl Iterator<Item = Vec<Disk>>,
    clock: &mut Stopwatch,
) -> Result<()> {
    for disks in batches {
        clock.time(|| disks.iter().try_for_each(|disk| inserter.insert(&disk.views())))?;
    }
    clock.time(|| inserter.commit(&CallContext::new())).map(drop)
}

/// The path of a row.
fn path(number: u64) -> ObjectPath {
    let text = format!("Bench_Disk.Id=\"{}\"", data::key(number));
    ObjectPath::parse(&text).expect("the path of a disk")
}

/// A number that depends on the value.
fn touch(value: ValueView<'_>) -> u64 {
    match value {
        ValueView::String(text) => text.len() as u64,
        ValueView::UInt64(n) => n,
        ValueView::UInt32(n) => n.into(),
        ValueView::UInt16(n) => n.into(),
        ValueView::SInt64(n) => n as u64,
        ValueView::Real64(x) => x.to_bits(),
        _ => 0,
    }
}

/// A door of gets: one property, read by the key of its instance.
trait Getter {
    /// What the door takes as a key.
    type Key;

    fn key(number: u64) -> Self::Key;

    fn size(&self, key: &Self::Key) -> Result<u64>;
}

/// `get_instance`: an instance of its own with the properties that were asked for.
struct Instances<'a> {
    session: &'a Session,
    context: CallContext,
    property: PropertyList,
}

impl<'a> Instances<'a> {
    fn new(session: &'a Session) -> Self {
        let property = PropertyList::Names(vec!["Size".into()]);
        Self { session, context: CallContext::new(), property }
    }
}

impl Getter for Instances<'_> {
    type Key = ObjectPath;

    fn key(number: u64) -> ObjectPath {
        path(number)
    }

    fn size(&self, path: &ObjectPath) -> Result<u64> {
        let instance = self.session.get_instance(&self.context, path, &self.property)?;
        Ok(instance.get("Size").and_then(Value::as_integer).map_or(0, |size| size as u64))
    }
}

/// The prepared reader: a look at the stored value.
struct Prepared {
    context: CallContext,
    reader: Reader,
    size: usize,
}

impl Prepared {
    fn new(session: &Session) -> Result<Self> {
        let context = CallContext::new();
        let reader = session.reader(&context, "Bench_Disk")?;
        let size = reader.slot("Size").expect("a property of the class");
        Ok(Self { context, reader, size })
    }
}

impl Getter for Prepared {
    type Key = String;

    fn key(number: u64) -> String {
        data::key(number)
    }

    fn size(&self, key: &String) -> Result<u64> {
        let key = [ValueView::String(key)];
        let size = self.reader.read(&self.context, &key, self.size, |value| match value {
            ValueView::UInt64(size) => size,
            other => panic!("{other:?} for a size"),
        })?;
        Ok(size.expect("a disk"))
    }
}
