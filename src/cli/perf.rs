//! Arguments of `mkafka perf`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgGroup, Args, Subcommand};

use super::rate::RateArg;
use super::{KeyValue, OutputFormat, TopicArgs};

/// Measure how fast records are produced and consumed here.
///
/// Records go the same way as those of mkafka produce and mkafka consume, and the lines are those of Kafka's
/// kafka-producer-perf-test, kafka-consumer-perf-test and kafka-e2e-latency.
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = true,
    override_usage = "mkafka perf [OPTIONS] <COMMAND> ...",
    after_help = "Examples:
  A million records of 100 bytes, and back again:
      mkafka perf produce bench --num-records 1000000 --record-size 100
      mkafka perf consume bench --messages 1000000
  From one end to the other, a record at a time:
      mkafka perf latency bench --num-records 1000 --record-size 100"
)]
pub struct PerfArgs {
    /// What to measure.
    #[command(subcommand)]
    pub action: PerfAction,
}

/// What to measure. What each does stands at its arguments, from where clap takes the help.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a comment here would replace the longer one at the arguments")]
pub enum PerfAction {
    Produce(Box<PerfProduceArgs>),
    Consume(PerfConsumeArgs),
    Latency(PerfLatencyArgs),
}

/// Produce records and tell how fast that went.
///
/// A latency is the time from when a record is handed to the producer until it is acknowledged, as --acks has it.
/// Sums, averages and the longest are exact; percentiles are at most 1 % too long, for memory does not grow with
/// the number of records. MB are 1024 times 1024 bytes of values.
///
/// A record that cannot be produced ends the run with exit status 1; the last line tells of what was acknowledged
/// before. A topic that does not exist is created with one partition.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka perf produce [OPTIONS] --num-records <N> \
                      <--record-size <BYTES>|--payload-file <FILE>|--payload-monotonic> <TOPIC>",
    group = ArgGroup::new("payload").required(true).args(["record_size", "payload_file", "payload_monotonic"]),
    after_help = "Examples:
  As fast as it goes:
      mkafka perf produce bench --num-records 1000000 --record-size 100
  A thousand records a second that the disk has, compressed:
      mkafka perf produce bench --num-records 10000 --record-size 1000 \\
          --throughput 1000 --acks all --compression-codec zstd
  The lines of a file, in any order, as JSON for a script:
      mkafka perf produce bench --num-records 100000 \\
          --payload-file orders.txt --output json"
)]
pub struct PerfProduceArgs {
    /// The topic.
    #[command(flatten)]
    pub topic: TopicArgs,

    /// How many records are produced
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub num_records: i64,

    /// Bytes of each value, which are random letters
    #[arg(long, value_name = "BYTES", allow_negative_numbers = true)]
    pub record_size: Option<i64>,

    /// Take values out of this file, one for each record, at random
    #[arg(long, value_name = "FILE")]
    pub payload_file: Option<PathBuf>,

    /// What stands between the values of the file: any text, in which \n \t \r \0 \\ \xNN are bytes [default: \n]
    #[arg(long, value_name = "TEXT", requires = "payload_file")]
    pub payload_delimiter: Option<String>,

    /// Make the records' numbers their values, from 0 on
    #[arg(long)]
    pub payload_monotonic: bool,

    /// No more than so many records in a second, or bytes: 1000, 90/m, 5MB; -1 for no limit
    ///
    /// This holds on the average since the start, as in Kafka's tool: after a wait for the disk, say, records follow
    /// one another more quickly.
    #[arg(long, value_name = "RATE", default_value = "-1", allow_negative_numbers = true)]
    pub throughput: ThroughputArg,

    /// When a record counts as acknowledged: 0, 1 or all; see mkafka produce [default: 1]
    #[arg(
        long,
        value_name = "ACKS",
        allow_hyphen_values = true,
        value_parser = ["0", "1", "all", "-1"]
    )]
    pub acks: Option<String>,

    /// Compress batches with this codec [default: none]
    #[arg(long, short = 'z', value_name = "CODEC", value_parser = ["none", "gzip", "snappy", "lz4", "zstd"])]
    pub compression_codec: Option<String>,

    /// Set a producer config by Kafka's name, such as batch.size or linger.ms; may be repeated
    #[arg(long = "producer-property", alias = "command-property", short = 'X', value_name = "NAME=VALUE")]
    pub producer_properties: Vec<KeyValue>,

    /// The same for several that follow one another, in the form of Kafka's tool
    #[arg(long = "producer-props", value_name = "NAME=VALUE", num_args = 1..)]
    pub producer_props: Vec<KeyValue>,

    /// Read such configs from this file; those of the options count more
    #[arg(long = "producer.config", alias = "command-config", value_name = "FILE")]
    pub producer_config: Option<PathBuf>,

    /// How it is told.
    #[command(flatten)]
    pub report: PerfReportArgs,
}

/// Consume records and tell how fast that went.
///
/// Records are read from the beginning, and no more than were asked for. The times without any partition, such as
/// that of joining a group, count as rebalancing, all others as fetching. MB are 1024 times 1024 bytes of keys and
/// values. The exit status is 1 when too few records come.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka perf consume [OPTIONS] --messages <N> <TOPIC>",
    after_help = "Examples:
  The first million records:
      mkafka perf consume bench --messages 1000000
  As a member of a group, with a line each second:
      mkafka perf consume bench --messages 1000000 --group readers \\
          --show-detailed-stats --reporting-interval 1000
  The next 1000 records that somebody produces, within a minute:
      mkafka perf consume bench --messages 1000 --from-latest --timeout 60000"
)]
pub struct PerfConsumeArgs {
    /// The topic.
    #[command(flatten)]
    pub topic: TopicArgs,

    /// How many records are consumed
    #[arg(long, visible_alias = "num-records", value_name = "N", allow_negative_numbers = true)]
    pub messages: i64,

    /// Take part in this consumer group, which commits what is read [default: none]
    #[arg(long, short = 'g', value_name = "GROUP")]
    pub group: Option<String>,

    /// Begin at the end, where the group has committed nothing yet
    #[arg(long)]
    pub from_latest: bool,

    /// Give up when no record has come for so many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 10_000)]
    pub timeout: u64,

    /// Print a line of how it goes on for each interval, instead of one at the end
    #[arg(long)]
    pub show_detailed_stats: bool,

    /// How dates are written, in the letters of Java's SimpleDateFormat or the directives of strftime
    #[arg(long, value_name = "FORMAT", default_value = "yyyy-MM-dd HH:mm:ss:SSS")]
    pub date_format: String,

    /// Do not print what the columns are
    #[arg(long)]
    pub hide_header: bool,

    /// Set a consumer config by Kafka's name; may be repeated
    #[arg(long = "consumer-property", alias = "command-property", short = 'X', value_name = "NAME=VALUE")]
    pub consumer_properties: Vec<KeyValue>,

    /// Read such configs from this file; those of --consumer-property count more
    #[arg(long = "consumer.config", alias = "command-config", value_name = "FILE")]
    pub consumer_config: Option<PathBuf>,

    /// How it is told.
    #[command(flatten)]
    pub report: PerfReportArgs,
}

/// Produce and consume one record after the other, and tell how long each takes.
///
/// A latency is the time from when a record is handed to the producer until the consumer, which waits for it as
/// mkafka consume does, has it. Both are in one process, and the topic may have other records and other producers.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka perf latency [OPTIONS] --num-records <N> --record-size <BYTES> <TOPIC>",
    after_help = "Examples:
  A thousand records, by way of the page cache and by way of the disk:
      mkafka perf latency bench --num-records 1000 --record-size 100
      mkafka perf latency bench --num-records 1000 --record-size 100 --acks all"
)]
pub struct PerfLatencyArgs {
    /// The topic.
    #[command(flatten)]
    pub topic: TopicArgs,

    /// How many records
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub num_records: i64,

    /// Bytes of each value, which are random letters
    #[arg(long, value_name = "BYTES", allow_negative_numbers = true)]
    pub record_size: i64,

    /// When the producer goes on: 1, when the operating system has the record, or all, when the disk has it
    #[arg(
        long,
        visible_alias = "producer-acks",
        value_name = "ACKS",
        allow_hyphen_values = true,
        default_value = "1",
        value_parser = ["1", "all", "-1"]
    )]
    pub acks: String,

    /// Give up when a record has not come for so many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 60_000)]
    pub timeout: u64,

    /// The form of what is printed
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// How it is told.
#[derive(Debug, Args)]
pub struct PerfReportArgs {
    /// Milliseconds between two lines of how it goes on
    #[arg(
        long,
        value_name = "MS",
        default_value_t = 5000,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub reporting_interval: u64,

    /// The form of what is printed; json is an object for each line, with its type: interval or total
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,
}

/// A limit on what passes in a second; `None` where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThroughputArg(pub Option<RateArg>);

impl FromStr for ThroughputArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "-1" => Ok(Self(None)),
            rate => rate.parse().map(Some).map(Self).map_err(|why: String| format!("{why}; -1 is no limit")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_limit_is_minus_one() {
        assert_eq!("-1".parse(), Ok(ThroughputArg(None)));
        assert_eq!("500".parse(), Ok(ThroughputArg(Some(RateArg::Records(500.0)))));
        assert_eq!("1KiB".parse(), Ok(ThroughputArg(Some(RateArg::Bytes(1024.0)))));
        for bad in ["0", "-2", "fast"] {
            assert!(bad.parse::<ThroughputArg>().unwrap_err().ends_with("-1 is no limit"), "{bad}");
        }
    }
}
