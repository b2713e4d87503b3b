//! Damage that opening does not come across.

use super::{context, open, session};
use cimarron_journal::simulated::SimulatedMedium;
use cimarron_model::{Dialect, Instance};
use std::sync::Arc;

#[test]
fn every_flipped_bit_of_a_checkpoint_is_found() {
    let medium = Arc::new(SimulatedMedium::new());
    let repository = open(&medium).unwrap();
    let door = session(&repository, "root/cimv2", Dialect::Wmi);
    let mof = "class X_A { [key] uint32 Id; string Text; };";
    door.compile_mof_text(&context(), "a.mof", mof).unwrap();
    for id in 0..50_u32 {
        let instance = Instance::new("X_A").with("Id", id).with("Text", "some text of it");
        door.create_instance(&context(), &instance).unwrap();
    }
    repository.verify().unwrap();
    repository.compact().unwrap();
    repository.verify().unwrap();
    drop((door, repository));
    let name = (0..9).map(|n| format!("segment-{n:08}")).find(|name| medium.bytes(name).is_some());
    let name = name.unwrap();
    let whole = medium.bytes(&name).unwrap();
    let mut found = 0;
    for at in (0..whole.len()).step_by(611) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 8);
        medium.put(&name, damaged);
        match open(&medium).and_then(|repository| repository.verify()) {
            Err(_) => found += 1,
            // Nobody reads what fills the gaps between blobs.
            Ok(()) => assert_eq!(whole[at], 0, "byte {at} of {}", whole.len()),
        }
    }
    assert!(found > 10, "{found} of {} bytes", whole.len());
    medium.put(&name, whole);
    open(&medium).unwrap().verify().unwrap();
}
