//! tmp
pub mod data;
pub mod record;
