//! Records typed at a prompt.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;

use super::session::{STDIN, Session, is_the_record};
use crate::input::{InputForm, InputRecord, LineContent};
use crate::output::prompt::{Prompt, TerminalState, Typed};
use crate::record::Timestamp;

/// What stands before the line that is typed, as in Kafka's tool.
const PROMPT: &str = ">";

/// What can be typed at a prompt: a record a line. Other forms are read as from a file.
pub(super) fn content(form: &InputForm) -> Option<LineContent> {
    match form {
        InputForm::Lines { delimiter, content, .. } if delimiter == b"\n" => Some(content.clone()),
        _ => None,
    }
}

/// Whether line editing has what it needs: a person on both sides, at a terminal that can move its cursor.
pub(super) fn is_possible(session: &Session<'_>) -> bool {
    if session.rehearsal.is_some() {
        return false;
    }
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    TerminalState::of_stdin().is_some() && session.ui.stderr_is_terminal() && !session.quiet && !is_dumb
}

/// Asks for lines and produces each at once, until there are no more.
///
/// # Errors
/// When the terminal fails.
pub(super) fn run(
    session: &mut Session<'_>,
    content: &LineContent,
    tells_offsets: bool,
) -> anyhow::Result<u8> {
    let mut prompt = Prompt::new(history_file()).context("cannot use the terminal")?;
    // While a line is typed nothing is pending, and a signal may end the process; while one is produced, it
    // waits.
    let busy = Arc::new(Mutex::new(()));
    let (gate, terminal) = (Arc::clone(&busy), TerminalState::of_stdin());
    session.interrupt.when_asked(move |status| {
        let _idle = gate.lock().unwrap_or_else(PoisonError::into_inner);
        terminal.iter().for_each(TerminalState::restore);
        std::process::exit(i32::from(status));
    })?;
    let mut number = 0;
    let status = loop {
        if session.left == Some(0) {
            break 0;
        }
        let typed = prompt.read_line(PROMPT);
        let _busy = busy.lock().unwrap_or_else(PoisonError::into_inner);
        match typed {
            Ok(Typed::Line(line)) => {
                number += 1;
                session.input_bytes += line.len() as u64 + 1;
                produce_line(session, content, &line, number, tells_offsets)?;
            }
            Ok(Typed::End) => break 0,
            Ok(Typed::Interrupted) => break 128 + 2,
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                session.ui.note("mkafka: that is not UTF-8; pipe such bytes in instead of typing them");
            }
            Err(error) => {
                prompt.save_history();
                return Err(anyhow::Error::new(error).context("cannot read from the terminal"));
            }
        }
    };
    prompt.save_history();
    Ok(status)
}

/// Produces one line. What is wrong with it is told, and no reason to end.
fn produce_line(
    session: &mut Session<'_>,
    content: &LineContent,
    line: &str,
    number: u64,
    tells_offsets: bool,
) -> anyhow::Result<()> {
    let result = try_produce(session, content, line, number);
    if tells_offsets && result.is_ok() {
        session.report.tell_last(session.ui);
    }
    let Err(error) = result else { return Ok(()) };
    let message = format!("mkafka: {}", crate::commands::message(&error));
    match is_the_record(&error) {
        true => session.ui.note(&message),
        // The record was good, and is lost: that is a failure even if the next ones fare better.
        false => session.ui.error(&crate::commands::message(&error)),
    }
    Ok(())
}

fn try_produce(
    session: &mut Session<'_>,
    content: &LineContent,
    line: &str,
    number: u64,
) -> anyhow::Result<()> {
    let skips_empty = matches!(session.form, InputForm::Lines { skips_empty: true, .. });
    if skips_empty && line.is_empty() {
        return Ok(());
    }
    let mut record = InputRecord::new();
    content.read(line.as_bytes(), STDIN, number, &mut record)?;
    let place = || format!("line {number}");
    session.send(&mut record, Timestamp::now(), Vec::new(), &place)?;
    session.count_down();
    if let Some(tee) = &mut session.tee {
        tee.take(line.as_bytes());
        tee.take(b"\n");
    }
    let flushed = session.producer.flush();
    session.after_appends();
    Ok(flushed?)
}

/// Where the lines that were typed are kept: `$XDG_STATE_HOME/mkafka/produce_history`, else below
/// `~/.local/state`; nowhere without a home.
fn history_file() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(state.join("mkafka/produce_history"))
}
