//! Creating and deleting topics.
//!
//! Both hold `.mkafka/topics.lock`, and both are one rename apart from not having happened. The file
//! `.mkafka/topics/<topic>.json` makes a topic exist; while there is `<topic>.undo` instead, it does not,
//! and its folders are rubbish:
//!
//! - create: write `.undo`, make the folders, then rename `.undo` to `.json`;
//! - delete: rename `.json` to `.undo`, set the folders aside and remove them, then remove `.undo`.
//!
//! A process that dies in between leaves an `.undo`, which the next one to create or delete clears away.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::checkpoint::{self, PARTITION_METADATA};
use super::listing::Listing;
use super::metadata::TopicMetadata;
use super::topic_name::CLUSTER_METADATA;
use super::{StoreError, Topic, TopicConfig, TopicId, TopicName, TopicPartition, WritableDataDir};
use crate::fs::{self, FileError, FileLock, LogFile};
use crate::log::appender::LOCK_FILE;
use crate::log::checkpoint::{EpochEntry, LEADER_EPOCH_CHECKPOINT, leader_epochs_to_bytes};
use crate::record::{LeaderEpoch, Offset};

/// The most partitions of one topic.
///
/// A partition is a folder of four files, and whoever follows a topic needs a file notification for each: beyond
/// this the limits of an ordinary machine are reached long before the names run out (the longest topic name leaves
/// room for five digits).
pub const MAX_PARTITIONS: i32 = 10_000;

/// What a topic is to be created with.
#[derive(Debug, Clone)]
pub struct NewTopic {
    /// Its name.
    pub name: TopicName,
    /// How many partitions; 1 to [`MAX_PARTITIONS`].
    pub partitions: i32,
    /// How many replicas of each; only 1 is possible.
    pub replication_factor: i32,
    /// What it sets itself.
    pub config: TopicConfig,
}

impl NewTopic {
    /// A topic with one partition, one replica and nothing set, as a default Kafka creates it.
    pub fn named(name: TopicName) -> Self {
        Self { name, partitions: 1, replication_factor: 1, config: TopicConfig::default() }
    }

    /// Checks what can be checked without looking at any data directory.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.partitions < 1 {
            return Err(StoreError::NoPartitions);
        }
        if self.partitions > MAX_PARTITIONS {
            return Err(StoreError::TooManyPartitions {
                topic: self.name.clone(),
                partitions: self.partitions,
            });
        }
        if !(1..=i32::from(i16::MAX)).contains(&self.replication_factor) {
            return Err(StoreError::ReplicationFactorOutOfRange);
        }
        if self.replication_factor > 1 {
            return Err(StoreError::TooFewBrokers(self.replication_factor));
        }
        if self.name.as_str() == CLUSTER_METADATA {
            return Err(StoreError::ReservedTopic(self.name.clone()));
        }
        Ok(())
    }

    /// Checks that its name is free among those of `topics`, and collides with none of them.
    pub fn check_among<'a>(&self, topics: impl Iterator<Item = &'a TopicName>) -> Result<(), StoreError> {
        let mut collides = None;
        for existing in topics {
            if *existing == self.name {
                return Err(StoreError::TopicExists(self.name.clone()));
            }
            if collides.is_none() && existing.collides_with(&self.name) {
                collides = Some(existing);
            }
        }
        match collides {
            Some(existing) => {
                Err(StoreError::TopicCollides { topic: self.name.clone(), existing: existing.clone() })
            }
            None => Ok(()),
        }
    }
}

impl WritableDataDir {
    /// Creates a topic: its folders with an empty log in each, and then the file that makes it exist.
    ///
    /// An error, such as a full disk, leaves nothing of it behind.
    pub fn create_topic(&self, new: &NewTopic) -> Result<Topic, StoreError> {
        let id = TopicId::random();
        self.create_topic_from(new, id, &|_, folder| Ok(make_partition_folder(folder, id)?))
    }

    /// As [`WritableDataDir::create_topic`], with this id, and with folders that `make` makes, given the number
    /// of the partition and the folder's path. The data in them is on the disk already, and nobody sees the topic before
    /// all are made.
    pub(super) fn create_topic_from(
        &self,
        new: &NewTopic,
        id: TopicId,
        make: &dyn Fn(i32, &Path) -> Result<(), StoreError>,
    ) -> Result<Topic, StoreError> {
        new.check()?;
        self.create_locked(new, id, make).map_err(|e| self.not_writable(e))
    }

    fn create_locked(
        &self,
        new: &NewTopic,
        id: TopicId,
        make: &dyn Fn(i32, &Path) -> Result<(), StoreError>,
    ) -> Result<Topic, StoreError> {
        let mut lock = FileLock::open(&self.metadata.topics_lock())?;
        let _guard = lock.acquire()?;
        let listing = self.listing()?;
        new.check_among(listing.topics())?;
        self.clear_leftovers(&listing)?;

        let topic = TopicMetadata::with_id(new.name.clone(), id, new.partitions, new.config.clone());
        let mut folders = Vec::new();
        let created = self.create_folders_and_file(&topic, make, &mut folders);
        if created.is_err() {
            // Whatever is in the way of this too is met again by the next one to create or delete.
            let _ = self.undo_creation(&topic.name, &folders);
        }
        created?;
        self.topic(&new.name)
    }

    /// Creates `topic`, and notes in `folders` which folders that has made.
    fn create_folders_and_file(
        &self,
        topic: &TopicMetadata,
        make: &dyn Fn(i32, &Path) -> Result<(), StoreError>,
        folders: &mut Vec<PathBuf>,
    ) -> Result<(), StoreError> {
        let undo = self.metadata.undo(&topic.name);
        fs::write_atomically(&undo, &topic.to_bytes())?;
        for partition in 0..topic.partitions {
            let folder = self.partition_path(&TopicPartition::new(topic.name.clone(), partition));
            if folder.exists() {
                return Err(
                    FileError::new("create the folder", &folder, ErrorKind::AlreadyExists.into()).into()
                );
            }
            folders.push(folder.clone());
            make(partition, &folder)?;
        }
        fs::sync_dir(self.path())?;
        Ok(fs::rename(&undo, &self.metadata.topic(&topic.name))?)
    }

    /// Makes sure that partition `of` of `topic` has its folder, for a topic whose partitions get theirs when
    /// they are first needed. A topic that is not there at all is created, without any folder.
    pub(super) fn need_partition(&self, topic: &TopicMetadata, partition: i32) -> Result<(), StoreError> {
        let of = TopicPartition::new(topic.name.clone(), partition);
        let folder = self.partition_path(&of);
        if folder.is_dir() {
            return Ok(());
        }
        let mut lock = FileLock::open(&self.metadata.topics_lock())?;
        let _guard = lock.acquire()?;
        let id = match self.topic(&topic.name) {
            Ok(known) => known.id.unwrap_or(topic.id),
            Err(StoreError::UnknownTopic { .. }) => {
                fs::write_atomically(&self.metadata.topic(&topic.name), &topic.to_bytes())?;
                topic.id
            }
            Err(error) => return Err(error),
        };
        if folder.is_dir() {
            // Somebody was faster.
            return Ok(());
        }
        // It gets its name once it is whole. Until then it is called what is about to be removed, and is, by the
        // next one to create or delete a topic, if this process dies.
        let unfinished = self.path().join(of.delete_folder_name());
        fs::create_dir(&unfinished)?;
        fill_partition_folder(&unfinished, id)?;
        Ok(fs::rename(&unfinished, &folder)?)
    }

    /// Removes the `folders` that [`Self::create_folders_and_file`] has made. Nobody has had them open:
    /// the topic did not exist yet.
    fn undo_creation(&self, topic: &TopicName, folders: &[PathBuf]) -> Result<(), StoreError> {
        let file = self.metadata.topic(topic);
        if file.exists() {
            // All but the last sync was done: the topic must be gone before its folders are.
            fs::rename(&file, &self.metadata.undo(topic))?;
        }
        for folder in folders.iter().filter(|folder| folder.exists()) {
            fs::remove_dir_all(folder)?;
        }
        self.forget(topic)
    }

    /// Deletes a topic with all its records. Appends that are under way are waited for, one partition
    /// at a time; those that come later find no folder.
    pub fn delete_topic(&self, topic: &TopicName) -> Result<(), StoreError> {
        if topic.as_str() == CLUSTER_METADATA {
            return Err(StoreError::ReservedTopic(topic.clone()));
        }
        self.delete_locked(topic).map_err(|e| self.not_writable(e))
    }

    fn delete_locked(&self, topic: &TopicName) -> Result<(), StoreError> {
        let mut lock = FileLock::open(&self.metadata.topics_lock())?;
        let _guard = lock.acquire()?;
        let listing = self.listing()?;
        if !listing.contains(topic) {
            return Err(listing.unknown(topic));
        }
        let (file, undo) = (self.metadata.topic(topic), self.metadata.undo(topic));
        if file.exists() {
            fs::rename(&file, &undo)?;
        } else {
            // A broker's topic has no file that could be renamed; the content of this one is never read.
            fs::write_atomically(&undo, b"{}\n")?;
        }
        self.clear_leftovers(&self.listing()?)
    }

    /// Finishes what processes that died have left undone: folders of topics that do not exist are set
    /// aside, and all that has been set aside is removed. The caller holds the lock.
    fn clear_leftovers(&self, listing: &Listing) -> Result<(), StoreError> {
        let mut doomed = listing.deleted_folders().to_vec();
        for topic in listing.unfinished().filter(|topic| !listing.contains(topic)) {
            for partition in listing.partitions(topic) {
                doomed.push(self.set_aside(&TopicPartition::new(topic.clone(), *partition))?);
            }
        }
        if !doomed.is_empty() {
            fs::sync_dir(self.path())?;
        }
        for folder in doomed {
            fs::remove_dir_all(&self.path().join(folder))?;
        }
        for topic in listing.unfinished().filter(|topic| !listing.contains(topic)) {
            self.forget_offsets_of(topic)?;
        }
        for file in listing.temporary_files() {
            fs::remove_file(&self.metadata.topics().join(file))?;
        }
        self.metadata.remove_temporary_files()?;
        for topic in listing.unfinished() {
            self.forget(topic)?;
        }
        Ok(())
    }

    /// Renames a partition's folder out of the way under the partition's lock, so that no append is cut
    /// in two. Answers the new name.
    pub(super) fn set_aside(&self, partition: &TopicPartition) -> Result<String, StoreError> {
        let folder = self.partition_path(partition);
        let mut lock = FileLock::open_with_folder(&folder.join(LOCK_FILE))?;
        let _guard = lock.acquire()?;
        let new_name = partition.delete_folder_name();
        fs::rename_unsynced(&folder, &self.path().join(&new_name))?;
        Ok(new_name)
    }

    /// Removes what checkpoints say of `topic`, and the file that says that it is unfinished.
    fn forget(&self, topic: &TopicName) -> Result<(), StoreError> {
        self.forget_checkpoints(topic)?;
        fs::remove_if_present(&self.metadata.undo(topic))?;
        Ok(fs::sync_dir(&self.metadata.topics())?)
    }
}

/// Makes the folder of a partition with what a broker has there that just became its leader: an
/// empty segment, the topic's id, and leader epoch 0 from offset 0 on. The caller makes the folder's own
/// name durable.
pub(super) fn make_partition_folder(folder: &Path, id: TopicId) -> Result<(), FileError> {
    fs::create_dir(folder)?;
    fill_partition_folder(folder, id)
}

/// Fills the folder of a partition that has none of it yet.
fn fill_partition_folder(folder: &Path, id: TopicId) -> Result<(), FileError> {
    let epoch = EpochEntry { epoch: LeaderEpoch(0), start_offset: Offset::ZERO };
    fs::write_new(&folder.join(PARTITION_METADATA), &checkpoint::partition_metadata_to_bytes(id))?;
    fs::write_new(&folder.join(LEADER_EPOCH_CHECKPOINT), &leader_epochs_to_bytes(&[epoch]))?;
    for file in ["00000000000000000000.log", "00000000000000000000.index", "00000000000000000000.timeindex"] {
        LogFile::create(&folder.join(file))?;
    }
    fs::sync_dir(folder)
}

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod tests;
