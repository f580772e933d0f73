//! A dump as JSON: one object a line. `v` (1), `type` and `file` come first; what follows has the names that Kafka's
//! text has, where it has any. Null is what is not there.
//!
//! | type | further fields |
//! | --- | --- |
//! | `batch` | `position size magic baseOffset lastOffset count baseTimestamp maxTimestamp timestampType partitionLeaderEpoch producerId producerEpoch baseSequence lastSequence isTransactional isControl deleteHorizonMs compressCodec crc isValid` |
//! | `record` | `position` (of its batch) `offset timestamp timestampType keySize valueSize sequence headers`, then `controlType` and `coordinatorEpoch` or `data`, or `isValid crc` in magic 0 and 1, then `key value` |
//! | `offsetIndexEntry` | `offset position` |
//! | `timeIndexEntry` | `timestamp offset` |
//! | `abortedTxn` | `version producerId firstOffset lastOffset lastStableOffset` |
//! | `producer` | as the text |
//! | `entry` | what a line of a checkpoint or another small text says |
//! | `sanityCheck` | `passed` |
//! | `fault` | `position` where there is one, `reason` |
//! | `finding` | `finding`, and two numbers that do not fit each other |
//! | `summary`, `salvaged` | see `summary` |
//!
//! Bytes that are not UTF-8 stand as base64, under `keyBase64` and `valueBase64`, and in headers as
//! `{"base64": …}`.

use std::io::{self, Write};
use std::path::Path;

use super::batch_text::timestamp_type;
use super::control_text::kraft_message;
use super::decoded_text::write_decoded_json;
use super::message_json::write_struct;
use super::record_text::{Contents, RecordFault, Shown};
use crate::dump::{AbortedTxn, ProducerEntry, TextValue};
use crate::log::Position;
use crate::log::offset_index::OffsetEntry;
use crate::log::time_index::TimeEntry;
use crate::output::data::DataWriter;
use crate::output::json::{self, bytes_item, flag, name, number, optional, text};
use crate::record::control::{ControlType, coordinator_epoch};
use crate::record::{BatchHeader, Compression, Deserializer, RecordRef};

/// Writes the lines of one file.
#[derive(Debug, Clone)]
pub struct JsonLines {
    /// The file's name in quotation marks.
    file: Vec<u8>,
}

impl JsonLines {
    /// For `file`.
    pub fn new(file: &Path) -> Self {
        let mut quoted = Vec::new();
        bytes_item(&mut quoted, Some(file.to_string_lossy().as_bytes()));
        Self { file: quoted }
    }

    fn begin(&self, out: &mut Vec<u8>, kind: &str) {
        out.extend_from_slice(b"{\"v\":1,\"type\":\"");
        out.extend_from_slice(kind.as_bytes());
        out.extend_from_slice(b"\",\"file\":");
        out.extend_from_slice(&self.file);
    }

    /// Appends a batch.
    pub fn batch(
        &self,
        out: &mut Vec<u8>,
        position: Position,
        header: &BatchHeader,
        size: usize,
        checksum_holds: bool,
    ) {
        self.begin(out, "batch");
        number(out, "position", position.0);
        number(out, "size", size);
        number(out, "magic", header.magic);
        number(out, "baseOffset", header.base_offset.0);
        number(out, "lastOffset", header.last_offset().0);
        number(out, "count", header.count);
        number(out, "baseTimestamp", header.base_timestamp.0);
        number(out, "maxTimestamp", header.max_timestamp.0);
        text(out, "timestampType", timestamp_type(header).name());
        number(out, "partitionLeaderEpoch", header.leader_epoch.0);
        number(out, "producerId", header.producer_id);
        number(out, "producerEpoch", header.producer_epoch);
        number(out, "baseSequence", header.base_sequence);
        number(out, "lastSequence", if header.magic < 2 { -1 } else { header.last_sequence() });
        flag(out, "isTransactional", header.attributes.is_transactional());
        flag(out, "isControl", header.attributes.is_control());
        let horizon = if header.magic < 2 { None } else { header.delete_horizon() };
        optional(out, "deleteHorizonMs", horizon.map(|h| h.0));
        let codec = header.attributes.codec_id();
        match Compression::from_id(codec) {
            Some(codec) => text(out, "compressCodec", codec.name()),
            None => text(out, "compressCodec", &format!("unknown({codec})")),
        }
        number(out, "crc", header.crc);
        flag(out, "isValid", checksum_holds);
        out.extend_from_slice(b"}\n");
    }

    /// Writes a record of the batch with `header` at `position`. What is wrong with what it says is answered;
    /// the rest has been written.
    ///
    /// # Errors
    /// When the output takes no more.
    pub fn record(
        &self,
        data: &mut DataWriter,
        position: Position,
        header: &BatchHeader,
        record: &RecordRef<'_>,
        shown: Shown,
        contents: &Contents,
    ) -> io::Result<Option<RecordFault>> {
        let out = data.buffer();
        self.begin(out, "record");
        if shown.metadata {
            number(out, "position", position.0);
        }
        number(out, "offset", record.offset.0);
        if shown.metadata {
            number(out, "timestamp", record.timestamp.0);
            text(out, "timestampType", timestamp_type(header).name());
            optional(out, "keySize", record.key.map(<[u8]>::len));
            optional(out, "valueSize", record.value.map(<[u8]>::len));
            number(out, "sequence", record.sequence);
            headers(out, record);
        }
        let mut fault = None;
        if header.attributes.is_control() {
            fault = control(out, record).err().map(RecordFault::Phrase);
        } else {
            if let Some(checksum) = record.legacy_checksum {
                flag(out, "isValid", checksum.is_valid);
                number(out, "crc", checksum.stored);
            }
            if shown.data {
                fault = contents_fields(data, record, contents)?;
            }
        }
        data.buffer().extend_from_slice(b"}\n");
        Ok(fault)
    }

    /// Appends an entry of an `.index`.
    pub fn offset_entry(&self, out: &mut Vec<u8>, entry: OffsetEntry) {
        self.begin(out, "offsetIndexEntry");
        number(out, "offset", entry.offset.0);
        number(out, "position", entry.position.0);
        out.extend_from_slice(b"}\n");
    }

    /// Appends an entry of a `.timeindex`.
    pub fn time_entry(&self, out: &mut Vec<u8>, entry: TimeEntry) {
        self.begin(out, "timeIndexEntry");
        number(out, "timestamp", entry.timestamp.0);
        number(out, "offset", entry.offset.0);
        out.extend_from_slice(b"}\n");
    }

    /// Appends an entry of a `.txnindex`.
    pub fn aborted_txn(&self, out: &mut Vec<u8>, txn: &AbortedTxn) {
        self.begin(out, "abortedTxn");
        number(out, "version", txn.version);
        number(out, "producerId", txn.producer_id);
        number(out, "firstOffset", txn.first_offset.0);
        number(out, "lastOffset", txn.last_offset.0);
        number(out, "lastStableOffset", txn.last_stable_offset.0);
        out.extend_from_slice(b"}\n");
    }

    /// Appends a producer of a `.snapshot`.
    pub fn producer(&self, out: &mut Vec<u8>, producer: &ProducerEntry) {
        self.begin(out, "producer");
        number(out, "producerId", producer.producer_id);
        number(out, "producerEpoch", producer.producer_epoch);
        number(out, "coordinatorEpoch", producer.coordinator_epoch);
        optional(out, "currentTxnFirstOffset", producer.current_txn_first_offset.map(|offset| offset.0));
        number(out, "lastTimestamp", producer.timestamp.0);
        let known = producer.last_offset.0 >= 0;
        optional(out, "firstSequence", known.then(|| producer.first_sequence()));
        optional(out, "lastSequence", known.then_some(producer.last_sequence));
        optional(out, "lastOffset", known.then_some(producer.last_offset.0));
        optional(out, "offsetDelta", known.then_some(producer.offset_delta));
        out.extend_from_slice(b"}\n");
    }

    /// Appends what a line of a small text says.
    pub fn text_entry(&self, out: &mut Vec<u8>, entry: &[(String, TextValue)]) {
        self.begin(out, "entry");
        for (name, value) in entry {
            match value {
                TextValue::Number(n) => number(out, name, *n),
                TextValue::Text(value) => text(out, name, value),
            }
        }
        out.extend_from_slice(b"}\n");
    }

    /// Appends that an index has passed its check.
    pub fn sanity_check_passed(&self, out: &mut Vec<u8>) {
        self.begin(out, "sanityCheck");
        flag(out, "passed", true);
        out.extend_from_slice(b"}\n");
    }

    /// Appends a fault.
    pub fn fault(&self, out: &mut Vec<u8>, position: Option<Position>, reason: &str) {
        self.begin(out, "fault");
        optional(out, "position", position.map(|p| p.0));
        text(out, "reason", reason);
        out.extend_from_slice(b"}\n");
    }

    /// Appends two numbers that do not fit each other, under their names.
    pub fn finding(&self, out: &mut Vec<u8>, finding: &str, first: (&str, i64), second: (&str, i64)) {
        self.begin(out, "finding");
        text(out, "finding", finding);
        number(out, first.0, first.1);
        number(out, second.0, second.1);
        out.extend_from_slice(b"}\n");
    }

    /// Appends an object whose fields are already JSON.
    pub fn object(&self, out: &mut Vec<u8>, kind: &str, fields: &serde_json::Map<String, serde_json::Value>) {
        self.begin(out, kind);
        for (name, value) in fields {
            let _ = write!(out, ",\"{name}\":{value}");
        }
        out.extend_from_slice(b"}\n");
    }
}

fn headers(out: &mut Vec<u8>, record: &RecordRef<'_>) {
    name(out, "headers");
    out.push(b'[');
    for (i, header) in record.headers.iter().enumerate() {
        out.extend_from_slice(if i > 0 { b",[" } else { b"[" });
        bytes_item(out, Some(header.key));
        out.push(b',');
        bytes_item(out, header.value);
        out.push(b']');
    }
    out.push(b']');
}

fn control(out: &mut Vec<u8>, record: &RecordRef<'_>) -> Result<(), &'static str> {
    let kind = ControlType::of(record)?;
    text(out, "controlType", kind.name());
    match kind {
        ControlType::Abort | ControlType::Commit => {
            number(out, "coordinatorEpoch", coordinator_epoch(record)?);
        }
        _ => {
            if let Some((_, data)) = kraft_message(kind, record)? {
                name(out, "data");
                let _ = write_struct(out, &data, false);
            }
        }
    }
    Ok(())
}

/// The fields `key` and `value`.
fn contents_fields(
    data: &mut DataWriter,
    record: &RecordRef<'_>,
    contents: &Contents,
) -> io::Result<Option<RecordFault>> {
    match contents {
        Contents::Bytes => {
            json::bytes(data.buffer(), "key", record.key);
            json::bytes(data.buffer(), "value", record.value);
            Ok(None)
        }
        Contents::Deserialized { key, value } => {
            let key = deserialized(data.buffer(), "key", key, record.key);
            let value = deserialized(data.buffer(), "value", value, record.value);
            Ok(key.or(value))
        }
        Contents::Decoded(decoder) => match decoder.decode(record) {
            Ok(decoded) => write_decoded_json(data, &decoded).map(|()| None),
            Err(error) => {
                json::bytes(data.buffer(), "key", record.key);
                json::bytes(data.buffer(), "value", record.value);
                Ok(RecordFault::of_decoding(error))
            }
        },
    }
}

fn deserialized(
    out: &mut Vec<u8>,
    field: &str,
    deserializer: &Deserializer,
    bytes: Option<&[u8]>,
) -> Option<RecordFault> {
    let Some(given) = bytes.filter(|_| *deserializer != Deserializer::String) else {
        json::bytes(out, field, bytes);
        return None;
    };
    let mut value = Vec::new();
    let done = deserializer.push_text(given, &mut value);
    if done.is_ok() && deserializer.is_json_literal() {
        name(out, field);
        out.extend_from_slice(&value);
    } else {
        text(out, field, &String::from_utf8_lossy(&value));
    }
    done.err().map(|reason| RecordFault::Text(format!("its {field} cannot be read: {reason}")))
}
