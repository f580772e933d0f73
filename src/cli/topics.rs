//! Arguments of `mkafka topics`.

use clap::{ArgGroup, Args, Subcommand};

use super::delete_records::DeleteRecordsArgs;
use super::offsets::OffsetsArgs;
use super::stats::StatsArgs;
use super::topic_choice::{AnyTopicsArgs, SomeTopicsArgs};
use super::{ConnectionArgs, ConsentArgs, KeyValue, OutputFormat, TopicArgs};

/// Create, list, describe, change and delete topics.
///
/// A topic is a name and a number of partitions. Each partition is a log of its own: a folder in the data
/// directory, whose records are numbered from 0 and never change. The forms of kafka-topics work too, with
/// the action as an option.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    override_usage = "mkafka topics [OPTIONS] <COMMAND> ...",
    after_help = "Examples:
  Create a topic, look at it, and delete it:
      mkafka topics create orders --partitions 3
      mkafka topics describe orders
      mkafka topics delete orders
  The same as kafka-topics has it:
      mkafka topics --create --topic orders --partitions 3
      mkafka topics --describe --topic orders
      mkafka topics --delete --topic orders"
)]
pub struct TopicsArgs {
    /// What is refused.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// What to do.
    #[command(subcommand)]
    pub action: TopicsAction,
}

/// What to do with topics. What each does stands at its arguments, from where clap takes the help.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a comment here would replace the longer one at the arguments")]
pub enum TopicsAction {
    #[command(long_flag = "create")]
    Create(CreateArgs),
    #[command(long_flag = "list")]
    List(ListArgs),
    #[command(long_flag = "describe")]
    Describe(DescribeArgs),
    #[command(long_flag = "alter")]
    Alter(AlterArgs),
    #[command(long_flag = "delete")]
    Delete(DeleteArgs),
    Offsets(OffsetsArgs),
    DeleteRecords(DeleteRecordsArgs),
    Stats(StatsArgs),
}

/// Create topics.
///
/// Several are created with the same partitions and configurations; one that cannot be is told, and keeps none of
/// the others from it. A name has 1 to 249 letters, digits, periods, underscores and hyphens. Two names may not differ in
/// periods and underscores alone, as in Kafka.
///
/// Every configuration of a topic that Kafka 4 knows is checked and kept. Those on replication and tiered
/// storage have no effect on one machine. Old records go after a week by default, as in Kafka
/// (retention.ms=604800000): producers see to that while they run, and so does mkafka clean.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka topics create [OPTIONS] <TOPIC>...",
    after_help = "Examples:
  Four partitions, so that four can read at once:
      mkafka topics create orders --partitions 4
  Compressed by whoever appends, in segments of 64 MiB:
      mkafka topics create logs --config compression.type=zstd \\
          --config segment.bytes=67108864
  Larger records than the 1048588 bytes that Kafka allows by default:
      mkafka topics create blobs --config max.message.bytes=16777216
  Only where there is none yet, as scripts want it:
      mkafka topics create orders --if-not-exists
  Several at once; and whether that would do:
      mkafka topics create orders payments users --partitions 4
      mkafka topics create orders payments users --dry-run"
)]
pub struct CreateArgs {
    /// The topics
    #[arg(value_name = "TOPIC", value_delimiter = ',', required_unless_present = "topics")]
    names: Vec<String>,

    /// The topics, with commas between them, in the form of Kafka's tools
    #[arg(long = "topic", short = 't', value_name = "TOPIC", value_delimiter = ',')]
    topics: Vec<String>,

    /// How many partitions, 1 to 10000
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    pub partitions: i32,

    /// How many copies of each partition: only 1 is possible, as there is one machine
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    pub replication_factor: i32,

    /// Set a configuration of the topic, such as segment.bytes=1048576; may be repeated
    #[arg(long = "config", value_name = "KEY=VALUE")]
    pub configs: Vec<KeyValue>,

    /// Do nothing when the topic is there already
    #[arg(long)]
    pub if_not_exists: bool,

    /// Only check names, configurations and what is there already, tell what would be created, and write nothing
    #[arg(long)]
    pub dry_run: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

impl CreateArgs {
    /// The topics, in whichever form they were given.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.names.iter().chain(&self.topics).map(|name| name.trim())
    }
}

/// List topics, one name a line.
///
/// That a topic which is named is not there is an error, and hides none of the others.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka topics list [OPTIONS] [TOPIC]...",
    after_help = "Examples:
  All topics but Kafka's own:
      mkafka topics list --exclude-internal
  Those whose names begin with logs:
      mkafka topics list --regex 'logs.*'
  The topics in the log folder of a Kafka broker:
      mkafka topics list --data-dir /var/lib/kafka/data"
)]
pub struct ListArgs {
    /// Which topics.
    #[command(flatten)]
    pub topics: AnyTopicsArgs,

    /// Leave out the topics that Kafka keeps for itself
    #[arg(long)]
    pub exclude_internal: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// Show partitions, configuration and size of topics.
///
/// On a terminal this is a table, with the start and end offset of each partition, its segments and bytes,
/// and its first and last timestamp. Into pipes and files go the lines of kafka-topics. JSON has it all.
#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("which").args(["names", "topics", "topic_id"]).multiple(true)),
    group(ArgGroup::new("only")),
    override_usage = "mkafka topics describe [OPTIONS] [TOPIC]...",
    after_help = "Examples:
  One topic, or all of them:
      mkafka topics describe orders
      mkafka topics describe
  Topics that set a configuration of their own, and which:
      mkafka topics describe --topics-with-overrides
  How many records each partition holds, for a script:
      mkafka topics describe orders --output json |
          jq '.partitions[] | .endOffset - .startOffset'"
)]
pub struct DescribeArgs {
    /// Which topics.
    #[command(flatten)]
    pub topics: AnyTopicsArgs,

    /// The topic with this id
    #[arg(long, value_name = "ID", conflicts_with_all = ["names", "topics"])]
    pub topic_id: Option<String>,

    /// Do not fail for topics that are not there
    #[arg(long, requires = "which")]
    pub if_exists: bool,

    /// Leave out the topics that Kafka keeps for itself
    #[arg(long)]
    pub exclude_internal: bool,

    /// Show only topics that set a configuration themselves, and not their partitions
    #[arg(long, group = "only")]
    pub topics_with_overrides: bool,

    /// Show only partitions without all of their copies: the one that each has is gone
    #[arg(long, group = "only")]
    under_replicated_partitions: bool,

    /// Show only partitions that cannot be read: their folder is gone
    #[arg(long, group = "only")]
    unavailable_partitions: bool,

    /// Show only partitions with fewer copies than min.insync.replicas asks for
    #[arg(long, group = "only")]
    under_min_isr_partitions: bool,

    /// Show only partitions with as many copies as min.insync.replicas asks for: all, where that is 1
    #[arg(long, group = "only")]
    at_min_isr_partitions: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

impl DescribeArgs {
    /// Which partitions alone are to be shown; `None` for all.
    pub fn partition_filter(&self) -> Option<PartitionFilter> {
        let asked = [
            (self.under_replicated_partitions, PartitionFilter::UnderReplicated),
            (self.unavailable_partitions, PartitionFilter::Unavailable),
            (self.under_min_isr_partitions, PartitionFilter::UnderMinIsr),
            (self.at_min_isr_partitions, PartitionFilter::AtMinIsr),
        ];
        asked.into_iter().find(|(is_asked, _)| *is_asked).map(|(_, filter)| filter)
    }
}

/// What is asked of a partition's copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionFilter {
    /// Not all of them are there.
    UnderReplicated,
    /// None is there.
    Unavailable,
    /// There are fewer than `min.insync.replicas`.
    UnderMinIsr,
    /// There are as many.
    AtMinIsr,
}

/// Give a topic more partitions.
///
/// There is no way back: fewer would lose records. Keys that go to the new partitions leave their older
/// records where they are. Whoever has the topic open goes on with the partitions that it had.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka topics alter [OPTIONS] <TOPIC>",
    after_help = "Examples:
  Six partitions in all:
      mkafka topics alter orders --partitions 6
  Its configuration is changed elsewhere:
      mkafka configs alter orders --add-config retention.ms=86400000"
)]
pub struct AlterArgs {
    /// The topic.
    #[command(flatten)]
    pub topic: TopicArgs,

    /// How many partitions the topic is to have in all
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub partitions: i32,

    /// Do not fail when there is no such topic
    #[arg(long)]
    pub if_exists: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// Delete topics with all their records.
///
/// Whoever reads or writes a topic meanwhile is told that it is gone. On a terminal it is shown what will be lost,
/// and asked whether to go on; a script is never asked. A regular expression matches none of the topics that Kafka
/// keeps for itself.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka topics delete [OPTIONS] <TOPIC>...",
    after_help = "Examples:
  Two topics at once:
      mkafka topics delete orders payments
  Whether it is there or not, as scripts want it:
      mkafka topics delete orders --if-exists
  All that begin with tmp:
      mkafka topics delete --regex 'tmp.*'"
)]
pub struct DeleteArgs {
    /// Which topics.
    #[command(flatten)]
    pub topics: SomeTopicsArgs,

    /// Do not fail for topics that are not there
    #[arg(long)]
    pub if_exists: bool,

    /// Whether to ask.
    #[command(flatten)]
    pub consent: ConsentArgs,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}
