//! Arguments of `mkafka groups`.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::OutputFormat;
use super::time::TimeArg;

/// Look at consumer groups, reset and delete what they have committed.
///
/// A consumer group is what `mkafka consume --group` makes: members that share the partitions of topics, and
/// the offsets that they have committed. The forms of kafka-consumer-groups work too, with the action as an
/// option. Looking at groups works on the log folder of a Kafka broker as well.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    override_usage = "mkafka groups [OPTIONS] <COMMAND> ...",
    after_help = "Examples:
  Which groups there are, and how far one has come:
      mkafka groups list --state
      mkafka groups describe billing
  Read everything again; what would be done, then do it, then take it back:
      mkafka groups reset-offsets billing --all-topics --to-earliest
      mkafka groups reset-offsets billing --all-topics --to-earliest --execute
      mkafka groups reset-offsets billing --undo --execute
  The same as kafka-consumer-groups has it:
      mkafka groups --describe --group billing
      mkafka groups --reset-offsets --group billing --all-topics \\
          --to-earliest --execute"
)]
pub struct GroupsArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: GroupsAction,
}

/// What to do with groups. What each does stands at its arguments, from where clap takes the help.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a comment here would replace the longer one at the arguments")]
pub enum GroupsAction {
    #[command(long_flag = "list")]
    List(ListArgs),
    #[command(long_flag = "describe")]
    Describe(DescribeArgs),
    #[command(long_flag = "reset-offsets")]
    ResetOffsets(Box<ResetOffsetsArgs>),
    #[command(long_flag = "delete-offsets")]
    DeleteOffsets(DeleteOffsetsArgs),
    #[command(long_flag = "delete")]
    Delete(DeleteArgs),
}

/// List groups, one id a line.
///
/// A group is there as long as it has members or committed offsets.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka groups list [OPTIONS]",
    after_help = "Examples:
  All groups with their states:
      mkafka groups list --state
  Those in which somebody is reading:
      mkafka groups list --state stable,reconciling"
)]
pub struct ListArgs {
    /// Show the state of each group; with a list of states, only groups that are in one of them
    ///
    /// States are Empty, Reconciling and Stable, in any case. Kafka's others are known, and no group of
    /// mkafka's is ever in them: Assigning, CompletingRebalance, Dead, PreparingRebalance.
    #[arg(
        long,
        value_name = "STATE,...",
        num_args = 0..=1,
        value_delimiter = ',',
        default_missing_value = ""
    )]
    state: Option<Vec<String>>,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

impl ListArgs {
    /// The states that are asked for, as they were typed, none meaning all; `None` when states do not matter.
    pub fn states(&self) -> Option<Vec<&str>> {
        let given = self.state.as_ref()?;
        Some(given.iter().map(|state| state.trim()).filter(|state| !state.is_empty()).collect())
    }
}

/// Which groups: `mkafka groups delete a b`, `--group a --group b`, `--all-groups`.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct GroupsChoice {
    /// The groups
    #[arg(value_name = "GROUP", conflicts_with = "all_groups")]
    names: Vec<String>,

    /// A group, in the form of Kafka's tools; may be repeated
    #[arg(long = "group", short = 'g', value_name = "GROUP", conflicts_with = "all_groups")]
    groups: Vec<String>,

    /// All groups there are
    #[arg(long)]
    pub all_groups: bool,
}

impl GroupsChoice {
    /// The ids that were given, in whichever form, each once; none with --all-groups.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.names.iter().chain(&self.groups) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }
}

/// Show how far groups have come, or who is in them.
///
/// For each partition that a group has committed for, or that a member has: the committed offset, the end of
/// the log, how many records lie between them (LAG), and who reads it. On a terminal this is a table; into
/// pipes and files go the lines of kafka-consumer-groups.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka groups describe [OPTIONS] <GROUP>...",
    after_help = "Examples:
  One group, or all of them:
      mkafka groups describe billing
      mkafka groups describe --all-groups
  Who is in it, with what each has and shall have:
      mkafka groups describe billing --members --verbose
  Drawn anew every second:
      mkafka groups describe billing --watch 1
  How many records are still to be read, for a script:
      mkafka groups describe billing --output json |
          jq '[.partitions[].lag] | add'"
)]
pub struct DescribeArgs {
    /// Which groups.
    #[command(flatten)]
    pub groups: GroupsChoice,

    /// Show each partition with its offsets; this is what is shown without any of these three
    #[arg(long, conflicts_with_all = ["members", "state"])]
    offsets: bool,

    /// Show the members
    #[arg(long, conflicts_with = "state")]
    pub members: bool,

    /// Show the state of each group in one line
    #[arg(long)]
    pub state: bool,

    /// Show epochs too, and with --members which partitions each member has and shall have
    #[arg(long)]
    pub verbose: bool,

    /// Show it again every so many seconds (2 where none are given), until Ctrl-C; a terminal is drawn anew
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        default_missing_value = "2",
        value_parser = seconds
    )]
    pub watch: Option<Duration>,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds =
        text.trim().parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds
        .filter(|seconds| !seconds.is_zero())
        .ok_or_else(|| "it is no number of seconds above 0".to_owned())
}

/// Set the committed offsets of groups that nobody is in.
///
/// Without --execute nothing is done but to show what would be: for each partition the new offset and the old
/// one. An offset that is not in the log is moved to its nearest end, with a warning. A group that is not there
/// is created. What was replaced is kept, for --undo.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka groups reset-offsets [OPTIONS] <GROUP>... <TOPICS> <TO>",
    after_help = "Examples:
  Read two partitions of a topic again, from offset 100 on:
      mkafka groups reset-offsets billing --topic orders:0,1 \\
          --to-offset 100 --execute
  Go back by ten records, or by an hour, or to a time:
      mkafka groups reset-offsets billing --topic orders --shift-by -10
      mkafka groups reset-offsets billing --topic orders --by-duration PT1H
      mkafka groups reset-offsets billing --topic orders \\
          --to-datetime 2026-01-31T12:00:00.000
  Take that back:
      mkafka groups reset-offsets billing --undo --execute
  Keep offsets in a file, and set them again later:
      mkafka groups reset-offsets billing --all-topics --to-current \\
          --export > offsets.csv
      mkafka groups reset-offsets billing --from-file offsets.csv --execute"
)]
pub struct ResetOffsetsArgs {
    /// Which groups.
    #[command(flatten)]
    pub groups: GroupsChoice,

    /// A topic, all of its partitions or some (orders:0,1); may be repeated
    #[arg(
        long = "topic",
        short = 't',
        value_name = "TOPIC[:N,...]",
        required_unless_present_any = ["all_topics", "from_file", "undo"],
        conflicts_with_all = ["all_topics", "from_file", "undo"]
    )]
    pub topics: Vec<TopicPartitionsArg>,

    /// All partitions that the group has committed for
    #[arg(long)]
    pub all_topics: bool,

    /// Where to.
    #[command(flatten)]
    pub to: ResetTo,

    /// Do it
    #[arg(long, conflicts_with = "dry_run")]
    pub execute: bool,

    /// Only show what would be done, which is so without --execute too
    #[arg(long)]
    pub dry_run: bool,

    /// Show it as CSV that --from-file reads: topic,partition,offset; with several groups, the group first
    #[arg(long, conflicts_with = "output")]
    pub export: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// Where committed offsets are set to.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ResetTo {
    /// To the earliest record
    #[arg(long, help_heading = "Where to")]
    pub to_earliest: bool,

    /// To the end of the log
    #[arg(long, help_heading = "Where to")]
    pub to_latest: bool,

    /// To where it is; where nothing is committed, to the end of the log
    #[arg(long, help_heading = "Where to")]
    pub to_current: bool,

    /// To this offset
    #[arg(long, value_name = "OFFSET", allow_negative_numbers = true, help_heading = "Where to")]
    pub to_offset: Option<i64>,

    /// On by so many records, or back by -N
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Where to")]
    pub shift_by: Option<i64>,

    /// To the first record at this time or later, such as 2026-01-31T12:00:00.000; without a zone it is UTC
    #[arg(long, value_name = "TIME", help_heading = "Where to")]
    pub to_datetime: Option<UtcTimeArg>,

    /// To the first record that is younger than this, such as PT15M, P7D, 15m or 7d
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true, help_heading = "Where to")]
    pub by_duration: Option<DurationArg>,

    /// To what this file of --export says; - is standard input
    #[arg(long, value_name = "FILE", help_heading = "Where to")]
    pub from_file: Option<PathBuf>,

    /// To where they were before the last reset that was executed; done twice, it changes nothing
    #[arg(long, conflicts_with = "all_topics", help_heading = "Where to")]
    pub undo: bool,
}

/// Take back what a group that nobody is in has committed for some topics.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka groups delete-offsets [OPTIONS] <GROUP> --topic <TOPIC[:N,...]>",
    after_help = "Examples:
  For all partitions of a topic, or for one:
      mkafka groups delete-offsets billing --topic orders
      mkafka groups delete-offsets billing --topic orders:2"
)]
pub struct DeleteOffsetsArgs {
    /// The group
    #[arg(value_name = "GROUP", conflicts_with = "group", required_unless_present = "group")]
    name: Option<String>,

    /// The group, in the form of Kafka's tools
    #[arg(long, short = 'g', value_name = "GROUP")]
    group: Option<String>,

    /// A topic, all of its partitions or some (orders:0,1); may be repeated
    #[arg(long = "topic", short = 't', value_name = "TOPIC[:N,...]", required = true)]
    pub topics: Vec<TopicPartitionsArg>,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

impl DeleteOffsetsArgs {
    /// The group's id as it was given, in whichever form.
    pub fn group(&self) -> &str {
        self.name.as_deref().or(self.group.as_deref()).unwrap_or_default()
    }
}

/// Delete groups that nobody is in, with all that they have committed.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka groups delete [OPTIONS] <GROUP>...",
    after_help = "Examples:
  Two groups at once:
      mkafka groups delete billing audit"
)]
pub struct DeleteArgs {
    /// Which groups.
    #[command(flatten)]
    pub groups: GroupsChoice,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// A topic, and which of its partitions: `orders`, `orders:0,1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicPartitionsArg {
    /// The topic's name as it was typed.
    pub topic: String,
    /// The partitions' numbers; none means all.
    pub partitions: Vec<i32>,
}

impl FromStr for TopicPartitionsArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (topic, list) = text.split_once(':').map_or((text, None), |(topic, list)| (topic, Some(list)));
        if topic.is_empty() || list.is_some_and(|list| list.is_empty() || list.contains(':')) {
            return Err(format!("Invalid topic arg '{text}', expected topic name and partitions"));
        }
        let number = |digits: &str| match digits.trim().parse() {
            Ok(number) if number >= 0 => Ok(number),
            _ => Err(format!("Invalid partition '{digits}' specified in topic arg '{text}'")),
        };
        let partitions = list.map(|list| list.split(',').map(number).collect()).transpose()?;
        Ok(Self { topic: topic.to_owned(), partitions: partitions.unwrap_or_default() })
    }
}

/// A point in time; a date without a zone is in UTC, as kafka-consumer-groups has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtcTimeArg {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub millis: i64,
}

impl FromStr for UtcTimeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let in_utc = format!("{}Z", text.trim());
        if let Ok(TimeArg::At(millis)) = in_utc.parse() {
            return Ok(Self { millis });
        }
        if let Ok(TimeArg::At(millis)) = format!("{}T00:00:00Z", text.trim()).parse() {
            return Ok(Self { millis });
        }
        match text.parse() {
            Ok(TimeArg::At(millis)) => Ok(Self { millis }),
            _ => Err("valid are 2026-01-31T12:00:00.000, which is in UTC, 2026-01-31T12:00:00+02:00, and \
                      milliseconds since 1970; for a duration there is --by-duration"
                .to_owned()),
        }
    }
}

/// A duration back from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationArg(TimeArg);

impl DurationArg {
    /// The point in time that lies so long before `now`; both in milliseconds since 1970.
    pub fn before(self, now: i64) -> i64 {
        self.0.millis(now)
    }
}

impl FromStr for DurationArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(ago @ TimeArg::Ago(_)) => Ok(Self(ago)),
            _ => Err("valid are durations such as PT15M, P7D, 15m or 7d".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_and_partitions_as_typed() {
        let topic = |topic: &str, partitions: &[i32]| TopicPartitionsArg {
            topic: topic.to_owned(),
            partitions: partitions.to_vec(),
        };
        assert_eq!("orders".parse(), Ok(topic("orders", &[])));
        assert_eq!("orders:2,0".parse(), Ok(topic("orders", &[2, 0])));
        for (bad, message) in [
            ("", "Invalid topic arg '', expected topic name and partitions"),
            (":1", "Invalid topic arg ':1', expected topic name and partitions"),
            ("t:", "Invalid topic arg 't:', expected topic name and partitions"),
            ("t:1:2", "Invalid topic arg 't:1:2', expected topic name and partitions"),
            ("t:x", "Invalid partition 'x' specified in topic arg 't:x'"),
            ("t:-1", "Invalid partition '-1' specified in topic arg 't:-1'"),
        ] {
            assert_eq!(bad.parse::<TopicPartitionsArg>(), Err(message.to_owned()));
        }
    }

    #[test]
    fn times_without_a_zone_are_in_utc() {
        for (text, millis) in [
            ("2023-11-15T00:00:00.000", 1_700_006_400_000),
            ("2023-11-15T00:00:00.001Z", 1_700_006_400_001),
            ("2023-11-15T02:00:00.000+02:00", 1_700_006_400_000),
            ("2023-11-15T02:00:00.000+0200", 1_700_006_400_000),
            ("2023-11-15 00:00", 1_700_006_400_000),
            ("2023-11-15", 1_700_006_400_000),
            ("1700006400000", 1_700_006_400_000),
        ] {
            assert_eq!(text.parse(), Ok(UtcTimeArg { millis }), "{text}");
        }
        for bad in ["", "15m", "PT1H", "now", "yesterday"] {
            assert!(bad.parse::<UtcTimeArg>().is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_as_kafka_and_people_write_them() {
        for (text, millis) in
            [("PT15M", 900_000), ("P1DT2H3M4S", 93_784_000), ("P7D", 604_800_000), ("15m", 900_000)]
        {
            assert_eq!(
                text.parse::<DurationArg>().map(|ago| ago.before(1_000_000_000)),
                Ok(1_000_000_000 - millis)
            );
        }
        for bad in ["", "2023-11-15", "1700006400000", "x"] {
            assert!(bad.parse::<DurationArg>().is_err(), "{bad}");
        }
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for bad in ["0", "-1", "x", "1e99", "nan", ""] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
