//! The sticky assignment when all members subscribe to the same topics.

use std::collections::{BTreeSet, VecDeque};

use super::{Claims, Layout};

/// Lets each member keep what it owns up to its quota, and deals out the rest
/// (`AbstractStickyAssignor.ConstrainedAssignmentBuilder`). Answers the partitions of each member.
///
/// The quota is the even share, rounded down; of as many members as there are partitions left over then, it is
/// one more.
pub(super) fn assign(layout: &Layout<'_>, claims: Claims) -> Vec<BTreeSet<usize>> {
    let members = layout.member_count();
    let mut assigned = vec![BTreeSet::new(); members];
    if members == 0 {
        return assigned;
    }
    let quota = layout.partition_count() / members;
    let over_quota_allowed = layout.partition_count() % members;
    let mut over_quota = 0;
    let (mut below, mut at_quota) = (Vec::new(), Vec::new());
    let mut free = vec![true; layout.partition_count()];
    for &member in &layout.walk {
        let mut owned: Vec<usize> = claims.owned[member].difference(&claims.contested).copied().collect();
        owned.sort_by_key(|partition| (layout.number_in_topic(*partition), *partition));
        if owned.len() < quota {
            below.push(member);
        } else if owned.len() > quota && over_quota < over_quota_allowed {
            over_quota += 1;
            owned.truncate(quota + 1);
        } else {
            owned.truncate(quota);
            at_quota.push(member);
        }
        for &partition in &owned {
            free[partition] = false;
        }
        assigned[member].extend(owned);
    }
    if over_quota == over_quota_allowed {
        at_quota.clear();
    }
    below.sort_unstable();
    at_quota.sort_unstable();

    let mut at_quota = VecDeque::from(at_quota);
    let mut turn = 0;
    for partition in (0..free.len()).filter(|partition| free[*partition]) {
        if below.is_empty() {
            // What is free fits the quotas exactly, so there is a member left.
            let Some(member) = at_quota.pop_front() else { unreachable!("the quotas add up") };
            assigned[member].insert(partition);
            continue;
        }
        if turn == below.len() {
            turn = 0;
        }
        let member = below[turn];
        assigned[member].insert(partition);
        if assigned[member].len() == quota {
            below.remove(turn);
            at_quota.push_back(member);
        } else {
            turn += 1;
        }
    }
    assigned
}
