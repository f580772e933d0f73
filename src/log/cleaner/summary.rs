//! What the headers of all batches of a log tell: how far its producers and transactions have come
//! (what a broker keeps in its `ProducerStateManager`).

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::Watcher;
use super::transactions::marker_of;
use crate::log::batch_reader::{Advance, BatchReader, Check};
use crate::log::txn_index::AbortedTxn;
use crate::log::{LogError, OpenTransactions, SegmentPath};
use crate::record::control::ControlType;
use crate::record::{BatchHeader, Offset, RecordDecoder, Timestamp};

/// How long a producer that writes nothing is remembered (`producer.id.expiration.ms`), in milliseconds.
const PRODUCER_EXPIRATION_MS: i64 = 24 * 3600 * 1000;

/// What a log's producers and transactions have come to.
#[derive(Debug, Default)]
pub(in crate::log) struct LogSummary {
    producers: HashMap<i64, LastRecord>,
    open: OpenTransactions,
    /// Transactions that were aborted, by their first offset.
    pub(in crate::log) aborted: Vec<AbortedTxn>,
    /// Abort markers behind no record of their producer, which may have been deleted: the producers and the offsets.
    abort_markers: HashSet<(i64, Offset)>,
    /// Where the log begins, and the offset behind the last batch.
    span: Option<(Offset, Offset)>,
    /// Whether offsets are missing between batches or in one, as compaction leaves it.
    has_holes: bool,
}

/// The last that a producer has written (`LastRecord`).
#[derive(Debug, Clone, Copy)]
struct LastRecord {
    epoch: i16,
    /// The last offset of its last data batch; `None` when it has written only markers in this epoch.
    last_data_offset: Option<Offset>,
    timestamp: Timestamp,
}

impl LogSummary {
    /// Walks the batches of all segments. `None` when `watch` will not go on.
    pub(in crate::log) fn read(
        dir: &Path,
        segments: &[Offset],
        watch: &mut Watcher<'_>,
    ) -> Result<Option<Self>, LogError> {
        let mut summary = Self::default();
        let mut decoder = RecordDecoder::new();
        let mut buffer = Vec::new();
        for &base in segments {
            if watch(0).is_break() {
                return Ok(None);
            }
            let mut reader = BatchReader::open(&SegmentPath::new(dir, base).log())?;
            reader.give_buffer(std::mem::take(&mut buffer));
            // What is no batch here is met again, and complained about, when its records are read. Behind the
            // end of the active segment it is nobody's business.
            while let Advance::Batch(at) = reader.advance(Check::Framing)? {
                let Some(batch) = reader.batch() else { break };
                summary.pass(batch.header());
                if batch.header().producer_id < 0 {
                    continue;
                }
                let marker = if batch.header().attributes.is_control() {
                    let path = SegmentPath::new(dir, base).log();
                    marker_of(&batch, &mut decoder)
                        .map_err(|e| LogError::corrupt(&path, at, batch.header().base_offset, &e))?
                } else {
                    None
                };
                summary.observe(batch.header(), marker);
            }
            buffer = reader.take_buffer();
        }
        summary.aborted.sort_by_key(|aborted| aborted.first_offset);
        Ok(Some(summary))
    }

    /// Takes note of where the batch with this header lies, which follows those before.
    pub(in crate::log) fn pass(&mut self, header: &BatchHeader) {
        // Of a batch of magic 0 or 1 only the last offset is known.
        let offsets = i64::from(header.last_offset_delta) + 1;
        let is_thinned = header.magic < 2 || i64::from(header.count) < offsets;
        let (start, end) = self.span.unwrap_or((header.base_offset, header.base_offset));
        self.has_holes |= is_thinned || header.base_offset != end;
        self.span = Some((start, header.last_offset().next()));
    }

    /// Where the log begins and ends, if nothing is missing in between.
    pub(in crate::log) fn whole_span(&self) -> Option<(Offset, Offset)> {
        self.span.filter(|_| !self.has_holes)
    }

    /// Whether the log may have held the transaction that `entry` of an index tells of, though it holds none of its
    /// records: they have been deleted or compacted since.
    pub(in crate::log) fn may_have_held(&self, entry: &AbortedTxn) -> bool {
        self.whole_span().is_none_or(|(start, _)| {
            entry.first_offset < start && self.abort_markers.contains(&(entry.producer_id, entry.last_offset))
        })
    }

    /// Whether `entry` of an index tells of the transaction that was `aborted` as the log has it. The index may know an
    /// earlier beginning, if what was there has been deleted or compacted since.
    pub(in crate::log) fn agrees(&self, aborted: &AbortedTxn, entry: &AbortedTxn) -> bool {
        let is_all_there = !self.has_holes && self.span.is_some_and(|(start, _)| start <= entry.first_offset);
        entry.is_of_same(aborted)
            && entry.first_offset <= aborted.first_offset
            && (!is_all_there || entry.first_offset == aborted.first_offset)
    }

    /// Takes note of the batch with this header that follows those before; `marker` is what it says if it is one.
    pub(in crate::log) fn observe(&mut self, header: &BatchHeader, marker: Option<ControlType>) {
        let producer = self.producers.entry(header.producer_id).or_insert(LastRecord {
            epoch: header.producer_epoch,
            last_data_offset: None,
            timestamp: header.max_timestamp,
        });
        producer.timestamp = header.max_timestamp;
        if producer.epoch != header.producer_epoch {
            producer.epoch = header.producer_epoch;
            producer.last_data_offset = None;
        }
        if !header.attributes.is_control() {
            producer.last_data_offset = Some(header.last_offset());
        }
        let first_offset = self.open.observe(header);
        if marker != Some(ControlType::Abort) {
            return;
        }
        let last_offset = header.last_offset();
        let Some(first_offset) = first_offset else {
            self.abort_markers.insert((header.producer_id, last_offset));
            return;
        };
        self.aborted.push(AbortedTxn {
            producer_id: header.producer_id,
            first_offset,
            last_offset,
            last_stable_offset: self.first_open().unwrap_or(last_offset.next()),
        });
    }

    /// The aborted transactions whose markers lie in the segment at `base`, behind which the one at `next` comes.
    pub(in crate::log) fn aborted_in(
        &self,
        base: Offset,
        next: Option<Offset>,
    ) -> impl Iterator<Item = &AbortedTxn> {
        let within = base..next.unwrap_or(Offset(i64::MAX));
        self.aborted.iter().filter(move |aborted| within.contains(&aborted.last_offset))
    }

    /// The first offset of the transaction of `producer_id` that is not decided, if it has one.
    pub(in crate::log) fn open_since(&self, producer_id: i64) -> Option<Offset> {
        self.open.since(producer_id)
    }

    /// The producers that have a transaction that is not decided, with their epochs, by the id.
    pub(in crate::log) fn open_producers(&self) -> Vec<(i64, i16)> {
        let epoch = |id| self.producers.get(&id).map_or(0, |last| last.epoch);
        self.open.producers().map(|id| (id, epoch(id))).collect()
    }

    /// The first offset of the oldest transaction that is not decided: nothing from there on may be cleaned.
    pub(in crate::log) fn first_open(&self) -> Option<Offset> {
        self.open.first()
    }

    /// Whether the batch with this header tells the last that its producer did, so that it must stay, be it
    /// empty, as long as the producer is not forgotten at `now`.
    pub(in crate::log) fn is_last_of_producer(&self, header: &BatchHeader, now: Timestamp) -> bool {
        if header.producer_id < 0 {
            return false;
        }
        let Some(last) = self.producers.get(&header.producer_id) else { return false };
        let is_active = self.open.since(header.producer_id).is_some()
            || now.0.saturating_sub(last.timestamp.0) < PRODUCER_EXPIRATION_MS;
        is_active
            && match last.last_data_offset {
                Some(offset) => header.last_offset() == offset,
                None => header.attributes.is_control() && header.producer_epoch == last.epoch,
            }
    }
}
