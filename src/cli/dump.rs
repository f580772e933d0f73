//! `mkafka dump-log-segments`: its arguments.

use std::path::PathBuf;

use super::OutputFormat;
use super::range::{OffsetRange, TimeRange};

/// Print what is in the files that a broker leaves behind
///
/// Shows the batches of a .log, down to each record's key and payload, and the entries of .index,
/// .timeindex, .txnindex and .snapshot files, in the words of Kafka's own kafka-dump-log; and with them
/// what it does not know: leader-epoch-checkpoint, the offset checkpoints in the root of a log folder,
/// partition.metadata, meta.properties and quorum-state. Works on the files of a topic here, of a stopped
/// broker, or of one that is running: nothing is locked or changed.
///
/// Indexes are held against the .log that lies beside them.
///
/// Damage does not stop a dump. Each fault is reported on standard error with the file, the byte and the
/// reason; where no batch begins, the dump goes on with the next one whose checksum holds. What Kafka's tool
/// reports at its end is reported there: offsets that do not follow one another, index entries that the log
/// contradicts. The exit status is 1 when any fault was found.
///
/// With --output json each batch, record, entry and fault is an object on a line of its own; its
/// first fields are v (1), type and file.
#[derive(Debug, Clone, clap::Args)]
#[command(
    override_usage = "mkafka dump-log-segments [OPTIONS] <FILE>...",
    after_help = "Examples:
  The batches of a segment, one a line:
      mkafka dump-log-segments --files orders-0/00000000000000000000.log
  Every record of a partition, as JSON:
      mkafka dump-log-segments --print-data-log --output json orders-0
  Check the indexes of a partition:
      mkafka dump-log-segments --verify-index-only \\
          orders-0/*.index orders-0/*.timeindex
  What consumer groups have committed, in the files of a broker:
      mkafka dump-log-segments --offsets-decoder \\
          /var/lib/kafka/data/__consumer_offsets-*/*.log
  The records of the last quarter of an hour, and those that follow:
      mkafka dump-log-segments --print-data-log --timestamp 15m.. \\
          --follow orders-0
  What is good of damaged segments, as a data directory of its own:
      mkafka dump-log-segments --salvage rescued orders-0/*.log"
)]
pub struct DumpLogSegmentsArgs {
    /// Files to dump, separated by commas, in the form of Kafka's tool; may be given several times
    #[arg(long, value_name = "FILE,...", value_delimiter = ',', required_unless_present = "paths")]
    pub files: Vec<PathBuf>,

    /// Files to dump, or patterns such as 'orders-*/*.log', or folders
    ///
    /// Of a folder every file is dumped that a broker may have left there, of a whole log folder those of
    /// every partition. In a pattern * is anything but a slash, ** any folders, ? one character, and
    /// letters in brackets are one of them.
    #[arg(value_name = "FILE")]
    pub paths: Vec<PathBuf>,

    /// Print every record with its key and payload
    ///
    /// Keys and payloads are printed as the bytes they are, so that a line break in one of them breaks
    /// the line; --output json has no such trouble.
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

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,

    /// Print one line for each file: what is in it, and how many faults
    #[arg(long, conflicts_with_all = ["follow", "index_sanity_check", "verify_index_only"])]
    pub summary: bool,

    /// Go on as the logs grow, also into the segments that follow, until interrupted
    #[arg(long, conflicts_with_all = ["max_bytes", "salvage"])]
    pub follow: bool,

    /// Write what is good of each .log to a new segment in this folder, with new indexes
    ///
    /// The new segment is DIR/TOPIC-PARTITION/OFFSET.log, so that DIR can be read as a data directory. It
    /// holds the batches whose checksum holds, whose records can all be decoded and whose offsets follow
    /// those before; a .txnindex that is sound is taken over. The files that are dumped are never changed,
    /// and no file is overwritten.
    #[arg(long, value_name = "DIR")]
    pub salvage: Option<PathBuf>,

    /// What to print of all that.
    #[command(flatten)]
    pub filter: FilterArgs,

    /// How keys and payloads are made out.
    #[command(flatten)]
    pub decoders: DecoderArgs,

    /// Only make the check of an index that a broker makes when it starts
    ///
    /// An index that fails it is rebuilt by the broker from its log.
    #[arg(long, help_heading = "Checks")]
    pub index_sanity_check: bool,

    /// Check indexes against their logs without printing the entries
    #[arg(long, help_heading = "Checks")]
    pub verify_index_only: bool,

    /// The largest message, in bytes, that an index entry may lead to
    ///
    /// A larger batch that an .index points to is reported as a fault. Raised above 16 MiB it also raises
    /// what may be held in memory of one batch of a .log: the records of larger batches are not shown.
    #[arg(long, value_name = "BYTES", default_value_t = 5_242_880, help_heading = "Checks")]
    pub max_message_size: usize,

    /// Look only at so many bytes of a .log, from its beginning
    #[arg(long, value_name = "BYTES", help_heading = "Filters")]
    pub max_bytes: Option<u64>,
}

/// Which records and entries are printed. Where the indexes beside a log are sound, they are used to begin
/// at the right place.
#[derive(Debug, Clone, clap::Args)]
pub struct FilterArgs {
    /// Only these offsets: A..B, from A up to but not including B, either left out; or one
    #[arg(long, value_name = "A..B", help_heading = "Filters")]
    pub offset: Option<OffsetRange>,

    /// Only timestamps from A up to but not including B: times in RFC 3339, milliseconds since 1970, or how
    /// long ago, such as 15m..
    #[arg(long, value_name = "A..B", help_heading = "Filters")]
    pub timestamp: Option<TimeRange>,

    /// Only records with this key
    #[arg(long, value_name = "KEY", help_heading = "Filters")]
    pub key: Option<String>,

    /// Only batches, aborted transactions and snapshot entries of this producer
    #[arg(long, value_name = "ID", allow_negative_numbers = true, help_heading = "Filters")]
    pub producer_id: Option<i64>,

    /// Only control records: the markers of transactions, and those of KRaft
    #[arg(long, help_heading = "Filters")]
    pub only_control: bool,

    /// End after so many records; batches, where no records are printed, and entries count too
    #[arg(long, value_name = "N", help_heading = "Filters")]
    pub limit: Option<u64>,
}

/// What makes keys and payloads readable. Each implies --print-data-log.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "decoders")]
pub struct DecoderArgs {
    /// How keys are read: string, integer, long, short, float, double, uuid, boolean, bytes, void,
    /// list<...>, or the name of Kafka's class for it
    #[arg(long, value_name = "CLASS", help_heading = "Decoders")]
    pub key_decoder_class: Option<String>,

    /// How payloads are read, as for keys
    #[arg(long, value_name = "CLASS", help_heading = "Decoders")]
    pub value_decoder_class: Option<String>,

    /// Read records as those of __consumer_offsets
    #[arg(long, help_heading = "Decoders", group = "topic_decoder")]
    pub offsets_decoder: bool,

    /// Read records as those of __transaction_state
    #[arg(long, help_heading = "Decoders", group = "topic_decoder")]
    pub transaction_log_decoder: bool,

    /// Read records as those of __cluster_metadata
    #[arg(long, help_heading = "Decoders", group = "topic_decoder")]
    pub cluster_metadata_decoder: bool,

    /// Read records as those of __remote_log_metadata
    #[arg(long, help_heading = "Decoders", group = "topic_decoder")]
    pub remote_log_metadata_decoder: bool,

    /// Read records as those of __share_group_state
    #[arg(long, help_heading = "Decoders", group = "topic_decoder")]
    pub share_group_state_decoder: bool,
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
