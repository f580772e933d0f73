//! What can go wrong in the store. Each error prints as the finished line for a person: it names the
//! thing, says what is wrong with it and, where that is not plain, what to do.

use std::path::PathBuf;

use super::topic_admin::MAX_PARTITIONS;
use super::{
    CONSUMER_OFFSETS, ConfigError, InvalidTopicName, TopicId, TopicName, TopicPartition, TransactionalId,
};
use crate::fs::FileError;
use crate::log::LogError;
use crate::log::checkpoint::CheckpointError;
use crate::record::CompressionError;
use crate::spelling::did_you_mean;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A topic's name is not legal.
    #[error(transparent)]
    InvalidTopicName(#[from] InvalidTopicName),
    /// A topic's configuration is not legal.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no such topic.
    #[error("Topic '{topic}' does not exist as expected{}", way_out(.suggestion))]
    UnknownTopic {
        /// The topic that was asked for.
        topic: TopicName,
        /// The existing topic that comes closest.
        suggestion: Option<TopicName>,
    },
    /// There is no topic with such an id.
    #[error("TopicId '{0}' does not exist as expected; `mkafka topics describe` shows the ids there are")]
    UnknownTopicId(TopicId),
    /// A topic of that name is there already.
    #[error("Topic '{0}' already exists.")]
    TopicExists(TopicName),
    /// The name differs from an existing one in `.` and `_` alone.
    #[error("Topic '{topic}' collides with existing topic: {existing}")]
    TopicCollides {
        /// The topic to be created.
        topic: TopicName,
        /// The topic there is.
        existing: TopicName,
    },
    /// The name is one that Kafka keeps for something that is no topic.
    #[error("Topic '{0}' is where a broker keeps its own metadata; it can be neither created nor deleted")]
    ReservedTopic(TopicName),
    /// Each group has its partition of this topic by the number of them.
    #[error(
        "Topic '{0}' has the offsets of consumer groups, which are found by its number of partitions: that cannot be changed"
    )]
    FixedPartitions(TopicName),
    /// A topic needs a partition.
    #[error("The partitions must be greater than 0")]
    NoPartitions,
    /// More partitions than [`MAX_PARTITIONS`].
    #[error("Topic '{topic}' cannot have {partitions} partitions: the limit is {MAX_PARTITIONS} a topic")]
    TooManyPartitions {
        /// The topic to be created.
        topic: TopicName,
        /// How many it was to have.
        partitions: i32,
    },
    /// A topic was to get fewer partitions than it has.
    #[error("The topic {topic} currently has {current} partition(s); {asked} would not be an increase.")]
    NoIncrease {
        /// The topic.
        topic: TopicName,
        /// How many it has.
        current: i32,
        /// How many it was to have.
        asked: i32,
    },
    /// A topic was to get as many partitions as it has.
    #[error("Topic already has {0} partition(s).")]
    SamePartitions(i32),
    /// Configurations were to be deleted that the topic does not set.
    #[error("Invalid config(s): {names}{}", did_you_mean(*.suggestion))]
    ConfigNotSet {
        /// Which, with commas between them.
        names: String,
        /// The configuration that was probably meant, where there is none of such a name.
        suggestion: Option<&'static str>,
    },
    /// A partition that the topic does not have, or that has no folder here.
    #[error(
        "topic '{topic}' has no partition {partition} here: it has {count} partition(s), numbered from 0"
    )]
    UnknownPartition {
        /// The topic.
        topic: TopicName,
        /// What was asked for.
        partition: i64,
        /// How many it has.
        count: i32,
    },
    /// A partition whose folder somebody has removed.
    #[error("partition {0} is not in this data directory")]
    LostPartition(TopicPartition),
    /// A partition's log refused.
    #[error("{partition}: {source}")]
    Log {
        /// The partition.
        partition: TopicPartition,
        /// What went wrong.
        source: crate::log::LogError,
    },
    /// Another process has this transactional id.
    #[error(
        "transactional.id '{0}' is in use by a producer that is running; wait for it to end, or choose another id"
    )]
    TransactionalIdInUse(TransactionalId),
    /// The transaction could not be committed, and is aborted.
    #[error("the transaction could not be committed and is aborted: {0}")]
    NotCommitted(#[source] Box<StoreError>),
    /// It is not known whether the transaction is committed: the disk failed just when that was noted.
    #[error(
        "whether the transaction is committed is not certain: {0}; it will be the one or the other as a whole \
         after the next `mkafka produce` or `mkafka clean`"
    )]
    TransactionInDoubt(#[source] Box<StoreError>),
    /// The transaction has been decided, but not every partition knows of it.
    #[error("the transaction is {}, but that is not noted in all partitions yet: {source}; the next \
         `mkafka produce` or `mkafka clean` does it", if *.committed { "committed" } else { "aborted" })]
    TransactionUnfinished {
        /// How it was decided.
        committed: bool,
        /// What went wrong.
        #[source]
        source: Box<StoreError>,
    },
    /// The replication factor is no positive 16-bit number.
    #[error("The replication factor must be between 1 and 32767 inclusive")]
    ReplicationFactorOutOfRange,
    /// One machine cannot replicate.
    #[error(
        "Unable to replicate the partition {0} time(s): The target replication factor of {0} cannot be reached \
         because only 1 broker(s) are registered. Replicas need a cluster of {0} brokers; a data directory has \
         --replication-factor 1"
    )]
    TooFewBrokers(i32),
    /// Nothing says where the data directory is.
    #[error("there is no home directory to keep data in; give --data-dir or set MKAFKA_DATA_DIR")]
    NoDefaultDataDir,
    /// The data directory does not exist.
    #[error("data directory {} does not exist; `mkafka topics create` makes it, --data-dir chooses another", .0.display())]
    NoDataDir(PathBuf),
    /// The data directory is something else.
    #[error("data directory {} is not a folder; choose another with --data-dir", .0.display())]
    NotAFolder(PathBuf),
    /// The data directory, or something in it, cannot be written to.
    #[error("data directory {} cannot be written to: {source}", .path.display())]
    NotWritable {
        /// The data directory.
        path: PathBuf,
        /// What exactly failed.
        #[source]
        source: FileError,
    },
    /// A Kafka broker is running on the data directory.
    #[error("data directory {} is in use by a running Kafka broker: stop it first, or only read", .0.display())]
    BrokerIsLive(PathBuf),
    /// The data directory was written by a newer mkafka.
    #[error(
        "{} has format version {found}, and this mkafka knows versions up to {known}: a newer mkafka is needed",
        .path.display()
    )]
    NewerVersion {
        /// The file that says so.
        path: PathBuf,
        /// Its version.
        found: u64,
        /// The newest version that is known.
        known: u64,
    },
    /// A file of `.mkafka` is damaged.
    #[error("{} is damaged: {reason}", .path.display())]
    BadMetadata {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The log of committed offsets cannot be read or appended to.
    #[error("{CONSUMER_OFFSETS}: {0}")]
    Offsets(#[source] LogError),
    /// The codec failed.
    #[error(transparent)]
    Compression(#[from] CompressionError),
    /// A checkpoint file is damaged.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The operating system refused.
    #[error(transparent)]
    File(#[from] FileError),
}

fn way_out(suggestion: &Option<TopicName>) -> String {
    match suggestion {
        Some(_) => did_you_mean(suggestion.as_ref()),
        None => "; `mkafka topics list` shows the topics there are".to_owned(),
    }
}
