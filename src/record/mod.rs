//! Bytes only (skeleton).
pub mod checksum;
pub mod header;
mod types;
pub mod varint;
pub use header::{Attributes, BatchHeader, TimestampType};
pub use types::{LeaderEpoch, Offset, Timestamp};
