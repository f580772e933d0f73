//! `mkafka completions`: the completion script of a shell.

use crate::cli::completions::{CompletionsArgs, command_for_completions};
use crate::output::Ui;

/// Runs the command.
///
/// # Errors
/// When the output cannot be written.
pub fn run(args: &CompletionsArgs, ui: &mut Ui) -> anyhow::Result<()> {
    // clap_complete panics when it cannot write; memory always takes it.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command_for_completions(), "mkafka", &mut script);
    let out = ui.data();
    out.buffer().extend_from_slice(&script);
    Ok(out.spill()?)
}
