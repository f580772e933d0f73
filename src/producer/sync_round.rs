//! Syncing several partitions at the same time, behind an appender that goes on: a disk that is asked by many
//! at once writes its journal once for all of them.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use super::pipeline::locked;
use crate::fs::FileError;
use crate::log::SyncWork;

/// How many partitions take part in a round at the most: each has three files open for it.
pub(super) const PARTITIONS_MAX: usize = 64;
/// How many syncs go on at the same time at the most.
const THREADS_MAX: usize = 8;

/// A sync that is over: the place of the partition, what was to be done, and what came of it.
type Outcome = (usize, SyncWork, Result<(), FileError>);

/// Syncs that go on.
#[derive(Debug)]
pub(super) struct SyncRound {
    outcomes: Receiver<Outcome>,
    left: usize,
}

impl SyncRound {
    /// Begins `work`, each with the number of its partition. Where there can be no thread for it, it is done at
    /// once.
    pub(super) fn begin(work: Vec<(usize, SyncWork)>) -> Self {
        let (tell, outcomes) = channel();
        let left = work.len();
        let threads = left.min(THREADS_MAX);
        let work = Arc::new(Mutex::new(work.into_iter()));
        let mut spawned = 0;
        // Tests count the operations of their own thread.
        if !cfg!(test) {
            for _ in 0..threads {
                let (work, tell) = (Arc::clone(&work), tell.clone());
                let thread = std::thread::Builder::new().name("sync".to_owned());
                spawned += usize::from(thread.spawn(move || run(&work, &tell)).is_ok());
            }
        }
        if spawned == 0 {
            run(&work, &tell);
        }
        Self { outcomes, left }
    }

    /// The next outcome; `None` when there is none yet, or, with `waits`, when all have been told.
    pub(super) fn next(&mut self, waits: bool) -> Option<Outcome> {
        if self.left == 0 {
            return None;
        }
        let next = if waits { self.outcomes.recv().ok() } else { self.outcomes.try_recv().ok() };
        match &next {
            Some(_) => self.left -= 1,
            // Nobody is left who could tell.
            None if waits => self.left = 0,
            None => {}
        }
        next
    }

    /// Whether all outcomes have been told.
    pub(super) fn is_done(&self) -> bool {
        self.left == 0
    }
}

/// Works until nothing is left to be begun.
fn run(work: &Mutex<std::vec::IntoIter<(usize, SyncWork)>>, tell: &Sender<Outcome>) {
    loop {
        let next = locked(work).next();
        let Some((at, work)) = next else { return };
        let outcome = work.run();
        // Who does not wait for it any more does not want to know.
        let _ = tell.send((at, work, outcome));
    }
}
