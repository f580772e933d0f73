//! One partition, as a consumer reads it.

use std::ops::ControlFlow;

use super::transactions::{LastStable, TransactionFate, Transactions};
use super::{
    BatchFacts, ConsumeError, ConsumerPartition, ConsumerRecord, EndPosition, LogOffsets, ReadDetails,
    ReadLimits, StartPosition, TURN_BYTES,
};
use crate::log::bounds::{after_start, before_end, so_many_behind};
use crate::log::transaction::open_before;
use crate::log::{LogError, LogReader, OpenTransactions, offset_for_time};
use crate::record::{Batch, BatchError, Offset, RecordDecoder, Timestamp};
use crate::store::TopicPartition;

/// A partition that a consumer reads, and how far it is.
#[derive(Debug)]
pub(super) struct Assigned {
    pub(super) topic_partition: TopicPartition,
    pub(super) reader: LogReader,
    /// The log start offset that a checkpoint gives.
    floor: Offset,
    /// The offset of the next record to be delivered.
    pub(super) position: Offset,
    /// Where reading ends, if it does.
    stop_at: Option<Offset>,
    /// Whether it ends where the log ended when that was looked up.
    ends_at_present_end: bool,
    pub(super) is_finished: bool,
    /// Whether the receiver broke off in the middle of a batch, which is to be read again from there on.
    broke_off: bool,
    until_time: Option<Timestamp>,
    /// Whether only what was committed is read.
    pub(super) committed_only: bool,
    details: ReadDetails,
    /// What became of transactions, if that is asked for.
    transactions: Option<Transactions>,
    /// Producers of transactions that are open where reading begins, until they are ended; `None` before it begins.
    open_before: Option<Vec<i64>>,
    /// Whether it begins at the end: with [`Assigned::committed_only`] at that of what is stable.
    starts_at_end: bool,
    /// Up to where the log is stable, if that is asked for.
    last_stable: Option<LastStable>,
}

/// What came of reading a partition for a while.
pub(super) enum Turn {
    Progress,
    /// There was something, and its log ended behind that when it was read.
    Pause,
    Nothing,
    Stopped,
}

impl Assigned {
    pub(super) fn new(
        p: ConsumerPartition,
        start: StartPosition,
        limits: ReadLimits,
        details: ReadDetails,
    ) -> Result<Self, LogError> {
        let mut reader = LogReader::new(&p.dir, p.floor);
        let position = match start {
            StartPosition::At(offset) => offset,
            StartPosition::Earliest => reader.bounds()?.0,
            StartPosition::Latest => reader.bounds()?.1,
            StartPosition::AfterStart(count) => after_start(reader.bounds()?, count),
            StartPosition::BeforeEnd(count) => before_end(reader.bounds()?, count),
            StartPosition::AtTime(time) => match offset_for_time(&p.dir, p.floor, time)? {
                Some((offset, _)) => offset,
                None => reader.bounds()?.1,
            },
        };
        reader.seek(position)?;
        let finds_fates = limits.committed_only || details.fates;
        Ok(Self {
            topic_partition: p.topic_partition,
            reader,
            floor: p.floor,
            position,
            stop_at: limits.until_offset,
            ends_at_present_end: false,
            is_finished: false,
            broke_off: false,
            until_time: limits.until_time,
            committed_only: limits.committed_only,
            details,
            transactions: finds_fates.then(|| Transactions::new(&p.dir, p.floor)),
            open_before: None,
            starts_at_end: start == StartPosition::Latest,
            last_stable: details.last_stable.then(|| LastStable::new(&p.dir, p.floor)),
        })
    }

    /// Closes the files that are open, until they are needed again.
    pub(super) fn let_files_go(&mut self) {
        self.reader.let_files_go();
        self.transactions.iter_mut().for_each(Transactions::let_files_go);
        self.last_stable.iter_mut().for_each(LastStable::let_files_go);
    }

    /// Lets reading end at `end`, if it does not end before.
    pub(super) fn end_at(&mut self, end: Option<EndPosition>) -> Result<(), LogError> {
        let Some(end) = end else { return Ok(()) };
        let stop = match end {
            EndPosition::At(offset) => offset,
            EndPosition::AfterStart(count) => so_many_behind(self.reader.bounds()?.0, count),
            EndPosition::BeforeEnd(count) => before_end(self.reader.bounds()?, count),
            EndPosition::AtTime(time) => {
                self.until_time = Some(self.until_time.map_or(time, |until| until.min(time)));
                return match time <= Timestamp::now() {
                    true => self.end_at(Some(EndPosition::PresentEnd)),
                    false => Ok(()),
                };
            }
            EndPosition::PresentEnd => {
                self.ends_at_present_end = true;
                self.reader.bounds()?.1
            }
        };
        self.stop_at = Some(self.stop_at.map_or(stop, |before| before.min(stop)));
        Ok(())
    }

    /// What becomes of transactions, from any place in the log on.
    pub(super) fn transactions_anew(&self) -> Option<Transactions> {
        self.committed_only.then(|| Transactions::new(self.reader.dir(), self.floor))
    }

    pub(super) fn error(&self, source: LogError) -> ConsumeError {
        ConsumeError { topic_partition: self.topic_partition.clone(), source }
    }

    /// Reads on and hands records to `deliver`, until it breaks off, nothing is left for now, or some `turn_bytes`
    /// have been read.
    pub(super) fn take_turn(
        &mut self,
        turn_bytes: usize,
        decoder: &mut RecordDecoder,
        deliver: &mut impl FnMut(&ConsumerRecord<'_>) -> ControlFlow<()>,
    ) -> Result<Turn, LogError> {
        let mut bytes = 0;
        if std::mem::take(&mut self.broke_off) {
            self.reader.seek(self.position)?;
        }
        let log_offsets = self.log_offsets()?;
        if self.stop_at.is_none_or(|stop| self.position < stop) && self.is_unstable()? {
            self.is_finished = self.ends_at_present_end;
            return Ok(if self.is_finished { Turn::Progress } else { Turn::Nothing });
        }
        loop {
            if self.stop_at.is_some_and(|stop| self.position >= stop) {
                self.reader.check_end()?;
                self.is_finished = true;
                return Ok(Turn::Progress);
            }
            let Some(batch) = self.reader.next()? else {
                self.lower_stop()?;
                return Ok(if bytes > 0 || self.is_finished { Turn::Progress } else { Turn::Nothing });
            };
            bytes += batch.size();
            let end = batch.last_offset().next();
            if let Some(until) = self.until_time {
                match first_as_late(&batch, self.position, until, decoder) {
                    Ok(late) => self.stop_at = self.stop_at.into_iter().chain(late).min(),
                    Err(error) => return Err(self.reader.undecodable(&error)),
                }
            }
            let fate = fate(&mut self.transactions, &batch)?;
            match fate.filter(|_| self.committed_only) {
                None | Some(TransactionFate::Committed) => {}
                Some(TransactionFate::Aborted) => {
                    self.position = self.position.max(end);
                    continue;
                }
                Some(TransactionFate::Open) => {
                    self.reader.seek(self.position)?;
                    // What is open at the end of reading will not be decided in time.
                    self.is_finished = self.ends_at_present_end;
                    return Ok(if self.is_finished { Turn::Progress } else { Turn::Nothing });
                }
            }
            let part = Part {
                topic_partition: &self.topic_partition,
                facts: BatchFacts {
                    fate: fate.filter(|_| self.details.fates),
                    log_offsets,
                    ..BatchFacts::of(&batch)
                },
                stop: self.stop_at.unwrap_or(Offset(i64::MAX)),
                is_left_out: batch.header().attributes.is_control() && !self.details.control,
            };
            let delivered = part.deliver(&batch, &mut self.position, decoder, deliver);
            match delivered.map_err(|error| self.reader.undecodable(&error))? {
                ControlFlow::Break(()) => {
                    self.broke_off = true;
                    return Ok(Turn::Stopped);
                }
                // Offsets that compaction or a control record took are passed over.
                ControlFlow::Continue(()) => self.position = self.position.max(end.min(part.stop)),
            }
            if self.reader.has_taken_all() {
                return Ok(Turn::Pause);
            }
            if bytes >= turn_bytes && (turn_bytes < TURN_BYTES || !self.reader.has_buffered_batch()) {
                return Ok(Turn::Progress);
            }
        }
    }

    /// Whether only what was committed is read, and a transaction that began before is open yet: nothing behind its
    /// beginning is stable (`FetchIsolation.TXN_COMMITTED`).
    fn is_unstable(&mut self) -> Result<bool, LogError> {
        let Some(transactions) = self.transactions.as_mut().filter(|_| self.committed_only) else {
            return Ok(false);
        };
        let open = match &mut self.open_before {
            Some(open) => open,
            none => {
                let mut open = open_before(self.reader.dir(), self.position)?;
                if self.starts_at_end
                    && let Some(stable) = open.first()
                {
                    self.reader.seek(stable)?;
                    self.position = stable;
                    open = OpenTransactions::default();
                }
                none.insert(open.producers().collect())
            }
        };
        while let Some(producer_id) = open.last() {
            if transactions.fate(*producer_id, self.position)? == TransactionFate::Open {
                return Ok(true);
            }
            open.pop();
        }
        Ok(false)
    }

    /// The partition's offsets, if they are asked for.
    fn log_offsets(&mut self) -> Result<Option<LogOffsets>, LogError> {
        if !self.details.log_offsets && self.last_stable.is_none() {
            return Ok(None);
        }
        let last_stable = self.last_stable.as_mut().map(LastStable::look_up).transpose()?;
        let (start, end) = self.reader.bounds()?;
        Ok(Some(LogOffsets { start, last_stable, end: last_stable.map_or(end, |stable| stable.max(end)) }))
    }

    /// With nothing more to be read, what was taken for the end may have been cut off since.
    fn lower_stop(&mut self) -> Result<(), LogError> {
        if let Some(stop) = self.stop_at.filter(|_| self.ends_at_present_end)
            && self.position < stop
        {
            let (_, end) = self.reader.bounds()?;
            self.stop_at = Some(stop.min(end));
            self.is_finished = self.position >= end;
        }
        Ok(())
    }
}

/// What became of the transaction of `batch`; `None` when it is in none, or nobody asks.
pub(super) fn fate(
    transactions: &mut Option<Transactions>,
    batch: &Batch<'_>,
) -> Result<Option<TransactionFate>, LogError> {
    let Some(transactions) = transactions else { return Ok(None) };
    let header = batch.header();
    let attributes = header.attributes;
    if !attributes.is_transactional() || attributes.is_control() {
        return Ok(None);
    }
    transactions.fate(header.producer_id, header.base_offset).map(Some)
}

/// The first record of `batch` from `position` on that is as late as `until`.
fn first_as_late(
    batch: &Batch<'_>,
    position: Offset,
    until: Timestamp,
    decoder: &mut RecordDecoder,
) -> Result<Option<Offset>, BatchError> {
    if batch.header().max_timestamp < until {
        return Ok(None);
    }
    let mut records = decoder.records(batch)?;
    while let Some(record) = records.next()? {
        if record.offset >= position && record.timestamp >= until {
            return Ok(Some(record.offset));
        }
    }
    Ok(None)
}

/// What is delivered of a batch, and with what it is.
struct Part<'a> {
    topic_partition: &'a TopicPartition,
    facts: BatchFacts,
    /// Records from here on are left.
    stop: Offset,
    /// Whether all of it is passed over.
    is_left_out: bool,
}

impl Part<'_> {
    /// Hands the records of `batch` from `position` on to `deliver`, moving `position` past each.
    fn deliver(
        &self,
        batch: &Batch<'_>,
        position: &mut Offset,
        decoder: &mut RecordDecoder,
        deliver: &mut impl FnMut(&ConsumerRecord<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, BatchError> {
        if self.is_left_out {
            return Ok(ControlFlow::Continue(()));
        }
        let mut is_at_stop = false;
        let flow = decoder.records(batch)?.visit(|record| {
            if record.offset < *position {
                return ControlFlow::Continue(());
            }
            if record.offset >= self.stop {
                is_at_stop = true;
                return ControlFlow::Break(());
            }
            *position = record.offset.next();
            deliver(&ConsumerRecord { topic_partition: self.topic_partition, batch: &self.facts, record })
        })?;
        Ok(if is_at_stop { ControlFlow::Continue(()) } else { flow })
    }
}
