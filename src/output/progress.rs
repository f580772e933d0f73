//! Progress of long work. The only file that names indicatif.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Ui;

/// Work below this many bytes is over before a bar could be read.
const WORTH_SHOWING: u64 = 64 << 20;

/// A number of bytes as people say it: `12.34 MiB`.
pub fn human_bytes(bytes: u64) -> String {
    indicatif::BinaryBytes(bytes).to_string()
}

/// A bar on a terminal, or nothing; whoever does the work need not know which.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    /// Whether it is to be shown once there has been enough to show.
    shows_late: bool,
}

impl Progress {
    /// The progress of reading `total` bytes, or as many as there will be.
    pub fn reading(total: Option<u64>, is_wanted: bool, ui: &Ui) -> Self {
        let is_short = total.is_some_and(|total| total < WORTH_SHOWING);
        if is_short || !is_wanted || !ui.stderr_is_terminal() {
            return Self { bar: ProgressBar::hidden(), shows_late: false };
        }
        let (bar, template) = match total {
            Some(total) => (ProgressBar::new(total), "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}"),
            None => (ProgressBar::no_length(), "{spinner} {bytes} {bytes_per_sec} {elapsed}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if total.is_none() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { bar, shows_late: total.is_none() }
    }

    /// So much is done.
    pub fn set(&mut self, done: u64) {
        if self.shows_late && done >= WORTH_SHOWING {
            self.shows_late = false;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(done);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
