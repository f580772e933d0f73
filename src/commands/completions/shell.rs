//! A shell in which clap_complete's own script falls short.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap_complete::env::EnvCompleter;

use super::INDEX;

/// Writes what the words of a command line may go on as: [`EnvCompleter::write_complete`] of a shell.
type WriteComplete = fn(&mut clap::Command, Vec<OsString>, Option<&Path>, &mut dyn Write) -> io::Result<()>;

/// A shell with a script of its own.
pub(super) struct Shell {
    /// What it is called.
    pub(super) name: &'static str,
    /// Its script, in which words in capitals stand for what clap_complete says of the program.
    pub(super) script: &'static str,
    /// How candidates are written.
    pub(super) write_complete: WriteComplete,
}

impl EnvCompleter for Shell {
    fn name(&self) -> &'static str {
        self.name
    }

    fn is(&self, name: &str) -> bool {
        name == self.name
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        let script = self
            .script
            .replace("VAR", var)
            .replace("INDEX", INDEX)
            .replace("NAME", name)
            .replace("BIN", bin)
            .replace("COMPLETER", completer);
        buf.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        cmd: &mut clap::Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        (self.write_complete)(cmd, args, current_dir, buf)
    }
}
