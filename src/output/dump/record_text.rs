//! The line of a record (the inner loop of `DumpLogSegments.dumpLog`), quirks included: the stray brace
//! of legacy messages, the space in front of a keyless payload where there is no metadata, and the empty
//! line of a control record there.

use std::io;

use super::batch_text::timestamp_type;
use super::control_text::write_control;
use super::decoded_text::{write_decoded, write_undecoded};
use super::push_number;
use crate::dump::{DecodeError, MessageDecoder};
use crate::output::data::DataWriter;
use crate::record::{BatchHeader, Deserializer, RecordRef};

/// What of a record is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Offset, timestamp, sizes and so on (all but `--skip-record-metadata`).
    pub metadata: bool,
    /// Key and payload (`--print-data-log`).
    pub data: bool,
}

/// How keys and payloads are made out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// As the bytes that they are.
    Bytes,
    /// By deserializers.
    Deserialized {
        /// For keys.
        key: Deserializer,
        /// For payloads.
        value: Deserializer,
    },
    /// As the records of one of Kafka's own topics.
    Decoded(MessageDecoder),
}

/// What is wrong with a record that its batch knows nothing of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordFault {
    /// A phrase about the record.
    Phrase(&'static str),
    /// The same, put together.
    Text(String),
}

impl RecordFault {
    /// The fault in a record that cannot be made out; none where it is only newer than this program.
    pub(super) fn of_decoding(error: DecodeError) -> Option<Self> {
        match error {
            DecodeError::UnknownType(_) => None,
            DecodeError::Invalid(reason) => Some(Self::Text(reason)),
        }
    }
}

/// Writes the records of one batch: what is the same in all of their lines is worked out once.
#[derive(Debug)]
pub struct RecordText {
    shown: Shown,
    is_control: bool,
    is_legacy: bool,
    /// ` CreateTime: ` or one of its like.
    timestamp_label: &'static [u8],
}

impl RecordText {
    /// For the records of the batch with `header`.
    pub fn new(header: &BatchHeader, shown: Shown) -> Self {
        use crate::record::TimestampType as T;
        Self {
            shown,
            is_control: header.attributes.is_control(),
            is_legacy: header.magic < 2,
            timestamp_label: match timestamp_type(header) {
                T::None => b" NoTimestampType: ",
                T::CreateTime => b" CreateTime: ",
                T::LogAppendTime => b" LogAppendTime: ",
            },
        }
    }

    /// Writes the line of `record`, with its key and payload made out by `contents`. Answers what is wrong
    /// with what it says; the line has been finished without it.
    ///
    /// # Errors
    /// When the output takes no more.
    #[inline]
    pub fn write(
        &self,
        data: &mut DataWriter,
        record: &RecordRef<'_>,
        contents: &Contents,
    ) -> io::Result<Option<RecordFault>> {
        let mut fault = None;
        if self.shown.metadata {
            self.push_metadata(data.buffer(), record);
            if self.is_control {
                fault = write_control(data.buffer(), record).err().map(RecordFault::Phrase);
            }
        }
        if self.shown.data && !self.is_control {
            if *contents == Contents::Bytes {
                self.push_data(data.buffer(), record);
            } else {
                fault = self.write_contents(data, record, contents)?;
            }
        }
        data.buffer().push(b'\n');
        Ok(fault)
    }

    #[cold]
    fn write_contents(
        &self,
        data: &mut DataWriter,
        record: &RecordRef<'_>,
        contents: &Contents,
    ) -> io::Result<Option<RecordFault>> {
        let prefix = if self.shown.metadata { " " } else { "| " };
        match contents {
            Contents::Bytes => self.push_data(data.buffer(), record),
            Contents::Deserialized { key, value } => {
                let out = data.buffer();
                let mut fault = None;
                if let Some(bytes) = record.key {
                    out.extend_from_slice(prefix.as_bytes());
                    out.extend_from_slice(b"key: ");
                    fault = key.push_text(bytes, out).err().map(|reason| ("key", reason));
                }
                if let Some(bytes) = record.value {
                    out.extend_from_slice(b" payload: ");
                    fault = fault.or(value.push_text(bytes, out).err().map(|reason| ("payload", reason)));
                }
                let text =
                    |(field, reason)| RecordFault::Text(format!("its {field} cannot be read: {reason}"));
                return Ok(fault.map(text));
            }
            Contents::Decoded(decoder) => match decoder.decode(record) {
                Ok(decoded) => write_decoded(data, prefix, &decoded)?,
                Err(error) => {
                    write_undecoded(data, prefix, *decoder, record.offset, &error)?;
                    return Ok(RecordFault::of_decoding(error));
                }
            },
        }
        Ok(None)
    }

    #[inline]
    fn push_metadata(&self, out: &mut Vec<u8>, record: &RecordRef<'_>) {
        out.extend_from_slice(b"| offset: ");
        push_number(out, record.offset.0);
        out.extend_from_slice(self.timestamp_label);
        push_number(out, record.timestamp.0);
        out.extend_from_slice(b" keySize: ");
        push_size(out, record.key);
        out.extend_from_slice(b" valueSize: ");
        push_size(out, record.value);
        if self.is_legacy {
            push_legacy_checksum(out, record);
        } else if record.sequence == -1 && record.headers.is_empty() {
            out.extend_from_slice(b" sequence: -1 headerKeys: []");
        } else {
            push_sequence_and_headers(out, record);
        }
    }

    #[inline]
    fn push_data(&self, out: &mut Vec<u8>, record: &RecordRef<'_>) {
        if let Some(key) = record.key {
            out.extend_from_slice(if self.shown.metadata { b" key: " } else { b"| key: " });
            out.extend_from_slice(key);
        }
        if let Some(value) = record.value {
            out.extend_from_slice(b" payload: ");
            out.extend_from_slice(value);
        }
    }
}

/// The size of a key or value; −1 for null.
#[inline]
fn push_size(out: &mut Vec<u8>, field: Option<&[u8]>) {
    match field {
        Some(bytes) => push_number(out, bytes.len()),
        None => out.extend_from_slice(b"-1"),
    }
}

fn push_sequence_and_headers(out: &mut Vec<u8>, record: &RecordRef<'_>) {
    out.extend_from_slice(b" sequence: ");
    push_number(out, record.sequence);
    out.extend_from_slice(b" headerKeys: [");
    for (i, header) in record.headers.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        out.extend_from_slice(header.key);
    }
    out.push(b']');
}

fn push_legacy_checksum(out: &mut Vec<u8>, record: &RecordRef<'_>) {
    let Some(checksum) = record.legacy_checksum else { return };
    out.extend_from_slice(if checksum.is_valid { b" isValid: true crc: " } else { b" isValid: false crc: " });
    push_number(out, checksum.stored);
    out.push(b'}');
}
