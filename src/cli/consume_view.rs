//! The arguments of `mkafka consume` that choose what is seen of the records, and how.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::KeyValue;
use super::produce::HeaderArg;

/// How records are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct ViewArgs {
    /// How records are written
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub output: RecordOutput,

    /// The same as --output json
    #[arg(long, short = 'J', conflicts_with = "output")]
    pub json: bool,

    /// Write each record as this format string says, such as '%t[%p]@%o %k %s\n'
    ///
    /// %t topic, %p partition, %o offset, %k key, %v or %s value, %h headers as n=v,n=v, %h{%k=%v } each of
    /// them, %T timestamp in milliseconds, %e leader epoch, %i the record's number; %K, %V or %S, %H the
    /// length of key and value (-1 for null) and the number of headers, %R as %V{big32}; %x producer id, %y
    /// producer epoch; %[ log start, %| last stable and %] log end offset of the partition.
    ///
    /// %a{compression} codec, %a{timestamp-type} (-1 none, 0 CreateTime, 1 LogAppendTime),
    /// %a{transactional-bit}, %a{control-bit}, %a{control-type}, %a{transaction}, %a{coordinator-epoch}; as
    /// another number: %a{compression;number}, %a{control-bit;bool}.
    ///
    /// Bytes in another form: %v{hex}, {base64}, {base64raw}, {json}, or %v{unpack[>iQ$]}: < > little and big
    /// endian, b B h H i I q Q numbers of 1 to 8 bytes with and without a sign, c . a byte, s the rest, $ the end.
    /// Numbers: {ascii} or {number}, {hex}, {hex64} to {hex4}, {big64} to {big8}, {little64} to {little8}, {byte},
    /// {bool}. Times: %d{rfc3339}, %d{strftime[%F %T]}, %d{go[2006-01-02]}. Marks instead of [ ] are ( ), { }
    /// and # #, any number of them. \n \t \r \0 \\ \xNN are bytes; %% %{ %} these characters.
    /// Nothing is added at the end. produce --format reads what is written so.
    #[arg(long, short = 'f', value_name = "FORMAT", conflicts_with_all = ["output", "json"])]
    pub format: Option<String>,

    /// Write keys too, with this text behind them; in it \n \t \r \0 \\ \xNN are bytes
    #[arg(long, short = 'K', value_name = "TEXT", conflicts_with = "format")]
    pub key_separator: Option<String>,

    /// End each record with this text instead of a newline; escapes as in --key-separator
    #[arg(long, short = 'D', value_name = "TEXT", conflicts_with = "format")]
    pub delimiter: Option<String>,

    /// End each record with a NUL byte, for xargs -0: the same as --delimiter '\0'
    #[arg(long, short = '0', conflicts_with_all = ["delimiter", "format"])]
    pub nul: bool,

    /// Write NULL for what is null, as kcat does
    #[arg(long, short = 'Z')]
    pub show_null: bool,

    /// What keys are, to be shown: string, integer, long, short, float, double, boolean, uuid, bytes,
    /// base64, hex, or Kafka's name of the class [default: as they are]
    #[arg(long, value_name = "KIND")]
    pub key_deserializer: Option<String>,

    /// The same of values
    #[arg(long, value_name = "KIND")]
    pub value_deserializer: Option<String>,

    /// Tell of a record that cannot be shown, such as four bytes that are to be a long, and go on
    #[arg(long)]
    pub skip_message_on_error: bool,

    /// Which columns --output text has, and what stands between them; may be repeated
    ///
    /// Names and defaults are those of kafka-console-consumer. The columns are print.timestamp,
    /// print.partition, print.offset, print.delivery, print.epoch, print.headers, print.key (all false) and
    /// print.value (true). Between and behind them stand key.separator (a tab), headers.separator (a
    /// comma) and line.separator (a newline). null.literal (null) stands for what is null.
    /// key.deserializer, value.deserializer and headers.deserializer are as --key-deserializer.
    #[arg(long = "property", visible_alias = "formatter-property", value_name = "NAME=VALUE")]
    pub formatter_properties: Vec<KeyValue>,

    /// Read such properties from this file; those of --property count more
    #[arg(long, value_name = "FILE")]
    pub formatter_config: Option<PathBuf>,

    #[arg(long, hide = true, value_name = "CLASS", value_parser = formatter)]
    formatter: Option<String>,
}

/// Which records are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// Write only records with this key; several are allowed
    #[arg(long = "key", short = 'k', value_name = "KEY")]
    pub keys: Vec<String>,

    /// Write only records that have this header, NAME alone with any value; may be repeated, and all must be
    /// there
    #[arg(long = "header", short = 'H', value_name = "NAME=VALUE")]
    pub headers: Vec<HeaderArg>,

    /// Write only records in whose value this regular expression is found; may be repeated, and all must be
    #[arg(long, value_name = "REGEX")]
    pub grep: Vec<String>,

    /// Let --grep see no difference between upper and lower case
    #[arg(long, short = 'i', requires = "grep")]
    pub ignore_case: bool,
}

/// The form in which records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecordOutput {
    /// Kafka's columns: the value alone unless --property asks for more. On a terminal, what is no text is
    /// escaped; into pipes and files it goes as it is
    Text,
    /// One object a line, with all that there is to a record; produce --format json reads it
    Json,
    /// Several lines a record, for people; JSON is laid out
    Pretty,
}

fn formatter(class: &str) -> Result<String, String> {
    match class.rsplit('.').next() {
        Some("DefaultMessageFormatter") => Ok(class.to_owned()),
        _ => {
            Err("there is only DefaultMessageFormatter, which is the default; see --output and --format for \
                  other forms"
                .to_owned())
        }
    }
}
