//! The only place that prints: data to stdout, all else to stderr.

pub mod clean;
pub mod configs;
pub mod data;
pub mod dump;
pub mod escape;
pub mod group_totals;
pub mod groups;
mod json;
pub mod perf;
pub mod produced;
pub mod progress;
pub mod prompt;
pub mod record;
pub mod stats;
pub mod table;
pub mod topics;

use std::io::{self, BufWriter, IsTerminal as _, Write};

use self::data::DataWriter;
use self::escape::{escape_json_from, escape_text_from, on_one_line};
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
            ColorChoice::Auto => {
                let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
                colours_by_default(stdout_is_terminal, environment)
            }
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

    /// Has what goes to [`Ui::data`] escaped where a terminal shows it: as text, or as JSON.
    pub fn escape_data(&mut self, is_json: bool) {
        if self.stdout_is_terminal {
            self.stdout.escape_with(if is_json { escape_json_from } else { escape_text_from });
        }
    }

    /// Prints `line` and a newline to stdout. It may hold anything: on a terminal, what would steer that is
    /// escaped.
    pub fn print_line(&mut self, line: &str) -> Result<(), StdoutError> {
        let escape = self.stdout_is_terminal.then_some(escape_text_from as fn(usize, &mut Vec<u8>));
        self.print(line, escape)
    }

    /// Prints a JSON value in one line to stdout; the same of what would steer a terminal.
    pub fn print_json(&mut self, value: &serde_json::Value) -> Result<(), StdoutError> {
        let escape = self.stdout_is_terminal.then_some(escape_json_from as fn(usize, &mut Vec<u8>));
        self.print(&value.to_string(), escape)
    }

    /// Prints `text` and a newline to stdout as they are: what others wrote has been escaped in it, and colours are
    /// ours.
    pub fn print_styled(&mut self, text: &str) -> Result<(), StdoutError> {
        self.print(text, None)
    }

    fn print(&mut self, text: &str, escape: Option<fn(usize, &mut Vec<u8>)>) -> Result<(), StdoutError> {
        let buffer = self.stdout.buffer();
        let start = buffer.len();
        buffer.extend_from_slice(text.as_bytes());
        if let Some(escape) = escape {
            escape(start, buffer);
        }
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
        write_note(line);
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
        error_line(message);
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

/// Ends the line on stderr behind which somebody was to type something.
pub fn end_prompt() {
    let _ = io::stderr().write_all(b"\n");
}

/// Prints an error to stderr as one line.
pub fn error_line(message: &str) {
    write_note(&format!("mkafka: {message}"));
}

/// Whether what somebody else has `printed` on standard output has arrived there.
///
/// # Errors
/// When it has not.
pub fn has_arrived(printed: io::Result<()>) -> Result<(), StdoutError> {
    use io::Write as _;
    Ok(printed.and_then(|()| io::stdout().flush())?)
}

fn write_note(line: &str) {
    let mut line = on_one_line(line);
    line.push('\n');
    // In one piece: other processes may write to the same place. What cannot be said on stderr cannot be said
    // anywhere.
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Whether to use colours as far as nobody has said: NO_COLOR (no-color.org) and CLICOLOR_FORCE
/// (bixense.com/clicolors) count more than the terminal, of which some have none.
fn colours_by_default(is_terminal: bool, environment: impl Fn(&str) -> Option<String>) -> bool {
    if environment("NO_COLOR").is_some() {
        return false;
    }
    let is_forced = environment("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    is_forced || (is_terminal && environment("TERM").is_none_or(|terminal| terminal != "dumb"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_has_a_say_in_colours() {
        let set = |pairs: &'static [(&str, &str)], is_terminal| {
            let find = |name: &str| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
            colours_by_default(is_terminal, find)
        };
        assert!(set(&[], true) && !set(&[], false));
        assert!(!set(&[("TERM", "dumb")], true) && set(&[("TERM", "xterm")], true));
        assert!(set(&[("CLICOLOR_FORCE", "1")], false) && !set(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!set(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true));
    }
}
