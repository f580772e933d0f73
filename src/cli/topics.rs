//! Arguments of `mkafka topics`.

use clap::{ArgGroup, Args, Subcommand};

use super::{KeyValue, OutputFormat, TopicArgs};

/// Create, list, describe and delete topics.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Also in the form of kafka-topics: mkafka topics --create --topic orders --partitions 3"
)]
pub struct TopicsArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: TopicsAction,
}

/// What to do with topics.
#[derive(Debug, Subcommand)]
pub enum TopicsAction {
    /// Create a topic
    #[command(long_flag = "create")]
    Create(CreateArgs),
    /// List topics, one name a line
    #[command(long_flag = "list")]
    List(ListArgs),
    /// Show partitions, configuration and size of topics
    #[command(long_flag = "describe")]
    Describe(DescribeArgs),
    /// Delete topics with all their records
    #[command(long_flag = "delete")]
    Delete(DeleteArgs),
}

/// Arguments of `topics create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The topic.
    #[command(flatten)]
    pub topic: TopicArgs,

    /// How many partitions
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    pub partitions: i32,

    /// How many copies of each partition: 1, as there is one machine
    #[arg(long, value_name = "N", default_value_t = 1, allow_negative_numbers = true)]
    pub replication_factor: i32,

    /// Set a configuration of the topic, such as retention.ms=60000; may be repeated
    #[arg(long = "config", value_name = "KEY=VALUE")]
    pub configs: Vec<KeyValue>,

    /// Do nothing when the topic is there already
    #[arg(long)]
    pub if_not_exists: bool,
}

/// Arguments of `topics list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Leave out the topics that Kafka keeps for itself
    #[arg(long)]
    pub exclude_internal: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// Arguments of `topics describe`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").args(["names", "topics", "topic_id"]).multiple(true)))]
pub struct DescribeArgs {
    /// The topics; all when none is given
    #[arg(value_name = "TOPIC", value_delimiter = ',')]
    names: Vec<String>,

    /// The topics, with commas between them
    #[arg(long = "topic", short = 't', value_name = "TOPIC", value_delimiter = ',')]
    topics: Vec<String>,

    /// The topic with this id
    #[arg(long, value_name = "ID", conflicts_with_all = ["names", "topics"])]
    pub topic_id: Option<String>,

    /// Topics that are not there are no error
    #[arg(long, requires = "which")]
    pub if_exists: bool,

    /// Leave out the topics that Kafka keeps for itself
    #[arg(long)]
    pub exclude_internal: bool,

    /// Only topics that set a configuration themselves, and of these no partitions
    #[arg(long)]
    pub topics_with_overrides: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

impl DescribeArgs {
    /// The topics, in whichever form they were given.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.names.iter().chain(&self.topics).map(|name| name.trim())
    }
}

/// Arguments of `topics delete`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").args(["names", "topics"]).multiple(true).required(true)))]
pub struct DeleteArgs {
    /// The topics
    #[arg(value_name = "TOPIC", value_delimiter = ',')]
    names: Vec<String>,

    /// The topics, with commas between them
    #[arg(long = "topic", short = 't', value_name = "TOPIC", value_delimiter = ',')]
    topics: Vec<String>,

    /// Topics that are not there are no error
    #[arg(long)]
    pub if_exists: bool,
}

impl DeleteArgs {
    /// The topics, in whichever form they were given.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.names.iter().chain(&self.topics).map(|name| name.trim())
    }
}
