//! mkafka
pub mod fs;
pub mod record;
pub mod store;
