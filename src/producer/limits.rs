//! What a topic's configs let no record pass, told before anything of it is written.

use super::ProduceError;
use crate::log::LogConfig;
use crate::record::header::HEADER_LEN;
use crate::record::{BatchBuilder, Compression, NewRecord, Timestamp};

/// Refuses a timestamp that is too far from `now` (`LogValidator.validateTimestamp`).
pub(super) fn check_timestamp(
    timestamp: Timestamp,
    range: (i64, i64),
    now: Timestamp,
) -> Result<(), ProduceError> {
    let first = Timestamp(now.0.saturating_sub(range.0));
    let last = Timestamp(now.0.saturating_add(range.1));
    if timestamp == Timestamp::NONE || (first..=last).contains(&timestamp) {
        return Ok(());
    }
    Err(ProduceError::TimestampOutOfRange { timestamp, first, last })
}

/// Refuses a record that no batch of the topic can hold, before anything of it is written.
pub(super) fn check_size(
    record: &NewRecord<'_>,
    topic: &LogConfig,
    compression: Compression,
) -> Result<(), ProduceError> {
    let mut alone = BatchBuilder::new();
    if !alone.has_room(record, usize::MAX) {
        return fits(record.size_max() + HEADER_LEN, topic);
    }
    // Compression may make it fit; whether it does shows when the batch is finished.
    if compression == Compression::None && fits(record.size_max(), topic).is_err() {
        alone.push(record);
        fits(alone.size(), topic)?;
    }
    Ok(())
}

/// Refuses a record whose batch of its own takes `size` bytes, if a config of the `topic` does.
pub(super) fn fits(size: usize, topic: &LogConfig) -> Result<(), ProduceError> {
    let limits =
        [("max.message.bytes", topic.max_message_bytes), ("segment.bytes", usize_of(topic.segment_bytes))];
    match limits.into_iter().find(|(_, limit)| size > *limit) {
        Some((config, limit)) => Err(ProduceError::RecordTooLarge { size, config, limit }),
        None => Ok(()),
    }
}

/// As many bytes, or more than there can be in memory.
pub(super) fn usize_of(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
