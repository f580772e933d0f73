//! Mending a partition when a writer opens it: the only code that cuts a log (`LogSegment.recover`).
//!
//! Opening costs the batches since the last index entry. All of a segment is read only when its indexes
//! are missing or do not agree with it, and after a loss of power, from the point up to which the data is
//! known to have reached the disk.

use std::path::Path;

use super::active::ActiveSegment;
use super::batch_reader::{BatchReader, Found, find_valid_batch};
use super::bounds::{GoodEntry, last_good_entry};
use super::error::{LogError, Repair};
use super::index_rules::IndexRules;
use super::noted_end::NotedEnd;
use super::offset_index::{self, OffsetIndex};
use super::scan::Scan;
use super::segment::{Position, SegmentList, SegmentPath};
use super::swap;
use super::tail::{RecoveryPoint, Tail};
use super::time_index::{self, TimeEntry};
use super::txn_index;
use crate::fs::{self, LogFile};
use crate::record::{LeaderEpoch, Offset, Timestamp};

/// What is known of a log before it is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Known {
    /// Nobody has left word of it in this boot or another.
    Nothing,
    /// All of it is in order as far as the operating system has it, up to the end that was noted.
    Upto {
        /// Up to where it is on the disk.
        recovery_point: RecoveryPoint,
        /// How many bytes have been counted.
        appended: u64,
        /// Where it ends, unless a writer has died since.
        noted_end: NotedEnd,
    },
    /// The machine was started again since the last word: what lies behind this place may be anything.
    AfterLossOfPower(RecoveryPoint),
}

/// Opens the active segment of `dir`, mended; what was mended is added to `repairs`. Answers too what the folder held
/// of segments before that.
pub(crate) fn recover(
    dir: &Path,
    interval: u64,
    leader_epoch: LeaderEpoch,
    known: Known,
    repairs: &mut Vec<Repair>,
) -> Result<(ActiveSegment, SegmentList), LogError> {
    let mut list = SegmentList::read(dir)?;
    if list.has_swap_files {
        swap::finish_interrupted(dir)?;
        list = SegmentList::read(dir)?;
    }
    remove_leftovers(dir, &list)?;
    let Some((&last, sealed)) = list.logs.split_last() else {
        let start = RecoveryPoint::start_of(Offset::ZERO, interval);
        let active = ActiveSegment::create(dir, Offset::ZERO, interval, leader_epoch, start, 0)?;
        return Ok((active, list));
    };
    let mut rebuilt = Vec::new();
    for &base in sealed {
        let missing =
            list.indexes.binary_search(&base).is_err() || list.time_indexes.binary_search(&base).is_err();
        if missing {
            rebuild_sealed(&SegmentPath::new(dir, base), interval, repairs)?;
            rebuilt.push(base);
        }
    }
    let active = match known {
        Known::AfterLossOfPower(point) => last_before_loss(dir, &list, interval, &point, repairs)?,
        Known::Nothing | Known::Upto { .. } => last,
    };
    let noted_end = match known {
        Known::Upto { noted_end, .. } => Some(noted_end),
        Known::Nothing | Known::AfterLossOfPower(_) => None,
    };
    let recovery = SegmentRecovery { segment: SegmentPath::new(dir, active), interval, noted_end };
    let mut tail = if let Known::AfterLossOfPower(point) = known {
        recovery.run_after_loss(&point, repairs)?
    } else {
        let had_indexes =
            list.indexes.binary_search(&active).is_ok() && list.time_indexes.binary_search(&active).is_ok();
        let (tail, were_kept) = recovery.run(had_indexes, repairs)?;
        if !were_kept {
            rebuilt.push(active);
        }
        tail
    };
    tail.leader_epoch = leader_epoch.max(tail.leader_epoch);
    match known {
        Known::Upto { recovery_point: point, appended, .. } => {
            tail.appended = appended;
            // A place in indexes that have been made anew just now is none any more.
            let is_there = !rebuilt.contains(&point.base_offset)
                && (point.base_offset, point.size) <= (active, tail.size);
            let start = RecoveryPoint::start_of(point.base_offset.min(active), interval);
            tail.recovery_point = if is_there { point } else { start };
        }
        Known::Nothing => {
            tail.appended = put_sealed_on_disk(dir, sealed)?;
            let start = RecoveryPoint::start_of(active, interval);
            tail.recovery_point = RecoveryPoint { appended: tail.appended, ..start };
            tail.appended += tail.size.0;
        }
        Known::AfterLossOfPower(_) => {}
    }
    // A writer may have died, or the power been lost, before the marker was there that an entry tells of.
    txn_index::truncate_to(&SegmentPath::new(dir, active), tail.end_offset)?;
    Ok((ActiveSegment::open(dir, tail)?, list))
}

/// Puts the segments on the disk of which nobody has left word, as a broker or an import leaves them, and answers how many
/// bytes that are. The offsets that compaction has taken out of them are not to be taken for lost data after the next
/// loss of power.
fn put_sealed_on_disk(dir: &Path, sealed: &[Offset]) -> Result<u64, LogError> {
    let mut bytes = 0;
    for &base in sealed {
        let segment = SegmentPath::new(dir, base);
        for file in segment.files() {
            fs::sync_file_if_present(&file)?;
        }
        bytes += LogFile::open(&segment.log())?.len()?;
    }
    if !sealed.is_empty() {
        fs::sync_dir(dir)?;
    }
    Ok(bytes)
}

/// The last segment that a loss of power has left to build upon: behind one that is damaged, or that ends
/// before the next one begins, everything is dropped, for offsets would not be dense (`LogLoader`).
///
/// Offsets that compaction takes out at a segment's end leave such a gap too; it must have synced what it
/// wrote, and moved the recovery point beyond.
fn last_before_loss(
    dir: &Path,
    list: &SegmentList,
    interval: u64,
    point: &RecoveryPoint,
    repairs: &mut Vec<Repair>,
) -> Result<Offset, LogError> {
    let suspects = list.logs.iter().filter(|base| **base >= point.base_offset);
    for (&base, &next) in suspects.clone().zip(suspects.skip(1)) {
        let segment = SegmentPath::new(dir, base);
        let mut scan = Scan::behind(&segment, interval, point)?;
        scan.close();
        if scan.fault.is_some() || scan.end_offset != next {
            drop_segments_after(dir, list, base, repairs)?;
            return Ok(base);
        }
        scan.replace_indexes_that_differ(repairs)?;
    }
    Ok(list.logs.last().copied().unwrap_or(Offset::ZERO))
}

/// Removes indexes that have no log: a roll that was interrupted before it made one leaves them. And the
/// temporary files of processes that died: whoever writes such a file here holds the lock that is held now.
fn remove_leftovers(dir: &Path, list: &SegmentList) -> Result<(), LogError> {
    let is_orphan = |base: &&Offset| list.logs.binary_search(base).is_err();
    let orphans = list.indexes.iter().filter(is_orphan).map(|base| SegmentPath::new(dir, *base).index());
    let times = list.time_indexes.iter().filter(is_orphan);
    let orphans = orphans.chain(times.map(|base| SegmentPath::new(dir, *base).time_index()));
    let aborted = list.txn_indexes.iter().filter(is_orphan);
    let orphans = orphans.chain(aborted.map(|base| SegmentPath::new(dir, *base).txn_index()));
    for path in orphans.chain(list.temporary_files.iter().cloned()) {
        fs::remove_file(&path)?;
    }
    Ok(())
}

/// Removes the segments that follow the one at `base`, the newest first.
fn drop_segments_after(
    dir: &Path,
    list: &SegmentList,
    base: Offset,
    repairs: &mut Vec<Repair>,
) -> Result<(), LogError> {
    for &later in list.logs.iter().rev().filter(|later| **later > base) {
        let segment = SegmentPath::new(dir, later);
        let bytes = LogFile::open(&segment.log())?.len()?;
        // The log comes last: without it the others are leftovers.
        for file in segment.files() {
            fs::remove_if_present(&file)?;
        }
        repairs.push(Repair::SegmentDropped { path: segment.log(), bytes });
    }
    Ok(fs::sync_dir(dir)?)
}

/// Makes the indexes of a segment that is no longer appended to.
fn rebuild_sealed(segment: &SegmentPath, interval: u64, repairs: &mut Vec<Repair>) -> Result<(), LogError> {
    rebuild_indexes(segment, interval)?;
    repairs.push(Repair::IndexRebuilt { path: segment.log(), reason: "a file was missing" });
    Ok(())
}

/// Makes the indexes of a segment from its log, which must be sound, with an entry every `interval` bytes
/// (`LogSegment.recover`).
///
/// # Errors
/// When the log is not sound, or a file cannot be read or written.
pub fn rebuild_indexes(segment: &SegmentPath, interval: u64) -> Result<(), LogError> {
    Scan::of_sealed(segment, interval)?.replace_indexes()
}

/// The mending of the active segment.
struct SegmentRecovery {
    segment: SegmentPath,
    interval: u64,
    /// Where the log ends, as its last writer of this boot has noted it.
    noted_end: Option<NotedEnd>,
}

/// What can be taken over from the indexes.
struct Indexed {
    index_size: Position,
    time_index_size: Position,
    indexed_position: Position,
    last_time: Option<TimeEntry>,
    /// Whether the offset index had entries that led nowhere.
    had_stray_entries: bool,
}

impl SegmentRecovery {
    /// After a loss of power: what lies behind `point` is read, and the indexes are what that calls for.
    fn run_after_loss(&self, point: &RecoveryPoint, repairs: &mut Vec<Repair>) -> Result<Tail, LogError> {
        let log = BatchReader::open(&self.segment.log())?;
        let log_size = log.file_len()?;
        let scan = Scan::behind(&self.segment, self.interval, point)?;
        // There is no telling what was behind the first batch that is not whole.
        self.cut(&scan, log_size, repairs)?;
        scan.replace_indexes_that_differ(repairs)?;
        self.tail(&scan, &log, Position(0), Position(0))
    }

    /// Answers too whether the indexes were good: if not, they have been made anew.
    fn run(&self, had_indexes: bool, repairs: &mut Vec<Repair>) -> Result<(Tail, bool), LogError> {
        let mut log = BatchReader::open(&self.segment.log())?;
        let log_size = log.file_len()?;
        let known = if had_indexes { self.known(&mut log)? } else { Err("a file was missing") };
        let base = self.segment.base_offset();
        let mut scan = Scan::new(&self.segment, IndexRules::new(self.interval, base));
        let (index_size, time_index_size) = match &known {
            Ok(known) => {
                scan.rules.indexed_position = known.indexed_position;
                if let Some(last) = known.last_time {
                    scan.rules.max = last;
                    scan.rules.last_time_entry = last.timestamp;
                }
                let indexed = (known.indexed_position.0 > 0).then_some(known.indexed_position);
                scan.walk(&mut log, known.indexed_position, indexed)?;
                if known.had_stray_entries && scan.fault.is_none() {
                    let reason = "its last entries led to no batch";
                    repairs.push(Repair::IndexRebuilt { path: self.segment.log(), reason });
                }
                (known.index_size, known.time_index_size)
            }
            Err(reason) => {
                scan.walk(&mut log, Position(0), None)?;
                if log_size > 0 {
                    repairs.push(Repair::IndexRebuilt { path: self.segment.log(), reason });
                }
                (Position(0), Position(0))
            }
        };
        self.cut_torn_tail(&scan, &mut log, log_size, repairs)?;
        if known.is_ok() {
            scan.extend_indexes(index_size, time_index_size)?;
        } else {
            scan.replace_indexes()?;
        }
        Ok((self.tail(&scan, &log, index_size, time_index_size)?, known.is_ok()))
    }

    /// The end of the segment as `scan` has found it, whose entries follow so many bytes of index entries.
    fn tail(
        &self,
        scan: &Scan<'_>,
        log: &BatchReader,
        index_size: Position,
        time_index_size: Position,
    ) -> Result<Tail, LogError> {
        let base = self.segment.base_offset();
        Ok(Tail {
            base_offset: base,
            size: scan.end,
            end_offset: scan.end_offset,
            index_size: index_size.plus(scan.index.len()),
            time_index_size: time_index_size.plus(scan.time_index.len()),
            rules: scan.rules,
            first_timestamp: first_timestamp(log)?,
            leader_epoch: scan.leader_epoch,
            appended: 0,
            recovery_point: RecoveryPoint::start_of(base, self.interval),
        })
    }

    /// What the indexes say, or why they cannot be believed.
    ///
    /// The last good entry is not taken over but made again: a writer may have died before it wrote the
    /// time entry that belongs to it.
    fn known(&self, log: &mut BatchReader) -> Result<Result<Indexed, &'static str>, LogError> {
        const ASTRAY: &str = "the last entries of the offset index do not lead to their batches";
        let base = self.segment.base_offset();
        let Some(index) = OffsetIndex::open(&self.segment.index(), base)? else {
            return Ok(Err("a file was missing"));
        };
        let good = match last_good_entry(&index, index.len(), log)? {
            GoodEntry::Entry(n, _) => n + 1,
            GoodEntry::None => 0,
            GoodEntry::NotAmongLast => return Ok(Err(ASTRAY)),
        };
        let (entries, last) = match good.saturating_sub(1) {
            0 => (0, None),
            before => match last_good_entry(&index, before, log)? {
                GoodEntry::Entry(n, entry) if n + 1 == before => (before, Some(entry)),
                _ => return Ok(Err(ASTRAY)),
            },
        };
        let time_index = LogFile::open(&self.segment.time_index())?;
        let indexed_up_to = last.map(|l| l.offset);
        let Some((time_index_size, last_time)) = last_time_entry(&time_index, base, indexed_up_to)? else {
            return Ok(Err("the time index is not in order"));
        };
        if entries > 0 && last_time.is_none() && first_timestamp(log)? > Timestamp::NONE {
            return Ok(Err("the time index was empty"));
        }
        Ok(Ok(Indexed {
            index_size: Position(entries * offset_index::ENTRY_LEN as u64),
            time_index_size,
            indexed_position: last.map_or(Position(0), |l| l.position),
            last_time,
            had_stray_entries: good < index.len(),
        }))
    }

    /// Cuts off what follows the last valid batch, unless there is valid data behind it.
    fn cut_torn_tail(
        &self,
        scan: &Scan<'_>,
        log: &mut BatchReader,
        log_size: u64,
        repairs: &mut Vec<Repair>,
    ) -> Result<(), LogError> {
        let Some(fault) = &scan.fault else { return Ok(()) };
        log.seek(scan.end);
        let base = self.segment.base_offset();
        if let Some(end) = self.noted_end
            && end.is_torn_append(base, log)?
        {
            return self.cut(scan, log_size, repairs);
        }
        let behind = Position(scan.end.0 + 1);
        if find_valid_batch(log.file(), log.path(), behind, Some(scan.end_offset))? != Found::Nothing {
            return Err(LogError::Corrupt {
                path: self.segment.log(),
                position: scan.end,
                offset: scan.end_offset,
                reason: fault.clone(),
            });
        }
        self.cut(scan, log_size, repairs)
    }

    /// Cuts off what follows the last valid batch.
    fn cut(&self, scan: &Scan<'_>, log_size: u64, repairs: &mut Vec<Repair>) -> Result<(), LogError> {
        if scan.fault.is_none() {
            return Ok(());
        }
        let log = LogFile::open(&self.segment.log())?;
        log.truncate(scan.end.0)?;
        log.sync_data()?;
        repairs.push(Repair::TornTail {
            path: self.segment.log(),
            position: scan.end,
            bytes: log_size.saturating_sub(scan.end.0),
        });
        Ok(())
    }
}

/// The max timestamp of the first batch of `log`; −1 where there is none.
fn first_timestamp(log: &BatchReader) -> Result<Timestamp, LogError> {
    Ok(log.header_at(Position(0))?.map_or(Timestamp::NONE, |(header, _)| header.max_timestamp))
}

/// The used size of a time index and its last entry, leaving out those for offsets above `indexed_up_to`:
/// they will be due again. `None` when entries are out of order.
fn last_time_entry(
    file: &LogFile,
    base: Offset,
    indexed_up_to: Option<Offset>,
) -> Result<Option<(Position, Option<TimeEntry>)>, LogError> {
    let at = |entries: u64| Position(entries * time_index::ENTRY_LEN as u64);
    let nth = |n: u64| time_index::entry_before(file, at(n + 1), base);
    // Zeros at the end are room that a live broker preallocated: the used entries come before them.
    let (mut entries, mut high) = (0, file.len()? / time_index::ENTRY_LEN as u64);
    while entries < high {
        let middle = entries + (high - entries) / 2;
        if nth(middle)?.is_some_and(|e| e.timestamp.0 != 0 || e.offset != base) {
            entries = middle + 1;
        } else {
            high = middle;
        }
    }
    let mut last = None;
    while entries > 0 {
        last = nth(entries - 1)?;
        if last.is_some_and(|e| Some(e.offset) <= indexed_up_to) {
            break;
        }
        last = None;
        entries -= 1;
    }
    if let Some(last) = last
        && entries > 1
        && let Some(before) = nth(entries - 2)?
        && (last.timestamp <= before.timestamp || last.offset < before.offset)
    {
        return Ok(None);
    }
    Ok(Some((at(entries), last)))
}
