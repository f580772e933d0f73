//! mkafka
pub mod fs;
pub mod log;
pub mod record;
