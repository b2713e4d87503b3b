//! Any bytes as a manifest behind a hash that vouches for them, and a sound manifest with some of
//! its bytes changed: opening refuses them, or all that the directory holds is read.
#![no_main]

use cimarron_fuzz::directory::{change, read, sealed, sound};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const HASH: usize = 32;

static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut body = sound().bytes("MANIFEST").expect("a directory has one");
    body.truncate(body.len() - HASH);
    body
});

fuzz_target!(|bytes: &[u8]| {
    let Some((how, bytes)) = bytes.split_first() else { return };
    let mut body = SOUND.clone();
    if how % 2 == 0 {
        // Magic, version and flags, then anything.
        body.truncate(24);
        body.extend_from_slice(bytes);
    } else {
        change(&mut body, bytes);
    }
    let medium = sound();
    medium.put("MANIFEST", sealed(&body));
    let _ = read(&medium);
});
