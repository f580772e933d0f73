//! The arguments of `mkafka completions`.

use clap::{Args, Command};
use clap_complete::Shell;

/// Print the completion script of a shell.
///
/// The script goes to standard output. Each shell has a place where it looks for such scripts; the examples
/// show one for each. A shell that is running already reads it only when told to.
#[derive(Debug, Args)]
#[command(
    override_usage = "mkafka completions [OPTIONS] <SHELL>",
    after_help = "Examples:
  Try it in the bash or zsh that is running:
      source <(mkafka completions bash)
  Install it for bash, fish or zsh (its folder must be in $fpath):
      mkafka completions bash >> ~/.bash_completion
      mkafka completions fish > ~/.config/fish/completions/mkafka.fish
      mkafka completions zsh > ~/.zfunc/_mkafka
  Load it when elvish or PowerShell starts, from its rc.elv or $PROFILE:
      eval (mkafka completions elvish | slurp)
      mkafka completions powershell | Out-String | Invoke-Expression"
)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// The command line as completions should know it. What is accepted only so that scripts carry over is
/// hidden in the help; clap_complete would offer it all the same.
pub fn command_for_completions() -> Command {
    let mut command = super::command().disable_help_subcommand(true);
    command.build();
    only_visible(&command)
}

fn only_visible(command: &Command) -> Command {
    // clap adds these to the copy by itself.
    let of_clap = ["help", "version"];
    let is_visible = |id: &clap::Id| {
        let argument = command.get_arguments().find(|argument| argument.get_id() == id);
        argument.is_none_or(|argument| !argument.is_hide_set())
    };
    let arguments = command
        .get_arguments()
        .filter(|argument| is_visible(argument.get_id()) && !of_clap.contains(&argument.get_id().as_str()));
    let groups = command.get_groups().filter(|group| group.get_args().all(is_visible));
    let mut copy = Command::new(command.get_name().to_owned())
        .args(arguments.cloned().map(|argument| argument.global(false)))
        .groups(groups.cloned())
        .subcommands(command.get_subcommands().filter(|sub| !sub.is_hide_set()).map(only_visible))
        .disable_help_subcommand(true);
    if let Some(about) = command.get_about() {
        copy = copy.about(about.clone());
    }
    if let Some(version) = command.get_version() {
        copy = copy.version(version.to_owned());
    }
    match command.get_long_flag() {
        Some(flag) => copy.long_flag(flag.to_owned()),
        None => copy,
    }
}
