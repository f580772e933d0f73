//! Arguments of `mkafka verify`.

use clap::Args;

use super::OutputFormat;
use super::topic_choice::AnyTopicsArgs;

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
    /// Which topics.
    #[command(flatten)]
    pub topics: AnyTopicsArgs,

    /// Mend what can be mended
    #[arg(long)]
    pub repair: bool,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}
