//! A medium in memory that loses what a real one may lose, for tests of crashes and of dying and
//! full disks.
//!
//! Of every file it keeps what was synced and, apart, each write since; of the folder the names
//! as they were synced, and each change since. [`SimulatedMedium::crash`] gives what is found
//! after the power failed: of what was not synced every write and every change of a name may be
//! there or not, whatever their order, and a write may be there in some of its sectors only.

use crate::medium::{Held, LockError, Medium, ReadAt, WriteFile};
use parking_lot::Mutex;
use redb::StorageBackend;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// A write arrives in units of this size, each whole or not at all.
const SECTOR: usize = 512;

/// A folder in memory. Clones are the same folder.
#[derive(Debug, Clone, Default)]
pub struct SimulatedMedium {
    state: Arc<Mutex<State>>,
}

/// What is there after a crash of what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Nothing.
    Nothing,
    /// Everything, as when only the process ended.
    Everything,
    /// What this number, as the seed of a random choice, says.
    Some(u64),
}

#[derive(Debug, Default)]
struct State {
    files: Vec<Content>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// Since the folder was synced.
    renamed: Vec<NameChange>,
    operations: u64,
    fail_at: Option<u64>,
    crash_at: Option<u64>,
    dead: bool,
    limit: Option<u64>,
    locked: bool,
}

/// A file, whatever its name.
#[derive(Debug, Default)]
struct Content {
    current: Vec<u8>,
    synced: Vec<u8>,
    /// Since it was synced.
    writes: Vec<Write>,
}

#[derive(Debug, Clone)]
enum Write {
    At(usize, Vec<u8>),
    Length(usize),
}

#[derive(Debug, Clone)]
enum NameChange {
    Set(String, usize),
    Rename(String, String, usize),
    Remove(String),
}

impl SimulatedMedium {
    /// An empty folder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many operations have changed or synced something.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.state.lock().operations
    }

    /// From the `n`th operation on, the first is 1, everything fails and changes nothing.
    pub fn fail_at(&self, n: u64) {
        self.state.lock().fail_at = Some(n);
    }

    /// The machine stops in the `n`th operation: what it writes may be there after
    /// [`SimulatedMedium::crash`] as if it had not been synced, and nothing comes after it.
    pub fn crash_at(&self, n: u64) {
        self.state.lock().crash_at = Some(n);
    }

    /// Nothing fails any more, and what was not synced is still not: the disk was mended, or only
    /// a process ended.
    pub fn mend(&self) {
        let mut state = self.state.lock();
        (state.fail_at, state.crash_at, state.dead) = (None, None, false);
    }

    /// All files together get no larger than so many bytes; what would make them is refused.
    pub fn limit(&self, bytes: u64) {
        self.state.lock().limit = Some(bytes);
    }

    /// The folder as it is found after the machine went down now.
    #[must_use]
    pub fn crash(&self, crash: Crash) -> Self {
        let state = self.state.lock();
        let mut choice = Choice(crash);
        let mut files = Vec::new();
        for file in &state.files {
            let mut content = file.synced.clone();
            for write in &file.writes {
                choice.arrive(&mut content, write);
            }
            files.push(Content { current: content.clone(), synced: content, writes: Vec::new() });
        }
        let mut names = state.durable_names.clone();
        for change in &state.renamed {
            if choice.keeps() {
                change.apply(&mut names);
            }
        }
        let state = State { files, durable_names: names.clone(), names, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// What is in a file.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let state = self.state.lock();
        Some(state.files.get(*state.names.get(name)?)?.current.clone())
    }

    /// Puts a file in place, durably, whatever was there.
    pub fn put(&self, name: &str, bytes: Vec<u8>) {
        let mut state = self.state.lock();
        let file = state.files.len();
        state.files.push(Content { synced: bytes.clone(), current: bytes, writes: Vec::new() });
        state.names.insert(name.to_owned(), file);
        state.durable_names.insert(name.to_owned(), file);
    }
}

/// Decides what a crash leaves.
struct Choice(Crash);

impl Choice {
    /// A number that the seed decides (splitmix64).
    fn next(&mut self) -> Option<u64> {
        let Crash::Some(seed) = &mut self.0 else { return None };
        *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Some(mixed ^ (mixed >> 31))
    }

    fn keeps(&mut self) -> bool {
        self.next().map_or(self.0 == Crash::Everything, |number| number % 2 == 0)
    }

    fn arrive(&mut self, content: &mut Vec<u8>, write: &Write) {
        let torn = self.next().is_some_and(|number| number % 3 == 0);
        match write {
            Write::At(offset, data) if torn => {
                let mut at = *offset;
                let mut rest = data.as_slice();
                while !rest.is_empty() {
                    let size = (SECTOR - at % SECTOR).min(rest.len());
                    let (sector, after) = rest.split_at(size);
                    if self.keeps() {
                        Write::At(at, sector.to_vec()).apply(content);
                    }
                    at += size;
                    rest = after;
                }
            }
            write => {
                if self.keeps() {
                    write.apply(content);
                }
            }
        }
    }
}

impl Write {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Length(length) => content.resize(*length, 0),
            Self::At(offset, data) => {
                let end = offset + data.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                if let Some(place) = content.get_mut(*offset..end) {
                    place.copy_from_slice(data);
                }
            }
        }
    }

    /// How long it makes a file.
    fn end(&self, length: usize) -> usize {
        match self {
            Self::Length(length) => *length,
            Self::At(offset, data) => length.max(offset + data.len()),
        }
    }
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Set(name, file) => {
                names.insert(name.clone(), *file);
            }
            Self::Rename(from, to, file) => {
                if names.get(from) == Some(file) {
                    names.remove(from);
                }
                names.insert(to.clone(), *file);
            }
            Self::Remove(name) => {
                names.remove(name);
            }
        }
    }
}

fn died() -> io::Error {
    io::Error::other("the disk died")
}

impl State {
    fn alive(&self) -> io::Result<()> {
        if self.dead { Err(died()) } else { Ok(()) }
    }

    /// Counts an operation and does it, unless the disk has died.
    fn operate<T>(
        &mut self,
        syncs: bool,
        operation: impl FnOnce(&mut Self) -> io::Result<T>,
    ) -> io::Result<T> {
        self.alive()?;
        self.operations += 1;
        let reached = |at: Option<u64>| at.is_some_and(|at| self.operations >= at);
        if reached(self.fail_at) {
            self.dead = true;
        } else if reached(self.crash_at) {
            self.dead = true;
            if !syncs {
                operation(self)?;
            }
        } else {
            return operation(self);
        }
        Err(died())
    }

    fn find(&self, name: &str) -> io::Result<usize> {
        self.alive()?;
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn change_name(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        self.renamed.push(change);
    }

    fn create(&mut self, name: &str) -> io::Result<usize> {
        self.operate(false, |state| {
            let file = state.files.len();
            state.files.push(Content::default());
            state.change_name(NameChange::Set(name.to_owned(), file));
            Ok(file)
        })
    }

    fn content(&mut self, file: usize) -> io::Result<&mut Content> {
        self.files.get_mut(file).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn write(&mut self, file: usize, write: Write) -> io::Result<()> {
        self.operate(false, |state| {
            let used: usize = state
                .names
                .values()
                .filter_map(|file| state.files.get(*file))
                .map(|content| content.current.len())
                .sum();
            let limit = state.limit;
            let content = state.content(file)?;
            let grows = write.end(content.current.len()).saturating_sub(content.current.len());
            if grows > 0 && limit.is_some_and(|limit| (used + grows) as u64 > limit) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            write.apply(&mut content.current);
            content.writes.push(write);
            Ok(())
        })
    }

    fn sync(&mut self, file: usize) -> io::Result<()> {
        self.operate(true, |state| {
            let content = state.content(file)?;
            for write in content.writes.drain(..) {
                write.apply(&mut content.synced);
            }
            Ok(())
        })
    }

    fn read(&mut self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.alive()?;
        let content = &self.content(file)?.current;
        let bytes = usize::try_from(offset)
            .ok()
            .and_then(|offset| content.get(offset..offset.checked_add(buffer.len())?))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}

impl Medium for SimulatedMedium {
    fn lock(&self) -> Result<Box<dyn Held>, LockError> {
        let mut state = self.state.lock();
        state.alive().map_err(LockError::Io)?;
        if state.locked {
            return Err(LockError::Taken(None));
        }
        state.locked = true;
        Ok(Box::new(Lock { medium: self.clone() }))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let state = self.state.lock();
        state.alive()?;
        Ok(state.names.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        let file = self.state.lock().find(name)?;
        Ok(Box::new(Handle { medium: self.clone(), file }))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn WriteFile>> {
        let file = self.state.lock().create(name)?;
        Ok(Box::new(Handle { medium: self.clone(), file }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state.lock();
        let file = state.find(from)?;
        state.operate(false, |state| {
            state.change_name(NameChange::Rename(from.to_owned(), to.to_owned(), file));
            Ok(())
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state.lock();
        state.find(name)?;
        state.operate(false, |state| {
            state.change_name(NameChange::Remove(name.to_owned()));
            Ok(())
        })
    }

    fn sync(&self) -> io::Result<()> {
        self.state.lock().operate(true, |state| {
            state.durable_names.clone_from(&state.names);
            state.renamed.clear();
            Ok(())
        })
    }

    fn log(&self, name: &str, new: bool) -> io::Result<Box<dyn StorageBackend>> {
        let mut state = self.state.lock();
        let file = if new { state.create(name)? } else { state.find(name)? };
        if !new {
            state.sync(file)?;
        }
        Ok(Box::new(Handle { medium: self.clone(), file }))
    }
}

#[derive(Debug)]
struct Lock {
    medium: SimulatedMedium,
}

impl Held for Lock {}

impl Drop for Lock {
    fn drop(&mut self) {
        self.medium.state.lock().locked = false;
    }
}

/// A file that is open, by whatever name.
#[derive(Debug)]
struct Handle {
    medium: SimulatedMedium,
    file: usize,
}

impl Handle {
    fn length(&self) -> io::Result<u64> {
        let mut state = self.medium.state.lock();
        state.alive()?;
        Ok(state.content(self.file)?.current.len() as u64)
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        self.medium.state.lock().write(self.file, Write::At(offset, data.to_vec()))
    }
}

impl ReadAt for Handle {
    fn size(&self) -> io::Result<u64> {
        self.length()
    }

    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.medium.state.lock().read(self.file, offset, buffer)
    }
}

impl WriteFile for Handle {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_at(self.length()?, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.medium.state.lock().sync(self.file)
    }
}

impl StorageBackend for Handle {
    fn len(&self) -> io::Result<u64> {
        self.length()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.medium.state.lock().read(self.file, offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let length = usize::try_from(len).map_err(io::Error::other)?;
        self.medium.state.lock().write(self.file, Write::Length(length))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.medium.state.lock().sync(self.file)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.write_at(offset, data)
    }
}
