//! A prompt with line editing and a history. The only file that names rustyline.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{Behavior, Cmd, Config, Editor, KeyCode, KeyEvent, Modifiers};

/// Lines that the history holds.
const HISTORY_MAX: usize = 1000;

/// What somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A line, without its end.
    Line(String),
    /// Ctrl-D on an empty line.
    End,
    /// Ctrl-C.
    Interrupted,
}

/// Asks for lines, on the terminal itself: neither standard output nor standard error gets any of it.
#[derive(Debug)]
pub struct Prompt {
    editor: Editor<(), DefaultHistory>,
    history: Option<PathBuf>,
}

/// The state that a terminal was in, to put it back whatever happens.
#[derive(Debug)]
pub struct TerminalState {
    terminal: OwnedFd,
    state: Termios,
}

impl TerminalState {
    /// That of standard input; `None` when it is no terminal.
    pub fn of_stdin() -> Option<Self> {
        let terminal = io::stdin().as_fd().try_clone_to_owned().ok()?;
        let state = tcgetattr(&terminal).ok()?;
        Some(Self { terminal, state })
    }

    /// Puts it back.
    pub fn restore(&self) {
        // There is nothing else that could be done about it.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.state);
    }
}

impl Prompt {
    /// A prompt whose history is kept in the file `history`, if that can be.
    ///
    /// # Errors
    /// When the terminal cannot be used.
    pub fn new(history: Option<PathBuf>) -> io::Result<Self> {
        let config = Config::builder()
            .behavior(Behavior::PreferTerm)
            .auto_add_history(true)
            // As in shells: what begins with a space is not kept.
            .history_ignore_space(true)
            // Lines that are pasted are lines that are typed.
            .bracketed_paste(false)
            .max_history_size(HISTORY_MAX)
            .map_err(as_io_error)?
            .build();
        let mut editor = Editor::with_config(config).map_err(as_io_error)?;
        // A tab separates key and value; there is nothing to complete.
        editor.bind_sequence(KeyEvent(KeyCode::Tab, Modifiers::NONE), Cmd::Insert(1, "\t".to_owned()));
        let history = history.filter(|path| make_private_file(path).is_ok());
        if let Some(path) = &history {
            // One that cannot be read is begun anew.
            let _ = editor.load_history(path);
        }
        Ok(Self { editor, history })
    }

    /// Asks for a line behind `prompt`.
    ///
    /// # Errors
    /// When the terminal fails, or what was typed is no text.
    pub fn read_line(&mut self, prompt: &str) -> io::Result<Typed> {
        match self.editor.readline(prompt) {
            Ok(line) => Ok(Typed::Line(line)),
            Err(ReadlineError::Eof) => Ok(Typed::End),
            Err(ReadlineError::Interrupted) => Ok(Typed::Interrupted),
            Err(error) => Err(as_io_error(error)),
        }
    }

    /// Keeps the lines that were typed for the next time.
    pub fn save_history(&mut self) {
        if let Some(path) = &self.history {
            // A history is a convenience: without one all works the same.
            let _ = self.editor.append_history(path);
        }
    }
}

/// Makes sure that there is a file at `path`, and a new one that nobody else can read.
fn make_private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    File::options().append(true).create(true).mode(0o600).open(path)
}

fn as_io_error(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        other => io::Error::other(other),
    }
}
