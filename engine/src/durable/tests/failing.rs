//! Checkpoints that fail, one after the other.

use super::*;
use cimarron_journal::simulated::Crash;
use cimarron_journal::{Held, LockError, Medium, ReadAt, StorageBackend, WriteFile};
use cimarron_model::Instance;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A folder of which one operation fails, and those behind it do not.
#[derive(Debug, Default)]
struct Hiccup {
    folder: Arc<SimulatedMedium>,
    /// How many operations go well until then; 0 when none fails.
    left: AtomicU64,
    /// Whether there are no segments to be made.
    no_segments: AtomicBool,
}

impl Hiccup {
    fn fail_in(&self, operations: u64) {
        self.left.store(operations, Ordering::Relaxed);
    }

    fn pass(&self) -> io::Result<()> {
        let less = |left: u64| left.checked_sub(1);
        match self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) {
            Ok(1) => Err(io::Error::other("a hiccup")),
            _ => Ok(()),
        }
    }
}

impl Medium for Hiccup {
    fn lock(&self) -> Result<Box<dyn Held>, LockError> {
        self.folder.lock()
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.folder.list()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        self.folder.open(name)
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn WriteFile>> {
        self.pass()?;
        if name.starts_with("segment") && self.no_segments.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.folder.create(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.pass()?;
        self.folder.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.pass()?;
        self.folder.remove(name)
    }

    fn sync(&self) -> io::Result<()> {
        self.pass()?;
        self.folder.sync()
    }

    fn log(&self, name: &str, new: bool) -> io::Result<Box<dyn StorageBackend>> {
        self.pass()?;
        self.folder.log(name, new)
    }
}

#[test]
fn checkpoints_that_fail_lose_nothing() {
    // One failure, then the same or others again and again before one goes well.
    for failures in [&[][..], &[1], &[2, 2], &[4, 5, 6], &[6, 1, 7, 3], &[8, 8, 8], &[9, 5, 8, 7]] {
        for crash in [Crash::Nothing, Crash::Everything, Crash::Some(5)] {
            let folder = Arc::new(SimulatedMedium::new());
            let medium = Arc::new(Hiccup { folder: folder.clone(), ..Hiccup::default() });
            let repository = Repository::builder().open_on(medium.clone()).unwrap();
            let wmi = session(&repository, "root/cimv2", Dialect::Wmi);
            let mof = "class X_A { [key] uint32 Id; string Text; };";
            wmi.compile_mof_text(&context(), "a.mof", mof).unwrap();
            let add = |id: u32| {
                let row = Instance::new("X_A").with("Id", id).with("Text", format!("{id}"));
                wmi.create_instance(&context(), &row).unwrap();
            };
            let check = |what: &str| {
                let copy = Arc::new(folder.crash(crash));
                let (found, there) = (open(&copy).unwrap(), image_of(&repository));
                assert_eq!(image_of(&found), there, "{failures:?}, {crash:?}, {what}");
                found.checkpoint().unwrap();
                drop(found);
                assert_eq!(image_of(&open(&copy).unwrap()), there, "{failures:?}, {crash:?}");
            };
            for (n, failure) in failures.iter().enumerate() {
                add(n as u32);
                medium.fail_in(*failure);
                let made = repository.checkpoint();
                medium.fail_in(0);
                let told = repository.durability().unwrap().checkpoint_failure;
                assert_eq!(made.is_err(), told.is_some());
                check("at once");
                add(1000 + n as u32);
                check("later");
            }
            repository.checkpoint().unwrap();
            check("at last");
        }
    }
}

#[test]
fn closing_on_a_full_disk_is_no_failure() {
    let medium = Arc::new(SimulatedMedium::new());
    let repository = open(&medium).unwrap();
    let wmi = session(&repository, "root/cimv2", Dialect::Wmi);
    let mof = "class X_A { [key] uint32 Id; string Text; };";
    wmi.compile_mof_text(&context(), "a.mof", mof).unwrap();
    for id in 0..5_u32 {
        let row = Instance::new("X_A").with("Id", id).with("Text", "x".repeat(1 << 20));
        wmi.create_instance(&context(), &row).unwrap();
    }
    let before = image_of(&repository);
    // No room for anything: the log is long, and no other can be made.
    medium.limit(0);
    repository.clone().close().unwrap();
    let status = repository.durability().unwrap();
    assert_eq!((status.failure, status.checkpoint), (None, None));
    assert!(status.checkpoint_failure.unwrap().contains("no storage space"));
    drop((wmi, repository));
    // Nor is it one for who only reads.
    let repository = open(&medium).unwrap();
    assert_eq!(image_of(&repository), before);
    repository.clone().close().unwrap();
    drop(repository);
    medium.limit(u64::MAX);
    let repository = open(&medium).unwrap();
    repository.clone().close().unwrap();
    assert!(repository.durability().unwrap().checkpoint.is_some());
    assert_eq!(image_of(&repository), before);
}

/// Whoever commits faster than a log that is written now and then is made to write it.
#[test]
fn commits_do_not_pile_up() {
    let medium = Arc::new(SimulatedMedium::new());
    let repository = open_with(&medium, SyncPolicy::Every(std::time::Duration::from_secs(3600)));
    let wmi = session(&repository, "root/cimv2", Dialect::Wmi);
    wmi.compile_mof_text(&context(), "a.mof", "class X_A { [key] uint32 Id; };").unwrap();
    let logged = || repository.durability().unwrap().logged;
    for id in 0..4000_u32 {
        wmi.create_instance(&context(), &Instance::new("X_A").with("Id", id)).unwrap();
    }
    assert_eq!(logged(), 0);
    for id in 4000..4200_u32 {
        wmi.create_instance(&context(), &Instance::new("X_A").with("Id", id)).unwrap();
    }
    assert!(logged() > 4000, "{}", logged());
    medium.fail_at(medium.operations() + 1);
    let failed = (4200..9000_u32)
        .find_map(|id| wmi.create_instance(&context(), &Instance::new("X_A").with("Id", id)).err());
    assert!(matches!(failed, Some(EngineError::WritesStopped { .. })), "{failed:?}");
}

/// On a full disk a checkpoint is not tried at each commit.
#[test]
fn a_checkpoint_without_room_is_tried_now_and_then() {
    let medium = Arc::new(SimulatedMedium::new());
    let durability = Durability::default().with_log_bytes(16 << 10).with_ahead_bytes(1 << 20);
    let repository = Repository::builder().durability(durability).open_on(medium.clone()).unwrap();
    let wmi = session(&repository, "root/cimv2", Dialect::Wmi);
    wmi.compile_mof_text(&context(), "a.mof", "class X_A { [key] uint32 Id; };").unwrap();
    repository.checkpoint().unwrap();
    // What is there already has room for all that comes.
    medium.limit(0);
    let (before, commits) = (medium.operations(), 1500_u32);
    for id in 0..commits {
        wmi.create_instance(&context(), &Instance::new("X_A").with("Id", id)).unwrap();
        std::thread::yield_now();
    }
    let status = repository.durability().unwrap();
    assert!(status.checkpoint_failure.is_some() && status.failure.is_none(), "{status:?}");
    // A commit writes and syncs; a try makes a file, writes to it in vain and removes it.
    let tries = (medium.operations() - before).saturating_sub(2 * u64::from(commits)) / 3;
    let most = 2 + status.log_bytes / (2 << 10);
    assert!((1..=most).contains(&tries), "{tries} of {most}: {status:?}");
}

/// Nor does one that fails when another log has begun make a log each time that a little was written.
#[test]
fn a_checkpoint_that_fails_late_begins_few_logs() {
    let medium = Arc::new(Hiccup::default());
    let durability = Durability::default().with_log_bytes(64 << 10).with_ahead_bytes(64 << 10);
    let repository = Repository::builder().durability(durability).open_on(medium.clone()).unwrap();
    let wmi = session(&repository, "root/cimv2", Dialect::Wmi);
    let mof = "class X_A { [key] uint32 Id; string Text; };";
    wmi.compile_mof_text(&context(), "a.mof", mof).unwrap();
    medium.no_segments.store(true, Ordering::Relaxed);
    let (rows, text) = (2000_u64, 200_u64);
    for id in 0..rows as u32 {
        let row = Instance::new("X_A").with("Id", id).with("Text", "x".repeat(text as usize));
        wmi.create_instance(&context(), &row).unwrap();
        std::thread::yield_now();
    }
    let status = repository.durability().unwrap();
    assert!(status.checkpoint_failure.is_some() && status.failure.is_none(), "{status:?}");
    let logs = medium.list().unwrap().iter().filter(|name| name.ends_with(".redb")).count() as u64;
    // A commit takes less than half as much again as its text.
    let most = 2 + rows * (text + text / 2) / (64 << 10);
    assert!((2..=most).contains(&logs), "{logs} of {most}: {:?}", medium.list());
}
