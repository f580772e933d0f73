//! The data directory: topics, their configurations and ids, and what belongs to it as a whole.
//!
//! Nothing here prints. Every error is a [`StoreError`], which reads as one line for a person.

pub mod checkpoint;
pub mod config_table;
pub mod consumer_offsets;
mod data_dir;
mod error;
mod group_id;
mod listing;
mod log_start;
mod metadata;
mod topic_admin;
mod topic_alter;
mod topic_config;
mod topic_id;
mod topic_identity;
mod topic_name;
mod topic_selection;
pub mod transactions;
pub mod transfer;

pub use consumer_offsets::{CommittedOffset, GroupOffsets, OffsetChange, OffsetChanges, OffsetsLog};
pub use data_dir::{DataDir, DataDirLocation, LogStartOffsets, Topic, WritableDataDir, noted_log_start};
pub use error::StoreError;
pub(crate) use group_id::java_string_hash;
pub use group_id::{GroupId, GroupPattern, InvalidGroupId};
pub use listing::Listing;
pub use log_start::DeleteUpTo;
pub use topic_admin::{MAX_PARTITIONS, NewTopic};
pub use topic_alter::check_alteration;
pub use topic_config::{CleanupPolicy, ConfigError, TopicCompression, TopicConfig};
pub use topic_id::{InvalidTopicId, TopicId};
pub use topic_identity::TopicIdentity;
pub use topic_name::{CONSUMER_OFFSETS, InvalidTopicName, MAX_NAME_LENGTH, TopicName, TopicPartition};
pub use topic_selection::{InvalidPattern, TopicPattern, TopicSelection};
pub use transactions::{
    EndOfTheDead, EndedTransaction, InvalidTransactionalId, Transaction, TransactionalId,
};
