//! The last records of all partitions together.

use super::assigned::{Assigned, fate};
use super::{ConsumeError, Consumer, TransactionFate};
use crate::log::LogError;
use crate::record::{Offset, RecordDecoder, Timestamp};

impl Consumer {
    /// Goes to where the newest `count` records of all partitions together begin: by their timestamps, and
    /// within a partition by their offsets.
    ///
    /// # Errors
    /// When a partition cannot be read.
    pub fn seek_to_last(&mut self, count: u64) -> Result<(), ConsumeError> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let mut lasts = Vec::with_capacity(self.partitions.len());
        let lets_go = self.partitions.len() > self.open_max;
        for assigned in &mut self.partitions {
            let last = last_records(assigned, count, &mut self.decoder);
            if lets_go {
                assigned.let_files_go();
            }
            lasts.push(last.map_err(|source| assigned.error(source))?);
        }
        let mut starts: Vec<Offset> = lasts.iter().map(|last| last.end).collect();
        for _ in 0..count {
            let newest = lasts
                .iter()
                .enumerate()
                .filter_map(|(at, last)| Some((last.records.last()?.0, at)))
                .max_by_key(|(timestamp, _)| *timestamp);
            let Some((_, at)) = newest else { break };
            if let Some((_, offset)) = lasts[at].records.pop() {
                starts[at] = offset;
            }
        }
        for (assigned, start) in self.partitions.iter_mut().zip(starts) {
            assigned.reader.seek(start).map_err(|source| assigned.error(source))?;
            assigned.position = start;
            if lets_go {
                assigned.let_files_go();
            }
        }
        Ok(())
    }
}

/// The end of a partition, and when and where its last records are.
struct Last {
    end: Offset,
    records: Vec<(Timestamp, Offset)>,
}

/// The last `count` records of a partition, of those that are to be read. Fewer offsets than that hold them at the least; where compaction
/// or markers have taken some, more are looked at.
fn last_records(
    assigned: &mut Assigned,
    count: usize,
    decoder: &mut RecordDecoder,
) -> Result<Last, LogError> {
    let (start, mut end) = assigned.reader.bounds()?;
    let mut back = i64::try_from(count).unwrap_or(i64::MAX);
    loop {
        let from = Offset(end.0.saturating_sub(back)).max(start);
        assigned.reader.seek(from)?;
        let mut transactions = assigned.transactions_anew();
        let mut records = Vec::new();
        while let Some(batch) = assigned.reader.next()? {
            if batch.header().base_offset >= end {
                break;
            }
            if batch.header().attributes.is_control() {
                continue;
            }
            match fate(&mut transactions, &batch)? {
                None | Some(TransactionFate::Committed) => {}
                Some(TransactionFate::Aborted) => continue,
                // Reading goes no further, until it is decided.
                Some(TransactionFate::Open) => {
                    end = batch.header().base_offset;
                    break;
                }
            }
            let mut collect = || {
                let mut of_batch = decoder.records(&batch)?;
                while let Some(record) = of_batch.next()? {
                    if record.offset >= from && record.offset < end {
                        records.push((record.timestamp, record.offset));
                    }
                }
                Ok(())
            };
            let collected: Result<(), crate::record::BatchError> = collect();
            collected.map_err(|error| assigned.reader.undecodable(&error))?;
        }
        if records.len() >= count || from <= start {
            records.drain(..records.len().saturating_sub(count));
            return Ok(Last { end, records });
        }
        back = back.saturating_mul(2);
    }
}
