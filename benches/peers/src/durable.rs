//! What both sides of the figures about data on disk share.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// How many commits a figure is the mean of.
pub const COMMITS: u64 = 4_000;

/// How many writers there are where there are several.
pub const WRITERS: u64 = 8;

/// How many batches a figure is the mean of, and how many rows each has.
pub const BATCHES: u64 = 1_000;
pub const BATCH: u64 = 100;

/// The numbers of the rows of each batch that a writer of several writes.
pub fn batches_of(writer: u64, writers: u64) -> impl Iterator<Item = Range<u64>> {
    let mine = (0..BATCHES).filter(move |batch| batch % writers == writer);
    mine.map(|batch| batch * BATCH..(batch + 1) * BATCH)
}

/// How long the log is whose writer dies, in bytes.
pub const LOG: u64 = 64 << 20;

/// A folder for a side's files, which goes when this does.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(side: &str) -> Self {
        let program = std::env::current_exe().expect("the program's own path");
        // Beside the program: a temporary folder may be in memory.
        let place = program.parent().map(Path::to_path_buf).unwrap_or_default();
        let folder = place.join(format!("durable-{side}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        // What others left to be written is not to be waited for while the clock runs.
        nix::unistd::sync();
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How long something takes, on the wall: disks are waited for.
pub fn seconds(work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64()
}

/// Has this program commit to a folder as a side and die.
pub fn killed(side: &str, folder: &Path, count: u64) {
    let program = std::env::current_exe().expect("the program's own path");
    let mut command = Command::new(program);
    command.args(["die", side, &count.to_string()]).arg(folder).stderr(Stdio::null());
    let status = command.status().expect("the program runs again");
    assert!(!status.success(), "it was to die");
}
