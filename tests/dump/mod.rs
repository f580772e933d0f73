//! `mkafka dump-log-segments`: every line form, every finding, and whatever bytes there may be.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod damage;
mod decoders;
mod files;
mod forms;
mod hostile;
mod indexes;
mod salvage;
mod segments;
