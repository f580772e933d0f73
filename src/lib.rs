//! mkafka
pub mod consumer;
pub mod fs;
pub mod log;
pub mod producer;
pub mod record;
