//! Arguments of `mkafka topics delete-records`.

use std::path::PathBuf;

use clap::Args;

use super::positions::PositionArg;
use super::time::TimeArg;
use super::topic_choice::TopicChoice;
use super::{ConsentArgs, OutputFormat};

/// Delete the records of topics that come before an offset or a time.
///
/// They can be read no more from then on, by a Kafka broker on the same files either. Segments that hold
/// nothing else are removed. Offsets stay what they are. On a terminal it is shown what will be lost, and asked
/// whether to go on; a script is never asked. A regular expression matches none of the topics that Kafka keeps for
/// itself.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka topics delete-records [OPTIONS] <TOPIC>...",
    after_help = "Examples:
  What comes before offset 1000 of partition 0:
      mkafka topics delete-records orders --partition 0 --offset 1000
  All but the last 100 of each partition; what is older than a day:
      mkafka topics delete-records orders --offset -100
      mkafka topics delete-records orders --offset @1d
  All records of a topic that is to stay:
      mkafka topics delete-records orders --offset end
  The same as kafka-delete-records has it:
      mkafka topics delete-records --offset-json-file offsets.json"
)]
pub struct DeleteRecordsArgs {
    /// The topics
    #[arg(
        value_name = "TOPIC",
        required_unless_present_any = ["topics", "offset_json_file"],
        conflicts_with = "offset_json_file"
    )]
    names: Vec<String>,

    /// The topics, with commas between them, in the form of Kafka's tools
    #[arg(long = "topic", short = 't', value_name = "TOPIC", conflicts_with = "offset_json_file")]
    topics: Vec<String>,

    /// Take them for regular expressions, each of which must match the whole of a name; a comma means "or"
    #[arg(long, conflicts_with = "offset_json_file")]
    regex: bool,

    /// The partition; all when none is given
    #[arg(long, value_name = "N", conflicts_with = "offset_json_file")]
    pub partition: Option<i32>,

    /// The first offset that is kept: a number, end for none, -N for the last N, +N for N behind the first, @TIME
    ///
    /// It is what --offset of consume is, so that -1 keeps the last one; in the file of --offset-json-file -1 is the
    /// log end, as Kafka has it. An offset behind the log end is refused, and one before the log start deletes nothing.
    /// -N and +N count offsets, of which the markers of transactions have one each, and compaction leaves gaps.
    #[arg(
        long,
        short = 'o',
        value_name = "OFFSET",
        allow_hyphen_values = true,
        required_unless_present_any = ["time", "offset_json_file"],
        conflicts_with = "offset_json_file"
    )]
    pub offset: Option<PositionArg>,

    /// Keep from the first record on whose timestamp is not before this: milliseconds since 1970, @seconds,
    /// 2026-01-31T12:00:00Z, 2026-01-31 12:00, or so long ago as 15m, 2h or 7d
    #[arg(long, value_name = "TIME", conflicts_with_all = ["offset", "offset_json_file"])]
    pub time: Option<TimeArg>,

    /// A file of partitions and offsets:
    /// {"partitions":[{"topic":"t","partition":0,"offset":3}],"version":1}
    #[arg(long, value_name = "FILE")]
    pub offset_json_file: Option<PathBuf>,

    /// Whether to ask.
    #[command(flatten)]
    pub consent: ConsentArgs,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

impl DeleteRecordsArgs {
    /// The topics, in whichever form they were given.
    pub fn choice(&self) -> TopicChoice<'_> {
        TopicChoice::new(&self.names, &self.topics, self.regex)
    }

    /// The first that is kept; the start where nothing is said of it.
    pub fn position(&self) -> PositionArg {
        self.time.map(PositionArg::Time).or(self.offset).unwrap_or(PositionArg::Start)
    }
}
