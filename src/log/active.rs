//! The active segment: the one that batches are appended to.

use super::error::LogError;
use super::index_rules::NewEntries;
use super::offset_index;
use super::segment::{Position, SegmentPath};
use super::tail::{RecoveryPoint, Tail};
use super::time_index;
use super::{LogConfig, index_rules::IndexRules};
use crate::fs::{self, FileError, LogFile};
use crate::record::{EncodedBatch, LeaderEpoch, Offset, Timestamp};

/// The open files of the active segment, and where it ends.
#[derive(Debug)]
pub(crate) struct ActiveSegment {
    pub(crate) path: SegmentPath,
    pub(crate) log: LogFile,
    index: LogFile,
    time_index: LogFile,
    pub(crate) tail: Tail,
    room: Room,
}

/// Room on the disk that whoever appends much takes beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// So many bytes have been appended since it was looked at: not much yet.
    NotMuch(u64),
    /// It was taken up to this position, for so many bytes.
    Upto { end: u64, bytes: u64 },
}

/// What is appended in one go before room is taken for more.
const MUCH: u64 = 4 << 20;
/// For how much more it is taken at a time at the most; at first for as much as has come. With 1 MiB a write, 540 MB
/// took ext4 90 ms instead of 120, and no longer to sync; more room made no difference.
const AHEAD: u64 = 16 << 20;

impl ActiveSegment {
    /// Opens the files of the segment that `tail` describes, creating what is missing.
    pub(crate) fn open(dir: &std::path::Path, tail: Tail) -> Result<Self, FileError> {
        let path = SegmentPath::new(dir, tail.base_offset);
        Ok(Self {
            log: LogFile::open(&path.log())?,
            index: LogFile::open(&path.index())?,
            time_index: LogFile::open(&path.time_index())?,
            path,
            tail,
            room: Room::NotMuch(0),
        })
    }

    /// Takes room for what comes behind the next `bytes`, if much has been coming and that makes writing it quicker.
    pub(super) fn take_room_ahead(&mut self, bytes: u64, segment_bytes: u64) {
        let end = self.tail.size.0.saturating_add(bytes);
        let ahead = match self.room {
            Room::NotMuch(appended) if appended < MUCH => {
                self.room = Room::NotMuch(appended.saturating_add(bytes));
                return;
            }
            Room::Upto { end: room, .. } if end <= room => return,
            Room::NotMuch(_) => MUCH,
            Room::Upto { bytes, .. } => AHEAD.min(2 * bytes),
        };
        self.room = Room::NotMuch(0);
        if self.log.gains_from_room(ahead) {
            let room = end.saturating_add(ahead).min(segment_bytes.max(end));
            // Whether there is room at all, writing tells.
            let _ = self.log.preallocate(self.tail.size.0, room);
            self.room = Room::Upto { end: room, bytes: ahead };
        }
    }

    /// Whether room was taken that may not have been filled.
    pub(super) fn has_taken_room(&self) -> bool {
        matches!(self.room, Room::Upto { end, .. } if end > self.tail.size.0)
    }

    /// Creates an empty segment at `base` and makes its files durable by name.
    pub(crate) fn create(
        dir: &std::path::Path,
        base: Offset,
        interval: u64,
        leader_epoch: LeaderEpoch,
        recovery_point: RecoveryPoint,
        appended: u64,
    ) -> Result<Self, FileError> {
        let path = SegmentPath::new(dir, base);
        // What an interrupted roll left of the same name holds no data: the log is made last.
        let index = LogFile::create(&path.index())?;
        let time_index = LogFile::create(&path.time_index())?;
        let log = LogFile::open(&path.log())?;
        fs::sync_dir(dir)?;
        let tail = Tail {
            base_offset: base,
            size: Position(0),
            end_offset: base,
            index_size: Position(0),
            time_index_size: Position(0),
            rules: IndexRules::new(interval, base),
            first_timestamp: Timestamp::NONE,
            leader_epoch,
            recovery_point,
            appended,
        };
        Ok(Self { path, log, index, time_index, tail, room: Room::NotMuch(0) })
    }

    /// Whether no file was replaced by who has mended the log, and the `.log` file is as long as the tail says.
    pub(crate) fn is_current(&self) -> Result<bool, FileError> {
        Ok(self.log.len_if_linked()? == Some(self.tail.size.0)
            && self.index.len_if_linked()?.is_some()
            && self.time_index.len_if_linked()?.is_some())
    }

    /// Whether `batch` must go into a new segment (`LogSegment.shouldRoll`). `jitter_ms` is what this
    /// appender takes off `segment.ms`.
    pub(crate) fn should_roll(&self, batch: &EncodedBatch, config: &LogConfig, jitter_ms: i64) -> bool {
        let tail = &self.tail;
        let size = batch.bytes().len() as u64;
        if tail.size == Position(0) {
            return false;
        }
        let limit_ms = config.segment_ms.saturating_sub(jitter_ms);
        let last_relative = tail
            .end_offset
            .since(tail.base_offset)
            .saturating_add(i64::from(batch.header().last_offset_delta));
        tail.size.0 + size > config.segment_bytes
            || tail.size.0 + size > i32::MAX as u64
            || self.age_ms(batch.header().max_timestamp) > limit_ms
            || tail.index_size.0 / offset_index::ENTRY_LEN as u64
                >= config.segment_index_bytes / offset_index::ENTRY_LEN as u64
            || tail.time_index_size.0 / time_index::ENTRY_LEN as u64 + 1
                >= config.segment_index_bytes / time_index::ENTRY_LEN as u64
            || last_relative > i64::from(i32::MAX)
    }

    /// How much younger a batch of `max_timestamp` is than the segment's first; by the wall clock where
    /// the first batch has no timestamp.
    fn age_ms(&self, max_timestamp: Timestamp) -> i64 {
        if self.tail.first_timestamp.0 >= 0 {
            return max_timestamp.0.saturating_sub(self.tail.first_timestamp.0);
        }
        let created = self.log.file().metadata().and_then(|m| m.created());
        let age = created.ok().and_then(|c| c.elapsed().ok());
        age.map_or(0, |age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
    }

    /// Appends `batch` at the end, with the index entries due. After an error nothing of it is left.
    pub(crate) fn append(&mut self, batch: &mut EncodedBatch) -> Result<(), LogError> {
        let before = self.tail;
        batch.assign(before.end_offset, before.leader_epoch);
        let result = self.write(batch);
        if result.is_err() {
            self.restore(before);
        }
        result
    }

    fn write(&mut self, batch: &EncodedBatch) -> Result<(), LogError> {
        let tail = &mut self.tail;
        let header = batch.header();
        let last_offset = header.last_offset();
        if last_offset < tail.end_offset || last_offset.0 == i64::MAX {
            return Err(LogError::OffsetsExhausted(self.path.log()));
        }
        let at = tail.size;
        if at == Position(0) {
            tail.first_timestamp = header.max_timestamp;
        }
        let due = tail.rules.append(at, last_offset, header.max_timestamp);
        tail.size = at.plus(batch.bytes().len());
        tail.appended = tail.appended.saturating_add(batch.bytes().len() as u64);
        tail.end_offset = last_offset.next();
        // The batch comes last: once it is whole a reader may have seen it, and it cannot be taken back. An
        // entry that leads behind the end of the log says nothing yet.
        self.write_entries(due)?;
        self.log.write_all_at(batch.bytes(), at.0)?;
        Ok(())
    }

    fn write_entries(&mut self, due: NewEntries) -> Result<(), FileError> {
        let base = self.tail.base_offset;
        if let Some(bytes) = due.offset.and_then(|entry| entry.encode(base)) {
            self.index.write_all_at(&bytes, self.tail.index_size.0)?;
            self.tail.index_size = self.tail.index_size.plus(bytes.len());
        }
        if let Some(bytes) = due.time.and_then(|entry| entry.encode(base)) {
            self.time_index.write_all_at(&bytes, self.tail.time_index_size.0)?;
            self.tail.time_index_size = self.tail.time_index_size.plus(bytes.len());
        }
        Ok(())
    }

    /// Takes a failed append back. Should that fail too, the next writer finds that the log does not
    /// agree with the tail, and mends it.
    fn restore(&mut self, before: Tail) {
        let ends = [before.size, before.index_size, before.time_index_size];
        for (file, end) in [&self.log, &self.index, &self.time_index].into_iter().zip(ends) {
            if !file.len().is_ok_and(|len| len <= end.0) {
                let _ = file.truncate(end.0);
            }
        }
        self.tail = before;
    }

    /// Writes the closing time entry, without which a reader would not know the segment's largest
    /// timestamp (`LogSegment.onBecomeInactiveSegment`). Entries behind the end of the indexes, which a
    /// writer left that died before it wrote their batch, are cut off.
    pub(crate) fn close(&mut self) -> Result<(), FileError> {
        let before = self.tail;
        let due = NewEntries { offset: None, time: self.tail.rules.time_entry() };
        let closed = self.write_entries(due).and_then(|()| {
            self.index.truncate(self.tail.index_size.0)?;
            self.time_index.truncate(self.tail.time_index_size.0)
        });
        closed.inspect_err(|_| {
            let _ = self.time_index.truncate(before.time_index_size.0);
            self.tail = before;
        })
    }

    /// Notes what those who look for a time want to know of a segment that was closed, and behind which there is
    /// another.
    pub(crate) fn note_sealed(&self) {
        time_index::note_largest_timestamp(&self.time_index, self.tail.rules.max.timestamp);
    }

    /// Puts the segment's data on the disk.
    pub(crate) fn sync(&self) -> Result<(), FileError> {
        self.log.sync_data()?;
        self.index.sync_data()?;
        self.time_index.sync_data()
    }

    /// The open files, for another thread.
    pub(crate) fn files(&self) -> Result<ActiveFiles, FileError> {
        Ok(ActiveFiles([self.log.try_clone()?, self.index.try_clone()?, self.time_index.try_clone()?]))
    }
}

/// The open files of a segment.
#[derive(Debug)]
pub(crate) struct ActiveFiles([LogFile; 3]);

impl ActiveFiles {
    /// Puts the segment's data on the disk.
    pub(crate) fn sync(&self) -> Result<(), FileError> {
        self.0.iter().try_for_each(LogFile::sync_data)
    }
}
