//! Reading a segment for what its indexes must be, where its last valid batch ends, and what stands there.

use super::batch_reader::{BatchReader, Check, Step};
use super::error::{LogError, Repair};
use super::index_rules::{IndexRules, NewEntries};
use super::segment::{Position, SegmentPath};
use super::tail::RecoveryPoint;
use crate::fs::{self, LogFile};
use crate::record::{LeaderEpoch, Offset};

/// A walk over a segment that collects the index entries due.
pub(super) struct Scan<'s> {
    segment: &'s SegmentPath,
    /// What the indexes need next.
    pub(super) rules: IndexRules,
    /// The entries of the offset index.
    pub(super) index: Vec<u8>,
    /// The entries of the time index.
    pub(super) time_index: Vec<u8>,
    /// Behind the last valid batch.
    pub(super) end: Position,
    pub(super) end_offset: Offset,
    pub(super) leader_epoch: LeaderEpoch,
    /// What stands at the end, if not the end of the file.
    pub(super) fault: Option<String>,
}

impl<'s> Scan<'s> {
    pub(super) fn new(segment: &'s SegmentPath, rules: IndexRules) -> Self {
        Self {
            segment,
            rules,
            index: Vec::new(),
            time_index: Vec::new(),
            end: Position(0),
            end_offset: segment.base_offset(),
            leader_epoch: LeaderEpoch(0),
            fault: None,
        }
    }

    /// Walks all of a segment that is no longer appended to.
    pub(super) fn of_sealed(segment: &'s SegmentPath, interval: u64) -> Result<Self, LogError> {
        let mut scan = Self::of_active(segment, interval)?;
        scan.close();
        Ok(scan)
    }

    /// Walks all of a segment that is appended to, by whoever holds the partition's lock.
    pub(super) fn of_active(segment: &'s SegmentPath, interval: u64) -> Result<Self, LogError> {
        let mut scan = Self::new(segment, IndexRules::new(interval, segment.base_offset()));
        scan.run(Position(0))?;
        Ok(scan)
    }

    /// Walks what lies behind `point`, up to which log and indexes are on the disk; all of the segment, if
    /// that lies in an earlier one, or if the files do not have what they should.
    pub(super) fn behind(
        segment: &'s SegmentPath,
        interval: u64,
        point: &RecoveryPoint,
    ) -> Result<Self, LogError> {
        let mut scan = Self::new(segment, IndexRules::new(interval, segment.base_offset()));
        let mut from = Position(0);
        if point.base_offset == segment.base_offset() && LogFile::open(&segment.log())?.len()? >= point.size.0
        {
            let index = fs::read_beginning(&segment.index(), point.index_size.0)?;
            let time_index = fs::read_beginning(&segment.time_index(), point.time_index_size.0)?;
            if let (Some(index), Some(time_index)) = (index, time_index) {
                (scan.index, scan.time_index) = (index, time_index);
                (scan.rules, scan.end_offset) = (point.rules, point.end_offset);
                from = point.size;
            }
        }
        scan.run(from)?;
        Ok(scan)
    }

    /// Adds the entry that a segment gets when it is no longer appended to.
    pub(super) fn close(&mut self) {
        let closing = self.rules.time_entry();
        self.note(NewEntries { offset: None, time: closing });
    }

    /// Walks from `from`, where a batch begins.
    pub(super) fn run(&mut self, from: Position) -> Result<(), LogError> {
        self.walk(&mut BatchReader::open(&self.segment.log())?, from, None)
    }

    /// Walks from `from`, where a batch begins, with a reader of the segment's log; the batch at `indexed` has its entries
    /// already.
    pub(super) fn walk(
        &mut self,
        reader: &mut BatchReader,
        from: Position,
        indexed: Option<Position>,
    ) -> Result<(), LogError> {
        reader.seek(from);
        self.end = from;
        loop {
            let (at, batch) = match reader.next(Check::Checksums)? {
                Step::Batch(at, batch) => (at, batch),
                Step::End => return Ok(()),
                Step::Incomplete(there) => {
                    self.fault = Some(format!("only {there} bytes of it are there"));
                    return Ok(());
                }
                Step::Invalid(error) => {
                    self.fault = Some(error.to_string());
                    return Ok(());
                }
            };
            let (first, last) = (batch.header().base_offset, batch.last_offset());
            if first < self.end_offset || last < first {
                let reason = format!("its offsets {first} to {last} do not follow those before it");
                let path = self.segment.log();
                return Err(LogError::Corrupt { path, position: at, offset: self.end_offset, reason });
            }
            let max = batch.header().max_timestamp;
            self.leader_epoch = self.leader_epoch.max(batch.header().leader_epoch);
            self.end_offset = last.next();
            self.end = at.plus(batch.size());
            if indexed == Some(at) {
                self.rules.observe(last, max);
            } else {
                let due = self.rules.append(at, last, max);
                self.note(due);
            }
        }
    }

    fn note(&mut self, due: NewEntries) {
        let base = self.segment.base_offset();
        self.index.extend(due.offset.and_then(|e| e.encode(base)).into_iter().flatten());
        self.time_index.extend(due.time.and_then(|e| e.encode(base)).into_iter().flatten());
    }

    /// Writes the entries behind those that are good, and cuts off what follows. Mostly they are there.
    pub(super) fn extend_indexes(
        &self,
        index_size: Position,
        time_index_size: Position,
    ) -> Result<(), LogError> {
        for (path, size, entries) in [
            (self.segment.index(), index_size, &self.index),
            (self.segment.time_index(), time_index_size, &self.time_index),
        ] {
            let file = LogFile::open(&path)?;
            let mut there = vec![0; entries.len()];
            let read = file.read_at(&mut there, size.0)?;
            if there[..read] != entries[..] {
                file.write_all_at(entries, size.0)?;
            }
            let end = size.plus(entries.len());
            if file.len()? != end.0 {
                file.truncate(end.0)?;
            }
        }
        Ok(())
    }

    /// Makes the indexes what they must be after a loss of power, which may have taken them as well.
    pub(super) fn replace_indexes_that_differ(&self, repairs: &mut Vec<Repair>) -> Result<(), LogError> {
        let same = fs::has_content(&self.segment.index(), &self.index)?
            && fs::has_content(&self.segment.time_index(), &self.time_index)?;
        if !same {
            self.replace_indexes()?;
            let reason = "the machine lost power";
            repairs.push(Repair::IndexRebuilt { path: self.segment.log(), reason });
        }
        Ok(())
    }

    pub(super) fn replace_indexes(&self) -> Result<(), LogError> {
        fs::write_atomically(&self.segment.index(), &self.index)?;
        fs::write_atomically(&self.segment.time_index(), &self.time_index)?;
        Ok(())
    }
}
