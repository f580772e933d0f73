//! The arguments of `mkafka produce`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::rate::RateArg;
use super::time::TimeArg;
use super::{KeyValue, OutputFormat, TopicArgs};

/// Append records to a topic: each line of the input is one.
///
/// A line ends with a newline and nothing else: a carriage return is data, an empty line is a record, and
/// no byte is changed. Records are collected into batches; a full batch is appended at once, and so is
/// everything collected when a pipe or terminal has nothing more to give for the moment. So typed lines
/// show up at once and bulk input goes in large batches.
///
/// On a terminal there is a prompt, with line editing and a history. Ctrl-D or Ctrl-C ends it. A line that
/// is at fault is told, and the prompt goes on. Lines are remembered in mkafka/produce_history below
/// $XDG_STATE_HOME or ~/.local/state, which only you can read; those that begin with a space are not.
///
/// Into pipes and files nothing is printed when all went well. When standard error is a terminal, or with
/// --verbose, a summary there tells how many records went to which offsets. A topic that does not exist is
/// created with one partition, as a Kafka broker does.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka produce [OPTIONS] <TOPIC>",
    after_help = "Examples:
  The lines of a file:
      mkafka produce orders < orders.txt
  A log as it grows, compressed:
      tail -F app.log | mkafka produce logs --compression-codec zstd
  Keys, which choose the partition as they do in Kafka:
      printf 'k1:v1\\nk2:v2\\n' | mkafka produce orders --key-separator :
  A copy of a topic, with keys, headers, timestamps and partitions:
      mkafka consume orders --from-beginning --exit-at-end --output json |
          mkafka produce copy --format json
  One file as one record:
      mkafka produce images --format raw --key cat --file cat.png
  Keys and values of any bytes, each behind its length in four bytes:
      mkafka produce orders --format '%K{big32}%k%V{big32}%v' < dump.bin
  One step in a pipe, which sees what is in the topic:
      ./collect.sh | mkafka produce events --tee | ./alert.sh
  A test of the input, without producing anything:
      mkafka produce orders --format json --dry-run < orders.json
  Records that must survive a loss of power:
      mkafka produce orders --acks all < orders.txt
  A file as a whole or not at all:
      mkafka produce orders --transaction < orders.txt
      mkafka consume orders --from-beginning --isolation-level read_committed"
)]
pub struct ProduceArgs {
    /// The topic.
    #[command(flatten)]
    pub topic: TopicArgs,

    /// How records are read from the input.
    #[command(flatten)]
    pub input: InputArgs,

    /// What records get besides.
    #[command(flatten)]
    pub record: RecordArgs,

    /// How records are spread over partitions and batches.
    #[command(flatten)]
    pub batching: BatchingArgs,

    /// What is told of it.
    #[command(flatten)]
    pub report: ReportArgs,

    /// Refuse a topic that does not exist instead of creating it
    #[arg(long)]
    pub no_auto_create: bool,

    /// Check all of the input against the topic and write nothing; with a topic that does not exist, against the
    /// one that would be created
    ///
    /// Each record that would be refused is told, with its line; the exit status is 1 then. In the end, standard
    /// error says how many records would go to which partition.
    #[arg(long, conflicts_with_all = ["tee", "print_offsets", "rate"])]
    pub dry_run: bool,

    #[command(flatten)]
    _broker: BrokerArgs,
}

/// How records are read from the input.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Read this file instead of standard input; several are read one after the other
    #[arg(long = "file", short = 'l', value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The form of the input: lines, json, raw, or a format string such as '%k\t%v\n' [default: lines]
    ///
    /// json is one object a line, as consume --output json prints it: key, value (a string or null; keyBase64
    /// and valueBase64 for bytes that are no text), headers (a list of pairs of name and value), partition,
    /// timestamp. raw makes each file, or all of standard input, the value of one record.
    ///
    /// A format string has verbs and text between them. %k key, %v or %s value, %p partition, %T timestamp
    /// in milliseconds; %K and %V the length of key and value, which come behind it; %H the number of
    /// headers, and %h{%k=%v,} each of them. %t, %o, %e, %i, %x, %y, %[, %| and %] are passed over. Bytes may be
    /// %v{hex}, {base64}, {base64raw} or {json}, or as many as a regular expression matches: %v{re#[^;]*#}.
    /// Numbers may be %V{ascii} or {number}, {hex}, {hex64} to {hex4}, {big64} to {big8}, {little64} to
    /// {little8}, {byte}, {bool}, or fixed as in %K{4}. A length of -1 is that of null. The same string given to consume --format prints what is read here. \n \t \r \0 \\ \xNN are bytes.
    #[arg(long, short = 'f', value_name = "FORM")]
    pub format: Option<String>,

    /// What ends a line: any text, in which \n \t \r \0 \\ \xNN are bytes [default: \n]
    #[arg(long, short = 'D', value_name = "TEXT")]
    pub delimiter: Option<String>,

    /// End lines with a NUL byte, as find -print0 does: the same as --delimiter '\0'
    #[arg(long, short = '0', conflicts_with = "delimiter")]
    pub nul: bool,

    /// Take what stands before this text in a line for the key; escapes as in --delimiter
    #[arg(long, short = 'K', value_name = "TEXT", conflicts_with = "key")]
    pub key_separator: Option<String>,

    /// Make a field that is exactly this text null: key, value, or value of a header
    #[arg(long, value_name = "TEXT")]
    pub null_marker: Option<String>,

    /// Make empty keys and values null: the same as --null-marker ''
    #[arg(long, short = 'Z', conflicts_with = "null_marker")]
    pub empty_as_null: bool,

    /// Pass over empty lines, which are records otherwise
    #[arg(long)]
    pub skip_empty: bool,

    /// Pass over the first N records of the input, such as those that an earlier run has produced
    ///
    /// A run that fails, or that a signal ends while it reads a file, says how many that are. The records of
    /// several files count on.
    #[arg(
        long,
        visible_aliases = ["skip-records", "resume"],
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub skip: u64,

    /// Stop after so many records
    #[arg(long, short = 'c', value_name = "N", allow_negative_numbers = true)]
    pub max_messages: Option<u64>,

    /// Hold records back so that no more than so many are produced in a second: 1000, 90/m, or bytes of keys
    /// and values: 5MB, 512KiB; both with a comma
    #[arg(long, value_name = "RATE", value_delimiter = ',')]
    pub rate: Vec<RateArg>,

    /// How a line is split into headers, key and value; may be repeated
    ///
    /// Names and defaults are those of kafka-console-producer: parse.key (false), key.separator (a tab),
    /// parse.headers (false), headers.delimiter (a tab, behind the headers), headers.separator (a comma,
    /// between them), headers.key.separator (a colon), null.marker (none), ignore.error (false; true takes
    /// a line that lacks its separator as a value alone). Separators are taken as they are, without escapes.
    #[arg(long = "property", visible_alias = "reader-property", value_name = "NAME=VALUE")]
    pub reader_properties: Vec<KeyValue>,

    /// Read such properties from this file; those of --property count more
    #[arg(long, value_name = "FILE")]
    pub reader_config: Option<PathBuf>,

    #[arg(long, hide = true, value_name = "CLASS", value_parser = line_reader)]
    line_reader: Option<String>,
}

/// What records get besides what the input says.
#[derive(Debug, Args)]
#[command(next_help_heading = "Records")]
pub struct RecordArgs {
    /// Give every record this key
    #[arg(long, short = 'k', value_name = "KEY")]
    pub key: Option<String>,

    /// Give every record this header, behind those of its own; NAME alone is a header without a value; may
    /// be repeated
    #[arg(long = "header", short = 'H', value_name = "NAME=VALUE")]
    pub headers: Vec<HeaderArg>,

    /// Put every record into this partition
    #[arg(long, short = 'p', value_name = "N", allow_negative_numbers = true)]
    pub partition: Option<u32>,

    /// Give every record this timestamp, instead of the time at which it is read
    ///
    /// Milliseconds since 1970, @seconds, 2026-01-31T12:00:00Z, 2026-01-31 12:00, or a duration back from
    /// now such as 15m.
    #[arg(long, value_name = "TIME")]
    pub timestamp: Option<TimeArg>,

    /// What keys are given as, and turned into bytes from: string, integer, long, short, float, double,
    /// boolean, uuid, bytes, base64, hex, or Kafka's name of the class [default: bytes]
    #[arg(long, value_name = "KIND")]
    pub key_serializer: Option<String>,

    /// The same of values
    #[arg(long, value_name = "KIND")]
    pub value_serializer: Option<String>,
}

/// How records are spread over partitions and batches.
#[derive(Debug, Args)]
#[command(next_help_heading = "Batches")]
pub struct BatchingArgs {
    /// How records without a key are spread over the partitions [default: roundrobin]
    ///
    /// Given, it also counts more than the partitions that records of --format json name.
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

    /// Bytes that a batch grows to before it is appended [default: 524288, less with many partitions]
    #[arg(
        long,
        visible_alias = "max-partition-memory-bytes",
        value_name = "BYTES",
        overrides_with = "batch_size"
    )]
    pub batch_size: Option<usize>,

    /// Let records wait up to so many milliseconds for others to share their batch, even when the input
    /// has nothing more [default: append as soon as the input pauses]
    #[arg(long, visible_alias = "timeout", value_name = "MS")]
    pub linger_ms: Option<u64>,

    /// Make all of the input one transaction: all of it becomes visible at the end, or nothing
    ///
    /// Consumers with --isolation-level read_committed see none of it before the input has ended, and nothing if it
    /// ends by an error or a signal, or this process is killed: then the transaction is aborted. What others append
    /// behind its first batch they see once it has ended. It implies --acks all, and batches are appended only when
    /// they are full or the input has ended, unless --linger-ms or --sync is given. At the prompt, Ctrl-D commits
    /// and Ctrl-C aborts.
    ///
    /// --producer-property transactional.id=ID implies this, and makes the producer the same one in each run: with
    /// the same producer id, an epoch that grows by one, and never twice at a time. transaction.timeout.ms=N aborts
    /// if the input has not ended after so many milliseconds; without it there is no limit.
    #[arg(long)]
    pub transaction: bool,

    /// Append every record by itself, in a batch of its own
    #[arg(long)]
    pub sync: bool,

    /// Bytes that all unfinished batches may take together [default: 33554432]
    #[arg(long, value_name = "BYTES")]
    pub max_memory_bytes: Option<usize>,

    /// Set a producer config by Kafka's name, such as acks, batch.size, linger.ms, compression.type,
    /// max.request.size, partitioner.class or transactional.id; may be repeated
    #[arg(long = "producer-property", alias = "command-property", short = 'X', value_name = "NAME=VALUE")]
    pub producer_properties: Vec<KeyValue>,

    /// Read such configs from this file; those of --producer-property count more
    #[arg(long = "producer.config", alias = "command-config", value_name = "FILE")]
    pub producer_config: Option<PathBuf>,
}

/// What is told of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub struct ReportArgs {
    /// Print TOPIC:PARTITION:FIRST:LAST to standard output for each batch, once it is acknowledged: its
    /// partition, and the offsets of its first and last record
    #[arg(long)]
    pub print_offsets: bool,

    /// Pass the input on to standard output, unchanged, each record once it is acknowledged
    ///
    /// Whoever reads it sees nothing that is not in the topic. When nobody reads it any more, producing goes on.
    #[arg(long, short = 'T', conflicts_with = "print_offsets")]
    pub tee: bool,

    /// The form of what is printed to standard output; json also prints an object at the end that tells
    /// how many records went to which offsets
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub output: OutputFormat,

    /// Say at the end what was produced; at the prompt, say after each line where it went
    #[arg(long, short = 'v')]
    pub verbose: bool,

    /// Show neither prompt nor progress nor summary
    #[arg(long, short = 'q', conflicts_with = "verbose")]
    pub quiet: bool,
}

fn line_reader(class: &str) -> Result<String, String> {
    match class.rsplit('.').next() {
        Some("LineMessageReader") => Ok(class.to_owned()),
        _ => Err("there is only LineMessageReader, which is the default; see --format for others".to_owned()),
    }
}

/// A header as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderArg {
    /// Its name.
    pub name: String,
    /// Its value; `None` is null.
    pub value: Option<String>,
}

impl FromStr for HeaderArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        if name.is_empty() {
            return Err("it must be in the format \"name=value\"".to_owned());
        }
        Ok(Self { name: name.to_owned(), value })
    }
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
