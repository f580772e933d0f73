//! A `.timeindex` held against its `.log` (Kafka's `DumpLogSegments.dumpTimeIndex`).

use std::path::{Path, PathBuf};

use super::entries::{EntryReader, base_offset, companion, open_log};
use super::{DumpError, Limits};
use crate::fs::FileError;
use crate::log::Position;
use crate::log::batch_reader::{BatchReader, Claim};
use crate::log::offset_index::OffsetIndex;
use crate::log::time_index::{ENTRY_LEN, TimeEntry};
use crate::record::{BatchError, Offset, RecordDecoder, Timestamp};

/// An open time index.
#[derive(Debug)]
pub struct TimeIndexDump {
    entries: EntryReader<ENTRY_LEN>,
    base: Offset,
}

/// What the log says to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeVerdict {
    /// A batch ends with the offset and its largest timestamp is the entry's.
    Agrees,
    /// No batch ends with the offset; the first that ends behind it ends with this one.
    OffsetNotFound(Option<Offset>),
    /// A batch ends with the offset, but its largest timestamp is this one.
    Mismatch(Timestamp),
    /// A batch ends with the offset, but its records cannot be decoded.
    Undecodable(BatchError),
    /// A batch of so many bytes ends with the offset: more than may be held.
    TooLarge(usize),
    /// Room that is preallocated and not used yet: the index has no entries.
    Unused,
    /// Not looked up: too many entries before it went backwards.
    Unchecked,
}

/// An entry and what the log says to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedTimeEntry {
    /// The entry.
    pub entry: TimeEntry,
    /// What the log says to it.
    pub verdict: TimeVerdict,
    /// The timestamp of the entry before, if that is not below this one's.
    pub not_above: Option<Timestamp>,
}

impl TimeIndexDump {
    /// Opens the time index `path`, whose name begins with its base offset.
    ///
    /// # Errors
    /// When it cannot be opened, is a folder, or is not named so.
    pub fn open(path: &Path) -> Result<Self, DumpError> {
        let base = base_offset(path)?;
        Ok(Self { entries: EntryReader::open(path)?, base })
    }

    /// Bytes behind the last whole entry, which should be none.
    pub fn fragment(&self) -> u64 {
        self.entries.fragment()
    }

    /// What a broker checks when it starts (Kafka's `TimeIndex.sanityCheck`). It refuses the zeros that
    /// a broker still running keeps behind the last entry.
    ///
    /// # Errors
    /// [`DumpError::Index`] when a broker would rebuild the index; or when it cannot be read.
    pub fn sanity_check(&mut self) -> Result<(), DumpError> {
        let path = self.entries.path().display().to_string();
        let base = self.base;
        let last = self.entries.len().checked_sub(1).map(|n| self.entries.get(n)).transpose()?.flatten();
        if let (Some(first), Some(last)) = (self.entries.get(0)?, last) {
            let (first, last) = (TimeEntry::decode(&first, base), TimeEntry::decode(&last, base));
            let found = "Corrupt time index found, time index file";
            if last.timestamp < first.timestamp {
                return Err(DumpError::Index(format!(
                    "{found} ({path}) has non-zero size but the last timestamp is {} which is less than the \
                     first timestamp {}",
                    last.timestamp, first.timestamp
                )));
            }
            if last.offset < base {
                return Err(DumpError::Index(format!(
                    "{found} ({path}) has non-zero size but the last offset is {} which is less than the first \
                     offset {base}",
                    last.offset
                )));
            }
        }
        if self.fragment() != 0 {
            let len = self.entries.file_len();
            return Err(DumpError::Index(format!(
                "Time index file {path} is corrupt, found {len} bytes which is neither positive nor a multiple \
                 of {ENTRY_LEN}"
            )));
        }
        Ok(())
    }

    /// Goes through the entries, looking each up in the `.log` that lies beside, by way of the `.index`.
    ///
    /// # Errors
    /// [`DumpError::Companion`] without that log, or when the offset index cannot be read.
    pub fn against_log(self, limits: Limits) -> Result<TimeIndexCheck, DumpError> {
        let (file, path) = open_log(self.entries.path())?;
        let index_path = companion(self.entries.path(), "index");
        let index = OffsetIndex::open(&index_path, self.base).map_err(|source| DumpError::Companion {
            path: self.entries.path().to_owned(),
            needed: index_path.clone(),
            source,
        })?;
        Ok(TimeIndexCheck {
            missing_index: index.is_none().then_some(index_path),
            index: self,
            offsets: index,
            log: BatchReader::new(file, &path),
            decoder: RecordDecoder::tolerant().with_record_size_max(limits.record_size_max),
            limits,
            previous: Timestamp::NONE,
            cursor: None,
            steps_back: STEPS_BACK,
        })
    }
}

/// How many batches may be walked over, in all, for entries that do not ascend: a bound on the time that a
/// damaged index can cost.
const STEPS_BACK: u64 = 10_000_000;

/// A time index next to its log.
#[derive(Debug)]
pub struct TimeIndexCheck {
    index: TimeIndexDump,
    /// `None` when there is no offset index: then the log is searched from its beginning.
    offsets: Option<OffsetIndex>,
    missing_index: Option<PathBuf>,
    log: BatchReader,
    decoder: RecordDecoder,
    limits: Limits,
    previous: Timestamp,
    /// Where the batch begins that was found last, and its last offset. What comes later in an ascending
    /// index lies behind it.
    cursor: Option<(Position, Offset)>,
    steps_back: u64,
}

impl TimeIndexCheck {
    /// The offset index that should lie beside and does not.
    pub fn missing_index(&self) -> Option<&Path> {
        self.missing_index.as_deref()
    }

    /// The next entry; `None` behind the last, which may have preallocated room behind it.
    ///
    /// # Errors
    /// When one of the files cannot be read.
    pub fn next_entry(&mut self) -> Result<Option<CheckedTimeEntry>, FileError> {
        let is_first = self.index.entries.position().0 == 0;
        let Some(bytes) = self.index.entries.next()? else { return Ok(None) };
        let entry = TimeEntry::decode(&bytes, self.index.base);
        if entry.offset == self.index.base && !is_first {
            return Ok(None);
        }
        let verdict = if bytes == [0; ENTRY_LEN] { TimeVerdict::Unused } else { self.look_up(entry)? };
        // Kafka looks at the order only where a batch ends with the offset.
        let is_found = matches!(verdict, TimeVerdict::Agrees | TimeVerdict::Mismatch(_));
        let not_above = (is_found && self.previous >= entry.timestamp).then_some(self.previous);
        self.previous = entry.timestamp;
        Ok(Some(CheckedTimeEntry { entry, verdict, not_above }))
    }

    /// Finds the first batch that ends with or behind the entry's offset.
    fn look_up(&mut self, entry: TimeEntry) -> Result<TimeVerdict, FileError> {
        let from = match &self.offsets {
            Some(index) => index.lookup(entry.offset)?.map_or(Position(0), |found| found.position),
            None => Position(0),
        };
        let start = match self.cursor {
            Some((position, last)) if entry.offset > last => from.max(position),
            _ => from,
        };
        let is_ascending = self.cursor.is_none_or(|(position, _)| start >= position);
        self.log.seek(start);
        loop {
            if !is_ascending {
                let Some(left) = self.steps_back.checked_sub(1) else { return Ok(TimeVerdict::Unchecked) };
                self.steps_back = left;
            }
            let at = self.log.position();
            let Claim::Batch(header, size) = self.log.claim()? else {
                return Ok(TimeVerdict::OffsetNotFound(None));
            };
            let last = header.last_offset();
            if last < entry.offset {
                self.log.seek(at.plus(size));
                continue;
            }
            self.cursor = Some((at, last));
            if last != entry.offset {
                return Ok(TimeVerdict::OffsetNotFound(Some(last)));
            }
            return self.compare(size, entry.timestamp);
        }
    }

    /// Compares `timestamp` with the largest one in the batch of `size` bytes at the log's position.
    fn compare(&mut self, size: usize, timestamp: Timestamp) -> Result<TimeVerdict, FileError> {
        if size > self.limits.batch_size_max {
            return Ok(TimeVerdict::TooLarge(size));
        }
        // Reading less than there is of a log that ends inside the batch.
        let Some(batch) = self.log.take(size)? else { return Ok(TimeVerdict::OffsetNotFound(None)) };
        let mut largest = Timestamp::NONE;
        let decoded = self.decoder.records(&batch).and_then(|mut records| {
            while let Some(record) = records.next()? {
                largest = largest.max(record.timestamp);
            }
            Ok(())
        });
        Ok(match decoded {
            Err(error) => TimeVerdict::Undecodable(error),
            Ok(()) if largest != timestamp => TimeVerdict::Mismatch(largest),
            Ok(()) => TimeVerdict::Agrees,
        })
    }
}
