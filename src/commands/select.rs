//! Which topics and partitions a command is about.

use std::path::PathBuf;

use anyhow::Result;

use crate::record::Offset;
use crate::store::{DataDir, LogStartOffsets, Topic, TopicName, TopicPartition};

/// A partition that has a folder here.
#[derive(Debug, Clone)]
pub(super) struct PartitionDir {
    /// Which it is.
    pub(super) of: TopicPartition,
    /// Its folder.
    pub(super) dir: PathBuf,
    /// The log start offset that a checkpoint gives; 0 where there is none.
    pub(super) floor: Offset,
}

/// The topics called `names`, or all where none is named.
pub(super) fn topics<'n>(dir: &DataDir, names: impl Iterator<Item = &'n str>) -> Result<Vec<Topic>> {
    let names = names.map(TopicName::new).collect::<Result<Vec<_>, _>>()?;
    let listing = dir.listing()?;
    let names = if names.is_empty() { listing.topics().cloned().collect() } else { names };
    Ok(names.iter().map(|name| dir.topic_in(&listing, name)).collect::<Result<_, _>>()?)
}

/// The partitions of `topic` that have a folder.
pub(super) fn partitions(dir: &DataDir, topic: &Topic, floors: &LogStartOffsets) -> Vec<PartitionDir> {
    let one = |number: &i32| {
        let of = TopicPartition::new(topic.name.clone(), *number);
        let floor = floors.get(&of).copied().unwrap_or(Offset::ZERO);
        PartitionDir { dir: dir.partition_path(&of), of, floor }
    };
    topic.partitions.iter().map(one).collect()
}
