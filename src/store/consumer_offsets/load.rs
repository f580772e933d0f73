//! Reading a partition of `__consumer_offsets`: the newest value of each key counts, as after compaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::schema::{self, CommittedOffset, Key};
use crate::log::{LogError, LogReader};
use crate::record::control::ControlType;
use crate::record::{Batch, BatchError, Offset, RecordDecoder, RecordRef};
use crate::store::TopicPartition;

/// What a group has committed.
pub type GroupOffsets = BTreeMap<TopicPartition, CommittedOffset>;

/// The groups of one or more partitions of `__consumer_offsets`.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) offsets: BTreeMap<String, GroupOffsets>,
    /// Groups that a broker knows, with or without offsets.
    pub(super) groups: BTreeSet<String>,
}

/// What transactions have committed that are not over yet, by their producers' ids (`sendOffsetsToTransaction`).
type Pending = HashMap<i64, Vec<(String, TopicPartition, Option<CommittedOffset>)>>;

impl Loaded {
    /// Reads the whole of the partition in `dir`. With `only`, what other groups have there is passed over.
    pub(super) fn read(&mut self, dir: &Path, only: Option<&str>) -> Result<(), LogError> {
        let mut reader = LogReader::new(dir, Offset::ZERO);
        let mut decoder = RecordDecoder::new();
        let mut pending = Pending::new();
        reader.seek(reader.bounds()?.0)?;
        loop {
            let read = match reader.next()? {
                Some(batch) => self.take_batch(&batch, &mut decoder, &mut pending, only),
                None => return Ok(()),
            };
            read.map_err(|error| reader.undecodable(&error))?;
        }
    }

    fn take_batch(
        &mut self,
        batch: &Batch<'_>,
        decoder: &mut RecordDecoder,
        pending: &mut Pending,
        only: Option<&str>,
    ) -> Result<(), BatchError> {
        let header = batch.header();
        let producer = header.producer_id;
        let mut records = decoder.records(batch)?;
        while let Some(record) = records.next()? {
            if header.attributes.is_control() {
                let ended = pending.remove(&producer).unwrap_or_default();
                if ControlType::of(&record) == Ok(ControlType::Commit) {
                    ended.into_iter().for_each(|(group, of, committed)| self.set(group, of, committed));
                }
                continue;
            }
            // A key or value that makes no sense concerns no group that could be asked for.
            let Some(Ok(Some(key))) = record.key.map(schema::read_key) else { continue };
            match key {
                Key::Offset { group, topic_partition } => {
                    if only.is_some_and(|only| only != group) {
                        continue;
                    }
                    let Some(committed) = committed(&record) else { continue };
                    if header.attributes.is_transactional() {
                        pending.entry(producer).or_default().push((group, topic_partition, committed));
                    } else {
                        self.set(group, topic_partition, committed);
                    }
                }
                Key::Group { group } => {
                    if record.value.is_some() {
                        self.groups.insert(group);
                    } else {
                        self.groups.remove(&group);
                    }
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, group: String, of: TopicPartition, committed: Option<CommittedOffset>) {
        match committed {
            Some(committed) => drop(self.offsets.entry(group).or_default().insert(of, committed)),
            None => {
                if let Some(offsets) = self.offsets.get_mut(&group) {
                    offsets.remove(&of);
                    if offsets.is_empty() {
                        self.offsets.remove(&group);
                    }
                }
            }
        }
    }
}

/// The offset that a record commits, or that it takes one back; `None` when it makes no sense.
fn committed(record: &RecordRef<'_>) -> Option<Option<CommittedOffset>> {
    match record.value {
        None => Some(None),
        Some(value) => schema::read_offset_value(value).ok().map(Some),
    }
}
