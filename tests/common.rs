//! Runs the real program on a data directory of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A fresh temporary folder, and the program set up to use `data` in it.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a run of the program gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The data directory. Not there until a command makes it.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The temporary folder, for other files.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program with `args`, nothing in its environment but the data directory.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mkafka"));
        command.env_clear().env("MKAFKA_DATA_DIR", self.data_dir()).current_dir(self.path()).args(args);
        command
    }

    /// Runs the program with the words of `line` as arguments.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_args(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs the program with `args`.
    pub(crate) fn run_args(&self, args: &[&str]) -> Ran {
        Ran::new(self.command(args).output().unwrap())
    }

    /// Runs the program, which must succeed and say nothing on stderr; answers its stdout.
    #[track_caller]
    pub(crate) fn ok(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "mkafka {line}");
        ran.stdout
    }

    /// Runs the program, which must fail with `status`, print nothing on stdout, and say on stderr what
    /// is answered: one line, without the program's name.
    #[track_caller]
    pub(crate) fn fails(&self, status: i32, line: &str) -> String {
        self.run(line).failed(status)
    }

    /// The names in the data directory, sorted; none when it is not there.
    pub(crate) fn entries(&self, below: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.data_dir().join(below)) else { return Vec::new() };
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Ran {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn failed(self, status: i32) -> String {
        assert_eq!((self.status, self.stdout.as_str()), (status, ""), "{}", self.stderr);
        // What lacks everything is answered by its short help.
        if status == 2 && self.stderr.contains("\nUsage: ") {
            return self.stderr;
        }
        let message = self.stderr.strip_prefix("mkafka: ").and_then(|text| text.strip_suffix('\n'));
        let message = message.unwrap_or_else(|| panic!("not an error line: {:?}", self.stderr));
        assert!(!message.contains('\n'), "more than one line: {message}");
        message.to_owned()
    }
}
