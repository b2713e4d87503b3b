//! Any bytes as the table of a segment, in a file and a manifest that vouch for them: opening
//! refuses the segment, or each of its blobs is read or refused.
#![no_main]

use cimarron_fuzz::directory::{read, sealed, sound};
use libfuzzer_sys::fuzz_target;

/// A segment's header, a row of its table, and what stands after it but for the seal.
const HEADER: usize = 32;
const ROW: usize = 48;
/// Where a manifest has its first segment's blobs, length and seal.
const RECORD: usize = 72 + 4;

fuzz_target!(|bytes: &[u8]| {
    let Some((how, bytes)) = bytes.split_first() else { return };
    let medium = sound();
    let file = medium.bytes("segment-00000001").expect("the checkpoint has one");
    let place = file.len() - 48;
    let table = u64::from_le_bytes(file[place..place + 8].try_into().expect("eight bytes"));
    let mut segment = file[..usize::try_from(table).expect("it is small")].to_vec();

    let count = u32::try_from(bytes.len() / ROW).expect("inputs are short");
    let rows = if how % 4 == 0 { bytes } else { &bytes[..count as usize * ROW] };
    let mut tail = rows.to_vec();
    tail.extend_from_slice(&table.to_le_bytes());
    tail.extend_from_slice(&count.to_le_bytes());
    tail.extend_from_slice(&[0; 4]);
    let sealed_bytes = sealed(&[&segment[..HEADER], &tail[..]].concat());
    let seal = &sealed_bytes[sealed_bytes.len() - 32..];
    segment.extend_from_slice(&tail);
    segment.extend_from_slice(seal);

    let mut manifest = medium.bytes("MANIFEST").expect("a directory has one");
    manifest.truncate(manifest.len() - 32);
    let record = [&count.to_le_bytes()[..], &(segment.len() as u64).to_le_bytes(), seal].concat();
    manifest[RECORD..RECORD + record.len()].copy_from_slice(&record);
    medium.put("MANIFEST", sealed(&manifest));
    medium.put("segment-00000001", segment);
    let _ = read(&medium);
});
