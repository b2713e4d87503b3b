//! A log that was not closed, with some of its bytes changed: it is refused, or what is read of
//! it is what was written, but for the last entry perhaps.
#![no_main]

use cimarron_fuzz::directory::{ENTRIES, change, entry, read, sound};
use libfuzzer_sys::fuzz_target;

const LOG: &str = "log-00000002.redb";

fuzz_target!(|bytes: &[u8]| {
    let medium = sound();
    let mut log = medium.bytes(LOG).expect("the checkpoint is followed by it");
    change(&mut log, bytes);
    medium.put(LOG, log);
    if let Ok(entries) = read(&medium) {
        assert!(entries.len() as u64 <= ENTRIES);
        for (commit, found) in (1..).zip(entries) {
            assert_eq!((found.first, found.last), (commit + 1, commit + 1));
            assert_eq!(found.bytes, entry(commit + 1));
        }
    }
});
