//! The files of transactions.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::TransactionalId;
use crate::fs::{self, FileError, FileLock};
use crate::record::{Offset, Timestamp};
use crate::store::group_id::file_name_of;
use crate::store::metadata::{VERSION, read_versioned};
use crate::store::{DataDir, StoreError, TopicName, TopicPartition};

/// How far a transaction has come (Kafka's `TransactionState`, as far as it is on the disk).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransactionPhase {
    /// Its producer adds to it; aborted if that dies.
    Ongoing,
    /// It is committed. The partitions get their markers.
    PrepareCommit,
}

/// An open transaction as its file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenState {
    version: u64,
    pub(super) producer_id: i64,
    pub(super) producer_epoch: i16,
    pub(super) transactional_id: Option<String>,
    #[serde(rename = "state")]
    pub(super) phase: TransactionPhase,
    pub(super) partitions: Vec<AddedPartition>,
}

/// A partition that a transaction may have batches in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AddedPartition {
    pub(super) topic: TopicName,
    pub(super) partition: i32,
    /// The log end offset before the first of them.
    pub(super) from: i64,
}

impl AddedPartition {
    /// Which partition it is.
    pub(super) fn topic_partition(&self) -> TopicPartition {
        TopicPartition::new(self.topic.clone(), self.partition)
    }
}

impl OpenState {
    pub(super) fn new(
        producer_id: i64,
        producer_epoch: i16,
        transactional_id: Option<&TransactionalId>,
    ) -> Self {
        Self {
            version: VERSION,
            producer_id,
            producer_epoch,
            transactional_id: transactional_id.map(|id| id.as_str().to_owned()),
            phase: TransactionPhase::Ongoing,
            partitions: Vec::new(),
        }
    }

    pub(super) fn add_partition(&mut self, partition: &TopicPartition, from: Offset) {
        let (topic, partition) = (partition.topic.clone(), partition.partition);
        self.partitions.push(AddedPartition { topic, partition, from: from.0 });
    }
}

/// What is known of a transactional id.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KnownProducer {
    version: u64,
    transactional_id: String,
    producer_id: i64,
    producer_epoch: i16,
}

/// Which producer ids have been given out.
#[derive(Debug, Serialize, Deserialize)]
struct ProducerIds {
    version: u64,
    /// The next one.
    next: i64,
}

/// No producer id is lower. A broker begins at 0, and takes a thousand at a time: it does not come here.
const LEAST_PRODUCER_ID: i64 = 1 << 40;

/// The folder of all that is known of transactions.
#[derive(Debug, Clone)]
pub(super) struct TransactionFiles {
    root: PathBuf,
}

impl TransactionFiles {
    /// That of `dir`, whether it is there or not.
    pub(super) fn of(dir: &DataDir) -> Self {
        Self { root: dir.metadata.transactions() }
    }

    /// Makes what is missing of it.
    pub(super) fn create(&self) -> Result<(), FileError> {
        fs::create_dir_all(&self.open())?;
        fs::create_dir_all(&self.root.join("ids"))
    }

    fn open(&self) -> PathBuf {
        self.root.join("open")
    }

    /// Opens the lock, without taking it.
    pub(super) fn lock(&self) -> Result<FileLock, FileError> {
        FileLock::open(&self.root.join("lock"))
    }

    /// The file whose lock says that a producer lives. Only who holds that lock may remove it.
    pub(super) fn presence(&self, producer_id: i64) -> PathBuf {
        self.open().join(producer_id.to_string())
    }

    fn state(&self, producer_id: i64) -> PathBuf {
        self.open().join(format!("{producer_id}.json"))
    }

    fn producer(&self, id: &TransactionalId) -> PathBuf {
        self.root.join("ids").join(format!("{}.json", file_name_of(id.as_str())))
    }

    /// The producers that have an open transaction, by their ids. Without any lock; it costs one listing.
    pub(super) fn producers_with_state(&self) -> Result<Vec<i64>, FileError> {
        let names = fs::names_in(&self.open())?;
        let mut producers: Vec<i64> =
            names.iter().filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect();
        producers.sort_unstable();
        Ok(producers)
    }

    /// The producers that have any file, by their ids.
    pub(super) fn producers(&self) -> Result<Vec<i64>, FileError> {
        let names = fs::names_in(&self.open())?;
        let id = |name: &String| name.split('.').next()?.parse().ok();
        let mut producers: Vec<i64> = names.iter().filter_map(id).collect();
        producers.sort_unstable();
        producers.dedup();
        Ok(producers)
    }

    /// The open transaction of a producer; `None` when it has none.
    pub(super) fn read_state(&self, producer_id: i64) -> Result<Option<OpenState>, StoreError> {
        read_versioned(&self.state(producer_id))
    }

    /// Whether a producer has an open transaction, be its file damaged or not.
    pub(super) fn has_state(&self, producer_id: i64) -> Result<bool, FileError> {
        Ok(fs::open_if_present(&self.state(producer_id))?.is_some())
    }

    /// Replaces the file of an open transaction. The caller is its producer, and nobody else writes to it.
    pub(super) fn write_state(&self, state: &OpenState) -> Result<(), FileError> {
        replace(&self.state(state.producer_id), state)
    }

    /// Removes the file of a transaction that has ended. Should it come back after a loss of power, the transaction
    /// is ended once more, which does nothing.
    pub(super) fn forget_state(&self, producer_id: i64) -> Result<(), FileError> {
        let path = self.state(producer_id);
        fs::remove_if_present(&path)?;
        fs::remove_if_present(&fs::temporary_of(&path))
    }

    /// The producer id and epoch that were given to a transactional id last.
    pub(super) fn known_producer(&self, id: &TransactionalId) -> Result<Option<(i64, i16)>, StoreError> {
        let path = self.producer(id);
        let Some(known) = read_versioned::<KnownProducer>(&path)? else { return Ok(None) };
        if known.transactional_id != id.as_str() {
            let reason = format!("it is about the transactional.id '{}'", known.transactional_id);
            return Err(StoreError::BadMetadata { path, reason });
        }
        Ok(Some((known.producer_id, known.producer_epoch)))
    }

    /// Notes which producer a transactional id is. The caller holds the lock.
    pub(super) fn note_producer(
        &self,
        id: &TransactionalId,
        producer_id: i64,
        producer_epoch: i16,
    ) -> Result<(), FileError> {
        let transactional_id = id.as_str().to_owned();
        let known = KnownProducer { version: VERSION, transactional_id, producer_id, producer_epoch };
        replace(&self.producer(id), &known)
    }

    /// Forgets which producer a transactional id was: it becomes another. The caller holds the lock.
    pub(super) fn forget_producer(&self, id: &TransactionalId) -> Result<(), FileError> {
        fs::remove_if_present(&self.producer(id))
    }

    /// A producer id that nobody has had here. The caller holds the lock.
    ///
    /// The first is the time in milliseconds: so nobody has it elsewhere either whose log may come here, and
    /// nobody had it here before, should this folder have been removed.
    pub(super) fn next_producer_id(&self) -> Result<i64, StoreError> {
        let path = self.root.join("producer-ids.json");
        let ids = read_versioned::<ProducerIds>(&path)?;
        let id = ids.map_or(Timestamp::now().0, |ids| ids.next).max(LEAST_PRODUCER_ID);
        replace(&path, &ProducerIds { version: VERSION, next: id.saturating_add(1) })?;
        Ok(id)
    }
}

/// Replaces `path` on the disk by what `content` is in JSON, or leaves it as it was.
fn replace(path: &Path, content: &impl Serialize) -> Result<(), FileError> {
    let mut bytes = serde_json::to_vec(content).unwrap_or_default();
    bytes.push(b'\n');
    fs::write_atomically(path, &bytes)
}
