//! Kafka's columns of text (`DefaultMessageFormatter`).

use super::control::{Control, transaction_name};
use super::field::FieldForm;
use super::{Fault, FieldForms};
use crate::consumer::ConsumerRecord;
use crate::output::escape::escape_text_from;
use crate::record::TimestampType;
use crate::spelling;

/// The formatter properties of `DefaultMessageFormatter`, by Kafka's names.
pub const PROPERTIES: &[&str] = &[
    "print.timestamp",
    "print.partition",
    "print.offset",
    "print.delivery",
    "print.epoch",
    "print.headers",
    "print.key",
    "print.value",
    "key.separator",
    "line.separator",
    "headers.separator",
    "null.literal",
    "key.deserializer",
    "value.deserializer",
    "headers.deserializer",
];

/// What is understood besides: Kafka's help has `headers.deserializer`, its code this.
const ALSO_KNOWN: &[&str] = &["header.deserializer"];

/// Which columns are printed, and what stands between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFormat {
    timestamp: bool,
    partition: bool,
    offset: bool,
    delivery: bool,
    epoch: bool,
    /// What became of transactions, and what control records say; no column of Kafka's.
    transaction: bool,
    headers: bool,
    key: bool,
    value: bool,
    key_separator: Vec<u8>,
    line_separator: Vec<u8>,
    headers_separator: Vec<u8>,
    /// `null` unless it was given.
    null_literal: Option<Vec<u8>>,
    forms: FieldForms,
    escapes: bool,
}

/// What stands for null by default.
const NULL: &[u8] = b"null";

impl Default for TextFormat {
    fn default() -> Self {
        Self {
            timestamp: false,
            partition: false,
            offset: false,
            delivery: false,
            epoch: false,
            transaction: false,
            headers: false,
            key: false,
            value: true,
            key_separator: b"\t".to_vec(),
            line_separator: b"\n".to_vec(),
            headers_separator: b",".to_vec(),
            null_literal: None,
            forms: FieldForms::default(),
            escapes: false,
        }
    }
}

impl TextFormat {
    /// The format that `properties` ask for; the last of several values for a name counts.
    ///
    /// # Errors
    /// A message naming the nearest property when a name is unknown.
    pub fn from_properties<'a>(
        properties: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, String> {
        let mut format = Self::default();
        for (name, value) in properties {
            let flag = value.trim().eq_ignore_ascii_case("true");
            let bytes = value.as_bytes().to_vec();
            match name {
                "print.timestamp" => format.timestamp = flag,
                "print.partition" => format.partition = flag,
                "print.offset" => format.offset = flag,
                "print.delivery" => format.delivery = flag,
                "print.epoch" => format.epoch = flag,
                "print.headers" => format.headers = flag,
                "print.key" => format.key = flag,
                "print.value" => format.value = flag,
                "key.separator" => format.key_separator = bytes,
                "line.separator" => format.line_separator = bytes,
                "headers.separator" => format.headers_separator = bytes,
                "null.literal" => format.null_literal = Some(bytes),
                "key.deserializer" => format.forms.key = FieldForm::named(value)?,
                "value.deserializer" => format.forms.value = FieldForm::named(value)?,
                "headers.deserializer" | "header.deserializer" => {
                    format.forms.header = FieldForm::named(value)?;
                }
                // What Kafka passes on to the deserializer; those here have no configs.
                passed_on if is_passed_on(passed_on) => {}
                unknown => {
                    let known = PROPERTIES.iter().chain(ALSO_KNOWN).copied();
                    return Err(spelling::unknown("formatter property", unknown, known));
                }
            }
        }
        Ok(format)
    }

    /// Prints keys, with `separator` between the columns.
    pub fn print_keys(&mut self, separator: Vec<u8>) {
        self.key = true;
        self.key_separator = separator;
    }

    /// Prints a column about transactions.
    pub fn print_transactions(&mut self) {
        self.transaction = true;
    }

    /// Ends each record with `separator`.
    pub fn end_with(&mut self, separator: Vec<u8>) {
        self.line_separator = separator;
    }

    /// How keys, values and values of headers are shown.
    pub fn forms_mut(&mut self) -> &mut FieldForms {
        &mut self.forms
    }

    /// Lets `literal` stand for null.
    pub fn set_null_literal(&mut self, literal: Vec<u8>) {
        self.null_literal = Some(literal);
    }

    /// What was said to stand for null.
    pub fn null_literal(&self) -> Option<&[u8]> {
        self.null_literal.as_deref()
    }

    /// Writes bytes that a terminal cannot show in another way.
    pub fn escape(&mut self) {
        self.escapes = true;
    }

    #[inline]
    pub(super) fn write(&self, record: &ConsumerRecord<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        if self.has_columns_before_value() {
            self.write_columns(record, out)?;
        }
        if self.value {
            match record.batch.is_control() {
                false => self.write_field("value", &self.forms.value, record.record.value, out)?,
                true => write_control(record, out),
            }
            out.extend_from_slice(&self.line_separator);
        }
        Ok(())
    }

    #[inline]
    fn write_field(
        &self,
        name: &'static str,
        form: &FieldForm,
        bytes: Option<&[u8]>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let Some(bytes) = bytes else {
            out.extend_from_slice(self.null_literal.as_deref().unwrap_or(NULL));
            return Ok(());
        };
        let start = out.len();
        form.write(bytes, out).map_err(|what| Fault::new(name, what))?;
        if self.escapes {
            escape_text_from(start, out);
        }
        Ok(())
    }

    fn has_columns_before_value(&self) -> bool {
        self.timestamp
            || self.partition
            || self.offset
            || self.delivery
            || self.epoch
            || self.transaction
            || self.headers
            || self.key
    }

    /// The columns before the value. The separator follows a column if another one comes behind it; the
    /// last one is followed by the line's end.
    fn write_columns(&self, record: &ConsumerRecord<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let mut left = [
            self.timestamp,
            self.partition,
            self.offset,
            self.delivery,
            self.epoch,
            self.transaction,
            self.headers,
            self.key,
            self.value,
        ]
        .iter()
        .filter(|on| **on)
        .count();
        let mut end_column = |out: &mut Vec<u8>| {
            left -= 1;
            out.extend_from_slice(if left > 0 { &self.key_separator } else { &self.line_separator });
        };
        let mut digits = itoa::Buffer::new();
        if self.timestamp {
            write_timestamp(record, out);
            end_column(out);
        }
        if self.partition {
            out.extend_from_slice(b"Partition:");
            out.extend_from_slice(digits.format(record.topic_partition.partition).as_bytes());
            end_column(out);
        }
        if self.offset {
            out.extend_from_slice(b"Offset:");
            out.extend_from_slice(digits.format(record.record.offset.0).as_bytes());
            end_column(out);
        }
        if self.delivery {
            // A count of deliveries belongs to share groups.
            out.extend_from_slice(b"Delivery:NOT_PRESENT");
            end_column(out);
        }
        if self.epoch {
            out.extend_from_slice(b"Epoch:");
            match record.batch.leader_epoch.0 {
                -1 => out.extend_from_slice(b"NOT_PRESENT"),
                epoch => out.extend_from_slice(digits.format(epoch).as_bytes()),
            }
            end_column(out);
        }
        if self.transaction {
            let (title, what) = match Control::of(record) {
                Some(control) => ("Control:", control.name),
                None => ("Transaction:", transaction_name(record)),
            };
            out.extend_from_slice(title.as_bytes());
            out.extend_from_slice(what.as_bytes());
            end_column(out);
        }
        if self.headers {
            self.write_headers(record, out)?;
            end_column(out);
        }
        if self.key {
            let key = record.record.key.filter(|_| !record.batch.is_control());
            self.write_field("key", &self.forms.key, key, out)?;
            end_column(out);
        }
        Ok(())
    }

    fn write_headers(&self, record: &ConsumerRecord<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        if record.record.headers.is_empty() {
            out.extend_from_slice(b"NO_HEADERS");
        }
        for (i, header) in record.record.headers.iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(&self.headers_separator);
            }
            let start = out.len();
            out.extend_from_slice(header.key);
            if self.escapes {
                escape_text_from(start, out);
            }
            out.push(b':');
            self.write_field("header", &self.forms.header, header.value, out)?;
        }
        Ok(())
    }
}

/// The timestamp, behind what kind it is of.
fn write_timestamp(record: &ConsumerRecord<'_>, out: &mut Vec<u8>) {
    let kind = record.batch.timestamp_type;
    if kind == TimestampType::None {
        return out.extend_from_slice(b"NO_TIMESTAMP");
    }
    out.extend_from_slice(kind.name().as_bytes());
    out.push(b':');
    out.extend_from_slice(itoa::Buffer::new().format(record.record.timestamp.0).as_bytes());
}

/// What stands in the place of a control record's value, which is no text.
fn write_control(record: &ConsumerRecord<'_>, out: &mut Vec<u8>) {
    let mut digits = itoa::Buffer::new();
    out.extend_from_slice(b"producerId:");
    out.extend_from_slice(digits.format(record.batch.producer_id).as_bytes());
    out.extend_from_slice(b" producerEpoch:");
    out.extend_from_slice(digits.format(record.batch.producer_epoch).as_bytes());
    if let Some(epoch) = Control::of(record).and_then(|control| control.coordinator_epoch) {
        out.extend_from_slice(b" coordinatorEpoch:");
        out.extend_from_slice(digits.format(epoch).as_bytes());
    }
}

/// Whether a property is one that Kafka hands on to a deserializer: `key.deserializer.encoding`.
fn is_passed_on(name: &str) -> bool {
    ["key.deserializer.", "value.deserializer.", "headers.deserializer."]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}
