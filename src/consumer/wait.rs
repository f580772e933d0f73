//! Waiting for logs to grow and for folders to change: by file notification, with polling where there is none.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::notifier::{Notifier, Subject};
use crate::fs::tells_every_change;

/// How often logs are looked at where the system sends no notifications.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// How often folders are looked at where the system sends no notifications.
const FOLDER_POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How often logs are looked at, even if no notification comes, on a file system that may not send one.
const RECHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Waits for changes in some folders.
///
/// A process has one notification handle for all of them: users may have no more than 128 on an ordinary
/// system.
#[derive(Debug)]
pub struct Waiter {
    /// `None` where folders are polled.
    notifier: Option<Notifier>,
    /// What is to be watched once there is something to wait for; `None` when that was the case. Who never waits can
    /// do without a notification handle.
    not_yet: Option<Vec<(PathBuf, Subject)>>,
    /// Whether something is watched of which not every change may be told.
    may_miss: bool,
    /// Whether folders are polled.
    is_polled: Arc<AtomicBool>,
    /// Readable once this was woken from elsewhere.
    woken: UnixStream,
    waker: Waker,
}

/// Wakes a [`Waiter`] from elsewhere, such as a signal's thread.
#[derive(Debug, Clone)]
pub struct Waker(Arc<UnixStream>);

impl Waker {
    /// Ends the wait that is going on, or the next one.
    pub fn wake(&self) {
        // One that is full of wake-ups needs no more.
        let _ = (&*self.0).write(&[1]);
    }
}

/// Tells whether a folder has changed.
#[derive(Debug)]
pub struct FolderWatch {
    changed: Arc<AtomicBool>,
    /// Whether there are no notifications.
    is_polled: Arc<AtomicBool>,
    /// When to look next then.
    poll_next: Instant,
}

impl FolderWatch {
    /// Whether the folder may have changed since the last call. Without notifications it may all the time, which
    /// is said now and then.
    pub fn take(&mut self) -> bool {
        if self.is_polled.load(Ordering::Acquire) {
            let now = Instant::now();
            if now >= self.poll_next {
                self.poll_next = now + FOLDER_POLL_INTERVAL;
                return true;
            }
        }
        self.changed.swap(false, Ordering::Acquire)
    }
}

impl Waiter {
    /// Waits for nothing yet.
    ///
    /// # Errors
    /// When the process has no file descriptors left.
    pub fn new() -> io::Result<Self> {
        let (wakes, woken) = UnixStream::pair()?;
        wakes.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        let waker = Waker(Arc::new(wakes));
        let not_yet = Some(Vec::new());
        Ok(Self { notifier: None, not_yet, may_miss: false, is_polled: Arc::default(), woken, waker })
    }

    /// Waits for changes of the log in folder `dir` as well, which is watched from the first wait on.
    pub fn watch_log(&mut self, dir: &Path) {
        self.watch(dir, Subject::Log);
    }

    /// Waits for changes of a log no longer.
    pub fn forget_log(&mut self, dir: &Path) {
        if let Some(waiting) = &mut self.not_yet {
            waiting.retain(|(log, _)| log != dir);
        }
        if let Some(notifier) = &mut self.notifier {
            notifier.unwatch(dir);
        }
    }

    /// Waits for files of `dir` to come and go, and to be closed by a process that could write to them, be it
    /// because it died. They are watched from the first wait on, at which they count as changed.
    pub fn watch_folder(&mut self, dir: &Path) -> FolderWatch {
        let changed = Arc::new(AtomicBool::new(true));
        self.watch(dir, Subject::Names(Arc::clone(&changed)));
        FolderWatch { changed, is_polled: Arc::clone(&self.is_polled), poll_next: Instant::now() }
    }

    fn watch(&mut self, dir: &Path, subject: Subject) {
        if let Some(waiting) = &mut self.not_yet {
            return waiting.push((dir.to_owned(), subject));
        }
        self.may_miss |= !tells_every_change(dir);
        let watched = self.notifier.as_mut().map(|notifier| notifier.watch(dir, subject));
        if watched.is_none_or(|result| result.is_err()) {
            // Where one cannot be watched, all are polled.
            self.notifier = None;
            self.is_polled.store(true, Ordering::Release);
        }
    }

    /// Begins to watch, unless that was done; answers whether it was not.
    fn begin(&mut self) -> bool {
        let Some(waiting) = self.not_yet.take() else { return false };
        self.notifier = Notifier::new(self.waker.clone()).ok();
        self.is_polled.store(self.notifier.is_none(), Ordering::Release);
        for (dir, subject) in waiting {
            // It may have changed before it was watched.
            subject.note_change();
            self.watch(&dir, subject);
        }
        true
    }

    /// What wakes this from elsewhere.
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Whether the system sends notifications.
    fn is_notified(&self) -> bool {
        self.notifier.is_some()
    }

    /// Waits until something may have changed since the last wait, `timeout` at the longest. The first wait ends
    /// at once: what has changed before logs were watched is to be looked for.
    pub fn wait(&mut self, timeout: Option<Duration>) {
        if self.begin() {
            return;
        }
        let interval = match self.is_notified() {
            true => self.may_miss.then_some(RECHECK_INTERVAL),
            false => Some(POLL_INTERVAL),
        };
        // One that is too far away to be told is none.
        let deadline =
            timeout.into_iter().chain(interval).min().and_then(|wait| Instant::now().checked_add(wait));
        while !self.has_changed_by(deadline) {}
    }

    /// Waits for the next notification, wake-up or the deadline; `false` when it was nothing that matters.
    fn has_changed_by(&mut self, deadline: Option<Instant>) -> bool {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let mut fds = vec![PollFd::new(&self.woken, PollFlags::IN)];
        fds.extend(
            self.notifier
                .as_ref()
                .and_then(Notifier::fd)
                .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)),
        );
        let polled = poll(&mut fds, left.and_then(|left| Timespec::try_from(left).ok()).as_ref());
        let is_woken = !fds[0].revents().is_empty();
        match polled {
            Ok(0) => return true,
            Ok(_) => {}
            Err(Errno::INTR) => return false,
            Err(_) => {
                // Rather late than in a hurry.
                std::thread::sleep(left.unwrap_or(RECHECK_INTERVAL));
                return true;
            }
        }
        if is_woken {
            // However often it was woken, it is awake.
            while (&self.woken).read(&mut [0; 64]).is_ok_and(|count| count == 64) {}
        }
        self.notifier.as_mut().is_some_and(Notifier::take_news) || is_woken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits for `condition`, up to half a minute.
    fn until(waiter: &mut Waiter, mut condition: impl FnMut() -> bool) -> bool {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            if condition() {
                return true;
            }
            waiter.wait(Some(Duration::from_secs(1)));
        }
        false
    }

    #[test]
    fn a_change_between_two_waits_is_not_missed() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut waiter = Waiter::new().expect("a waiter");
        waiter.watch_log(dir.path());
        // The first one never waits.
        waiter.wait(Some(Duration::from_secs(60)));
        std::fs::write(dir.path().join("new"), b"x").expect("written");
        let started = Instant::now();
        waiter.wait(Some(Duration::from_secs(60)));
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_folder_that_cannot_be_watched_is_polled() {
        let mut waiter = Waiter::new().expect("a waiter");
        waiter.watch_log(Path::new("/nowhere/at/all"));
        waiter.wait(None);
        assert!(!waiter.is_notified());
        waiter.wait(None);
        waiter.waker().wake();
        waiter.wait(None);
    }

    #[test]
    fn of_a_folder_names_and_closing_count_and_writing_does_not() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut waiter = Waiter::new().expect("a waiter");
        let mut watch = waiter.watch_folder(dir.path());
        assert!(watch.take(), "nobody has looked yet");
        let path = dir.path().join("member");
        let file = std::fs::File::create(&path).expect("created");
        assert!(until(&mut waiter, || watch.take()), "a new file");
        std::os::unix::fs::FileExt::write_all_at(&file, b"1", 0).expect("written");
        drop(file);
        assert!(until(&mut waiter, || watch.take()), "closed by its writer");
        std::fs::remove_file(&path).expect("removed");
        assert!(until(&mut waiter, || watch.take()), "gone");
    }
}
