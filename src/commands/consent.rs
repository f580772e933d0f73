//! Asking a person before something is destroyed. Only on a terminal: a script is never asked.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;

use super::interrupt::Interrupt;
use crate::cli::ConsentArgs;
use crate::output::escape::on_one_line;
use crate::output::{Ui, end_prompt, error_line};

/// Lines about single things; of more there is only said how many.
const LINES_MAX: usize = 20;

/// The answer was not yes.
#[derive(Debug, thiserror::Error)]
#[error("{NOTHING_DONE}; -y skips the question")]
struct Declined;

const NOTHING_DONE: &str = "nothing was done: the answer was not yes";

/// What somebody is asked.
#[derive(Debug)]
pub(super) struct Question {
    /// What will be lost, a line for each thing.
    pub(super) losses: Vec<String>,
    /// The question itself, without its answers.
    pub(super) text: String,
}

/// Asks whether to go on, unless that is agreed to in `args`, nobody is there to be asked, or nothing will be lost.
/// Only `y` and `yes` mean yes.
///
/// # Errors
/// When the answer is anything else, or `question` fails. Ctrl-C ends the process.
pub(super) fn ask(
    args: &ConsentArgs,
    ui: &mut Ui,
    question: impl FnOnce() -> Result<Question>,
) -> Result<()> {
    if args.yes || !io::stdin().is_terminal() || !ui.stderr_is_terminal() {
        return Ok(());
    }
    let question = question()?;
    if question.losses.is_empty() {
        return Ok(());
    }
    question.losses.iter().take(LINES_MAX).for_each(|line| ui.note(line));
    if let Some(more) = question.losses.len().checked_sub(LINES_MAX).filter(|more| *more > 0) {
        ui.note(&format!("and {more} more"));
    }
    ui.prompt(&format!("{} [y/N] ", on_one_line(&question.text)));
    let is_answered = Arc::new(AtomicBool::new(false));
    let answered = Arc::clone(&is_answered);
    // From now on too: once there is an answer, a signal ends the process as if nobody had asked.
    Interrupt::install()?.when_asked(move |status| {
        if !answered.load(Ordering::SeqCst) {
            end_prompt();
            error_line(NOTHING_DONE);
        }
        std::process::exit(i32::from(status));
    })?;
    let mut answer = String::new();
    // What cannot be read, or is no text, is no yes.
    let is_agreed = io::stdin().read_line(&mut answer).is_ok() && is_yes(&answer);
    is_answered.store(true, Ordering::SeqCst);
    if is_agreed {
        return Ok(());
    }
    if !answer.ends_with('\n') {
        end_prompt();
    }
    Err(Declined.into())
}

fn is_yes(answer: &str) -> bool {
    ["y", "yes"].iter().any(|yes| answer.trim().eq_ignore_ascii_case(yes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_means_yes() {
        for yes in ["y\n", "Y\n", "yes\n", " YES \r\n", "y"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n\n", "no\n", "yess\n", "y y\n", "j\n", "yes!\n"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}
