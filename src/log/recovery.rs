//! Mending a partition when a writer opens it: the only code that cuts a log (`LogSegment.recover`).
//!
//! Opening costs the batches since the last index entry. All of a segment is read only when its indexes
//! are missing or do not agree with it, and after a loss of power, from the point up to which the data is
//! known to have reached the disk.

use std::path::Path;

use super::active::ActiveSegment;
use super::batch_reader::{BatchReader, Check, Found, Step, find_valid_batch};
use super::bounds::{GoodEntry, last_good_entry};
use super::error::{LogError, Repair};
use super::index_rules::{IndexRules, NewEntries};
use super::offset_index::{self, OffsetIndex};
use super::segment::{Position, SegmentList, SegmentPath};
use super::swap;
use super::tail::Tail;
use super::time_index::{self, TimeEntry};
use crate::fs::{self, LogFile};
use crate::record::{LeaderEpoch, Offset, Timestamp};

/// Opens the active segment of `dir`, mended; what was mended is added to `repairs`.
///
/// `suspect_from` is where data begins that a loss of power may have destroyed, if there was one.
pub(crate) fn recover(
    dir: &Path,
    interval: u64,
    leader_epoch: LeaderEpoch,
    suspect_from: Option<(Offset, Position)>,
    repairs: &mut Vec<Repair>,
) -> Result<ActiveSegment, LogError> {
    let mut list = SegmentList::read(dir)?;
    if list.has_swap_files {
        swap::finish_interrupted(dir)?;
        list = SegmentList::read(dir)?;
    }
    remove_orphans(dir, &list)?;
    let Some((&last, sealed)) = list.logs.split_last() else {
        let start = (Offset::ZERO, Position(0));
        return Ok(ActiveSegment::create(dir, Offset::ZERO, interval, leader_epoch, start)?);
    };
    for &base in sealed {
        let missing =
            list.indexes.binary_search(&base).is_err() || list.time_indexes.binary_search(&base).is_err();
        if missing {
            rebuild_sealed(&SegmentPath::new(dir, base), interval, repairs)?;
        }
    }
    let active = match suspect_from {
        Some((base, _)) => last_before_loss(dir, &list, interval, base, repairs)?,
        None => last,
    };
    let suspect = suspect_from.and_then(|(base, position)| match active.cmp(&base) {
        std::cmp::Ordering::Less => None,
        std::cmp::Ordering::Equal => Some(position),
        std::cmp::Ordering::Greater => Some(Position(0)),
    });
    let had_indexes =
        list.indexes.binary_search(&active).is_ok() && list.time_indexes.binary_search(&active).is_ok();
    let mut recovery = SegmentRecovery::new(SegmentPath::new(dir, active), interval, suspect);
    let mut tail = recovery.run(had_indexes, repairs)?;
    tail.leader_epoch = leader_epoch.max(tail.leader_epoch);
    tail.recovery_point = suspect_from.unwrap_or((tail.base_offset, Position(0)));
    Ok(ActiveSegment::open(dir, tail)?)
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
    suspect_base: Offset,
    repairs: &mut Vec<Repair>,
) -> Result<Offset, LogError> {
    let suspects = list.logs.iter().filter(|base| **base >= suspect_base);
    for (&base, &next) in suspects.clone().zip(suspects.skip(1)) {
        if sound_end(&SegmentPath::new(dir, base), interval, repairs)? != Some(next) {
            drop_segments_after(dir, list, base, repairs)?;
            return Ok(base);
        }
    }
    Ok(list.logs.last().copied().unwrap_or(Offset::ZERO))
}

/// The end offset of a sealed segment, if all of it is valid batches. Its indexes, which a loss of power may
/// have taken as well, are made anew then if they are not what its log calls for.
fn sound_end(
    segment: &SegmentPath,
    interval: u64,
    repairs: &mut Vec<Repair>,
) -> Result<Option<Offset>, LogError> {
    let scan = Scan::of_sealed(segment, interval)?;
    if scan.fault.is_some() {
        return Ok(None);
    }
    let same = fs::read_if_present(&segment.index())?.as_ref() == Some(&scan.index)
        && fs::read_if_present(&segment.time_index())?.as_ref() == Some(&scan.time_index);
    if !same {
        scan.replace_indexes()?;
        let reason = "the machine lost power";
        repairs.push(Repair::IndexRebuilt { path: segment.log(), reason });
    }
    Ok(Some(scan.end_offset))
}

/// Removes indexes that have no log: a roll that was interrupted before it made one leaves them.
fn remove_orphans(dir: &Path, list: &SegmentList) -> Result<(), LogError> {
    let is_orphan = |base: &&Offset| list.logs.binary_search(base).is_err();
    let orphans = list.indexes.iter().filter(is_orphan).map(|base| SegmentPath::new(dir, *base).index());
    let times = list.time_indexes.iter().filter(is_orphan);
    for path in orphans.chain(times.map(|base| SegmentPath::new(dir, *base).time_index())) {
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
        for file in [segment.index(), segment.time_index()] {
            if file.exists() {
                fs::remove_file(&file)?;
            }
        }
        fs::remove_file(&segment.log())?;
        repairs.push(Repair::SegmentDropped { path: segment.log(), bytes });
    }
    Ok(fs::sync_dir(dir)?)
}

/// Makes the indexes of a segment that is no longer appended to.
fn rebuild_sealed(segment: &SegmentPath, interval: u64, repairs: &mut Vec<Repair>) -> Result<(), LogError> {
    Scan::of_sealed(segment, interval)?.replace_indexes()?;
    repairs.push(Repair::IndexRebuilt { path: segment.log(), reason: "a file was missing" });
    Ok(())
}

/// The mending of the active segment.
struct SegmentRecovery {
    segment: SegmentPath,
    interval: u64,
    suspect: Option<Position>,
}

/// What can be taken over from the indexes.
struct Known {
    index_size: Position,
    time_index_size: Position,
    indexed_position: Position,
    last_time: Option<TimeEntry>,
    /// Whether the offset index had entries that led nowhere.
    had_stray_entries: bool,
}

impl SegmentRecovery {
    fn new(segment: SegmentPath, interval: u64, suspect: Option<Position>) -> Self {
        Self { segment, interval, suspect }
    }

    fn run(&mut self, had_indexes: bool, repairs: &mut Vec<Repair>) -> Result<Tail, LogError> {
        let log_size = LogFile::open(&self.segment.log())?.len()?;
        let known = if had_indexes { self.known()? } else { Err("a file was missing") };
        let known = match (known, self.suspect) {
            (Ok(known), None) => Ok(known),
            (Ok(known), Some(suspect)) if suspect >= known.indexed_position => Ok(known),
            (Ok(_), Some(_)) => Err("the machine lost power"),
            (Err(reason), _) => Err(reason),
        };
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
                scan.run(known.indexed_position, indexed)?;
                if known.had_stray_entries && scan.fault.is_none() {
                    let reason = "its last entries led to no batch";
                    repairs.push(Repair::IndexRebuilt { path: self.segment.log(), reason });
                }
                (known.index_size, known.time_index_size)
            }
            Err(reason) => {
                scan.run(Position(0), None)?;
                if log_size > 0 {
                    repairs.push(Repair::IndexRebuilt { path: self.segment.log(), reason });
                }
                (Position(0), Position(0))
            }
        };
        self.cut_torn_tail(&scan, log_size, repairs)?;
        if known.is_ok() {
            scan.extend_indexes(index_size, time_index_size)?;
        } else {
            scan.replace_indexes()?;
        }
        Ok(Tail {
            base_offset: base,
            size: scan.end,
            end_offset: scan.end_offset,
            index_size: index_size.plus(scan.index.len()),
            time_index_size: time_index_size.plus(scan.time_index.len()),
            rules: scan.rules,
            first_timestamp: self.first_timestamp()?,
            leader_epoch: scan.leader_epoch,
            recovery_point: (base, Position(0)),
        })
    }

    /// What the indexes say, or why they cannot be believed.
    ///
    /// The last good entry is not taken over but made again: a writer may have died before it wrote the
    /// time entry that belongs to it.
    fn known(&self) -> Result<Result<Known, &'static str>, LogError> {
        const ASTRAY: &str = "the last entries of the offset index do not lead to their batches";
        let base = self.segment.base_offset();
        let Some(index) = OffsetIndex::open(&self.segment.index(), base)? else {
            return Ok(Err("a file was missing"));
        };
        let mut log = BatchReader::open(&self.segment.log())?;
        let good = match last_good_entry(&index, index.len(), &mut log)? {
            GoodEntry::Entry(n, _) => n + 1,
            GoodEntry::None => 0,
            GoodEntry::NotAmongLast => return Ok(Err(ASTRAY)),
        };
        let (entries, last) = match good.saturating_sub(1) {
            0 => (0, None),
            before => match last_good_entry(&index, before, &mut log)? {
                GoodEntry::Entry(n, entry) if n + 1 == before => (before, Some(entry)),
                _ => return Ok(Err(ASTRAY)),
            },
        };
        let time_index = LogFile::open(&self.segment.time_index())?;
        let indexed_up_to = last.map(|l| l.offset);
        let Some((time_index_size, last_time)) = last_time_entry(&time_index, base, indexed_up_to)? else {
            return Ok(Err("the time index is not in order"));
        };
        if entries > 0 && last_time.is_none() && self.first_timestamp()? > Timestamp::NONE {
            return Ok(Err("the time index was empty"));
        }
        Ok(Ok(Known {
            index_size: Position(entries * offset_index::ENTRY_LEN as u64),
            time_index_size,
            indexed_position: last.map_or(Position(0), |l| l.position),
            last_time,
            had_stray_entries: good < index.len(),
        }))
    }

    fn first_timestamp(&self) -> Result<Timestamp, LogError> {
        let reader = BatchReader::open(&self.segment.log())?;
        Ok(reader.header_at(Position(0))?.map_or(Timestamp::NONE, |(header, _)| header.max_timestamp))
    }

    /// Cuts off what follows the last valid batch, unless there is valid data behind it.
    fn cut_torn_tail(&self, scan: &Scan, log_size: u64, repairs: &mut Vec<Repair>) -> Result<(), LogError> {
        let Some(fault) = &scan.fault else { return Ok(()) };
        let log = LogFile::open(&self.segment.log())?;
        let behind = Position(scan.end.0 + 1);
        if self.suspect.is_none()
            && find_valid_batch(log.file(), log.path(), behind, Some(scan.end_offset))? != Found::Nothing
        {
            return Err(LogError::Corrupt {
                path: self.segment.log(),
                position: scan.end,
                offset: scan.end_offset,
                reason: fault.clone(),
            });
        }
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

/// A walk over a segment that collects the index entries due.
pub(super) struct Scan<'s> {
    segment: &'s SegmentPath,
    rules: IndexRules,
    index: Vec<u8>,
    time_index: Vec<u8>,
    /// Behind the last valid batch.
    end: Position,
    end_offset: Offset,
    leader_epoch: LeaderEpoch,
    /// What stands at the end, if not the end of the file.
    fault: Option<String>,
}

impl<'s> Scan<'s> {
    fn new(segment: &'s SegmentPath, rules: IndexRules) -> Self {
        Self {
            segment,
            rules,
            index: Vec::new(),
            time_index: Vec::new(),
            end: Position(0),
            end_offset: segment.base_offset(),
            leader_epoch: LeaderEpoch(0),
            fault: None,
        }
    }

    /// Walks all of a segment that is no longer appended to.
    pub(super) fn of_sealed(segment: &'s SegmentPath, interval: u64) -> Result<Self, LogError> {
        let mut scan = Self::new(segment, IndexRules::new(interval, segment.base_offset()));
        scan.run(Position(0), None)?;
        let closing = scan.rules.time_entry();
        scan.note(NewEntries { offset: None, time: closing });
        Ok(scan)
    }

    /// Walks from `from`, where a batch begins; the one at `indexed` has its entries already.
    fn run(&mut self, from: Position, indexed: Option<Position>) -> Result<(), LogError> {
        let mut reader = BatchReader::open(&self.segment.log())?;
        reader.seek(from);
        self.end = from;
        loop {
            let (at, batch) = match reader.next(Check::Checksums)? {
                Step::Batch(at, batch) => (at, batch),
                Step::End => return Ok(()),
                Step::Incomplete(there) => {
                    self.fault = Some(format!("only {there} bytes of it are there"));
                    return Ok(());
                }
                Step::Invalid(error) => {
                    self.fault = Some(error.to_string());
                    return Ok(());
                }
            };
            let (first, last) = (batch.header().base_offset, batch.last_offset());
            if first < self.end_offset || last < first {
                let reason = format!("its offsets {first} to {last} do not follow those before it");
                let path = self.segment.log();
                return Err(LogError::Corrupt { path, position: at, offset: self.end_offset, reason });
            }
            let max = batch.header().max_timestamp;
            self.leader_epoch = self.leader_epoch.max(batch.header().leader_epoch);
            self.end_offset = last.next();
            self.end = at.plus(batch.size());
            if indexed == Some(at) {
                self.rules.observe(last, max);
            } else {
                let due = self.rules.append(at, last, max);
                self.note(due);
            }
        }
    }

    fn note(&mut self, due: NewEntries) {
        let base = self.segment.base_offset();
        self.index.extend(due.offset.and_then(|e| e.encode(base)).into_iter().flatten());
        self.time_index.extend(due.time.and_then(|e| e.encode(base)).into_iter().flatten());
    }

    /// Writes the entries behind those that are good, and cuts off what follows. Mostly they are there.
    fn extend_indexes(&self, index_size: Position, time_index_size: Position) -> Result<(), LogError> {
        for (path, size, entries) in [
            (self.segment.index(), index_size, &self.index),
            (self.segment.time_index(), time_index_size, &self.time_index),
        ] {
            let file = LogFile::open(&path)?;
            let mut there = vec![0; entries.len()];
            let read = file.read_at(&mut there, size.0)?;
            if there[..read] != entries[..] {
                file.write_all_at(entries, size.0)?;
            }
            let end = size.plus(entries.len());
            if file.len()? != end.0 {
                file.truncate(end.0)?;
            }
        }
        Ok(())
    }

    pub(super) fn replace_indexes(&self) -> Result<(), LogError> {
        fs::write_atomically(&self.segment.index(), &self.index)?;
        fs::write_atomically(&self.segment.time_index(), &self.time_index)?;
        Ok(())
    }
}
