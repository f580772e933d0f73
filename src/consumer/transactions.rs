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
    /// The markers of each producer that have been found and not been passed, in order, and whether they commit.
    markers: HashMap<i64, VecDeque<(Offset, bool)>>,
    /// Whose each of these is, in the order of the log.
    producers: VecDeque<(Offset, i64)>,
    decoder: RecordDecoder,
}

impl Transactions {
    /// Those of the partition in `dir`, whose log start offset is `floor` at the least.
    pub(super) fn new(dir: &Path, floor: Offset) -> Self {
        Self {
            scout: LogReader::new(dir, floor),
            has_begun: false,
            markers: HashMap::new(),
            producers: VecDeque::new(),
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
        self.forget_before(offset);
        loop {
            let marker = self.markers.get(&producer_id).and_then(VecDeque::front);
            if let Some((_, commits)) = marker {
                return Ok(match commits {
                    true => TransactionFate::Committed,
                    false => TransactionFate::Aborted,
                });
            }
            let Some(batch) = self.scout.next()? else { return Ok(TransactionFate::Open) };
            if !batch.header().attributes.is_control() {
                continue;
            }
            let (producer_id, at) = (batch.header().producer_id, batch.header().base_offset);
            match end_marker(&batch, &mut self.decoder) {
                // One that is passed already decides nothing that will be asked for.
                Ok(Some(_)) if at < offset => {}
                Ok(Some(commits)) => {
                    self.markers.entry(producer_id).or_default().push_back((at, commits));
                    self.producers.push_back((at, producer_id));
                }
                Ok(None) => {}
                Err(error) => return Err(self.scout.undecodable(&error)),
            }
        }
    }

    /// As [`LogReader::let_files_go`].
    pub(super) fn let_files_go(&mut self) {
        self.scout.let_files_go();
    }

    /// Forgets the markers before `offset`, whosever they are: what is remembered does not grow with the log.
    fn forget_before(&mut self, offset: Offset) {
        while let Some((at, producer_id)) = self.producers.front().copied()
            && at < offset
        {
            self.producers.pop_front();
            if let Some(markers) = self.markers.get_mut(&producer_id) {
                markers.pop_front();
                if markers.is_empty() {
                    self.markers.remove(&producer_id);
                }
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

    /// As [`LogReader::let_files_go`].
    pub(super) fn let_files_go(&mut self) {
        self.scout.let_files_go();
    }

    /// The offset of the first transaction that is open at present, or the log end offset.
    ///
    /// # Errors
    /// When the log is damaged or gone.
    pub(super) fn look_up(&mut self) -> Result<Offset, LogError> {
        while let Some(batch) = self.scout.next()? {
            let header = *batch.header();
            if !header.attributes.is_transactional() {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Durability, LogAppender, LogConfig};
    use crate::record::control::EndMarker;
    use crate::record::{
        BatchBuilder, BatchProducer, Compression, Compressor, EncodedBatch, NewRecord, Timestamp,
    };

    /// A log of so many transactions, one after the other and each of another producer. Every third is aborted.
    fn log_of(transactions: i64) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        let mut appender = LogAppender::open(dir.path(), LogConfig::default()).expect("a log");
        let mut compressor = Compressor::new(Compression::None, None).expect("none");
        for producer_id in 0..transactions {
            let mut builder = BatchBuilder::new();
            builder.push(&NewRecord { timestamp: Timestamp(1), key: None, value: Some(b"x"), headers: &[] });
            builder.set_producer(BatchProducer::in_transaction(producer_id, 0, 0));
            let mut batch = EncodedBatch::default();
            builder.finish(&mut compressor, None, &mut batch).expect("it finishes");
            appender.append(&mut batch, Durability::Written).expect("appended");
            let commits = producer_id % 3 != 0;
            let marker = EndMarker { producer_id, producer_epoch: 0, coordinator_epoch: 0, commits };
            appender.end_transaction(&marker, Offset::ZERO).expect("ended");
        }
        dir
    }

    #[test]
    fn markers_that_were_passed_are_forgotten() {
        let dir = log_of(100);
        let mut transactions = Transactions::new(dir.path(), Offset::ZERO);
        for producer_id in 0..100 {
            let fate = transactions.fate(producer_id, Offset(2 * producer_id)).expect("readable");
            let expected = match producer_id % 3 {
                0 => TransactionFate::Aborted,
                _ => TransactionFate::Committed,
            };
            assert_eq!(fate, expected, "{producer_id}");
            assert!(transactions.markers.len() <= 1 && transactions.producers.len() <= 1);
        }
        assert_eq!(transactions.fate(7, Offset(200)).expect("readable"), TransactionFate::Open);
        assert!(transactions.markers.is_empty() && transactions.producers.is_empty());
    }

    /// What is wanted lies far ahead: what is found on the way is wanted later, and is still there then.
    #[test]
    fn markers_ahead_are_remembered() {
        let dir = log_of(10);
        let mut transactions = Transactions::new(dir.path(), Offset::ZERO);
        assert_eq!(transactions.fate(9, Offset(0)).expect("readable"), TransactionFate::Aborted);
        assert_eq!(transactions.producers.len(), 10);
        for (producer_id, offset) in [(1, 2), (1, 3), (4, 8)] {
            let fate = transactions.fate(producer_id, Offset(offset)).expect("readable");
            assert_eq!(fate, TransactionFate::Committed, "{producer_id}");
        }
        assert_eq!(transactions.producers.len(), 6);
        assert_eq!(transactions.fate(1, Offset(8)).expect("readable"), TransactionFate::Open);
    }
}
