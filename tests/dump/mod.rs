//! `mkafka dump-log-segments`: every line form, every finding, and whatever bytes there may be.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod damage;
mod files;
mod hostile;
mod indexes;
mod segments;
