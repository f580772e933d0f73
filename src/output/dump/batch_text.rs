//! The line of a batch (`DumpLogSegments.printBatchLevel`).

use super::{push_number, push_optional_long};
use crate::log::Position;
use crate::record::{BatchHeader, Compression, TimestampType};

/// Appends the line of the batch with `header` and `size` bytes at `position`.
pub fn write_batch(
    out: &mut Vec<u8>,
    position: Position,
    header: &BatchHeader,
    size: usize,
    checksum_holds: bool,
) {
    if header.magic >= 2 {
        push_fields_of_magic_2(out, header);
    } else {
        out.extend_from_slice(b"offset: ");
        push_number(out, header.last_offset().0);
    }
    out.extend_from_slice(b" position: ");
    push_number(out, position.0);
    out.push(b' ');
    out.extend_from_slice(timestamp_type(header).name().as_bytes());
    out.extend_from_slice(b": ");
    push_number(out, header.max_timestamp.0);
    out.extend_from_slice(b" size: ");
    push_number(out, size);
    out.extend_from_slice(b" magic: ");
    push_number(out, header.magic);
    out.extend_from_slice(b" compresscodec: ");
    let codec = header.attributes.codec_id();
    match Compression::from_id(codec) {
        Some(codec) => out.extend_from_slice(codec.name().as_bytes()),
        // Kafka's tool ends with an exception here.
        None => {
            out.extend_from_slice(b"unknown(");
            push_number(out, codec);
            out.push(b')');
        }
    }
    out.extend_from_slice(b" crc: ");
    push_number(out, header.crc);
    out.extend_from_slice(if checksum_holds { b" isvalid: true\n" } else { b" isvalid: false\n" });
}

fn push_fields_of_magic_2(out: &mut Vec<u8>, header: &BatchHeader) {
    out.extend_from_slice(b"baseOffset: ");
    push_number(out, header.base_offset.0);
    out.extend_from_slice(b" lastOffset: ");
    push_number(out, header.last_offset().0);
    out.extend_from_slice(b" count: ");
    push_number(out, header.count);
    out.extend_from_slice(b" baseSequence: ");
    push_number(out, header.base_sequence);
    out.extend_from_slice(b" lastSequence: ");
    push_number(out, header.last_sequence());
    out.extend_from_slice(b" producerId: ");
    push_number(out, header.producer_id);
    out.extend_from_slice(b" producerEpoch: ");
    push_number(out, header.producer_epoch);
    out.extend_from_slice(b" partitionLeaderEpoch: ");
    push_number(out, header.leader_epoch.0);
    out.extend_from_slice(b" isTransactional: ");
    push_bool(out, header.attributes.is_transactional());
    out.extend_from_slice(b" isControl: ");
    push_bool(out, header.attributes.is_control());
    out.extend_from_slice(b" deleteHorizonMs: ");
    push_optional_long(out, header.delete_horizon().map(|horizon| horizon.0));
}

fn push_bool(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Whose timestamps the records have.
pub(super) fn timestamp_type(header: &BatchHeader) -> TimestampType {
    if header.magic == 0 { TimestampType::None } else { header.attributes.timestamp_type() }
}
