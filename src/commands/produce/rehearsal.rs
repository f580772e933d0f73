//! What a run that writes nothing finds wrong (`--dry-run`).

use crate::output::Ui;

/// Faults that are told one by one; the others are counted.
const TOLD_MAX: u64 = 100;

/// Tells of records that would be refused.
#[derive(Debug, Default)]
pub(super) struct Rehearsal {
    faults: u64,
}

impl Rehearsal {
    /// Tells of a record that would be refused.
    pub(super) fn tell(&mut self, error: &anyhow::Error, ui: &mut Ui) {
        self.faults += 1;
        match self.faults <= TOLD_MAX {
            true => ui.error(&crate::commands::message(error)),
            false => ui.fail(),
        }
    }

    /// Says at the end what has not been told.
    pub(super) fn close(&mut self, ui: &mut Ui) {
        if self.faults > TOLD_MAX {
            ui.note(&format!("{} more records would be refused", self.faults - TOLD_MAX));
        }
    }
}
