//! Waiting for logs to grow and for folders to change: by file notification, with polling where there is none.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

/// How often logs are looked at where the system sends no notifications.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// How often folders are looked at where the system sends no notifications.
const FOLDER_POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How often logs are looked at even if no notification comes: some file systems lose them.
const RECHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Waits for changes in some folders.
///
/// A process has one notification handle for all of them: users may have no more than 128 on an ordinary
/// system.
#[derive(Debug)]
pub struct Waiter {
    /// `None` where folders are polled.
    watcher: Option<RecommendedWatcher>,
    /// What is to be watched once there is something to wait for; `None` when that was the case. To give the
    /// notification handle back takes the system some milliseconds, which who never waits can do without.
    not_yet: Option<Vec<PathBuf>>,
    /// Whether folders are polled.
    is_polled: Arc<AtomicBool>,
    folders: Arc<Mutex<Vec<WatchedFolder>>>,
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

/// A folder whose files come, go, and are closed by their writers; what is written into them does not count.
#[derive(Debug)]
struct WatchedFolder {
    path: PathBuf,
    changed: Arc<AtomicBool>,
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
    pub fn new() -> Self {
        let (wake, changes) = sync_channel(1);
        let folders = Arc::new(Mutex::new(Vec::new()));
        Self { watcher: None, not_yet: Some(Vec::new()), is_polled: Arc::default(), folders, changes, wake }
    }

    /// Waits for changes of the log in folder `dir` as well, which is watched from the first wait on.
    pub fn watch_log(&mut self, dir: &Path) {
        self.watch(dir);
    }

    /// Begins to watch, unless that was done; answers whether it was not.
    fn begin(&mut self) -> bool {
        let Some(waiting) = self.not_yet.take() else { return false };
        self.watcher = watcher(Arc::clone(&self.folders), Waker(self.wake.clone()));
        waiting.iter().for_each(|dir| self.watch(dir));
        self.is_polled.store(self.watcher.is_none(), Ordering::Release);
        if let Ok(folders) = self.folders.lock() {
            // They may have changed before they were watched.
            folders.iter().for_each(|folder| folder.changed.store(true, Ordering::Release));
        }
        true
    }

    /// Waits for changes of a log no longer.
    pub fn forget_log(&mut self, dir: &Path) {
        if let Some(waiting) = &mut self.not_yet {
            waiting.retain(|log| log != dir);
        }
        if let Some(watcher) = &mut self.watcher {
            // The folder may be gone, and the watch with it.
            let _ = watcher.unwatch(dir);
        }
    }

    /// Waits for files of `dir` to come and go, and to be closed by a process that could write to them, be it
    /// because it died. They are watched from the first wait on, at which they count as changed.
    pub fn watch_folder(&mut self, dir: &Path) -> FolderWatch {
        let changed = Arc::new(AtomicBool::new(true));
        if let Ok(mut folders) = self.folders.lock() {
            folders.push(WatchedFolder { path: dir.to_owned(), changed: Arc::clone(&changed) });
        }
        self.watch(dir);
        FolderWatch { changed, is_polled: Arc::clone(&self.is_polled), poll_next: Instant::now() }
    }

    fn watch(&mut self, dir: &Path) {
        if let Some(waiting) = &mut self.not_yet {
            return waiting.push(dir.to_owned());
        }
        let watched = self.watcher.as_mut().map(|watcher| watcher.watch(dir, RecursiveMode::NonRecursive));
        if watched.is_none_or(|result| result.is_err()) {
            // Where one cannot be watched, all are polled.
            self.watcher = None;
            self.is_polled.store(true, Ordering::Release);
        }
    }

    /// What wakes this from elsewhere.
    pub fn waker(&self) -> Waker {
        Waker(self.wake.clone())
    }

    /// Whether the system sends notifications.
    fn is_notified(&self) -> bool {
        self.watcher.is_some()
    }

    /// Waits until something may have changed since the last wait, `timeout` at the longest. The first wait ends
    /// at once: what has changed before logs were watched is to be looked for.
    pub fn wait(&mut self, timeout: Option<Duration>) {
        if self.begin() {
            return;
        }
        let interval = if self.is_notified() { RECHECK_INTERVAL } else { POLL_INTERVAL };
        let longest = timeout.map_or(interval, |t| t.min(interval));
        match self.changes.recv_timeout(longest) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(longest),
        }
    }
}

impl Default for Waiter {
    fn default() -> Self {
        Self::new()
    }
}

fn watcher(folders: Arc<Mutex<Vec<WatchedFolder>>>, waker: Waker) -> Option<RecommendedWatcher> {
    notify::recommended_watcher(move |event: notify::Result<Event>| {
        let Ok(event) = event else { return waker.wake() };
        let Ok(folders) = folders.lock() else { return };
        let is_in = |folder: &&WatchedFolder| {
            event.paths.iter().any(|path| path.parent() == Some(&folder.path) || *path == folder.path)
        };
        match folders.iter().find(is_in) {
            Some(folder) if is_about_names(event.kind) => {
                folder.changed.store(true, Ordering::Release);
                waker.wake();
            }
            Some(_) => {}
            // Opening and reading files, which a consumer does itself, is not news.
            None if matches!(event.kind, EventKind::Access(_)) => {}
            None => waker.wake(),
        }
    })
    .ok()
}

/// Whether an event says that a file has come or gone, or that a writer has closed one.
fn is_about_names(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        EventKind::Modify(what) => matches!(what, ModifyKind::Name(_) | ModifyKind::Any),
        _ => true,
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
        let mut waiter = Waiter::new();
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
        let mut waiter = Waiter::new();
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
        let mut waiter = Waiter::new();
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
