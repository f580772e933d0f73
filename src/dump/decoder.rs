//! What the records of Kafka's own topics say.

use std::fmt;

use crate::record::RecordRef;
use crate::record::message::metadata::{Framed, read_framed};
use crate::record::message::{
    FieldReader, MessageError, Schema, Struct, group, metadata, remote_log, share, transaction,
};

/// Which topic's records to make out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageDecoder {
    /// `__consumer_offsets` (`--offsets-decoder`).
    Offsets,
    /// `__transaction_state` (`--transaction-log-decoder`).
    TransactionLog,
    /// `__cluster_metadata` (`--cluster-metadata-decoder`).
    ClusterMetadata,
    /// `__remote_log_metadata` (`--remote-log-metadata-decoder`).
    RemoteLogMetadata,
    /// `__share_group_state` (`--share-group-state-decoder`).
    ShareGroupState,
}

/// A record that has been made out.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, on the stack")]
#[derive(Debug, Clone, Copy)]
pub enum DecodedRecord<'a> {
    /// A record of one of the coordinators whose keys say what they are.
    Coordinator {
        /// What the key says it is.
        record_type: i16,
        /// The key.
        key: Struct<'a>,
        /// The value; `None` when the record deletes what it is about.
        value: Option<CoordinatorValue<'a>>,
    },
    /// A record of the transaction log.
    Transaction {
        /// Whose transactions they are.
        transactional_id: &'a [u8],
        /// The value and its version; `None` when the record deletes the id.
        value: Option<(i16, Struct<'a>)>,
    },
    /// A record of cluster metadata.
    Metadata(Framed<'a>),
    /// A record of remote log metadata.
    RemoteLog(Framed<'a>),
}

/// The value of a coordinator's record.
#[derive(Debug, Clone, Copy)]
pub struct CoordinatorValue<'a> {
    /// Its version.
    pub version: i16,
    /// What it says.
    pub data: Struct<'a>,
    /// Whether embedded messages are those of the consumer protocol; otherwise nobody but the group
    /// knows what they are.
    pub has_consumer_protocol: bool,
}

/// Why a record cannot be made out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// The key says a type that came later than this program: not a fault.
    UnknownType(i16),
    /// Something is wrong with the record.
    Invalid(String),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownType(record_type) => write!(f, "unknown record type {record_type}"),
            Self::Invalid(reason) => f.write_str(reason),
        }
    }
}

impl MessageDecoder {
    /// Makes out `record`.
    ///
    /// # Errors
    /// When it is not a record of the topic.
    pub fn decode<'a>(self, record: &RecordRef<'a>) -> Result<DecodedRecord<'a>, DecodeError> {
        let value = |what| record.value.ok_or_else(|| DecodeError::Invalid(format!("{what} has no value")));
        let framed = |error: metadata::FrameError| DecodeError::Invalid(error.to_string());
        match self {
            Self::Offsets => decode_group(record),
            Self::ShareGroupState => decode_share(record),
            Self::TransactionLog => decode_transaction(record),
            Self::ClusterMetadata => read_framed(metadata::RECORD_TYPES, value("a metadata record")?)
                .map(DecodedRecord::Metadata)
                .map_err(framed),
            Self::RemoteLogMetadata => read_framed(remote_log::RECORD_TYPES, value("a metadata record")?)
                .map(DecodedRecord::RemoteLog)
                .map_err(framed),
        }
    }
}

/// The type in front of a key, and what is behind it.
fn record_type<'a>(record: &RecordRef<'a>) -> Result<(i16, &'a [u8]), DecodeError> {
    let key = record.key.ok_or_else(|| DecodeError::Invalid("the record has no key".to_owned()))?;
    let mut reader = FieldReader::new(key);
    let invalid = |_| DecodeError::Invalid("Could not read version from key's buffer.".to_owned());
    let record_type = reader.int16().map_err(invalid)?;
    Ok((record_type, reader.rest()))
}

/// In Kafka's words (`GroupCoordinatorRecordSerde.readMessage`).
fn unreadable(version: i16, part: &str, reason: MessageError) -> DecodeError {
    DecodeError::Invalid(format!(
        "Could not read record with version {version} from {part}'s buffer due to: {reason}."
    ))
}

fn decode_group<'a>(record: &RecordRef<'a>) -> Result<DecodedRecord<'a>, DecodeError> {
    let (id, key) = record_type(record)?;
    let known = group::RECORD_TYPES.iter().find(|known| known.id == id);
    let known = known.ok_or(DecodeError::UnknownType(id))?;
    let (key, _) = Struct::read(known.key, 0, key).map_err(|reason| unreadable(id, "key", reason))?;
    let mut value = record.value.map(|value| decode_value(known.values, value)).transpose()?;
    if let Some(value) = &mut value
        && known.id == 2
    {
        value.has_consumer_protocol = value.data.bytes("protocolType") == Some(b"consumer");
    }
    Ok(DecodedRecord::Coordinator { record_type: id, key, value })
}

fn decode_share<'a>(record: &RecordRef<'a>) -> Result<DecodedRecord<'a>, DecodeError> {
    let (record_type, key) = record_type(record)?;
    let values = match record_type {
        0 => share::SHARE_SNAPSHOT_VALUES,
        1 => share::SHARE_UPDATE_VALUES,
        other => return Err(DecodeError::UnknownType(other)),
    };
    let key = Struct::read(&share::SHARE_KEY, 0, key);
    let (key, _) = key.map_err(|reason| unreadable(record_type, "key", reason))?;
    let value = record.value.map(|value| decode_value(values, value)).transpose()?;
    Ok(DecodedRecord::Coordinator { record_type, key, value })
}

/// A value behind its version: in the first layout that takes up all of its bytes, otherwise in the first
/// that fits at all, as Kafka ignores what is behind.
fn decode_value<'a>(
    layouts: &[&'static Schema],
    value: &'a [u8],
) -> Result<CoordinatorValue<'a>, DecodeError> {
    let mut reader = FieldReader::new(value);
    let invalid = |_| DecodeError::Invalid("Could not read version from value's buffer.".to_owned());
    let version = reader.int16().map_err(invalid)?;
    let mut fitting = None;
    let mut error = None;
    for layout in layouts {
        match Struct::read(layout, version, reader.rest()) {
            Ok((data, rest)) => {
                fitting = if rest.is_empty() { Some(data) } else { fitting.or(Some(data)) };
                if rest.is_empty() {
                    break;
                }
            }
            Err(reason) => error = error.or(Some(reason)),
        }
    }
    match fitting {
        Some(data) => Ok(CoordinatorValue { version, data, has_consumer_protocol: false }),
        None => Err(unreadable(version, "value", error.unwrap_or("no layout of it is known"))),
    }
}

fn decode_transaction<'a>(record: &RecordRef<'a>) -> Result<DecodedRecord<'a>, DecodeError> {
    let (version, key) = record_type(record)?;
    if version != 0 {
        return Err(DecodeError::UnknownType(version));
    }
    let key = Struct::read(&transaction::TRANSACTION_LOG_KEY, 0, key);
    let (key, _) = key.map_err(|reason| unreadable(version, "key", reason))?;
    let transactional_id = key.bytes("transactionalId").unwrap_or_default();
    let Some(value) = record.value else {
        return Ok(DecodedRecord::Transaction { transactional_id, value: None });
    };
    let schema = &transaction::TRANSACTION_LOG_VALUE;
    let value = Struct::read_versioned(schema, value).map_err(|reason| unreadable(0, "value", reason))?;
    if value.0 > schema.latest {
        let version = value.0;
        return Err(DecodeError::Invalid(format!(
            "Unknown version {version} from the transaction log message value"
        )));
    }
    Ok(DecodedRecord::Transaction { transactional_id, value: Some(value) })
}
