//! The arguments of `mkafka consume` that say where reading begins and where it ends.

use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::time::TimeArg;

/// Where reading begins and ends.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where to begin and to end")]
pub struct RangeArgs {
    /// Begin at this offset: a number, earliest, latest, or -N for the last N of each partition
    #[arg(
        long,
        short = 'o',
        value_name = "OFFSET",
        allow_hyphen_values = true,
        conflicts_with = "from_beginning"
    )]
    pub offset: Option<OffsetArg>,

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

    /// Begin with the newest N records of all partitions together, in the order of their timestamps
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
    #[arg(long, short = 'c', value_name = "N")]
    pub max_messages: Option<u64>,

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

/// An offset as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetArg {
    /// The log start offset.
    Earliest,
    /// The log end offset.
    Latest,
    /// This offset.
    At(i64),
    /// So many before the end.
    BeforeEnd(u64),
}

impl FromStr for OffsetArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "earliest" | "beginning" => return Ok(Self::Earliest),
            "latest" | "end" => return Ok(Self::Latest),
            _ => {}
        }
        if let Some(count) = text.strip_prefix('-').and_then(|digits| digits.parse().ok()) {
            return Ok(Self::BeforeEnd(count));
        }
        match text.parse() {
            Ok(offset) if !text.starts_with(['+', '-']) => Ok(Self::At(offset)),
            _ => Err("valid are earliest, latest, a number from 0, and -N for the last N".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_as_typed() {
        assert_eq!("earliest".parse(), Ok(OffsetArg::Earliest));
        assert_eq!("latest".parse(), Ok(OffsetArg::Latest));
        assert_eq!("42".parse(), Ok(OffsetArg::At(42)));
        assert_eq!("-10".parse(), Ok(OffsetArg::BeforeEnd(10)));
        for bad in ["", "-", "--1", "+1", "x", "1.5", "99999999999999999999"] {
            assert!(bad.parse::<OffsetArg>().is_err(), "{bad}");
        }
    }
}
