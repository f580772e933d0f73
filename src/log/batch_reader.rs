//! Walking the batches of one `.log` file: the one walker that reading, recovery and dumping share.
//!
//! The walker never writes and never decides what a fault means: it says what it found and where, and
//! stays there. Reading goes by `pread` in large pieces into one buffer. What a length field claims is
//! believed only once the file is known to hold as much, and a large claim only once its checksum holds.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::Position;
pub use super::batch_search::{Found, find_valid_batch};
use crate::fs::{self, FileError, IoContext as _};
use crate::record::header::{ATTRIBUTES_AT, CRC_AT, HEADER_LEN, MAGIC_AT};
use crate::record::{Batch, BatchError, BatchHeader, Frame};

/// Bytes that are read at a time, where nobody lends a buffer of another size.
pub const CHUNK: usize = 512 << 10;
/// Batches above this size are checksummed piece by piece before they get memory.
const LARGE: usize = 8 << 20;

/// What stands at the walker's position.
#[derive(Debug)]
pub enum Step<'a> {
    /// A whole batch; the walker has gone past it.
    Batch(Position, Batch<'a>),
    /// The file ends here.
    End,
    /// The file ends inside the batch that begins here; so many bytes of it are there.
    Incomplete(u64),
    /// What begins here is not a valid batch.
    Invalid(BatchError),
}

/// What a walker found, without the batch itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advance {
    /// A whole batch, which begins here; the walker has gone past it.
    Batch(Position),
    /// As [`Step::End`].
    End,
    /// As [`Step::Incomplete`].
    Incomplete(u64),
    /// As [`Step::Invalid`].
    Invalid(BatchError),
}

/// What bytes claim to be, before anything but their header was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Fewer bytes than a batch's header follow.
    Nothing,
    /// A batch with this header and of this size in bytes. The file may end before it does.
    Batch(BatchHeader, usize),
    /// No batch begins here.
    Invalid(BatchError),
}

/// Whether a walk checks checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Every batch's checksum is checked.
    Checksums,
    /// Framing alone: to find a place in data that is checked elsewhere.
    Framing,
}

/// Walks the batches of a file, from any position.
#[derive(Debug)]
pub struct BatchReader {
    file: File,
    path: PathBuf,
    buffer: Vec<u8>,
    /// Where in the file the buffer's bytes come from.
    buffer_at: u64,
    /// How many of the buffer's bytes are read.
    filled: usize,
    /// Whether the file ended there when they were.
    saw_end: bool,
    position: Position,
    /// Where in the buffer the batch lies that the last step went past.
    current: Range<usize>,
}

impl BatchReader {
    /// Opens `path` at its beginning.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        Ok(Self::new(fs::open_read(path)?, path))
    }

    /// Walks `file`, which was opened as `path`.
    pub fn new(file: File, path: &Path) -> Self {
        Self {
            file,
            path: path.to_owned(),
            buffer: Vec::new(),
            buffer_at: 0,
            filled: 0,
            saw_end: false,
            position: Position(0),
            current: 0..0,
        }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file itself.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Where the next batch begins.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Goes to `position`, which must be where a batch begins.
    pub fn seek(&mut self, position: Position) {
        self.position = position;
    }

    /// Gives the buffer away, to be lent to another reader. What was read ahead is read again.
    pub fn take_buffer(&mut self) -> Vec<u8> {
        self.filled = 0;
        self.current = 0..0;
        std::mem::take(&mut self.buffer)
    }

    /// Takes a buffer to read into, as much at a time as there is room in it.
    pub fn give_buffer(&mut self, buffer: Vec<u8>) {
        self.buffer = buffer;
        self.filled = 0;
        self.current = 0..0;
    }

    /// The file's length in bytes, now.
    ///
    /// # Errors
    /// When the operating system does not say.
    pub fn file_len(&self) -> Result<u64, FileError> {
        fs::length_of(&self.file).context_io("read the size of", &self.path)
    }

    /// The header of the batch at `position`, and the batch's size in bytes, without reading the batch;
    /// `None` when no batch begins there or the file ends inside it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn header_at(&self, position: Position) -> Result<Option<(BatchHeader, usize)>, FileError> {
        let mut bytes = [0; HEADER_LEN];
        let read = fs::read_at(&self.file, &mut bytes, position.0).context_io("read", &self.path)?;
        let Ok(Some((header, size))) = Batch::peek_header(&bytes[..read]) else { return Ok(None) };
        Ok((position.plus(size).0 <= self.file_len()?).then_some((header, size)))
    }

    /// Looks at what stands at the position, and goes past it when it is a batch.
    ///
    /// An incomplete or invalid batch is read from the file anew at each call: its writer may not be done.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next(&mut self, check: Check) -> Result<Step<'_>, FileError> {
        Ok(match self.advance(check)? {
            Advance::Batch(at) => match self.batch() {
                Some(batch) => Step::Batch(at, batch),
                None => Step::End,
            },
            Advance::End => Step::End,
            Advance::Incomplete(there) => Step::Incomplete(there),
            Advance::Invalid(error) => Step::Invalid(error),
        })
    }

    /// As [`BatchReader::next`], but leaves the batch to be fetched with [`BatchReader::batch`].
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn advance(&mut self, check: Check) -> Result<Advance, FileError> {
        self.current = 0..0;
        let mut size = 0;
        let step = match self.load(check)? {
            Loaded::Whole(whole) => {
                size = whole;
                let start = self.start();
                match Batch::parse(&self.buffer[start..start + size]) {
                    Ok(Some(batch)) => match check {
                        Check::Checksums => {
                            batch.verify().map_or_else(Advance::Invalid, |()| Advance::Batch(self.position))
                        }
                        Check::Framing => Advance::Batch(self.position),
                    },
                    Ok(None) => Advance::Incomplete(size as u64),
                    Err(error) => Advance::Invalid(error),
                }
            }
            Loaded::End => Advance::End,
            Loaded::Incomplete(there) => Advance::Incomplete(there),
            Loaded::Invalid(error) => Advance::Invalid(error),
        };
        match step {
            Advance::Batch(at) => {
                self.current = self.start()..self.start() + size;
                self.position = at.plus(size);
            }
            Advance::End => {}
            _ => self.filled = 0,
        }
        Ok(step)
    }

    /// The batch that the last step went past, if it did.
    pub fn batch(&self) -> Option<Batch<'_>> {
        Batch::parse(&self.buffer[self.current.clone()]).ok().flatten()
    }

    /// What the bytes at the position claim to be: for inspection, where a magic above 2 counts as 2.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn claim(&mut self) -> Result<Claim, FileError> {
        if self.available() < HEADER_LEN {
            self.read_ahead(HEADER_LEN)?;
        }
        let start = self.start();
        let bytes = &self.buffer[start..start + self.available()];
        Ok(match Batch::peek_header_leniently(bytes) {
            Ok(Some((header, size))) => Claim::Batch(header, size),
            Ok(None) => Claim::Nothing,
            Err(error) => Claim::Invalid(error),
        })
    }

    /// Goes past the batch of `size` bytes that [`BatchReader::claim`] saw at the position, whatever its
    /// checksum; `None` when the file has become shorter meanwhile. Takes `size` bytes of memory.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn take(&mut self, size: usize) -> Result<Option<Batch<'_>>, FileError> {
        self.current = 0..0;
        if self.available() < size {
            self.read_ahead(size)?;
        }
        let start = self.start();
        if self.available() < size {
            return Ok(None);
        }
        self.position = self.position.plus(size);
        Ok(Batch::parse_leniently(&self.buffer[start..start + size]).ok().flatten())
    }

    /// Checks the checksum of the batch of `size` bytes at `position` without holding it; `None` when it
    /// is right. Works piece by piece, in a few hundred kilobytes, and does not touch the walk.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn checksum_error(&self, position: Position, size: usize) -> Result<Option<BatchError>, FileError> {
        let mut peek = [0; Frame::PEEK_LEN];
        fs::read_at(&self.file, &mut peek, position.0).context_io("read", &self.path)?;
        self.check_in_pieces(position, peek[MAGIC_AT], size)
    }

    /// Whether the batch at the position is in the buffer already.
    pub fn has_buffered_batch(&self) -> bool {
        let available = self.available();
        available > 0
            && matches!(Frame::peek(&self.buffer[self.start()..self.filled]), Ok(Some(f)) if f.size <= available)
    }

    /// Whether the walker has gone past everything in the buffer, and the file ended there when it was read.
    pub fn has_taken_all(&self) -> bool {
        self.saw_end && self.available() == 0
    }

    /// Where in the buffer the position is.
    fn start(&self) -> usize {
        usize::try_from(self.position.0 - self.buffer_at).unwrap_or(usize::MAX)
    }

    /// How many bytes from the position on are in the buffer.
    fn available(&self) -> usize {
        let end = self.buffer_at + self.filled as u64;
        if self.position.0 < self.buffer_at || self.position.0 > end {
            return 0;
        }
        self.filled - self.start()
    }

    /// Gets the batch at the position into the buffer, if it is one.
    fn load(&mut self, check: Check) -> Result<Loaded, FileError> {
        if self.available() < Frame::PEEK_LEN {
            self.read_ahead(Frame::PEEK_LEN)?;
        }
        let available = self.available();
        if available == 0 {
            return Ok(Loaded::End);
        }
        let start = self.start();
        let frame = match Frame::peek(&self.buffer[start..start + available]) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(Loaded::Incomplete(available as u64)),
            Err(error) => return Ok(Loaded::Invalid(error)),
        };
        if frame.magic > 2 {
            return Ok(Loaded::Invalid(BatchError::Magic(frame.magic)));
        }
        if frame.size <= available {
            return Ok(Loaded::Whole(frame.size));
        }
        let there = self.file_len()?.saturating_sub(self.position.0);
        if (frame.size as u64) > there {
            return Ok(Loaded::Incomplete(there));
        }
        if frame.size > LARGE
            && check == Check::Checksums
            && let Some(error) = self.check_in_pieces(self.position, frame.magic, frame.size)?
        {
            return Ok(Loaded::Invalid(error));
        }
        self.read_ahead(frame.size)?;
        let available = self.available();
        Ok(if frame.size <= available {
            Loaded::Whole(frame.size)
        } else {
            Loaded::Incomplete(available as u64)
        })
    }

    /// Makes the buffer begin at the position and hold `need` bytes, or what the file has of them.
    fn read_ahead(&mut self, need: usize) -> Result<(), FileError> {
        let available = self.available();
        if available > 0 {
            let start = self.start();
            self.buffer.copy_within(start..start + available, 0);
        }
        self.buffer_at = self.position.0;
        self.filled = available;
        if self.buffer.is_empty() {
            // Zeros that come from the system as such: pages that nothing is read into are never touched.
            self.buffer = vec![0; need.max(CHUNK)];
        } else if self.buffer.len() < need {
            self.buffer.resize(need, 0);
        }
        let from = self.buffer_at + available as u64;
        let read =
            fs::read_at(&self.file, &mut self.buffer[available..], from).context_io("read", &self.path)?;
        self.filled += read;
        self.saw_end = self.filled < self.buffer.len();
        Ok(())
    }

    /// Checks the checksum of a large batch without holding it.
    fn check_in_pieces(
        &self,
        position: Position,
        magic: u8,
        size: usize,
    ) -> Result<Option<BatchError>, FileError> {
        let mut head = [0; ATTRIBUTES_AT];
        fs::read_at(&self.file, &mut head, position.0).context_io("read", &self.path)?;
        let (from, stored_at) = if magic >= 2 { (ATTRIBUTES_AT, CRC_AT) } else { (MAGIC_AT, 12) };
        let stored = u32::from_be_bytes(crate::record::header::array(&head, stored_at));
        let mut at = position.0 + from as u64;
        let end = position.0 + size as u64;
        let mut piece = vec![0; CHUNK.min(size)];
        let mut castagnoli = 0;
        let mut ieee = crc32fast::Hasher::new();
        while at < end {
            let len = usize::try_from(end - at).map_or(piece.len(), |left| left.min(piece.len()));
            let read = fs::read_at(&self.file, &mut piece[..len], at).context_io("read", &self.path)?;
            if read == 0 {
                break;
            }
            if magic >= 2 {
                castagnoli = crc32c::crc32c_append(castagnoli, &piece[..read]);
            } else {
                ieee.update(&piece[..read]);
            }
            at += read as u64;
        }
        let computed = if magic >= 2 { castagnoli } else { ieee.finalize() };
        Ok((computed != stored).then_some(BatchError::Checksum { stored, computed }))
    }
}

enum Loaded {
    Whole(usize),
    End,
    Incomplete(u64),
    Invalid(BatchError),
}
