//! Arguments of `mkafka wait` and `mkafka ps`.

use clap::Args;

use super::topic_choice::AnyTopicsArgs;
use super::{OutputFormat, TopicArgs};

/// Wait for a topic, an offset or a consumer group.
///
/// Until the topic exists, a partition has reached an offset, or a group has read all there is. Nothing is printed.
/// The exit status tells: 0 when it is so, 1 when the time is over, or when the topic or group that was waited for has
/// been deleted meanwhile.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka wait [OPTIONS] <TOPIC>",
    after_help = "Examples:
  Until somebody has created the topic:
      mkafka wait orders && mkafka consume orders
  Until partition 0 holds 1000 records, a minute at the most:
      mkafka wait orders --partition 0 --offset 1000 --timeout-ms 60000
  Until the topic has grown by one record:
      mkafka wait orders --more 1
  Until the group has nothing left to read:
      mkafka wait orders --group billing"
)]
pub struct WaitArgs {
    /// The topic.
    #[command(flatten)]
    pub topic: TopicArgs,

    /// The log end offset that is to be reached
    #[arg(long, value_name = "OFFSET", conflicts_with = "more")]
    pub offset: Option<i64>,

    /// How many records are to be appended from now on
    #[arg(long, value_name = "N")]
    pub more: Option<u64>,

    /// Until this consumer group has committed the end of every partition: a lag of 0
    #[arg(long, short = 'g', value_name = "GROUP", conflicts_with_all = ["offset", "more", "partition"])]
    pub group: Option<String>,

    /// Which partition is meant; may be left out where there is one, and with --more means all
    #[arg(long, value_name = "N")]
    pub partition: Option<i32>,

    /// Give up after so many milliseconds; 0 only looks once [default: never]
    #[arg(long, value_name = "MS")]
    pub timeout_ms: Option<u64>,
}

/// Show which processes use the data directory.
///
/// Who holds which lock, and who has which partition open. Needs /proc, thus Linux. Processes of other users show only to root; locks of them show without a name.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka ps [OPTIONS] [TOPIC]...",
    after_help = "Examples:
  Everybody, or who uses a topic:
      mkafka ps
      mkafka ps orders
  End them all:
      mkafka ps orders --output json | jq .pid | sort -u | xargs kill"
)]
pub struct PsArgs {
    /// Which topics.
    #[command(flatten)]
    pub topics: AnyTopicsArgs,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}
