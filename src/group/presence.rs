//! Whether a member is alive: a lock that the kernel drops with its process, and the time of its last poll.

use std::path::Path;
use std::time::Duration;

use crate::fs::{self, FileError, HeldLock};

/// A moment on a clock that all processes of this boot share, that no one sets, and that stands still while
/// the machine sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    milliseconds: u64,
}

impl Moment {
    /// Now.
    pub(super) fn now() -> Self {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
        let nanoseconds = u64::try_from(now.tv_nsec).unwrap_or(0);
        Self { milliseconds: seconds * 1000 + nanoseconds / 1_000_000 }
    }

    /// The time since `earlier`; none if that is later.
    pub(super) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.milliseconds.saturating_sub(earlier.milliseconds))
    }
}

/// What others see of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Its process is gone.
    Dead,
    /// Its process is there, and last polled at this moment.
    LastPolled(Moment),
}

/// A member's own sign of life. Dropped, the member is dead to the others.
#[derive(Debug)]
pub(super) struct Presence {
    lock: HeldLock,
    last_poll: Moment,
}

/// The moment in a file is written with this many digits, so that it never has to be cut.
const DIGITS: usize = 20;

impl Presence {
    /// Makes the file at `path`, which tells the others from now on that its member is alive.
    ///
    /// # Errors
    /// When it cannot be made, locked or written to.
    pub(super) fn begin(path: &Path) -> Result<Self, FileError> {
        let mut presence = Self { lock: HeldLock::new(path)?, last_poll: Moment::now() };
        presence.poll(presence.last_poll)?;
        Ok(presence)
    }

    /// When this member last polled.
    pub(super) fn last_poll(&self) -> Moment {
        self.last_poll
    }

    /// Notes that this member polls at `now`.
    ///
    /// # Errors
    /// When the file cannot be written to.
    pub(super) fn poll(&mut self, now: Moment) -> Result<(), FileError> {
        let text = format!("{:0DIGITS$}\n", now.milliseconds);
        self.lock.file().write_all_at(text.as_bytes(), 0)?;
        self.last_poll = now;
        Ok(())
    }

    /// As [`Self::poll`], unless by the time that it is noted the last poll is `interval` ago: the others may
    /// have seen that already, and this member has to look whether they have.
    pub(super) fn poll_in_time(&mut self, now: Moment, interval: Duration) -> Result<(), FileError> {
        let before = self.last_poll;
        self.poll(now)?;
        if Moment::now().since(before) >= interval {
            self.last_poll = before;
        }
        Ok(())
    }
}

/// Looks at the sign of life of the member whose file is `path`.
///
/// # Errors
/// When it cannot be read.
pub(super) fn look_at(path: &Path) -> Result<Sign, FileError> {
    let Some(text) = fs::content_while_locked(path)? else { return Ok(Sign::Dead) };
    let digits = std::str::from_utf8(text.get(..DIGITS).unwrap_or_default()).ok();
    // Somebody else's bytes in there are no reason to take a member out whose process lives.
    let last_poll = digits.and_then(|digits| digits.parse().ok()).map(|milliseconds| Moment { milliseconds });
    Ok(Sign::LastPolled(last_poll.unwrap_or_else(Moment::now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_alive_as_long_as_it_is_held() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("m");
        assert_eq!(look_at(&path).unwrap(), Sign::Dead);
        let mut presence = Presence::begin(&path).unwrap();
        assert_eq!(look_at(&path).unwrap(), Sign::LastPolled(presence.last_poll()));
        let later = Moment { milliseconds: presence.last_poll().milliseconds + 5 };
        presence.poll(later).unwrap();
        assert_eq!(look_at(&path).unwrap(), Sign::LastPolled(later));
        assert_eq!(later.since(Moment { milliseconds: later.milliseconds - 5 }), Duration::from_millis(5));
        drop(presence);
        assert_eq!(look_at(&path).unwrap(), Sign::Dead);
    }
}
