//! Arguments of `mkafka clean`.

use clap::Args;

use super::OutputFormat;
use super::topic_choice::AnyTopicsArgs;

/// Delete and compact old records as the topics' configurations ask for.
///
/// A producer does the same while it runs, but never takes more than a share of its time for it. This does
/// all of it now: segments go by retention.ms and retention.bytes where cleanup.policy has delete, and of
/// each key the last record is kept where it has compact. The active segment is never compacted; it goes like
/// any other once its latest record is older than retention.ms. Good for cron.
///
/// A partition is compacted only when it is dirty enough (min.cleanable.dirty.ratio), unless --force is
/// given. Files that are no longer part of a log are removed once file.delete.delay.ms has passed: at once
/// where it is 0, else by the next clean or producer.
///
/// Topics that a Kafka broker wrote are left alone, for their configuration is not known here.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka clean [OPTIONS] [TOPIC]...",
    after_help = "Examples:
  All topics, every night:
      0 3 * * * mkafka clean
  What would be freed:
      mkafka clean --dry-run
  One topic, compacted however little of it is dirty:
      mkafka clean orders --force"
)]
pub struct CleanArgs {
    /// Which topics.
    #[command(flatten)]
    pub topics: AnyTopicsArgs,

    /// Only tell what would be freed, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Compact even what is not dirty enough for it
    #[arg(long)]
    pub force: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}
