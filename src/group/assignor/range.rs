//! `range`: of each topic, a run of neighbouring partitions to each subscriber.

use std::collections::BTreeSet;

use super::{Assignment, Group};
use crate::store::TopicPartition;

/// Splits each topic by itself, the first subscribers getting one partition more when it does not come out
/// even (Kafka's `RangeAssignor`). Topics with the same subscribers and as many partitions so come out
/// co-partitioned.
pub(super) fn assign(group: &Group<'_>) -> Assignment {
    let sorted = group.members_by_instance();
    let mut partitions = vec![BTreeSet::new(); group.members.len()];
    for &(topic, count) in &group.topics {
        let subscribers: Vec<usize> =
            sorted.iter().copied().filter(|member| group.subscribes(*member, topic)).collect();
        let mut rest = 0..count;
        for (done, member) in subscribers.iter().enumerate() {
            let share = rest.len().div_ceil(subscribers.len() - done);
            partitions[*member]
                .extend(rest.by_ref().take(share).map(|n| TopicPartition::new(topic.clone(), n)));
        }
    }
    group.assignment(partitions)
}
