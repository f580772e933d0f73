//! The data directory: topics, their configurations and ids, and what belongs to it as a whole.
//!
//! Nothing here prints. Every error is a [`StoreError`], which reads as one line for a person.

pub mod checkpoint;
pub mod config_table;
mod data_dir;
mod error;
mod listing;
mod log_start;
mod metadata;
mod topic_admin;
mod topic_alter;
mod topic_config;
mod topic_id;
mod topic_name;
pub mod transfer;

pub use data_dir::{DataDir, DataDirLocation, LogStartOffsets, Topic, WritableDataDir};
pub use error::StoreError;
pub use listing::Listing;
pub use log_start::DeleteUpTo;
pub use topic_admin::{MAX_PARTITIONS, NewTopic};
pub use topic_config::{CleanupPolicy, ConfigError, TopicCompression, TopicConfig};
pub use topic_id::{InvalidTopicId, TopicId};
pub use topic_name::{CONSUMER_OFFSETS, InvalidTopicName, MAX_NAME_LENGTH, TopicName, TopicPartition};
