//! Bytes only: Kafka's record batches, without files.
//!
//! | what | where |
//! | --- | --- |
//! | `Offset`, `Timestamp`, `LeaderEpoch` | `types` |
//! | variable-length integers | `varint` |
//! | CRC-32C and CRC-32 | `checksum` |
//! | the 61-byte header of magic 2, its attributes | `header` |
//! | framing and verifying one batch of any magic | `batch` |
//! | encoding a batch | `builder` |
//! | what compaction leaves of a batch | `retained` |
//! | decoding its records | `decoder` (magic 2), `legacy` (magic 0 and 1) |
//! | keeping records when their batch goes | `queue` |
//! | Kafka's deserializers, by name; numbers as Java prints them | `deserializer`, `serialized_kind`, `java_number` |
//! | commit and abort markers | `control` |
//! | gzip, snappy, lz4, zstd as Kafka frames them | `compression` |
//! | what is in the records of Kafka's own topics | `message` |

pub mod batch;
mod batch_producer;
pub mod builder;
pub mod checksum;
pub mod compression;
pub mod control;
pub mod decoder;
pub mod deserializer;
pub mod header;
pub mod java_number;
mod legacy;
pub mod message;
mod queue;
mod record_writer;
mod retained;
mod serialized_kind;
mod types;
pub mod varint;

pub use batch::{Batch, BatchError, Frame};
pub use batch_producer::BatchProducer;
pub use builder::{BatchBuilder, EncodedBatch, Fields, NewRecord};
pub use compression::{Compression, CompressionError, Compressor, UnknownCompression};
pub use decoder::{Header, Headers, RecordDecoder, RecordRef, Records};
pub use deserializer::{Deserializer, UnknownDeserializer};
pub use header::{Attributes, BatchHeader, TimestampType};
pub use queue::RecordQueue;
pub use retained::{RetainedBatch, empty_batch};
pub use serialized_kind::kind_name;
pub use types::{LeaderEpoch, Offset, Timestamp};
