//! Checking everything that a partition's folder holds. Nothing is changed here; [`super::repair`] mends.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::batch_reader::{BatchReader, Check, Found, Step, find_valid_batch};
use super::checkpoint::read_leader_epochs;
use super::cleaner::{LogSummary, Watcher, marker_of};
use super::error::LogError;
use super::offset_index::OffsetIndex;
use super::segment::{CLEANED_SUFFIX, DELETED_SUFFIX, Position, SWAP_SUFFIX, SegmentList, SegmentPath};
use super::time_index::{ENTRY_LEN, TimeEntry};
use super::txn_index;
use crate::fs::{self, IoContext as _};
use crate::record::{Batch, Offset, RecordDecoder, Timestamp, control};

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
    /// `verify --repair` makes an index anew.
    RebuildIndex,
    /// `verify --repair` takes the damaged piece out; its records are lost already.
    TakeOut,
    /// `verify --repair` removes what interrupted work has left.
    Remove,
    /// A person has to look at it.
    None,
}

impl Remedy {
    /// The remedy in words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::NextWriter => "the next producer mends it, and so does verify --repair",
            Self::RebuildIndex => "verify --repair makes it anew from the log",
            Self::TakeOut => "verify --repair takes the damaged piece out and keeps it beside the log",
            Self::Remove => "verify --repair removes it",
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

/// Reads all of the partition in `dir`. `watch` is asked after each batch whether to go on.
///
/// # Errors
/// When a file cannot be read; damage is a finding, not an error.
pub fn verify(dir: &Path, watch: &mut Watcher<'_>) -> Result<Verified, LogError> {
    let list = SegmentList::read(dir)?;
    let mut verified = Verified::default();
    let mut decoder = RecordDecoder::new();
    let mut summary = LogSummary::default();
    let mut end = list.logs.first().copied().unwrap_or(Offset::ZERO);
    for (n, &base) in list.logs.iter().enumerate() {
        let next = list.logs.get(n + 1).copied();
        let mut check = SegmentCheck::open(SegmentPath::new(dir, base), next, &mut verified)?;
        if base < end {
            let problem = format!("it begins at offset {base}, but the segment before it ends at {end}");
            check.find(check.segment.log(), problem, Remedy::None);
        }
        end = match check.run(&mut decoder, &mut summary, watch)? {
            ControlFlow::Continue(segment_end) => segment_end,
            ControlFlow::Break(()) => return Ok(verified),
        };
    }
    check_txn_indexes(dir, &list, &summary, &mut verified)?;
    check_other_files(dir, &list, end, &mut verified)?;
    Ok(verified)
}

/// The check of one segment: its log is walked once, and both indexes beside it.
struct SegmentCheck<'v> {
    segment: SegmentPath,
    /// The base offset of the next segment; `None` for the active one.
    next: Option<Offset>,
    verified: &'v mut Verified,
    index: Option<IndexWalk>,
    time: Option<TimeWalk>,
}

impl<'v> SegmentCheck<'v> {
    fn open(
        segment: SegmentPath,
        next: Option<Offset>,
        verified: &'v mut Verified,
    ) -> Result<Self, LogError> {
        let mut check = Self { index: None, time: None, segment, next, verified };
        check.verified.segments += 1;
        let base = check.segment.base_offset();
        match OffsetIndex::open(&check.segment.index(), base)? {
            Some(index) => check.index = Some(IndexWalk { index, at: 0, last: None, is_broken: false }),
            None => check.find(check.segment.index(), "it is missing".into(), Remedy::RebuildIndex),
        }
        match fs::read_if_present(&check.segment.time_index())? {
            Some(bytes) => check.time = Some(TimeWalk::new(bytes, base)),
            None => check.find(check.segment.time_index(), "it is missing".into(), Remedy::RebuildIndex),
        }
        Ok(check)
    }

    fn find(&mut self, path: PathBuf, problem: String, remedy: Remedy) {
        self.verified.findings.push(Finding { path, problem, remedy });
    }

    /// Walks the log; answers where it ends.
    fn run(
        &mut self,
        decoder: &mut RecordDecoder,
        summary: &mut LogSummary,
        watch: &mut Watcher<'_>,
    ) -> Result<ControlFlow<(), Offset>, LogError> {
        let path = self.segment.log();
        let mut reader = BatchReader::open(&path)?;
        let mut end = self.segment.base_offset();
        loop {
            let at = reader.position();
            let fault = match reader.next(Check::Checksums)? {
                Step::Batch(at, batch) => {
                    let size = batch.size() as u64;
                    self.check_batch(&batch, at, end, decoder);
                    follow_transactions(&batch, decoder, summary);
                    end = end.max(batch.last_offset().next());
                    self.verified.bytes += size;
                    if watch(size).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                    continue;
                }
                Step::End => break,
                Step::Incomplete(there) => format!("only {there} bytes of the batch are there"),
                Step::Invalid(error) => error.to_string(),
            };
            let found = find_valid_batch(reader.file(), &path, Position(at.0 + 1), Some(end))?;
            let (remedy, go_on) = match found {
                Found::Batch(next) => (Remedy::TakeOut, Some(next)),
                _ if self.next.is_none() => (Remedy::NextWriter, None),
                _ => (Remedy::TakeOut, None),
            };
            self.find(path.clone(), format!("damaged at byte {at}, offset {end}: {fault}"), remedy);
            match go_on {
                Some(next) => reader.seek(next),
                None => break,
            }
        }
        self.check_index_ends();
        Ok(ControlFlow::Continue(end))
    }

    fn check_batch(&mut self, batch: &Batch<'_>, at: Position, end: Offset, decoder: &mut RecordDecoder) {
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
        if first < end || last < first || self.next.is_some_and(|next| last >= next) {
            problem = Some(format!("offsets {first} to {last} do not belong there: {end} is next"));
        }
        if let Some(problem) = problem {
            let path = self.segment.log();
            self.find(path, format!("the batch at byte {at} (offset {first}): {problem}"), Remedy::None);
        } else {
            self.verified.batches += 1;
            self.verified.records += count;
        }
        if let Some(Err(problem)) = self.index.as_mut().map(|walk| walk.on_batch(at, first, last)) {
            self.find(self.segment.index(), problem, Remedy::RebuildIndex);
        }
        if let Some(Err(problem)) = self.time.as_mut().map(|walk| walk.on_batch(last, header.max_timestamp)) {
            self.find(self.segment.time_index(), problem, Remedy::RebuildIndex);
        }
    }

    fn check_index_ends(&mut self) {
        let remedy = if self.next.is_none() { Remedy::NextWriter } else { Remedy::RebuildIndex };
        if let Some(problem) = self.index.as_mut().and_then(IndexWalk::at_end) {
            self.find(self.segment.index(), problem, remedy);
        }
        let is_closed = self.next.is_some();
        if let Some(problem) = self.time.as_mut().and_then(|walk| walk.at_end(is_closed)) {
            self.find(self.segment.time_index(), problem, remedy);
        }
    }
}

/// Goes through an offset index beside its log.
struct IndexWalk {
    index: OffsetIndex,
    at: u64,
    last: Option<Offset>,
    is_broken: bool,
}

impl IndexWalk {
    fn on_batch(&mut self, at: Position, first: Offset, last: Offset) -> Result<(), String> {
        while !self.is_broken && self.at < self.index.len() {
            let Ok(entry) = self.index.entry(self.at) else { return Ok(()) };
            if entry.position > at {
                return Ok(());
            }
            let is_in_order = self.last.is_none_or(|before| before < entry.offset);
            if entry.position < at || entry.offset < first || !is_in_order {
                self.is_broken = true;
                return Err(format!(
                    "entry {} leads offset {} to byte {}, which is not where its batch begins",
                    self.at, entry.offset, entry.position
                ));
            }
            // A broker's entry may have the last offset of several batches, of which this is the first.
            self.last = Some(entry.offset.max(last));
            self.at += 1;
        }
        Ok(())
    }

    fn at_end(&mut self) -> Option<String> {
        let left = self.index.len() - self.at;
        (!self.is_broken && left > 0)
            .then(|| format!("its last {left} entries lead behind the end of the log"))
    }
}

/// Goes through a time index beside its log.
struct TimeWalk {
    entries: Vec<TimeEntry>,
    at: usize,
    max: Timestamp,
    is_broken: bool,
}

impl TimeWalk {
    fn new(mut bytes: Vec<u8>, base: Offset) -> Self {
        // A live broker's file has room at its end.
        while bytes.len() >= ENTRY_LEN && bytes.ends_with(&[0; ENTRY_LEN]) {
            bytes.truncate(bytes.len() - ENTRY_LEN);
        }
        let (entries, _) = bytes.as_chunks::<ENTRY_LEN>();
        let entries = entries.iter().map(|entry| TimeEntry::decode(entry, base)).collect();
        Self { entries, at: 0, max: Timestamp::NONE, is_broken: false }
    }

    fn on_batch(&mut self, last: Offset, max: Timestamp) -> Result<(), String> {
        self.max = self.max.max(max);
        while let Some(entry) = self.entries.get(self.at)
            && entry.offset <= last
            && !self.is_broken
        {
            let is_in_order = self.at == 0 || self.entries[self.at - 1].timestamp < entry.timestamp;
            if !is_in_order || entry.timestamp > self.max {
                self.is_broken = true;
                return Err(format!(
                    "entry {} says that {} is reached at offset {}, which it is not",
                    self.at, entry.timestamp, entry.offset
                ));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn at_end(&mut self, is_closed: bool) -> Option<String> {
        if self.is_broken {
            return None;
        }
        if self.at < self.entries.len() {
            return Some(format!(
                "its last {} entries lead behind the end of the log",
                self.entries.len() - self.at
            ));
        }
        let last = self.entries.last().map_or(Timestamp::NONE, |entry| entry.timestamp);
        (is_closed && last < self.max)
            .then(|| format!("it ends with the timestamp {last}, but the segment's largest is {}", self.max))
    }
}

/// Whether both indexes of a closed segment are there and lead where they should.
pub(super) fn has_sound_indexes(segment: &SegmentPath, next: Offset) -> Result<bool, LogError> {
    let mut verified = Verified::default();
    let mut check = SegmentCheck::open(segment.clone(), Some(next), &mut verified)?;
    let mut summary = LogSummary::default();
    let _ = check.run(&mut RecordDecoder::new(), &mut summary, &mut |_| ControlFlow::Continue(()))?;
    Ok(!verified.findings.iter().any(|finding| finding.remedy == Remedy::RebuildIndex))
}

/// Takes note of what a batch means to transactions. What cannot be decoded has been found already.
fn follow_transactions(batch: &Batch<'_>, decoder: &mut RecordDecoder, summary: &mut LogSummary) {
    let header = batch.header();
    if batch.magic() < 2 || header.producer_id < 0 {
        return;
    }
    let marker = if header.attributes.is_control() { marker_of(batch, decoder) } else { Ok(None) };
    if let Ok(marker) = marker {
        summary.observe(header, marker);
    }
}

/// Whether each aborted transaction has its entry. An entry that tells of nothing in the log does no harm.
fn check_txn_indexes(
    dir: &Path,
    list: &SegmentList,
    summary: &LogSummary,
    verified: &mut Verified,
) -> Result<(), LogError> {
    for &base in &list.logs {
        let segment = SegmentPath::new(dir, base);
        let (entries, is_whole) = txn_index::entries(&segment)?;
        let mut find = |problem: String| {
            let (path, remedy) = (segment.txn_index(), Remedy::RebuildIndex);
            verified.findings.push(Finding { path, problem, remedy });
        };
        if !is_whole {
            find("it ends within an entry".into());
        }
        for missing in txn_index::missing(summary.aborted_in(base, list.after(base)), &entries) {
            find(format!(
                "the transaction of producer {} that was aborted at offset {} is not in it",
                missing.producer_id, missing.last_offset
            ));
        }
    }
    Ok(())
}

fn check_other_files(
    dir: &Path,
    list: &SegmentList,
    end: Offset,
    verified: &mut Verified,
) -> Result<(), LogError> {
    let mut find = |path: PathBuf, problem: String, remedy| {
        verified.findings.push(Finding { path, problem, remedy });
    };
    for entry in std::fs::read_dir(dir).context_io("read the folder", dir)? {
        let name = entry.context_io("read the folder", dir)?.file_name();
        let Some(name) = name.to_str() else { continue };
        let path = dir.join(name);
        if name.ends_with(SWAP_SUFFIX) {
            find(path, "a cleaning died while it put this in place".into(), Remedy::NextWriter);
        } else if name.ends_with(CLEANED_SUFFIX) || fs::is_temporary_name(name) {
            find(path, "somebody is writing it, or died doing so".into(), Remedy::Remove);
        } else if !name.ends_with(DELETED_SUFFIX)
            && let Some(base) = SegmentPath::parse_base_offset(name)
            && (name.ends_with("index") || name.ends_with(".log"))
            && list.logs.binary_search(&base).is_err()
        {
            find(path, "it has no log beside it".into(), Remedy::NextWriter);
        }
    }
    let path = dir.join(super::checkpoint::LEADER_EPOCH_CHECKPOINT);
    match read_leader_epochs(dir) {
        Ok(entries) => {
            let entries = entries.unwrap_or_default();
            let is_in_order =
                entries.is_sorted_by(|a, b| a.epoch < b.epoch && a.start_offset <= b.start_offset);
            if !is_in_order {
                find(path, "its epochs are not in order".into(), Remedy::None);
            } else if let Some(last) = entries.last().filter(|last| last.start_offset > end) {
                let problem = format!(
                    "epoch {} begins at {}, behind the end of the log",
                    last.epoch, last.start_offset
                );
                find(path, problem, Remedy::None);
            }
        }
        Err(error @ LogError::Checkpoint(_)) => find(path, error.to_string(), Remedy::None),
        Err(error) => return Err(error),
    }
    Ok(())
}
