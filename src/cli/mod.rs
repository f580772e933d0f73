//! The command line: which arguments there are and what they mean. Nothing is done here, so that manual
//! pages and completions can be made from it.

pub mod consume;
pub mod dump;
mod kafka_forms;
pub mod produce;
pub mod topics;

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Kafka-style logs for the shell, straight on Apache Kafka's own files.
#[derive(Debug, Parser)]
#[command(name = "mkafka", version, max_term_width = 100)]
pub struct Cli {
    /// What all subcommands take.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// What all subcommands take.
#[derive(Debug, Args)]
pub struct GlobalArgs {
    /// The folder that holds the topics [default: $XDG_DATA_HOME/mkafka, or ~/.local/share/mkafka]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "MKAFKA_DATA_DIR",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    pub data_dir: Option<PathBuf>,

    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    pub color: ColorChoice,

    /// Refused: Kafka's tools need it, mkafka has no server
    #[arg(long, global = true, value_name = "HOST:PORT", hide = true, value_parser = no_cluster)]
    bootstrap_server: Option<String>,
}

fn no_cluster(_server: &str) -> Result<String, String> {
    Err("mkafka works on the files of a data directory (see --data-dir); clusters come in a later version"
        .into())
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Also into pipes and files.
    Always,
    /// Nowhere.
    Never,
}

/// The form of what is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Tables on a terminal, Kafka's own lines elsewhere.
    Text,
    /// One JSON value a line.
    Json,
}

/// The one topic that a command is about: `mkafka consume orders` and `--topic orders` are the same.
#[derive(Debug, Args)]
pub struct TopicArgs {
    /// The topic
    #[arg(value_name = "TOPIC", conflicts_with = "topic", required_unless_present = "topic")]
    name: Option<String>,

    /// The topic
    #[arg(long, short = 't', value_name = "TOPIC")]
    topic: Option<String>,
}

impl TopicArgs {
    /// The topic's name as it was given, in whichever form.
    pub fn name(&self) -> &str {
        self.name.as_deref().or(self.topic.as_deref()).unwrap_or_default()
    }
}

/// What an option such as `--property` or `--config` takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyValue {
    /// What stands before the first `=`, never empty.
    pub key: String,
    /// What stands behind it, possibly empty.
    pub value: String,
}

impl FromStr for KeyValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => {
                Ok(Self { key: key.trim().to_owned(), value: value.to_owned() })
            }
            _ => Err("it must be in the format \"key=val\"".to_owned()),
        }
    }
}

/// The subcommands. What each is for stands at its arguments, from where clap takes the help.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a comment here would replace the longer one at the arguments")]
pub enum Command {
    Topics(topics::TopicsArgs),
    Produce(Box<produce::ProduceArgs>),
    Consume(Box<consume::ConsumeArgs>),
    #[command(alias = "dump-log")]
    DumpLogSegments(dump::DumpLogSegmentsArgs),
}

impl Cli {
    /// Reads a command line, whose first element is the program's name. Besides what clap accepts, the
    /// actions of Kafka's tools may stand anywhere (`topics --topic orders --create`).
    pub fn from_args(args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::try_parse_from(kafka_forms::action_first(args.into_iter().collect())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn clap_finds_no_fault_with_the_arguments() {
        Cli::command().debug_assert();
    }
}
