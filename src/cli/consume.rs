//! The arguments of `mkafka consume`.

use std::str::FromStr;

use clap::Args;

use super::consume_view::{FilterArgs, ViewArgs};

/// Print the records of a topic, and go on printing them as they are appended.
///
/// Without --from-beginning or --offset, reading begins at the end: only what is appended from now on is
/// printed. Values are written as they are, each followed by a newline. Records of one partition come in
/// order; between partitions there is none.
///
/// Without --exit-at-end, --max-messages or --timeout-ms this goes on until a signal ends it. At the end,
/// standard error says how many records there were.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka consume [OPTIONS] <TOPIC>...",
    after_help = "Examples:
  All that is there, into a file:
      mkafka consume orders --from-beginning --exit-at-end > orders.txt
  The last ten records of one partition, and then what comes:
      mkafka consume orders --partition 1 --offset -10
  Five records as JSON, one object a line:
      mkafka consume orders --from-beginning --max-messages 5 --output json
  Keys and values:
      mkafka consume orders --from-beginning \\
          --property print.key=true --property key.separator=:
  What comes until it is silent for ten seconds:
      mkafka consume orders --timeout-ms 10000"
)]
pub struct ConsumeArgs {
    /// Which topics.
    #[command(flatten)]
    pub topics: ConsumeTopics,

    /// Read only these partitions (a number, or several with commas) [default: all]
    #[arg(long, short = 'p', value_name = "N", value_delimiter = ',')]
    pub partition: Vec<u32>,

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

    /// Stop at what was the end of the topic when reading began, instead of following it
    #[arg(long, short = 'e')]
    pub exit_at_end: bool,

    /// Stop after so many records
    #[arg(long, short = 'c', value_name = "N")]
    pub max_messages: Option<u64>,

    /// Stop when no record has come for so many milliseconds
    #[arg(long, value_name = "MS")]
    pub timeout_ms: Option<u64>,

    /// How records are written.
    #[command(flatten)]
    pub view: ViewArgs,

    /// Which records are written.
    #[command(flatten)]
    pub filter: FilterArgs,

    /// Do not say how many records there were
    #[arg(long, short = 'q')]
    pub quiet: bool,
}

/// Which topics a consumer reads: `mkafka consume orders payments`, `--topic orders`, `--include 'ord.*'`.
#[derive(Debug, Args)]
pub struct ConsumeTopics {
    /// The topics
    #[arg(
        value_name = "TOPIC",
        conflicts_with_all = ["topic", "include"],
        required_unless_present_any = ["topic", "include"]
    )]
    names: Vec<String>,

    /// The topics, in the form of Kafka's tools; several with commas, or repeated
    #[arg(long, short = 't', value_name = "TOPIC", value_delimiter = ',', conflicts_with = "include")]
    topic: Vec<String>,

    /// All topics whose whole name matches this regular expression, now and later; a comma means "or"
    ///
    /// Internal topics, such as __consumer_offsets, are left out.
    #[arg(long, visible_alias = "whitelist", value_name = "REGEX")]
    pub include: Option<String>,
}

impl ConsumeTopics {
    /// The topics' names as they were given, in whichever form.
    pub fn names(&self) -> &[String] {
        if self.names.is_empty() { &self.topic } else { &self.names }
    }
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
