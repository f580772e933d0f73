//! Bytes only (skeleton).
pub mod checksum;
pub mod compression;
pub mod header;
mod types;
pub mod varint;
pub use compression::{
    Compression, CompressionError, Compressor, Decompressor, PayloadReader, UnknownCompression,
};
pub use header::{Attributes, BatchHeader, TimestampType};
pub use types::{LeaderEpoch, Offset, Timestamp};
