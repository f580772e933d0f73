//! Which batches, records and entries somebody asked for.

use crate::record::{BatchHeader, Offset, RecordRef, Timestamp};

/// What is wanted. The default is everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordFilter {
    /// The first offset.
    pub from_offset: Option<Offset>,
    /// The offset behind the last.
    pub to_offset: Option<Offset>,
    /// The first timestamp.
    pub from_timestamp: Option<Timestamp>,
    /// The timestamp behind the last.
    pub to_timestamp: Option<Timestamp>,
    /// The key.
    pub key: Option<Vec<u8>>,
    /// The producer.
    pub producer_id: Option<i64>,
    /// Only control records.
    pub only_control: bool,
}

impl RecordFilter {
    /// Whether everything is wanted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the header of a batch cannot tell which of its records are wanted.
    pub fn looks_at_records(&self) -> bool {
        self.key.is_some()
            || self.from_offset.is_some()
            || self.to_offset.is_some()
            || self.from_timestamp.is_some()
            || self.to_timestamp.is_some()
    }

    /// Whether a batch with `header` may hold what is wanted.
    pub fn may_hold(&self, header: &BatchHeader) -> bool {
        let is_control = header.attributes.is_control();
        // In magic 0 and 1 the offset is that of the last message, and nothing tells the first.
        let may_end_early = header.magic < 2 && header.attributes.codec_id() != 0;
        self.producer_id.is_none_or(|id| id == header.producer_id)
            && (!self.only_control || is_control)
            && self.from_offset.is_none_or(|from| header.last_offset() >= from)
            && self.to_offset.is_none_or(|to| header.base_offset < to || may_end_early)
            && self.from_timestamp.is_none_or(|from| header.max_timestamp >= from)
    }

    /// Whether all that follows a sound batch with `header` lies behind what is wanted.
    pub fn ends_with(&self, header: &BatchHeader) -> bool {
        self.to_offset.is_some_and(|to| header.last_offset().next() >= to)
    }

    /// Whether an offset is wanted.
    pub fn accepts_offset(&self, offset: Offset) -> bool {
        self.from_offset.is_none_or(|from| offset >= from) && self.to_offset.is_none_or(|to| offset < to)
    }

    /// Whether a timestamp is wanted.
    pub fn accepts_timestamp(&self, timestamp: Timestamp) -> bool {
        self.from_timestamp.is_none_or(|from| timestamp >= from)
            && self.to_timestamp.is_none_or(|to| timestamp < to)
    }

    /// Whether a producer is wanted.
    pub fn accepts_producer(&self, id: i64) -> bool {
        self.producer_id.is_none_or(|wanted| wanted == id)
    }

    /// Whether a record of a batch that [`RecordFilter::may_hold`] it is wanted.
    #[inline]
    pub fn accepts(&self, record: &RecordRef<'_>) -> bool {
        self.accepts_offset(record.offset)
            && self.accepts_timestamp(record.timestamp)
            && self.key.as_deref().is_none_or(|key| record.key == Some(key))
    }
}
