//! Which offsets a reset sets: Kafka's scenarios (`ConsumerGroupCommand.prepareOffsetsToReset`).

use anyhow::{Result, bail};

use super::Logs;
use crate::cli::groups_reset::ResetTo;
use crate::cli::positions::PositionArg;
use crate::commands::select::lost_line;
use crate::log::bounds::{LogBounds, so_many_before, so_many_behind};
use crate::record::{LeaderEpoch, Offset, Timestamp};
use crate::store::{CommittedOffset, GroupOffsets, OffsetChange, OffsetChanges, TopicPartition};

/// Where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The log start offset.
    Earliest,
    /// The log end offset.
    Latest,
    /// What is committed.
    Current,
    /// This offset.
    To(Offset),
    /// On by so many from what is committed, or back.
    ShiftBy(i64),
    /// The first record at this time or later.
    Time(Timestamp),
    /// So many offsets behind the log start offset.
    AfterStart(u64),
    /// So many offsets before the log end offset.
    BeforeEnd(u64),
}

impl From<PositionArg> for Target {
    fn from(position: PositionArg) -> Self {
        match position {
            PositionArg::Start => Self::Earliest,
            PositionArg::End => Self::Latest,
            PositionArg::At(offset) => Self::To(Offset(offset)),
            PositionArg::AfterStart(count) => Self::AfterStart(count),
            PositionArg::BeforeEnd(count) => Self::BeforeEnd(count),
            PositionArg::Time(time) => Self::Time(Timestamp(time.millis(Timestamp::now().0))),
        }
    }
}

impl Target {
    /// The target in `to`, unless that is a file or the last reset.
    pub(super) fn new(to: &ResetTo) -> Option<Self> {
        if to.to_earliest {
            return Some(Self::Earliest);
        }
        if to.to_latest {
            return Some(Self::Latest);
        }
        if to.to_current {
            return Some(Self::Current);
        }
        let by_time = || {
            let before = to.by_duration.map(|duration| duration.before(Timestamp::now().0));
            to.to_datetime.map(|time| time.millis).or(before).map(|millis| Self::Time(Timestamp(millis)))
        };
        to.to_offset
            .map(|offset| Self::To(Offset(offset)))
            .or_else(|| to.to.map(Self::from))
            .or_else(|| to.shift_by.map(Self::ShiftBy))
            .or_else(by_time)
    }
}

/// What is to be committed, and what is to be said of it.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) changes: OffsetChanges,
    pub(super) warnings: Vec<String>,
    /// For which the command fails, though it does what else is asked for.
    pub(super) errors: Vec<String>,
}

impl Plan {
    /// Adds `of`, which is to go to `target`; `committed` is what the group has committed.
    pub(super) fn add(
        &mut self,
        of: TopicPartition,
        target: Target,
        committed: &GroupOffsets,
        logs: &Logs<'_>,
    ) -> Result<()> {
        // First which topic it is of: the bounds are then those of the same, or it is seen when they are committed.
        let topic = logs.topic_identity(&of)?;
        let Some((topic, bounds)) = topic.zip(logs.bounds(&of)?) else {
            self.pass_over(&of, logs, format!("there is no partition {of}: what is committed for it stays"));
            return Ok(());
        };
        let current = committed.get(&of).map(|committed| committed.offset);
        let offset = match target {
            Target::Earliest => bounds.start,
            Target::Latest => bounds.end,
            Target::AfterStart(count) => self.within(&bounds, so_many_behind(bounds.start, count), &of),
            Target::BeforeEnd(count) => self.within(&bounds, so_many_before(bounds.end, count), &of),
            Target::Current => current.unwrap_or(bounds.end),
            Target::To(offset) => self.within(&bounds, offset, &of),
            Target::ShiftBy(by) => match current {
                Some(current) => self.within(&bounds, Offset(current.0.saturating_add(by)), &of),
                None => {
                    bail!("Cannot shift offset for partition {of} since there is no current committed offset")
                }
            },
            Target::Time(time) => logs.offset_for_time(&of, time)?.unwrap_or_else(|| {
                let end = bounds.end;
                self.warnings.push(format!(
                    "partition {of} has no record at that time or later; its offset is set to its end, {end}"
                ));
                end
            }),
        };
        self.changes.insert(of, OffsetChange { topic, committed: Some(committed_at(offset)) });
        Ok(())
    }

    /// Adds `of`, for which `replaced` is to be taken back: what the last reset has replaced.
    pub(super) fn add_replaced(
        &mut self,
        of: TopicPartition,
        replaced: OffsetChange,
        logs: &Logs<'_>,
    ) -> Result<()> {
        match logs.topic_identity(&of)? {
            Some(topic) if replaced.topic.is_still(topic) => {
                self.changes.insert(of, OffsetChange { topic, ..replaced });
            }
            Some(_) => {
                let topic = &of.topic;
                self.warnings.push(format!("topic '{topic}' has been created anew since: {of} is left out"));
            }
            // Of a topic that has been deleted since nothing is committed any longer.
            None => {
                self.pass_over(&of, logs, format!("there is no partition {of} any longer: it is left out"))
            }
        }
        Ok(())
    }

    /// Notes that nothing is set for `of`, which is not here: as a `warning`, unless somebody has removed it.
    pub(super) fn pass_over(&mut self, of: &TopicPartition, logs: &Logs<'_>, warning: String) {
        match logs.is_lost(of) {
            true => self.errors.push(lost_line(of, "what is committed for it stays")),
            false => self.warnings.push(warning),
        }
    }

    /// `offset`, or the end of the log that is nearest to it (`checkOffsetsRange`).
    fn within(&mut self, bounds: &LogBounds, offset: Offset, of: &TopicPartition) -> Offset {
        let (start, end) = (bounds.start, bounds.end);
        if offset > end {
            self.warnings.push(format!(
                "New offset ({offset}) is higher than latest offset for topic partition {of}. Value will be set \
                 to {end}"
            ));
        } else if offset < start {
            self.warnings.push(format!(
                "New offset ({offset}) is lower than earliest offset for topic partition {of}. Value will be set \
                 to {start}"
            ));
        }
        offset.clamp(start, end)
    }
}

/// What a reset commits.
fn committed_at(offset: Offset) -> CommittedOffset {
    CommittedOffset {
        offset,
        leader_epoch: LeaderEpoch(-1),
        metadata: String::new(),
        commit_timestamp: Timestamp::now(),
    }
}
