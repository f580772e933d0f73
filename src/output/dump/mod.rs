//! The text of `dump-log-segments`: Kafka's tool's, line for line (`DumpLogSegments`).
//!
//! Everything here appends to a byte buffer, so that keys and payloads come out as the bytes they are.
//! Kafka decodes them as UTF-8 and puts replacement characters in place of what is none; that is the one
//! difference.
//!
//! | what | where |
//! | --- | --- |
//! | the line of a batch | `batch_text` |
//! | the line of a record | `record_text` |
//! | what a control record says | `control_text` |
//! | the lines of every other file | `entry_text` |
//! | what Kafka says at the very end | `findings` |
//! | standard output, in large pieces | `sink` |

mod batch_text;
mod control_text;
mod entry_text;
mod findings;
mod record_text;

pub use batch_text::write_batch;
pub use entry_text::{write_aborted_txn, write_offset_entry, write_producer, write_time_entry};
pub use findings::{Findings, Pairs};
pub use record_text::{RecordText, Shown};

/// Appends a number in decimal.
#[inline]
fn push_number(out: &mut Vec<u8>, number: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends Java's `OptionalLong.toString`.
fn push_optional_long(out: &mut Vec<u8>, number: Option<i64>) {
    match number {
        Some(number) => {
            out.extend_from_slice(b"OptionalLong[");
            push_number(out, number);
            out.push(b']');
        }
        None => out.extend_from_slice(b"OptionalLong.empty"),
    }
}
