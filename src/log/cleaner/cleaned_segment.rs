//! Writing the segment that takes the place of others, under names that make it no part of the log yet.

use std::path::Path;
use std::time::SystemTime;

use crate::fs::{FileError, LogFile, write_new};
use crate::log::index_rules::{IndexRules, NewEntries};
use crate::log::segment::CLEANED_SUFFIX;
use crate::log::txn_index::AbortedTxn;
use crate::log::{LogError, Position, SegmentPath};
use crate::record::{BatchHeader, Offset};

/// Bytes that are collected before they are written.
const CHUNK: usize = 1 << 20;

/// A segment that is being written with `.cleaned` behind its names (`UnifiedLog.createNewCleanedSegment`).
#[derive(Debug)]
pub(in crate::log) struct CleanedSegment {
    path: SegmentPath,
    /// `None` where it is only to be known how large the segment would be.
    log: Option<LogFile>,
    /// What is not written yet.
    buffer: Vec<u8>,
    written: Position,
    /// Where the batch that is added next begins.
    end: Position,
    rules: IndexRules,
    index: Vec<u8>,
    time_index: Vec<u8>,
    /// Aborted transactions of which batches are left.
    pub(in crate::log) aborted: Vec<AbortedTxn>,
}

impl CleanedSegment {
    /// Creates the segment at `base`.
    pub(in crate::log) fn create(dir: &Path, base: Offset, interval: u64) -> Result<Self, FileError> {
        let imagined = Self::imagine(dir, base, interval);
        Ok(Self { log: Some(LogFile::create(&imagined.path.log())?), ..imagined })
    }

    /// As [`CleanedSegment::create`], but nothing is written.
    pub(in crate::log) fn imagine(dir: &Path, base: Offset, interval: u64) -> Self {
        Self {
            path: SegmentPath::new(dir, base).with_suffix(CLEANED_SUFFIX),
            log: None,
            buffer: Vec::new(),
            written: Position(0),
            end: Position(0),
            rules: IndexRules::new(interval, base),
            index: Vec::new(),
            time_index: Vec::new(),
            aborted: Vec::new(),
        }
    }

    /// Where the bytes of the next batch are to be appended, and the aborted transactions noted.
    pub(in crate::log) fn room(&mut self) -> (&mut Vec<u8>, &mut Vec<AbortedTxn>) {
        (&mut self.buffer, &mut self.aborted)
    }

    /// Takes note of the batch that was appended to the room.
    pub(in crate::log) fn added(&mut self, header: &BatchHeader) -> Result<(), LogError> {
        let at = self.end;
        self.end = self.written.plus(self.buffer.len());
        if self.end.0 > i32::MAX as u64 {
            return Err(LogError::CleanedTooLarge(self.path.log()));
        }
        let due = self.rules.append(at, header.last_offset(), header.max_timestamp);
        self.note(due);
        if self.buffer.len() >= CHUNK {
            self.write_out()?;
        }
        Ok(())
    }

    /// Bytes so far.
    pub(in crate::log) fn size(&self) -> u64 {
        self.end.0
    }

    /// Puts everything on the disk but the names: the log with the modification time of the last segment that
    /// went into it, the indexes with their closing entry. `has_txn_index` says whether there has been one.
    pub(in crate::log) fn finish(
        mut self,
        modified: SystemTime,
        has_txn_index: bool,
    ) -> Result<(), FileError> {
        self.write_out()?;
        let closing = self.rules.time_entry();
        self.note(NewEntries { offset: None, time: closing });
        if let Some(log) = &self.log {
            log.set_modified(modified)?;
            log.sync_data()?;
        }
        write_new(&self.path.index(), &self.index)?;
        write_new(&self.path.time_index(), &self.time_index)?;
        if has_txn_index || !self.aborted.is_empty() {
            let entries: Vec<u8> = self.aborted.iter().flat_map(AbortedTxn::encode).collect();
            write_new(&self.path.txn_index(), &entries)?;
        }
        Ok(())
    }

    fn write_out(&mut self) -> Result<(), FileError> {
        if let Some(log) = &self.log {
            log.write_all_at(&self.buffer, self.written.0)?;
        }
        self.written = self.written.plus(self.buffer.len());
        self.buffer.clear();
        Ok(())
    }

    fn note(&mut self, due: NewEntries) {
        let base = self.path.base_offset();
        self.index.extend(due.offset.and_then(|e| e.encode(base)).into_iter().flatten());
        self.time_index.extend(due.time.and_then(|e| e.encode(base)).into_iter().flatten());
    }
}
