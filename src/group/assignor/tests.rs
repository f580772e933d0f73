//! Kafka's results, and what holds of any assignment.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

fn topic(name: &str) -> TopicName {
    TopicName::new(name).unwrap()
}

/// The items of a list with commas.
fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|item| !item.is_empty())
}

fn partitions(list: &str) -> BTreeSet<TopicPartition> {
    items(list).map(|item| TopicPartition::from_folder_name(item).unwrap()).collect()
}

/// What is given to the assignors.
#[derive(Debug, Clone)]
struct Case {
    strategy: AssignmentStrategy,
    counts: BTreeMap<TopicName, i32>,
    members: BTreeMap<MemberId, Subscription>,
}

impl Case {
    /// Reads a case as `.ci/Assignors.java` writes it.
    fn read(text: &str) -> Self {
        let mut fields = text.split('\t');
        let strategy = fields.next().unwrap().parse().unwrap();
        let counts = items(fields.next().unwrap()).map(|item| {
            let (name, count) = item.split_once('=').unwrap();
            (topic(name), count.parse().unwrap())
        });
        let counts = counts.collect();
        let members = fields.map(|member| {
            let [id, instance, generation, topics, owned] =
                member.split(';').collect::<Vec<_>>().try_into().unwrap();
            let subscription = Subscription {
                topics: items(topics).map(topic).collect(),
                group_instance_id: Some(instance.to_owned()).filter(|i| !i.is_empty()),
                owned_partitions: partitions(owned),
                generation: Some(generation).filter(|g| !g.is_empty()).map(|g| g.parse().unwrap()),
            };
            (MemberId::new(id), subscription)
        });
        Self { strategy, counts, members: members.collect() }
    }

    fn assign(&self) -> Assignment {
        assign(self.strategy, &self.counts, &self.members)
    }

    /// The same group after it got `assignment`.
    fn with_owned(&self, assignment: &Assignment) -> Self {
        let mut after = self.clone();
        for (id, member) in &mut after.members {
            member.owned_partitions = assignment[id].clone();
        }
        after
    }

    /// Fails unless each partition that somebody wants is with exactly one who wants it.
    fn check_complete(&self, assignment: &Assignment) {
        assert!(assignment.keys().eq(self.members.keys()), "{self:?}");
        let mut expected = BTreeSet::new();
        for name in self.members.values().flat_map(|member| &member.topics) {
            let count = self.counts.get(name).copied().unwrap_or(0);
            expected.extend((0..count).map(|n| TopicPartition::new(name.clone(), n)));
        }
        let mut given = BTreeSet::new();
        for (id, partitions) in assignment {
            for partition in partitions {
                assert!(self.members[id].topics.contains(&partition.topic), "{partition} to {id}: {self:?}");
                assert!(given.insert(partition.clone()), "{partition} twice: {self:?}");
            }
        }
        assert_eq!(given, expected, "{self:?}");
    }
}

/// Compares with Kafka's results, case by case; answers how many cases there were.
fn compare(lines: &str) -> usize {
    let cases = lines.lines().filter(|line| !line.starts_with('#'));
    cases
        .inspect(|line| {
            let (case, expected) = line.split_once("\t=>\t").unwrap();
            let case = Case::read(case);
            let assignment = case.assign();
            case.check_complete(&assignment);
            let expected = expected.split('\t').map(|member| member.split_once('=').unwrap());
            let expected: Assignment =
                expected.map(|(id, list)| (MemberId::new(id), partitions(list))).collect();
            assert_eq!(assignment, expected, "{line}");
        })
        .count()
}

#[test]
fn groups_are_assigned_as_by_kafka() {
    // `.ci/judge` sees to it that these are still Kafka's results.
    assert_eq!(compare(include_str!("kafka_cases.tsv")), 73);
}

/// Compares with the cases in the file that `MKAFKA_ASSIGNOR_CASES` names.
#[test]
#[ignore = "needs Kafka's classes; .ci/judge runs it"]
fn random_groups_are_assigned_as_by_kafka() {
    let path = std::env::var_os("MKAFKA_ASSIGNOR_CASES").expect("MKAFKA_ASSIGNOR_CASES names a file");
    assert!(compare(&std::fs::read_to_string(path).unwrap()) > 0, "the file has no cases");
}

fn members(of: &[(&str, &str, &str, Option<i32>)]) -> BTreeMap<MemberId, Subscription> {
    let member = |(id, topics, owned, generation): &(&str, &str, &str, Option<i32>)| {
        let subscription = Subscription {
            topics: items(topics).map(topic).collect(),
            owned_partitions: partitions(owned),
            generation: *generation,
            ..Subscription::default()
        };
        (MemberId::new(*id), subscription)
    };
    of.iter().map(member).collect()
}

fn sticky(counts: &[(&str, i32)], of: &[(&str, &str, &str, Option<i32>)]) -> Case {
    let counts = counts.iter().map(|(name, count)| (topic(name), *count)).collect();
    Case { strategy: AssignmentStrategy::CooperativeSticky, counts, members: members(of) }
}

/// Where Kafka's sticky assignor goes wrong, and mkafka does not.
#[test]
fn faults_of_kafka_are_not_copied() {
    // b had t-4 and t-5 but no longer subscribes to t.
    let owned = "t-0,t-1,t-2,t-3,t-4,t-5";
    let earlier = [("a", "t", owned, Some(7)), ("b", "u", "t-4,t-5", Some(6)), ("c", "t,u", "", Some(7))];
    let unsubscribed = sticky(&[("t", 6), ("u", 2)], &earlier);
    unsubscribed.check_complete(&unsubscribed.assign());
    // a wants nothing; Kafka takes its subscription for the same as b's.
    let nothing = sticky(&[("t", 3)], &[("a", "", "", None), ("b", "t", "", None)]);
    nothing.check_complete(&nothing.assign());
    // The topic t was deleted and made anew with fewer partitions.
    for topics in ["t,u", "u"] {
        let fewer = [("a", "t,u", "t-0,t-4,u-0", Some(1)), ("b", topics, "t-7,u-1", Some(1))];
        let fewer = sticky(&[("t", 2), ("u", 2)], &fewer);
        fewer.check_complete(&fewer.assign());
    }
    let nobody = sticky(&[("t", 3)], &[]);
    assert!(nobody.assign().is_empty());
}

/// Groups of up to seven members over up to four topics. What they own is anything.
fn any_case(equal: bool) -> impl Strategy<Value = Case> {
    let counts = proptest::collection::vec(0..9, 1..5);
    let members = proptest::collection::vec((any::<u8>(), any::<u64>(), -1..3_i32), 1..8);
    (0..3_usize, counts, members).prop_map(move |(strategy, counts, members)| {
        let name = |t: usize| topic(&format!("t{t}"));
        let counts: BTreeMap<_, _> = counts.into_iter().enumerate().map(|(t, n)| (name(t), n)).collect();
        let wanted = members[0].0;
        let member = |(m, (topics, owned, generation)): (usize, (u8, u64, i32))| {
            let topics = if equal { wanted } else { topics };
            let subscription = Subscription {
                topics: (0..4).filter(|t| topics >> t & 1 == 1).map(name).collect(),
                group_instance_id: (topics & 0xC0 == 0).then(|| format!("i{}", owned % 100)),
                // Up to a partition behind the last, which may have been.
                owned_partitions: (0..36)
                    .filter(|p| owned >> p & 1 == 1)
                    .map(|p| TopicPartition::new(name(p / 9), i32::try_from(p % 9).unwrap()))
                    .collect(),
                generation: Some(generation),
            };
            (MemberId::new(format!("consumer-{m}-{}", owned % 1000)), subscription)
        };
        let members = members.into_iter().enumerate().map(member).collect();
        Case { strategy: AssignmentStrategy::ALL[strategy], counts, members }
    })
}

/// How many partitions that `before` has would not be where they were.
fn moved(before: &BTreeMap<MemberId, Subscription>, after: &Assignment) -> usize {
    before.iter().map(|(id, member)| member.owned_partitions.difference(&after[id]).count()).sum()
}

/// The fewest partitions that can move when the members, all with the same subscription, are to have even
/// shares.
fn fewest_moves(members: &BTreeMap<MemberId, Subscription>, partitions: usize) -> usize {
    let (share, more) = (partitions / members.len(), partitions % members.len());
    let owned: Vec<usize> = members.values().map(|member| member.owned_partitions.len()).collect();
    let kept: usize = owned.iter().map(|owned| *owned.min(&share)).sum();
    let one_more = owned.iter().filter(|owned| **owned > share).count().min(more);
    owned.iter().sum::<usize>() - kept - one_more
}

proptest! {
    #[test]
    fn each_partition_goes_to_one_subscriber(case in any_case(false)) {
        case.check_complete(&case.assign());
    }

    #[test]
    fn equal_subscriptions_get_equal_shares(case in any_case(true)) {
        let assignment = case.assign();
        case.check_complete(&assignment);
        let sizes: Vec<usize> = match case.strategy {
            // A range evens out each topic, not all of them.
            AssignmentStrategy::Range => {
                let of_first = |p: &&TopicPartition| p.topic.as_str() == "t0";
                assignment.values().map(|partitions| partitions.iter().filter(of_first).count()).collect()
            }
            _ => assignment.values().map(BTreeSet::len).collect(),
        };
        prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{:?}", case);
    }

    #[test]
    fn no_more_partitions_move_than_must(case in any_case(true), leaves in 0..8_usize, joins in 0..3_usize) {
        let mut case = Case { strategy: AssignmentStrategy::CooperativeSticky, ..case };
        let first = case.members.values().next().unwrap().clone();
        case = case.with_owned(&case.assign());
        for member in case.members.values_mut() {
            member.generation = Some(3);
        }
        // Nobody joins or leaves: nothing moves.
        prop_assert_eq!(moved(&case.members, &case.assign()), 0);
        if case.members.len() > 1 && leaves < case.members.len() {
            let left = case.members.keys().nth(leaves).unwrap().clone();
            case.members.remove(&left);
            // What the others have stays with them.
            prop_assert_eq!(moved(&case.members, &case.assign()), 0);
        }
        for n in 0..joins {
            let new = Subscription { owned_partitions: BTreeSet::new(), generation: None, ..first.clone() };
            case.members.insert(MemberId::new(format!("new-{n}")), new);
        }
        let assignment = case.assign();
        let partitions = assignment.values().map(BTreeSet::len).sum();
        prop_assert_eq!(moved(&case.members, &assignment), fewest_moves(&case.members, partitions));
    }

    #[test]
    fn what_was_assigned_once_stays(case in any_case(false)) {
        let mut case = Case { strategy: AssignmentStrategy::CooperativeSticky, ..case };
        for member in case.members.values_mut() {
            member.generation = Some(3);
        }
        let assignment = case.assign();
        prop_assert_eq!(case.with_owned(&assignment).assign(), assignment);
    }
}
