//! One module a subcommand.

pub mod dump_log_segments;
