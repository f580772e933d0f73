//! Going through the indexes of a segment beside its log.

use crate::fs::FileError;
use crate::log::offset_index::{self, OffsetEntry, OffsetIndex};
use crate::log::segment::Position;
use crate::log::time_index::{ENTRY_LEN, TimeEntry, TimeIndex};
use crate::record::{Offset, Timestamp};

/// What the log has at some place, for the indexes to agree with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Indexed {
    /// Where the batch begins.
    pub(super) at: Position,
    pub(super) first: Offset,
    pub(super) last: Offset,
    pub(super) max_timestamp: Timestamp,
}

/// Goes through an offset index beside its log.
pub(super) struct IndexWalk {
    index: OffsetIndex,
    at: u64,
    /// The entry of that number, once it was read.
    entry: Option<OffsetEntry>,
    last: Option<Offset>,
    is_broken: bool,
}

impl IndexWalk {
    pub(super) fn new(index: OffsetIndex) -> Self {
        Self { index, at: 0, entry: None, last: None, is_broken: false }
    }

    pub(super) fn on_batch(&mut self, batch: &Indexed) -> Result<Option<String>, FileError> {
        while !self.is_broken && self.at < self.index.len() {
            let entry = match self.entry {
                Some(entry) => entry,
                None => *self.entry.insert(self.index.entry(self.at)?),
            };
            if entry.position > batch.at {
                break;
            }
            let is_in_order = self.last.is_none_or(|before| before < entry.offset);
            // The batch at 0 never gets an entry.
            let leads_there = entry.position == batch.at && batch.at > Position(0);
            if !leads_there || entry.offset < batch.first || !is_in_order {
                self.is_broken = true;
                return Ok(Some(format!(
                    "entry {} leads offset {} to byte {}, which is not where its batch begins",
                    self.at, entry.offset, entry.position
                )));
            }
            // A broker's entry may have the last offset of several batches, of which this is the first.
            self.last = Some(entry.offset.max(batch.last));
            self.at += 1;
            self.entry = None;
        }
        Ok(None)
    }

    /// What is wrong at the end of the log, the offset `end`.
    pub(super) fn at_end(&self, end: Offset, is_closed: bool) -> Option<String> {
        if self.is_broken {
            return None;
        }
        let left = self.index.len() - self.at;
        if left > 0 {
            return Some(format!("its last {left} entries lead behind the end of the log"));
        }
        if self.last.is_some_and(|last| last >= end) {
            return Some("its last entry is for an offset behind the end of the log".into());
        }
        unused(self.index.bytes_behind(), offset_index::ENTRY_LEN, is_closed)
    }
}

/// What is wrong with `bytes` behind the last entry: a live broker's file has room there, until it is closed.
fn unused(bytes: u64, entry_len: usize, is_closed: bool) -> Option<String> {
    if !bytes.is_multiple_of(entry_len as u64) {
        return Some("it ends within an entry".into());
    }
    (is_closed && bytes > 0).then(|| format!("its last {} entries are zeros", bytes / entry_len as u64))
}

/// Goes through a time index beside its log.
pub(super) struct TimeWalk {
    index: TimeIndex,
    at: u64,
    /// The entry of that number, once it was read.
    entry: Option<TimeEntry>,
    last: Timestamp,
    max: Timestamp,
    /// Whether an entry of zeros is what the first batch calls for.
    begins_with_zeros: bool,
    is_broken: bool,
}

impl TimeWalk {
    pub(super) fn new(index: TimeIndex) -> Self {
        Self {
            index,
            at: 0,
            entry: None,
            last: Timestamp::NONE,
            max: Timestamp::NONE,
            begins_with_zeros: false,
            is_broken: false,
        }
    }

    /// `base` is where the segment begins.
    pub(super) fn on_batch(&mut self, batch: &Indexed, base: Offset) -> Result<Option<String>, FileError> {
        let before = self.max;
        self.max = before.max(batch.max_timestamp);
        if batch.at == Position(0) {
            self.begins_with_zeros = batch.last == base && batch.max_timestamp == Timestamp(0);
        }
        while !self.is_broken && self.at < self.index.len() {
            let entry = match self.entry {
                Some(entry) => entry,
                None => *self.entry.insert(self.index.entry(self.at)?),
            };
            if entry.offset > batch.last {
                break;
            }
            // An offset that compaction took out since lies before this batch, or in it.
            let reached = if entry.offset < batch.first { before } else { self.max };
            if entry.timestamp <= self.last || entry.timestamp > self.max {
                self.is_broken = true;
                return Ok(Some(format!(
                    "entry {} says that {} is reached at offset {}, which it is not",
                    self.at, entry.timestamp, entry.offset
                )));
            }
            if entry.timestamp < reached {
                self.is_broken = true;
                return Ok(Some(format!(
                    "entry {} says that {} is the largest timestamp up to offset {}, where there is {reached}",
                    self.at, entry.timestamp, entry.offset
                )));
            }
            self.last = entry.timestamp;
            self.at += 1;
            self.entry = None;
        }
        Ok(None)
    }

    /// What is wrong at the end of the log.
    pub(super) fn at_end(&self, is_closed: bool) -> Option<String> {
        if self.is_broken {
            return None;
        }
        let left = self.index.len() - self.at;
        if left > 0 {
            return Some(format!("its last {left} entries lead behind the end of the log"));
        }
        let (mut last, mut bytes) = (self.last, self.index.bytes_behind());
        if self.begins_with_zeros && self.index.is_empty() && bytes >= ENTRY_LEN as u64 {
            (last, bytes) = (Timestamp(0), bytes - ENTRY_LEN as u64);
        }
        if is_closed && last < self.max {
            let max = self.max;
            return Some(format!("it ends with the timestamp {last}, but the segment's largest is {max}"));
        }
        unused(bytes, ENTRY_LEN, is_closed)
    }
}
