//! The topic configs that decide how a log grows.

/// How a partition's log grows; each field is the topic config of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogConfig {
    /// `segment.bytes`: size above which a segment is rolled, 14 to 2³¹ − 1.
    pub segment_bytes: u64,
    /// `segment.ms`: span of timestamps above which a segment is rolled, in milliseconds.
    pub segment_ms: i64,
    /// `segment.jitter.ms`: the most that is taken off `segment.ms` at random, in milliseconds.
    pub segment_jitter_ms: i64,
    /// `segment.index.bytes`: what an index file may grow to, in bytes.
    pub segment_index_bytes: u64,
    /// `index.interval.bytes`: bytes of log between two index entries.
    pub index_interval_bytes: u64,
    /// `max.message.bytes`: the largest batch that is accepted, in bytes, compressed.
    pub max_message_bytes: usize,
    /// `flush.messages`: records after which the log is synced whatever the acks.
    pub flush_messages: i64,
    /// `flush.ms`: how long after an append the log is synced whatever the acks, in milliseconds.
    pub flush_ms: i64,
    /// `preallocate`: whether a segment's room on the disk is taken when it is begun.
    pub preallocate: bool,
}

impl Default for LogConfig {
    /// Kafka's defaults (`LogConfig`).
    fn default() -> Self {
        Self {
            segment_bytes: 1 << 30,
            segment_ms: 7 * 24 * 3600 * 1000,
            segment_jitter_ms: 0,
            segment_index_bytes: 10 << 20,
            index_interval_bytes: 4096,
            max_message_bytes: 1_048_588,
            flush_messages: i64::MAX,
            flush_ms: i64::MAX,
            preallocate: false,
        }
    }
}
