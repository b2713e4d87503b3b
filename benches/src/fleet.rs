//! The store's bench data: one string key and eight properties.

use super::words::{self, Letters};
use cimarron_engine::{CallContext, Repository, Session, ValueView};
use cimarron_model::{Dialect, Instance};
use std::fmt::Write as _;

const CLASS: &str = "
class Bench_Disk {
    [key] string Id;
    string Model; string Serial; string Location;
    uint64 Size; uint32 Speed; uint16 State; sint64 Offset; real64 Load;
};";

/// The properties, in the order in which [`Disk::views`] gives their values.
pub const PROPERTIES: [&str; 9] =
    ["Id", "Model", "Serial", "Location", "Size", "Speed", "State", "Offset", "Load"];

/// Where the size is among them.
pub const SIZE: usize = 4;

/// A namespace with the class and no instance.
pub fn namespace() -> Session {
    prepare(&Repository::new())
}

/// The name of the namespace.
pub const NAMESPACE: &str = "root/bench";

/// Makes the namespace with the class and no instance.
pub fn prepare(repository: &Repository) -> Session {
    repository.create_namespace(NAMESPACE, Dialect::Wmi).expect("a new namespace");
    let session = repository.session(NAMESPACE).expect("it is there");
    session.compile_mof_text(&CallContext::new(), "bench.mof", CLASS).expect("the class compiles");
    session
}

/// The values of one instance, in buffers that are used again for the next.
#[derive(Debug, Default)]
pub struct Disk {
    number: u64,
    id: String,
    model: String,
    serial: String,
    location: String,
}

impl Disk {
    /// Becomes instance `number`: a key of 13 bytes, three strings of about 16.
    pub fn fill(&mut self, number: u64) {
        // A multiplicative step scatters the values without a random generator.
        let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.number = number;
        for (text, form) in [
            (&mut self.id, 0),
            (&mut self.model, 1),
            (&mut self.serial, 2),
            (&mut self.location, 3),
        ] {
            text.clear();
            let written = match form {
                0 => write!(text, "disk-{number:08}"),
                1 => write!(text, "model-{:010}", scattered % 5_000),
                2 => write!(text, "{scattered:016x}"),
                _ => write!(text, "rack-{:03}-unit-{:02}", scattered % 400, number % 42),
            };
            written.expect("a string takes any text");
        }
    }

    /// The same with a model of words, in mixed case, that one other instance has too: half
    /// of the models are distinct.
    pub fn fill_with_words(&mut self, number: u64, letters: Letters) {
        self.fill(number);
        self.model.clear();
        words::write_name(&mut self.model, number / 2, letters);
    }

    /// The values in the order of [`PROPERTIES`].
    pub fn views(&self) -> [ValueView<'_>; 9] {
        let n = self.number;
        [
            ValueView::String(&self.id),
            ValueView::String(&self.model),
            ValueView::String(&self.serial),
            ValueView::String(&self.location),
            ValueView::UInt64(n * 4_096),
            ValueView::UInt32((n % 15_000) as u32),
            ValueView::UInt16((n % 7) as u16),
            ValueView::SInt64(-(n as i64)),
            ValueView::Real64(n as f64 / 7.0),
        ]
    }

    /// The same as an owned instance.
    pub fn instance(&self) -> Instance {
        let n = self.number;
        Instance::new("Bench_Disk")
            .with("Id", self.id.as_str())
            .with("Model", self.model.as_str())
            .with("Serial", self.serial.as_str())
            .with("Location", self.location.as_str())
            .with("Size", n * 4_096)
            .with("Speed", (n % 15_000) as u32)
            .with("State", (n % 7) as u16)
            .with("Offset", -(n as i64))
            .with("Load", n as f64 / 7.0)
    }
}

/// Creates `count` instances through the prepared inserter.
pub fn insert(session: &Session, count: u64) {
    insert_filled(session, count, Disk::fill);
}

fn insert_filled(session: &Session, count: u64, fill: impl Fn(&mut Disk, u64)) {
    let context = CallContext::new();
    let mut inserter =
        session.inserter(&context, "Bench_Disk", &PROPERTIES).expect("the class is there");
    let mut disk = Disk::default();
    for number in 0..count {
        fill(&mut disk, number);
        inserter.insert(&disk.views()).expect("values that fit");
    }
    inserter.commit(&context).expect("new keys");
}

/// The same with models of words; see [`Disk::fill_with_words`].
pub fn insert_with_words(session: &Session, count: u64, letters: Letters) {
    insert_filled(session, count, |disk, number| disk.fill_with_words(number, letters));
}

/// Creates `count` instances one by one through `create_instance`.
pub fn create(session: &Session, count: u64) {
    let context = CallContext::new();
    let mut disk = Disk::default();
    for number in 0..count {
        disk.fill(number);
        session.create_instance(&context, &disk.instance()).expect("a new key");
    }
}
