//! A run of `mkafka consume`: records from a consumer to standard output, until something ends it.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::assigned::Assignment;
use crate::commands::interrupt::Interrupt;
use crate::consumer::{Consumer, ConsumerRecord, Poll, RecordFilter, Waiter};
use crate::output::Ui;
use crate::output::record::{RecordFormat, RecordFormatError};

/// A run of the command.
pub(super) struct Session<'a> {
    consumer: Consumer,
    /// What is waited on; `None` when reading ends at the present end.
    waiter: Option<Waiter>,
    interrupt: &'a Interrupt,
    printer: Printer<'a>,
    /// Records after which it ends.
    pub(super) limit: u64,
    /// Time without any record after which it ends.
    pub(super) idle_limit: Option<Duration>,
    /// Whether a record that cannot be shown is told of and passed over.
    pub(super) skips_faults: bool,
}

/// What has been read goes through here.
struct Printer<'a> {
    ui: &'a mut Ui,
    format: RecordFormat,
    filter: RecordFilter,
    /// Whether a record that cannot be shown is told of and passed over.
    skips_faults: bool,
    printed: u64,
    limit: u64,
    /// Why the output was given up.
    failure: Option<anyhow::Error>,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        ui: &'a mut Ui,
        format: RecordFormat,
        filter: RecordFilter,
        waiter: Option<Waiter>,
        interrupt: &'a Interrupt,
    ) -> Self {
        let printer =
            Printer { ui, format, filter, skips_faults: false, printed: 0, limit: u64::MAX, failure: None };
        Self {
            consumer: Consumer::new(),
            waiter,
            interrupt,
            printer,
            limit: u64::MAX,
            idle_limit: None,
            skips_faults: false,
        }
    }

    /// How many records have been printed.
    pub(super) fn printed(&self) -> u64 {
        self.printer.printed
    }

    /// Reads what `assignment` says.
    pub(super) fn run(&mut self, mut assignment: Assignment) -> anyhow::Result<()> {
        self.printer.limit = self.limit;
        self.printer.skips_faults = self.skips_faults;
        assignment.begin(&mut self.consumer, self.waiter.as_mut())?;
        if self.waiter.is_none() {
            self.consumer.stop_at_end()?;
        }
        let mut idle_since = Instant::now();
        while self.interrupt.status().is_none() && self.printer.printed < self.limit {
            assignment.pick_up_new(&mut self.consumer, self.waiter.as_mut())?;
            let before = self.printer.printed;
            let poll = self.poll()?;
            match poll {
                Poll::Progress => {}
                Poll::Stopped | Poll::Finished => return Ok(()),
                Poll::CaughtUp => {
                    self.printer.ui.flush()?;
                    if self.wait(idle_since).is_break() {
                        return Ok(());
                    }
                }
            }
            if self.printer.printed > before {
                idle_since = Instant::now();
            }
        }
        Ok(())
    }

    fn poll(&mut self) -> anyhow::Result<Poll> {
        if self.consumer.is_empty() && self.waiter.is_some() {
            return Ok(Poll::CaughtUp);
        }
        let poll = self.consumer.poll(&mut |record| self.printer.print(record))?;
        match self.printer.failure.take() {
            Some(failure) => Err(failure),
            None => Ok(poll),
        }
    }

    /// Waits for more; breaks off when nothing has come for too long.
    fn wait(&self, idle_since: Instant) -> ControlFlow<()> {
        let left = self.idle_limit.map(|limit| limit.saturating_sub(idle_since.elapsed()));
        if left == Some(Duration::ZERO) {
            return ControlFlow::Break(());
        }
        match &self.waiter {
            Some(waiter) => waiter.wait(left),
            // The end was seen before: what is missing of it is being written or mended.
            None => std::thread::sleep(Duration::from_millis(1)),
        }
        ControlFlow::Continue(())
    }
}

impl Printer<'_> {
    fn print(&mut self, record: &ConsumerRecord<'_>) -> ControlFlow<()> {
        if !self.filter.matches(record) {
            return ControlFlow::Continue(());
        }
        let out = self.ui.data();
        if let Err(fault) = self.format.write(record, out.buffer()) {
            return self.fault(&fault);
        }
        self.printed += 1;
        if let Err(error) = out.spill() {
            self.failure = Some(error.into());
            return ControlFlow::Break(());
        }
        if self.printed == self.limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// A record that cannot be shown.
    #[cold]
    fn fault(&mut self, fault: &RecordFormatError) -> ControlFlow<()> {
        if self.skips_faults {
            self.ui.warn(&fault.to_string());
            return ControlFlow::Continue(());
        }
        self.failure = Some(anyhow::Error::new(fault.clone()));
        ControlFlow::Break(())
    }
}
