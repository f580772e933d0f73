//! `cooperative-sticky`: as even as can be, with as many partitions as can be where they are.
//!
//! When all members subscribe to the same topics, [`constrained`] is quick and moves the fewest partitions.
//! Otherwise [`general`] assigns what is free to who has least, then evens out step by step.

mod constrained;
mod general;
mod movements;

use std::collections::BTreeSet;
use std::ops::Range;

use super::java_hash;
use super::{Assignment, Group};
use crate::store::TopicPartition;

/// The generation of members that have none (`AbstractStickyAssignor.DEFAULT_GENERATION`).
const NO_GENERATION: i32 = -1;

/// Assigns the partitions of `group` (Kafka's `AbstractStickyAssignor.assignPartitions`).
pub(super) fn assign(group: &Group<'_>) -> Assignment {
    let layout = Layout::new(group);
    let claims = Claims::new(&layout);
    let mut wanted = group.members.iter().map(|(_, subscription)| &subscription.topics);
    let first = wanted.next();
    let assigned = if wanted.all(|topics| Some(topics) == first) {
        constrained::assign(&layout, claims)
    } else {
        general::assign(&layout, claims)
    };
    let named = |partitions: BTreeSet<usize>| partitions.into_iter().map(|p| layout.name(p)).collect();
    group.assignment(assigned.into_iter().map(named).collect())
}

/// A group with its partitions numbered through, by topic and number.
struct Layout<'a> {
    group: &'a Group<'a>,
    /// The first partition of each topic, and behind the last topic how many there are.
    first: Vec<usize>,
    /// The topic of each partition.
    topic: Vec<usize>,
    /// The hash of each partition in Java.
    hash: Vec<i32>,
    /// The members, in the order in which Kafka walks them.
    walk: Vec<usize>,
    /// Whether each member subscribes to each topic.
    subscribed: Vec<Vec<bool>>,
}

impl<'a> Layout<'a> {
    fn new(group: &'a Group<'a>) -> Self {
        let mut first = vec![0];
        let (mut topic, mut hash) = (Vec::new(), Vec::new());
        for (number, (name, count)) in group.topics.iter().enumerate() {
            let topic_hash = java_hash::string_hash(name.as_str());
            hash.extend((0..*count).map(|partition| java_hash::partition_hash(topic_hash, partition)));
            topic.resize(hash.len(), number);
            first.push(hash.len());
        }
        let hashes: Vec<i32> =
            group.members.iter().map(|(id, _)| java_hash::string_hash(id.as_str())).collect();
        let subscribed = (0..hashes.len())
            .map(|member| group.topics.iter().map(|(name, _)| group.subscribes(member, name)).collect())
            .collect();
        Self { group, first, topic, hash, walk: java_hash::walk_order(&hashes), subscribed }
    }

    fn member_count(&self) -> usize {
        self.group.members.len()
    }

    fn partition_count(&self) -> usize {
        self.topic.len()
    }

    fn partitions_of(&self, topic: usize) -> Range<usize> {
        self.first[topic]..self.first[topic + 1]
    }

    /// The number of a partition in its topic.
    fn number_in_topic(&self, partition: usize) -> usize {
        partition - self.first[self.topic[partition]]
    }

    fn subscribes(&self, member: usize, topic: usize) -> bool {
        self.subscribed[member][topic]
    }

    /// The partition, if it is one of those to be assigned.
    fn find(&self, partition: &TopicPartition) -> Option<usize> {
        let topic = self.group.topics.binary_search_by_key(&&partition.topic, |(name, _)| *name).ok()?;
        let number = usize::try_from(partition.partition).ok()?;
        self.partitions_of(topic).nth(number)
    }

    fn name(&self, partition: usize) -> TopicPartition {
        let (topic, _) = self.group.topics[self.topic[partition]];
        let number = i32::try_from(self.number_in_topic(partition)).unwrap_or(i32::MAX);
        TopicPartition::new(topic.clone(), number)
    }

    fn generation(&self, member: usize) -> i32 {
        self.group.members[member].1.generation.map_or(NO_GENERATION, |g| g.max(NO_GENERATION))
    }

    /// What a member says it owns, as far as it is to be assigned.
    fn claimed(&self, member: usize) -> impl Iterator<Item = usize> {
        self.group.members[member].1.owned_partitions.iter().filter_map(|partition| self.find(partition))
    }
}

/// Who owns what before the assignment.
struct Claims {
    /// The partitions of each member.
    owned: Vec<BTreeSet<usize>>,
    /// Partitions that two members of the same generation claimed.
    contested: BTreeSet<usize>,
}

impl Claims {
    /// Decides between the members that claim a partition (`AbstractStickyAssignor.allSubscriptionsEqual`).
    fn new(layout: &Layout<'_>) -> Self {
        let mut claims =
            Self { owned: vec![BTreeSet::new(); layout.member_count()], contested: BTreeSet::new() };
        let mut last_claim: Vec<Option<usize>> = vec![None; layout.partition_count()];
        for &member in &layout.walk {
            let generation = layout.generation(member);
            for partition in layout.claimed(member) {
                match last_claim[partition] {
                    Some(other) if generation < layout.generation(other) => continue,
                    Some(other) => {
                        claims.owned[other].remove(&partition);
                        if generation == layout.generation(other) {
                            claims.contested.insert(partition);
                        } else {
                            claims.owned[member].insert(partition);
                        }
                    }
                    None => {
                        claims.owned[member].insert(partition);
                    }
                }
                last_claim[partition] = Some(member);
            }
        }
        claims
    }
}
