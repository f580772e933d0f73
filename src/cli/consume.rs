//! The arguments of `mkafka consume`.

use std::path::PathBuf;

use clap::Args;

use super::KeyValue;
use super::consume_range::RangeArgs;
use super::consume_view::{FilterArgs, ViewArgs};

/// Print the records of a topic, and go on printing them as they are appended.
///
/// Without --from-beginning or --offset, reading begins at the end: only what is appended from now on is
/// printed. Values are written as they are, each followed by a newline. Records of one partition come in
/// order; between partitions there is none.
///
/// Without --exit-at-end, --max-messages or --timeout-ms this goes on until a signal ends it. At the end,
/// standard error says how many records there were. The exit status is 0 at the end of the topic, even if it
/// is empty, after --max-messages, and when --timeout-ms is up; it is 1 when --timeout-ms is up before
/// --max-messages have come, so that a script can wait for them.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka consume [OPTIONS] <TOPIC>...",
    after_help = "Examples:
  All that is there, into a file:
      mkafka consume orders --from-beginning --exit-at-end > orders.txt
  The last ten records of one partition, and then what comes:
      mkafka consume orders --partition 1 --offset -10
  Five records as JSON, one object a line:
      mkafka consume orders --from-beginning --max-messages 5 --output json
  From other offsets in each partition, up to what is there now:
      mkafka consume orders --offset 0=100,2=earliest,3=-5 -p 0,2,3 -e
  Records of transactions that were aborted, and the markers that ended them:
      mkafka consume orders --offset :end --show-control
  Keys and values, and where they were:
      mkafka consume orders --from-beginning -f '%p@%o %k=%v\\n'
  The last hour, as far as it has to do with an error, merged by time:
      mkafka consume orders --since 1h -e --ordered --grep error
  As a member of a group, in as many terminals as you like:
      mkafka consume orders --group billing --from-beginning
  Each record to a command, and committed only if that was successful:
      mkafka consume orders --group billing --exec ./bill.sh --exec-batch 1
  What comes until it is silent for ten seconds:
      mkafka consume orders --timeout-ms 10000"
)]
pub struct ConsumeArgs {
    /// Which topics.
    #[command(flatten)]
    pub topics: ConsumeTopics,

    /// Read only these partitions (a number, or several with commas) [default: all]
    #[arg(long, short = 'p', value_name = "N", value_delimiter = ',')]
    pub partition: Vec<u32>,

    /// Where reading begins and ends.
    #[command(flatten)]
    pub range: RangeArgs,

    /// Take part in this consumer group: its members share the partitions, and it goes on where it left off
    ///
    /// Where the group has committed no offset yet, --from-beginning or auto.offset.reset decides. Offsets are
    /// committed for what has been printed, every --commit-interval-ms, whenever a partition goes to another
    /// member, and at the end.
    #[arg(long, short = 'g', value_name = "GROUP", help_heading = "Consumer groups")]
    pub group: Option<String>,

    /// How the group's partitions are assigned: range, roundrobin or cooperative-sticky; several with commas, best
    /// first, to agree on one with the other members [default: range,cooperative-sticky]
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Consumer groups")]
    pub partition_assignment_strategy: Vec<String>,

    /// When offsets are committed: after the records were written out, or before [default: at-least-once]
    #[arg(long, value_enum, value_name = "WHEN", help_heading = "Consumer groups")]
    pub delivery: Option<DeliveryArg>,

    /// Milliseconds between two commits [default: 5000]
    #[arg(long, value_name = "MS", help_heading = "Consumer groups")]
    pub commit_interval_ms: Option<u64>,

    /// Set a consumer config by Kafka's name; may be repeated
    ///
    /// These have an effect: group.id, client.id, auto.offset.reset (earliest, latest or none),
    /// enable.auto.commit, auto.commit.interval.ms, max.poll.interval.ms and partition.assignment.strategy. The
    /// others of Kafka's consumer are accepted and mean nothing here.
    #[arg(
        long = "consumer-property",
        alias = "command-property",
        short = 'X',
        value_name = "NAME=VALUE",
        help_heading = "Consumer groups"
    )]
    pub consumer_properties: Vec<KeyValue>,

    /// Read such configs from this file; those of --consumer-property count more
    #[arg(
        long = "consumer.config",
        alias = "command-config",
        value_name = "FILE",
        help_heading = "Consumer groups"
    )]
    pub consumer_config: Option<PathBuf>,

    /// Keep the positions in this JSON file instead of a group: read at the start, replaced after the output
    ///
    /// Partitions that it has no position for begin where --from-beginning or --offset says; the others go on where
    /// they were.
    #[arg(long, value_name = "FILE", conflicts_with = "group", help_heading = "Positions of one's own")]
    pub checkpoint: Option<PathBuf>,

    /// Instead of printing records, hand them to this shell command's standard input, batch by batch
    ///
    /// Only what the command has exited with 0 for counts as consumed, for --group and --checkpoint. It is run
    /// again with the same records when it fails; after --retries, mkafka stops, or goes on if there is a
    /// --dead-letter topic.
    #[arg(long, value_name = "CMD", help_heading = "Processing by a command")]
    pub exec: Option<String>,

    /// Records for one run of the command, at the most; it is run with less when there is no more to read
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        value_parser = clap::value_parser!(u64).range(1..),
        requires = "exec",
        help_heading = "Processing by a command"
    )]
    pub exec_batch: u64,

    /// How often a command that failed is run again, after 100 ms, 200 ms, 400 ms and so on, up to 10 s
    #[arg(
        long,
        value_name = "N",
        default_value_t = 3,
        requires = "exec",
        help_heading = "Processing by a command"
    )]
    pub retries: u32,

    /// Where the records go for which the command keeps failing
    ///
    /// They keep key, value, headers and timestamp; the headers mkafka.topic, mkafka.partition and mkafka.offset
    /// say where they were, and mkafka.error what happened. A topic that is not there is created with one partition
    /// and retention.ms=-1, so that old records stay too. It cannot be one of those that are read.
    #[arg(long, value_name = "TOPIC", requires = "exec", help_heading = "Processing by a command")]
    pub dead_letter: Option<String>,

    /// How records are written.
    #[command(flatten)]
    pub view: ViewArgs,

    /// Which records are written.
    #[command(flatten)]
    pub filter: FilterArgs,

    /// Do not say how many records there were
    #[arg(long, short = 'q')]
    pub quiet: bool,
}

/// Which topics a consumer reads: `mkafka consume orders payments`, `--topic orders`, `--include 'ord.*'`.
#[derive(Debug, Args)]
pub struct ConsumeTopics {
    /// The topics
    #[arg(
        value_name = "TOPIC",
        conflicts_with_all = ["topic", "include"],
        required_unless_present_any = ["topic", "include"]
    )]
    names: Vec<String>,

    /// The topics, in the form of Kafka's tools; several with commas, or repeated
    #[arg(long, short = 't', value_name = "TOPIC", value_delimiter = ',', conflicts_with = "include")]
    topic: Vec<String>,

    /// All topics whose whole name matches this regular expression, now and later; a comma means "or"
    ///
    /// Internal topics, such as __consumer_offsets, are left out.
    #[arg(long, visible_alias = "whitelist", value_name = "REGEX")]
    pub include: Option<String>,
}

impl ConsumeTopics {
    /// The topics' names as they were given, in whichever form.
    pub fn names(&self) -> &[String] {
        if self.names.is_empty() { &self.topic } else { &self.names }
    }
}

/// When a group's offsets are committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum DeliveryArg {
    /// After the records were written out: a crash repeats some
    #[default]
    AtLeastOnce,
    /// Before the records are written out: a crash loses some
    AtMostOnce,
}
