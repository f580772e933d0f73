//! Arguments.

pub mod dump;

/// Kafka-style logs for the shell.
#[derive(Debug, clap::Parser)]
#[command(name = "mkafka", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Print what is in a log's files
    #[command(alias = "dump-log")]
    DumpLogSegments(dump::DumpLogSegmentsArgs),
}
