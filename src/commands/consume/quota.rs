//! How many records are taken of each partition.

use std::collections::HashMap;

use crate::store::TopicPartition;

/// Counts the records of each partition, up to a limit.
#[derive(Debug)]
pub(super) struct Quota {
    limit: u64,
    taken: HashMap<TopicPartition, u64>,
    /// The partitions that have reached the limit since somebody asked.
    full: Vec<TopicPartition>,
}

impl Quota {
    /// For `limit` records of each partition.
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, taken: HashMap::new(), full: Vec::new() }
    }

    /// Counts a record of partition `of`; answers whether it was the last one that is wanted of it.
    pub(super) fn take(&mut self, of: &TopicPartition) -> bool {
        let taken = match self.taken.get_mut(of) {
            Some(taken) => taken,
            None => self.taken.entry(of.clone()).or_default(),
        };
        *taken += 1;
        let is_full = *taken >= self.limit;
        if is_full {
            self.full.push(of.clone());
        }
        is_full
    }

    /// The partitions that have reached the limit since the last call.
    pub(super) fn take_full(&mut self) -> Vec<TopicPartition> {
        std::mem::take(&mut self.full)
    }
}
