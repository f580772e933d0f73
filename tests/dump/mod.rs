//! `mkafka dump-log-segments`: every line form, every finding, and whatever bytes there may be.

mod damage;
mod files;
mod hostile;
mod indexes;
mod segments;
