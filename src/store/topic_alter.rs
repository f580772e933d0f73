//! Changing a topic: its configuration, and how many partitions it has. Both hold `.mkafka/topics.lock`, and
//! take effect with one rename of the topic's file.

use std::path::PathBuf;

use super::config_table::TOPIC_CONFIGS;
use super::consumer_offsets::likely_partition_count;
use super::metadata::TopicMetadata;
use super::topic_admin::{MAX_PARTITIONS, make_partition_folder};
use super::topic_name::CONSUMER_OFFSETS;
use super::{StoreError, Topic, TopicConfig, TopicId, TopicName, TopicPartition, WritableDataDir};
use crate::fs::{self, FileLock};
use crate::spelling;

/// Checks what is to be set and deleted as far as that is the same for every topic.
///
/// # Errors
/// [`StoreError::ConfigNotSet`] for what is to be deleted and that no topic can have set, and what
/// [`TopicConfig::new`] refuses.
pub fn check_alteration<N: AsRef<str>, V: AsRef<str>>(
    set: &[(N, V)],
    delete: &[impl AsRef<str>],
) -> Result<(), StoreError> {
    TopicConfig::new(set.iter().map(|(name, value)| (name.as_ref(), value.as_ref())))?;
    let unknown: Vec<&str> = delete.iter().map(AsRef::as_ref).filter(|name| is_unknown(name)).collect();
    if unknown.is_empty() { Ok(()) } else { Err(not_set(&unknown)) }
}

fn is_unknown(config: &str) -> bool {
    !TOPIC_CONFIGS.iter().any(|known| known.name == config)
}

/// The error for configurations that are to be deleted and are not set.
fn not_set(names: &[&str]) -> StoreError {
    let known = || TOPIC_CONFIGS.iter().map(|known| known.name);
    let mistyped = names.iter().find(|name| is_unknown(name));
    let suggestion = mistyped.and_then(|name| spelling::nearest(name, known()));
    StoreError::ConfigNotSet { names: names.join(","), suggestion }
}

impl WritableDataDir {
    /// Sets the configurations `set` of a topic and goes back to the default for those in `delete`. Whoever
    /// has the topic open goes on with what it was. A topic that a broker wrote is known to us from now on.
    ///
    /// # Errors
    /// [`StoreError::ConfigNotSet`] for what is to be deleted and is not set, and what [`TopicConfig::new`]
    /// refuses. Nothing is changed then.
    pub fn alter_configs<N: AsRef<str>, V: AsRef<str>>(
        &self,
        topic: &TopicName,
        set: &[(N, V)],
        delete: &[impl AsRef<str>],
    ) -> Result<Topic, StoreError> {
        let mut lock = FileLock::open(&self.metadata.topics_lock())?;
        let _guard = lock.acquire()?;
        let mut metadata = self.metadata_to_alter(topic)?;
        let is_set = |name: &str| metadata.configs.overrides().any(|(known, _)| known == name);
        let missing: Vec<&str> = delete.iter().map(AsRef::as_ref).filter(|name| !is_set(name)).collect();
        if !missing.is_empty() {
            return Err(not_set(&missing));
        }
        let kept = metadata.configs.overrides();
        let kept = kept
            .filter(|(name, _)| !delete.iter().any(|gone| gone.as_ref() == *name))
            .map(|(name, value)| -> (&str, &str) { (name, value) });
        let new = set.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
        metadata.configs = TopicConfig::new(kept.chain(new))?;
        self.replace_metadata(&metadata)
    }

    /// Gives a topic `partitions` partitions in all. Whoever has it open goes on with those that it had; from
    /// now on keys are spread over all of them.
    ///
    /// # Errors
    /// [`StoreError::NoIncrease`], [`StoreError::SamePartitions`], and [`StoreError::FixedPartitions`] for the topic in which
    /// each group has its partition by the number of them. An error leaves the topic as it was.
    pub fn add_partitions(&self, topic: &TopicName, partitions: i32) -> Result<Topic, StoreError> {
        if topic.as_str() == CONSUMER_OFFSETS {
            return Err(StoreError::FixedPartitions(topic.clone()));
        }
        if partitions > MAX_PARTITIONS {
            return Err(StoreError::TooManyPartitions { topic: topic.clone(), partitions });
        }
        let mut lock = FileLock::open(&self.metadata.topics_lock())?;
        let _guard = lock.acquire()?;
        let mut metadata = self.metadata_to_alter(topic)?;
        let current = metadata.partitions;
        if partitions == current {
            return Err(StoreError::SamePartitions(current));
        }
        if partitions < current {
            return Err(StoreError::NoIncrease { topic: topic.clone(), current, asked: partitions });
        }
        let mut folders = Vec::new();
        metadata.partitions = partitions;
        let added = self
            .create_partition_folders(topic, current..partitions, metadata.id, &mut folders)
            .and_then(|()| self.replace_metadata(&metadata));
        if added.is_err() && !self.is_altered(topic, partitions) {
            for folder in folders.iter().filter(|folder| folder.exists()) {
                // What is left is removed before folders of these names are made again.
                let _ = fs::remove_dir_all(folder);
            }
        }
        added.map_err(|e| self.not_writable(e))
    }

    /// Whether the topic's file tells of `partitions`, although something behind that has failed.
    fn is_altered(&self, topic: &TopicName, partitions: i32) -> bool {
        let read = TopicMetadata::read(&self.metadata.topic(topic), topic);
        read.is_ok_and(|metadata| metadata.is_some_and(|m| m.partitions == partitions))
    }

    fn create_partition_folders(
        &self,
        topic: &TopicName,
        numbers: std::ops::Range<i32>,
        id: TopicId,
        folders: &mut Vec<PathBuf>,
    ) -> Result<(), StoreError> {
        for number in numbers {
            let partition = TopicPartition::new(topic.clone(), number);
            let folder = self.partition_path(&partition);
            if folder.is_dir() {
                // Somebody died while adding it: the topic never had it.
                let doomed = self.set_aside(&partition)?;
                fs::remove_dir_all(&self.path().join(doomed))?;
            }
            folders.push(folder.clone());
            make_partition_folder(&folder, id)?;
        }
        Ok(fs::sync_dir(self.path())?)
    }

    /// What is known of a topic that is to be changed. The caller holds the lock.
    fn metadata_to_alter(&self, topic: &TopicName) -> Result<TopicMetadata, StoreError> {
        if let Some(metadata) = TopicMetadata::read(&self.metadata.topic(topic), topic)? {
            return Ok(metadata);
        }
        let found = self.topic(topic)?;
        let partitions = likely_partition_count(&found);
        if partitions > MAX_PARTITIONS {
            return Err(StoreError::TooManyPartitions { topic: found.name, partitions });
        }
        let elsewhere = found.without_folder().map(|of| of.partition).collect();
        let id = found.id.unwrap_or_else(TopicId::random);
        let mut metadata = TopicMetadata::with_id(found.name, id, partitions, TopicConfig::default());
        metadata.elsewhere = elsewhere;
        Ok(metadata)
    }

    fn replace_metadata(&self, metadata: &TopicMetadata) -> Result<Topic, StoreError> {
        fs::write_atomically(&self.metadata.topic(&metadata.name), &metadata.to_bytes())
            .map_err(|e| self.not_writable(e.into()))?;
        self.topic(&metadata.name)
    }
}

#[cfg(test)]
mod tests;
