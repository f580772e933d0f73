//! The completions in real shells, on a pseudo-terminal: what is typed up to Tab runs as the command that was
//! meant. Shells that are not there are passed over, but for those that MKAFKA_SHELLS names.

use std::path::{Path, PathBuf};
use std::process::Command;

use rexpect::session::{PtySession, spawn_command};

use crate::common::Sandbox;

/// How long something may take to appear, in milliseconds.
const PATIENCE: u64 = 120_000;

/// A shell on a terminal, in which `mkafka` is this program and has a data directory with two topics.
struct Terminal {
    shell: PtySession,
    _sandbox: Sandbox,
}

impl Terminal {
    /// Starts `name` with `args`, or says that it is not there. `load` makes it read the script that is at `{}`.
    #[expect(clippy::print_stdout, reason = "who runs the tests may want to know")]
    fn start(name: &str, args: &[&str], load: &str) -> Option<Self> {
        let wanted = std::env::var("MKAFKA_SHELLS").unwrap_or_default();
        let is_there =
            Command::new(name).args(["-c", "exit"]).output().is_ok_and(|output| output.status.success());
        if !is_there {
            assert!(
                !wanted.split(' ').any(|shell| shell == name),
                "there is no {name}, and MKAFKA_SHELLS names it"
            );
            println!("skipped: there is no {name}");
            return None;
        }
        let sandbox = Sandbox::new();
        sandbox.ok("topics create orders --partitions 3");
        sandbox.ok("topics create payments --partitions 2");
        assert_eq!(
            sandbox.run("groups reset-offsets billing --topic orders --to-earliest --execute").status,
            0
        );
        let program = Path::new(env!("CARGO_BIN_EXE_mkafka")).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path =
            std::env::join_paths([PathBuf::from(program)].into_iter().chain(std::env::split_paths(&path)));
        let mut command = Command::new(name);
        command.args(args).current_dir(sandbox.path()).env_clear().env("PATH", path.unwrap());
        command.env("MKAFKA_DATA_DIR", sandbox.data_dir()).env("HOME", sandbox.path()).env("TERM", "xterm");
        let mut shell = spawn_command(command, Some(PATIENCE)).unwrap();
        // Interactive shells ignore what ends other programs.
        shell.process_mut().set_kill_timeout(Some(200));
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
        shell.send_line(&load.replace("{}", scripts.to_str().unwrap())).unwrap();
        let mut terminal = Self { shell, _sandbox: sandbox };
        // The quotes keep what is typed from looking like what is printed.
        terminal.enter("echo load''ed", "loaded");
        Some(terminal)
    }

    /// Types `line`, with Tabs in it, and Return; the output must have `expected` in it.
    #[track_caller]
    fn enter(&mut self, line: &str, expected: &str) {
        self.shell.send(line).unwrap();
        self.shell.send("\r").unwrap();
        self.shell.flush().unwrap();
        if let Err(error) = self.shell.exp_string(expected) {
            panic!("{line:?}: {error}");
        }
    }

    /// What every shell must do. At the end the line is left as it is.
    fn complete(&mut self) {
        self.enter("mkafka topics offs\tpay\t", "payments:1:0");
        self.enter("mkafka topics offsets ord\t--partitions 1,2", "orders:2:0");
        self.enter("mkafka groups describe --state --group bil\t", "Empty");
        // Both topics are shown when there is nothing to go by.
        self.shell.send("mkafka consume \t\t").unwrap();
        self.shell.flush().unwrap();
        self.shell.exp_string("orders").unwrap();
        self.shell.exp_string("payments").unwrap();
    }

    /// What those do that put what is typed behind `=` as it is.
    fn complete_values(&mut self) {
        self.enter("mkafka topics offsets --topic=pay\t", "payments:1:0");
        // A value follows the name of a configuration, without a space.
        self.enter("mkafka topics create one --config retention.m\t77", "Created topic one.");
        self.enter("mkafka configs describe --topic one --output json", "\"77\"");
        self.enter("mkafka topics create two --config message.timestamp.type=L\t", "Created topic two.");
        self.enter("mkafka configs describe --topic two --output json", "\"LogAppendTime\"");
    }
}

#[test]
fn bash_completes() {
    let load = "PS1='$ '; source {}/mkafka.bash";
    if let Some(mut terminal) = Terminal::start("bash", &["--norc", "--noprofile", "-i"], load) {
        terminal.complete_values();
        terminal.complete();
    }
}

/// From a folder in fpath, as a package installs it: the first Tab must work already.
#[test]
fn zsh_completes() {
    let load = "PS1='$ '; fpath=({} $fpath); autoload -Uz compinit; compinit -u -D";
    if let Some(mut terminal) = Terminal::start("zsh", &["-f", "-i"], load) {
        terminal.complete_values();
        terminal.complete();
    }
}

#[test]
fn fish_completes() {
    let load = "source {}/mkafka.fish";
    if let Some(mut terminal) = Terminal::start("fish", &["--no-config", "-i"], load) {
        terminal.complete_values();
        terminal.complete();
    }
}

#[test]
fn elvish_completes() {
    let load = "eval (slurp < {}/mkafka.elv)";
    // It puts quotes around a word with `=` in it, and asks before it takes it.
    if let Some(mut terminal) = Terminal::start("elvish", &["-norc", "-i"], load) {
        terminal.complete();
    }
}
