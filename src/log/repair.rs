//! Mending what [`super::verify`] finds, without losing a valid record.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::appender::LOCK_FILE;
use super::batch_reader::{Advance, BatchReader, Check, Found, Step, find_valid_batch};
use super::bounds::log_start;
use super::checkpoint::{self, EpochEntry};
use super::cleaner::{CleanedSegment, LogCleaner, LogSummary, remove_cleaned};
use super::error::LogError;
use super::noted_end::NotedEnd;
use super::order::{Place, SegmentEnd, place};
use super::scan::Scan;
use super::segment::{DAMAGED_SUFFIX, Position, SegmentList, SegmentPath};
use super::swap::{self, Disposal};
use super::{CleanerConfig, LogAppender, LogConfig, txn_index};
use crate::fs::{self, FileLock};
use crate::record::{LeaderEpoch, Offset};

/// Something that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The file.
    pub path: PathBuf,
    /// What was done.
    pub what: String,
}

/// Mends the partition in `dir`, and puts into `mended` what was done. Waits for a cleaning that goes on; appends wait
/// until this is done.
///
/// # Errors
/// When a file cannot be read or written.
pub fn repair(dir: &Path, config: LogConfig, mended: &mut Vec<Mended>) -> Result<(), LogError> {
    let cleaner = LogCleaner::new(dir, CleanerConfig { log: config, ..CleanerConfig::default() });
    // It writes files of the same names, without the lock of the partition.
    cleaner.alone(|| repair_alone(dir, config, mended))
}

/// Does it while nobody cleans the partition.
fn repair_alone(dir: &Path, config: LogConfig, mended: &mut Vec<Mended>) -> Result<(), LogError> {
    let mut lock = FileLock::open_with_folder(&dir.join(LOCK_FILE))?;
    {
        let guard = lock.acquire()?;
        if SegmentList::read(dir)?.has_swap_files {
            swap::finish_interrupted(dir)?;
            mended.push(Mended { path: dir.to_owned(), what: "finished an interrupted cleaning".into() });
        }
        if remove_cleaned(dir)? > 0 {
            mended.push(Mended { path: dir.to_owned(), what: "removed what a cleaning had left".into() });
        }
        let list = SegmentList::read(dir)?;
        let noted_end = NotedEnd::of(dir);
        // What is noted of the end of the log, and of how much of it is on the disk, says nothing of another log: that goes
        // first, from the disk as well.
        sync(dir, &list)?;
        guard.file().truncate(0)?;
        guard.file().sync_data()?;
        for (n, &base) in list.logs.iter().enumerate() {
            let segment = SegmentPath::new(dir, base);
            let next = list.logs.get(n + 1).copied();
            let segment_end = next.map_or(SegmentEnd::Open(noted_end), SegmentEnd::Before);
            mend_log(&segment, segment_end, config.index_interval_bytes, mended)?;
            rebuild_if_wrong(&segment, next.is_some(), config.index_interval_bytes, mended)?;
        }
        mend_leader_epochs(dir, &list, mended)?;
        sync(dir, &list)?;
    }
    let mut appender = LogAppender::open(dir, config)?;
    appender.log_end_offset()?;
    mend_txn_indexes(dir, &mut appender, mended)?;
    mended.extend(
        appender
            .take_repairs()
            .iter()
            .map(|repair| Mended { path: dir.to_owned(), what: repair.to_string() }),
    );
    Ok(())
}

/// Puts all that is in the segments on the disk.
fn sync(dir: &Path, list: &SegmentList) -> Result<(), LogError> {
    for &base in &list.logs {
        for file in SegmentPath::new(dir, base).files() {
            fs::sync_file_if_present(&file)?;
        }
    }
    Ok(fs::sync_dir(dir)?)
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

/// What is to be done to a log, from its beginning to its end.
#[derive(Debug, Clone, Copy)]
enum Edit {
    /// These bytes are taken out, the second not included.
    TakeOut(Position, Position),
    /// The batch here gets this base offset.
    Restore(Position, Offset),
}

/// What has to be done to the log of `segment`: what is no valid batch goes, if there is a valid one behind it, here or in
/// the next segment; a batch that says another base offset than its neighbours leave for it gets that.
fn edits_due(
    reader: &mut BatchReader,
    segment: &SegmentPath,
    segment_end: SegmentEnd,
) -> Result<Vec<Edit>, LogError> {
    let path = segment.log();
    let mut edits: Vec<Edit> = Vec::new();
    let take_out = |edits: &mut Vec<Edit>, from: Position, to: Position| match edits.last_mut() {
        Some(Edit::TakeOut(_, end)) if *end == from => *end = to,
        _ => edits.push(Edit::TakeOut(from, to)),
    };
    let mut due = segment.base_offset();
    loop {
        let at = reader.position();
        match reader.advance(Check::Checksums)? {
            Advance::Batch(_) => {
                let Some(batch) = reader.batch() else { break };
                let last = match place(reader, at, &batch, due, segment_end)? {
                    Place::Fits | Place::Overlaps => batch.last_offset(),
                    Place::Restorable(offset) => {
                        edits.push(Edit::Restore(at, offset));
                        offset.plus(i64::from(batch.header().last_offset_delta))
                    }
                    Place::Stray => {
                        take_out(&mut edits, at, reader.position());
                        continue;
                    }
                };
                due = due.max(last.next());
                continue;
            }
            Advance::End => break,
            Advance::Incomplete(_) | Advance::Invalid(_) => {}
        }
        if segment_end.is_torn_append(segment.base_offset(), reader)? {
            // Once the note has gone nobody can tell any more.
            take_out(&mut edits, at, Position(reader.file_len()?));
            break;
        }
        match find_valid_batch(reader.file(), &path, Position(at.0 + 1), Some(due))? {
            Found::Batch(next) => {
                take_out(&mut edits, at, next);
                reader.seek(next);
            }
            _ => {
                if !segment_end.is_open() {
                    take_out(&mut edits, at, Position(reader.file_len()?));
                }
                break;
            }
        }
    }
    Ok(edits)
}

/// Does to the log of `segment` what is due, by a new one that takes its place.
fn mend_log(
    segment: &SegmentPath,
    segment_end: SegmentEnd,
    interval: u64,
    mended: &mut Vec<Mended>,
) -> Result<(), LogError> {
    let path = segment.log();
    let mut reader = BatchReader::open(&path)?;
    let edits = edits_due(&mut reader, segment, segment_end)?;
    if edits.is_empty() {
        return Ok(());
    }
    let modified =
        std::fs::metadata(&path).and_then(|m| m.modified()).unwrap_or(std::time::SystemTime::now());
    for edit in &edits {
        let what = match *edit {
            Edit::TakeOut(from, to) => {
                let keep = kept_path(segment, from);
                keep_bytes(&reader, from, to, &keep)?;
                format!("took bytes {from} to {to} out and kept them in {}", keep.display())
            }
            Edit::Restore(at, offset) => {
                format!("gave the batch at byte {at} its base offset back, {offset}")
            }
        };
        mended.push(Mended { path: path.clone(), what });
    }
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut cleaned = CleanedSegment::create(dir, segment.base_offset(), interval)?;
    reader.seek(Position(0));
    let mut edits = edits.into_iter().peekable();
    loop {
        let at = reader.position();
        let edit = edits
            .next_if(|edit| matches!(*edit, Edit::TakeOut(here, _) | Edit::Restore(here, _) if here == at));
        if let Some(Edit::TakeOut(_, to)) = edit {
            reader.seek(to);
            continue;
        }
        let Step::Batch(_, batch) = reader.next(Check::Checksums)? else { break };
        let mut header = *batch.header();
        let out = cleaned.room().0;
        if let Some(Edit::Restore(_, offset)) = edit {
            header.base_offset = offset;
            out.extend_from_slice(&offset.0.to_be_bytes());
            out.extend_from_slice(&batch.bytes()[size_of::<i64>()..]);
        } else {
            out.extend_from_slice(batch.bytes());
        }
        cleaned.added(&header)?;
    }
    cleaned.finish(modified, false)?;
    // The .txnindex stays: the aborted transactions of a broker stay known.
    Ok(swap::swap_in(dir, segment.base_offset(), &[segment.base_offset()], Disposal::Remove)?)
}

/// Where a piece is kept that is taken out at `from`: beside what an earlier repair may have kept from that place.
fn kept_path(segment: &SegmentPath, from: Position) -> PathBuf {
    let first = format!("{}{from}", kept_prefix(segment));
    let others = (2u32..).map(|n| format!("{first}-{n}"));
    let free = std::iter::once(first.clone()).chain(others).map(PathBuf::from).find(|path| !path.exists());
    free.unwrap_or_else(|| PathBuf::from(first))
}

/// What the paths of the files begin with that hold what was taken out of `segment`; the place follows.
pub(super) fn kept_prefix(segment: &SegmentPath) -> String {
    format!("{}{DAMAGED_SUFFIX}", segment.log().display())
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

/// Makes the leader epochs anew from the batches if they are not sound (`LogSegment.recover`).
fn mend_leader_epochs(dir: &Path, list: &SegmentList, mended: &mut Vec<Mended>) -> Result<(), LogError> {
    let mut entries: Vec<EpochEntry> = Vec::new();
    let mut end = log_start(list, Offset::ZERO);
    for &base in &list.logs {
        end = end.max(base);
        let mut reader = BatchReader::open(&SegmentPath::new(dir, base).log())?;
        while let Step::Batch(_, batch) = reader.next(Check::Framing)? {
            let header = batch.header();
            let latest = entries.last().map_or(LeaderEpoch(-1), |last| last.epoch);
            if header.leader_epoch > latest {
                entries.push(EpochEntry { epoch: header.leader_epoch, start_offset: header.base_offset });
            }
            end = end.max(batch.last_offset().next());
        }
    }
    if super::verify::leader_epochs_problem(dir, end)?.is_some() {
        checkpoint::write_leader_epochs(dir, &entries)?;
        let (path, what) =
            (dir.join(checkpoint::LEADER_EPOCH_CHECKPOINT), "made it anew from the log".into());
        mended.push(Mended { path, what });
    }
    Ok(())
}

/// Sees to it that each aborted transaction has its entry, and nothing else has one.
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
            if txn_index::mend(dir, (base, list.after(base)), &summary)? {
                let what = "made its entries those of the transactions that were aborted".into();
                mended.push(Mended { path: segment.txn_index(), what });
            }
        }
        Ok(())
    })
}

/// Makes the indexes of a segment anew if they are not sound. Those of the active one get no closing entry.
fn rebuild_if_wrong(
    segment: &SegmentPath,
    is_closed: bool,
    interval: u64,
    mended: &mut Vec<Mended>,
) -> Result<(), LogError> {
    if super::verify::has_sound_indexes(segment, is_closed)? {
        return Ok(());
    }
    let scan =
        if is_closed { Scan::of_sealed(segment, interval)? } else { Scan::of_active(segment, interval)? };
    scan.replace_indexes()?;
    mended.push(Mended { path: segment.log(), what: "made its indexes anew".into() });
    Ok(())
}
