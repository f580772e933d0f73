//! Arguments of `mkafka groups`.

use std::str::FromStr;
use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::groups_reset::ResetOffsetsArgs;
use super::{ConnectionArgs, ConsentArgs, OutputFormat};

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
    /// What is refused.
    #[command(flatten)]
    pub connection: ConnectionArgs,

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
    group(ArgGroup::new("named_groups").args(["names", "groups"]).multiple(true)),
    override_usage = "mkafka groups list [OPTIONS] [GROUP]...",
    after_help = "Examples:
  All groups with their states:
      mkafka groups list --state
  Those in which somebody is reading:
      mkafka groups list --state stable,reconciling
  Those that have something left to read:
      mkafka groups list --min-lag 1"
)]
pub struct ListArgs {
    /// The groups; all when none is given
    #[arg(value_name = "GROUP")]
    names: Vec<String>,

    /// A group, in the form of Kafka's tools; may be repeated
    #[arg(long = "group", short = 'g', value_name = "GROUP")]
    groups: Vec<String>,

    /// Take them for regular expressions, each of which must match the whole of an id
    #[arg(long, requires = "named_groups")]
    pub regex: bool,

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

    /// Show the type of each group; with a list of types, only groups of one of them
    ///
    /// All groups of mkafka are of the type Classic. Kafka's others are known: Consumer, Share.
    #[arg(
        long = "type",
        value_name = "TYPE,...",
        num_args = 0..=1,
        value_delimiter = ',',
        default_missing_value = ""
    )]
    kind: Option<Vec<String>>,

    /// Only groups with at least so many records still to be read, in all partitions together
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(0..))]
    pub min_lag: Option<i64>,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

impl ListArgs {
    /// The states that are asked for, as they were typed, none meaning all; `None` when states do not matter.
    pub fn states(&self) -> Option<Vec<&str>> {
        Some(words(self.state.as_ref()?))
    }

    /// The types that are asked for, in the same way.
    pub fn types(&self) -> Option<Vec<&str>> {
        Some(words(self.kind.as_ref()?))
    }

    /// The ids that were given, in whichever form, each once.
    pub fn names(&self) -> Vec<&str> {
        each_once(&self.names, &self.groups)
    }
}

fn words(given: &[String]) -> Vec<&str> {
    given.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect()
}

fn each_once<'a>(names: &'a [String], groups: &'a [String]) -> Vec<&'a str> {
    let mut all: Vec<&str> = Vec::new();
    for name in names.iter().chain(groups) {
        if !all.contains(&name.as_str()) {
            all.push(name);
        }
    }
    all
}

/// Which groups: `mkafka groups delete a b`, `--group a --group b`, `--all-groups`.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
#[command(group(ArgGroup::new("named_groups").args(["names", "groups"]).multiple(true)))]
pub struct GroupsChoice {
    /// The groups
    #[arg(value_name = "GROUP", conflicts_with = "all_groups")]
    names: Vec<String>,

    /// A group, in the form of Kafka's tools; may be repeated
    #[arg(long = "group", short = 'g', value_name = "GROUP", conflicts_with = "all_groups")]
    groups: Vec<String>,

    /// Take them for regular expressions, each of which must match the whole of an id
    #[arg(long, requires = "named_groups")]
    pub regex: bool,

    /// All groups there are
    #[arg(long)]
    pub all_groups: bool,
}

impl GroupsChoice {
    /// The ids that were given, in whichever form, each once; none with --all-groups.
    pub fn names(&self) -> Vec<&str> {
        each_once(&self.names, &self.groups)
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
  Only where something is left to read; sums alone, by group or topic:
      mkafka groups describe --all-groups --min-lag 1
      mkafka groups describe --all-groups --totals
      mkafka groups describe billing --totals topic
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

    /// Only partitions with at least so many records still to be read; with --totals, groups or topics
    ///
    /// A partition for which nothing is committed has no lag that could be told, and is left out. A lag below 0 counts
    /// as 0.
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(i64).range(0..),
        conflicts_with_all = ["members", "state"]
    )]
    pub min_lag: Option<i64>,

    /// Show sums instead of partitions: a line for each group, or for each topic of a group
    ///
    /// They say how many records are still to be read. A lag below 0, of a log that has become shorter than what was
    /// committed, counts as 0: it must not hide what is left in other partitions.
    #[arg(
        long,
        value_name = "BY",
        num_args = 0..=1,
        default_missing_value = "group",
        conflicts_with_all = ["offsets", "members", "state"]
    )]
    pub totals: Option<TotalsBy>,

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

/// What is summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TotalsBy {
    /// All partitions of a group.
    Group,
    /// The partitions of each topic.
    Topic,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds =
        text.trim().parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds
        .filter(|seconds| !seconds.is_zero())
        .ok_or_else(|| "it is no number of seconds above 0".to_owned())
}

/// Take back what a group that nobody is in has committed for some topics.
///
/// On a terminal it is shown what will be lost, and asked whether to go on; a script is never asked.
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

    /// Whether to ask.
    #[command(flatten)]
    pub consent: ConsentArgs,

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
///
/// On a terminal it is shown what will be lost, and asked whether to go on; a script is never asked.
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

    /// Whether to ask.
    #[command(flatten)]
    pub consent: ConsentArgs,

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
    fn seconds_above_0() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for bad in ["0", "-1", "x", "1e99", "nan", ""] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }
}
