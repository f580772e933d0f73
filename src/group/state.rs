//! What a group's members have agreed on: who is in, which partitions each shall have, and which it has.
//!
//! This is KIP-848's model without its coordinator. The group's epoch grows with every change of members or
//! partitions, and with it goes a target assignment. Each member brings what it owns to its target: first it
//! releases what it shall not have, then it claims what nobody owns any longer. All of it happens under the
//! group's lock; here are the rules alone, without any file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::assignor::{self, AssignmentStrategy, MemberId};
use crate::record::Timestamp;
use crate::store::{TopicIdentity, TopicName, TopicPartition, TopicSelection};

/// The version of the state's file that is written, and the only one that is read.
const VERSION: u32 = 1;

/// The state of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupState {
    version: u32,
    /// The group's id.
    pub group: String,
    /// Grows by one with every new target assignment.
    pub epoch: i32,
    /// How partitions are assigned; `None` before the first member came.
    pub strategy: Option<AssignmentStrategy>,
    /// The topics that the target assignment was computed for.
    pub topics: BTreeMap<TopicName, AssignedTopic>,
    /// The members.
    pub members: BTreeMap<MemberId, MemberState>,
}

/// A topic as a target assignment knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignedTopic {
    /// Which it is; one that was deleted and created again is another.
    pub id: TopicIdentity,
    /// How many partitions it has.
    pub partitions: i32,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberState {
    /// What it calls itself (`client.id`).
    pub client_id: String,
    /// Its process.
    pub pid: u32,
    /// When it joined, in milliseconds since 1970.
    pub joined: i64,
    /// The topics that it wants.
    pub selection: TopicSelection,
    /// The ways of assigning partitions that it agrees to, best first (`partition.assignment.strategy`).
    pub strategies: Vec<AssignmentStrategy>,
    /// How long it may go without a sign of life before it is taken out (`max.poll.interval.ms`).
    pub max_poll_interval_ms: u64,
    /// The epoch of the group's whose target it has reached.
    pub epoch: i32,
    /// What it owns: it alone may deliver from these and commit for them.
    pub owned: BTreeSet<TopicPartition>,
    /// What it shall own.
    pub target: BTreeSet<TopicPartition>,
    /// What it owns of topics that are gone. A partition that it shall own may be called the same: it is another one,
    /// which nobody owns before this is released.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub bygone: BTreeSet<TopicPartition>,
}

/// How far a group is (Kafka's `ConsumerGroup.ConsumerGroupState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupPhase {
    /// It has no members.
    Empty,
    /// Some member does not own what it shall yet.
    Reconciling,
    /// Every member owns what it shall.
    Stable,
}

impl GroupPhase {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Empty, Self::Reconciling, Self::Stable];

    /// Kafka's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::Reconciling => "Reconciling",
            Self::Stable => "Stable",
        }
    }
}

impl fmt::Display for GroupPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The topics that exist of those that members want.
pub type ExistingTopics = BTreeMap<TopicName, AssignedTopic>;

impl GroupState {
    /// A group that nobody has joined yet.
    pub fn new(group: &str) -> Self {
        Self {
            version: VERSION,
            group: group.to_owned(),
            epoch: 0,
            strategy: None,
            topics: BTreeMap::new(),
            members: BTreeMap::new(),
        }
    }

    /// Reads the bytes of a state's file; `None` when they are not one that this code has written.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(bytes).ok().filter(|state| state.version == VERSION)
    }

    /// The bytes of its file.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Maps with keys of text, and text and numbers, are always JSON.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// How far the group is.
    pub fn phase(&self) -> GroupPhase {
        if self.members.is_empty() {
            GroupPhase::Empty
        } else if self.members.values().all(MemberState::has_reached_target) {
            GroupPhase::Stable
        } else {
            GroupPhase::Reconciling
        }
    }

    /// Whether a member that agrees to `strategies` can be in this group: there must be one that all agree to.
    pub fn accepts(&self, strategies: &[AssignmentStrategy]) -> bool {
        strategies.iter().any(|strategy| self.members.values().all(|m| m.strategies.contains(strategy)))
    }

    /// Computes a new target assignment over `topics`, in a new epoch.
    pub fn rebalance(&mut self, topics: ExistingTopics) {
        self.epoch = self.epoch.wrapping_add(1).max(1);
        self.strategy = self.vote().or(self.strategy);
        let counts: BTreeMap<TopicName, i32> =
            topics.iter().map(|(name, topic)| (name.clone(), topic.partitions)).collect();
        let subscriptions = self
            .members
            .iter()
            .map(|(id, member)| (id.clone(), self.subscription(member, &topics)))
            .collect();
        let strategy = self.strategy.unwrap_or(AssignmentStrategy::Range);
        let mut assignment = assignor::assign(strategy, &counts, &subscriptions);
        let is_gone = |of: &&TopicPartition| match (self.topics.get(&of.topic), topics.get(&of.topic)) {
            (Some(before), Some(now)) => !before.id.is_still(now.id),
            _ => true,
        };
        for (id, member) in &mut self.members {
            member.target = assignment.remove(id).unwrap_or_default();
            member.bygone.extend(member.owned.iter().filter(is_gone).cloned());
        }
        self.topics = topics;
    }

    /// What an assignor hears of `member`: what it shall have now is what should stay with it, whether it has
    /// come to own it yet or not.
    fn subscription(&self, member: &MemberState, topics: &ExistingTopics) -> assignor::Subscription {
        let same = |of: &&TopicPartition| topics.get(&of.topic) == self.topics.get(&of.topic);
        assignor::Subscription {
            topics: topics.keys().filter(|topic| member.selection.wants(topic)).cloned().collect(),
            owned_partitions: member.target.iter().filter(same).cloned().collect(),
            generation: (!member.target.is_empty()).then_some(self.epoch),
            ..Default::default()
        }
    }

    /// The strategy that most members like best of those that all agree to
    /// (`ClassicGroup.selectProtocol`); of equals, the first in the order in which the strategies are declared.
    fn vote(&self) -> Option<AssignmentStrategy> {
        let agreed = |strategy: &AssignmentStrategy| {
            self.members.values().all(|member| member.strategies.contains(strategy))
        };
        let candidates: Vec<AssignmentStrategy> =
            AssignmentStrategy::ALL.into_iter().filter(|strategy| agreed(strategy)).collect();
        let votes = |candidate: &AssignmentStrategy| {
            let favourite =
                |member: &MemberState| member.strategies.iter().find(|s| candidates.contains(s)).copied();
            self.members.values().filter(|member| favourite(member) == Some(*candidate)).count()
        };
        // The last of equals wins in max_by_key.
        candidates.iter().rev().copied().max_by_key(votes)
    }

    /// What member `id` owns and shall not.
    pub fn to_release(&self, id: &MemberId) -> BTreeSet<TopicPartition> {
        let to_release = |m: &MemberState| m.owned.difference(&m.target).chain(&m.bygone).cloned().collect();
        self.members.get(id).map(to_release).unwrap_or_default()
    }

    /// Gives member `id` what it shall have and nobody owns; answers what that is. A member that has something
    /// to release gets nothing before it has done so.
    pub fn claim(&mut self, id: &MemberId) -> BTreeSet<TopicPartition> {
        let Some(member) = self.members.get(id) else { return BTreeSet::new() };
        if !self.to_release(id).is_empty() {
            return BTreeSet::new();
        }
        let mut free: BTreeSet<TopicPartition> = member.target.difference(&member.owned).cloned().collect();
        for (_, other) in self.members.iter().filter(|(other, _)| *other != id) {
            free.retain(|of| !other.owned.contains(of));
        }
        let epoch = self.epoch;
        if let Some(member) = self.members.get_mut(id) {
            member.owned.extend(free.iter().cloned());
            if member.has_reached_target() {
                member.epoch = epoch;
            }
        }
        free
    }

    /// Takes `partitions` from member `id`, which delivers from them no more.
    pub fn release<'a>(&mut self, id: &MemberId, partitions: impl IntoIterator<Item = &'a TopicPartition>) {
        if let Some(member) = self.members.get_mut(id) {
            for partition in partitions {
                member.owned.remove(partition);
                member.bygone.remove(partition);
            }
        }
    }

    /// Whether member `id` owns all of `partitions`.
    pub fn owns<'a>(&self, id: &MemberId, partitions: impl IntoIterator<Item = &'a TopicPartition>) -> bool {
        let owned = self.members.get(id).map(|member| &member.owned);
        partitions.into_iter().all(|partition| owned.is_some_and(|owned| owned.contains(partition)))
    }
}

impl MemberState {
    /// A member that owns nothing yet.
    pub fn new(
        client_id: &str,
        selection: TopicSelection,
        strategies: Vec<AssignmentStrategy>,
        max_poll_interval_ms: u64,
    ) -> Self {
        Self {
            client_id: client_id.to_owned(),
            pid: std::process::id(),
            joined: Timestamp::now().0,
            selection,
            strategies,
            max_poll_interval_ms,
            epoch: 0,
            owned: BTreeSet::new(),
            target: BTreeSet::new(),
            bygone: BTreeSet::new(),
        }
    }

    /// Whether it owns what it shall own, and nothing else.
    fn has_reached_target(&self) -> bool {
        self.owned == self.target && self.bygone.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::TopicId;

    fn topics(counts: &[(&str, i32)]) -> ExistingTopics {
        let topic = |&(name, count): &(&str, i32)| {
            (TopicName::new(name).unwrap(), AssignedTopic { id: TopicIdentity::UNKNOWN, partitions: count })
        };
        counts.iter().map(topic).collect()
    }

    /// A topic `t` that is another one than those before.
    fn new_topic(partitions: i32) -> ExistingTopics {
        let id = Some(TopicId::random()).into();
        [(TopicName::new("t").unwrap(), AssignedTopic { id, partitions })].into()
    }

    fn member(strategies: &[AssignmentStrategy]) -> MemberState {
        let all = TopicSelection::Pattern(".*".parse().unwrap());
        MemberState::new("c", all, strategies.to_vec(), 300_000)
    }

    fn id(text: &str) -> MemberId {
        MemberId::new(text)
    }

    fn owned(state: &GroupState, member: &str) -> Vec<String> {
        state.members[&id(member)].owned.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_partition_is_released_before_another_claims_it() {
        let mut state = GroupState::new("g");
        assert_eq!(state.phase(), GroupPhase::Empty);
        state.members.insert(id("a"), member(&[AssignmentStrategy::Range]));
        state.rebalance(topics(&[("t", 2)]));
        assert_eq!(state.claim(&id("a")).len(), 2);
        assert_eq!((state.phase(), state.members[&id("a")].epoch), (GroupPhase::Stable, 1));

        state.members.insert(id("b"), member(&[AssignmentStrategy::Range]));
        state.rebalance(topics(&[("t", 2)]));
        assert_eq!(state.phase(), GroupPhase::Reconciling);
        assert!(state.claim(&id("b")).is_empty(), "its owner has it still");
        let leaving = state.to_release(&id("a"));
        state.release(&id("a"), &leaving);
        assert_eq!(state.claim(&id("b")), leaving);
        assert_eq!((owned(&state, "a"), owned(&state, "b")), (vec!["t-0".into()], vec!["t-1".into()]));
        assert_eq!(state.phase(), GroupPhase::Stable);
    }

    /// Whether it was seen to be gone in between or not.
    #[test]
    fn a_partition_of_a_topic_that_was_created_anew_is_released_before_it_is_claimed() {
        for is_seen in [false, true] {
            let mut state = GroupState::new("g");
            let (a, b) = (id("a"), id("b"));
            state.members.insert(a.clone(), member(&[AssignmentStrategy::CooperativeSticky]));
            let first = new_topic(2);
            state.rebalance(first.clone());
            let both = state.claim(&a);
            state.rebalance(first);
            assert_eq!((state.to_release(&a).len(), state.phase()), (0, GroupPhase::Stable));
            if is_seen {
                state.rebalance(ExistingTopics::new());
            }
            state.members.insert(b.clone(), member(&[AssignmentStrategy::CooperativeSticky]));
            state.rebalance(new_topic(2));
            assert_eq!((state.to_release(&a), state.phase()), (both.clone(), GroupPhase::Reconciling));
            assert!(state.claim(&a).is_empty() && state.claim(&b).is_empty());
            state = GroupState::from_bytes(&state.to_bytes()).unwrap();
            state.release(&a, &both);
            assert_eq!((state.claim(&a).len(), state.claim(&b).len()), (1, 1));
            assert_eq!(state.phase(), GroupPhase::Stable);
        }
    }

    #[test]
    fn members_agree_on_a_strategy_or_stay_out() {
        use AssignmentStrategy::{CooperativeSticky, Range, RoundRobin};
        let mut state = GroupState::new("g");
        assert!(state.accepts(&[RoundRobin]));
        state.members.insert(id("a"), member(&[Range, CooperativeSticky]));
        assert!(!state.accepts(&[RoundRobin]));
        assert!(state.accepts(&[RoundRobin, CooperativeSticky]));
        state.members.insert(id("b"), member(&[RoundRobin, CooperativeSticky]));
        state.rebalance(topics(&[]));
        assert_eq!(state.strategy, Some(CooperativeSticky));
        state.members.remove(&id("b"));
        state.rebalance(topics(&[]));
        assert_eq!(state.strategy, Some(Range));
    }

    #[test]
    fn the_state_survives_its_file() {
        let mut state = GroupState::new("g");
        state.members.insert(id("a"), member(&AssignmentStrategy::ALL));
        state.rebalance(topics(&[("t", 3)]));
        state.claim(&id("a"));
        assert_eq!(GroupState::from_bytes(&state.to_bytes()), Some(state));
        for bad in [&b""[..], b"{}", b"null", b"{\"version\":2}", b"\xff"] {
            assert_eq!(GroupState::from_bytes(bad), None);
        }
    }

    #[derive(Debug, Clone)]
    enum Event {
        Join(u8),
        Remove(u8),
        /// A member releases what it must.
        Release(u8),
        Claim(u8),
        Partitions(i32),
        /// The topic is deleted, and created again.
        Anew,
    }

    fn event() -> impl Strategy<Value = Event> {
        let who = 0..4_u8;
        prop_oneof![
            who.clone().prop_map(Event::Join),
            who.clone().prop_map(Event::Remove),
            who.clone().prop_map(Event::Release),
            who.prop_map(Event::Claim),
            (1..6).prop_map(Event::Partitions),
            Just(Event::Anew),
        ]
    }

    fn check_disjoint(state: &GroupState) -> Result<(), TestCaseError> {
        let mut seen = BTreeSet::new();
        for member in state.members.values() {
            for of in &member.owned {
                prop_assert!(seen.insert(of.clone()), "{of} has two owners");
            }
        }
        Ok(())
    }

    proptest! {
        /// Whatever happens in whatever order, no partition has two owners; and once nothing more happens,
        /// every partition has one.
        #[test]
        fn no_partition_ever_has_two_owners(
            events in proptest::collection::vec(event(), 1..60),
            strategy in proptest::sample::select(&AssignmentStrategy::ALL[..]),
        ) {
            let name = |who: u8| id(&format!("m{who}"));
            let mut state = GroupState::new("g");
            let mut partitions = 3;
            let mut t = new_topic(partitions);
            for event in events {
                match event {
                    Event::Join(who) => {
                        state.members.entry(name(who)).or_insert_with(|| member(&[strategy]));
                        state.rebalance(t.clone());
                    }
                    Event::Remove(who) => {
                        state.members.remove(&name(who));
                        state.rebalance(t.clone());
                    }
                    Event::Release(who) => {
                        let leaving = state.to_release(&name(who));
                        state.release(&name(who), &leaving);
                    }
                    Event::Claim(who) => drop(state.claim(&name(who))),
                    Event::Partitions(count) => {
                        partitions = count;
                        t.values_mut().for_each(|topic| topic.partitions = count);
                        state.rebalance(t.clone());
                    }
                    Event::Anew => {
                        t = new_topic(partitions);
                        state.rebalance(t.clone());
                    }
                }
                check_disjoint(&state)?;
            }
            let members: Vec<MemberId> = state.members.keys().cloned().collect();
            for who in &members {
                let leaving = state.to_release(who);
                state.release(who, &leaving);
            }
            for who in &members {
                state.claim(who);
                check_disjoint(&state)?;
            }
            if !members.is_empty() {
                prop_assert_eq!(state.phase(), GroupPhase::Stable);
                let all: usize = state.members.values().map(|member| member.owned.len()).sum();
                prop_assert_eq!(i32::try_from(all).unwrap(), partitions);
            }
        }

        #[test]
        fn hostile_bytes_are_no_state(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(GroupState::from_bytes(&bytes), None);
        }
    }
}
