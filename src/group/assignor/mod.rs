//! Which member of a consumer group gets which partitions: Kafka's assignors, without any file.
//!
//! [`assign`] gives what Kafka's own classes (3.9) give for the same group, racks aside, as mkafka has none:
//! without racks, co-partitioning by `range` needs no care of its own either. Where those classes walk a
//! `HashMap`, so does this: `java_hash` has the order. The members are taken as put into it in the order of
//! their ids; Kafka puts them as its coordinator happens to list them, which matters only to ids that share
//! a bucket. Of Kafka's sticky assignor, three faults are not copied; [`Subscription`] and [`assign`] name
//! what happens instead.
//!
//! What is assigned is the target. That a partition must be given up by its owner before another takes it
//! (the second step of the cooperative protocol, `CooperativeStickyAssignor.adjustAssignment`) is for who
//! uses it.

mod java_hash;
mod range;
mod round_robin;
mod sticky;
mod strategy;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use strategy::{AssignmentStrategy, UnknownAssignmentStrategy};

use crate::store::{TopicName, TopicPartition};

/// What a member of a group is known by (Kafka's `member.id`); unlike any other member's in the group.
///
/// Ids sort as Java's strings do: by UTF-16 code unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct MemberId(String);

impl MemberId {
    /// The id that reads `text`. Any text will do.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ord for MemberId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.encode_utf16().cmp(other.0.encode_utf16())
    }
}

impl PartialOrd for MemberId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a member wants and has (Kafka's `ConsumerPartitionAssignor.Subscription`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscription {
    /// The topics of which it wants partitions. They need not exist. A member that wants none gets none;
    /// in Kafka's sticky assignor it may be given what others want.
    pub topics: BTreeSet<TopicName>,
    /// The name that it keeps over restarts, if it has one (`group.instance.id`). By `range` and
    /// `roundrobin`, those that have one come first, in the order of these names; then the others by id.
    pub group_instance_id: Option<String>,
    /// The partitions that it has now. Only the sticky assignor looks at them. One that no longer exists
    /// does not count; Kafka would assign it again, and others twice.
    pub owned_partitions: BTreeSet<TopicPartition>,
    /// The generation of the group in which it got them; `None`, or less than 0, when it has none. Where two
    /// claim a partition, the later generation has it; in the same, neither has.
    pub generation: Option<i32>,
}

/// The partitions of each member. Every member is there, if only with none.
pub type Assignment = BTreeMap<MemberId, BTreeSet<TopicPartition>>;

/// Assigns every partition of every topic that is both in `partition_counts` and subscribed to by a member, to
/// exactly one of its subscribers.
///
/// A count of 0 or less means no partitions. With `cooperative-sticky`, a partition is never given back to an
/// earlier owner that no longer subscribes to its topic; Kafka may do that, or fail.
pub fn assign(
    strategy: AssignmentStrategy,
    partition_counts: &BTreeMap<TopicName, i32>,
    subscriptions: &BTreeMap<MemberId, Subscription>,
) -> Assignment {
    let group = Group::new(partition_counts, subscriptions);
    match strategy {
        AssignmentStrategy::Range => range::assign(&group),
        AssignmentStrategy::RoundRobin => round_robin::assign(&group),
        AssignmentStrategy::CooperativeSticky => sticky::assign(&group),
    }
}

/// What there is to assign and to whom, members and topics by number, in the order of their names.
struct Group<'a> {
    members: Vec<(&'a MemberId, &'a Subscription)>,
    /// Topics that somebody subscribes to and that have partitions, each with how many.
    topics: Vec<(&'a TopicName, i32)>,
}

impl<'a> Group<'a> {
    fn new(
        partition_counts: &'a BTreeMap<TopicName, i32>,
        subscriptions: &'a BTreeMap<MemberId, Subscription>,
    ) -> Self {
        let subscribed: BTreeSet<&TopicName> = subscriptions.values().flat_map(|s| &s.topics).collect();
        let topics = partition_counts
            .iter()
            .filter(|(topic, count)| **count > 0 && subscribed.contains(topic))
            .map(|(topic, count)| (topic, *count))
            .collect();
        Self { members: subscriptions.iter().collect(), topics }
    }

    fn subscribes(&self, member: usize, topic: &TopicName) -> bool {
        self.members[member].1.topics.contains(topic)
    }

    /// The members as `AbstractPartitionAssignor.MemberInfo` sorts them.
    fn members_by_instance(&self) -> Vec<usize> {
        let mut sorted: Vec<usize> = (0..self.members.len()).collect();
        // Members are in the order of their ids, and the sort is stable. Kafka allows instance ids the
        // characters of topic names, which sort as bytes.
        sorted.sort_by_key(|member| {
            let instance = self.members[*member].1.group_instance_id.as_deref();
            (instance.is_none(), instance)
        });
        sorted
    }

    /// The result, from the partitions of each member in the order of [`Self::members`].
    fn assignment(&self, partitions: Vec<BTreeSet<TopicPartition>>) -> Assignment {
        self.members.iter().map(|(id, _)| (*id).clone()).zip(partitions).collect()
    }
}
