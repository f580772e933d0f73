//! Consumer groups: members that share the partitions of topics among them, without a coordinator.
//!
//! | what | where |
//! | --- | --- |
//! | which member gets what, by Kafka's assignors | [`assignor`] |
//! | epochs, targets, who owns what: the rules | [`state`] |
//! | the group's lock and files | `folder` |
//! | whether a member lives | `presence` |
//! | joining, reconciling, committing, leaving | [`GroupMember`] |
//! | looking at groups, and changing those without members | [`view`] |
//! | what the last reset replaced | `undo` |
//!
//! The coordinator is a file under a lock. Every change of a group, and every commit, is one step under that
//! lock, so that a commit and the check that its member still owns the partition cannot come apart.

pub mod assignor;
#[cfg(test)]
mod crash_tests;
mod error;
mod folder;
mod member;
mod presence;
pub mod state;
mod undo;
pub mod view;

pub use error::GroupError;
pub use member::{Change, GroupMember, MemberConfig, Positions};
