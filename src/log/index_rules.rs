//! Which entries the indexes of a segment get (`LogSegment.append` and `LogSegment.recover`).

use super::Position;
use super::offset_index::OffsetEntry;
use super::time_index::TimeEntry;
use crate::record::{Offset, Timestamp};

/// What has to be remembered of a segment to know its next index entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndexRules {
    /// `index.interval.bytes`.
    pub(crate) interval: u64,
    /// Where the batch of the last offset entry begins; 0 while there is none. The bytes since then are
    /// what Kafka counts: its counter is set to 0 before that batch is added to it.
    pub(crate) indexed_position: Position,
    /// The largest timestamp so far, and the last offset of the first batch that had it.
    pub(crate) max: TimeEntry,
    /// The timestamp of the last time entry, −1 while there is none.
    pub(crate) last_time_entry: Timestamp,
}

/// The entries that a batch brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct NewEntries {
    pub(crate) offset: Option<OffsetEntry>,
    pub(crate) time: Option<TimeEntry>,
}

impl IndexRules {
    /// The state of an empty segment that begins at `base`.
    pub(crate) fn new(interval: u64, base: Offset) -> Self {
        Self {
            interval,
            indexed_position: Position(0),
            max: TimeEntry { timestamp: Timestamp::NONE, offset: base },
            last_time_entry: Timestamp::NONE,
        }
    }

    /// Takes note of a batch that begins at `position`, and answers the entries due with it.
    pub(crate) fn append(&mut self, position: Position, last_offset: Offset, max: Timestamp) -> NewEntries {
        self.observe(last_offset, max);
        if position.0 - self.indexed_position.0 <= self.interval {
            return NewEntries::default();
        }
        self.indexed_position = position;
        NewEntries { offset: Some(OffsetEntry { offset: last_offset, position }), time: self.time_entry() }
    }

    /// Takes note of a batch whose entries are written already.
    pub(crate) fn observe(&mut self, last_offset: Offset, max: Timestamp) {
        if max > self.max.timestamp {
            self.max = TimeEntry { timestamp: max, offset: last_offset };
        }
    }

    /// The time entry that is due: with an offset entry, and when the segment is closed.
    pub(crate) fn time_entry(&mut self) -> Option<TimeEntry> {
        if self.max.timestamp <= self.last_time_entry {
            return None;
        }
        self.last_time_entry = self.max.timestamp;
        Some(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_due_strictly_above_the_interval_and_never_for_the_first_batch() {
        let mut rules = IndexRules::new(100, Offset(0));
        assert_eq!(rules.append(Position(0), Offset(9), Timestamp(50)), NewEntries::default());
        assert_eq!(rules.append(Position(100), Offset(19), Timestamp(40)), NewEntries::default());
        let due = rules.append(Position(101), Offset(29), Timestamp(50));
        assert_eq!(due.offset, Some(OffsetEntry { offset: Offset(29), position: Position(101) }));
        assert_eq!(due.time, Some(TimeEntry { timestamp: Timestamp(50), offset: Offset(9) }));
        let due = rules.append(Position(300), Offset(39), Timestamp(50));
        assert!(due.offset.is_some() && due.time.is_none(), "no larger timestamp, no time entry");
        assert_eq!(rules.time_entry(), None);
    }
}
