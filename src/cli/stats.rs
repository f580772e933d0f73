//! Arguments of `mkafka topics stats`.

use clap::Args;

use super::OutputFormat;
use super::topic_choice::SomeTopicsArgs;

/// Show what is in topics: how much over time, sizes, keys and how even the partitions are.
///
/// Every record is read. The number of distinct keys is an estimate, 1 or 2 % off; the largest keys are exact
/// as long as there are no more than some ten thousand.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka topics stats [OPTIONS] <TOPIC>...",
    after_help = "Examples:
  Charts and tables:
      mkafka topics stats orders
  The largest key, for a script:
      mkafka topics stats orders --output json | jq '.largestKeys[0]'"
)]
pub struct StatsArgs {
    /// Which topics.
    #[command(flatten)]
    pub topics: SomeTopicsArgs,

    /// How many of the largest keys to show
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub keys: usize,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}
