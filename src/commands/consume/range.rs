//! What the arguments say of where reading begins and ends, for each partition.

use super::config::{AutoOffsetReset, ConsumerConfig};
use crate::cli::consume::ConsumeArgs;
use crate::cli::positions::{PartitionArg, PositionArg};
use crate::commands::UsageError;
use crate::consumer::{EndPosition, ReadLimits, StartPosition};
use crate::record::{Offset, Timestamp};
use crate::store::{TopicPartition, TopicSelection};

/// Where reading begins and ends.
#[derive(Debug, Clone)]
pub(super) struct Ranges {
    /// Of the partitions that are not named.
    start: StartPosition,
    end: Option<EndPosition>,
    named: Vec<Named>,
}

/// A partition with a range of its own.
#[derive(Debug, Clone)]
struct Named {
    of: PartitionArg,
    start: Option<StartPosition>,
    end: Option<EndPosition>,
}

impl Ranges {
    /// What `args` ask for, of the topics of `selection`.
    ///
    /// # Errors
    /// When something is said twice, or of a partition that is not to be read.
    pub(super) fn new(
        args: &ConsumeArgs,
        config: &ConsumerConfig,
        selection: &TopicSelection,
    ) -> Result<Self, UsageError> {
        let now = Timestamp::now().0;
        let (mut start, mut end) = (None, None);
        let mut named: Vec<Named> = Vec::new();
        for offset in &args.range.offset {
            let from = offset.from.map(|position| start_position(position, now));
            let to = offset.to.map(|position| end_position(position, now)).transpose()?;
            let is_second = match &offset.of {
                None => {
                    let is_second = from.is_some() && start.is_some() || to.is_some() && end.is_some();
                    (start, end) = (start.or(from), end.or(to));
                    is_second
                }
                Some(of) => {
                    check_is_read(of, args, selection)?;
                    let is_second = named.iter().any(|other| {
                        let topics = (&other.of.topic, &of.topic);
                        let is_same_topic = !matches!(topics, (Some(a), Some(b)) if a != b);
                        other.of.partition == of.partition && is_same_topic
                    });
                    named.push(Named { of: of.clone(), start: from, end: to });
                    is_second
                }
            };
            if is_second {
                let of =
                    offset.of.as_ref().map_or_else(String::new, |of| format!(" partition {}", of.partition));
                return Err(UsageError(format!("--offset says twice where to begin or to end{of}")));
            }
        }
        let to_the_present = match config.reset {
            Some(AutoOffsetReset::Earliest) => StartPosition::Earliest,
            // Up to somewhere is from the beginning.
            _ if end.is_some() => StartPosition::Earliest,
            _ => StartPosition::Latest,
        };
        let since = args.range.from_timestamp.map(|time| StartPosition::AtTime(Timestamp(time.millis(now))));
        Ok(Self { start: since.or(start).unwrap_or(to_the_present), end, named })
    }

    /// All partitions from `start` on.
    pub(super) fn from(start: StartPosition) -> Self {
        Self { start, end: None, named: Vec::new() }
    }

    /// Where reading of partition `of` begins and ends.
    pub(super) fn of(&self, of: &TopicPartition) -> (StartPosition, Option<EndPosition>) {
        let is_it = |named: &&Named| {
            let is_topic = |topic: &String| topic == of.topic.as_str();
            i32::try_from(named.of.partition) == Ok(of.partition)
                && named.of.topic.as_ref().is_none_or(is_topic)
        };
        match self.named.iter().find(is_it) {
            Some(named) => (named.start.unwrap_or(self.start), named.end),
            None => (self.start, self.end),
        }
    }

    /// The numbers of the partitions of `topic` that are named.
    pub(super) fn named_of(&self, topic: &str) -> impl Iterator<Item = u32> {
        let of_it =
            self.named.iter().filter(move |named| named.of.topic.as_ref().is_none_or(|of| of == topic));
        of_it.map(|named| named.of.partition)
    }

    /// Takes the end that holds for all partitions, as far as limits can say it; answers whether reading is to
    /// stop at the present end.
    pub(super) fn give_end(&mut self, limits: &mut ReadLimits) -> bool {
        if !self.named.is_empty() {
            return false;
        }
        match self.end {
            Some(EndPosition::PresentEnd) => {}
            Some(EndPosition::At(offset)) => {
                limits.until_offset = Some(limits.until_offset.map_or(offset, |until| until.min(offset)));
            }
            Some(EndPosition::AtTime(time)) => {
                limits.until_time = Some(limits.until_time.map_or(time, |until| until.min(time)));
            }
            // These differ from partition to partition.
            Some(EndPosition::AfterStart(_) | EndPosition::BeforeEnd(_)) | None => return false,
        }
        let is_present = self.end == Some(EndPosition::PresentEnd);
        self.end = None;
        is_present
    }
}

fn start_position(position: PositionArg, now: i64) -> StartPosition {
    match position {
        PositionArg::Start => StartPosition::Earliest,
        PositionArg::End => StartPosition::Latest,
        PositionArg::At(offset) => StartPosition::At(Offset(offset)),
        PositionArg::AfterStart(count) => StartPosition::AfterStart(count),
        PositionArg::BeforeEnd(count) => StartPosition::BeforeEnd(count),
        PositionArg::Time(time) => StartPosition::AtTime(Timestamp(time.millis(now))),
    }
}

fn end_position(position: PositionArg, now: i64) -> Result<EndPosition, UsageError> {
    Ok(match position {
        PositionArg::Start => {
            return Err(UsageError("--offset: nothing lies before the earliest".to_owned()));
        }
        PositionArg::End => EndPosition::PresentEnd,
        PositionArg::At(offset) => EndPosition::At(Offset(offset)),
        PositionArg::AfterStart(count) => EndPosition::AfterStart(count),
        PositionArg::BeforeEnd(count) => EndPosition::BeforeEnd(count),
        PositionArg::Time(time) => EndPosition::AtTime(Timestamp(time.millis(now))),
    })
}

/// Refuses a partition that is named and not read.
fn check_is_read(
    of: &PartitionArg,
    args: &ConsumeArgs,
    selection: &TopicSelection,
) -> Result<(), UsageError> {
    let number = of.partition;
    if !args.partition.is_empty() && !args.partition.contains(&number) {
        return Err(UsageError(format!("--offset names partition {number}, which --partition leaves out")));
    }
    match (&of.topic, selection) {
        (Some(topic), TopicSelection::Topics(topics)) if !topics.iter().any(|t| t.as_str() == topic) => {
            Err(UsageError(format!("--offset names topic '{topic}', which is not read")))
        }
        (_, TopicSelection::Topics(_)) => Ok(()),
        (_, TopicSelection::Pattern(_)) => {
            Err(UsageError("The topic is required when partition is specified.".to_owned()))
        }
    }
}
