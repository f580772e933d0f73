//! Going on as logs grow.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::log::Progress;
use super::{Dump, Stop};
use crate::commands::EndedBySignal;
use crate::commands::interrupt::Interrupt;
use crate::consumer::{Waiter, Waker};
use crate::dump::{FileKind, LogWalk};
use crate::log::SegmentPath;
use crate::log::segment::SegmentList;
use crate::record::Offset;

/// A log that may grow.
pub(super) struct Growing {
    pub(super) path: PathBuf,
    pub(super) base: Offset,
    pub(super) walk: LogWalk,
    pub(super) progress: Progress,
}

impl Growing {
    /// The segment behind this one, once there is one.
    fn successor(&self) -> Option<(PathBuf, Offset)> {
        let dir = folder_of(&self.path);
        let next = SegmentList::read(dir).ok()?.after(self.base)?;
        let log = SegmentPath::new(dir, next).log();
        // The same way of writing it as that of the file before.
        let name = log.file_name()?;
        Some((self.path.with_file_name(name), next))
    }

    /// Whether there is a segment behind this one already, so that it does not grow any more.
    pub(super) fn is_closed(path: &Path, base: Offset) -> bool {
        SegmentList::read(folder_of(path)).is_ok_and(|list| list.after(base).is_some())
    }
}

/// The folder that a file lies in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Dump<'_> {
    /// Goes on with the logs that may grow until interrupted, if that was asked for.
    pub(super) fn follow(&mut self) -> anyhow::Result<()> {
        if self.growing.is_empty() {
            return Ok(());
        }
        let interrupt = Interrupt::install().context("cannot take over the signals")?;
        let mut waiter = Waiter::new().context("cannot wait for changes")?;
        for growing in &self.growing {
            waiter.watch_log(folder_of(&growing.path));
        }
        let waker = waiter.waker();
        interrupt.end_soon(move || Waker::wake(&waker))?;
        let mut growing = std::mem::take(&mut self.growing);
        let mut shown = growing.last().map(|last| last.path.clone());
        loop {
            for log in &mut growing {
                match self.grow(log, &mut shown) {
                    Ok(()) => {}
                    Err(Stop::Full) => return Ok(()),
                    Err(Stop::Output(error)) => return Err(error.into()),
                    Err(Stop::File(error)) => self.fault(&error)?,
                }
            }
            self.ui.flush()?;
            if let Some(status) = interrupt.status() {
                return Err(EndedBySignal(status).into());
            }
            waiter.wait(None);
        }
    }

    /// Prints what is new in a log, and in the segments that have come behind it.
    fn grow(&mut self, log: &mut Growing, shown: &mut Option<PathBuf>) -> Result<(), Stop> {
        loop {
            // Asked first: what is appended to a log comes before its successor does.
            let successor = log.successor();
            let has_grown = log.walk.look_again()?;
            if has_grown || successor.is_some() {
                if shown.as_ref() != Some(&log.path) {
                    self.begin(&log.path);
                    *shown = Some(log.path.clone());
                }
                self.batches(&mut log.walk, &mut log.progress, successor.is_none())?;
            }
            let Some((path, base)) = successor else { return Ok(()) };
            let walk = LogWalk::open(&path, u64::MAX, self.options.limits)?;
            log.progress.move_to(&path);
            self.begin(&path);
            self.first_line(FileKind::Log(Some(base)));
            *shown = Some(path.clone());
            (log.path, log.base, log.walk) = (path, base, walk);
            self.batches(&mut log.walk, &mut log.progress, true)?;
        }
    }
}
