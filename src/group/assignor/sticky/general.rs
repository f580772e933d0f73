//! The sticky assignment when members subscribe to different topics.

use std::collections::{BTreeMap, BTreeSet};

use super::movements::PartitionMovements;
use super::{Claims, Layout};

/// Lets each member keep what it owns and still subscribes to, gives what is free to who has least, and moves
/// partitions as long as that evens things out (`AbstractStickyAssignor.GeneralAssignmentBuilder`). Answers the
/// partitions of each member.
pub(super) fn assign(layout: &Layout<'_>, claims: Claims) -> Vec<BTreeSet<usize>> {
    let mut builder = Builder::new(layout);
    let revoked = builder.keep(&claims);
    builder.balance(revoked);
    builder.current
}

/// An assignment in the making.
struct Builder<'a> {
    layout: &'a Layout<'a>,
    /// The subscribers of each topic.
    subscribers: Vec<Vec<usize>>,
    /// The topics of each member.
    topics: Vec<Vec<usize>>,
    /// The partitions of each member.
    current: Vec<BTreeSet<usize>>,
    /// The member of each partition.
    owner: Vec<Option<usize>>,
    /// The members that may still get or lose something, least loaded first.
    by_load: BTreeSet<(usize, usize)>,
    /// The owner of partitions before the present generation.
    previous: BTreeMap<usize, usize>,
    movements: PartitionMovements,
    /// How many more partitions may be moved. Nothing in Kafka's rules says that moving ends; each partition
    /// having been with each member, more would not help.
    moves_left: usize,
}

impl<'a> Builder<'a> {
    fn new(layout: &'a Layout<'a>) -> Self {
        let (members, topics) = (0..layout.member_count(), 0..layout.group.topics.len());
        let subscribers = topics
            .clone()
            .map(|topic| members.clone().filter(|member| layout.subscribes(*member, topic)).collect())
            .collect();
        let topics = members
            .clone()
            .map(|member| topics.clone().filter(|topic| layout.subscribes(member, *topic)).collect())
            .collect();
        Self {
            layout,
            subscribers,
            topics,
            current: vec![BTreeSet::new(); layout.member_count()],
            owner: vec![None; layout.partition_count()],
            by_load: BTreeSet::new(),
            previous: previous_owners(layout),
            movements: PartitionMovements::default(),
            moves_left: layout.partition_count().saturating_mul(layout.member_count()),
        }
    }

    fn load(&self, member: usize) -> usize {
        self.current[member].len()
    }

    /// Lets the members keep what they own. Answers whether one owned a partition of a topic to which it does
    /// not subscribe.
    fn keep(&mut self, claims: &Claims) -> bool {
        let mut revoked = false;
        for (member, owned) in claims.owned.iter().enumerate() {
            for &partition in owned {
                if self.layout.subscribes(member, self.layout.topic[partition]) {
                    self.current[member].insert(partition);
                    self.owner[partition] = Some(member);
                } else {
                    revoked = true;
                }
            }
        }
        self.by_load = (0..self.current.len()).map(|member| (self.load(member), member)).collect();
        revoked
    }

    /// Assigns what is free, and evens out.
    fn balance(&mut self, revoked: bool) {
        let initializing = self.current.iter().all(BTreeSet::is_empty);
        // Topics with the fewest subscribers first: they leave the least choice.
        let mut topics: Vec<usize> = (0..self.subscribers.len()).collect();
        topics.sort_by_key(|topic| self.subscribers[*topic].len());
        let mut all: Vec<usize> = topics.into_iter().flat_map(|t| self.layout.partitions_of(t)).collect();
        let mut free: Vec<usize> = all.iter().copied().filter(|p| self.owner[*p].is_none()).collect();
        for &partition in &free {
            if let Some(member) = self.least_loaded_subscriber(partition) {
                self.give(partition, member);
            }
        }

        // From here on only what more than one can have, and who can have more or less.
        all.retain(|partition| self.is_movable(*partition));
        free.retain(|partition| self.is_movable(*partition));
        let fixed: Vec<usize> =
            (0..self.current.len()).filter(|member| !self.can_take_part(*member)).collect();
        for member in fixed {
            self.by_load.remove(&(self.load(member), member));
        }

        let before = (self.current.clone(), imbalance(&self.current, &self.by_load));
        if !revoked {
            self.even_out(&free);
        }
        let moved = self.even_out(&all);
        if !initializing && moved && imbalance(&self.current, &self.by_load) >= before.1 {
            self.current = before.0;
        }
    }

    /// Whether more than one member could have the partition (`canTopicParticipateInReassignment`).
    fn is_movable(&self, partition: usize) -> bool {
        self.subscribers[self.layout.topic[partition]].len() > 1
    }

    /// Whether evening out may give the member something or take something from it
    /// (`canConsumerParticipateInReassignment`).
    fn can_take_part(&self, member: usize) -> bool {
        let possible: usize = self.topics[member].iter().map(|t| self.layout.partitions_of(*t).len()).sum();
        self.load(member) < possible || self.current[member].iter().any(|p| self.is_movable(*p))
    }

    fn least_loaded_subscriber(&self, partition: usize) -> Option<usize> {
        let topic = self.layout.topic[partition];
        self.by_load.iter().map(|(_, member)| *member).find(|member| self.layout.subscribes(*member, topic))
    }

    /// Whether no member could get a partition of one that has at least two more (`isBalanced`).
    fn is_balanced(&self) -> bool {
        let (Some((least, _)), Some((most, _))) = (self.by_load.first(), self.by_load.last()) else {
            return true;
        };
        if least + 1 >= *most {
            return true;
        }
        // The highest load with which each topic's partitions are.
        let mut highest = vec![0; self.subscribers.len()];
        for &(load, member) in &self.by_load {
            for &partition in &self.current[member] {
                let topic = &mut highest[self.layout.topic[partition]];
                *topic = load.max(*topic);
            }
        }
        self.by_load.iter().all(|(load, member)| self.topics[*member].iter().all(|t| load + 1 >= highest[*t]))
    }

    /// Moves partitions of `list` until there is balance or nothing to move (`performReassignments`). Answers
    /// whether it moved any.
    fn even_out(&mut self, list: &[usize]) -> bool {
        let mut moved_any = false;
        loop {
            let mut moved = false;
            for &partition in list {
                if self.moves_left == 0 || self.is_balanced() {
                    break;
                }
                if let Some(target) = self.better_owner(partition) {
                    self.reassign(partition, target);
                    moved = true;
                }
            }
            moved_any |= moved;
            if !moved || self.moves_left == 0 {
                return moved_any;
            }
        }
    }

    /// Who should have the partition instead of its owner: who had it before, if that evens things out, else
    /// the subscriber with least.
    fn better_owner(&self, partition: usize) -> Option<usize> {
        let owner = self.owner[partition]?;
        let has_less = |member: &usize| self.load(owner) > self.load(*member) + 1;
        let previous = self.previous.get(&partition).copied().filter(has_less);
        previous.or_else(|| self.least_loaded_subscriber(partition).filter(has_less))
    }

    fn reassign(&mut self, partition: usize, target: usize) {
        let Some(owner) = self.owner[partition] else { return };
        let actual = self.movements.actual(self.layout, partition, owner, target);
        let Some(source) = self.owner[actual] else { return };
        self.movements.note(self.layout, actual, source, target);
        self.by_load.remove(&(self.load(source), source));
        self.current[source].remove(&actual);
        self.by_load.insert((self.load(source), source));
        self.give(actual, target);
        self.moves_left -= 1;
    }

    fn give(&mut self, partition: usize, member: usize) {
        self.by_load.remove(&(self.load(member), member));
        self.current[member].insert(partition);
        self.by_load.insert((self.load(member), member));
        self.owner[partition] = Some(member);
    }
}

/// The latest owner of each partition before the highest generation of the group, if it still subscribes
/// (`prepopulateCurrentAssignments`).
fn previous_owners(layout: &Layout<'_>) -> BTreeMap<usize, usize> {
    let present = (0..layout.member_count()).map(|member| layout.generation(member)).max();
    let mut previous = BTreeMap::new();
    for &member in layout.walk.iter().filter(|member| Some(layout.generation(**member)) < present) {
        for partition in layout.claimed(member) {
            let latest = previous.entry(partition).or_insert(member);
            if layout.generation(member) > layout.generation(*latest) {
                *latest = member;
            }
        }
    }
    previous.retain(|partition, member| layout.subscribes(*member, layout.topic[*partition]));
    previous
}

/// How uneven it is: the differences of all pairs, added up (`getBalanceScore`).
fn imbalance(current: &[BTreeSet<usize>], among: &BTreeSet<(usize, usize)>) -> usize {
    let loads: Vec<usize> = among.iter().map(|(_, member)| current[*member].len()).collect();
    let pairs =
        loads.iter().enumerate().flat_map(|(n, a)| loads[n + 1..].iter().map(move |b| a.abs_diff(*b)));
    pairs.sum()
}
