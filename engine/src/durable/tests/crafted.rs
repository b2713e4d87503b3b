//! Logs and checkpoints whose sums are right and whose bytes were never written: memory was bad
//! before they were summed up, or somebody made them. They are refused, or give a repository that works.

use super::super::open::know_built_in;
use super::super::replay::Replay;
use super::super::schema::Archives;
use super::harsh::{classes, namespaces, siblings};
use super::*;
use crate::ValueView;
use cimarron_journal::simulated::Crash;
use cimarron_journal::{Entry, Opened, Options};
use cimarron_model::{Instance, Qualifier};
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::LazyLock;

/// Rows that come by the thousand, with an index and without, and such as carry qualifiers.
fn bulk(repository: &Repository) {
    let wmi = session(repository, "root/bulk", Dialect::Wmi);
    let mof = "class X_B { [key] uint32 Id; string Text; }; class X_C : X_B { uint8 Few[]; };";
    wmi.compile_mof_text(&context(), "b.mof", mof).unwrap();
    for round in 0..2_u32 {
        let mut inserter = wmi.inserter(&context(), "X_B", &["Id", "Text"]).unwrap();
        for id in 0..1200_u32 {
            let text = (id * 7919 % 1200).to_string();
            let id = id + round * 1200;
            inserter.insert(&[ValueView::UInt32(id), ValueView::String(&text)]).unwrap();
        }
        inserter.commit(&context()).unwrap();
        if round == 0 {
            wmi.create_index(&context(), "X_B", "Text").unwrap();
        }
    }
    let mut row = Instance::new("X_C").with("Id", 9999_u32).with("Text", "q");
    row.qualifiers.push_new(Qualifier::new("Note", "of a row"));
    wmi.create_instance(&context(), &row).unwrap();
}

/// The entries that a repository wrote.
fn entries(write: impl Fn(&Repository)) -> Vec<Entry> {
    let medium = Arc::new(SimulatedMedium::new());
    let repository = open(&medium).unwrap();
    write(&repository);
    drop(repository);
    let Opened { tail, .. } = cimarron_journal::open(medium, Options::default()).unwrap();
    tail.map(Result::unwrap).collect()
}

/// One change of bytes.
#[derive(Clone, Debug)]
enum Mutation {
    Bit(Index, u8),
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    End(Index),
    Repeat(Index, Index),
    /// The largest number that there is.
    Huge(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let telling = prop::sample::select(vec![0, 1, 2, 0x7f, 0x80, 0xfe, 0xff]);
    prop_oneof![
        3 => (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Mutation::Bit(at, bit)),
        3 => (any::<Index>(), telling).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        2 => (any::<Index>(), 0..20_u8).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        1 => any::<Index>().prop_map(Mutation::Remove),
        1 => any::<Index>().prop_map(Mutation::End),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Mutation::Repeat(from, to)),
        1 => any::<Index>().prop_map(Mutation::Huge),
    ]
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        match self {
            Self::Bit(at, bit) => bytes[at.index(length)] ^= 1 << bit,
            Self::Set(at, byte) => bytes[at.index(length)] = *byte,
            Self::Insert(at, byte) => bytes.insert(at.index(length), *byte),
            Self::Remove(at) => drop(bytes.remove(at.index(length))),
            Self::End(at) => bytes.truncate(at.index(length)),
            Self::Repeat(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                let part = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.splice(from..from, part);
            }
            Self::Huge(at) => {
                let at = at.index(length);
                bytes.splice(at..=at, [[0xff; 9].as_slice(), &[1]].concat());
            }
        }
    }
}

/// Reads everything, and writes on; what does not fit may be refused.
fn go_on(repository: &Repository) {
    image_of(repository);
    for info in repository.namespaces() {
        let session = repository.session(info.name.as_str()).unwrap();
        let text = "class X_Late { [key] string Id; }; instance of X_Late { Id = \"late\"; };";
        let _ = session.compile_mof_text(&context(), "late.mof", text);
    }
    let _ = repository.checkpoint();
    image_of(repository);
}

/// Does entries again, one of them changed, and uses what is there then.
fn replay(entries: &[Entry], at: Index, mutations: &[Mutation]) {
    let repository = Repository::new();
    let mut archives = Archives::default();
    know_built_in(&mut archives);
    let mut replay = Replay::new(&repository, archives, 0);
    let at = at.index(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        let mut bytes = entry.bytes.clone();
        if place == at {
            mutations.iter().for_each(|mutation| mutation.apply(&mut bytes));
        }
        match replay.entry(&bytes, entry.format) {
            Ok(()) => {}
            Err(EngineError::DataDamaged { .. }) => return,
            Err(error) => panic!("{error:?}"),
        }
    }
    go_on(&repository);
}

static PARTS: LazyLock<[Vec<Entry>; 4]> =
    LazyLock::new(|| [entries(namespaces), entries(classes), entries(siblings), entries(bulk)]);

/// A directory with a checkpoint of everything, and nothing behind it.
static CHECKPOINT: LazyLock<SimulatedMedium> = LazyLock::new(|| {
    let medium = SimulatedMedium::new();
    let repository = open(&Arc::new(medium.clone())).unwrap();
    [namespaces, classes, siblings].into_iter().for_each(|write| write(&repository));
    repository.checkpoint().unwrap();
    drop(repository);
    medium
});

/// Puts another state into a checkpoint, and opens that.
fn load(change: impl Fn(&mut Vec<u8>)) {
    let medium = Arc::new(CHECKPOINT.crash(Crash::Everything));
    let Opened { journal, checkpoint, .. } =
        cimarron_journal::open(medium.clone(), Options::default()).unwrap();
    let mut checkpoint = checkpoint.unwrap();
    change(&mut checkpoint.state);
    let segments: Vec<u32> = checkpoint.segments().facts().map(|facts| facts.number).collect();
    let log = journal.switch(journal.prepare_log().unwrap()).unwrap();
    journal.install(checkpoint.commit, checkpoint.state.clone(), &segments, log).unwrap();
    drop((journal, checkpoint));
    match open(&medium) {
        Ok(repository) => go_on(&repository),
        // The journal's own: a segment that is not there.
        Err(EngineError::DataDamaged { .. } | EngineError::Storage(_)) => {}
        Err(error) => panic!("{error:?}"),
    }
}

/// Behind the schemas stand numbers only: of blobs, rows and words.
#[test]
fn no_number_of_a_state_is_too_large() {
    for behind in 1..80 {
        load(|state| {
            let at = state.len() - behind;
            state.splice(at..=at, [[0xff; 9].as_slice(), &[1]].concat());
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_state_of_any_bytes_is_read_or_refused(
        mutations in prop::collection::vec(mutation(), 1..3),
    ) {
        load(|state| mutations.iter().for_each(|mutation| mutation.apply(state)));
    }

    #[test]
    fn a_log_of_any_bytes_is_read_or_refused(
        part in 0..4_usize,
        at: Index,
        mutations in prop::collection::vec(mutation(), 1..3),
    ) {
        replay(&PARTS[part], at, &mutations);
    }
}
