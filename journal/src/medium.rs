//! What the data directory is kept on: one flat folder of files. The disk is [`crate::Folder`];
//! tests take memory that forgets what was not synced.

use redb::StorageBackend;
use std::fmt::Debug;
use std::io;

/// One flat folder.
///
/// A file's content survives the machine after [`WriteFile::sync`], its name after
/// [`Medium::sync`]. Everything else may be there after a crash or not, in any combination.
pub trait Medium: Send + Sync + Debug {
    /// Takes the folder for this process, until the result is dropped or the process ends.
    ///
    /// # Errors
    /// [`LockError::Taken`] when another holder has it.
    fn lock(&self) -> Result<Box<dyn Held>, LockError>;

    /// The names of all files.
    ///
    /// # Errors
    /// The system's.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Opens a file that is not written any more.
    ///
    /// # Errors
    /// The system's; `NotFound` when there is none.
    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>>;

    /// Begins a file, in place of one that may be there.
    ///
    /// # Errors
    /// The system's.
    fn create(&self, name: &str) -> io::Result<Box<dyn WriteFile>>;

    /// Gives a file another name, in one step, in place of a file that may have it.
    ///
    /// # Errors
    /// The system's.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file. Who has it open may go on reading it.
    ///
    /// # Errors
    /// The system's; `NotFound` when there is none.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes the names durable, as they are now.
    ///
    /// # Errors
    /// The system's.
    fn sync(&self) -> io::Result<()>;

    /// A file that redb reads and writes: a `new` one, empty, in place of one that may be there,
    /// or the one that is there. What that one has is durable on return: a process may have written
    /// it and not synced it any more, and it is read, and told, as if it were safe.
    ///
    /// # Errors
    /// The system's; `NotFound` when there is none and it is not to be new.
    fn log(&self, name: &str, new: bool) -> io::Result<Box<dyn StorageBackend>>;

    /// A file that is there, to write blocks of it in place. What is written is on the medium when
    /// [`BlockFile::write`] returns, if it is opened `durable`.
    ///
    /// # Errors
    /// The system's; `NotFound` when there is none.
    fn blocks(&self, name: &str, durable: bool) -> io::Result<Box<dyn BlockFile>> {
        Ok(Box::new(Blocks { file: self.log(name, false)?, durable }))
    }

    /// How messages name a file.
    fn path(&self, name: &str) -> String {
        name.to_owned()
    }
}

/// A lock that is held; dropping it gives it back.
pub trait Held: Send + Sync + Debug {}

/// Why a folder could not be taken.
#[derive(Debug)]
pub enum LockError {
    /// Another holder has it; its process id, where known.
    Taken(Option<String>),
    /// The system refused.
    Io(io::Error),
}

/// A file that is read at places.
pub trait ReadAt: Send + Sync + Debug {
    /// Its length in bytes.
    ///
    /// # Errors
    /// The system's.
    fn size(&self) -> io::Result<u64>;

    /// Fills `buffer` from `offset` on.
    ///
    /// # Errors
    /// The system's; `UnexpectedEof` when the file ends before.
    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

/// The unit in which a [`BlockFile`] is written, in bytes.
pub const BLOCK: usize = 4096;

/// A file whose blocks are written in place. Its length stays as it is.
pub trait BlockFile: Send + Sync + Debug {
    /// Writes whole blocks. Offset, length and the place in memory are multiples of [`BLOCK`].
    ///
    /// # Errors
    /// The system's.
    fn write(&self, offset: u64, blocks: &[u8]) -> io::Result<()>;

    /// Makes durable what anybody wrote.
    ///
    /// # Errors
    /// The system's.
    fn sync(&self) -> io::Result<()>;
}

/// Blocks by way of a file that can be written anywhere.
#[derive(Debug)]
struct Blocks {
    file: Box<dyn StorageBackend>,
    durable: bool,
}

impl BlockFile for Blocks {
    fn write(&self, offset: u64, blocks: &[u8]) -> io::Result<()> {
        self.file.write(offset, blocks)?;
        if self.durable { self.file.sync_data() } else { Ok(()) }
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// A file that is written from its beginning to its end.
pub trait WriteFile: Send + Debug {
    /// Adds bytes at the end.
    ///
    /// # Errors
    /// The system's.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes content and length durable.
    ///
    /// # Errors
    /// The system's.
    fn sync(&mut self) -> io::Result<()>;
}
