//! Which segments of a checkpoint the next one uses again.

use cimarron_journal::{BlobId, Segments};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// A segment is used again when at least one part in so many of its bytes is needed.
const PART: u64 = 2;

/// A segment with fewer bytes than this is small.
const SMALL: u64 = 4 << 20;

/// So many small segments are used again; when there are more, their blobs go to one.
const FEW: usize = 16;

/// The segments that are worth using again, of those that some needed blobs are in.
pub(super) fn worthwhile(segments: &Segments, needed: Vec<BlobId>) -> BTreeSet<u32> {
    let mut by_segment: FxHashMap<u32, BTreeSet<u32>> = FxHashMap::default();
    for blob in needed {
        by_segment.entry(blob.segment).or_default().insert(blob.index);
    }
    let mut kept = BTreeSet::new();
    let mut small = BTreeSet::new();
    for facts in segments.facts() {
        let Some(blobs) = by_segment.get(&facts.number) else { continue };
        let all: u64 = facts.blobs.iter().sum();
        let length = |index: &u32| facts.blobs.get(*index as usize).copied();
        let used: u64 = blobs.iter().filter_map(length).sum();
        if used.saturating_mul(PART) >= all {
            kept.insert(facts.number);
            if all < SMALL {
                small.insert(facts.number);
            }
        }
    }
    if small.len() > FEW {
        kept.retain(|number| !small.contains(number));
    }
    kept
}
