//! Kafka's messages: what stands in the keys and values of its own topics, and in KRaft's records.
//!
//! Kafka describes each message in a JSON file and generates a class from it. Here a message is a table,
//! and one reader, [`Struct`], goes through all of them. Nothing is allocated, and a length that the bytes
//! do not hold is an error before anything is made of it.
//!
//! | what | where |
//! | --- | --- |
//! | how a message is described | `schema` |
//! | reading one | `structure`, over the integers and lengths of `field_reader` |
//! | records of `__consumer_offsets` | [`group`] |
//! | records of `__transaction_state` | [`transaction`] |
//! | records of `__share_group_state` | [`share`] |
//! | records of `__cluster_metadata` | [`metadata`] |
//! | records of `__remote_log_metadata` | [`remote_log`] |
//! | control records of KRaft | [`kraft`] |

mod field_reader;
pub mod group;
pub mod kraft;
pub mod metadata;
pub mod remote_log;
mod schema;
pub mod share;
mod structure;
pub mod transaction;

pub use field_reader::FieldReader;
pub use schema::{Field, Kind, Schema};
pub use structure::{Items, Struct, Value};

/// What is wrong with a message, as a phrase.
pub type MessageError = &'static str;
