//! Notifications of Linux (`inotify`).

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::path::{Path, PathBuf};

use inotify::{EventMask, Inotify, WatchDescriptor, WatchMask};

use super::Subject;
use crate::consumer::Waker;
use crate::log::LOCK_FILE;

/// Room for some hundred notifications.
const BUFFER: usize = 16 << 10;

/// Watches folders.
#[derive(Debug)]
pub(in crate::consumer) struct Notifier {
    inotify: Inotify,
    /// Why each folder is watched: two may want to know of the same.
    subjects: HashMap<WatchDescriptor, Vec<Subject>>,
    descriptors: HashMap<PathBuf, WatchDescriptor>,
    buffer: Vec<u8>,
}

impl Notifier {
    /// Watches nothing yet. No `waker` is needed: [`Notifier::fd`] is waited for.
    ///
    /// # Errors
    /// When the user has too many of these.
    pub(in crate::consumer) fn new(_waker: Waker) -> io::Result<Self> {
        Ok(Self {
            inotify: Inotify::init()?,
            subjects: HashMap::new(),
            descriptors: HashMap::new(),
            buffer: vec![0; BUFFER],
        })
    }

    /// Watches folder `dir` as well.
    ///
    /// # Errors
    /// When there is none, or too much is watched.
    pub(in crate::consumer) fn watch(&mut self, dir: &Path, subject: Subject) -> io::Result<()> {
        let names = WatchMask::CREATE | WatchMask::DELETE | WatchMask::MOVE;
        let of_itself = WatchMask::DELETE_SELF | WatchMask::MOVE_SELF;
        let what = match subject {
            Subject::Log => WatchMask::MODIFY,
            Subject::Names(_) => WatchMask::CLOSE_WRITE,
        };
        let how = WatchMask::ONLYDIR | WatchMask::MASK_ADD;
        let descriptor = self.inotify.watches().add(dir, names | of_itself | what | how)?;
        self.subjects.entry(descriptor.clone()).or_default().push(subject);
        self.descriptors.insert(dir.to_owned(), descriptor);
        Ok(())
    }

    /// Watches folder `dir` no longer.
    pub(in crate::consumer) fn unwatch(&mut self, dir: &Path) {
        if let Some(descriptor) = self.descriptors.remove(dir) {
            self.subjects.remove(&descriptor);
            // The folder may be gone, and the watch with it.
            let _ = self.inotify.watches().remove(descriptor);
        }
    }

    /// Readable when there is something to be told.
    pub(in crate::consumer) fn fd(&self) -> Option<BorrowedFd<'_>> {
        Some(self.inotify.as_fd())
    }

    /// Takes what there is to be told; answers whether any of it matters.
    pub(in crate::consumer) fn take_news(&mut self) -> bool {
        // What has no room is told the next time: it makes the descriptor readable still.
        let Ok(events) = self.inotify.read_events(&mut self.buffer) else { return false };
        let mut matters = false;
        for event in events {
            if event.mask.contains(EventMask::Q_OVERFLOW) {
                // Anything may have changed.
                self.subjects.values().flatten().for_each(Subject::note_change);
                matters = true;
            }
            for subject in self.subjects.get(&event.wd).into_iter().flatten() {
                let counts = match subject {
                    // Nobody who appends leaves it at the lock file.
                    Subject::Log => event.name.is_none_or(|name| name != LOCK_FILE),
                    Subject::Names(_) => event.mask != EventMask::MODIFY,
                };
                if counts {
                    subject.note_change();
                    matters = true;
                }
            }
        }
        matters
    }
}
