//! The arguments of `mkafka consume`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::{KeyValue, OutputFormat};

/// Print the records of a topic, and go on printing them as they are appended.
///
/// Without --from-beginning or --offset, reading begins at the end: only what is appended from now on is
/// printed. Values are written as they are, each followed by a newline. Records of one partition come in
/// order; between partitions there is none.
///
/// Without --exit-at-end, --max-messages or --timeout-ms this goes on until a signal ends it. At the end,
/// standard error says how many records there were.
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
  Keys and values:
      mkafka consume orders --from-beginning \\
          --property print.key=true --property key.separator=:
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

    /// Begin at this offset: a number, earliest, latest, or -N for the last N of each partition
    #[arg(
        long,
        short = 'o',
        value_name = "OFFSET",
        allow_hyphen_values = true,
        conflicts_with = "from_beginning"
    )]
    pub offset: Option<OffsetArg>,

    /// Begin at the earliest record
    #[arg(long)]
    pub from_beginning: bool,

    /// Stop at what was the end of the topic when reading began, instead of following it
    #[arg(long, short = 'e')]
    pub exit_at_end: bool,

    /// Stop after so many records
    #[arg(long, short = 'c', value_name = "N")]
    pub max_messages: Option<u64>,

    /// Stop when no record has come for so many milliseconds
    #[arg(long, value_name = "MS")]
    pub timeout_ms: Option<u64>,

    /// Take part in this consumer group: its members share the partitions, and it goes on where it left off
    ///
    /// Where the group has committed no offset yet, --from-beginning or auto.offset.reset decides. Offsets are
    /// committed for what has been printed, every --commit-interval-ms, whenever a partition goes to another
    /// member, and at the end.
    #[arg(long, short = 'g', value_name = "GROUP", help_heading = "Consumer groups")]
    pub group: Option<String>,

    /// How the group's partitions are assigned: range, roundrobin or cooperative-sticky; several with commas, best
    /// first, to agree on one with the other members
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Consumer groups")]
    pub partition_assignment_strategy: Vec<String>,

    /// When offsets are committed: after the records were written out, or before
    #[arg(long, value_enum, value_name = "WHEN", help_heading = "Consumer groups")]
    pub delivery: Option<DeliveryArg>,

    /// Milliseconds between two commits
    #[arg(long, value_name = "MS", help_heading = "Consumer groups")]
    pub commit_interval_ms: Option<u64>,

    /// Set a consumer config by Kafka's name; may be repeated
    ///
    /// These have an effect: group.id, client.id, auto.offset.reset (earliest, latest or none),
    /// enable.auto.commit, auto.commit.interval.ms, max.poll.interval.ms and partition.assignment.strategy. The
    /// others of Kafka's consumer are accepted and mean nothing here.
    #[arg(long = "consumer-property", value_name = "NAME=VALUE", help_heading = "Consumer groups")]
    pub consumer_properties: Vec<KeyValue>,

    /// Keep the positions in this JSON file instead of a group: read at the start, replaced after the output
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
    /// say where they were, and mkafka.error what happened.
    #[arg(long, value_name = "TOPIC", requires = "exec", help_heading = "Processing by a command")]
    pub dead_letter: Option<String>,

    /// How records are written
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,

    /// Which columns --output text has, and what stands between them; may be repeated
    ///
    /// Names and defaults are those of kafka-console-consumer. The columns are print.timestamp,
    /// print.partition, print.offset, print.delivery, print.epoch, print.headers, print.key (all false) and
    /// print.value (true). Between and behind them stand key.separator (a tab), headers.separator (a
    /// comma) and line.separator (a newline). null.literal (null) stands for what is null.
    #[arg(long = "property", visible_alias = "formatter-property", value_name = "NAME=VALUE")]
    pub formatter_properties: Vec<KeyValue>,

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

/// An offset as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetArg {
    /// The log start offset.
    Earliest,
    /// The log end offset.
    Latest,
    /// This offset.
    At(i64),
    /// So many before the end.
    BeforeEnd(u64),
}

impl FromStr for OffsetArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "earliest" | "beginning" => return Ok(Self::Earliest),
            "latest" | "end" => return Ok(Self::Latest),
            _ => {}
        }
        if let Some(count) = text.strip_prefix('-').and_then(|digits| digits.parse().ok()) {
            return Ok(Self::BeforeEnd(count));
        }
        match text.parse() {
            Ok(offset) if !text.starts_with(['+', '-']) => Ok(Self::At(offset)),
            _ => Err("valid are earliest, latest, a number from 0, and -N for the last N".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_as_typed() {
        assert_eq!("earliest".parse(), Ok(OffsetArg::Earliest));
        assert_eq!("latest".parse(), Ok(OffsetArg::Latest));
        assert_eq!("42".parse(), Ok(OffsetArg::At(42)));
        assert_eq!("-10".parse(), Ok(OffsetArg::BeforeEnd(10)));
        for bad in ["", "-", "--1", "+1", "x", "1.5", "99999999999999999999"] {
            assert!(bad.parse::<OffsetArg>().is_err(), "{bad}");
        }
    }
}
