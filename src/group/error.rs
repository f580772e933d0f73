//! What can go wrong with a group.

use std::path::PathBuf;

use super::assignor::AssignmentStrategy;
use super::state::GroupPhase;
use crate::fs::FileError;
use crate::spelling::did_you_mean;
use crate::store::{GroupId, StoreError};

/// An error of a group.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// This member is no longer in its group, or does not own what it wants to commit for
    /// (`FencedMemberEpochException`).
    #[error("this member has been taken out of group '{0}': it did not poll within max.poll.interval.ms")]
    Fenced(GroupId),
    /// No way of assigning partitions that all agree to (`InconsistentGroupProtocolException`).
    #[error(
        "group '{group}' assigns partitions by {theirs}, which this consumer's --partition-assignment-strategy \
         does not have"
    )]
    Inconsistent {
        /// The group.
        group: GroupId,
        /// How its members do it.
        theirs: AssignmentStrategy,
    },
    /// Only a group without members can be changed from outside.
    #[error("group '{group}' is not empty: its state is {phase}")]
    NotEmpty {
        /// The group.
        group: GroupId,
        /// Its state.
        phase: GroupPhase,
    },
    /// There is no such group.
    #[error("Consumer group '{group}' does not exist{}", way_out(.suggestion))]
    Unknown {
        /// The group that was asked for.
        group: GroupId,
        /// The existing group that comes closest.
        suggestion: Option<GroupId>,
    },
    /// The record of what the last reset replaced is damaged.
    #[error("{} is damaged: the last reset cannot be taken back", .0.display())]
    BadUndo(PathBuf),
    /// The data directory refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system refused.
    #[error(transparent)]
    File(#[from] FileError),
}

fn way_out(suggestion: &Option<GroupId>) -> String {
    match suggestion {
        Some(_) => did_you_mean(suggestion.as_ref()),
        None => "; `mkafka groups list` shows the groups there are".to_owned(),
    }
}
