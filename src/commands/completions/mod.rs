//! `mkafka completions`, and the answers to shells that have its script loaded.
//!
//! The script is short and knows nothing of the arguments: at each Tab the shell runs `mkafka -- WORD...`
//! with `MKAFKA_COMPLETE` set, and clap_complete's engine looks up in the arguments' definitions what fits. Thus the
//! names of topics and groups complete too, and a script stays right when options are added.

mod bash;
mod elvish;
mod line;
mod shell;
mod values;
mod zsh;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use clap_complete::engine::{CompletionCandidate, complete};
use clap_complete::env::{Fish, Powershell, Shells};

use self::bash::BASH;
use self::elvish::ELVISH;
use self::line::Line;
use self::zsh::ZSH;
use crate::cli::ColorChoice;
use crate::cli::completions::CompletionsArgs;
use crate::output::Ui;

/// The environment variable by which a shell asks for completions; it holds the shell's name.
const ASKED_BY: &str = "MKAFKA_COMPLETE";

/// The environment variable in which the scripts say which of the words is to be completed, counted from 0.
const INDEX: &str = "_CLAP_COMPLETE_INDEX";

/// How long somebody who has pressed Tab is kept waiting at the most. A broker's `__consumer_offsets`, or a
/// file system that hangs, may take longer to read.
const PATIENCE: Duration = Duration::from_secs(2);

/// clap_complete's shells, but for those in which its own script falls short ([`shell::Shell`]).
const SHELLS: Shells<'static> = Shells(&[&BASH, &ELVISH, &Fish, &Powershell, &ZSH]);

/// Runs the command.
///
/// # Errors
/// When the output cannot be written.
pub fn run(args: &CompletionsArgs, ui: &mut Ui) -> anyhow::Result<()> {
    let mut script = Vec::new();
    if let Some(shell) = SHELLS.completer(&args.shell.to_string()) {
        shell.write_registration(ASKED_BY, "mkafka", "mkafka", "mkafka", &mut script)?;
    }
    // clap_complete leaves more than one newline at some ends.
    let script = script.trim_ascii();
    let out = ui.data();
    out.buffer().extend_from_slice(script);
    out.buffer().push(b'\n');
    Ok(out.spill()?)
}

/// Answers a shell that asks what a word may go on as, and gives the exit status; `None` when this is an
/// ordinary run. Reads the data directory and changes nothing. Whatever goes wrong, nothing is said: the shell
/// is in the middle of drawing a line.
pub fn answer(args: &[OsString]) -> Option<ExitCode> {
    let shell = std::env::var(ASKED_BY).ok().filter(|name| SHELLS.completer(name).is_some())?;
    let [_, escape, words @ ..] = args else { return None };
    if escape != "--" || words.is_empty() {
        return None;
    }
    let words = words.to_vec();
    let (sender, receiver) = mpsc::channel();
    // Left behind when it takes too long; it ends with the process.
    std::thread::spawn(move || {
        let _ = sender.send(candidates(&shell, words));
    });
    if let Ok(Some(candidates)) = receiver.recv_timeout(PATIENCE)
        && let Ok(mut ui) = Ui::new(ColorChoice::Never)
    {
        ui.data().buffer().extend_from_slice(&candidates);
        let _ = ui.flush();
    }
    Some(ExitCode::SUCCESS)
}

/// What fits, in the form in which `shell` takes it.
fn candidates(shell: &str, words: Vec<OsString>) -> Option<Vec<u8>> {
    let is_bash = shell == BASH.name;
    let line = Arc::new(Line::new(words.clone(), index(), is_bash));
    let here = std::env::current_dir().ok();
    // Options are many. They are offered where somebody begins one, or where there is nothing else.
    let mut command = values::command(&line, !line.current().as_encoded_bytes().starts_with(b"-"));
    let found = complete(&mut command, line.words.clone(), line.index, here.as_deref()).ok()?;
    if found.iter().all(CompletionCandidate::is_hide_set) {
        command = values::command(&line, false);
    }
    // bash puts its words together by itself, for it needs to know what it has put together.
    let words = if is_bash { words } else { line.words.clone() };
    let mut text = Vec::new();
    SHELLS.completer(shell)?.write_complete(&mut command, words, here.as_deref(), &mut text).ok()?;
    Some(text)
}

/// Which word is to be completed, where the script says it; it is the last where it does not.
fn index() -> Option<usize> {
    std::env::var(INDEX).ok()?.parse().ok()
}
