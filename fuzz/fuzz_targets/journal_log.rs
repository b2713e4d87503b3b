//! A log that was not closed, with some of its bytes changed: it is refused, or what is read of
//! it is what was written, but for the last entry perhaps. The first byte says which of its files
//! is changed.
#![no_main]

use cimarron_fuzz::directory::{ENTRIES, change, entry, read, sound};
use libfuzzer_sys::fuzz_target;

const FILES: [&str; 2] = ["log-00000002.redb", "log-00000002.ahead"];

fuzz_target!(|input: (bool, &[u8])| {
    let (beside, changes) = input;
    let name = FILES[usize::from(beside)];
    let medium = sound();
    let mut bytes = medium.bytes(name).expect("the checkpoint is followed by it");
    change(&mut bytes, changes);
    medium.put(name, bytes);
    if let Ok(entries) = read(&medium) {
        let mut next = 2;
        for found in entries {
            assert_eq!(found.first, next);
            let expected: Vec<u8> = (found.first..=found.last).flat_map(entry).collect();
            assert_eq!(found.bytes, expected);
            next = found.last + 1;
        }
        assert!(next <= 2 + ENTRIES);
    }
});
