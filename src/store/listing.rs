//! Which topics there are, from names of files and folders alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::metadata::{MetadataPaths, TopicFile};
use super::topic_name::{CLUSTER_METADATA, is_delete_folder_name};
use super::{StoreError, TopicName, TopicPartition};
use crate::fs::{self, IoContext as _};

/// The topics of a data directory: those that `.mkafka` knows, and those that partition folders tell of.
#[derive(Debug, Default)]
pub struct Listing {
    topics: BTreeSet<TopicName>,
    strangers: BTreeSet<TopicName>,
    folders: BTreeMap<TopicName, Vec<i32>>,
    unfinished: BTreeSet<TopicName>,
    deleted_folders: Vec<String>,
    temporary_files: Vec<String>,
}

impl Listing {
    /// Reads both folders, without a lock.
    ///
    /// The partition folders come first. A topic's file is there before its first folder and goes after
    /// its last one, so that a folder seen now is explained by a file seen later.
    pub(super) fn read(data_dir: &Path, metadata: &MetadataPaths) -> Result<Self, StoreError> {
        let mut listing = Self::default();
        listing.read_folders(data_dir)?;
        let is_ours = listing.read_topic_files(&metadata.topics())?;
        let mut strangers: Vec<TopicName> = listing.folders.keys().cloned().collect();
        strangers.retain(|topic| !listing.topics.contains(topic) && !listing.unfinished.contains(topic));
        if is_ours {
            // A listing may miss a name that is being changed while it is read. Those few topics that
            // seem to have no file are looked up one by one.
            strangers.retain(|topic| listing.is_there(data_dir, metadata, topic));
        }
        listing.topics.extend(strangers.iter().cloned());
        listing.strangers = strangers.into_iter().collect();
        listing.topics.retain(|topic| topic.as_str() != CLUSTER_METADATA);
        Ok(listing)
    }

    fn read_folders(&mut self, data_dir: &Path) -> Result<(), StoreError> {
        // What an entry is, the listing says itself: names alone would cost a look at each.
        for entry in std::fs::read_dir(data_dir).context_io("read the folder", data_dir)? {
            let entry = entry.context_io("read the folder", data_dir)?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if is_delete_folder_name(name) {
                self.deleted_folders.push(name.to_owned());
            } else if let Some(found) = TopicPartition::from_folder_name(name)
                && is_folder(&entry)
            {
                self.folders.entry(found.topic).or_default().push(found.partition);
            }
        }
        self.folders.values_mut().for_each(|partitions| partitions.sort_unstable());
        Ok(())
    }

    /// Answers whether there is a folder of topics' files at all.
    fn read_topic_files(&mut self, topics: &Path) -> Result<bool, StoreError> {
        let names = match fs::list_folder(topics) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            names => names?,
        };
        for name in names {
            match name.to_str().map(|name| (name, TopicFile::from_file_name(name))) {
                Some((_, Some(TopicFile::Exists(topic)))) => {
                    self.topics.insert(topic);
                }
                Some((_, Some(TopicFile::Unfinished(topic)))) => {
                    self.unfinished.insert(topic);
                }
                Some((name, None)) if fs::is_temporary_name(name) => {
                    self.temporary_files.push(name.to_owned())
                }
                _ => {}
            }
        }
        Ok(true)
    }

    /// Whether `topic`, of which folders but no file have been seen, is there after all.
    fn is_there(&self, data_dir: &Path, metadata: &MetadataPaths, topic: &TopicName) -> bool {
        let unfinished = metadata.undo(topic).exists();
        let still_there = || {
            self.partitions(topic)
                .iter()
                .any(|n| data_dir.join(TopicPartition::new(topic.clone(), *n).folder_name()).is_dir())
        };
        metadata.topic(topic).exists() || (!unfinished && still_there())
    }

    /// All topics, sorted by name.
    pub fn topics(&self) -> impl Iterator<Item = &TopicName> {
        self.topics.iter()
    }

    /// Whether `topic` exists.
    pub fn contains(&self, topic: &TopicName) -> bool {
        self.topics.contains(topic)
    }

    /// Whether only folders tell of `topic`.
    pub(super) fn has_only_folders(&self, topic: &TopicName) -> bool {
        self.strangers.contains(topic)
    }

    /// The error for `topic`, which is not there, with the name that comes closest.
    pub fn unknown(&self, topic: &TopicName) -> StoreError {
        StoreError::UnknownTopic { topic: topic.clone(), suggestion: topic.nearest(self.topics()).cloned() }
    }

    /// The partitions of `topic` that have a folder, ascending.
    pub fn partitions(&self, topic: &TopicName) -> &[i32] {
        self.folders.get(topic).map_or(&[], Vec::as_slice)
    }

    /// The topics that were not created, or not deleted, to the end.
    pub(super) fn unfinished(&self) -> impl Iterator<Item = &TopicName> {
        self.unfinished.iter()
    }

    /// Files of topics that somebody had not finished writing.
    pub(super) fn temporary_files(&self) -> &[String] {
        &self.temporary_files
    }

    /// The folders that only wait to be removed.
    pub(super) fn deleted_folders(&self) -> &[String] {
        &self.deleted_folders
    }
}

/// Whether an entry is a folder, or a link to one. Only links, and file systems that do not say, cost a
/// look at the entry itself.
fn is_folder(entry: &std::fs::DirEntry) -> bool {
    match entry.file_type() {
        Ok(kind) if kind.is_symlink() => entry.path().is_dir(),
        Ok(kind) => kind.is_dir(),
        Err(_) => false,
    }
}
