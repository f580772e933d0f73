//! `roundrobin`: the partitions of all topics in a row, dealt out in turn.

use std::collections::BTreeSet;

use super::{Assignment, Group};
use crate::store::TopicPartition;

/// Deals the partitions, by topic and number, to the members in turn; one that does not subscribe to the topic
/// is passed over (Kafka's `RoundRobinAssignor`).
pub(super) fn assign(group: &Group<'_>) -> Assignment {
    let mut turns = group.members_by_instance().into_iter().cycle();
    let mut partitions = vec![BTreeSet::new(); group.members.len()];
    for &(topic, count) in &group.topics {
        for number in 0..count {
            // Each topic of a group has a subscriber, so the search ends within a round.
            if let Some(member) = turns.find(|member| group.subscribes(*member, topic)) {
                partitions[member].insert(TopicPartition::new(topic.clone(), number));
            }
        }
    }
    group.assignment(partitions)
}
