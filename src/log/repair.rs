//! Mending what [`super::verify`] finds, without losing a valid record.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::appender::LOCK_FILE;
use super::batch_reader::{BatchReader, Check, Found, Step, find_valid_batch};
use super::cleaner::{CleanedSegment, LogCleaner, LogSummary, remove_cleaned};
use super::error::LogError;
use super::scan::Scan;
use super::segment::{Position, SegmentList, SegmentPath};
use super::swap::{self, Disposal};
use super::{CleanerConfig, LogAppender, LogConfig, txn_index};
use crate::fs::{self, FileLock};
use crate::record::Offset;

/// Something that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The file.
    pub path: PathBuf,
    /// What was done.
    pub what: String,
}

/// Mends the partition in `dir`. Appends wait until it is done.
///
/// # Errors
/// When a file cannot be read or written.
pub fn repair(dir: &Path, config: LogConfig) -> Result<Vec<Mended>, LogError> {
    let mut mended = Vec::new();
    let mut lock = FileLock::open_with_folder(&dir.join(LOCK_FILE))?;
    {
        let guard = lock.acquire()?;
        if SegmentList::read(dir)?.has_swap_files {
            swap::finish_interrupted(dir)?;
            mended.push(Mended { path: dir.to_owned(), what: "finished an interrupted cleaning".into() });
        }
        let cleaner = LogCleaner::new(dir, CleanerConfig { log: config, ..CleanerConfig::default() });
        if cleaner.if_idle(|| remove_cleaned(dir))?.unwrap_or(0) > 0 {
            mended.push(Mended { path: dir.to_owned(), what: "removed what a cleaning had left".into() });
        }
        let list = SegmentList::read(dir)?;
        for (n, &base) in list.logs.iter().enumerate() {
            let segment = SegmentPath::new(dir, base);
            let is_active = n + 1 == list.logs.len();
            take_out_damage(&segment, is_active, config.index_interval_bytes, &mut mended)?;
            if !is_active {
                rebuild_if_wrong(&segment, config.index_interval_bytes, &mut mended)?;
            }
        }
        // Nobody goes by what was noted of the end of the log, and what was read back just now is on the disk.
        guard.file().truncate(0)?;
        for &base in &list.logs {
            for file in SegmentPath::new(dir, base).files() {
                fs::sync_file_if_present(&file)?;
            }
        }
        fs::sync_dir(dir)?;
    }
    let mut appender = LogAppender::open(dir, config)?;
    appender.log_end_offset()?;
    mend_txn_indexes(dir, &mut appender, &mut mended)?;
    mended.extend(
        appender
            .take_repairs()
            .iter()
            .map(|repair| Mended { path: dir.to_owned(), what: repair.to_string() }),
    );
    Ok(mended)
}

/// Bytes of whole batches that a segment begins with, at the present.
///
/// # Errors
/// When it cannot be read.
pub fn valid_length(segment: &SegmentPath) -> Result<u64, LogError> {
    let mut reader = BatchReader::open(&segment.log())?;
    while let Step::Batch(..) = reader.next(Check::Checksums)? {}
    Ok(reader.position().0)
}

/// Takes out of a log what is no valid batch, if there is a valid one behind it, here or in the next segment.
fn take_out_damage(
    segment: &SegmentPath,
    is_active: bool,
    interval: u64,
    mended: &mut Vec<Mended>,
) -> Result<(), LogError> {
    let path = segment.log();
    let mut reader = BatchReader::open(&path)?;
    let mut damaged: Vec<(Position, Position)> = Vec::new();
    let mut end = segment.base_offset();
    loop {
        let at = reader.position();
        match reader.next(Check::Checksums)? {
            Step::Batch(_, batch) => {
                end = end.max(batch.last_offset().next());
                continue;
            }
            Step::End => break,
            Step::Incomplete(_) | Step::Invalid(_) => {}
        }
        match find_valid_batch(reader.file(), &path, Position(at.0 + 1), Some(end))? {
            Found::Batch(next) => {
                damaged.push((at, next));
                reader.seek(next);
            }
            _ => {
                if !is_active {
                    damaged.push((at, Position(reader.file_len()?)));
                }
                break;
            }
        }
    }
    if damaged.is_empty() {
        return Ok(());
    }
    let modified =
        std::fs::metadata(&path).and_then(|m| m.modified()).unwrap_or(std::time::SystemTime::now());
    for &(from, to) in &damaged {
        let keep = PathBuf::from(format!("{}.damaged-{from}", path.display()));
        keep_bytes(&reader, from, to, &keep)?;
        let what = format!("took bytes {from} to {to} out and kept them in {}", keep.display());
        mended.push(Mended { path: path.clone(), what });
    }
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut cleaned = CleanedSegment::create(dir, segment.base_offset(), interval)?;
    reader.seek(Position(0));
    let mut damaged = damaged.into_iter().peekable();
    loop {
        if let Some((_, to)) = damaged.next_if(|(from, _)| *from == reader.position()) {
            reader.seek(to);
        }
        match reader.next(Check::Checksums)? {
            Step::Batch(_, batch) => {
                cleaned.room().0.extend_from_slice(batch.bytes());
                cleaned.added(batch.header())?;
            }
            _ => break,
        }
    }
    // The aborted transactions of a broker stay known.
    let txn_index = fs::read_if_present(&segment.txn_index())?;
    cleaned.finish(modified, false)?;
    swap::swap_in(dir, segment.base_offset(), &[segment.base_offset()], Disposal::Remove)?;
    if let Some(bytes) = txn_index {
        fs::write_atomically(&segment.txn_index(), &bytes)?;
    }
    Ok(())
}

/// Copies a piece of the log to a file of its own.
fn keep_bytes(reader: &BatchReader, from: Position, to: Position, path: &Path) -> Result<(), LogError> {
    use crate::fs::IoContext as _;
    let file = fs::LogFile::create(path)?;
    let mut piece = vec![0; 1 << 20];
    let mut at = from.0;
    while at < to.0 {
        let len = usize::try_from(to.0 - at).map_or(piece.len(), |left| left.min(piece.len()));
        let read = fs::read_at(reader.file(), &mut piece[..len], at).context_io("read", reader.path())?;
        if read == 0 {
            break;
        }
        file.write_all_at(&piece[..read], at - from.0)?;
        at += read as u64;
    }
    Ok(file.sync_data()?)
}

/// Sees to it that each aborted transaction has its entry.
fn mend_txn_indexes(
    dir: &Path,
    appender: &mut LogAppender,
    mended: &mut Vec<Mended>,
) -> Result<(), LogError> {
    appender.with_lock(|_| {
        let list = SegmentList::read(dir)?;
        let summary = LogSummary::read(dir, &list.logs, &mut |_| ControlFlow::Continue(()))?;
        let Some(summary) = summary else { return Ok(()) };
        for &base in &list.logs {
            let segment = SegmentPath::new(dir, base);
            if txn_index::mend(&segment, summary.aborted_in(base, list.after(base)))? {
                let what = "added what it lacked of aborted transactions".into();
                mended.push(Mended { path: segment.txn_index(), what });
            }
        }
        Ok(())
    })
}

/// Makes the indexes of a closed segment anew if they are not sound.
fn rebuild_if_wrong(segment: &SegmentPath, interval: u64, mended: &mut Vec<Mended>) -> Result<(), LogError> {
    if super::verify::has_sound_indexes(segment, Offset(i64::MAX))? {
        return Ok(());
    }
    Scan::of_sealed(segment, interval)?.replace_indexes()?;
    mended.push(Mended { path: segment.log(), what: "made its indexes anew".into() });
    Ok(())
}
