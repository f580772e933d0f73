//! Standard output for data: one buffer, written in large pieces.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;

use rustix::event::{PollFd, PollFlags, poll};

use super::StdoutError;
use crate::fs;

/// Bytes that are collected before they are written.
const PIECE: usize = 128 << 10;

/// What a pipe that has any room takes without keeping the writer waiting (`PIPE_BUF` of Linux).
const WRITE_WITHOUT_WAITING: usize = 4096;

fn wait_until_writable(file: &File) -> io::Result<()> {
    loop {
        match poll(&mut [PollFd::new(file, PollFlags::OUT)], None) {
            Err(rustix::io::Errno::INTR) => {}
            other => return Ok(other.map(|_| ())?),
        }
    }
}

/// Data on its way to standard output.
///
/// The standard library's handle looks for line ends in what it is given; for data this is only work.
#[derive(Debug)]
pub struct DataWriter {
    file: File,
    buffer: Vec<u8>,
    /// What is done to the buffer before it is written.
    escape: Option<fn(usize, &mut Vec<u8>)>,
}

impl DataWriter {
    /// Writes to standard output.
    ///
    /// # Errors
    /// When the process has none.
    pub fn stdout() -> Result<Self, StdoutError> {
        // A copy that no command gets which is run: whoever reads standard output would wait for what that leaves running.
        let copy = io::stdout().as_fd().try_clone_to_owned()?;
        Ok(Self::to(File::from(copy)))
    }

    /// Writes to `file` instead.
    pub fn to(file: File) -> Self {
        Self { file, buffer: Vec::with_capacity(PIECE * 2), escape: None }
    }

    /// Has all that is written from now on escaped (as [`super::escape`] has it) before it goes out. For a terminal,
    /// and for what is written by [`DataWriter::flush`].
    pub(super) fn escape_with(&mut self, escape: fn(usize, &mut Vec<u8>)) {
        self.escape = Some(escape);
    }

    /// Lets a pipe hold more, if it is one.
    pub fn widen_pipe(&self) {
        fs::widen_pipe(&self.file);
    }

    /// Calls `then` once nobody can read standard output any more, from a thread of its own; whoever waits for more
    /// to write would not find out otherwise. Nothing is watched that is no pipe or socket.
    ///
    /// # Errors
    /// When there can be no such thread.
    pub fn when_closed(&self, then: impl FnOnce() + Send + 'static) -> io::Result<()> {
        if !fs::is_pipe_or_socket(&self.file)? {
            return Ok(());
        }
        let file = self.file.try_clone()?;
        std::thread::Builder::new().name("stdout".to_owned()).spawn(move || {
            loop {
                // Errors and hang-ups are told without being asked for.
                let mut fds = [PollFd::new(&file, PollFlags::empty())];
                match poll(&mut fds, None) {
                    Err(rustix::io::Errno::INTR) => {}
                    Err(_) => return,
                    Ok(_) => return then(),
                }
            }
        })?;
        Ok(())
    }

    /// Where the next data goes. [`DataWriter::spill`] is due after each record or line.
    #[inline]
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Writes the buffer out if it is full enough.
    ///
    /// # Errors
    /// When standard output does not take it.
    #[inline]
    pub fn spill(&mut self) -> Result<(), StdoutError> {
        if self.buffer.len() >= PIECE { self.flush() } else { Ok(()) }
    }

    /// Writes out all that there is as long as `may_write` answers so, which is asked again whenever standard
    /// output may have kept the process waiting. Once it does not, the record whose writing has begun is finished,
    /// the rest is dropped, and the answer is `false`. `record_ends` are the places in the buffer behind each
    /// record, ascending.
    ///
    /// # Errors
    /// As [`DataWriter::spill`].
    pub fn flush_while(
        &mut self,
        record_ends: &[usize],
        mut may_write: impl FnMut() -> bool,
    ) -> Result<bool, StdoutError> {
        let never_waits = self.file.metadata()?.is_file();
        let mut written = 0;
        let mut end = self.buffer.len();
        while written < end {
            if !never_waits {
                wait_until_writable(&self.file)?;
            }
            if end == self.buffer.len() && !may_write() {
                let begun = record_ends.partition_point(|record_end| *record_end < written);
                end = if written == 0 { 0 } else { record_ends.get(begun).copied().unwrap_or(written) };
                continue;
            }
            let piece = if never_waits { end } else { end.min(written + WRITE_WITHOUT_WAITING) };
            match self.file.write(&self.buffer[written..piece]) {
                Ok(count) => written += count,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.buffer.clear();
                    return Err(e.into());
                }
            }
        }
        let is_all = end == self.buffer.len();
        self.buffer.clear();
        Ok(is_all)
    }

    /// Writes out all that there is.
    ///
    /// # Errors
    /// As [`DataWriter::spill`].
    pub fn flush(&mut self) -> Result<(), StdoutError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        if let Some(escape) = self.escape {
            escape(0, &mut self.buffer);
        }
        let result = self.file.write_all(&self.buffer);
        self.buffer.clear();
        if self.buffer.capacity() > 16 * PIECE {
            self.buffer.shrink_to(2 * PIECE);
        }
        Ok(result?)
    }
}

/// For what is written piece by piece and may be long; it spills by itself.
impl io::Write for DataWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() >= PIECE {
            io::Write::flush(self)?;
        }
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        DataWriter::flush(self).map_err(|error| error.source)
    }
}
