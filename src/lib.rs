//! mkafka
pub mod fs;
pub mod record;
