//! An index as somebody keeps it who looks into it again and again.

use super::KeyIndex;
use super::shards::Shards;
use crate::store::address::Address;
use arc_swap::{ArcSwap, Cache};
use std::ops::Deref;
use std::sync::Arc;

/// The shards of an index as somebody keeps them who looks into it again and again.
#[derive(Debug)]
pub(in crate::store) struct KeptShards(Cache<ShardsOf, Arc<Shards>>);

/// Where the newest shards are.
#[derive(Debug)]
struct ShardsOf(Arc<KeyIndex>);

impl Deref for ShardsOf {
    type Target = ArcSwap<Shards>;

    fn deref(&self) -> &ArcSwap<Shards> {
        &self.0.shards
    }
}

impl KeptShards {
    pub(in crate::store) fn of(index: Arc<KeyIndex>) -> Self {
        Self(Cache::new(ShardsOf(index)))
    }

    /// As [`KeyIndex::find`].
    #[inline]
    pub(in crate::store) fn find<A: Address>(
        &mut self,
        hash: u64,
        is: impl FnMut(A) -> bool,
    ) -> Option<A> {
        self.0.load().find(hash, is)
    }

    /// Whether there may be an address under this hash. If there is, it says so.
    #[inline]
    pub(in crate::store) fn may_have(&mut self, hash: u64) -> bool {
        self.0.load().may_have(hash)
    }
}
