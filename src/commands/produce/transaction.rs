//! All of the input as one transaction (`--transaction`).

use std::time::{Duration, Instant};

use anyhow::bail;

use super::session::Session;

/// How long a batch that is not full waits for more records: as good as for ever.
pub(super) const PATIENCE: Duration = Duration::from_secs(u32::MAX as u64);

/// When a transaction has been open for too long (`transaction.timeout.ms`).
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    began: Instant,
    limit: Duration,
}

impl Deadline {
    /// So much from now.
    pub(super) fn after(limit: Duration) -> Self {
        Self { began: Instant::now(), limit }
    }

    /// Fails if it has passed.
    pub(super) fn check(deadline: Option<Self>) -> anyhow::Result<()> {
        match deadline {
            Some(Self { began, limit }) if began.elapsed() >= limit => {
                bail!("the input has not ended within transaction.timeout.ms ({})", limit.as_millis())
            }
            _ => Ok(()),
        }
    }

    /// How long may be waited: `patience`, but not beyond it.
    pub(super) fn limit(deadline: Option<Self>, patience: Option<Duration>) -> Option<Duration> {
        let left = deadline.map(|deadline| deadline.limit.saturating_sub(deadline.began.elapsed()));
        patience.into_iter().chain(left).min()
    }
}

/// Commits the transaction if the input has come to its end in good order, as `result` says, and aborts it
/// otherwise. Answers the exit status of a signal that was typed, or 0.
pub(super) fn end(session: &mut Session<'_>, result: anyhow::Result<u8>) -> anyhow::Result<u8> {
    let status = result.and_then(|status| Deadline::check(session.deadline).map(|()| status));
    match status {
        Ok(0) if session.interrupt.status().is_none() => {
            session.producer.commit_transaction()?;
            Ok(0)
        }
        Ok(status) => {
            session.producer.abort_transaction()?;
            session.ui.note("mkafka: interrupted: the transaction is aborted");
            Ok(session.interrupt.status().unwrap_or(status))
        }
        Err(error) => Err(match session.producer.abort_transaction() {
            Ok(()) => error.context("the transaction is aborted"),
            Err(unfinished) => error.context(unfinished.to_string()),
        }),
    }
}
