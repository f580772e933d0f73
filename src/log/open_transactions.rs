//! Which transactions of a log are not decided yet, as the headers of its batches tell in their order.

use std::collections::BTreeMap;

use crate::record::{BatchHeader, Offset};

/// Of each producer whose transaction is not decided, where that begins.
#[derive(Debug, Default)]
pub struct OpenTransactions {
    begun: BTreeMap<i64, Offset>,
}

impl OpenTransactions {
    /// Takes note of the batch with this header, which follows those before. Answers where the transaction began that
    /// it ends, if it is the marker of one.
    pub(super) fn observe(&mut self, header: &BatchHeader) -> Option<Offset> {
        if header.attributes.is_control() {
            return self.begun.remove(&header.producer_id);
        }
        if header.attributes.is_transactional() {
            self.begun.entry(header.producer_id).or_insert(header.base_offset);
        }
        None
    }

    /// Where the transaction of `producer_id` begins, if it has one.
    pub(super) fn since(&self, producer_id: i64) -> Option<Offset> {
        self.begun.get(&producer_id).copied()
    }

    /// Where the first of them begins.
    pub fn first(&self) -> Option<Offset> {
        self.begun.values().min().copied()
    }

    /// The ids of their producers, ascending.
    pub fn producers(&self) -> impl Iterator<Item = i64> {
        self.begun.keys().copied()
    }
}
