//! Notifications of other systems (`notify`).

use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::Subject;
use crate::consumer::Waker;

/// The folders that are watched.
type Watched = Arc<Mutex<Vec<(PathBuf, Subject)>>>;

/// Watches folders.
#[derive(Debug)]
pub(in crate::consumer) struct Notifier {
    watcher: RecommendedWatcher,
    watched: Watched,
}

impl Notifier {
    /// Watches nothing yet. Wakes `waker` when there is something to be told.
    ///
    /// # Errors
    /// When the system sends no notifications.
    pub(in crate::consumer) fn new(waker: Waker) -> notify::Result<Self> {
        let watched = Watched::default();
        let of_events = Arc::clone(&watched);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return waker.wake() };
            let Ok(watched) = of_events.lock() else { return };
            if watched.iter().any(|(dir, subject)| matters(&event, dir, subject)) {
                waker.wake();
            }
        })?;
        Ok(Self { watcher, watched })
    }

    /// Watches folder `dir` as well.
    ///
    /// # Errors
    /// When there is none, or too much is watched.
    pub(in crate::consumer) fn watch(&mut self, dir: &Path, subject: Subject) -> notify::Result<()> {
        if let Ok(mut watched) = self.watched.lock() {
            watched.push((dir.to_owned(), subject));
        }
        self.watcher.watch(dir, RecursiveMode::NonRecursive)
    }

    /// Watches folder `dir` no longer.
    pub(in crate::consumer) fn unwatch(&mut self, dir: &Path) {
        if let Ok(mut watched) = self.watched.lock() {
            watched.retain(|(other, _)| other != dir);
        }
        // The folder may be gone, and the watch with it.
        let _ = self.watcher.unwatch(dir);
    }

    /// Nothing to wait for: the waker is woken.
    pub(in crate::consumer) fn fd(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    /// What there was to be told has been taken note of.
    pub(in crate::consumer) fn take_news(&mut self) -> bool {
        false
    }
}

/// Whether an event matters to who watches `dir`; takes note of it then.
fn matters(event: &Event, dir: &Path, subject: &Subject) -> bool {
    let is_there = event.paths.iter().any(|path| path.parent() == Some(dir) || path == dir);
    let counts = match subject {
        // Opening and reading files, which a consumer does itself, is not news.
        Subject::Log => !matches!(event.kind, EventKind::Access(_)),
        Subject::Names(_) => is_about_names(event.kind),
    };
    if is_there && counts {
        subject.note_change();
    }
    is_there && counts
}

/// Whether an event says that a file has come or gone, or that a writer has closed one.
fn is_about_names(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        EventKind::Modify(what) => matches!(what, ModifyKind::Name(_) | ModifyKind::Any),
        _ => true,
    }
}
