//! The seam under every change of the disk, where tests make operations fail, let the process die between
//! two of them, and write down what has reached the disk.
//!
//! Outside of tests [`run`] does what it is given and nothing else.

#[cfg(not(test))]
use std::io;
use std::path::Path;
#[cfg(not(test))]
use std::time::SystemTime;

/// A change of the disk that is about to be made.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(test), expect(dead_code, reason = "only tests look at what is about to be done"))]
pub(super) enum Change<'a> {
    /// A file is opened for writing, and created empty if there is none.
    Open(&'a Path),
    /// Bytes are written at a position.
    Write { path: &'a Path, position: u64, bytes: &'a [u8] },
    /// A file is cut to a length.
    Truncate { path: &'a Path, length: u64 },
    /// A file's content is put on the disk.
    SyncData(&'a Path),
    /// A folder's entries are put on the disk.
    SyncDir(&'a Path),
    /// A folder is created.
    CreateDir(&'a Path),
    /// A name is moved, replacing what had the new one.
    Rename { from: &'a Path, to: &'a Path },
    /// A file gets a second name.
    Link { from: &'a Path, to: &'a Path },
    /// A file is removed.
    Remove(&'a Path),
    /// A folder is removed with all that is in it.
    RemoveDirAll(&'a Path),
}

/// Makes a change by calling `operation`.
#[cfg(not(test))]
#[inline]
pub(super) fn run<T>(_change: Change<'_>, operation: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    operation()
}

/// Comes before each look at what others may be changing; only tests have an interest in that.
#[cfg(not(test))]
#[inline]
pub(super) fn look() {}

/// The names in a folder, as `list` reads them.
#[cfg(not(test))]
#[inline]
pub(super) fn listed<N>(list: impl Fn() -> io::Result<Vec<N>>) -> io::Result<Vec<N>> {
    list()
}

/// When a name in a folder was made or removed last, which its `metadata` tells.
#[cfg(not(test))]
#[inline]
pub(super) fn folder_time(metadata: &std::fs::Metadata) -> io::Result<SystemTime> {
    metadata.modified()
}

#[cfg(test)]
pub(super) use faults::run;
#[cfg(test)]
pub(super) use looks::{folder_time, listed, look};

#[cfg(test)]
pub(crate) mod looks {
    //! What others may do between two looks at the disk.

    use std::cell::Cell;
    use std::io;
    use std::time::{Duration, SystemTime};

    use crate::fs::schedule;

    thread_local! {
        static LISTINGS: Cell<usize> = const { Cell::new(0) };
    }

    /// How many folders this thread has listed.
    pub(crate) fn listings() -> usize {
        LISTINGS.get()
    }

    pub(in crate::fs) fn look() {
        schedule::look();
    }

    pub(in crate::fs) fn listed<N: PartialEq>(list: impl Fn() -> io::Result<Vec<N>>) -> io::Result<Vec<N>> {
        look();
        LISTINGS.set(LISTINGS.get() + 1);
        let first = list()?;
        if !schedule::is_on() {
            return Ok(first);
        }
        look();
        Ok(schedule::listing(first, list()?))
    }

    pub(in crate::fs) fn folder_time(metadata: &std::fs::Metadata) -> io::Result<SystemTime> {
        match schedule::folder_time() {
            Some(time) => Ok(SystemTime::UNIX_EPOCH + Duration::from_secs(time)),
            None => metadata.modified(),
        }
    }
}

#[cfg(test)]
pub(crate) mod faults {
    //! Failures at will, for the thread that asks for them.

    use std::cell::RefCell;
    use std::io;
    use std::os::unix::fs::FileExt as _;

    use super::Change;
    use crate::fs::power::Journal;
    use crate::fs::schedule;

    /// What befalls the operation that is chosen.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Fault {
        /// It fails with this error number and changes nothing.
        Error(i32),
        /// A write writes half of its bytes and fails with this error number; others just fail.
        Short(i32),
        /// The process dies before it.
        Death,
    }

    /// No room on the device.
    pub(crate) const ENOSPC: i32 = 28;
    /// The device has failed.
    pub(crate) const EIO: i32 = 5;
    /// Too many open files.
    pub(crate) const EMFILE: i32 = 24;
    /// No room left to this user.
    pub(crate) const EDQUOT: i32 = 122;

    /// What befalls each operation in turn, where it either does its work or does not.
    pub(crate) const FAULTS: [Fault; 6] = [
        Fault::Error(ENOSPC),
        Fault::Error(EIO),
        Fault::Error(EMFILE),
        Fault::Error(EDQUOT),
        Fault::Short(ENOSPC),
        Fault::Death,
    ];

    /// What unwinds in place of a dying process.
    #[derive(Debug)]
    pub(crate) struct Died;

    #[derive(Default)]
    struct Plan {
        operations: usize,
        fault: Option<(usize, Fault)>,
        journal: Option<Journal>,
    }

    thread_local! {
        static PLAN: RefCell<Option<Plan>> = const { RefCell::new(None) };
    }

    /// What a run under [`inject`] came to.
    pub(crate) struct Injected<T> {
        /// What the code answered; `None` if it died.
        pub(crate) result: Option<T>,
        /// How many operations it came to.
        pub(crate) operations: usize,
        /// What it did to the disk.
        pub(crate) journal: Journal,
    }

    /// Runs `code` on this thread with `fault` at the operation of that number, from 0.
    pub(crate) fn inject<T>(fault: Option<(usize, Fault)>, code: impl FnOnce() -> T) -> Injected<T> {
        let plan = Plan { operations: 0, fault, journal: Some(Journal::default()) };
        PLAN.with(|cell| *cell.borrow_mut() = Some(plan));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(code));
        let plan = PLAN.with(|cell| cell.borrow_mut().take()).unwrap_or_default();
        let result = match outcome {
            Ok(result) => Some(result),
            Err(payload) if payload.is::<Died>() => None,
            Err(payload) => std::panic::resume_unwind(payload),
        };
        Injected { result, operations: plan.operations, journal: plan.journal.unwrap_or_default() }
    }

    /// As the real one, but follows the plan of the thread, if there is one.
    pub(in crate::fs) fn run<T>(
        change: Change<'_>,
        operation: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        if schedule::is_on() {
            return schedule::run(change, operation);
        }
        let fault = PLAN.with(|cell| {
            let mut plan = cell.borrow_mut();
            let plan = plan.as_mut()?;
            let number = plan.operations;
            plan.operations += 1;
            let fault = plan.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
            if fault.is_none()
                && let Some(journal) = &mut plan.journal
            {
                journal.note(change);
            }
            fault
        });
        match fault {
            None => operation(),
            Some(Fault::Error(errno)) => Err(io::Error::from_raw_os_error(errno)),
            Some(Fault::Short(errno)) => {
                if let Change::Write { path, position, bytes } = change {
                    let half = &bytes[..bytes.len() / 2];
                    std::fs::OpenOptions::new().write(true).open(path)?.write_all_at(half, position)?;
                }
                Err(io::Error::from_raw_os_error(errno))
            }
            Some(Fault::Death) => {
                // The plan is done with: what unwinding closes and unlocks, the kernel would too.
                PLAN.with(|cell| {
                    if let Some(plan) = cell.borrow_mut().as_mut() {
                        plan.fault = None;
                    }
                });
                std::panic::resume_unwind(Box::new(Died));
            }
        }
    }
}
