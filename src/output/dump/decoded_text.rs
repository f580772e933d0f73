//! The records of Kafka's own topics in the words of its tool (`DumpLogSegments`' message parsers).

use std::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::message_json::{write_struct, write_text};
use crate::dump::{CoordinatorValue, DecodeError, DecodedRecord, MessageDecoder};
use crate::record::Offset;
use crate::record::message::metadata::Framed;
use crate::record::message::{Struct, Value, remote_log, transaction};

/// Writes key and payload of a record that has been made out, each behind its name. `prefix` stands in
/// front of the key.
pub(super) fn write_decoded(
    out: &mut impl Write,
    prefix: &str,
    decoded: &DecodedRecord<'_>,
) -> io::Result<()> {
    match decoded {
        DecodedRecord::Coordinator { record_type, key, value } => {
            write!(out, "{prefix}key: ")?;
            write_coordinator_key(out, *record_type, key)?;
            out.write_all(b" payload: ")?;
            match value {
                Some(value) => write_coordinator_value(out, value),
                None => out.write_all(b"<DELETE>"),
            }
        }
        DecodedRecord::Transaction { transactional_id, value } => {
            write!(out, "{prefix}key: transaction_metadata::transactionalId=")?;
            out.write_all(transactional_id)?;
            out.write_all(b" payload: ")?;
            match value {
                Some((_, value)) => write_transaction(out, value),
                None => out.write_all(b"<DELETE>"),
            }
        }
        DecodedRecord::Metadata(framed) => {
            out.write_all(b" payload: ")?;
            write_metadata(out, framed)
        }
        DecodedRecord::RemoteLog(framed) => {
            out.write_all(b" payload: ")?;
            write_remote_log(out, framed)
        }
    }
}

/// Writes what Kafka's tool says in the place of a record that cannot be made out.
pub(super) fn write_undecoded(
    out: &mut impl Write,
    prefix: &str,
    decoder: MessageDecoder,
    offset: Offset,
    error: &DecodeError,
) -> io::Result<()> {
    match (decoder, error) {
        (MessageDecoder::TransactionLog, DecodeError::UnknownType(version)) => {
            write!(out, "{prefix}key: unknown::version={version}")
        }
        (_, DecodeError::UnknownType(record_type)) => {
            write!(out, "{prefix}key: Unknown record type {record_type} at offset {offset}, skipping.")
        }
        (MessageDecoder::ClusterMetadata, _) => write!(out, " payload: Error at {offset}, skipping. {error}"),
        (MessageDecoder::RemoteLogMetadata, _) => {
            write!(out, " payload: Error at offset {offset}, skipping. {error}")
        }
        _ => write!(out, "{prefix}key: Error at offset {offset}, skipping. {error}"),
    }
}

/// `{"type":"1","data":{…}}`
pub(super) fn write_coordinator_key(
    out: &mut impl Write,
    record_type: i16,
    key: &Struct<'_>,
) -> io::Result<()> {
    write!(out, "{{\"type\":\"{record_type}\",\"data\":")?;
    write_struct(out, key, false)?;
    out.write_all(b"}")
}

/// `{"version":"0","data":{…}}`
pub(super) fn write_coordinator_value(out: &mut impl Write, value: &CoordinatorValue<'_>) -> io::Result<()> {
    write!(out, "{{\"version\":\"{}\",\"data\":", value.version)?;
    write_struct(out, &value.data, value.has_consumer_protocol)?;
    out.write_all(b"}")
}

/// `{"type":"TOPIC_RECORD","version":0,"data":{…}}`
pub(super) fn write_metadata(out: &mut impl Write, framed: &Framed<'_>) -> io::Result<()> {
    write!(out, "{{\"type\":\"{}\",\"version\":{},\"data\":", framed.type_name, framed.version)?;
    write_struct(out, &framed.message, false)?;
    out.write_all(b"}")
}

/// Kafka's `TransactionLog.formatRecordKeyAndValue`.
fn write_transaction(out: &mut impl Write, value: &Struct<'_>) -> io::Result<()> {
    let status = value.int("transactionStatus");
    write!(
        out,
        "producerId:{},producerEpoch:{},state={},partitions=[",
        value.int("producerId"),
        value.int("producerEpoch"),
        transaction::state_name(status).map_or_else(|| status.to_string(), str::to_owned)
    )?;
    for (i, (topic, partition)) in transaction_partitions(value).into_iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        write!(out, "{comma}{topic}-{partition}")?;
    }
    write!(
        out,
        "],txnLastUpdateTimestamp={},txnTimeoutMs={}",
        value.int("transactionLastUpdateTimestampMs"),
        value.int("transactionTimeoutMs")
    )
}

/// The partitions of a transaction, in the order of the record, which is that of the coordinator's set.
fn transaction_partitions(value: &Struct<'_>) -> Vec<(String, i64)> {
    let mut partitions = Vec::new();
    for topic in value.items("transactionPartitions") {
        let Value::Struct(topic) = topic else { continue };
        let name = String::from_utf8_lossy(topic.bytes("topic").unwrap_or_default()).into_owned();
        for partition in topic.items("partitionIds") {
            if let Value::Int(partition) = partition {
                partitions.push((name.clone(), partition));
            }
        }
    }
    partitions
}

/// The `toString` of Kafka's classes for remote log metadata.
fn write_remote_log(out: &mut impl Write, framed: &Framed<'_>) -> io::Result<()> {
    let message = &framed.message;
    let state = message.int("remoteLogSegmentState");
    let state = remote_log::segment_state_name(state).map_or_else(|| state.to_string(), str::to_owned);
    match framed.api_key {
        0 => {
            out.write_all(b"RemoteLogSegmentMetadata{remoteLogSegmentId=")?;
            write_segment_id(out, message)?;
            write_int(out, message, "startOffset")?;
            write_int(out, message, "endOffset")?;
            write_int(out, message, "brokerId")?;
            write_int(out, message, "maxTimestampMs")?;
            write_int(out, message, "eventTimestampMs")?;
            write_leader_epochs(out, message)?;
            write_int(out, message, "segmentSizeInBytes")?;
            write_custom_metadata(out, message)?;
            let is_empty = matches!(message.get("txnIndexEmpty"), Value::Bool(true));
            write!(out, ", state={state}, txnIdxEmpty={is_empty}}}")
        }
        1 => {
            out.write_all(b"RemoteLogSegmentMetadataUpdate{remoteLogSegmentId=")?;
            write_segment_id(out, message)?;
            write_custom_metadata(out, message)?;
            write!(out, ", state={state}")?;
            write_int(out, message, "eventTimestampMs")?;
            write_int(out, message, "brokerId")?;
            out.write_all(b"}")
        }
        2 => {
            out.write_all(b"RemotePartitionDeleteMetadata{topicPartition=")?;
            write_topic_id_partition(out, message)?;
            let state = message.int("remotePartitionDeleteState");
            let state = remote_log::delete_state_name(state).map_or_else(|| state.to_string(), str::to_owned);
            write!(out, ", state={state}")?;
            write_int(out, message, "eventTimestampMs")?;
            write_int(out, message, "brokerId")?;
            out.write_all(b"}")
        }
        _ => {
            out.write_all(b"RemoteLogSegmentMetadataSnapshot{segmentId=")?;
            write_uuid(out, message, "segmentId")?;
            write_int(out, message, "startOffset")?;
            write_int(out, message, "endOffset")?;
            write_int(out, message, "maxTimestampMs")?;
            write_leader_epochs(out, message)?;
            write_int(out, message, "segmentSizeInBytes")?;
            write_custom_metadata(out, message)?;
            write!(out, ", state={state}}}")
        }
    }
}

fn write_int(out: &mut impl Write, message: &Struct<'_>, name: &str) -> io::Result<()> {
    write!(out, ", {name}={}", message.int(name))
}

fn write_uuid(out: &mut impl Write, message: &Struct<'_>, name: &str) -> io::Result<()> {
    let Value::Uuid(bytes) = message.get(name) else { return out.write_all(b"null") };
    out.write_all(URL_SAFE_NO_PAD.encode(bytes).as_bytes())
}

fn write_segment_id(out: &mut impl Write, message: &Struct<'_>) -> io::Result<()> {
    let Some(id) = message.structure("remoteLogSegmentId") else { return out.write_all(b"null") };
    out.write_all(b"RemoteLogSegmentId{topicIdPartition=")?;
    write_topic_id_partition(out, &id)?;
    out.write_all(b", id=")?;
    write_uuid(out, &id, "id")?;
    out.write_all(b"}")
}

/// `TopicIdPartition.toString`: the id, a colon, and the partition.
fn write_topic_id_partition(out: &mut impl Write, message: &Struct<'_>) -> io::Result<()> {
    let Some(partition) = message.structure("topicIdPartition") else { return out.write_all(b"null") };
    write_uuid(out, &partition, "id")?;
    let name = String::from_utf8_lossy(partition.bytes("name").unwrap_or_default());
    write!(out, ":{name}-{}", partition.int("partition"))
}

/// A Java map in the order of its keys, of which the last value counts.
fn write_leader_epochs(out: &mut impl Write, message: &Struct<'_>) -> io::Result<()> {
    let mut epochs = BTreeMap::new();
    for entry in message.items("segmentLeaderEpochs") {
        if let Value::Struct(entry) = entry {
            epochs.insert(entry.int("leaderEpoch"), entry.int("offset"));
        }
    }
    out.write_all(b", segmentLeaderEpochs={")?;
    for (i, (epoch, offset)) in epochs.into_iter().enumerate() {
        let comma = if i > 0 { ", " } else { "" };
        write!(out, "{comma}{epoch}={offset}")?;
    }
    out.write_all(b"}")
}

fn write_custom_metadata(out: &mut impl Write, message: &Struct<'_>) -> io::Result<()> {
    match message.bytes("customMetadata") {
        Some(bytes) => write!(out, ", customMetadata=Optional[CustomMetadata{{{} bytes}}]", bytes.len()),
        None => out.write_all(b", customMetadata=Optional.empty"),
    }
}

/// What [`write_decoded`] says as values of the fields `key` and `value` of a JSON object.
pub(super) fn write_decoded_json(out: &mut impl Write, decoded: &DecodedRecord<'_>) -> io::Result<()> {
    match decoded {
        DecodedRecord::Coordinator { record_type, key, value } => {
            out.write_all(b",\"key\":")?;
            write_coordinator_key(out, *record_type, key)?;
            out.write_all(b",\"value\":")?;
            match value {
                Some(value) => write_coordinator_value(out, value),
                None => out.write_all(b"null"),
            }
        }
        DecodedRecord::Transaction { transactional_id, value } => {
            out.write_all(b",\"key\":{\"transactionalId\":")?;
            write_text(out, &String::from_utf8_lossy(transactional_id))?;
            out.write_all(b"},\"value\":")?;
            match value {
                Some((version, data)) => write_coordinator_value(
                    out,
                    &CoordinatorValue { version: *version, data: *data, has_consumer_protocol: false },
                ),
                None => out.write_all(b"null"),
            }
        }
        DecodedRecord::Metadata(framed) | DecodedRecord::RemoteLog(framed) => {
            out.write_all(b",\"key\":null,\"value\":")?;
            write_metadata(out, framed)
        }
    }
}
