//! Ending transactions in a partition: the marker that says what became of one, and the entry that an aborted one
//! gets in the `.txnindex` (what a broker does in `UnifiedLog.append` and `ProducerStateManager.completeTxn`).

use std::ops::ControlFlow;
use std::path::Path;

use super::cleaner::{LogSummary, marker_of};
use super::segment::{Position, SegmentList, SegmentPath};
use super::{
    Appended, BatchReader, LogAppender, LogConfig, LogError, LogReader, OpenTransactions, txn_index,
};
use crate::record::control::{ControlType, EndMarker};
use crate::record::{BatchHeader, Offset, RecordDecoder, Timestamp};

/// The epoch of the coordinator in markers. There is no coordinator that could change, so there is one epoch.
pub const COORDINATOR_EPOCH: i32 = 0;

/// The transactions that are open before `offset` in the partition in `dir`: whether they are ended behind `offset` is
/// not looked at. Reads headers alone.
///
/// # Errors
/// When the partition cannot be read.
pub fn open_before(dir: &Path, offset: Offset) -> Result<OpenTransactions, LogError> {
    SegmentList::with(dir, |list| open_before_in(dir, list, offset))
}

fn open_before_in(dir: &Path, list: &SegmentList, offset: Offset) -> Result<OpenTransactions, LogError> {
    let mut open = OpenTransactions::default();
    for &base in list.logs.iter().take_while(|base| **base < offset) {
        let reader = BatchReader::open(&SegmentPath::new(dir, base).log())?;
        let mut at = Position(0);
        while let Some((header, size)) = reader.header_at(at)?
            && header.base_offset < offset
        {
            at = at.plus(size);
            open.observe(&header);
        }
    }
    Ok(open)
}

/// Follows what a log's producers and transactions come to.
struct Follower {
    reader: LogReader,
    summary: LogSummary,
    decoder: RecordDecoder,
}

impl Follower {
    /// Of the transactions that began at `from` or behind.
    fn since(dir: &Path, from: Offset) -> Self {
        let (summary, decoder) = (LogSummary::default(), RecordDecoder::new());
        Self { reader: LogReader::new(dir, from), summary, decoder }
    }

    /// Reads on to the present end of the log.
    fn catch_up(&mut self) -> Result<(), LogError> {
        while let Some(batch) = self.reader.next()? {
            if batch.header().producer_id < 0 {
                continue;
            }
            let header = *batch.header();
            let marker = match header.attributes.is_control() {
                true => marker_of(&batch, &mut self.decoder),
                false => Ok(None),
            };
            let marker = marker.map_err(|error| self.reader.undecodable(&error))?;
            self.summary.observe(&header, marker);
        }
        Ok(())
    }
}

impl LogAppender {
    /// Ends the transaction of `marker`'s producer that has begun at `from` or behind, if it is open here: appends
    /// the marker, and notes the transaction as aborted if it is. `oldest` is no later than the beginning of any
    /// transaction that is open here. Nothing is put on the disk but that note.
    ///
    /// # Errors
    /// When the partition cannot be read, locked or written to; the transaction is open then, as it was.
    pub fn end_transaction(
        &mut self,
        marker: &EndMarker,
        oldest: Offset,
    ) -> Result<Option<Appended>, LogError> {
        // What a loss of power has left is mended before it is read.
        self.log_end_offset()?;
        let mut follower = Follower::since(&self.dir, oldest);
        // Most of it is read while others may append.
        follower.catch_up()?;
        let jitter_ms = self.jitter_ms;
        let timestamp = Timestamp::now();
        self.with_lock(|log| {
            follower.catch_up()?;
            if follower.reader.next_offset() < log.end_offset() {
                // What was read was put into another segment meanwhile.
                follower = Follower::since(log.dir(), oldest);
                follower.catch_up()?;
            }
            if follower.summary.open_since(marker.producer_id).is_none() {
                return Ok(None);
            }
            let mut batch = marker.encode(timestamp);
            log.make_room(&batch, jitter_ms)?;
            if marker.commits {
                return log.append(&mut batch).map(Some);
            }
            let header = BatchHeader { base_offset: log.end_offset(), ..*batch.header() };
            follower.summary.observe(&header, Some(ControlType::Abort));
            if let Some(aborted) = follower.summary.aborted.last() {
                txn_index::note(log.active_path(), aborted)?;
            }
            let appended = log.append(&mut batch);
            if appended.is_err() {
                // Should this fail too, the entry is written over by the next one to abort it.
                let _ = txn_index::truncate_to(log.active_path(), log.end_offset());
            }
            appended.map(Some)
        })
    }

    /// Ends the transaction of `marker`'s producer, which is known to be open here, with a commit.
    ///
    /// # Errors
    /// As [`Self::end_transaction`].
    pub fn commit_open_transaction(&mut self, marker: &EndMarker) -> Result<Appended, LogError> {
        let marker = EndMarker { commits: true, ..*marker };
        let jitter_ms = self.jitter_ms;
        let mut batch = marker.encode(Timestamp::now());
        self.with_lock(|log| {
            log.make_room(&batch, jitter_ms)?;
            log.append(&mut batch)
        })
    }
}

/// Aborts every transaction that is open in the partition in `dir`, on the disk: nobody else has an eye on that
/// log, which is whole, and nobody will ever end them. Answers how many there were.
///
/// # Errors
/// When the partition cannot be read or written to.
pub fn abort_all(dir: &Path, config: LogConfig) -> Result<usize, LogError> {
    let segments = SegmentList::read(dir)?.logs;
    let summary = LogSummary::read(dir, &segments, &mut |_| ControlFlow::Continue(()))?;
    let open = summary.map_or_else(Vec::new, |summary| summary.open_producers());
    let Some(&oldest) = segments.first().filter(|_| !open.is_empty()) else { return Ok(0) };
    let mut appender = LogAppender::open(dir, config)?;
    for &(producer_id, producer_epoch) in &open {
        let marker =
            EndMarker { producer_id, producer_epoch, coordinator_epoch: COORDINATOR_EPOCH, commits: false };
        appender.end_transaction(&marker, oldest)?;
    }
    appender.sync_all()?;
    Ok(open.len())
}

#[cfg(test)]
mod tests;
