//! Checking everything that a partition's folder holds. Nothing is changed here; [`super::repair`] mends.

mod files;
mod indexes;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::batch_reader::{Advance, BatchReader, Check, Found, find_valid_batch};
use super::bounds::log_start;
use super::cleaner::{LogSummary, Watcher, marker_of};
use super::error::LogError;
use super::noted_end::NotedEnd;
use super::offset_index::OffsetIndex;
use super::order::{Place, SegmentEnd, place};
use super::repair;
use super::segment::{Position, SegmentList, SegmentPath};
use super::time_index::TimeIndex;
use crate::fs;
use crate::record::{Batch, BatchHeader, Offset, RecordDecoder, control};
use indexes::{IndexWalk, Indexed, TimeWalk};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: String,
    /// What will mend it.
    pub remedy: Remedy,
}

/// What will mend something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// The next producer does, or `verify --repair`.
    NextWriter,
    /// `verify --repair` makes an index, or another file that the log tells all of, anew.
    RebuildIndex,
    /// `verify --repair` takes the damaged piece out, and keeps it.
    TakeOut,
    /// `verify --repair` gives a batch its offset back, which its neighbours tell.
    RestoreOffset,
    /// `verify --repair` removes what interrupted work has left.
    Remove,
    /// Nobody reads it: a person has to give it another name, or put it elsewhere.
    Rename,
    /// A person has to look at it.
    None,
}

impl Remedy {
    /// Whether `verify --repair` can do anything.
    pub fn is_repair(self) -> bool {
        !matches!(self, Self::Rename | Self::None)
    }

    /// The remedy in words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::NextWriter => "the next producer mends it, and so does verify --repair",
            Self::RebuildIndex => "verify --repair makes it anew from the log",
            Self::RestoreOffset => "verify --repair gives it its offset back",
            Self::TakeOut => "verify --repair takes the damaged piece out and keeps it beside the log",
            Self::Remove => "verify --repair removes it",
            Self::Rename => "rename it or move it away",
            Self::None => "restore it from a copy",
        }
    }
}

/// What was found, and how much was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Segments that were read.
    pub segments: usize,
    /// Batches that are sound.
    pub batches: u64,
    /// Records in them.
    pub records: u64,
    /// Bytes that were read.
    pub bytes: u64,
}

/// Reads all of the partition in `dir`. `may_have_gaps` says that compaction may have taken out the last offsets of a
/// segment, or all. `watch` is asked after each batch whether to go on.
///
/// # Errors
/// When a file cannot be read; damage is a finding, not an error.
pub fn verify(dir: &Path, may_have_gaps: bool, watch: &mut Watcher<'_>) -> Result<Verified, LogError> {
    SegmentList::with(dir, |list| verify_listed(dir, list, may_have_gaps, watch))
}

fn verify_listed(
    dir: &Path,
    list: &SegmentList,
    may_have_gaps: bool,
    watch: &mut Watcher<'_>,
) -> Result<Verified, LogError> {
    let mut verified = Verified::default();
    let mut decoder = RecordDecoder::new();
    let mut log = LogSoFar { end: log_start(list, Offset::ZERO), ..LogSoFar::default() };
    let noted_end = NotedEnd::of(dir);
    for (n, &base) in list.logs.iter().enumerate() {
        let segment_end =
            list.logs.get(n + 1).map_or(SegmentEnd::Open(noted_end), |next| SegmentEnd::Before(*next));
        let mut check = SegmentCheck::open(SegmentPath::new(dir, base), segment_end, &mut verified)?;
        if base < log.end {
            let problem =
                format!("it begins at offset {base}, but the segment before it ends at {}", log.end);
            check.find(check.segment.log(), problem, Remedy::None);
        }
        if check.run(&mut decoder, &mut log, watch)?.is_break() {
            return Ok(verified);
        }
    }
    if !may_have_gaps && !log.has_holes {
        report_missing(dir, &log.missing, &mut verified)?;
    }
    files::check_txn_indexes(dir, list, &log.summary, &mut verified)?;
    files::check_other_files(dir, list, log.end, &mut verified)?;
    Ok(verified)
}

/// What was seen of the log so far.
#[derive(Debug, Default)]
struct LogSoFar {
    /// The offset behind the last batch.
    end: Offset,
    summary: LogSummary,
    /// Whether offsets are missing within a segment, and no damage tells why: then it has been compacted, or was damaged
    /// and mended.
    has_holes: bool,
    /// Between one segment, whose base offset comes first, and the next: offsets, the second not included.
    missing: Vec<(Offset, Offset, Offset)>,
}

/// Reports the offsets that are in no segment, unless a repair has taken them out.
fn report_missing(
    dir: &Path,
    missing: &[(Offset, Offset, Offset)],
    verified: &mut Verified,
) -> Result<(), LogError> {
    if missing.is_empty() {
        return Ok(());
    }
    let names = fs::names_in(dir)?;
    for &(base, from, to) in missing {
        let kept = repair::kept_prefix(&SegmentPath::new(dir, base));
        if !names.iter().any(|name| dir.join(name).to_string_lossy().starts_with(&kept)) {
            let problem = format!(
                "it ends at offset {from}, but the next segment begins at {to}: the offsets {from} to {} are missing",
                to.plus(-1)
            );
            let path = SegmentPath::new(dir, base).log();
            verified.findings.push(Finding { path, problem, remedy: Remedy::None });
        }
    }
    Ok(())
}

/// The check of one segment: its log is walked once, and both indexes beside it.
struct SegmentCheck<'v> {
    segment: SegmentPath,
    segment_end: SegmentEnd,
    verified: &'v mut Verified,
    index: Option<IndexWalk>,
    time: Option<TimeWalk>,
}

impl<'v> SegmentCheck<'v> {
    fn open(
        segment: SegmentPath,
        segment_end: SegmentEnd,
        verified: &'v mut Verified,
    ) -> Result<Self, LogError> {
        let mut check = Self { index: None, time: None, segment, segment_end, verified };
        check.verified.segments += 1;
        let base = check.segment.base_offset();
        match OffsetIndex::open(&check.segment.index(), base)? {
            Some(index) => check.index = Some(IndexWalk::new(index)),
            None => check.find(check.segment.index(), "it is missing".into(), Remedy::RebuildIndex),
        }
        match TimeIndex::open(&check.segment.time_index(), base)? {
            Some(index) => check.time = Some(TimeWalk::new(index)),
            None => check.find(check.segment.time_index(), "it is missing".into(), Remedy::RebuildIndex),
        }
        Ok(check)
    }

    fn find(&mut self, path: PathBuf, problem: String, remedy: Remedy) {
        self.verified.findings.push(Finding { path, problem, remedy });
    }

    /// Walks the segment, and takes note of it in `log`.
    fn run(
        &mut self,
        decoder: &mut RecordDecoder,
        log: &mut LogSoFar,
        watch: &mut Watcher<'_>,
    ) -> Result<ControlFlow<()>, LogError> {
        let path = self.segment.log();
        let mut reader = BatchReader::open(&path)?;
        log.end = self.segment.base_offset();
        // Whether what stood before the batch that comes next was damaged.
        let mut is_behind_damage = false;
        loop {
            let at = reader.position();
            let fault = match reader.advance(Check::Checksums)? {
                Advance::Batch(at) => {
                    let Some(batch) = reader.batch() else { break };
                    let place = place(&reader, at, &batch, log.end, self.segment_end)?;
                    log.has_holes |=
                        place == Place::Fits && batch.header().base_offset > log.end && !is_behind_damage;
                    is_behind_damage = place == Place::Stray;
                    self.check_batch(&batch, at, place, log, decoder)?;
                    let size = batch.size() as u64;
                    self.verified.bytes += size;
                    if watch(size).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                    continue;
                }
                Advance::End => break,
                Advance::Incomplete(there) => format!("only {there} bytes of the batch are there"),
                Advance::Invalid(error) => error.to_string(),
            };
            is_behind_damage = true;
            let found = if self.segment_end.is_torn_append(self.segment.base_offset(), &mut reader)? {
                Found::Nothing
            } else {
                find_valid_batch(reader.file(), &path, Position(at.0 + 1), Some(log.end))?
            };
            let (remedy, go_on) = match found {
                Found::Batch(next) => (Remedy::TakeOut, Some(next)),
                _ if self.segment_end.is_open() => (Remedy::NextWriter, None),
                _ => (Remedy::TakeOut, None),
            };
            self.find(path.clone(), format!("damaged at byte {at}, offset {}: {fault}", log.end), remedy);
            match go_on {
                Some(next) => reader.seek(next),
                None => break,
            }
        }
        if let Some(next) = self.segment_end.next()
            && log.end < next
            && !is_behind_damage
        {
            log.missing.push((self.segment.base_offset(), log.end, next));
        }
        self.check_index_ends(log.end);
        Ok(ControlFlow::Continue(()))
    }

    /// Checks a whole batch, which stands at `place`, and takes note of it.
    fn check_batch(
        &mut self,
        batch: &Batch<'_>,
        at: Position,
        place: Place,
        log: &mut LogSoFar,
        decoder: &mut RecordDecoder,
    ) -> Result<(), LogError> {
        let (mut first, count, mut problem) = check_records(batch, decoder);
        let (last, due) = (batch.last_offset(), log.end);
        let mut remedy = Remedy::None;
        let mut header = *batch.header();
        match place {
            Place::Fits if first >= due => {}
            Place::Overlaps => {
                problem = Some(format!("offsets {first} to {last} reach into the next segment"));
            }
            Place::Fits => {
                problem = Some(format!("offsets {first} to {last} do not belong there: {due} is next"));
            }
            Place::Restorable(offset) => {
                remedy = Remedy::RestoreOffset;
                problem = Some(format!("its base offset must be {offset}, by the batches around it"));
                (first, header.base_offset) = (offset, offset);
            }
            Place::Stray => {
                remedy = Remedy::TakeOut;
                problem = Some(format!("offsets {first} to {last} do not belong there: {due} is next"));
            }
        }
        if let Some(problem) = problem {
            let path = self.segment.log();
            let said = batch.header().base_offset;
            self.find(path, format!("the batch at byte {at} (offset {said}): {problem}"), remedy);
        } else {
            self.verified.batches += 1;
            self.verified.records += count;
        }
        if place == Place::Stray {
            return Ok(());
        }
        let last = header.last_offset();
        log.end = due.max(last.next());
        follow_transactions(batch, &header, decoder, &mut log.summary);
        let indexed = Indexed { at, first, last, max_timestamp: header.max_timestamp };
        if let Some(problem) = self.index.as_mut().map_or(Ok(None), |walk| walk.on_batch(&indexed))? {
            self.find(self.segment.index(), problem, Remedy::RebuildIndex);
        }
        let base = self.segment.base_offset();
        if let Some(problem) = self.time.as_mut().map_or(Ok(None), |walk| walk.on_batch(&indexed, base))? {
            self.find(self.segment.time_index(), problem, Remedy::RebuildIndex);
        }
        Ok(())
    }

    fn check_index_ends(&mut self, end: Offset) {
        let is_closed = !self.segment_end.is_open();
        if let Some(problem) = self.index.as_ref().and_then(|walk| walk.at_end(end, is_closed)) {
            self.find(self.segment.index(), problem, Remedy::RebuildIndex);
        }
        if let Some(problem) = self.time.as_ref().and_then(|walk| walk.at_end(is_closed)) {
            self.find(self.segment.time_index(), problem, Remedy::RebuildIndex);
        }
    }
}

/// Reads the records of a whole batch: the offset of the first, how many there are, and what is wrong with them.
fn check_records(batch: &Batch<'_>, decoder: &mut RecordDecoder) -> (Offset, u64, Option<String>) {
    let header = batch.header();
    let (mut first, last) = (header.base_offset, batch.last_offset());
    let mut problem = header.fault(batch.size()).map(|fault| fault.to_string());
    let mut count = 0;
    let walked = decoder.records(batch).and_then(|mut records| {
        let mut before = None;
        while let Some(record) = records.next()? {
            if before.is_none() && batch.magic() < 2 {
                first = record.offset;
            }
            let goes_back = before.map_or(record.offset < first, |before| record.offset <= before);
            if goes_back || record.offset > last {
                problem = Some(format!("the record at offset {} is out of order", record.offset));
            }
            if header.attributes.is_control()
                && let Err(fault) = control::check(&record)
            {
                problem = Some(format!("the record at offset {}: {fault}", record.offset));
            }
            before = Some(record.offset);
            count += 1;
        }
        Ok(())
    });
    if let Err(error) = walked {
        problem = Some(error.to_string());
    }
    (first, count, problem)
}

/// As [`files::leader_epochs_problem`].
pub(super) use files::leader_epochs_problem;

/// Whether both indexes of a segment are there and lead where they should; `is_closed` if it is no longer appended to.
pub(super) fn has_sound_indexes(segment: &SegmentPath, is_closed: bool) -> Result<bool, LogError> {
    let mut verified = Verified::default();
    let segment_end = if is_closed { SegmentEnd::Before(Offset(i64::MAX)) } else { SegmentEnd::Open(None) };
    let mut check = SegmentCheck::open(segment.clone(), segment_end, &mut verified)?;
    let mut log = LogSoFar::default();
    let _ = check.run(&mut RecordDecoder::new(), &mut log, &mut |_| ControlFlow::Continue(()))?;
    let indexes = [segment.index(), segment.time_index()];
    Ok(!verified.findings.iter().any(|finding| indexes.contains(&finding.path)))
}

/// Takes note of what a batch with this header means to transactions. What cannot be decoded has been found already.
fn follow_transactions(
    batch: &Batch<'_>,
    header: &BatchHeader,
    decoder: &mut RecordDecoder,
    summary: &mut LogSummary,
) {
    summary.pass(header);
    if header.producer_id < 0 {
        return;
    }
    let marker = if header.attributes.is_control() { marker_of(batch, decoder) } else { Ok(None) };
    if let Ok(marker) = marker {
        summary.observe(header, marker);
    }
}
