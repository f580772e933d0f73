//! A reader without open files: it knows where it was, and goes on from there when it is asked.
//!
//! Who reads more partitions than the process may have files open for lets the files of each go after its turn.

use super::{LogReader, OpenSegment, TailState, fs};
use crate::fs::{IoContext as _, LastingId};
use crate::log::batch_reader::BatchReader;
use crate::log::error::LogError;
use crate::log::segment::{Position, SegmentPath};
use crate::record::Offset;

/// What an [`OpenSegment`] was, and its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parked {
    id: LastingId,
    base: Offset,
    position: Position,
    floor: Offset,
    tail: TailState,
}

impl Parked {
    /// What is known of the segment's end.
    pub(super) fn tail(&self) -> TailState {
        self.tail
    }
}

impl LogReader {
    /// Closes the files that are open, and frees the read buffer. Reading goes on where it was, as if nothing had been:
    /// the next call that needs the files opens them again, and what it finds instead of them it takes for what it
    /// would have been taken for. Only what was deleted meanwhile and not read yet can no longer be read.
    pub fn let_files_go(&mut self) {
        if let Some(folder) = &mut self.folder {
            folder.open = None;
        }
        if let Some(segment) = self.segment.take() {
            // Without a look at the file, the next offset tells where to go on.
            self.parked = segment.batches.file().metadata().ok().map(|metadata| Parked {
                id: LastingId::of(&metadata),
                base: segment.base,
                position: segment.batches.position(),
                floor: segment.floor,
                tail: segment.tail,
            });
        }
        self.spare_buffer = Vec::new();
    }

    /// Opens the segment that was let go, or the first one; `false` if there is nothing to be read in it yet, or there
    /// is none.
    pub(super) fn take_up(&mut self) -> Result<bool, LogError> {
        let Some(parked) = self.parked else { return self.open_first() };
        let segment = SegmentPath::new(&self.dir, parked.base).log();
        if self.is_at_end(&parked, &segment)? {
            return Ok(false);
        }
        let opened = fs::open_read(&segment).and_then(|file| {
            let metadata = file.metadata().context_io("look up", &segment)?;
            Ok((LastingId::of(&metadata), file))
        });
        self.look_at_folder()?;
        match opened {
            Ok((id, file)) if id == parked.id => {
                let mut batches = BatchReader::new(file, &segment);
                batches.give_buffer(std::mem::take(&mut self.spare_buffer));
                batches.seek(parked.position);
                let Parked { base, floor, tail, .. } = parked;
                self.segment = Some(OpenSegment { base, batches, floor, tail });
                self.parked = None;
                Ok(true)
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            // Retention has taken it, or another file has its name: compaction or a repair has made that.
            _ => {
                self.parked = None;
                if self.open_first()? { Ok(true) } else { Err(LogError::Gone(self.dir.clone())) }
            }
        }
    }

    /// Whether nothing has been added to the log since the segment was let go at its end. Asked of all partitions
    /// whenever something has come to one of them, so it had better open nothing.
    fn is_at_end(&self, parked: &Parked, segment: &std::path::Path) -> Result<bool, LogError> {
        let is_same_length = fs::look_up(segment).is_ok_and(|metadata| {
            LastingId::of(&metadata) == parked.id && metadata.len() <= parked.position.0
        });
        Ok(is_same_length && self.known_after(parked.base).is_none() && self.seems_newest(parked.base)?)
    }
}

#[cfg(test)]
mod tests;
