//! A run of `mkafka consume`: records from a consumer to where they are wanted, until something ends it, and an
//! account of what has been delivered.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::anyhow;

use super::assigned::Assignment;
use super::exec::Outcome;
use super::gauge::Gauge;
use super::membership::Membership;
use super::position_file::PositionFile;
use super::printer::Printer;
use super::quota::Quota;
use crate::cli::consume::DeliveryArg;
use crate::commands::dead_transactions::DeadTransactionsWatch;
use crate::commands::interrupt::Interrupt;
use crate::consumer::{ConsumeError, Consumer, OrderedConsumer, Poll, ReadDetails, ReadLimits, Waiter};
use crate::group::{GroupError, Positions};
use crate::output::{StdoutError, Ui};

/// How long a batch that is being written may take until it is suspected of being damaged.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// Where partitions come from, and who is told how far they have been read.
pub(super) enum Source {
    /// Chosen by the user; the positions go nowhere.
    Assigned(Assignment),
    /// Chosen by the user; the positions go to a file.
    Kept(Assignment, PositionFile),
    /// Given by a group, which is told.
    Member(Box<Membership>),
}

/// When a run ends, and how it delivers.
#[derive(Debug)]
pub(super) struct Terms {
    /// Whether it ends at what the end was when reading began.
    pub(super) stop_at_end: bool,
    /// Time without any record after which it ends.
    pub(super) idle_limit: Option<Duration>,
    /// Whether positions are told before the records are delivered, or after.
    pub(super) delivery: DeliveryArg,
    /// Time between two savings of positions to a file.
    pub(super) save_interval: Duration,
    /// What is not read of a partition.
    pub(super) limits: ReadLimits,
    /// What else is found out about records.
    pub(super) details: ReadDetails,
    /// The number of the newest records of all partitions together with which reading begins.
    pub(super) tail: Option<u64>,
    /// Whether the partitions are merged by timestamp.
    pub(super) is_ordered: bool,
}

/// A run of the command.
pub(super) struct Session<'a> {
    pub(super) ui: &'a mut Ui,
    pub(super) interrupt: &'a Interrupt,
    pub(super) waiter: Waiter,
    pub(super) printer: Printer,
    pub(super) terms: Terms,
    /// Set once nobody reads standard output any more.
    pub(super) stdout_is_closed: Arc<AtomicBool>,
    /// Where transactions count: whether one keeps this waiting whose producer has died.
    pub(super) dead_transactions: Option<DeadTransactionsWatch>,
    /// What takes the time, if somebody wants to know.
    pub(super) gauge: Option<Gauge>,
    consumer: Consumer,
    /// What reads instead, where partitions are merged.
    ordered: Option<OrderedConsumer>,
    has_timed_out: bool,
    /// Up to where everything has been delivered.
    delivered: Positions,
    last_save: Instant,
    /// Whether what was read cannot be delivered: standard output is gone, or the command has not done its work.
    has_given_up: bool,
}

/// Bytes of batches after which a consumer that has to account for what it delivers does so.
const ACCOUNTED_BYTES: usize = 128 << 10;

impl<'a> Session<'a> {
    pub(super) fn new(
        ui: &'a mut Ui,
        interrupt: &'a Interrupt,
        waiter: Waiter,
        printer: Printer,
        terms: Terms,
    ) -> Self {
        let mut consumer = Consumer::new();
        consumer.set_limits(terms.limits);
        consumer.set_details(terms.details);
        if terms.stop_at_end {
            consumer.stop_at_end();
        }
        let (delivered, last_save) = (Positions::new(), Instant::now());
        let ordered = terms.is_ordered.then(OrderedConsumer::new);
        Self {
            ui,
            interrupt,
            waiter,
            printer,
            terms,
            stdout_is_closed: Arc::default(),
            dead_transactions: None,
            gauge: None,
            consumer,
            ordered,
            has_timed_out: false,
            delivered,
            last_save,
            has_given_up: false,
        }
    }

    /// Whether it ended because no record had come for too long.
    pub(super) fn has_timed_out(&self) -> bool {
        self.has_timed_out
    }

    /// Reads what `source` gives, and at the end accounts for what was delivered, however it ended.
    pub(super) fn run(&mut self, mut source: Source) -> anyhow::Result<()> {
        if let Some(dead) = &mut self.dead_transactions {
            dead.look(self.ui);
        }
        match &mut source {
            Source::Assigned(assignment) => {
                assignment.begin(&mut self.consumer, &mut self.waiter, None, self.ui)?;
                if let Some(count) = self.terms.tail {
                    self.consumer.seek_to_last(count)?;
                }
            }
            Source::Kept(assignment, file) => {
                self.consumer.set_turn_bytes(ACCOUNTED_BYTES);
                assignment.begin(&mut self.consumer, &mut self.waiter, Some(file), self.ui)?;
            }
            Source::Member(_) => self.consumer.set_turn_bytes(ACCOUNTED_BYTES),
        }
        let read = self.read_all(&mut source);
        let delivered = self.deliver(&mut source);
        self.gauge.iter_mut().for_each(|gauge| gauge.stop(&self.printer));
        let result = read.and(delivered);
        // What was delivered and is not accounted for would be delivered again.
        self.interrupt.take_time();
        let accounted = match source {
            Source::Assigned(_) => Ok(()),
            Source::Kept(_, mut file) => file.save(&self.delivered),
            Source::Member(membership) => membership.leave(&self.delivered).map_err(anyhow::Error::from),
        };
        result.and(accounted)
    }

    fn read_all(&mut self, source: &mut Source) -> anyhow::Result<()> {
        let mut idle_since = Instant::now();
        while self.interrupt.status().is_none() && !self.printer.is_full() {
            if self.stdout_is_closed.load(Ordering::Relaxed) {
                return Err(StdoutError::closed_pipe().into());
            }
            self.tend(source)?;
            if let Some(gauge) = &mut self.gauge {
                gauge.look(&self.printer, !self.consumer.is_empty(), self.ui)?;
            }
            let before = self.printer.printed();
            let poll = match self.poll() {
                Err(error) => self.go_on_without_deleted(source, error)?,
                Ok(poll) => poll,
            };
            if self.printer.printed() > before {
                idle_since = Instant::now();
            }
            let is_caught_up = matches!(poll, Poll::CaughtUp);
            // Whoever reads along gets it before it is made sure that there is no more, and a command its batch.
            let is_awaited = !matches!(source, Source::Assigned(_)) || self.printer.exec().is_some();
            if is_caught_up || poll == Poll::Pause || is_awaited {
                self.deliver(source)?;
                self.account(source)?;
            }
            let is_over = match poll {
                Poll::Progress | Poll::Pause | Poll::Stopped => self.printer.is_full(),
                Poll::Finished if has_all(source) => true,
                Poll::Finished | Poll::CaughtUp => self.wait(source, idle_since).is_break(),
            };
            if is_over {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Lets the source give and take partitions.
    fn tend(&mut self, source: &mut Source) -> anyhow::Result<()> {
        match source {
            Source::Assigned(assignment) => {
                assignment.pick_up_new(&mut self.consumer, &mut self.waiter, None, self.ui)
            }
            Source::Kept(assignment, file) => {
                assignment.pick_up_new(&mut self.consumer, &mut self.waiter, Some(file), self.ui)
            }
            Source::Member(_) => loop {
                let Source::Member(membership) = source else { return Ok(()) };
                let demand = membership.tend(&mut self.consumer, &mut self.waiter, self.ui);
                match fenced(demand)? {
                    None => self.rejoin(source)?,
                    Some(None) => return Ok(()),
                    Some(Some(partitions)) => {
                        if let Some(topic) = membership.deleted_topic() {
                            return Err(anyhow!("topic '{topic}' was deleted while it was being read"));
                        }
                        self.deliver(source)?;
                        let Source::Member(membership) = source else { return Ok(()) };
                        let released = membership.release(
                            &partitions,
                            &self.delivered,
                            &mut self.consumer,
                            &mut self.waiter,
                        );
                        self.delivered.retain(|(of, _)| !partitions.contains(of));
                        if fenced(released.map_err(anyhow::Error::from))?.is_none() {
                            self.rejoin(source)?;
                        }
                    }
                }
            },
        }
    }

    /// Stops reading the partition that `error` is about, if it is one of a topic that was deleted and that nobody
    /// asked for by name. To release it is left to the group, which will notice.
    fn go_on_without_deleted(&mut self, source: &Source, error: anyhow::Error) -> anyhow::Result<Poll> {
        match (source, error.downcast_ref::<ConsumeError>()) {
            (Source::Member(membership), Some(of_partition)) if membership.outlives(of_partition) => {
                self.consumer.remove(&of_partition.topic_partition);
                self.delivered.retain(|(of, _)| *of != of_partition.topic_partition);
                Ok(Poll::Progress)
            }
            _ => Err(error),
        }
    }

    fn poll(&mut self) -> anyhow::Result<Poll> {
        let (printer, out) = (&mut self.printer, self.ui.data());
        let poll = if let Some(ordered) = &mut self.ordered {
            ordered.take_over(&mut self.consumer);
            if ordered.is_empty() && !self.terms.stop_at_end {
                return Ok(Poll::CaughtUp);
            }
            ordered.poll(&mut |record| printer.print(record, out))?
        } else if self.consumer.is_empty() && !self.terms.stop_at_end {
            return Ok(Poll::CaughtUp);
        } else {
            self.consumer.poll(&mut |record| printer.print(record, out))?
        };
        for full in self.printer.quota.as_mut().map(Quota::take_full).unwrap_or_default() {
            self.consumer.finish(&full);
            self.ordered.iter_mut().for_each(|ordered| ordered.finish(&full));
        }
        for fault in self.printer.take_faults() {
            self.ui.warn(&fault.to_string());
        }
        match self.printer.take_failure() {
            Some(failure) => {
                self.has_given_up = true;
                Err(failure)
            }
            None => Ok(poll),
        }
    }

    /// Delivers what was read: to standard output, or to the command.
    fn deliver(&mut self, source: &mut Source) -> anyhow::Result<()> {
        if self.has_given_up {
            return Ok(());
        }
        let is_accounted = !matches!(source, Source::Assigned(_));
        if is_accounted && self.terms.delivery == DeliveryArg::AtMostOnce {
            note_positions(&self.consumer, &mut self.delivered);
            self.account_now(source)?;
        }
        // Until it is known to be well.
        self.has_given_up = true;
        if let Some(exec) = self.printer.exec()
            && exec.run(self.ui, self.interrupt)? == Outcome::Interrupted
        {
            return Ok(());
        }
        let out = self.ui.data();
        let is_written = match source {
            Source::Member(membership) => self.printer.write_out(out, || membership.may_deliver())?,
            _ => self.printer.write_out(out, || true)?,
        };
        self.has_given_up = false;
        if !is_written {
            return self.rejoin(source);
        }
        if is_accounted {
            note_positions(&self.consumer, &mut self.delivered);
        }
        Ok(())
    }

    /// Tells how far everything has been delivered, if that is due.
    fn account(&mut self, source: &mut Source) -> anyhow::Result<()> {
        let is_due = match source {
            Source::Assigned(_) => false,
            Source::Kept(..) => {
                self.printer.exec().is_some() || self.last_save.elapsed() >= self.terms.save_interval
            }
            Source::Member(membership) => self.printer.exec().is_some() || membership.is_commit_due(),
        };
        if is_due { self.account_now(source) } else { Ok(()) }
    }

    fn account_now(&mut self, source: &mut Source) -> anyhow::Result<()> {
        match source {
            Source::Assigned(_) => Ok(()),
            Source::Kept(_, file) => {
                self.last_save = Instant::now();
                file.save(&self.delivered)
            }
            Source::Member(membership) => {
                let committed = membership.commit(&self.delivered).map_err(anyhow::Error::from);
                match fenced(committed)? {
                    Some(()) => Ok(()),
                    None => self.rejoin(source),
                }
            }
        }
    }

    /// The group has taken this member out: what it has not delivered is another's to deliver.
    fn rejoin(&mut self, source: &mut Source) -> anyhow::Result<()> {
        self.printer.drop_pending(self.ui.data());
        self.delivered.clear();
        match source {
            Source::Member(membership) => membership.rejoin(&mut self.consumer, &mut self.waiter, self.ui),
            _ => Ok(()),
        }
    }

    /// Waits for more; breaks off when nothing has come for too long.
    fn wait(&mut self, source: &Source, idle_since: Instant) -> ControlFlow<()> {
        let left = self.terms.idle_limit.map(|limit| limit.saturating_sub(idle_since.elapsed()));
        if left == Some(Duration::ZERO) {
            self.has_timed_out = true;
            return ControlFlow::Break(());
        }
        let due = match source {
            Source::Member(membership) => Some(membership.next_due()),
            // The end was seen before: what is missing of it is being written or mended.
            _ if self.terms.stop_at_end => Some(Duration::from_millis(1)),
            Source::Kept(..) => Some(self.terms.save_interval),
            Source::Assigned(_) => None,
        };
        let report = self.gauge.as_ref().and_then(Gauge::due_in);
        let look = self.dead_transactions.as_mut().and_then(|dead| {
            dead.look(self.ui);
            dead.due_in()
        });
        let is_in_doubt =
            self.consumer.is_in_doubt() || self.ordered.as_ref().is_some_and(OrderedConsumer::is_in_doubt);
        let second_look = is_in_doubt.then_some(SECOND_LOOK);
        let timeout = [left, due, report, look, second_look].into_iter().flatten().min();
        self.waiter.wait(timeout);
        ControlFlow::Continue(())
    }
}

/// Whether all that is to be read has been given.
fn has_all(source: &Source) -> bool {
    match source {
        Source::Member(membership) => membership.is_settled(),
        Source::Assigned(_) | Source::Kept(..) => true,
    }
}

/// What a group's member answered; `None` when it has been taken out of the group.
fn fenced<T>(result: anyhow::Result<T>) -> anyhow::Result<Option<T>> {
    match result {
        Err(error) if matches!(error.downcast_ref(), Some(GroupError::Fenced(_))) => Ok(None),
        other => other.map(Some),
    }
}

/// Notes the positions of `consumer` in `noted`, which mostly has the same partitions already.
fn note_positions(consumer: &Consumer, noted: &mut Positions) {
    let mut kept = 0;
    for (at, (of, offset)) in consumer.positions().enumerate() {
        match noted.get_mut(at) {
            Some((known, position)) if known == of => *position = offset,
            Some(other) => *other = (of.clone(), offset),
            None => noted.push((of.clone(), offset)),
        }
        kept = at + 1;
    }
    noted.truncate(kept);
}
