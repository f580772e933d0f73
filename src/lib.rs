//! mkafka
pub mod cli;
pub mod commands;
pub mod fs;
pub mod output;
pub mod record;
pub mod store;
