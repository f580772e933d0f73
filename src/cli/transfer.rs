//! Arguments of `mkafka export` and `mkafka import`.

use std::path::PathBuf;

use clap::Args;

use super::OutputFormat;

/// Copy a topic out of the data directory, to be carried elsewhere.
///
/// What is written are the topic's partition folders, as a Kafka broker has them, and a manifest with the
/// checksum of each file. Producers may go on meanwhile: each partition is copied up to where it ended.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka export [OPTIONS] <TOPIC> <PATH>",
    after_help = "Examples:
  To another machine:
      mkafka export orders orders.tar
      scp orders.tar other: && ssh other mkafka import orders.tar
  Into a folder, for a stopped broker's log.dirs:
      mkafka export orders /mnt/orders"
)]
pub struct ExportArgs {
    /// The topic
    #[arg(value_name = "TOPIC")]
    pub topic: String,

    /// A folder to be made, or an archive if its name ends in .tar
    #[arg(value_name = "PATH")]
    pub path: PathBuf,

    /// The form of what is told: a note on standard error, or with json an object on standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// Take in a topic that was exported.
///
/// All checksums are checked before the topic exists. It must not exist already.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka import [OPTIONS] <PATH>",
    after_help = "Examples:
  From an archive or a folder:
      mkafka import orders.tar
      mkafka import /mnt/orders
  Under another name:
      mkafka import orders.tar --as orders-copy"
)]
pub struct ImportArgs {
    /// The folder or archive that was exported
    #[arg(value_name = "PATH")]
    pub path: PathBuf,

    /// The name that the topic is to have [default: the one it had]
    #[arg(long = "as", value_name = "TOPIC")]
    pub new_name: Option<String>,

    /// The form of what is told: a note on standard error, or with json an object on standard output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}
