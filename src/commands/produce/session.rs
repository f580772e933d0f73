//! Records on their way from the input to the producer.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::form::RecordExtras;
use super::transaction::Deadline;
use crate::commands::interrupt::Interrupt;
use crate::fs;
use crate::input::{Field, InputBuffer, InputForm, InputRecord, Ready, RecordReader, wait_for_input};
use crate::output::Ui;
use crate::output::produced::ProduceReport;
use crate::output::progress::Progress;
use crate::producer::{ProduceError, Producer};
use crate::record::header::HEADER_LEN;
use crate::record::{Header, NewRecord, Timestamp};

/// How long after an append an input that has nothing more is given before the next: a single record goes at
/// once, and many that trickle in go together.
const PAUSE: Duration = Duration::from_millis(1);

/// What standard input is called in messages.
pub(super) const STDIN: &str = "standard input";

/// A run of the command.
pub(super) struct Session<'a> {
    pub(super) producer: Producer,
    pub(super) form: InputForm,
    pub(super) extras: RecordExtras,
    pub(super) linger: Option<Duration>,
    /// When the input was last found to pause, and what it had given was appended.
    pub(super) flushed_at: Option<Instant>,
    pub(super) sync: bool,
    pub(super) quiet: bool,
    /// When and after how long the transaction may be open no longer.
    pub(super) deadline: Option<Deadline>,
    /// `max.request.size`.
    pub(super) max_request_size: Option<usize>,
    /// Records of the input that are passed over yet.
    pub(super) skip: u64,
    /// Bytes that a record of the input may have at the most.
    pub(super) record_limit: usize,
    pub(super) report: ProduceReport,
    /// Bytes of the inputs that have been read to their end.
    pub(super) input_bytes: u64,
    pub(super) interrupt: Interrupt,
    pub(super) ui: &'a mut Ui,
}

/// A record that was not produced, whereas those after it can be.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {message}")]
pub(super) struct RecordRefused {
    place: String,
    message: String,
}

impl Session<'_> {
    /// Produces what is in `files`, or in standard input when there are none.
    pub(super) fn read_all(&mut self, files: &[impl AsRef<Path>]) -> anyhow::Result<()> {
        if files.is_empty() {
            let stdin = io::stdin().as_fd().try_clone_to_owned().context("cannot read standard input")?;
            return self.read(File::from(stdin), STDIN.to_owned());
        }
        for path in files.iter().map(AsRef::as_ref) {
            let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
            if file.metadata().is_ok_and(|m| m.is_dir()) {
                bail!("cannot read {}: it is a folder", path.display());
            }
            self.read(file, path.display().to_string())?;
            if self.interrupt.status().is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Produces every record of `source`.
    fn read(&mut self, source: File, name: String) -> anyhow::Result<()> {
        let metadata = source.metadata().with_context(|| format!("cannot read {name}"))?;
        let may_pause = !metadata.is_file();
        fs::widen_pipe(&source);
        let prompts = source.is_terminal() && self.ui.stderr_is_terminal() && !self.quiet;
        let total = metadata.is_file().then_some(metadata.len());
        let mut bar = Progress::reading(total, !self.quiet && !source.is_terminal(), self.ui);
        let form = self.form.clone();
        let mut reader = RecordReader::new(InputBuffer::new(source), name, &form, self.record_limit);
        let result = self.send_records(&mut reader, may_pause, prompts, &mut bar);
        bar.finish();
        self.input_bytes += reader.input().bytes_read();
        result
    }

    fn send_records(
        &mut self,
        reader: &mut RecordReader<'_>,
        may_pause: bool,
        prompts: bool,
        bar: &mut Progress,
    ) -> anyhow::Result<()> {
        loop {
            self.send_available(reader)?;
            self.after_appends();
            Deadline::check(self.deadline)?;
            bar.set(reader.input().bytes_read());
            if self.interrupt.status().is_some() {
                return Ok(());
            }
            if may_pause && self.wait(reader, prompts)? == Ready::Interrupted {
                return Ok(());
            }
            if !reader.fill()? {
                // The last record may lack its end.
                return self.send_available(reader);
            }
        }
    }

    /// Hands every record that is in memory to the producer.
    fn send_available(&mut self, reader: &mut RecordReader<'_>) -> anyhow::Result<()> {
        if self.takes_fields_as_they_are() && reader.lines().is_some() {
            return self.send_lines(reader);
        }
        let read_at = reader.input().read_at();
        let mut record = InputRecord::new();
        let mut headers = Vec::new();
        while reader.next(&mut record)? {
            if self.skip > 0 {
                self.skip -= 1;
                continue;
            }
            headers = self.send(&mut record, read_at, headers, &|| reader.place())?;
            if self.sync {
                self.producer.flush()?;
            }
        }
        Ok(())
    }

    /// Whether key and value of a record are what the input gives, and nothing is to be done between two records.
    fn takes_fields_as_they_are(&self) -> bool {
        !self.sync && self.skip == 0 && self.max_request_size.is_none() && self.extras.leave_fields()
    }

    /// Hands one record to the producer. `headers` is room that is used again: it is answered for the next
    /// record.
    pub(super) fn send(
        &mut self,
        record: &mut InputRecord,
        read_at: Timestamp,
        headers: Vec<Header<'_>>,
        place: &dyn Fn() -> String,
    ) -> anyhow::Result<Vec<Header<'static>>> {
        let refused = |message| RecordRefused { place: place(), message };
        self.extras.apply(record).map_err(refused)?;
        let mut headers = emptied(headers);
        headers.extend(record.headers());
        let new = NewRecord {
            timestamp: record.timestamp.unwrap_or(read_at),
            key: record.get(Field::Key),
            value: record.get(Field::Value),
            headers: &headers,
        };
        let size = HEADER_LEN + new.size_max();
        if let Some(limit) = self.max_request_size.filter(|limit| size > *limit) {
            // KafkaProducer.ensureValidRecordSize
            return Err(refused(format!(
                "The message is {size} bytes when serialized which is larger than {limit}, which is the value \
                 of the max.request.size configuration."
            ))
            .into());
        }
        self.producer.send(&new, record.partition).map_err(|error| at(error, place))?;
        Ok(emptied(headers))
    }

    /// Waits until there is more to read, appending what there is when the input pauses.
    fn wait(&mut self, reader: &RecordReader<'_>, prompts: bool) -> anyhow::Result<Ready> {
        let input = reader.input().source();
        let patience = match (self.producer.pending_since(), self.linger) {
            (Some(since), Some(linger)) => Some(linger.saturating_sub(since.elapsed())),
            (Some(_), None) => {
                Some(self.flushed_at.map_or(Duration::ZERO, |at| PAUSE.saturating_sub(at.elapsed())))
            }
            // What is on its way is acknowledged when it has arrived.
            (None, _) => self.producer.is_unsettled().then_some(PAUSE),
        };
        if let Some(patience) = patience {
            let patience = Deadline::limit(self.deadline, Some(patience)).unwrap_or(patience);
            match wait_for_input(input, Some(self.interrupt.as_fd()), Some(patience))? {
                Ready::TimedOut => {
                    self.producer.flush()?;
                    self.flushed_at = Some(Instant::now());
                    self.after_appends();
                }
                ready => return Ok(ready),
            }
        }
        if prompts {
            self.ui.prompt(">");
        }
        loop {
            let patience = Deadline::limit(self.deadline, self.producer.sync_due_in());
            match wait_for_input(input, Some(self.interrupt.as_fd()), patience)? {
                Ready::TimedOut => {
                    Deadline::check(self.deadline)?;
                    self.producer.sync_due()?;
                }
                ready => return Ok(ready),
            }
        }
    }

    /// Tells what appending has brought to light, and which offsets it gave.
    pub(super) fn after_appends(&mut self) {
        for receipt in self.producer.take_receipts() {
            self.report.add(&receipt, self.ui);
        }
        for repair in self.producer.take_repairs() {
            self.ui.warn(&repair.to_string());
        }
        for failure in self.producer.take_upkeep_failures() {
            self.ui.warn(&format!("old records are kept for now: {failure}"));
        }
        self.report.flush(self.ui);
    }

    /// Says in the end what was produced.
    pub(super) fn finish(&mut self, started: Instant, says_summary: bool) {
        let elapsed = started.elapsed();
        self.report.print_receipt(self.input_bytes, elapsed, self.ui);
        if says_summary {
            self.report.summarize(self.input_bytes, elapsed, self.ui);
        }
    }
}

/// The same room for headers, with nothing in it that would be borrowed.
fn emptied<'new>(mut headers: Vec<Header<'_>>) -> Vec<Header<'new>> {
    headers.clear();
    headers.into_iter().map(|_| Header { key: &[], value: None }).collect()
}

/// Says which record is at fault, if it is the record that is.
pub(super) fn at(error: ProduceError, place: impl FnOnce() -> String) -> anyhow::Error {
    match error {
        ProduceError::RecordTooLarge { .. }
        | ProduceError::KeyMissing { .. }
        | ProduceError::TimestampOutOfRange { .. }
        | ProduceError::UnknownPartition { .. } => anyhow::Error::new(error).context(place()),
        other => other.into(),
    }
}
