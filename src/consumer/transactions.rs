//! What became of transactions (`isolation.level=read_committed`).

use std::collections::{HashMap, VecDeque};
use std::path::Path;

use crate::log::{LogError, LogReader};
use crate::record::control::ControlType;
use crate::record::{Batch, BatchError, Offset, RecordDecoder};

/// What became of the transaction that a batch belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Committed,
    Aborted,
    /// It is open yet: neither it nor anything behind it is stable.
    Open,
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
    pub(super) fn fate(&mut self, producer_id: i64, offset: Offset) -> Result<Fate, LogError> {
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
                    return Ok(if *commits { Fate::Committed } else { Fate::Aborted });
                }
            }
            let Some(batch) = self.scout.next()? else { return Ok(Fate::Open) };
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
