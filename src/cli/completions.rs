//! The arguments of `mkafka completions`.

use std::ffi::OsString;

use clap::Args;
use clap_complete::Shell;

/// Print the completion script of a shell.
///
/// Topics, groups, partitions and the names of configurations complete too, from the data directory that the
/// command line names so far: the script runs mkafka itself at each Tab, which must be on the PATH. Nothing is
/// changed by that.
///
/// The script goes to standard output. Each shell has a place where it looks for such scripts; the examples
/// show one for each. A shell that is running already reads it only when told to. The Debian package installs
/// those of bash, zsh and fish.
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

/// A command line that is being typed, with the actions of Kafka's tools (`topics --describe`) where clap's
/// subcommands stand. The number of words stays.
pub fn with_actions_named(words: Vec<OsString>) -> Vec<OsString> {
    super::kafka_forms::action_named(words)
}
