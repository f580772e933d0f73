//! `__consumer_offsets`: what consumer groups have committed, in Kafka's own records.
//!
//! A group's offsets are in one partition, and the newest record of each key counts. Who may commit is for
//! `group` to say: it holds the group's lock around what is done here.

mod load;
mod schema;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

pub use self::load::GroupOffsets;
use self::load::Loaded;
pub use self::schema::CommittedOffset;
use super::metadata::TopicMetadata;
use super::topic_name::CONSUMER_OFFSETS;
use super::{
    DataDir, GroupId, StoreError, Topic, TopicConfig, TopicIdentity, TopicName, TopicPartition,
    WritableDataDir,
};
use crate::fs::FileLock;
use crate::log::{CleanerConfig, Durability, LOCK_FILE, LogAppender, LogCleaner, LogConfig, LogError};
use crate::record::{BatchBuilder, Compression, Compressor, EncodedBatch, NewRecord, Offset, Timestamp};

/// How many partitions the topic has (`offsets.topic.num.partitions`).
const PARTITIONS: i32 = 50;
/// What the topic sets: Kafka's own, but for smaller segments. Only rolled ones can be compacted, and who
/// joins a group reads all that is not.
const CONFIGS: [(&str, &str); 3] =
    [("cleanup.policy", "compact"), ("compression.type", "producer"), ("segment.bytes", "4194304")];

impl DataDir {
    /// What `group` has committed; empty where there is nothing.
    ///
    /// # Errors
    /// When the topic cannot be read.
    pub fn group_offsets(&self, group: &GroupId) -> Result<GroupOffsets, StoreError> {
        let mut loaded = Loaded::default();
        for partition in self.offsets_partitions(group)? {
            self.load(partition, &mut loaded, Some(group.as_str()))?;
        }
        Ok(loaded.offsets.remove(group.as_str()).unwrap_or_default())
    }

    /// The folders in which what `group` commits is appended, as far as they are there: for those who watch.
    ///
    /// # Errors
    /// When the topic cannot be read.
    pub fn group_offsets_folders(&self, group: &GroupId) -> Result<Vec<PathBuf>, StoreError> {
        let name = offsets_topic_name()?;
        let folder = |partition| self.partition_path(&TopicPartition::new(name.clone(), partition));
        let folders = self.offsets_partitions(group)?.into_iter().map(folder);
        Ok(folders.filter(|folder| folder.is_dir()).collect())
    }

    /// The partitions of the topic that may have something of `group`.
    fn offsets_partitions(&self, group: &GroupId) -> Result<Vec<i32>, StoreError> {
        Ok(self.offsets_topic()?.map_or_else(Vec::new, |topic| partitions_of(&topic, group)))
    }

    /// All groups that have committed anything, or that a broker knew, with what they have committed.
    ///
    /// # Errors
    /// When the topic cannot be read.
    pub fn all_group_offsets(&self) -> Result<Vec<(GroupId, GroupOffsets)>, StoreError> {
        let mut loaded = Loaded::default();
        for partition in self.offsets_topic()?.map(|topic| topic.partitions).unwrap_or_default() {
            self.load(partition, &mut loaded, None)?;
        }
        for group in std::mem::take(&mut loaded.groups) {
            loaded.offsets.entry(group).or_default();
        }
        let named = loaded.offsets.into_iter();
        Ok(named.filter_map(|(group, offsets)| Some((GroupId::new(&group).ok()?, offsets))).collect())
    }

    fn offsets_topic(&self) -> Result<Option<Topic>, StoreError> {
        match self.topic(&offsets_topic_name()?) {
            Ok(topic) => Ok(Some(topic)),
            Err(StoreError::UnknownTopic { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The partition of the topic, `known` if it is there, in which `group` is: where a broker has put it, or else by the
    /// hash of its name.
    fn home_of(&self, group: &GroupId, known: Option<&Topic>) -> Result<i32, StoreError> {
        let mut home = group.offsets_partition(known.map_or(PARTITIONS, likely_partition_count));
        let possible = known.map(|topic| partitions_of(topic, group)).unwrap_or_default();
        if possible == [home] {
            return Ok(home);
        }
        for partition in possible {
            let mut loaded = Loaded::default();
            self.load(partition, &mut loaded, Some(group.as_str()))?;
            if loaded.offsets.contains_key(group.as_str()) {
                // Where it is in several the last one counts, as for who reads them.
                home = partition;
            }
        }
        Ok(home)
    }

    fn load(&self, partition: i32, loaded: &mut Loaded, only: Option<&str>) -> Result<(), StoreError> {
        let dir = self.partition_path(&TopicPartition::new(offsets_topic_name()?, partition));
        match loaded.read(&dir, only) {
            // Of our own topic, partitions that nobody has needed yet have no folder.
            Err(LogError::Gone(_)) => Ok(()),
            other => other.map_err(StoreError::Offsets),
        }
    }
}

fn offsets_topic_name() -> Result<TopicName, StoreError> {
    Ok(TopicName::new(CONSUMER_OFFSETS)?)
}

/// What is to be committed for some partitions.
pub type OffsetChanges = BTreeMap<TopicPartition, OffsetChange>;

/// What is to be committed for a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffsetChange {
    /// The topic that the offset is one of.
    pub topic: TopicIdentity,
    /// The offset; `None` takes back what was committed.
    pub committed: Option<CommittedOffset>,
}

impl OffsetChange {
    /// Takes back what was committed, of whatever topic.
    pub const TAKE_BACK: Self = Self { topic: TopicIdentity::UNKNOWN, committed: None };
}

/// Appends to the partition of `__consumer_offsets` that is a group's.
#[derive(Debug)]
pub struct OffsetsLog {
    dir: WritableDataDir,
    group: GroupId,
    log: Option<OpenLog>,
    builder: BatchBuilder,
    encoded: EncodedBatch,
}

impl OffsetsLog {
    /// The log of `group`'s offsets. Nothing is opened or created yet.
    pub fn new(dir: WritableDataDir, group: GroupId) -> Self {
        Self { dir, group, log: None, builder: BatchBuilder::new(), encoded: EncodedBatch::default() }
    }

    /// What the group has committed by now.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn read(&self) -> Result<GroupOffsets, StoreError> {
        self.dir.group_offsets(&self.group)
    }

    /// Commits `changes`, all or none. Of a topic that has been deleted nothing is committed: it is as if that had
    /// been done before, and `WritableDataDir::forget_offsets_of` had taken it back.
    ///
    /// # Errors
    /// When the log cannot be appended to; nothing is committed then.
    pub fn commit(&mut self, changes: &OffsetChanges) -> Result<(), StoreError> {
        let mut standing: Vec<(&TopicPartition, &OffsetChange)> = changes.iter().collect();
        loop {
            if standing.is_empty() {
                return Ok(());
            }
            self.encode(&standing)?;
            let mut result = self.append(&standing);
            if let Err(StoreError::Offsets(LogError::Gone(_))) = result {
                // Somebody has deleted the topic since; it is made anew.
                self.log = None;
                result = self.append(&standing);
            }
            if result? {
                return Ok(());
            }
            let mut left = Vec::new();
            for (of, change) in standing {
                if stands(&self.dir, of, change)? {
                    left.push((of, change));
                }
            }
            standing = left;
        }
    }

    fn encode(&mut self, changes: &[(&TopicPartition, &OffsetChange)]) -> Result<(), StoreError> {
        let timestamp = Timestamp::now();
        for (of, change) in changes {
            let key = schema::offset_key(self.group.as_str(), of);
            let value = change.committed.as_ref().map(schema::offset_value);
            let value = value.as_deref();
            self.builder.push(&NewRecord { timestamp, key: Some(&key), value, headers: &[] });
        }
        let mut compressor = Compressor::new(Compression::None, None)?;
        Ok(self.builder.finish(&mut compressor, None, &mut self.encoded)?)
    }

    /// Appends what was encoded of `changes` if each of them stands: nobody else appends between the look at that and
    /// the append. Answers whether they do.
    fn append(&mut self, changes: &[(&TopicPartition, &OffsetChange)]) -> Result<bool, StoreError> {
        let log = match &mut self.log {
            Some(log) => log,
            none => none.insert(OpenLog::new(&self.dir, &self.group)?),
        };
        let dir = &self.dir;
        let (mut looked, mut before) = (Ok(()), None);
        // As long as one partition of a topic is there its offsets have not been taken back: that waits for the lock
        // which is held now. So one of each topic tells.
        let mut ones_to_look_at = changes.iter().filter(|(of, change)| {
            let topic = Some((&of.topic, change.topic));
            change.committed.is_some() && std::mem::replace(&mut before, topic) != topic
        });
        let all_stand = || {
            ones_to_look_at.all(|(of, change)| {
                stands(dir, of, change).unwrap_or_else(|error| {
                    looked = Err(error);
                    false
                })
            })
        };
        let appended = log.append_if(&mut self.encoded, all_stand).map_err(StoreError::Offsets)?;
        looked.map(|()| appended)
    }
}

/// Whether `change` may be committed for partition `of`: it is taken back, or still of the topic that is there.
fn stands(dir: &DataDir, of: &TopicPartition, change: &OffsetChange) -> Result<bool, StoreError> {
    Ok(change.committed.is_none() || dir.is_still_of(of, change.topic)?)
}

/// The partition, open for appending.
#[derive(Debug)]
struct OpenLog {
    appender: LogAppender,
    cleaner: LogCleaner,
    /// The base offset of the active segment at the last append.
    active: Option<Offset>,
}

impl OpenLog {
    fn new(dir: &WritableDataDir, group: &GroupId) -> Result<Self, StoreError> {
        let name = offsets_topic_name()?;
        let known = dir.offsets_topic()?;
        let count = known.as_ref().map_or(PARTITIONS, likely_partition_count);
        let partition = dir.home_of(group, known.as_ref())?;
        let config = match &known {
            Some(topic) if topic.known_to_us => topic.config.clone(),
            _ => TopicConfig::new(CONFIGS)?,
        };
        let (mut log, cleaner) = (LogConfig::from(&config), CleanerConfig::from(&config));
        // A commit is one batch, however many partitions it is for: to refuse it would stop the group for good.
        log.max_message_bytes = usize::try_from(log.segment_bytes).unwrap_or(usize::MAX);
        dir.need_partition(&TopicMetadata::new(name.clone(), count, config), partition)?;
        let folder: PathBuf = dir.partition_path(&TopicPartition::new(name, partition));
        let appender = LogAppender::open(&folder, log).map_err(StoreError::Offsets)?;
        Ok(Self { appender, cleaner: LogCleaner::new(&folder, cleaner), active: None })
    }

    /// Appends `batch` if `condition` holds under the partition's lock, and compacts what a roll has left behind: who
    /// joins a group reads all of it. Answers whether it does.
    fn append_if(
        &mut self,
        batch: &mut EncodedBatch,
        condition: impl FnOnce() -> bool,
    ) -> Result<bool, LogError> {
        if self.appender.append_if(batch, Durability::Written, condition)?.is_none() {
            return Ok(false);
        }
        let active = self.appender.active_segment().map(|(base, _)| base);
        if self.active != active {
            self.active = active;
            // What is committed is committed; a cleaning that fails is tried again after the next roll.
            let _ = self.clean_if_due();
        }
        Ok(true)
    }

    fn clean_if_due(&self) -> Result<(), LogError> {
        let now = Timestamp::now();
        if self.cleaner.is_due(now)? {
            self.cleaner.clean(now, &mut |_| ControlFlow::Continue(()))?;
        }
        Ok(())
    }
}

/// The partitions of the topic that may have something of `group`.
fn partitions_of(topic: &Topic, group: &GroupId) -> Vec<i32> {
    let hashed = group.offsets_partition(topic.partition_count);
    // How many partitions a broker's topic really has its folders need not tell. Of our own those that lack a folder have
    // not been needed yet: to look into all others would take the longer the more groups there are.
    let is_told = topic.known_to_us && topic.elsewhere.binary_search(&hashed).is_err();
    if is_told { vec![hashed] } else { topic.partitions.clone() }
}

/// How many partitions `topic` has, as far as that can be told. One broker of several has only some of their folders;
/// of `__consumer_offsets` it is then most likely Kafka's default.
pub(super) fn likely_partition_count(topic: &Topic) -> i32 {
    let has_all = i32::try_from(topic.partitions.len()) == Ok(topic.partition_count);
    if topic.name.as_str() != CONSUMER_OFFSETS || topic.known_to_us || has_all {
        topic.partition_count
    } else {
        topic.partition_count.max(PARTITIONS)
    }
}

impl WritableDataDir {
    /// Takes back what any group has committed for `topic`, which has been deleted and has no folders any more
    /// (`GroupCoordinator.handleDeletedPartitions`). No partition is made for that: the caller holds the lock that this
    /// takes.
    ///
    /// # Errors
    /// When the offsets cannot be read or appended to.
    pub(super) fn forget_offsets_of(&self, topic: &TopicName) -> Result<(), StoreError> {
        if topic.as_str() == CONSUMER_OFFSETS {
            return Ok(());
        }
        self.wait_for_commits()?;
        let (name, known) = (offsets_topic_name()?, self.offsets_topic()?);
        for (group, offsets) in self.all_group_offsets()? {
            let doomed: Vec<TopicPartition> = offsets.into_keys().filter(|of| of.topic == *topic).collect();
            if doomed.is_empty() {
                continue;
            }
            let home = self.home_of(&group, known.as_ref())?;
            if !self.partition_path(&TopicPartition::new(name.clone(), home)).is_dir() {
                // Who asks for the offsets of this group looks there, and finds none.
                continue;
            }
            let changes = doomed.into_iter().map(|of| (of, OffsetChange::TAKE_BACK)).collect();
            OffsetsLog::new(self.clone(), group).commit(&changes)?;
        }
        Ok(())
    }

    /// Waits for the commits that are under way. Those that come later will find that a topic is gone which is gone
    /// now.
    fn wait_for_commits(&self) -> Result<(), StoreError> {
        for partition in self.offsets_topic()?.map(|topic| topic.partitions).unwrap_or_default() {
            let folder = self.partition_path(&TopicPartition::new(offsets_topic_name()?, partition));
            let lock = folder.join(LOCK_FILE);
            // Where nobody has ever appended, nobody is about to.
            if lock.is_file() {
                FileLock::open_with_folder(&lock)?.acquire()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod measure_tests;
#[cfg(test)]
mod tests;
