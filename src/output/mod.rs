//! The only place that prints: data to stdout, all else to stderr.

pub mod clean;
pub mod configs;
pub mod data;
pub mod dump;
pub mod groups;
pub mod produced;
pub mod progress;
pub mod prompt;
pub mod record;
pub mod stats;
pub mod table;
pub mod topics;

use std::io::{self, BufWriter, IsTerminal as _, Write};

use self::data::DataWriter;
use crate::cli::ColorChoice;

/// Where commands print.
///
/// Data is buffered; [`Ui::flush`] writes it out, and so does the end of the command in any case.
#[derive(Debug)]
pub struct Ui {
    stdout: DataWriter,
    stdout_is_terminal: bool,
    colours: bool,
    failed: bool,
}

/// stdout could not be written to.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output: {}", crate::fs::plain_text(.source))]
pub struct StdoutError {
    /// What the operating system answered.
    source: io::Error,
}

impl StdoutError {
    /// Nobody reads standard output any more.
    pub fn closed_pipe() -> Self {
        Self { source: io::ErrorKind::BrokenPipe.into() }
    }

    /// Whether whoever read it has gone away, which ends a command without any error.
    pub fn is_closed_pipe(&self) -> bool {
        self.source.kind() == io::ErrorKind::BrokenPipe
    }
}

impl From<io::Error> for StdoutError {
    fn from(source: io::Error) -> Self {
        Self { source }
    }
}

impl Ui {
    /// Takes over stdout and stderr. Fails only when stdout cannot be duplicated.
    pub fn new(color: ColorChoice) -> Result<Self, StdoutError> {
        let stdout = DataWriter::stdout()?;
        let stdout_is_terminal = io::stdout().is_terminal();
        let colours = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => stdout_is_terminal && environment_allows_colours(),
        };
        Ok(Self { stdout, stdout_is_terminal, colours, failed: false })
    }

    /// Whether a person reads stdout.
    pub fn stdout_is_terminal(&self) -> bool {
        self.stdout_is_terminal
    }

    /// Whether to use colours on stdout.
    pub fn colours(&self) -> bool {
        self.colours
    }

    /// stdout itself, for those who print much. What they get from it as an error converts into a
    /// [`StdoutError`].
    pub fn data(&mut self) -> &mut DataWriter {
        &mut self.stdout
    }

    /// Prints `line` and a newline to stdout.
    pub fn print_line(&mut self, line: &str) -> Result<(), StdoutError> {
        let buffer = self.stdout.buffer();
        buffer.extend_from_slice(line.as_bytes());
        buffer.push(b'\n');
        self.stdout.spill()
    }

    /// Makes what is printed next take the place of all that the terminal shows.
    pub fn clear_screen(&mut self) {
        self.stdout.buffer().extend_from_slice(b"\x1b[H\x1b[J");
    }

    /// Writes out all that was printed to stdout.
    pub fn flush(&mut self) -> Result<(), StdoutError> {
        self.stdout.flush()
    }

    /// Prints one line to stderr: a warning or a note.
    pub fn note(&mut self, line: &str) {
        let mut line = on_one_line(line);
        line.push('\n');
        // In one piece: other processes may write to the same place. What cannot be said on stderr cannot
        // be said anywhere.
        let _ = io::stderr().write_all(line.as_bytes());
    }

    /// Prints a warning to stderr as one line; the command goes on and does not fail.
    pub fn warn(&mut self, message: &str) {
        self.note(&format!("mkafka: warning: {message}"));
    }

    /// Prints `text` to stderr without ending the line: somebody is to type something behind it.
    pub fn prompt(&mut self, text: &str) {
        let _ = write!(io::stderr(), "{text}");
    }

    /// Whether a person reads stderr.
    pub fn stderr_is_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Prints an error to stderr as one line, and makes the command fail while it goes on.
    pub fn error(&mut self, message: &str) {
        self.failed = true;
        self.note(&format!("mkafka: {message}"));
    }

    /// Writes a report of several lines to stderr; with `is_failure` the command fails while it goes on.
    pub fn report(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>, is_failure: bool) {
        self.failed |= is_failure;
        let mut stderr = BufWriter::new(io::stderr());
        // What cannot be said on stderr cannot be said anywhere.
        let _ = write(&mut stderr).and_then(|()| stderr.flush());
    }

    /// Makes the command fail while it goes on: what it has found is told on stdout.
    pub fn fail(&mut self) {
        self.failed = true;
    }

    /// Whether an error has been printed.
    pub fn has_failed(&self) -> bool {
        self.failed
    }
}

/// NO_COLOR (no-color.org) and a terminal that has none.
fn environment_allows_colours() -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !no_color && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}

/// Names in a message may hold anything: line ends would make it more than one line, and control
/// characters could steer the terminal.
fn on_one_line(message: &str) -> String {
    let mut line = String::with_capacity(message.len());
    for c in message.chars() {
        if c.is_control() {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_stay_on_one_line() {
        assert_eq!(on_one_line("Topic 'a\nb\u{1b}[31m' ü"), "Topic 'a\\nb\\u{1b}[31m' ü");
    }
}
