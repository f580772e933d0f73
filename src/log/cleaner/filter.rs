//! Which records of a batch stay, and what the batch looks like then (Kafka's `MemoryRecords.filterTo` with
//! the filter of `Cleaner.cleanInto`).

use super::offset_map::OffsetMap;
use super::summary::LogSummary;
use super::transactions::{Transactions, marker_of};
use crate::log::txn_index::AbortedTxn;
use crate::record::{
    Batch, BatchError, BatchHeader, Offset, RecordDecoder, RecordRef, RetainedBatch, Timestamp, empty_batch,
};

/// Filters batches in their order.
#[derive(Debug)]
pub(super) struct BatchFilter<'a> {
    map: &'a OffsetMap,
    summary: &'a LogSummary,
    transactions: Transactions<'a>,
    now: Timestamp,
    delete_retention_ms: i64,
    /// The offset after the last that may be cleaned at all: the batch before it stays, be it empty, so
    /// that it can be seen where the cleaned part ends.
    upper_bound: Offset,
    /// Whether tombstones of magic 0 and 1 stay, which have no room for a delete horizon.
    pub(super) keeps_legacy_tombstones: bool,
    retained: RetainedBatch,
    decoder: RecordDecoder,
    counts: Counts,
}

/// What a filter has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) records: u64,
    pub(super) records_kept: u64,
    pub(super) without_key: u64,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filtered {
    /// Nothing of it is left.
    Dropped,
    /// A batch with this header has been added to the output.
    Kept(BatchHeader),
}

/// What is decided of a batch before its records are looked at.
#[derive(Debug, Clone, Copy)]
struct BatchFate {
    /// No record of it stays.
    discards_records: bool,
    /// It stays even if none of its records does.
    stays_when_empty: bool,
    /// It is a marker whose transaction has no batch left: its time runs from now.
    is_orphan_marker: bool,
}

impl<'a> BatchFilter<'a> {
    /// Filters by what `map` knows of keys; `upper_bound` is the offset after the last that may be cleaned.
    pub(super) fn new(
        map: &'a OffsetMap,
        summary: &'a LogSummary,
        upper_bound: Offset,
        now: Timestamp,
        delete_retention_ms: i64,
    ) -> Self {
        Self {
            map,
            summary,
            transactions: Transactions::new(&summary.aborted, Offset::ZERO),
            now,
            delete_retention_ms,
            upper_bound,
            keeps_legacy_tombstones: true,
            retained: RetainedBatch::default(),
            decoder: RecordDecoder::new(),
            counts: Counts::default(),
        }
    }

    /// What was seen so far.
    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Appends what is left of `batch` to `out`. An aborted transaction that it ends, and of which batches
    /// are left, is added to `aborted`.
    pub(super) fn filter(
        &mut self,
        batch: &Batch<'_>,
        out: &mut Vec<u8>,
        aborted: &mut Vec<AbortedTxn>,
    ) -> Result<Filtered, BatchError> {
        let fate = self.fate(batch, aborted)?;
        let header = batch.header();
        if fate.discards_records && !fate.stays_when_empty {
            self.counts.records += u64::from(header.count.max(0).cast_unsigned());
            return Ok(Filtered::Dropped);
        }
        let horizon = header.delete_horizon();
        let before = self.counts;
        let mut kept = self.collect(batch, fate, horizon)?;
        if self.retained.count() == 0 {
            if fate.stays_when_empty && batch.magic() >= 2 {
                return Ok(Filtered::Kept(empty_batch(header, out)));
            }
            return Ok(Filtered::Dropped);
        }
        if batch.magic() >= 2 && horizon.is_none() && (kept.tombstones || fate.is_orphan_marker) {
            // From now on it is known when these may go.
            self.counts = before;
            let horizon = Timestamp(self.now.0.saturating_add(self.delete_retention_ms));
            kept = self.collect(batch, fate, Some(horizon))?;
        } else if kept.all {
            out.extend_from_slice(batch.bytes());
            return Ok(Filtered::Kept(*header));
        }
        debug_assert!(kept.tombstones || fate.is_orphan_marker || !kept.all);
        let codec = batch.compression()?;
        let finished = self.retained.finish(out);
        finished.map(Filtered::Kept).map_err(|e| BatchError::Compress { codec, reason: e.to_string() })
    }

    fn fate(&mut self, batch: &Batch<'_>, aborted: &mut Vec<AbortedTxn>) -> Result<BatchFate, BatchError> {
        let header = batch.header();
        let is_control = header.attributes.is_control();
        let (discards_records, is_orphan_marker) = if is_control {
            let marker = marker_of(batch, &mut self.decoder)?;
            let fate = self.transactions.on_marker(batch, marker);
            aborted.extend(fate.aborted);
            // A marker goes as late as a tombstone would.
            let is_due = header.delete_horizon().is_some_and(|horizon| horizon <= self.now);
            (fate.is_orphan && is_due, fate.is_orphan)
        } else {
            (self.transactions.on_batch(batch), false)
        };
        let stays_when_empty = self.summary.is_last_of_producer(header, self.now)
            || batch.last_offset().next() == self.upper_bound;
        Ok(BatchFate { discards_records, stays_when_empty, is_orphan_marker })
    }

    /// Collects the records that stay.
    fn collect(
        &mut self,
        batch: &Batch<'_>,
        fate: BatchFate,
        horizon: Option<Timestamp>,
    ) -> Result<KeptRecords, BatchError> {
        let header = batch.header();
        self.retained.begin(header, horizon);
        let mut kept = KeptRecords { all: true, tombstones: false };
        let rules = RecordRules {
            map: self.map,
            is_control: header.attributes.is_control(),
            discards: fate.discards_records,
            keeps_tombstones: match (batch.magic(), header.delete_horizon()) {
                (0 | 1, _) => self.keeps_legacy_tombstones,
                (_, Some(horizon)) => self.now < horizon,
                (_, None) => true,
            },
        };
        let mut records = self.decoder.records(batch)?;
        while let Some(record) = records.next()? {
            self.counts.records += 1;
            self.counts.without_key += u64::from(record.key.is_none() && !rules.is_control);
            if rules.retains(&record) {
                self.counts.records_kept += 1;
                kept.tombstones |= record.value.is_none();
                self.retained.push(&record);
            } else {
                kept.all = false;
            }
        }
        Ok(kept)
    }
}

/// What was found of the records that stay.
#[derive(Debug, Clone, Copy)]
struct KeptRecords {
    /// Whether these are all.
    all: bool,
    /// Whether there are tombstones among them.
    tombstones: bool,
}

/// What decides on a record of one batch (`Cleaner.shouldRetainRecord`).
struct RecordRules<'a> {
    map: &'a OffsetMap,
    is_control: bool,
    discards: bool,
    keeps_tombstones: bool,
}

impl RecordRules<'_> {
    #[inline]
    fn retains(&self, record: &RecordRef<'_>) -> bool {
        if self.discards {
            return false;
        }
        if self.is_control || self.map.latest_offset().is_none_or(|latest| record.offset > latest) {
            return true;
        }
        // A compacted log has no use for records without a key; a broker refuses them.
        let Some(key) = record.key else { return false };
        let is_latest = self.map.get(key).is_none_or(|latest| record.offset >= latest);
        is_latest && (record.value.is_some() || self.keeps_tombstones)
    }
}
