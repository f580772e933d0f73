//! Which partitions moved from whom to whom while an assignment is evened out.

use std::collections::BTreeMap;

use super::Layout;
use crate::group::assignor::java_hash::HashSet;

/// From which member to which.
type Pair = (usize, usize);

/// The movements so far, so that no two partitions of a topic change places between two members
/// (`AbstractStickyAssignor.PartitionMovements`).
#[derive(Debug, Default)]
pub(super) struct PartitionMovements {
    of_partition: BTreeMap<usize, Pair>,
    by_topic: BTreeMap<(usize, Pair), HashSet<usize>>,
}

impl PartitionMovements {
    /// The partition to move when `partition` is to go from its owner `from` to `to`: where another of the
    /// topic had come the other way, that one goes back instead.
    pub(super) fn actual(&self, layout: &Layout<'_>, partition: usize, from: usize, to: usize) -> usize {
        // One that has moved before counts from where it was at first.
        let from = self.of_partition.get(&partition).map_or(from, |(source, _)| *source);
        let back = self.by_topic.get(&(layout.topic[partition], (to, from)));
        back.and_then(HashSet::first).unwrap_or(partition)
    }

    /// Notes that `partition` has moved. One that is back where it was at first has not moved.
    pub(super) fn note(&mut self, layout: &Layout<'_>, partition: usize, from: usize, to: usize) {
        let topic = layout.topic[partition];
        let mut source = from;
        if let Some(before) = self.of_partition.remove(&partition) {
            source = before.0;
            if let Some(moved) = self.by_topic.get_mut(&(topic, before)) {
                moved.remove(partition);
                if moved.is_empty() {
                    self.by_topic.remove(&(topic, before));
                }
            }
        }
        if source != to {
            self.of_partition.insert(partition, (source, to));
            let moved = self.by_topic.entry((topic, (source, to))).or_default();
            moved.insert(layout.hash[partition], partition);
        }
    }
}
