//! `mkafka dump-log-segments`: its arguments.

use std::path::PathBuf;

/// Print what is in a log's files: segments, indexes, producer snapshots
///
/// Shows the batches of a .log, down to each record's key and payload, and the entries of .index,
/// .timeindex, .txnindex and .snapshot files, in the words of Kafka's own kafka-dump-log. Works on the
/// files of a topic here, of a stopped broker, or of one that is running: nothing is locked or changed.
///
/// Indexes are held against the .log that lies beside them.
///
/// Damage does not stop a dump. Each fault is reported on standard error with the file, the byte and the
/// reason; where no batch begins, the dump goes on with the next one whose checksum holds. What Kafka's tool
/// reports at its end is reported there: offsets that do not follow one another, index entries that the log
/// contradicts. The exit status is 1 when any fault was found.
#[derive(Debug, Clone, clap::Args)]
#[command(
    override_usage = "mkafka dump-log-segments [OPTIONS] <FILE>...",
    after_help = "Examples:
  The batches of a segment, one a line:
      mkafka dump-log-segments --files orders-0/00000000000000000000.log
  Every record of it:
      mkafka dump-log-segments --print-data-log \\
          orders-0/00000000000000000000.log
  Check the indexes of a partition:
      mkafka dump-log-segments --verify-index-only \\
          orders-0/*.index orders-0/*.timeindex"
)]
pub struct DumpLogSegmentsArgs {
    /// Files to dump, separated by commas, in the form of Kafka's tool; may be given several times
    #[arg(long, value_name = "FILE,...", value_delimiter = ',', required_unless_present = "paths")]
    pub files: Vec<PathBuf>,

    /// Files to dump
    #[arg(value_name = "FILE")]
    pub paths: Vec<PathBuf>,

    /// Print every record with its key and payload
    ///
    /// Keys and payloads are printed as the bytes they are, so that a line break in one of them breaks
    /// the line.
    #[arg(long)]
    pub print_data_log: bool,

    /// Print every record, not just the batches they are in
    ///
    /// Offset, timestamp, sizes, sequence number and header names, but neither key nor payload. Compressed
    /// batches are unpacked for it. Also looks for gaps in the offsets.
    #[arg(long)]
    pub deep_iteration: bool,

    /// Of records print only key and payload
    #[arg(long)]
    pub skip_record_metadata: bool,

    /// Only make the check of an index that a broker makes when it starts
    ///
    /// An index that fails it is rebuilt by the broker from its log.
    #[arg(long)]
    pub index_sanity_check: bool,

    /// Check indexes against their logs without printing the entries
    #[arg(long)]
    pub verify_index_only: bool,

    /// The largest message, in bytes, that an index entry may lead to
    ///
    /// A larger batch that an .index points to is reported as a fault. Raised above 16 MiB it also raises
    /// what may be held in memory of one batch of a .log: the records of larger batches are not shown.
    #[arg(long, value_name = "BYTES", default_value_t = 5_242_880)]
    pub max_message_size: usize,

    /// Look only at so many bytes of a .log, from its beginning
    #[arg(long, value_name = "BYTES")]
    pub max_bytes: Option<u64>,
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::cli::{Cli, Command};

    fn files(args: &[&str]) -> Result<Vec<String>, clap::error::ErrorKind> {
        let args = ["mkafka", "dump-log-segments"].iter().chain(args);
        let command = Cli::try_parse_from(args).map_err(|e| e.kind())?.command;
        #[allow(irrefutable_let_patterns, reason = "the only subcommand so far")]
        let Command::DumpLogSegments(args) = command else { unreachable!("asked for it") };
        Ok(args.files.iter().chain(&args.paths).map(|p| p.display().to_string()).collect())
    }

    #[test]
    fn files_come_in_lists_and_by_themselves() {
        let expected = Ok(vec!["a.log".to_owned(), "b.index".to_owned(), "c.log".to_owned()]);
        assert_eq!(files(&["--files", "a.log,b.index", "--files", "c.log"]), expected);
        assert_eq!(files(&["--files=a.log", "b.index", "c.log"]), expected);
        assert_eq!(files(&["a.log", "b.index", "c.log", "--print-data-log"]), expected);
        assert_eq!(files(&[]), Err(clap::error::ErrorKind::MissingRequiredArgument));
    }
}
