//! The command line: which arguments there are and what they mean. Nothing is done here, so that manual
//! pages and completions can be made from it.

pub mod consume;
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
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    pub color: ColorChoice,

    /// Refused: Kafka's tools need it, mkafka has no server
    #[arg(long, global = true, value_name = "HOST:PORT", hide = true, value_parser = no_cluster)]
    bootstrap_server: Option<String>,
}

fn no_cluster(_server: &str) -> Result<String, String> {
    Err("mkafka works on the files of a data directory (see --data-dir); clusters come in a later version"
        .into())
}

/// A topic's name, by position or, as Kafka's tools take it, by option.
#[derive(Debug, Args)]
pub struct TopicArgs {
    /// The topic's name
    #[arg(value_name = "TOPIC", required_unless_present = "topic_option")]
    topic: Option<String>,

    /// The topic's name, the way Kafka's tools take it
    #[arg(long = "topic", short = 't', id = "topic_option", value_name = "TOPIC", conflicts_with = "topic")]
    topic_option: Option<String>,
}

impl TopicArgs {
    /// The topic's name, whichever way it was given.
    pub fn name(&self) -> &str {
        self.topic.as_deref().or(self.topic_option.as_deref()).unwrap_or_default()
    }
}

/// `NAME=VALUE`, split at the first `=`; without one the value is empty, as in Kafka's tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// What stands before it.
    pub name: String,
    /// What stands behind it.
    pub value: String,
}

impl FromStr for Property {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        if name.is_empty() {
            return Err("a name must stand before the '='");
        }
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
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

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create, list, describe and delete topics
    Topics(topics::TopicsArgs),
    Produce(Box<produce::ProduceArgs>),
    Consume(Box<consume::ConsumeArgs>),
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
