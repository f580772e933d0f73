//! Tests of the program as a whole, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod common;
mod consume;
mod crash;
mod dump;
mod generated;
mod judge;
mod life;
mod membership;
mod produce;
mod readme;
mod refusals;
mod tidy;
mod topic_configs;
mod topics;
mod torture;
