//! One partition: its folder of segments and indexes, and the rules by which it grows and is read.
//!
//! | what | where |
//! | --- | --- |
//! | names of the files, and which there are; what is done over where retention takes one | `segment` |
//! | walking the batches of one `.log` file | `batch_reader` |
//! | finding the next valid batch behind damage | `batch_search` |
//! | whether a batch stands where its offsets say | `order` |
//! | `.index` and `.timeindex`: layout, look-up | `offset_index`, `time_index`, both over `index_file` |
//! | which entries they get | `index_rules` |
//! | appending (takes the partition's lock) | `appender` |
//! | how an appender learns what others have done | `known_log` |
//! | the active segment: writing, indexing, when to roll | `active` |
//! | what a writer tells the next one through the lock file | `tail`; what it tells those who read, `noted_end` |
//! | mending what a crash left | `recovery` |
//! | what a segment's indexes must be, by its log | `scan` |
//! | moving the recovery point without making anybody wait | `writeback` |
//! | finding the end, an offset; facts about a partition | `bounds` |
//! | from a time to an offset | `time_search` |
//! | checking everything; mending what is found | `verify`, `repair` |
//! | how many records there are | `count` |
//! | following a log without any lock | `reader` |
//! | `leader-epoch-checkpoint` and its like | `checkpoint` |
//! | compaction | `cleaner` |
//! | deleting old segments | `retention` |
//! | putting one segment in the place of several | `swap` |
//! | ending a transaction: its marker, and `.txnindex` | `transaction`, `txn_index` |
//! | working on a partition under its lock, besides appending | `locked` |

mod active;
pub mod appender;
pub mod batch_reader;
mod batch_search;
pub mod bounds;
pub mod checkpoint;
pub mod cleaner;
mod config;
pub mod count;
#[cfg(test)]
mod crash_tests;
mod error;
pub mod index_file;
mod index_rules;
#[cfg(test)]
mod interleaving_tests;
mod known_log;
mod locked;
mod noted_end;
pub mod offset_index;
mod open_transactions;
mod order;
pub mod reader;
mod recovery;
pub mod repair;
pub mod retention;
mod scan;
pub mod segment;
mod swap;
mod tail;
#[cfg(test)]
mod taken_tests;
#[cfg(test)]
mod tests;
pub mod time_index;
pub mod time_search;
pub mod transaction;
mod txn_index;
pub mod verify;
mod writeback;

pub use appender::{Appended, Durability, LOCK_FILE, LogAppender};
pub use batch_reader::{BatchReader, Step};
pub use cleaner::{CleanReport, CleanerConfig, Dirtiness, LogCleaner};
pub use config::LogConfig;
pub use error::{LogError, Repair};
pub use open_transactions::OpenTransactions;
pub use reader::LogReader;
pub use recovery::rebuild_indexes;
pub use retention::{Retained, RetentionConfig};
pub use segment::{DAMAGED_SUFFIX, Position, SegmentPath};
#[cfg(test)]
pub(crate) use tail::BootId;
pub use time_search::offset_for_time;
pub(crate) use writeback::SyncWork;
