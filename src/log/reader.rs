//! Reading a partition in order, following it as it grows, without any lock.
//!
//! A batch is handed out once it is whole and its checksum holds. What is neither, at the end of the
//! newest segment, is not there yet: its writer is at work, or died and the next writer will cut it off.
//! The same anywhere else is damage.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::appender::gone_or;
use super::batch_reader::{Advance, BatchReader, Check, Found, find_valid_batch};
use super::bounds::{find_end, find_position, log_start};
use super::error::LogError;
use super::noted_end::NotedEnd;
use super::segment::{Position, SegmentList, SegmentPath};
use crate::fs::{self, FileId, IoContext as _, LastingId};
use crate::record::{Batch, BatchError, Offset};
use parked::Parked;

mod parked;

/// Reads the batches of one partition.
#[derive(Debug)]
pub struct LogReader {
    dir: PathBuf,
    /// The log start offset that a checkpoint gives, if the segments begin below it.
    floor: Offset,
    next_offset: Offset,
    /// The folder as it was listed last.
    folder: Option<Folder>,
    /// The segments that it had then, ascending.
    known: Vec<Offset>,
    segment: Option<OpenSegment>,
    /// The segment that was open until its file was let go, in place of an open one.
    parked: Option<Parked>,
    spare_buffer: Vec<u8>,
}

#[derive(Debug)]
struct Folder {
    /// Held open, so that no other folder can get its id; until files are let go.
    open: Option<File>,
    id: LastingId,
    /// When a name in it was made or removed last, as of just before it was listed.
    modified: Option<SystemTime>,
}

#[derive(Debug)]
struct OpenSegment {
    base: Offset,
    batches: BatchReader,
    /// Offsets below this belong to what comes before the next batch.
    floor: Offset,
    tail: TailState,
}

/// What is known of bytes at the end of the newest segment that are no valid batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TailState {
    Unknown,
    /// They were there when the file was this long.
    Seen(u64),
    /// They have been searched for valid batches, in vain, when the file was this long.
    Searched(u64),
}

impl LogReader {
    /// A reader of the partition in folder `dir` from its start. `floor` is a log start offset from a
    /// checkpoint, 0 where there is none. Opens nothing yet.
    pub fn new(dir: &Path, floor: Offset) -> Self {
        Self {
            dir: dir.to_owned(),
            floor,
            next_offset: floor,
            folder: None,
            known: Vec::new(),
            segment: None,
            parked: None,
            spare_buffer: Vec::new(),
        }
    }

    /// The partition's folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The lowest offset that the next batch may hold. Batches that hold it begin at or below it.
    pub fn next_offset(&self) -> Offset {
        self.next_offset
    }

    /// The log start and log end offsets, now.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn bounds(&self) -> Result<(Offset, Offset), LogError> {
        SegmentList::with(&self.dir, |list| bounds_of(&self.dir, list, self.floor))
            .map_err(|e| gone_or(e, &self.dir))
    }

    /// Makes the batch that holds `offset` the next one.
    ///
    /// # Errors
    /// [`LogError::OffsetOutOfRange`] below the log start offset and above the log end offset.
    pub fn seek(&mut self, offset: Offset) -> Result<(), LogError> {
        let (dir, floor) = (self.dir.clone(), self.floor);
        let checked = SegmentList::with_each(
            || self.list(),
            |list| {
                let is_in_newest = list.logs.last().is_none_or(|newest| offset >= *newest);
                if offset >= log_start(list, floor) && !is_in_newest {
                    return Ok(());
                }
                let (start, end) = bounds_of(&dir, list, floor)?;
                let is_in_range = (start..=end).contains(&offset);
                if is_in_range { Ok(()) } else { Err(LogError::OffsetOutOfRange { offset, start, end }) }
            },
        );
        checked.map_err(|e| gone_or(e, &dir))?;
        self.close_segment();
        self.next_offset = offset;
        self.open_first()?;
        Ok(())
    }

    /// The next batch; `None` at the present end of the log.
    ///
    /// # Errors
    /// [`LogError::Corrupt`] at a damaged batch, [`LogError::Gone`] when the partition was deleted.
    #[expect(clippy::should_implement_trait, reason = "batches are lent, which Iterator cannot say")]
    pub fn next(&mut self) -> Result<Option<Batch<'_>>, LogError> {
        if !self.advance()? {
            return Ok(None);
        }
        Ok(self.segment.as_ref().and_then(|segment| segment.batches.batch()))
    }

    /// Makes sure that what follows the present end, if anything, is a torn tail and not a damaged batch
    /// with valid ones behind it.
    ///
    /// # Errors
    /// [`LogError::Corrupt`] if it is damage.
    pub fn check_end(&mut self) -> Result<(), LogError> {
        if self.parked.is_some() {
            self.take_up()?;
        }
        let Some(segment) = &mut self.segment else { return Ok(()) };
        let at = segment.batches.position();
        let step = segment.batches.advance(Check::Checksums)?;
        segment.batches.seek(at);
        if matches!(step, Advance::Incomplete(_) | Advance::Invalid(_)) && self.has_valid_data_behind(true)? {
            return Err(self.corrupt(&step));
        }
        Ok(())
    }

    /// Whether what stands at the present end is no batch, and may be one that is being written or a damaged one: the
    /// next look tells, if nothing is written meanwhile.
    pub fn is_in_doubt(&self) -> bool {
        let tail =
            self.segment.as_ref().map(|segment| segment.tail).or(self.parked.as_ref().map(Parked::tail));
        matches!(tail, Some(TailState::Seen(_)))
    }

    /// The error for a batch whose checksum holds, yet which cannot be decoded: the one handed out last.
    pub fn undecodable(&self, error: &BatchError) -> LogError {
        self.corrupt_batch(error.to_string())
    }

    /// The error for the batch that was read last.
    fn corrupt_batch(&self, reason: String) -> LogError {
        let Some(OpenSegment { batches, .. }) = &self.segment else {
            return LogError::Corrupt {
                path: self.dir.clone(),
                position: Position(0),
                offset: self.next_offset,
                reason,
            };
        };
        let size = batches.batch().map_or(0, |batch| batch.size() as u64);
        let position = Position(batches.position().0.saturating_sub(size));
        let offset = batches.batch().map_or(self.next_offset, |batch| batch.header().base_offset);
        LogError::Corrupt { path: batches.path().to_owned(), position, offset, reason }
    }

    /// Whether the next batch is in memory already.
    pub fn has_buffered_batch(&self) -> bool {
        self.segment.as_ref().is_some_and(|segment| segment.batches.has_buffered_batch())
    }

    /// Whether everything in memory has been handed out, and the segment ended there when it was read.
    pub fn has_taken_all(&self) -> bool {
        self.segment.as_ref().is_some_and(|segment| segment.batches.has_taken_all())
    }

    /// Takes the read buffer away, for another reader to use; nothing is lost but read-ahead.
    pub fn take_buffer(&mut self) -> Vec<u8> {
        match &mut self.segment {
            Some(segment) => segment.batches.take_buffer(),
            None => std::mem::take(&mut self.spare_buffer),
        }
    }

    /// Lends a buffer to read into.
    pub fn give_buffer(&mut self, buffer: Vec<u8>) {
        match &mut self.segment {
            Some(segment) => segment.batches.give_buffer(buffer),
            None => self.spare_buffer = buffer,
        }
    }

    /// Goes to the next batch that matters; `false` at the present end.
    fn advance(&mut self) -> Result<bool, LogError> {
        loop {
            if self.segment.is_none() && !self.take_up()? {
                return Ok(false);
            }
            let Some(segment) = &mut self.segment else { return Ok(false) };
            let mut step = segment.batches.advance(Check::Checksums)?;
            if !matches!(step, Advance::Batch(_)) {
                let next = self.next_segment()?;
                let Some(segment) = &mut self.segment else { return Ok(false) };
                // A roll comes after the last append: what was appended before it is looked for again.
                step = segment.batches.advance(Check::Checksums)?;
                match (&step, next) {
                    (Advance::Batch(_), _) => {}
                    (Advance::End, Some(base)) => {
                        if !self.open_segment(base)? && !self.open_first()? {
                            return Ok(false);
                        }
                        continue;
                    }
                    (Advance::End, None) => return Ok(false),
                    (_, Some(_)) => return Err(self.corrupt(&step)),
                    (_, None) if self.has_valid_data_behind(false)? => return Err(self.corrupt(&step)),
                    (_, None) => return Ok(false),
                }
            }
            let Some(segment) = &mut self.segment else { return Ok(false) };
            let Some(last) = segment.batches.batch().map(|batch| batch.last_offset()) else { continue };
            // The checksum does not cover the base offset, and who reads on would never be told of the batch.
            if last < segment.floor {
                let reason = format!("its offsets, up to {last}, do not follow those before it");
                return Err(self.corrupt_batch(reason));
            }
            segment.floor = last.next();
            if last >= self.next_offset {
                self.next_offset = last.next();
                return Ok(true);
            }
        }
    }

    /// Lists the folder, which must still be the one that was listed before.
    fn list(&mut self) -> Result<SegmentList, LogError> {
        if self.folder.is_none() {
            let open = fs::open_read(&self.dir).map_err(|e| gone_or(e.into(), &self.dir))?;
            let metadata = open.metadata().context_io("look up", &self.dir)?;
            self.folder = Some(Folder { id: LastingId::of(&metadata), open: Some(open), modified: None });
        }
        let modified = self.look_at_folder()?;
        let list = SegmentList::read(&self.dir).map_err(|e| gone_or(e.into(), &self.dir))?;
        self.look_at_folder()?;
        if let Some(folder) = &mut self.folder {
            folder.modified = modified;
        }
        self.known.clone_from(&list.logs);
        Ok(list)
    }

    /// When a name in the folder was made or removed last; [`LogError::Gone`] when another folder has taken
    /// its place.
    fn look_at_folder(&self) -> Result<Option<SystemTime>, LogError> {
        let metadata = fs::look_up(&self.dir).context_io("look up", &self.dir);
        let metadata = metadata.map_err(|e| gone_or(e.into(), &self.dir))?;
        match &self.folder {
            Some(folder) if folder.id != LastingId::of(&metadata) => Err(LogError::Gone(self.dir.clone())),
            _ => Ok(fs::folder_time(&metadata).ok()),
        }
    }

    /// Opens the segment that holds the next offset, or the first behind it; `false` if there is none.
    fn open_first(&mut self) -> Result<bool, LogError> {
        let mut missed = None;
        loop {
            let list = self.list()?;
            let Some(base) = list.containing(self.next_offset).or(list.logs.first().copied()) else {
                self.close_segment();
                return Ok(false);
            };
            // Retention may take it before it is open.
            if self.open_segment(base)? {
                return Ok(true);
            }
            if missed == Some(base) {
                // It is listed and not there: a link that leads nowhere.
                BatchReader::open(&SegmentPath::new(&self.dir, base).log())?;
            }
            missed = Some(base);
        }
    }

    /// Opens a segment at the batch that holds the next offset; `false` if it is not there any more.
    fn open_segment(&mut self, base: Offset) -> Result<bool, LogError> {
        let segment = SegmentPath::new(&self.dir, base);
        let position = if self.next_offset <= base {
            Ok(Position(0))
        } else {
            find_position(&segment, self.next_offset)
        };
        let opened = position.and_then(|position| Ok((position, BatchReader::open(&segment.log())?)));
        self.look_at_folder()?;
        let (position, mut batches) = match opened {
            Ok(opened) => opened,
            Err(error) if error.is_missing_file() => return Ok(false),
            Err(error) => return Err(error),
        };
        self.close_segment();
        batches.give_buffer(std::mem::take(&mut self.spare_buffer));
        batches.seek(position);
        self.next_offset = self.next_offset.max(base);
        self.segment = Some(OpenSegment { base, batches, floor: base, tail: TailState::Unknown });
        Ok(true)
    }

    fn close_segment(&mut self) {
        self.parked = None;
        if let Some(mut segment) = self.segment.take() {
            self.spare_buffer = segment.batches.take_buffer();
        }
    }

    /// The segment to go on with behind the open one, if there is one by now.
    fn next_segment(&mut self) -> Result<Option<Offset>, LogError> {
        let Some(base) = self.segment.as_ref().map(|segment| segment.base) else { return Ok(None) };
        if let Some(next) = self.known_after(base) {
            return self.without_gap(base, next);
        }
        if self.seems_newest(base)? {
            return Ok(None);
        }
        let list = self.list()?;
        if let Some(next) = self.known_after(base) {
            return self.without_gap(base, next);
        }
        let path = SegmentPath::new(&self.dir, base).log();
        let there = fs::look_up(&path).ok().map(|metadata| FileId::of(&metadata));
        let Some(segment) = &self.segment else { return Ok(None) };
        let open = segment.batches.file().metadata().context_io("look up", &path)?;
        if there == Some(FileId::of(&open)) {
            return Ok(None);
        }
        // Its file was replaced, or a loss of power has taken it.
        list.containing(self.next_offset)
            .map_or_else(|| Err(LogError::Gone(self.dir.clone())), |base| Ok(Some(base)))
    }

    /// The segment behind `base` by the last listing.
    fn known_after(&self, base: Offset) -> Option<Offset> {
        self.known.get(self.known.partition_point(|b| *b <= base)).copied()
    }

    /// Whether nothing tells of a segment that has come behind the one at `base`, which was the newest when the folder
    /// was listed. The next one will most likely be named by the offset that follows its last record; any other way in
    /// which the folder changes shows in its time, though not at once.
    fn seems_newest(&self, base: Offset) -> Result<bool, LogError> {
        let modified = self.look_at_folder()?;
        let successor = SegmentPath::new(&self.dir, self.next_offset).log();
        let is_unchanged = self.folder.as_ref().is_some_and(|folder| folder.modified == modified);
        Ok(is_unchanged && (base == self.next_offset || fs::look_up(&successor).is_err()))
    }

    /// The segment behind `base`, which is `next` by the last listing. A listing can miss a segment that was
    /// made while it went on, and have one that was made later; one that begins afterwards has both.
    fn without_gap(&mut self, base: Offset, next: Offset) -> Result<Option<Offset>, LogError> {
        if next <= self.next_offset { Ok(Some(next)) } else { Ok(self.list()?.after(base)) }
    }

    /// Whether the newest segment has a valid batch somewhere behind the one that is not.
    fn has_valid_data_behind(&mut self, insist: bool) -> Result<bool, LogError> {
        let Some(segment) = &mut self.segment else { return Ok(false) };
        let len = segment.batches.file_len()?;
        match segment.tail {
            TailState::Searched(at_len) if at_len == len => return Ok(false),
            TailState::Seen(at_len) if at_len == len => segment.tail = TailState::Searched(len),
            // Most likely a write is going on; a search is worth its cost only where nothing moves.
            _ if !insist => {
                segment.tail = TailState::Seen(len);
                return Ok(false);
            }
            _ => segment.tail = TailState::Searched(len),
        }
        let at = segment.batches.position();
        let (file, behind) = (segment.batches.file(), Position(at.0 + 1));
        let found = find_valid_batch(file, segment.batches.path(), behind, Some(self.next_offset))?;
        if !matches!(found, Found::Batch(_)) {
            return Ok(false);
        }
        if let Some(end) = NotedEnd::of(&self.dir)
            && end.is_torn_append(segment.base, &mut segment.batches)?
        {
            return Ok(false);
        }
        // Both may have been written while the search went on.
        let is_whole_by_now = matches!(segment.batches.advance(Check::Checksums)?, Advance::Batch(_));
        segment.batches.seek(at);
        Ok(!is_whole_by_now)
    }

    fn corrupt(&self, step: &Advance) -> LogError {
        let (path, position) = match &self.segment {
            Some(segment) => (segment.batches.path().to_owned(), segment.batches.position()),
            None => (self.dir.clone(), Position(0)),
        };
        let reason = match step {
            Advance::Invalid(error) => error.to_string(),
            Advance::Incomplete(there) => format!("only {there} bytes of it are there"),
            Advance::Batch(_) | Advance::End => String::new(),
        };
        LogError::Corrupt { path, position, offset: self.next_offset, reason }
    }
}

/// Where the log in `dir` begins and ends, of which `list` is the listing.
fn bounds_of(dir: &Path, list: &SegmentList, floor: Offset) -> Result<(Offset, Offset), LogError> {
    let end = find_end(dir, list)?.offset;
    Ok((log_start(list, floor).min(end), end))
}
