//! Progress of long work. The only file that names indicatif.

use indicatif::{ProgressBar, ProgressStyle};

use super::Ui;

/// Work below this many bytes is over before a bar could be read.
const WORTH_SHOWING: u64 = 64 << 20;

/// A bar on a terminal, or nothing; whoever does the work need not know which.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// The progress of reading `total` bytes.
    pub fn bytes(total: u64, ui: &Ui) -> Self {
        if total < WORTH_SHOWING || !ui.stderr_is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(total);
        let template = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// So much is done.
    pub fn set(&self, done: u64) {
        self.0.set_position(done);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
