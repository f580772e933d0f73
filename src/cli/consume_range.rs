//! The arguments of `mkafka consume` that say where reading begins and where it ends.

use clap::{Args, ValueEnum};

use super::positions::OffsetArg;
use super::time::TimeArg;

/// Where reading begins and ends.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where to begin and to end")]
pub struct RangeArgs {
    /// Begin here: a number, earliest, latest, -N for the last N of each partition, +N for N behind the first,
    /// @TIME; with an end as FROM:TO; of one partition as PARTITION=FROM:TO
    ///
    /// start and beginning are other words for earliest, end for latest. 5:9 is from offset 5 up to 9, which is
    /// left out; :end all that there is now; @-1h:-30m and @2026-01-31:@2026-02-01 are times, written as in
    /// --from-timestamp, but for numbers of less than 12 digits, which are seconds. kcat's s@MS and e@MS are
    /// known too. -N and +N count offsets, of which the markers of transactions have one each, and compaction
    /// leaves gaps; --tail counts records.
    ///
    /// Several, with commas or repeated, say it of single partitions: 0=100,2=earliest,3=-5:end, or
    /// orders:0=100 where several topics are read. One without a = is for all others; without one, they begin
    /// as they would without --offset.
    #[arg(
        long,
        short = 'o',
        value_name = "OFFSET",
        value_delimiter = ',',
        allow_hyphen_values = true,
        conflicts_with = "from_beginning"
    )]
    pub offset: Vec<OffsetArg>,

    /// Begin at the earliest record
    #[arg(long)]
    pub from_beginning: bool,

    /// Begin at the first record of each partition that is as late as this
    ///
    /// Milliseconds since 1970, @seconds, 2026-01-31T12:00:00Z, 2026-01-31 12:00 in the local time zone, or a
    /// duration back from now such as 15m, 2h or 7d.
    #[arg(long, visible_alias = "since", value_name = "TIME", conflicts_with_all = ["offset", "from_beginning", "group"])]
    pub from_timestamp: Option<TimeArg>,

    /// End before the first record of each partition that is as late as this; written as --from-timestamp
    ///
    /// When that is in the past, reading also ends at the present end.
    #[arg(long, visible_alias = "until", value_name = "TIME", conflicts_with = "group")]
    pub to_timestamp: Option<TimeArg>,

    /// Begin with the newest N records of all partitions together, merged by timestamp; of one partition those with
    /// the highest offsets are the newest
    #[arg(
        long,
        short = 'n',
        value_name = "N",
        conflicts_with_all = ["offset", "from_beginning", "from_timestamp", "group", "checkpoint"]
    )]
    pub tail: Option<u64>,

    /// End before this offset in each partition
    #[arg(
        long,
        value_name = "OFFSET",
        value_parser = clap::value_parser!(i64).range(0..),
        conflicts_with = "group"
    )]
    pub until_offset: Option<i64>,

    /// Stop at what was the end of the topic when reading began, instead of following it
    #[arg(long, short = 'e')]
    pub exit_at_end: bool,

    /// Stop after so many records
    #[arg(long, short = 'c', value_name = "N", allow_negative_numbers = true)]
    pub max_messages: Option<u64>,

    /// Read no more than so many records of each partition
    #[arg(
        long,
        visible_alias = "max-per-partition",
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..),
        conflicts_with = "group"
    )]
    pub max_messages_per_partition: Option<u64>,

    /// Stop once keys and values of so many bytes have been printed, records whole
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_bytes: Option<u64>,

    /// Stop when no record has come for so many milliseconds [default: never]
    #[arg(long, value_name = "MS")]
    pub timeout_ms: Option<u64>,

    /// Merge all partitions by the timestamps of their records, as far as they are there
    #[arg(long, conflicts_with_all = ["group", "checkpoint"])]
    pub ordered: bool,

    /// Whether records of transactions that were aborted, or are open, are seen [default: read_uncommitted]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub isolation_level: Option<IsolationLevelArg>,

    /// Show control records too, which end transactions, and say of each record what became of its transaction
    ///
    /// --output json has control, an object with type (COMMIT or ABORT) and coordinatorEpoch, or transaction:
    /// committed, aborted or open; both with producerId and producerEpoch. --output text has a column, such as
    /// Transaction:aborted or Control:COMMIT, before the headers. --format has %a{transaction},
    /// %a{control-type}, %x and %y.
    #[arg(long, visible_alias = "print-control-records", conflicts_with = "dead_letter")]
    pub show_control: bool,
}

/// Which records of transactions are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IsolationLevelArg {
    /// All
    #[value(name = "read_uncommitted")]
    ReadUncommitted,
    /// Those that were committed; reading goes as far as the first transaction that is open
    #[value(name = "read_committed")]
    ReadCommitted,
}
