//! How far a group has come.

use std::collections::{BTreeMap, BTreeSet};

use super::Logs;
use crate::commands::select::lost_line;
use crate::group::assignor::MemberId;
use crate::group::state::MemberState;
use crate::group::view::GroupView;
use crate::output::groups::PartitionProgress;
use crate::store::TopicPartition;

/// Every partition that the group has committed for or that a member has, sorted. What cannot be read is noted in
/// `errors`.
pub(super) fn progress(
    view: &GroupView,
    logs: &Logs<'_>,
    errors: &mut Vec<String>,
) -> Vec<PartitionProgress> {
    let mut owners: BTreeMap<&TopicPartition, (&MemberId, &MemberState)> = BTreeMap::new();
    for (id, member) in &view.state.members {
        owners.extend(member.owned.iter().map(|of| (of, (id, member))));
    }
    let all: BTreeSet<&TopicPartition> = view.offsets.keys().chain(owners.keys().copied()).collect();
    let mut end_of = |of: &TopicPartition| match logs.bounds(of) {
        Ok(None) if logs.is_lost(of) => {
            errors.push(lost_line(of, "its lag is not known"));
            None
        }
        Ok(bounds) => bounds.map(|bounds| bounds.end),
        Err(error) => {
            errors.push(error.to_string());
            None
        }
    };
    let one = |of: &TopicPartition| PartitionProgress {
        of: of.clone(),
        committed: view.offsets.get(of).cloned(),
        log_end_offset: end_of(of),
        owner: owners.get(of).map(|(id, member)| ((*id).clone(), (*member).clone())),
    };
    all.into_iter().map(one).collect()
}
