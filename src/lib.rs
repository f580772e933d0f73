//! mkafka
pub mod cli;
pub mod commands;
pub mod consumer;
pub mod dump;
pub mod fs;
pub mod input;
pub mod log;
pub mod output;
pub mod producer;
pub mod record;
pub mod store;
