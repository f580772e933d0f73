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
//! | `%%` `%{` `%}` | these characters | | `\n \r \t \0 \\ \xNN` | these bytes |
//!
//! Modifiers stand in braces behind a verb: how a number is written ([`NumberForm`]), how bytes are
//! ([`TextForm`]), how a time is ([`TimeForm`]). A length of −1 is that of null.

mod number;
mod parser;
mod text;
mod time;

pub use number::NumberForm;
pub use parser::unescape;
pub use text::TextForm;
pub use time::TimeForm;

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
}
