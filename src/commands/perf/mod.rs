//! `mkafka perf`: how fast records are produced and consumed. What produces and consumes is that of those commands,
//! and what is measured of it stands beside it.

mod latencies;
mod latency;
mod payload;

use crate::cli::GlobalArgs;
use crate::cli::perf::{PerfAction, PerfArgs};
use crate::output::Ui;

pub(super) use self::latencies::Latencies;
pub(super) use self::payload::{Payload, Payloads};
use super::{UsageError, consume, produce};

/// Runs the command.
///
/// # Errors
/// When a record cannot be produced or consumed; what was measured before that is told.
pub(super) fn run(global: &GlobalArgs, args: &PerfArgs, ui: &mut Ui) -> anyhow::Result<()> {
    match &args.action {
        PerfAction::Produce(args) => produce::perf::run(global, args, ui),
        PerfAction::Consume(args) => consume::perf::run(global, args, ui),
        PerfAction::Latency(args) => latency::run(global, args, ui),
    }
}

/// What `option` was given, which must be more than 0.
///
/// # Errors
/// When it is not, in Kafka's words.
pub(super) fn more_than_zero(option: &str, given: i64) -> Result<u64, UsageError> {
    match u64::try_from(given) {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(UsageError(format!("{option} should be greater than zero"))),
    }
}

/// The bytes of a value that `--record-size` was `given` for.
///
/// # Errors
/// When it is not more than 0, or no batch could hold it.
pub(super) fn record_size(given: i64) -> Result<usize, UsageError> {
    let size = more_than_zero("--record-size", given)?;
    usize::try_from(size).ok().filter(|_| given <= i64::from(i32::MAX)).ok_or_else(|| {
        UsageError(format!("--record-size {given} is more than any batch can hold: {} bytes", i32::MAX))
    })
}
