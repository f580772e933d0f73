//! Which batches of transactions may go (Kafka's `CleanedTransactionMetadata`).

use std::collections::{HashMap, HashSet};

use crate::log::txn_index::AbortedTxn;
use crate::record::control::ControlType;
use crate::record::{Batch, BatchError, Offset, RecordDecoder};

/// What the marker in the control batch `batch` says; `None` where compaction has emptied it.
pub(in crate::log) fn marker_of(
    batch: &Batch<'_>,
    decoder: &mut RecordDecoder,
) -> Result<Option<ControlType>, BatchError> {
    let mut records = decoder.records(batch)?;
    match records.next()? {
        Some(record) => {
            ControlType::of(&record).map(Some).map_err(|reason| BatchError::Record { index: 0, reason })
        }
        None => Ok(None),
    }
}

/// Follows the transactions in a walk over batches in their order.
#[derive(Debug)]
pub(in crate::log) struct Transactions<'a> {
    /// Aborted transactions that are still to come, by their first offset.
    coming: &'a [AbortedTxn],
    from: Offset,
    committing: HashSet<i64>,
    aborting: HashMap<i64, Aborting>,
}

#[derive(Debug)]
struct Aborting {
    transaction: AbortedTxn,
    /// Whether a batch of it is still in the log.
    has_batches: bool,
}

/// What becomes of a control batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::log) struct MarkerFate {
    /// Whether no batch of its transaction is left, so that it may go in time.
    pub(in crate::log) is_orphan: bool,
    /// The aborted transaction that it ends, if batches of that are left.
    pub(in crate::log) aborted: Option<AbortedTxn>,
}

impl<'a> Transactions<'a> {
    /// Follows a walk that begins at `from`; `aborted` are the aborted transactions of the log by their
    /// first offset.
    pub(in crate::log) fn new(aborted: &'a [AbortedTxn], from: Offset) -> Self {
        Self { coming: aborted, from, committing: HashSet::new(), aborting: HashMap::new() }
    }

    fn begin_up_to(&mut self, offset: Offset) {
        while let Some((first, rest)) = self.coming.split_first()
            && first.first_offset <= offset
        {
            self.coming = rest;
            // What ended before the walk began must not be taken for a later one of the same producer.
            if first.last_offset >= self.from {
                let entry = Aborting { transaction: *first, has_batches: false };
                self.aborting.entry(first.producer_id).or_insert(entry);
            }
        }
    }

    /// Takes note of a batch of data; whether it belongs to an aborted transaction.
    pub(in crate::log) fn on_batch(&mut self, batch: &Batch<'_>) -> bool {
        self.begin_up_to(batch.last_offset());
        let header = batch.header();
        if !header.attributes.is_transactional() {
            return false;
        }
        match self.aborting.get_mut(&header.producer_id) {
            Some(aborting) => {
                aborting.has_batches = true;
                true
            }
            None => {
                self.committing.insert(header.producer_id);
                false
            }
        }
    }

    /// Takes note of a control batch with this marker.
    pub(in crate::log) fn on_marker(&mut self, batch: &Batch<'_>, marker: Option<ControlType>) -> MarkerFate {
        self.begin_up_to(batch.last_offset());
        let producer = batch.header().producer_id;
        let (is_orphan, aborted) = match marker {
            Some(ControlType::Abort) => match self.aborting.remove(&producer) {
                Some(aborting) if aborting.has_batches => (false, Some(aborting.transaction)),
                _ => (true, None),
            },
            Some(ControlType::Commit) => (!self.committing.remove(&producer), None),
            Some(_) => (false, None),
            None => (true, None),
        };
        MarkerFate { is_orphan, aborted }
    }
}
