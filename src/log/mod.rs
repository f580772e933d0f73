//! One partition: its folder of segments and indexes, and the rules by which it grows and is read.
//!
//! | what | where |
//! | --- | --- |
//! | names of the files | `segment` |
//! | walking the batches of one `.log` file | `batch_reader` |
//! | finding the next valid batch behind damage | `batch_search` |
//! | `.index` and `.timeindex`: layout, look-up | `offset_index`, `time_index` |
//! | which entries they get | `index_rules` |
//! | appending (takes the partition's lock) | `appender` |
//! | the active segment: writing, indexing, when to roll | `active` |
//! | what a writer tells the next one through the lock file | `tail` |
//! | mending what a crash left | `recovery` |
//! | finding the end, an offset; facts about a partition | `bounds` |
//! | following a log without any lock | `reader` |
//! | `leader-epoch-checkpoint` and its like | `checkpoint` |

mod active;
pub mod appender;
pub mod batch_reader;
mod batch_search;
pub mod bounds;
pub mod checkpoint;
mod config;
#[cfg(test)]
mod crash_tests;
mod error;
mod index_rules;
pub mod offset_index;
pub mod reader;
mod recovery;
pub mod segment;
mod tail;
#[cfg(test)]
mod tests;
pub mod time_index;

pub use appender::{Appended, Durability, LogAppender};
pub use batch_reader::{BatchReader, Step};
pub use config::LogConfig;
pub use error::{LogError, Repair};
pub use reader::LogReader;
pub use recovery::rebuild_indexes;
pub use segment::{Position, SegmentPath};
