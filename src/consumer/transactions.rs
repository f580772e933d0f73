//! What became of transactions (`isolation.level=read_committed`).

use std::collections::{HashMap, VecDeque};
use std::path::Path;

use crate::log::{LogError, LogReader};
use crate::record::control::ControlType;
use crate::record::{Batch, BatchError, Offset, RecordDecoder};

/// What became of the transaction that a batch belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionFate {
    /// A marker commits it.
    Committed,
    /// A marker aborts it.
    Aborted,
    /// It is open yet: neither it nor anything behind it is stable.
    Open,
}

impl TransactionFate {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Aborted => "aborted",
            Self::Open => "open",
        }
    }
}

/// Finds the markers that end transactions, which stand in the log behind what they decide. Reads ahead no
/// further than to the marker that is wanted, and every batch once.
#[derive(Debug)]
pub(super) struct Transactions {
    /// Where the markers are looked for; opened with the first batch of a transaction.
    scout: LogReader,
    has_begun: bool,
    /// The markers of each producer that have been found, in order, and whether they commit.
    markers: HashMap<i64, VecDeque<(Offset, bool)>>,
    decoder: RecordDecoder,
}

impl Transactions {
    /// Those of the partition in `dir`, whose log start offset is `floor` at the least.
    pub(super) fn new(dir: &Path, floor: Offset) -> Self {
        Self {
            scout: LogReader::new(dir, floor),
            has_begun: false,
            markers: HashMap::new(),
            decoder: RecordDecoder::new(),
        }
    }

    /// What became of the transaction of producer `producer_id` that has a batch at `offset`. Offsets that are
    /// asked for do not go down.
    ///
    /// # Errors
    /// When the log is damaged or gone.
    pub(super) fn fate(&mut self, producer_id: i64, offset: Offset) -> Result<TransactionFate, LogError> {
        if !self.has_begun {
            self.scout.seek(offset)?;
            self.has_begun = true;
        }
        loop {
            if let Some(markers) = self.markers.get_mut(&producer_id) {
                while markers.front().is_some_and(|(at, _)| *at < offset) {
                    markers.pop_front();
                }
                if let Some((_, commits)) = markers.front() {
                    return Ok(match commits {
                        true => TransactionFate::Committed,
                        false => TransactionFate::Aborted,
                    });
                }
            }
            let Some(batch) = self.scout.next()? else { return Ok(TransactionFate::Open) };
            if !batch.header().attributes.is_control() || batch.magic() < 2 {
                continue;
            }
            let (producer_id, at) = (batch.header().producer_id, batch.header().base_offset);
            match end_marker(&batch, &mut self.decoder) {
                Ok(Some(commits)) => self.markers.entry(producer_id).or_default().push_back((at, commits)),
                Ok(None) => {}
                Err(error) => return Err(self.scout.undecodable(&error)),
            }
        }
    }
}

/// Finds the last stable offset, reading every batch of the log once.
#[derive(Debug)]
pub(super) struct LastStable {
    scout: LogReader,
    /// Where the open transaction of each producer begins.
    open: HashMap<i64, Offset>,
    decoder: RecordDecoder,
}

impl LastStable {
    /// That of the partition in `dir`, whose log start offset is `floor` at the least.
    pub(super) fn new(dir: &Path, floor: Offset) -> Self {
        Self { scout: LogReader::new(dir, floor), open: HashMap::new(), decoder: RecordDecoder::new() }
    }

    /// The offset of the first transaction that is open at present, or the log end offset.
    ///
    /// # Errors
    /// When the log is damaged or gone.
    pub(super) fn look_up(&mut self) -> Result<Offset, LogError> {
        while let Some(batch) = self.scout.next()? {
            let header = *batch.header();
            if batch.magic() < 2 || !header.attributes.is_transactional() {
                continue;
            }
            if !header.attributes.is_control() {
                self.open.entry(header.producer_id).or_insert(header.base_offset);
                continue;
            }
            match end_marker(&batch, &mut self.decoder) {
                Ok(Some(_)) => drop(self.open.remove(&header.producer_id)),
                Ok(None) => {}
                Err(error) => return Err(self.scout.undecodable(&error)),
            }
        }
        Ok(self.open.values().min().copied().unwrap_or(self.scout.next_offset()))
    }
}

/// Whether a control batch commits or aborts; `None` when it does neither.
fn end_marker(batch: &Batch<'_>, decoder: &mut RecordDecoder) -> Result<Option<bool>, BatchError> {
    let mut records = decoder.records(batch)?;
    while let Some(record) = records.next()? {
        match ControlType::of(&record) {
            Ok(ControlType::Commit) => return Ok(Some(true)),
            Ok(ControlType::Abort) => return Ok(Some(false)),
            _ => {}
        }
    }
    Ok(None)
}
