//! Where the last writer has left word that a log ends, and what that tells of the bytes behind.
//!
//! A record may hold anything, batches of another log included. A writer that dies while it appends such a record leaves
//! something that looks like a damaged batch with valid ones behind it. That it is none shows by the word that was left
//! before: nothing that was acknowledged stands behind that place.

use std::path::Path;

use super::appender::LOCK_FILE;
use super::batch_reader::{Advance, BatchReader, Check, Claim};
use super::segment::Position;
use super::tail::{BootId, Tail};
use crate::fs::{self, FileError};
use crate::record::Offset;

/// The end of a log as its last writer has noted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotedEnd {
    /// First offset of the active segment.
    base_offset: Offset,
    /// Bytes of its `.log` file.
    size: Position,
    /// The log end offset.
    pub(crate) offset: Offset,
    /// Whether the machine has not been started again since.
    is_of_this_boot: bool,
}

impl NotedEnd {
    /// What was noted of the partition in `dir`, if anything. No lock is taken.
    pub(crate) fn of(dir: &Path) -> Option<Self> {
        let file = fs::open_read(&dir.join(LOCK_FILE)).ok()?;
        let (tail, boot) = Tail::read_hint(&file)?;
        Some(Self::new(&tail, boot == BootId::current()))
    }

    /// What the last writer has left.
    pub(crate) fn new(tail: &Tail, is_of_this_boot: bool) -> Self {
        let Tail { base_offset, size, end_offset, .. } = *tail;
        Self { base_offset, size, offset: end_offset, is_of_this_boot }
    }

    /// Whether an append that its writer has not finished stands where `log` is, in the segment that begins at `base`: the
    /// log ends there, and the batch that is due has begun, but is longer than the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn is_torn_append(&self, base: Offset, log: &mut BatchReader) -> Result<bool, FileError> {
        let at = log.position();
        if !self.is_of_this_boot || (base, at) != (self.base_offset, self.size) {
            return Ok(false);
        }
        let is_due = match log.claim()? {
            Claim::Batch(header, _) => header.base_offset == self.offset,
            Claim::Nothing => true,
            Claim::Invalid(_) => false,
        };
        let is_cut = matches!(log.advance(Check::Framing)?, Advance::Incomplete(_));
        log.seek(at);
        Ok(is_due && is_cut)
    }
}
