//! Arguments of `mkafka count`.

use clap::{Args, ValueEnum};

use super::OutputFormat;
use super::topic_choice::SomeTopicsArgs;

/// Count the records of topics.
///
/// A single topic that is named is answered by a number alone; several, and those that a regular expression matches,
/// by a line topic:count each. The number is exact: what compaction has taken out is not counted, nor are the markers of transactions.
/// It comes from the headers of the batches, so that records are neither read nor unpacked.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka count [OPTIONS] <TOPIC>...",
    after_help = "Examples:
  One number, or one for each partition:
      mkafka count orders
      mkafka count orders --by-partition
  Each of several topics:
      mkafka count --regex 'orders.*'
  Without what was aborted or is not decided:
      mkafka count orders --isolation-level read_committed"
)]
pub struct CountArgs {
    /// Which topics.
    #[command(flatten)]
    pub topics: SomeTopicsArgs,

    /// Only this partition
    #[arg(long, value_name = "N")]
    pub partition: Option<i32>,

    /// A line topic:partition:count for each partition
    #[arg(long)]
    pub by_partition: bool,

    /// Whether records of transactions count that were aborted or are still open
    #[arg(long, value_name = "LEVEL", default_value = "read_uncommitted")]
    pub isolation_level: IsolationLevel,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// Which records count (`isolation.level`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum IsolationLevel {
    /// All.
    ReadUncommitted,
    /// Only those that are outside of transactions or in committed ones.
    ReadCommitted,
}
