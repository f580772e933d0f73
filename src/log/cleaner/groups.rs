//! The segments that a cleaning reads, and which of them become one (`Cleaner.groupSegmentsBySize`).

use std::path::Path;
use std::time::SystemTime;

use crate::fs::{self, FileError, FileId, IoContext as _};
use crate::log::{LogConfig, LogError, SegmentPath};
use crate::record::Offset;

/// A segment that is no longer appended to, as it was when the cleaning began.
#[derive(Debug, Clone)]
pub(super) struct SealedSegment {
    pub(super) path: SegmentPath,
    /// The base offset of the segment behind it.
    pub(super) next_base: Offset,
    /// Which file its log is: by this it is known again under the lock.
    pub(super) id: FileId,
    pub(super) bytes: u64,
    pub(super) modified: SystemTime,
    index_bytes: u64,
    time_index_bytes: u64,
    pub(super) has_txn_index: bool,
}

impl SealedSegment {
    /// Looks at the segment at `base` of `dir`.
    pub(super) fn look(dir: &Path, base: Offset, next_base: Offset) -> Result<Self, FileError> {
        let path = SegmentPath::new(dir, base);
        let log = fs::look_up(&path.log()).context_io("look up", &path.log())?;
        // A missing index is made when its segment is appended to or cleaned.
        let len = |path: std::path::PathBuf| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        Ok(Self {
            next_base,
            id: FileId::of(&log),
            bytes: log.len(),
            modified: log.modified().context_io("look up", &path.log())?,
            index_bytes: len(path.index()),
            time_index_bytes: len(path.time_index()),
            has_txn_index: path.txn_index().exists(),
            path,
        })
    }

    /// The base offset.
    pub(super) fn base(&self) -> Offset {
        self.path.base_offset()
    }

    /// Whether its name still leads to the file that was looked at.
    pub(super) fn is_unchanged(&self) -> Result<bool, LogError> {
        match std::fs::metadata(self.path.log()) {
            Ok(metadata) => Ok(FileId::of(&metadata) == self.id && metadata.len() == self.bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(e).context_io("look up", &self.path.log()).map_err(LogError::from),
        }
    }
}

/// Splits `segments`, which follow one another, into groups that fit one segment together.
pub(super) fn group_by_size<'s>(
    segments: &'s [SealedSegment],
    config: &LogConfig,
) -> Vec<&'s [SealedSegment]> {
    let mut groups = Vec::new();
    let mut rest = segments;
    while let Some(first) = rest.first() {
        let (mut bytes, mut index, mut time) = (first.bytes, first.index_bytes, first.time_index_bytes);
        let mut count = 1;
        for next in &rest[1..] {
            bytes += next.bytes;
            index += next.index_bytes;
            time += next.time_index_bytes;
            let span = next.next_base.since(first.base()).saturating_sub(1);
            if bytes > config.segment_bytes
                || index > config.segment_index_bytes
                || time > config.segment_index_bytes
                || (next.bytes > 0 && span > i64::from(i32::MAX))
            {
                break;
            }
            count += 1;
        }
        let (group, behind) = rest.split_at(count);
        groups.push(group);
        rest = behind;
    }
    groups
}
