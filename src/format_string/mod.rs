//! The language of format strings, in which records are printed and read: rpk's verbs, with the letters of
//! kcat where rpk has none or where nobody needs rpk's.
//!
//! | verb | what | | verb | what |
//! | --- | --- | --- | --- | --- |
//! | `%k` `%K` | key, its length | | `%p` `%o` `%e` | partition, offset, leader epoch |
//! | `%v` `%V` | value, its length | | `%T` | timestamp in milliseconds |
//! | `%s` `%S` | as `%v` `%V` (kcat) | | `%d` | timestamp, as its modifier says |
//! | `%R` | as `%V{big32}` (kcat) | | `%h` `%h{…}` `%H` | headers, each in a form of its own, their number |
//! | `%t` | topic | | `%i` | the record's number, from 1 |
//! | `%x` `%y` | producer id, producer epoch | | `%[` `%\|` `%]` | log start, last stable and log end offset |
//! | `%a{…}` | an attribute ([`AttributeField`]) | | `%%` `%{` `%}` | these characters |
//! | `\n \r \t \0 \\ \xNN` | these bytes | | | |
//!
//! Modifiers stand in braces behind a verb: how a number is written ([`NumberForm`]), how bytes are
//! ([`TextForm`]), how a time is ([`TimeForm`]). A length of −1 is that of null.

mod number;
mod parser;
mod text;
mod time;
mod unpack;

pub use number::NumberForm;
pub use parser::unescape;
pub use text::TextForm;
pub use time::TimeForm;
pub use unpack::Unpack;

/// A format string, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatString {
    elements: Vec<Element>,
}

/// A piece of a format string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// These bytes.
    Literal(Vec<u8>),
    /// A field of bytes.
    Text(TextField, TextForm),
    /// The numbers and characters that are packed in a field of bytes: `{unpack[…]}`.
    Unpacked(TextField, Unpack),
    /// A field of bytes that is as long as this regular expression matches: `{re#…#}`. It can only be read.
    Matched(TextField, String),
    /// What a batch says of its records, as text, or as a number in a form.
    Attribute(AttributeField, Option<NumberForm>),
    /// A number.
    Number(NumberField, NumberForm),
    /// The timestamp as a date and a time.
    Time(TimeForm),
    /// The headers as kcat has them: `name=value`, with commas between, and `NULL` for null.
    Headers,
    /// Each header in this form, in which `%k` and `%v` are its own.
    EachHeader(Vec<Element>),
}

/// What a verb for bytes stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextField {
    /// The topic's name.
    Topic,
    /// The key, or the name of a header.
    Key,
    /// The value, also that of a header.
    Value,
}

/// What a verb for a number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberField {
    /// Bytes of the key; −1 for null.
    KeyLength,
    /// Bytes of the value; −1 for null.
    ValueLength,
    /// The partition.
    Partition,
    /// The offset.
    Offset,
    /// The leader epoch.
    LeaderEpoch,
    /// The timestamp in milliseconds since 1970; −1 for none.
    Timestamp,
    /// How many headers there are.
    HeaderCount,
    /// The record's number in this run, from 1.
    Index,
    /// Who produced it; −1 where it is unknown.
    ProducerId,
    /// The epoch of the producer; −1 where it is unknown.
    ProducerEpoch,
    /// The log start offset of the partition.
    LogStartOffset,
    /// The last stable offset of the partition: that of the first open transaction, or the log end.
    LastStableOffset,
    /// The log end offset of the partition; all of it counts as replicated (the high watermark).
    LogEndOffset,
}

/// What `%a` can tell of a record: rpk's names, and those of mkafka.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeField {
    /// `compression`: the codec's name, or its number.
    Compression,
    /// `timestamp-type`: −1 for none, 0 for the producer's, 1 for the log's.
    TimestampType,
    /// `transactional-bit`: 1 in a transaction, 0 in none.
    TransactionalBit,
    /// `control-bit`: 1 for a control record, 0 for data.
    ControlBit,
    /// `control-type`: `COMMIT`, `ABORT`; nothing for data.
    ControlType,
    /// `transaction`: `committed`, `aborted`, `open` or `none`.
    Transaction,
    /// `coordinator-epoch`: that in a marker that ends a transaction; −1 for all else.
    CoordinatorEpoch,
}

impl AttributeField {
    /// The names, and what they stand for.
    pub(crate) const NAMES: &[(&str, Self)] = &[
        ("compression", Self::Compression),
        ("timestamp-type", Self::TimestampType),
        ("transactional-bit", Self::TransactionalBit),
        ("control-bit", Self::ControlBit),
        ("control-type", Self::ControlType),
        ("transaction", Self::Transaction),
        ("coordinator-epoch", Self::CoordinatorEpoch),
    ];

    /// Whether it has no number.
    fn is_text_alone(self) -> bool {
        matches!(self, Self::ControlType | Self::Transaction)
    }
}

/// A format string that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FormatStringError(pub String);

impl FormatString {
    /// Takes `text` apart.
    ///
    /// # Errors
    /// When a verb or modifier is unknown, or a brace is not closed.
    pub fn parse(text: &str) -> Result<Self, FormatStringError> {
        Ok(Self { elements: parser::parse(text)? })
    }

    /// Its pieces, in order. No literal follows another one.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// Whether any of its pieces, those within headers too, is such.
    pub fn has(&self, is_such: impl Fn(&Element) -> bool) -> bool {
        self.elements.iter().any(|element| match element {
            Element::EachHeader(inner) => is_such(element) || inner.iter().any(&is_such),
            element => is_such(element),
        })
    }
}
