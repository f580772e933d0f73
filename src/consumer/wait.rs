//! Waiting for a log to grow: by file notification, with polling where there is none.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// How often logs are looked at where the system sends no notifications.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// How often logs are looked at even if no notification comes: some file systems lose them.
const RECHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Waits for changes in some folders.
#[derive(Debug)]
pub struct Waiter {
    /// Kept for its thread, which ends with it; `None` where folders are polled.
    watcher: Option<RecommendedWatcher>,
    changes: Receiver<()>,
    wake: SyncSender<()>,
}

/// Wakes a [`Waiter`] from elsewhere, such as a signal's thread.
#[derive(Debug, Clone)]
pub struct Waker(SyncSender<()>);

impl Waker {
    /// Ends the wait that is going on, or the next one.
    pub fn wake(&self) {
        // A full channel holds a wake-up already.
        let _ = self.0.try_send(());
    }
}

impl Waiter {
    /// Waits for changes in `dirs`, which are watched from now on.
    pub fn new<'a>(dirs: impl IntoIterator<Item = &'a Path>) -> Self {
        let (wake, changes) = sync_channel(1);
        let waker = Waker(wake.clone());
        let dirs: Vec<PathBuf> = dirs.into_iter().map(Path::to_owned).collect();
        Self { watcher: watch(&dirs, waker), changes, wake }
    }

    /// What wakes this from elsewhere.
    pub fn waker(&self) -> Waker {
        Waker(self.wake.clone())
    }

    /// Whether the system sends notifications.
    pub fn is_notified(&self) -> bool {
        self.watcher.is_some()
    }

    /// Waits until something may have changed since the last wait, `timeout` at the longest.
    pub fn wait(&self, timeout: Option<Duration>) {
        let interval = if self.is_notified() { RECHECK_INTERVAL } else { POLL_INTERVAL };
        let longest = timeout.map_or(interval, |t| t.min(interval));
        match self.changes.recv_timeout(longest) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(longest),
        }
    }
}

/// Watches all of `dirs`, or nothing when one of them cannot be: then they are polled.
fn watch(dirs: &[PathBuf], waker: Waker) -> Option<RecommendedWatcher> {
    let on_event = move |event: notify::Result<Event>| {
        // Opening and reading files, which a consumer does itself, is not news.
        if event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
            return;
        }
        waker.wake();
    };
    let mut watcher = notify::recommended_watcher(on_event).ok()?;
    for dir in dirs {
        watcher.watch(dir, RecursiveMode::NonRecursive).ok()?;
    }
    Some(watcher)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_change_between_two_waits_is_not_missed() {
        let dir = tempfile::tempdir().expect("a folder");
        let waiter = Waiter::new([dir.path()]);
        std::fs::write(dir.path().join("new"), b"x").expect("written");
        let started = Instant::now();
        waiter.wait(Some(Duration::from_secs(60)));
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_folder_that_cannot_be_watched_is_polled() {
        let waiter = Waiter::new([Path::new("/nowhere/at/all")]);
        assert!(!waiter.is_notified());
        waiter.wait(None);
        waiter.waker().wake();
        waiter.wait(None);
    }
}
