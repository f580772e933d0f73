//! How a producer works (Kafka's `ProducerConfig`).

use super::KeylessPlacement;
use crate::record::Compression;

/// What a producer waits for, and reports, after an append (Kafka's `acks`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Acks {
    /// `0`: nothing. The failure of a batch shows only if another one follows it.
    None,
    /// `1`: the operating system has the batch; it survives the death of any process.
    #[default]
    Leader,
    /// `all`: the disk has the batch; it survives a loss of power.
    All,
}

/// How a producer batches.
#[derive(Debug, Clone)]
pub struct ProducerConfig {
    /// `batch.size`: bytes that a batch grows to, before compression. A larger record gets a batch of its
    /// own. `None` lets the producer choose: large batches, less where there are many partitions.
    pub batch_size: Option<usize>,
    /// `buffer.memory`: bytes that all unfinished batches may take together.
    pub buffer_memory: usize,
    /// `compression.type`.
    pub compression: Compression,
    /// The codec's level; `None` for Kafka's default.
    pub compression_level: Option<i32>,
    /// `acks`.
    pub acks: Acks,
    /// How keyless records are spread.
    pub placement: KeylessPlacement,
    /// `partitioner.ignore.keys`: records with a key are spread as those without.
    pub ignore_keys: bool,
    /// Everything is done but for the append: no file is opened, and offsets count from 0.
    pub is_rehearsal: bool,
}

impl Default for ProducerConfig {
    fn default() -> Self {
        Self {
            batch_size: None,
            buffer_memory: 32 << 20,
            compression: Compression::None,
            compression_level: None,
            acks: Acks::default(),
            placement: KeylessPlacement::default(),
            ignore_keys: false,
            is_rehearsal: false,
        }
    }
}
