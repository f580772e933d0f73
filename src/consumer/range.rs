//! Which part of a partition is read.

use crate::record::{Offset, Timestamp};

/// Where reading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartPosition {
    /// At the log start offset.
    Earliest,
    /// At the log end offset.
    Latest,
    /// At this offset.
    At(Offset),
    /// So many offsets behind the log start, or at the log end where there are fewer.
    AfterStart(u64),
    /// So many offsets before the log end, or at the log start where there are fewer.
    BeforeEnd(u64),
    /// At the first record that is as late as this, or at the log end if there is none.
    AtTime(Timestamp),
}

/// Where reading ends: before this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndPosition {
    /// The log end offset, as it is when reading begins.
    PresentEnd,
    /// This offset.
    At(Offset),
    /// So many offsets behind the log start.
    AfterStart(u64),
    /// So many offsets before the log end, as it is when reading begins.
    BeforeEnd(u64),
    /// The first record that is as late as this. When that is in the past, also the present end: nothing that
    /// comes now can be from before.
    AtTime(Timestamp),
}

/// What is not read of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadLimits {
    /// Reading ends before this offset.
    pub until_offset: Option<Offset>,
    /// Reading ends before the first record that is as late as this.
    pub until_time: Option<Timestamp>,
    /// Records of transactions that were aborted are passed over, and reading goes no further than to the first
    /// that is open (`isolation.level=read_committed`).
    pub committed_only: bool,
}
