//! The lines of indexes and producer snapshots.

use super::{push_number, push_optional_long};
use crate::dump::{AbortedTxn, ProducerEntry, TextValue};
use crate::log::offset_index::OffsetEntry;
use crate::log::time_index::TimeEntry;

/// Appends the line of an entry of an `.index`.
pub fn write_offset_entry(out: &mut Vec<u8>, entry: OffsetEntry) {
    out.extend_from_slice(b"offset: ");
    push_number(out, entry.offset.0);
    out.extend_from_slice(b" position: ");
    push_number(out, entry.position.0);
    out.push(b'\n');
}

/// Appends the line of an entry of a `.timeindex`.
pub fn write_time_entry(out: &mut Vec<u8>, entry: TimeEntry) {
    out.extend_from_slice(b"timestamp: ");
    push_number(out, entry.timestamp.0);
    out.extend_from_slice(b" offset: ");
    push_number(out, entry.offset.0);
    out.push(b'\n');
}

/// Appends the line of an entry of a `.txnindex`.
pub fn write_aborted_txn(out: &mut Vec<u8>, txn: &AbortedTxn) {
    out.extend_from_slice(b"version: ");
    push_number(out, txn.version);
    out.extend_from_slice(b" producerId: ");
    push_number(out, txn.producer_id);
    out.extend_from_slice(b" firstOffset: ");
    push_number(out, txn.first_offset.0);
    out.extend_from_slice(b" lastOffset: ");
    push_number(out, txn.last_offset.0);
    out.extend_from_slice(b" lastStableOffset: ");
    push_number(out, txn.last_stable_offset.0);
    out.push(b'\n');
}

/// Appends the line of a producer in a `.snapshot`: with a space at its end when nothing is known of the
/// producer's last batch.
pub fn write_producer(out: &mut Vec<u8>, producer: &ProducerEntry) {
    out.extend_from_slice(b"producerId: ");
    push_number(out, producer.producer_id);
    out.extend_from_slice(b" producerEpoch: ");
    push_number(out, producer.producer_epoch);
    out.extend_from_slice(b" coordinatorEpoch: ");
    push_number(out, producer.coordinator_epoch);
    out.extend_from_slice(b" currentTxnFirstOffset: ");
    push_optional_long(out, producer.current_txn_first_offset.map(|offset| offset.0));
    out.extend_from_slice(b" lastTimestamp: ");
    push_number(out, producer.timestamp.0);
    out.push(b' ');
    if producer.last_offset.0 >= 0 {
        out.extend_from_slice(b"firstSequence: ");
        push_number(out, producer.first_sequence());
        out.extend_from_slice(b" lastSequence: ");
        push_number(out, producer.last_sequence);
        out.extend_from_slice(b" lastOffset: ");
        push_number(out, producer.last_offset.0);
        out.extend_from_slice(b" offsetDelta: ");
        push_number(out, producer.offset_delta);
        out.extend_from_slice(b" timestamp: ");
        push_number(out, producer.timestamp.0);
    }
    out.push(b'\n');
}

/// Appends what a line of a small text says: `name: value`, with a space between two of them.
pub fn write_text_entry(out: &mut Vec<u8>, entry: &[(String, TextValue)]) {
    for (i, (name, value)) in entry.iter().enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        match value {
            TextValue::Number(n) => push_number(out, *n),
            TextValue::Text(text) => out.extend_from_slice(text.as_bytes()),
        }
    }
    out.push(b'\n');
}
