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
//! | the records of Kafka's own topics | `decoded_text`, over `message_json` |
//! | the lines of every other file | `entry_text` |
//! | all of it as JSON | `json` |
//! | a file in numbers | `summary` |
//! | what Kafka says at the very end | `findings` |

mod batch_text;
mod control_text;
mod decoded_text;
mod entry_text;
mod findings;
mod json;
mod message_json;
mod record_text;
mod summary;

pub use batch_text::write_batch;
pub use entry_text::{
    write_aborted_txn, write_offset_entry, write_producer, write_text_entry, write_time_entry,
};
pub use findings::{Finding, Findings, Pairs};
pub use json::JsonLines;
pub use record_text::{Contents, RecordFault, RecordText, Shown};
pub use summary::{FileSummary, salvaged_fields, salvaged_line, summary_line, summary_table};

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
