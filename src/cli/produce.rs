//! The arguments of `mkafka produce`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{KeyValue, TopicArgs};

/// Append records to a topic, one a line of the input.
///
/// A line ends with a newline and nothing else: a carriage return is data, an empty line is a record, and
/// no byte is changed. Records are collected into batches; a full batch is appended at once, and so is
/// everything collected when a pipe or terminal has nothing more to give for the moment. So typed lines
/// show up at once and bulk input goes in large batches.
///
/// A topic that does not exist is created with one partition, as a Kafka broker does.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka produce [OPTIONS] <TOPIC>",
    after_help = "Examples:
  The lines of a file:
      mkafka produce orders < orders.txt
  A log as it grows, compressed:
      tail -F app.log | mkafka produce logs --compression-codec zstd
  Keys, which choose the partition as they do in Kafka:
      printf 'k1:v1\\nk2:v2\\n' | mkafka produce orders \\
          --property parse.key=true --property key.separator=:
  Records that must survive a loss of power:
      mkafka produce orders --acks all < orders.txt"
)]
pub struct ProduceArgs {
    /// The topic.
    #[command(flatten)]
    pub topic: TopicArgs,

    /// Read this file instead of standard input; several are read one after the other
    #[arg(long = "file", short = 'l', value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Put every record into this partition
    #[arg(long, short = 'p', value_name = "N")]
    pub partition: Option<u32>,

    /// How records without a key are spread over the partitions [default: roundrobin]
    #[arg(long, value_enum, value_name = "HOW")]
    pub partitioner: Option<PartitionerArg>,

    /// Compress batches with this codec [default: none; gzip if no codec is named]
    #[arg(
        long,
        short = 'z',
        value_name = "CODEC",
        num_args = 0..=1,
        default_missing_value = "gzip",
        value_parser = ["none", "gzip", "snappy", "lz4", "zstd"]
    )]
    pub compression_codec: Option<String>,

    /// When a record counts as produced: 0, 1 or all [default: 1]
    ///
    /// 0 is at once: that the last batch failed goes unnoticed. 1 is when the operating system has it: it
    /// survives the death of any process. all (or -1) is when the disk has it: it survives a loss of power
    /// [default: 1].
    #[arg(
        long,
        visible_alias = "request-required-acks",
        value_name = "ACKS",
        allow_hyphen_values = true,
        value_parser = ["0", "1", "all", "-1"]
    )]
    pub acks: Option<String>,

    /// Bytes that a batch grows to before it is appended [default: 262144, less with many partitions]
    #[arg(long, visible_alias = "max-partition-memory-bytes", value_name = "BYTES")]
    pub batch_size: Option<usize>,

    /// Let records wait up to so many milliseconds for others to share their batch, even when the input
    /// has nothing more [default: append as soon as the input pauses]
    #[arg(long, visible_alias = "timeout", value_name = "MS")]
    pub linger_ms: Option<u64>,

    /// Append every record by itself, in a batch of its own
    #[arg(long)]
    pub sync: bool,

    /// Bytes that all unfinished batches may take together [default: 33554432]
    #[arg(long, value_name = "BYTES")]
    pub max_memory_bytes: Option<usize>,

    /// How a line is split into headers, key and value; may be repeated
    ///
    /// Names and defaults are those of kafka-console-producer: parse.key (false), key.separator (a tab),
    /// parse.headers (false), headers.delimiter (a tab, behind the headers), headers.separator (a comma,
    /// between them), headers.key.separator (a colon), null.marker (none), ignore.error (false; true takes
    /// a line that lacks its separator as a value alone).
    #[arg(long = "property", visible_alias = "reader-property", value_name = "NAME=VALUE")]
    pub reader_properties: Vec<KeyValue>,

    /// Set a producer config by Kafka's name: acks, batch.size, buffer.memory, compression.type, linger.ms;
    /// may be repeated
    #[arg(long = "producer-property", value_name = "NAME=VALUE")]
    pub producer_properties: Vec<KeyValue>,

    /// Refuse a topic that does not exist instead of creating it
    #[arg(long)]
    pub no_auto_create: bool,

    /// Print TOPIC:PARTITION:FIRST:LAST to standard output for each batch, once it is acknowledged: its
    /// partition, and the offsets of its first and last record
    #[arg(long)]
    pub print_offsets: bool,

    /// Show neither progress nor prompt
    #[arg(long, short = 'q')]
    pub quiet: bool,

    #[command(flatten)]
    _broker: BrokerArgs,
}

/// What only makes sense with a broker: accepted so that scripts carry over, and without effect.
#[derive(Debug, Args)]
struct BrokerArgs {
    #[arg(long, hide = true, value_name = "N")]
    message_send_max_retries: Option<u32>,
    #[arg(long, hide = true, value_name = "MS")]
    retry_backoff_ms: Option<u64>,
    #[arg(long, hide = true, value_name = "MS")]
    request_timeout_ms: Option<u64>,
    #[arg(long, hide = true, value_name = "MS")]
    max_block_ms: Option<u64>,
    #[arg(long, hide = true, value_name = "MS")]
    metadata_expiry_ms: Option<u64>,
    #[arg(long, hide = true, value_name = "BYTES")]
    socket_buffer_size: Option<u64>,
}

/// How records without a key are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PartitionerArg {
    /// One partition after the other, record by record
    #[value(name = "roundrobin", alias = "round-robin")]
    RoundRobin,
    /// One partition until its batch is full, then the next
    Sticky,
}
