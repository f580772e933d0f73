//! Arguments of `mkafka topics offsets` and `mkafka topics delete-records`.

use std::path::PathBuf;

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

/// Delete the records of a partition that come before an offset or a time.
///
/// They can be read no more from then on, by a Kafka broker on the same files either. Segments that hold
/// nothing else are removed. Offsets stay what they are.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka topics delete-records [OPTIONS] <TOPIC>",
    after_help = "Examples:
  What comes before offset 1000 of partition 0:
      mkafka topics delete-records orders --partition 0 --offset 1000
  What is older than a day, in all partitions:
      mkafka topics delete-records orders --time 1d
  All records of a topic that is to stay:
      mkafka topics delete-records orders --offset -1
  The same as kafka-delete-records has it:
      mkafka topics delete-records --offset-json-file offsets.json"
)]
pub struct DeleteRecordsArgs {
    /// The topic
    #[arg(value_name = "TOPIC", conflicts_with_all = ["topic", "offset_json_file"],
          required_unless_present_any = ["topic", "offset_json_file"])]
    name: Option<String>,

    /// The topic, in the form of Kafka's tools
    #[arg(long, short = 't', value_name = "TOPIC", conflicts_with = "offset_json_file")]
    topic: Option<String>,

    /// The partition; all when none is given
    #[arg(long, value_name = "N")]
    pub partition: Option<i32>,

    /// The first offset that is kept; -1 is the log end
    #[arg(long, value_name = "OFFSET", allow_negative_numbers = true,
          required_unless_present_any = ["time", "offset_json_file"],
          value_parser = clap::value_parser!(i64).range(-1..))]
    pub offset: Option<i64>,

    /// Keep from the first record on whose timestamp is not before this: milliseconds since 1970, @seconds,
    /// 2026-01-31T12:00:00Z, 2026-01-31 12:00, or so long ago as 15m, 2h or 7d
    #[arg(long, value_name = "TIME", conflicts_with = "offset")]
    pub time: Option<super::time::TimeArg>,

    /// A file of partitions and offsets:
    /// {"partitions":[{"topic":"t","partition":0,"offset":3}],"version":1}
    #[arg(long, value_name = "FILE", conflicts_with_all = ["partition", "offset", "time"])]
    pub offset_json_file: Option<PathBuf>,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

impl DeleteRecordsArgs {
    /// The topic's name as it was given, in whichever form.
    pub fn name(&self) -> &str {
        self.name.as_deref().or(self.topic.as_deref()).unwrap_or_default()
    }
}
