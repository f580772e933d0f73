//! Tests of the program as a whole, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod broker_folder;
mod common;
mod completions;
mod consent;
mod consume;
mod consume_control;
mod consume_offsets;
mod consume_range;
mod consume_view;
mod crash;
mod dump;
mod face;
mod fuzz;
mod generated;
mod groups;
mod groups_lag;
mod idle;
mod introductions;
mod judge;
mod life;
mod membership;
mod open_files;
mod perf;
mod produce;
mod produce_bulk;
mod produce_flow;
mod produce_forms;
mod prompt;
mod readme;
mod recreated;
mod refusals;
mod shells;
mod tidy;
mod topic_configs;
mod topic_patterns;
mod topics;
mod topics_create;
mod topics_picked;
mod torture;
mod transactions;
