//! The input that goes on to standard output (`--tee`).

use crate::output::{StdoutError, Ui};

/// Bytes of input that wait to be acknowledged; beyond it nothing more is read before they are.
const WAITING_MAX: usize = 4 << 20;

/// Passes the input on as it was, each record once it is acknowledged: what comes behind a pipe sees nothing
/// that is not in the topic.
#[derive(Debug, Default)]
pub(super) struct Tee {
    waiting: Vec<u8>,
    /// Why nothing more is passed on. Producing goes on all the same.
    failure: Option<StdoutError>,
}

impl Tee {
    /// Takes bytes of the input that belong to records which the producer has.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        if self.failure.is_none() {
            self.waiting.extend_from_slice(bytes);
        }
    }

    /// Whether what waits is to be acknowledged before there is more of it.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING_MAX
    }

    /// All that has been taken is acknowledged: passes it on.
    pub(super) fn pass_on(&mut self, ui: &mut Ui) {
        if self.waiting.is_empty() {
            return;
        }
        ui.data().buffer().append(&mut self.waiting);
        if let Err(error) = ui.flush() {
            self.failure.get_or_insert(error);
        }
    }

    /// Why standard output took no more, if it did not.
    pub(super) fn take_failure(&mut self) -> Option<StdoutError> {
        self.failure.take()
    }
}
