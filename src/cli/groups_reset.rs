//! Arguments of `mkafka groups reset-offsets`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::groups::{GroupsChoice, TopicPartitionsArg};
use super::positions::PositionArg;
use super::time::TimeArg;
use super::{ConsentArgs, OutputFormat};

/// Set the committed offsets of groups that nobody is in.
///
/// Without --execute nothing is done but to show what would be: for each partition the new offset and the old
/// one. An offset that is not in the log is moved to its nearest end, with a warning. A group that is not there
/// is created. What was replaced is kept, for --undo. On a terminal --execute asks before it changes anything.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka groups reset-offsets [OPTIONS] <GROUP>... <TOPICS> <TO>",
    after_help = "Examples:
  Read two partitions of a topic again, from offset 100 on:
      mkafka groups reset-offsets billing --topic orders:0,1 \\
          --to-offset 100 --execute
  Read the last 100 of each partition again; all of the last hour:
      mkafka groups reset-offsets billing --topic orders --to -100
      mkafka groups reset-offsets billing --topic orders --to @1h
  Go back by ten records, or by an hour, or to a time:
      mkafka groups reset-offsets billing --topic orders --shift-by -10
      mkafka groups reset-offsets billing --topic orders --by-duration PT1H
      mkafka groups reset-offsets billing --topic orders \\
          --to-datetime 2026-01-31T12:00:00.000
  Take that back:
      mkafka groups reset-offsets billing --undo --execute
  Keep offsets in a file, and set them again later:
      mkafka groups reset-offsets billing --all-topics --to-current \\
          --export > offsets.csv
      mkafka groups reset-offsets billing --from-file offsets.csv --execute"
)]
pub struct ResetOffsetsArgs {
    /// Which groups.
    #[command(flatten)]
    pub groups: GroupsChoice,

    /// A topic, all of its partitions or some (orders:0,1); may be repeated
    #[arg(
        long = "topic",
        short = 't',
        value_name = "TOPIC[:N,...]",
        required_unless_present_any = ["all_topics", "from_file", "undo"],
        conflicts_with_all = ["all_topics", "from_file", "undo"]
    )]
    pub topics: Vec<TopicPartitionsArg>,

    /// All partitions that the group has committed for
    #[arg(long)]
    pub all_topics: bool,

    /// Where to.
    #[command(flatten)]
    pub to: ResetTo,

    /// Do it
    #[arg(long, conflicts_with = "dry_run")]
    pub execute: bool,

    /// Only show what would be done, which is so without --execute too
    #[arg(long)]
    pub dry_run: bool,

    /// Show it as CSV that --from-file reads: topic,partition,offset; with several groups, the group first
    #[arg(long, conflicts_with = "output")]
    pub export: bool,

    /// Whether to ask.
    #[command(flatten)]
    pub consent: ConsentArgs,

    /// The form of the output
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// Where committed offsets are set to.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ResetTo {
    /// To the earliest record
    #[arg(long, help_heading = "Where to")]
    pub to_earliest: bool,

    /// To the end of the log
    #[arg(long, help_heading = "Where to")]
    pub to_latest: bool,

    /// To where it is; where nothing is committed, to the end of the log
    #[arg(long, help_heading = "Where to")]
    pub to_current: bool,

    /// To this offset
    #[arg(long, value_name = "OFFSET", allow_negative_numbers = true, help_heading = "Where to")]
    pub to_offset: Option<i64>,

    /// To here in each partition: start, end, a number, -N for the last N, +N for N behind the first, @TIME
    ///
    /// It is what --offset of consume is: -N and +N count from the ends of the log, offset by offset, while --shift-by
    /// counts from what is committed. Times are written as there, so that one without a zone is in the system's.
    #[arg(long, value_name = "OFFSET", allow_hyphen_values = true, help_heading = "Where to")]
    pub to: Option<PositionArg>,

    /// On by so many records, or back by -N
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Where to")]
    pub shift_by: Option<i64>,

    /// To the first record at this time or later, such as 2026-01-31T12:00:00.000; without a zone it is UTC
    #[arg(long, value_name = "TIME", help_heading = "Where to")]
    pub to_datetime: Option<UtcTimeArg>,

    /// To the first record that is younger than this, such as PT15M, P7D, 15m or 7d
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true, help_heading = "Where to")]
    pub by_duration: Option<DurationArg>,

    /// To what this file of --export says; - is standard input
    #[arg(long, value_name = "FILE", help_heading = "Where to")]
    pub from_file: Option<PathBuf>,

    /// To where they were before the last reset that was executed; done twice, it changes nothing
    #[arg(long, conflicts_with = "all_topics", help_heading = "Where to")]
    pub undo: bool,
}

/// A point in time; a date without a zone is in UTC, as kafka-consumer-groups has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtcTimeArg {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub millis: i64,
}

impl FromStr for UtcTimeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let in_utc = format!("{}Z", text.trim());
        if let Ok(TimeArg::At(millis)) = in_utc.parse() {
            return Ok(Self { millis });
        }
        if let Ok(TimeArg::At(millis)) = format!("{}T00:00:00Z", text.trim()).parse() {
            return Ok(Self { millis });
        }
        match text.parse() {
            Ok(TimeArg::At(millis)) => Ok(Self { millis }),
            _ => Err("valid are 2026-01-31T12:00:00.000, which is in UTC, 2026-01-31T12:00:00+02:00, and \
                      milliseconds since 1970; for a duration there is --by-duration"
                .to_owned()),
        }
    }
}

/// A duration back from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationArg(TimeArg);

impl DurationArg {
    /// The point in time that lies so long before `now`; both in milliseconds since 1970.
    pub fn before(self, now: i64) -> i64 {
        self.0.millis(now)
    }
}

impl FromStr for DurationArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(ago @ TimeArg::Ago(_)) if !text.contains('-') => Ok(Self(ago)),
            _ => Err("valid are durations such as PT15M, P7D, 15m or 7d, which go back from now".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_a_zone_are_in_utc() {
        for (text, millis) in [
            ("2023-11-15T00:00:00.000", 1_700_006_400_000),
            ("2023-11-15T00:00:00.001Z", 1_700_006_400_001),
            ("2023-11-15T02:00:00.000+02:00", 1_700_006_400_000),
            ("2023-11-15T02:00:00.000+0200", 1_700_006_400_000),
            ("2023-11-15 00:00", 1_700_006_400_000),
            ("2023-11-15", 1_700_006_400_000),
            ("1700006400000", 1_700_006_400_000),
            ("9999-12-31T23:59:59.999", 253_402_300_799_999),
        ] {
            assert_eq!(text.parse(), Ok(UtcTimeArg { millis }), "{text}");
        }
        for bad in ["", "15m", "PT1H", "now", "yesterday"] {
            assert!(bad.parse::<UtcTimeArg>().is_err(), "{bad}");
        }
    }

    #[test]
    fn durations_as_kafka_and_people_write_them() {
        for (text, millis) in
            [("PT15M", 900_000), ("P1DT2H3M4S", 93_784_000), ("P7D", 604_800_000), ("15m", 900_000)]
        {
            assert_eq!(
                text.parse::<DurationArg>().map(|ago| ago.before(1_000_000_000)),
                Ok(1_000_000_000 - millis)
            );
        }
        for bad in ["", "2023-11-15", "1700006400000", "x", "-PT1H", "PT-1H"] {
            assert!(bad.parse::<DurationArg>().is_err(), "{bad}");
        }
    }
}
