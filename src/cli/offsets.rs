//! Arguments of `mkafka topics offsets`.

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
