//! Threads that do not come.

use super::*;
use crate::executor::{Executor, Threads};
use std::io;
use std::time::Duration;

/// Gives a thread for every job but those of this name.
#[derive(Debug)]
struct Without {
    name: &'static str,
    /// Whether it says so, or lets the job go.
    says: bool,
}

impl Executor for Without {
    fn spawn(&self, name: &str, job: Box<dyn FnOnce() + Send>) -> io::Result<()> {
        match (name == self.name, self.says) {
            (false, _) => Threads.spawn(name, job),
            (true, true) => Err(io::Error::other("no more threads")),
            (true, false) => Ok(()),
        }
    }
}

#[test]
fn a_thread_that_does_not_come_keeps_nothing() {
    for name in ["cimarron checkpoint", "cimarron log"] {
        for says in [false, true] {
            let medium = Arc::new(SimulatedMedium::new());
            let durability = Durability::default()
                .with_sync(SyncPolicy::Every(Duration::from_secs(3600)))
                .with_executor(Arc::new(Without { name, says }));
            let opened = Repository::builder().durability(durability).open_on(medium.clone());
            assert_eq!(opened.is_err(), says, "{name}");
            drop(opened);
            // It is free again.
            open(&medium).unwrap();
        }
    }
}
