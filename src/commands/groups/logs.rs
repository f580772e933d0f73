//! What the logs say of partitions that groups read.

use anyhow::Result;

use crate::cli::groups::TopicPartitionsArg;
use crate::log::LogError;
use crate::log::bounds::LogBounds;
use crate::log::offset_for_time;
use crate::record::{Offset, Timestamp};
use crate::store::{
    DataDir, LogStartOffsets, StoreError, TopicIdentity, TopicName, TopicPartition, noted_log_start,
};

/// The logs of a data directory.
pub(super) struct Logs<'a> {
    dir: &'a DataDir,
    floors: LogStartOffsets,
}

impl<'a> Logs<'a> {
    pub(super) fn new(dir: &'a DataDir) -> Result<Self, StoreError> {
        Ok(Self { dir, floors: dir.log_start_offsets()? })
    }

    fn floor(&self, of: &TopicPartition) -> Offset {
        noted_log_start(&self.floors, of)
    }

    /// Which topic `of` is of; `None` when there is no such partition here.
    pub(super) fn topic_identity(&self, of: &TopicPartition) -> Result<Option<TopicIdentity>, StoreError> {
        self.dir.topic_identity(of)
    }

    /// Where the log of `of` begins and ends; `None` when there is no such partition here.
    pub(super) fn bounds(&self, of: &TopicPartition) -> Result<Option<LogBounds>, LogError> {
        let folder = self.dir.partition_path(of);
        match LogBounds::read(&folder, self.floor(of)) {
            Ok(bounds) => Ok(Some(bounds)),
            // Deleted, before or while it was read.
            Err(_) if !folder.is_dir() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether somebody has removed the folder of `of`, whose topic is there.
    pub(super) fn is_lost(&self, of: &TopicPartition) -> bool {
        self.dir.topic(&of.topic).is_ok_and(|topic| topic.lost().contains(of))
    }

    /// The first record of `of` at `time` or later.
    pub(super) fn offset_for_time(
        &self,
        of: &TopicPartition,
        time: Timestamp,
    ) -> Result<Option<Offset>, LogError> {
        let found = offset_for_time(&self.dir.partition_path(of), self.floor(of), time)?;
        Ok(found.map(|(offset, _)| offset))
    }

    /// The partitions that `args` name, sorted, each once; all that have a number there must be here. With a topic go
    /// those of it that are lost.
    pub(super) fn partitions(&self, args: &[TopicPartitionsArg]) -> Result<Vec<TopicPartition>> {
        let mut all = Vec::new();
        for arg in args {
            let topic = self.dir.topic(&TopicName::new(&arg.topic)?)?;
            if arg.partitions.is_empty() {
                let here = topic.partitions.iter();
                all.extend(here.map(|number| TopicPartition::new(topic.name.clone(), *number)));
                all.extend(topic.lost());
            }
            for number in &arg.partitions {
                if !topic.partitions.contains(number) {
                    return Err(topic.no_partition(*number).into());
                }
                all.push(TopicPartition::new(topic.name.clone(), *number));
            }
        }
        all.sort();
        all.dedup();
        Ok(all)
    }
}
