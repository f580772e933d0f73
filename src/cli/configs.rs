//! Arguments of `mkafka configs`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

use super::topic_choice::TopicChoice;
use super::{ConnectionArgs, OutputFormat};

/// Show and change the configurations of topics.
///
/// The forms of kafka-configs work too, with the action as an option and --entity-type topics. Only topics
/// have configurations here: there are no brokers, clients or users.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    override_usage = "mkafka configs [OPTIONS] <COMMAND> ...",
    after_help = "Examples:
  Keep a day of records, and look at what is set:
      mkafka configs alter orders --add-config retention.ms=86400000
      mkafka configs describe topics/orders
  The same as kafka-configs has it:
      mkafka configs --alter --entity-type topics --entity-name orders \\
          --add-config retention.ms=86400000
      mkafka configs --describe --entity-type topics --entity-name orders"
)]
pub struct ConfigsArgs {
    /// What is refused.
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// What to do.
    #[command(subcommand)]
    pub action: ConfigsAction,
}

/// What to do with configurations.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a comment here would replace the longer one at the arguments")]
pub enum ConfigsAction {
    #[command(long_flag = "describe")]
    Describe(DescribeConfigsArgs),
    #[command(long_flag = "alter")]
    Alter(AlterConfigsArgs),
}

/// Which topics, in any of the forms that people know.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("named").args(["name", "topic", "entity_name"])))]
pub struct EntityArgs {
    /// The topic, or several with commas between them; `topics/orders` is the same as `orders`
    #[arg(value_name = "TOPIC", conflicts_with_all = ["topic", "entity_name"], value_parser = entity)]
    name: Option<String>,

    /// The topic, in the form of Kafka's tools
    #[arg(long, short = 't', value_name = "TOPIC", conflicts_with = "entity_name")]
    topic: Option<String>,

    /// The topic, in kafka-configs' other form
    #[arg(long, value_name = "TOPIC")]
    entity_name: Option<String>,

    /// Take it for a regular expression, which must match the whole of a name; a comma means "or"
    #[arg(long, requires = "named")]
    regex: bool,

    /// What the name is one of: topics
    #[arg(long, value_name = "TYPE", value_parser = only_topics)]
    entity_type: Option<String>,
}

fn only_topics(kind: &str) -> Result<String, String> {
    match kind {
        "topics" => Ok(kind.to_owned()),
        _ => Err("only topics have configurations here".to_owned()),
    }
}

/// Reads `orders` or `topics/orders`. No topic's name has a slash.
fn entity(text: &str) -> Result<String, String> {
    match text.split_once('/') {
        None => Ok(text.to_owned()),
        Some((kind, name)) => only_topics(kind).map(|_| name.to_owned()),
    }
}

impl EntityArgs {
    /// The topics, in whichever form they were given.
    pub fn choice(&self) -> TopicChoice<'_> {
        let text = self.name.as_deref().or(self.topic.as_deref()).or(self.entity_name.as_deref());
        TopicChoice { texts: text.into_iter().collect(), is_regex: self.regex, if_exists: false }
    }
}

/// Show what a topic sets itself, or what all topics do.
///
/// Each configuration stands on a line as kafka-configs prints it, with where its value comes from.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka configs describe [OPTIONS] [TOPIC]",
    after_help = "Examples:
  What orders sets itself, and with the defaults of all else:
      mkafka configs describe orders
      mkafka configs describe orders --all
  One value, for a script:
      mkafka configs describe orders --all --output json |
          jq -r '.configs[\"retention.ms\"].value'"
)]
pub struct DescribeConfigsArgs {
    /// Which topic.
    #[command(flatten)]
    pub entity: EntityArgs,

    /// Show the defaults of what is not set too
    #[arg(long)]
    pub all: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// Set configurations of topics, or go back to their defaults.
///
/// Of a topic all is changed together or nothing is. Producers that have the topic open go on as before; those that
/// open it from now on see the change. A regular expression matches none of the topics that Kafka keeps for itself.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka configs alter [OPTIONS] <TOPIC>",
    after_help = "Examples:
  Keep at most about 1 GB of each partition:
      mkafka configs alter logs --add-config retention.bytes=1000000000
  Compact and delete; brackets hold a value with commas in it:
      mkafka configs alter logs --add-config cleanup.policy=[compact,delete]
  Back to the defaults:
      mkafka configs alter logs --delete-config retention.bytes,cleanup.policy
  All topics whose names begin with logs:
      mkafka configs alter --regex 'logs.*' --add-config retention.ms=86400000"
)]
pub struct AlterConfigsArgs {
    /// Which topic.
    #[command(flatten)]
    pub entity: EntityArgs,

    /// What to set: key=value, with commas between several; a value with commas stands in brackets
    #[arg(long, value_name = "KEY=VALUE,...", conflicts_with = "add_config_file")]
    pub add_config: Vec<String>,

    /// A file of what to set, a key=value on each line
    #[arg(long, value_name = "FILE")]
    pub add_config_file: Option<PathBuf>,

    /// What is to have its default again, with commas between several
    #[arg(long, value_name = "KEY,...", value_delimiter = ',')]
    pub delete_config: Vec<String>,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// Takes `k1=v1,k2=[a,b]` apart (`ConfigCommand.parseConfigsToBeAdded`).
///
/// # Errors
/// Kafka's words for what is no `key=value`.
pub fn parse_added(text: &str) -> Result<Vec<(String, String)>, String> {
    let malformed =
        || "Invalid entity config: all configs to be added must be in the format \"key=val\".".to_owned();
    let mut added = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, behind) = rest.split_once('=').ok_or_else(malformed)?;
        let key = key.trim();
        if key.is_empty() || key.contains(',') {
            return Err(malformed());
        }
        let (value, behind) = match behind.trim_start().strip_prefix('[') {
            Some(list) => {
                let (value, behind) = list.split_once(']').ok_or_else(malformed)?;
                let behind = behind.trim_start();
                let next = behind.strip_prefix(',');
                if next.is_none() && !behind.is_empty() {
                    return Err(malformed());
                }
                (value, next.unwrap_or_default())
            }
            None => behind.split_once(',').unwrap_or((behind, "")),
        };
        added.push((key.to_owned(), value.trim().to_owned()));
        rest = behind.trim_start();
    }
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_stand_in_brackets() {
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        assert_eq!(parse_added("a=1").unwrap(), [pair("a", "1")]);
        assert_eq!(
            parse_added("a=1, cleanup.policy=[compact, delete],b=").unwrap(),
            [pair("a", "1"), pair("cleanup.policy", "compact, delete"), pair("b", "")]
        );
        assert_eq!(parse_added("a=x=y").unwrap(), [pair("a", "x=y")]);
        for bad in ["a", "=1", "a=1,b", "a=[1", "a=[1]b=2", "a,b=1"] {
            assert!(parse_added(bad).is_err(), "{bad}");
        }
    }
}
