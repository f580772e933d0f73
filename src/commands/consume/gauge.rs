//! What a run of the consumer takes the time for.

use std::time::{Duration, Instant};

use super::printer::Printer;
use crate::cli::OutputFormat;
use crate::format_string::TimeForm;
use crate::output::perf::{Consumed, PerfLine};
use crate::output::{StdoutError, Ui};
use crate::record::Timestamp;

/// Measures a run.
#[derive(Debug)]
pub(super) struct Gauge {
    topic: String,
    output: OutputFormat,
    dates: TimeForm,
    /// The time between two lines on the way, if there are to be any.
    interval: Option<Duration>,
    began: Instant,
    began_at: Timestamp,
    /// Since when there has been no partition to read.
    without_partitions: Option<Instant>,
    /// How long there was none before that.
    rebalancing: Duration,
    /// What the last line on the way was about: when it was printed, and what there was by then.
    last: (Timestamp, Consumed),
    /// When the run ended, and what there was.
    end: Option<(Timestamp, Consumed)>,
}

impl Gauge {
    /// Begins to measure. Where a group gives the partitions, there are none at first.
    pub(super) fn begin(
        topic: String,
        output: OutputFormat,
        dates: TimeForm,
        interval: Option<Duration>,
        is_member: bool,
    ) -> Self {
        let (began, began_at) = (Instant::now(), Timestamp::now());
        Self {
            topic,
            output,
            dates,
            interval,
            began,
            began_at,
            without_partitions: is_member.then_some(began),
            rebalancing: Duration::ZERO,
            last: (began_at, Consumed::default()),
            end: None,
        }
    }

    /// Takes note of what `printer` has got by now and whether there is something to read, and prints a line if one
    /// is due.
    pub(super) fn look(
        &mut self,
        printer: &Printer,
        has_partitions: bool,
        ui: &mut Ui,
    ) -> Result<(), StdoutError> {
        let now = Instant::now();
        match self.without_partitions {
            Some(since) if has_partitions => {
                self.rebalancing += now.duration_since(since);
                self.without_partitions = None;
            }
            None if !has_partitions => self.without_partitions = Some(now),
            _ => {}
        }
        if self.due_in() == Some(Duration::ZERO) {
            let present = (Timestamp::now(), self.consumed(printer, now));
            self.print_interval(present, ui)?;
        }
        Ok(())
    }

    /// How long until a line is due, if there are to be any.
    pub(super) fn due_in(&self) -> Option<Duration> {
        let printed_at = self.began + self.last.1.elapsed;
        self.interval.map(|interval| interval.saturating_sub(printed_at.elapsed()))
    }

    /// The run has come to its end.
    pub(super) fn stop(&mut self, printer: &Printer) {
        self.end = Some((Timestamp::now(), self.consumed(printer, Instant::now())));
    }

    /// Prints what there is at the end: the last of the lines on the way, or the one about all.
    pub(super) fn print_end(&mut self, ui: &mut Ui) -> Result<(), StdoutError> {
        let Some((at, all)) = self.end else { return Ok(()) };
        if self.interval.is_some() {
            self.print_interval((at, all), ui)?;
        }
        match self.output {
            OutputFormat::Json => {
                ui.print_json(&all.json(&self.topic, PerfLine::Total, self.began_at.0, at.0))?;
            }
            OutputFormat::Text if self.interval.is_none() => {
                ui.print_line(&all.total_text(&self.date(self.began_at), &self.date(at)))?;
            }
            OutputFormat::Text => {}
        }
        ui.flush()
    }

    fn print_interval(&mut self, present: (Timestamp, Consumed), ui: &mut Ui) -> Result<(), StdoutError> {
        let (at, all) = present;
        let (before_at, before) = std::mem::replace(&mut self.last, present);
        let interval = all.since(&before);
        match self.output {
            OutputFormat::Text => ui.print_line(&interval.interval_text(&all, &self.date(at)))?,
            OutputFormat::Json => {
                ui.print_json(&interval.json(&self.topic, PerfLine::Interval, before_at.0, at.0))?;
            }
        }
        ui.flush()
    }

    fn consumed(&self, printer: &Printer, now: Instant) -> Consumed {
        let going_on = self.without_partitions.map_or(Duration::ZERO, |since| now.duration_since(since));
        Consumed {
            records: printer.printed(),
            bytes: printer.counted_bytes(),
            elapsed: now.duration_since(self.began),
            rebalancing: self.rebalancing + going_on,
        }
    }

    fn date(&self, time: Timestamp) -> String {
        let mut text = Vec::new();
        self.dates.write(time, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}
