//! Walking a file of record batches past whatever is wrong with it.
//!
//! Kafka's tool trusts every length field and ends where that leads nowhere. This walk goes as Kafka's
//! does as long as that works, and then looks for the next batch whose checksum holds.

use std::path::Path;

use super::{DumpError, FileKind, Limits};
use crate::fs::{FileError, open_read};
use crate::log::Position;
use crate::log::batch_reader::{BatchReader, Claim, Found as Search, find_valid_batch};
use crate::record::{Batch, BatchError, BatchHeader, Offset};

/// What stands next in the file.
#[derive(Debug)]
pub enum Found<'a> {
    /// A batch, or what looks like one.
    Batch(FoundBatch<'a>),
    /// Bytes that are no batch, with a valid batch behind them, where the walk goes on.
    Gap {
        /// Where they begin.
        position: Position,
        /// How many they are.
        bytes: u64,
        /// Why no batch begins with them.
        damage: Damage,
    },
    /// Bytes that are no batch, up to the end of the file.
    Tail {
        /// Where they begin.
        position: Position,
        /// How many they are.
        bytes: u64,
        /// Why no batch begins with them.
        damage: Damage,
    },
    /// The end of the file, or of the part of it that was asked for.
    End,
}

/// A batch in the file.
#[derive(Debug)]
pub struct FoundBatch<'a> {
    /// Where it begins.
    pub position: Position,
    /// Its header; a magic above 2 is taken for 2.
    pub header: BatchHeader,
    /// Its size in bytes, as its length field has it.
    pub size: usize,
    /// The whole of it; `None` when it is larger than [`Limits::batch_size_max`].
    pub content: Option<Batch<'a>>,
    /// Whether its checksum holds.
    pub checksum_holds: bool,
    /// What is wrong with it, if anything is.
    pub damage: Option<Damage>,
    /// Where the walk goes on, if that is not where the length field leads.
    pub resumes_at: Option<Position>,
}

/// What is wrong with some bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// They are no valid batch.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The offsets of a batch do not lie above those of the valid batch before it.
    #[error("its offsets begin at {first}, not above {last}, where those of the batch before it end")]
    Order {
        /// Its first offset; of a compressed message of magic 0 or 1, its last.
        first: Offset,
        /// The last offset of the batch before it.
        last: Offset,
    },
    /// They lie before the offset that the file is named by, or below 0.
    #[error("its offsets begin at {first}, before {base}, where those of the file begin")]
    Outside {
        /// Its first offset; of a compressed message of magic 0 or 1, its last.
        first: Offset,
        /// The first that the file may have.
        base: Offset,
    },
    /// The file ends inside the batch.
    #[error("the file ends {missing} bytes before the batch does")]
    Incomplete {
        /// How many bytes are missing.
        missing: u64,
    },
    /// The file ends inside the header of a batch.
    #[error("{0} bytes are too few for the header of a batch")]
    Fragment(u64),
}

/// How many bytes of damaged batches are looked through for the valid batch that vouches for their lengths.
const TRUST_BYTES: u64 = 64 << 20;
/// How many damaged batches in a row are looked through for that.
const TRUST_BATCHES: u32 = 1000;

/// Walks a file of record batches: `.log`, `.checkpoint`.
#[derive(Debug)]
pub struct LogWalk {
    reader: BatchReader,
    limits: Limits,
    /// Size of the file when it was opened.
    file_len: u64,
    /// Where the walk ends: there, or sooner where only so many bytes were asked for.
    end: u64,
    /// Up to here the length fields are known to lead to a valid batch.
    trusted_until: Position,
    /// The first offset that may be in the file.
    base: Offset,
    /// The last offset of the last batch whose checksum holds.
    last_offset: Option<Offset>,
    /// Where the next step begins, if that is not where the last one ended.
    resume: Option<Position>,
    /// Nothing valid is left, so that looking for it is in vain.
    is_hopeless: bool,
    /// Where the bytes begin that ended the walk, if it ended so.
    tail: Option<Position>,
    is_done: bool,
}

impl LogWalk {
    /// Opens `path` and looks at its first `bytes_max` bytes. What is appended from now on is not seen.
    ///
    /// # Errors
    /// When it cannot be opened or is a folder.
    pub fn open(path: &Path, bytes_max: u64, limits: Limits) -> Result<Self, DumpError> {
        let file = open_read(path)?;
        if file.metadata().is_ok_and(|m| m.is_dir()) {
            return Err(DumpError::Folder(path.to_owned()));
        }
        let reader = BatchReader::new(file, path);
        let file_len = reader.file_len()?;
        let base = match FileKind::of(path) {
            FileKind::Log(Some(base)) => base,
            // The name says nothing of what is in it.
            _ => Offset::ZERO,
        };
        Ok(Self {
            reader,
            limits,
            file_len,
            end: file_len.min(bytes_max),
            trusted_until: Position(0),
            base,
            last_offset: None,
            resume: None,
            is_hopeless: false,
            tail: None,
            is_done: false,
        })
    }

    /// Begins the walk at `position`, where a batch begins, instead of at the beginning of the file.
    pub fn start_at(&mut self, position: Position) {
        self.resume = Some(position);
    }

    /// How large the file was when it was last looked at, in bytes.
    pub fn file_len(&self) -> u64 {
        self.file_len
    }

    /// Looks at how large the file is now. The walk goes on where it has ended; what was no batch there may
    /// have become one. Answers whether the file has grown.
    ///
    /// # Errors
    /// When its size cannot be read.
    pub fn look_again(&mut self) -> Result<bool, FileError> {
        let now = self.reader.file_len()?;
        let has_grown = now > self.file_len;
        self.file_len = now;
        self.end = now;
        if let Some(tail) = self.tail.take() {
            self.resume = Some(tail);
        }
        self.is_hopeless = false;
        self.is_done = false;
        Ok(has_grown)
    }

    /// The next thing in the file; [`Found::End`] again and again behind the last.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn step(&mut self) -> Result<Found<'_>, FileError> {
        if let Some(position) = self.resume.take() {
            self.reader.seek(position);
        }
        let at = self.reader.position();
        if self.is_done || at.0 >= self.end {
            return Ok(Found::End);
        }
        match self.reader.claim()? {
            Claim::Batch(header, size) if at.plus(size).0 <= self.end => self.batch(at, header, size),
            // What lies beyond the bytes that were asked for is nobody's fault.
            Claim::Batch(_, size) if at.plus(size).0 <= self.file_len => self.stop(),
            Claim::Batch(_, size) => {
                let missing = at.plus(size).0 - self.file_len;
                self.no_batch(at, Damage::Incomplete { missing })
            }
            Claim::Nothing => self.no_batch(at, Damage::Fragment(self.file_len - at.0)),
            Claim::Invalid(error) => self.no_batch(at, error.into()),
        }
    }

    fn stop(&mut self) -> Result<Found<'_>, FileError> {
        self.is_done = true;
        Ok(Found::End)
    }

    /// A whole batch of `size` bytes seems to begin at `at`.
    fn batch(&mut self, at: Position, header: BatchHeader, size: usize) -> Result<Found<'_>, FileError> {
        let is_held = size <= self.limits.batch_size_max;
        let checksum = if is_held {
            match self.reader.take(size)? {
                Some(batch) => batch.verify().err(),
                // Somebody has truncated the file meanwhile.
                None => return self.stop(),
            }
        } else {
            self.reader.checksum_error(at, size)?
        };
        let behind = at.plus(size);
        if checksum.is_some()
            && behind > self.trusted_until
            && !self.is_hopeless
            && !self.leads_to_valid(behind)?
        {
            self.resume = self.find_valid(at)?.filter(|found| *found != behind);
        }
        let resumes_at = self.resume;
        let checksum_holds = checksum.is_none();
        let damage = checksum.or_else(|| header.fault(size)).map(Damage::Batch);
        let damage = damage.or_else(|| self.order_damage(&header));
        if checksum_holds {
            self.last_offset = Some(header.last_offset());
        }
        let content = if is_held {
            // The buffer still holds what was taken: this only lends it again.
            self.reader.seek(at);
            self.reader.take(size)?
        } else {
            self.reader.seek(behind);
            None
        };
        let found = FoundBatch { position: at, header, size, content, checksum_holds, damage, resumes_at };
        Ok(Found::Batch(found))
    }

    /// Whether the offsets of a batch go back, or do not belong into the file. No checksum guards the base offset.
    fn order_damage(&self, header: &BatchHeader) -> Option<Damage> {
        let first = header.base_offset;
        match self.last_offset {
            Some(last) if first <= last => Some(Damage::Order { first, last }),
            _ if first < self.base => Some(Damage::Outside { first, base: self.base }),
            _ => None,
        }
    }

    /// No batch begins at `at`.
    fn no_batch(&mut self, at: Position, damage: Damage) -> Result<Found<'_>, FileError> {
        if let Some(next) = self.find_valid(at)? {
            self.reader.seek(next);
            return Ok(Found::Gap { position: at, bytes: next.0 - at.0, damage });
        }
        self.is_done = true;
        self.tail = Some(at);
        Ok(Found::Tail { position: at, bytes: self.end - at.0, damage })
    }

    /// The next valid batch behind the byte `at`, within the part of the file that was asked for.
    fn find_valid(&mut self, at: Position) -> Result<Option<Position>, FileError> {
        if self.is_hopeless {
            return Ok(None);
        }
        let found = match find_valid_batch(self.reader.file(), self.reader.path(), at.plus(1), None)? {
            Search::Batch(found) if found.0 < self.end => Some(found),
            _ => None,
        };
        self.is_hopeless = found.is_none();
        Ok(found)
    }

    /// Whether the length fields from `at` on lead to a valid batch or to the very end: then they are right,
    /// and a wrong checksum is the fault of other bytes.
    fn leads_to_valid(&mut self, at: Position) -> Result<bool, FileError> {
        let mut next = at;
        let mut batches = 0;
        while next.0 != self.end {
            if batches == TRUST_BATCHES || next.0 - at.0 > TRUST_BYTES {
                break;
            }
            let Some((_, size)) = self.reader.header_at(next)? else { return Ok(false) };
            if self.reader.checksum_error(next, size)?.is_none() {
                break;
            }
            next = next.plus(size);
            batches += 1;
        }
        self.trusted_until = next;
        Ok(true)
    }
}
