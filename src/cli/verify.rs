//! Arguments of `mkafka verify`.

use clap::Args;

use super::OutputFormat;

/// Read everything and check it: checksums, records, offsets, indexes, checkpoints.
///
/// Each finding says what is wrong, where, and what will mend it. The exit status is 1 if there is any.
///
/// With --repair is mended what can be without losing a valid record: a torn tail is cut off, indexes and
/// leader epochs are made anew, what interrupted work has left is finished or removed, and a damaged piece in
/// the middle of a log is taken out of it and kept in a file beside it, so that what follows can be read again.
/// A batch whose base offset alone is damaged gets that back, if the batches around it leave no doubt; else it
/// is taken out too.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka verify [OPTIONS] [TOPIC]...",
    after_help = "Examples:
  All topics, or one:
      mkafka verify
      mkafka verify orders
  Mend what can be mended:
      mkafka verify orders --repair"
)]
pub struct VerifyArgs {
    /// The topics; all when none is given
    #[arg(value_name = "TOPIC", value_delimiter = ',')]
    names: Vec<String>,

    /// The topics, with commas between them, in the form of Kafka's tools
    #[arg(long = "topic", short = 't', value_name = "TOPIC", value_delimiter = ',')]
    topics: Vec<String>,

    /// Mend what can be mended
    #[arg(long)]
    pub repair: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

impl VerifyArgs {
    /// The topics, in whichever form they were given.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.names.iter().chain(&self.topics).map(|name| name.trim())
    }
}
