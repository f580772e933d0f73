//! Looking after a partition while producing to it: there is no daemon that would delete old segments or
//! compact them (Kafka's `LogManager.cleanupLogs` and `LogCleaner`).
//!
//! It is looked whether something is to be done after a producer's first append to a partition, after each
//! roll, and when the log has reached the size at which its oldest segment goes. Retention is a few renames,
//! done at once. Compaction goes on beside the producer in a thread of its own, which rests most of the time.
//! Neither takes more than a share of the producer's time; what is not done now is done later, retention at the latest
//! when the producer ends, compaction perhaps only by `mkafka clean`.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{ProduceError, number};
use crate::log::segment::SegmentList;
use crate::log::{CleanReport, CleanerConfig, LogAppender, LogCleaner, LogError, RetentionConfig, retention};
use crate::record::{Offset, Timestamp};
use crate::store::TopicConfig;

/// What is done about a partition's old segments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UpkeepConfig {
    /// Which segments are deleted.
    pub retention: RetentionConfig,
    /// How the log is compacted; `None` where it is not.
    pub cleaner: Option<CleanerConfig>,
}

impl From<&TopicConfig> for UpkeepConfig {
    fn from(config: &TopicConfig) -> Self {
        let compacts = config.cleanup_policy().compact;
        Self { retention: config.into(), cleaner: compacts.then(|| config.into()) }
    }
}

/// Of the producer's time one part in so many is spent on this.
const SHARE: u32 = 10;
/// What even a producer that lives but a moment may spend.
const GRACE: Duration = Duration::from_millis(20);
/// How long a producer that ends waits for its cleaner at least.
const PATIENCE: Duration = Duration::from_millis(100);
/// How many times as long as it works the cleaner rests.
const REST: u32 = 3;

/// Looks after the partitions of one producer.
#[derive(Debug)]
pub(super) struct Upkeep {
    config: UpkeepConfig,
    began: Instant,
    spent: Duration,
    seen: Vec<Seen>,
    cleaning: Option<Cleaning>,
    failures: Vec<ProduceError>,
}

/// A partition as it was when it was looked after last.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    active: Option<Offset>,
    next_at: Option<u64>,
    /// Whether the producer has added to it since so that it was to be looked after, and there was no time.
    is_overdue: bool,
}

/// A cleaning that goes on.
#[derive(Debug)]
struct Cleaning {
    partition: i32,
    orders: Arc<Orders>,
    thread: JoinHandle<Result<CleanReport, LogError>>,
}

/// What a cleaner is told.
#[derive(Debug, Default)]
struct Orders {
    /// Not to rest any more.
    hurry: AtomicBool,
    /// To give up.
    stop: AtomicBool,
}

impl Upkeep {
    pub(super) fn new(config: UpkeepConfig, partitions: usize) -> Self {
        Self {
            config,
            began: Instant::now(),
            spent: Duration::ZERO,
            seen: vec![Seen::default(); partitions],
            cleaning: None,
            failures: Vec::new(),
        }
    }

    /// Looks after the `at`-th partition, in `dir`, if there may be something to do.
    #[inline]
    pub(super) fn after_append(&mut self, at: usize, dir: &Path, appender: &mut LogAppender) {
        let Some((active, size)) = appender.active_segment() else { return };
        let seen = self.seen[at];
        let has_grown = seen.next_at.is_some_and(|next_at| size.0 >= next_at);
        if seen.active == Some(active) && !has_grown {
            return;
        }
        if self.spent <= GRACE + self.began.elapsed() / SHARE {
            self.look_after(at, dir, appender);
        } else {
            self.seen[at].is_overdue = seen.active.is_some();
        }
    }

    /// Deletes from the `at`-th partition what there was no time to delete while the producer filled it. A
    /// partition that it has but come across is left as it was found.
    pub(super) fn before_end(&mut self, at: usize, appender: &mut LogAppender) {
        if self.seen[at].is_overdue
            && let Err(source) = self.retain(at, appender).map(drop)
        {
            self.fail(number(at), source);
        }
    }

    #[cold]
    fn look_after(&mut self, at: usize, dir: &Path, appender: &mut LogAppender) {
        let begun = Instant::now();
        let done = self.retain(at, appender).and_then(|listed| self.clean(at, dir, listed));
        if let Err(source) = done {
            self.fail(number(at), source);
        }
        self.seen[at].active = appender.active_segment().map(|(active, _)| active);
        self.spent += begun.elapsed();
    }

    /// Answers what the folder holds of segments, if that is known without listing it once more.
    fn retain(&mut self, at: usize, appender: &mut LogAppender) -> Result<Option<SegmentList>, LogError> {
        // A failure is not met again at once.
        self.seen[at].next_at = None;
        self.seen[at].is_overdue = false;
        let retention = &self.config.retention;
        let mut listed = appender.take_listing();
        let retained = retention::look_after(appender, &mut listed, retention, Timestamp::now())?;
        self.seen[at].next_at = retained.next_at;
        Ok(listed)
    }

    fn clean(&mut self, at: usize, dir: &Path, listed: Option<SegmentList>) -> Result<(), LogError> {
        let Some(config) = self.config.cleaner else { return Ok(()) };
        if self.cleaning.as_ref().is_some_and(|cleaning| cleaning.thread.is_finished()) {
            self.end_cleaning();
        }
        let cleaner = LogCleaner::new(dir, config);
        if self.cleaning.is_some() || !cleaner.is_due_by(listed, Timestamp::now())? {
            return Ok(());
        }
        let orders = Arc::new(Orders::default());
        let told = Arc::clone(&orders);
        let work = move || cleaner.clean(Timestamp::now(), &mut rest_between(&told));
        // Without a thread it is done another time.
        if let Ok(thread) = std::thread::Builder::new().name("cleaner".into()).spawn(work) {
            self.cleaning = Some(Cleaning { partition: number(at), orders, thread });
        }
        Ok(())
    }

    /// Gives the cleaner, if one is at work, a moment to come to its end, and stops it then.
    pub(super) fn finish(&mut self) {
        let Some(cleaning) = &self.cleaning else { return };
        cleaning.orders.hurry.store(true, Ordering::Relaxed);
        let patience = PATIENCE + self.began.elapsed() / SHARE;
        let begun = Instant::now();
        while !cleaning.thread.is_finished() && begun.elapsed() < patience {
            std::thread::sleep(Duration::from_millis(2));
        }
        self.end_cleaning();
    }

    fn end_cleaning(&mut self) {
        let Some(cleaning) = self.cleaning.take() else { return };
        cleaning.orders.stop.store(true, Ordering::Relaxed);
        match cleaning.thread.join() {
            Ok(Ok(_)) => {}
            Ok(Err(source)) => self.fail(cleaning.partition, source),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    fn fail(&mut self, partition: i32, source: LogError) {
        // That a partition is gone shows at the next append.
        if !matches!(source, LogError::Gone(_)) {
            self.failures.push(ProduceError::Log { partition, source });
        }
    }

    /// Acts as if the producer had begun so much earlier.
    #[cfg(test)]
    pub(super) fn grow_old(&mut self, time: Duration) {
        self.began = self.began.checked_sub(time).unwrap_or(self.began);
    }

    /// Acts as if so much time had been spent.
    #[cfg(test)]
    pub(super) fn spend(&mut self, time: Duration) {
        self.spent += time;
    }

    pub(super) fn take_failures(&mut self) -> Vec<ProduceError> {
        std::mem::take(&mut self.failures)
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        if let Some(cleaning) = self.cleaning.take() {
            cleaning.orders.stop.store(true, Ordering::Relaxed);
            let _ = cleaning.thread.join();
        }
    }
}

/// Makes a cleaner rest between its steps, as it is told.
fn rest_between(orders: &Orders) -> impl FnMut(u64) -> ControlFlow<()> + '_ {
    let mut worked_since = Instant::now();
    move |_| {
        let until = Instant::now() + worked_since.elapsed() * REST;
        loop {
            if orders.stop.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || orders.hurry.load(Ordering::Relaxed) {
                break;
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
        worked_since = Instant::now();
        ControlFlow::Continue(())
    }
}
