//! Whether an input has something to give, without taking it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// What a wait for input came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// There is something to read, or the end of the input.
    Input,
    /// The time is up.
    TimedOut,
    /// The other descriptor, by which the process is told to stop, has something.
    Interrupted,
}

/// Waits until `input` can be read without blocking, `timeout` at the longest, or until `interrupt` can.
///
/// # Errors
/// When the operating system cannot say.
pub fn wait_for_input(
    input: impl AsFd,
    interrupt: Option<BorrowedFd<'_>>,
    timeout: Option<Duration>,
) -> io::Result<Ready> {
    let deadline = timeout.map(|timeout| Instant::now() + timeout);
    let mut fds = vec![PollFd::from_borrowed_fd(input.as_fd(), PollFlags::IN)];
    fds.extend(interrupt.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let left = left.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
        match poll(&mut fds, left.as_ref()) {
            Ok(0) => return Ok(Ready::TimedOut),
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        if fds.get(1).is_some_and(|fd| !fd.revents().is_empty()) {
            return Ok(Ready::Interrupted);
        }
        return Ok(Ready::Input);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn input_interrupt_and_time_are_told_apart() {
        let (mut writer, reader) = UnixStream::pair().expect("a pair");
        let (mut stop, stopped) = UnixStream::pair().expect("a pair");
        let wait = |timeout| wait_for_input(&reader, Some(stopped.as_fd()), timeout).expect("a poll");
        assert_eq!(wait(Some(Duration::ZERO)), Ready::TimedOut);
        assert_eq!(wait(Some(Duration::from_millis(2))), Ready::TimedOut);
        writer.write_all(b"x").expect("written");
        assert_eq!(wait(None), Ready::Input);
        stop.write_all(b"x").expect("written");
        assert_eq!(wait(None), Ready::Interrupted);
    }
}
