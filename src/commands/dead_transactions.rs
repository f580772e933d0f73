//! Transactions whose producers have died, ended by whoever comes along.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::output::Ui;
use crate::store::{DataDir, EndOfTheDead, WritableDataDir};

/// Ends what dead producers have left in `data_dir`, and says so. That it cannot be done keeps nobody from what
/// they are about.
pub(super) fn end_dead_transactions(data_dir: &WritableDataDir, ui: &mut Ui) {
    for failure in end_or_say_why_not(data_dir, ui) {
        ui.warn(&failure);
    }
}

/// The same; answers why each of those that stay open does, instead of saying so.
fn end_or_say_why_not(data_dir: &WritableDataDir, ui: &mut Ui) -> Vec<String> {
    let end = data_dir.end_dead_transactions();
    let end = end.unwrap_or_else(|error| EndOfTheDead { failures: vec![error], ..EndOfTheDead::default() });
    for transaction in end.ended {
        for repair in &transaction.repairs {
            ui.warn(&repair.to_string());
        }
        let who = match &transaction.transactional_id {
            Some(id) => format!("with transactional.id '{id}'"),
            None => format!("with producer id {}", transaction.producer_id),
        };
        let what = if transaction.committed { "committed" } else { "aborted" };
        ui.warn(&format!("a producer {who} has died: its transaction is {what}"));
    }
    let why = |error| format!("a transaction that a dead producer left stays open: {error}");
    end.failures.iter().map(why).collect()
}

/// Looks now and then whether a producer has died that keeps a `read_committed` consumer waiting.
#[derive(Debug)]
pub(super) struct DeadTransactionsWatch {
    path: PathBuf,
    /// When the next look may be taken.
    next: Instant,
    /// Whether one is to be taken then: there was an open transaction, or there may be one now.
    is_due: bool,
    /// Why transactions stay open, as it was told last: at each look it would be the same.
    told: Vec<String>,
}

/// The time between two looks.
const INTERVAL: Duration = Duration::from_millis(250);

impl DeadTransactionsWatch {
    /// A watch on the data directory at `path`; the first look is due.
    pub(super) fn new(data_dir: &DataDir) -> Self {
        Self { path: data_dir.path().to_owned(), next: Instant::now(), is_due: true, told: Vec::new() }
    }

    /// Looks, unless it has just done so. To be called when something may have happened, and when [`Self::due_in`] says
    /// so. Who may not write to the data directory leaves it to those who may.
    pub(super) fn look(&mut self, ui: &mut Ui) {
        let now = Instant::now();
        self.is_due = true;
        if now < self.next {
            return;
        }
        self.next = now + INTERVAL;
        let dir = DataDir::open_for_reading(&self.path);
        self.is_due = dir.is_ok_and(|dir| dir.has_open_transactions().unwrap_or(false));
        if !self.is_due {
            return;
        }
        if let Ok(writable) = DataDir::open_for_writing(&self.path) {
            let failures = end_or_say_why_not(&writable, ui);
            for failure in failures.iter().filter(|failure| !self.told.contains(failure)) {
                ui.warn(failure);
            }
            self.told = failures;
        }
    }

    /// The time until the next look, if nothing happens before; `None` where only something that happens makes one
    /// necessary.
    pub(super) fn due_in(&self) -> Option<Duration> {
        self.is_due.then(|| self.next.saturating_duration_since(Instant::now()))
    }
}
