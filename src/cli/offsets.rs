//! Arguments of `mkafka topics offsets`.

use std::str::FromStr;

use clap::Args;

use super::OutputFormat;
use super::topic_choice::AnyTopicsArgs;

/// Show offsets of partitions: the end, the start, or by time.
///
/// Each line is topic:partition:offset, as kafka-get-offsets prints it. A partition that has no answer, such
/// as one without a record at or after the time, is left out.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka topics offsets [OPTIONS] [TOPIC]...",
    after_help = "Examples:
  The offset that the next record of each partition gets:
      mkafka topics offsets orders
  The first one that can be read; the one of the latest timestamp:
      mkafka topics offsets orders --time earliest
      mkafka topics offsets orders --time max-timestamp
  Partitions 0 to 2 of one topic and 1 of another, as kafka-get-offsets has it:
      mkafka topics offsets --topic-partitions orders:0-3,users:1
  The first record since midnight:
      mkafka topics offsets orders --time $(date -d 0:00 +%s000)"
)]
pub struct OffsetsArgs {
    /// Which topics.
    #[command(flatten)]
    pub topics: AnyTopicsArgs,

    /// Only these partitions, with commas between them
    #[arg(long, value_name = "N,...", value_delimiter = ',')]
    pub partitions: Vec<i32>,

    /// Only these partitions of these topics: t1:1,t2:0-3,t3,t4:5-,:0-2; a range ends before its second number, and
    /// without a topic all are meant
    #[arg(
        long,
        value_name = "TOPIC:N,...",
        value_delimiter = ',',
        group = "named",
        conflicts_with_all = ["names", "topics", "partitions"]
    )]
    pub topic_partitions: Vec<TopicPartitionsRule>,

    /// Which offset: latest (-1), earliest (-2), max-timestamp (-3), or that of the first record whose
    /// timestamp is not before this many milliseconds since 1970
    #[arg(long, value_name = "TIME", default_value = "latest", allow_hyphen_values = true,
          value_parser = TimeArg::parse)]
    pub time: TimeArg,

    /// Leave out the topics that Kafka keeps for itself
    #[arg(long)]
    pub exclude_internal_topics: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// Some partitions of a topic, as kafka-get-offsets has them (`TopicPartitionFilter`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicPartitionsRule {
    /// The topic, or a regular expression; `None` means all.
    pub topic: Option<String>,
    /// The first partition.
    pub from: i32,
    /// The one behind the last; `None` where there is no end.
    pub to: Option<i32>,
    /// Whether it is a single partition that was named.
    pub is_single: bool,
}

impl FromStr for TopicPartitionsRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || format!("Invalid rule specification: {text}");
        let (topic, numbers) = text.trim().rsplit_once(':').unwrap_or((text.trim(), "-"));
        // A sign of its own is no number's.
        let number = |digits: &str| match digits.bytes().all(|b| b.is_ascii_digit()) {
            true => digits.parse::<i32>().map_err(|_| invalid()),
            false => Err(invalid()),
        };
        let bound = |digits: &str| (!digits.is_empty()).then(|| number(digits)).transpose();
        let (from, to, is_single) = match numbers.split_once('-') {
            Some((from, to)) => (bound(from)?.unwrap_or(0), bound(to)?, false),
            None => {
                let only = number(numbers)?;
                (only, only.checked_add(1), true)
            }
        };
        let is_nothing = topic.is_empty() && !text.contains(':');
        if is_nothing || to.is_some_and(|to| to <= from) {
            return Err(invalid());
        }
        Ok(Self { topic: (!topic.is_empty()).then(|| topic.to_owned()), from, to, is_single })
    }
}

impl TopicPartitionsRule {
    /// Whether it means the partition with this number.
    pub fn includes(&self, partition: i32) -> bool {
        partition >= self.from && self.to.is_none_or(|to| partition < to)
    }
}

/// Which offset of a partition (`OffsetSpec`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeArg {
    /// The log end.
    Latest,
    /// The log start.
    Earliest,
    /// That of the record with the largest timestamp.
    MaxTimestamp,
    /// That of the first record at or after this time, in milliseconds since 1970.
    At(i64),
}

impl TimeArg {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "latest" | "-1" => Ok(Self::Latest),
            "earliest" | "-2" => Ok(Self::Earliest),
            "max-timestamp" | "-3" => Ok(Self::MaxTimestamp),
            "earliest-local" | "-4" => Ok(Self::Earliest),
            "latest-tiered" | "-5" => Err("there is no tiered storage here".to_owned()),
            _ => match text.parse() {
                Ok(time) if time >= 0 => Ok(Self::At(time)),
                _ => Err(format!(
                    "Malformed time argument {text}. Please use -1 or latest / -2 or earliest / -3 or \
                     max-timestamp, or a specified long format timestamp"
                )),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_as_kafka_writes_them() {
        let rule = |topic: Option<&str>, from, to, is_single| {
            Ok(TopicPartitionsRule { topic: topic.map(str::to_owned), from, to, is_single })
        };
        assert_eq!("t1:1".parse(), rule(Some("t1"), 1, Some(2), true));
        assert_eq!("t2:0-3".parse(), rule(Some("t2"), 0, Some(3), false));
        assert_eq!("t3".parse(), rule(Some("t3"), 0, None, false));
        assert_eq!("t4:5-".parse(), rule(Some("t4"), 5, None, false));
        assert_eq!("t5:-3".parse(), rule(Some("t5"), 0, Some(3), false));
        assert_eq!(":0".parse(), rule(None, 0, Some(1), true));
        for bad in ["", "t:x", "t:", "t:3-3", "t:5-2", "t:+1", "t:1-2-3", "t:9999999999"] {
            let refused = bad.parse::<TopicPartitionsRule>();
            assert_eq!(refused, Err(format!("Invalid rule specification: {bad}")), "{bad}");
        }
        let some: TopicPartitionsRule = "t:2-4".parse().expect("a rule");
        assert_eq!((0..6).filter(|n| some.includes(*n)).collect::<Vec<_>>(), [2, 3]);
    }
}
