//! Records on their way from the input to the producer.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::ops::ControlFlow;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::form::RecordExtras;
use super::pace::{self, Pace};
use super::rehearsal::Rehearsal;
use super::tee::Tee;
use super::transaction::Deadline;
use crate::commands::interrupt::Interrupt;
use crate::fs;
use crate::input::{
    Field, InputBuffer, InputError, InputForm, InputRecord, Ready, RecordReader, wait_for_input,
};
use crate::log::Repair;
use crate::output::Ui;
use crate::output::produced::ProduceReport;
use crate::output::progress::Progress;
use crate::producer::{News, ProduceError, Producer, RecordSink as _};
use crate::record::header::HEADER_LEN;
use crate::record::{Header, NewRecord, Timestamp};

/// How long after an append an input that has nothing more is given before the next: a single record goes at
/// once, and many that trickle in go together.
pub(super) const PAUSE: Duration = Duration::from_millis(1);

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
    /// Records of the input that were passed over.
    pub(super) skipped: u64,
    /// How many records are produced yet, at the most; `None` for all.
    pub(super) left: Option<u64>,
    pub(super) pace: Option<Pace>,
    pub(super) tee: Option<Tee>,
    /// What has been found wrong with records, where nothing is produced.
    pub(super) rehearsal: Option<Rehearsal>,
    /// Bytes that a record of the input may have at the most.
    pub(super) record_limit: usize,
    pub(super) report: ProduceReport,
    /// Bytes of the inputs that have been read to their end.
    pub(super) input_bytes: u64,
    /// Whether any input was a file, which can be read again.
    pub(super) has_read_file: bool,
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

/// Makes sure that the files among `files`, of which a pipe is none, can be read, before anything is done for them.
pub(super) fn check_files(files: &[impl AsRef<Path>]) -> anyhow::Result<()> {
    for path in files.iter().map(AsRef::as_ref) {
        let found = std::fs::metadata(path);
        let found =
            found.and_then(|found| if found.is_file() { File::open(path)?.metadata() } else { Ok(found) });
        if found.with_context(|| format!("cannot open {}", path.display()))?.is_dir() {
            bail!("cannot read {}: it is a folder", path.display());
        }
    }
    Ok(())
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
            self.read(file, path.display().to_string())?;
            if self.is_over() {
                break;
            }
        }
        Ok(())
    }

    /// Produces every record of `source`.
    fn read(&mut self, source: File, name: String) -> anyhow::Result<()> {
        let metadata = source.metadata().with_context(|| format!("cannot read {name}"))?;
        self.has_read_file |= metadata.is_file();
        fs::widen_pipe(&source);
        let prompts = source.is_terminal() && self.ui.stderr_is_terminal() && !self.quiet;
        let total = metadata.is_file().then_some(metadata.len());
        let mut bar = Progress::reading(total, !self.quiet && !source.is_terminal(), self.ui);
        let form = self.form.clone();
        let mut reader = RecordReader::new(InputBuffer::new(source), name, &form, self.record_limit);
        let result = self.send_records(&mut reader, total, prompts, &mut bar);
        bar.finish();
        self.input_bytes += reader.input().bytes_read();
        result
    }

    /// Produces every record of what `reader` reads: a file of so many bytes, or what has no length and may pause.
    fn send_records(
        &mut self,
        reader: &mut RecordReader<'_>,
        length: Option<u64>,
        prompts: bool,
        bar: &mut Progress,
    ) -> anyhow::Result<()> {
        loop {
            self.send_available(reader)?;
            self.after_appends();
            Deadline::check(self.deadline)?;
            bar.set(reader.input().bytes_read());
            if self.is_over() {
                return Ok(());
            }
            if self.takes_fields_as_they_are() && self.send_pieces(reader, length, bar)? {
                continue;
            }
            if length.is_none() && self.wait(reader, prompts)? == Ready::Interrupted {
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
        let mut before = reader.input().taken();
        while self.left != Some(0) {
            match reader.next(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => {
                    self.at_fault(error.into(), reader.can_go_on())?;
                    continue;
                }
            }
            if self.skip > 0 {
                self.skip -= 1;
                self.skipped += 1;
                before = reader.input().taken();
                continue;
            }
            if self.hold_back(&record)?.is_break() {
                return Ok(());
            }
            headers = match self.send(&mut record, read_at, headers, &|| reader.place()) {
                Ok(headers) => headers,
                Err(error) => {
                    self.at_fault(error, true)?;
                    Vec::new()
                }
            };
            self.count_down();
            if let Some(tee) = &mut self.tee {
                tee.take(reader.input().taken_since(before));
                before = reader.input().taken();
            }
            if self.sync || self.tee.as_ref().is_some_and(Tee::is_full) {
                self.producer.flush()?;
                self.after_appends();
            }
        }
        if let Some(tee) = &mut self.tee {
            // Empty lines that are no records.
            tee.take(reader.input().taken_since(before));
        }
        Ok(())
    }

    /// One record less is wanted.
    pub(super) fn count_down(&mut self) {
        self.left = self.left.map(|left| left.saturating_sub(1));
    }

    /// Whether there is nothing more to be done, whatever the input has.
    fn is_over(&self) -> bool {
        self.left == Some(0) || self.interrupt.status().is_some()
    }

    /// What is wrong with one record is told in a rehearsal, which goes on if it can; else it is the end.
    fn at_fault(&mut self, error: anyhow::Error, can_go_on: bool) -> anyhow::Result<()> {
        match &mut self.rehearsal {
            Some(rehearsal) if can_go_on && is_the_record(&error) => {
                rehearsal.tell(&error, self.ui);
                Ok(())
            }
            _ => Err(error),
        }
    }

    /// Waits until `record` may be produced, if there is a rate; what is pending is appended meanwhile.
    /// Breaks off when the process is asked to end.
    fn hold_back(&mut self, record: &InputRecord) -> anyhow::Result<ControlFlow<()>> {
        let Some(pace) = &mut self.pace else { return Ok(ControlFlow::Continue(())) };
        let mut now = Instant::now();
        while let Some(wait) = pace.wait(now) {
            if pace::rest(&mut self.producer, self.linger, wait, now, &self.interrupt)? {
                pass_on_appended(&mut self.producer, &mut self.report, self.tee.as_mut(), self.ui);
            }
            if self.interrupt.status().is_some() {
                return Ok(ControlFlow::Break(()));
            }
            now = Instant::now();
        }
        let length = |field| record.get(field).map_or(0, <[u8]>::len);
        pace.spend(length(Field::Key) + length(Field::Value), now);
        Ok(ControlFlow::Continue(()))
    }

    /// Whether key and value of a record are what the input gives, and nothing is to be done between two records.
    fn takes_fields_as_they_are(&self) -> bool {
        let is_plain = self.pace.is_none() && self.tee.is_none() && self.rehearsal.is_none();
        let takes_all = self.skip == 0 && self.left.is_none();
        is_plain && takes_all && !self.sync && self.max_request_size.is_none() && self.extras.leave_fields()
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
        check_request_size(&new, self.max_request_size).map_err(refused)?;
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
        pass_on_appended(&mut self.producer, &mut self.report, self.tee.as_mut(), self.ui);
    }

    /// How many records of the input, from the first one on, need not be read again.
    pub(super) fn acknowledged(&mut self) -> u64 {
        self.skipped + self.producer.acknowledged()
    }

    /// Says in the end what was produced.
    pub(super) fn finish(&mut self, started: Instant, says_summary: bool) {
        let elapsed = started.elapsed();
        if let Some(rehearsal) = &mut self.rehearsal {
            rehearsal.close(self.ui);
        }
        self.report.print_receipt(self.input_bytes, elapsed, self.ui);
        if self.rehearsal.is_some() && !self.quiet {
            self.report.summarize_rehearsal(self.input_bytes, self.ui);
        } else if says_summary {
            self.report.summarize(self.input_bytes, elapsed, self.ui);
        }
    }
}

/// Refuses a record of more than `limit` bytes, which is `max.request.size` (`KafkaProducer.ensureValidRecordSize`).
pub(super) fn check_request_size(record: &NewRecord<'_>, limit: Option<usize>) -> Result<(), String> {
    let size = HEADER_LEN + record.size_max();
    match limit.filter(|limit| size > *limit) {
        None => Ok(()),
        Some(limit) => Err(format!(
            "The message is {size} bytes when serialized which is larger than {limit}, which is the value of the \
             max.request.size configuration."
        )),
    }
}

/// Tells what appending has brought to light, which offsets it gave, and passes on what is acknowledged.
fn pass_on_appended(producer: &mut Producer, report: &mut ProduceReport, tee: Option<&mut Tee>, ui: &mut Ui) {
    tell(producer.take_news(), report, ui);
    if let Some(tee) = tee.filter(|_| producer.has_all_acknowledged()) {
        tee.pass_on(ui);
    }
}

/// Tells what appending has brought to light, and which offsets it gave.
pub(super) fn tell(news: News, report: &mut ProduceReport, ui: &mut Ui) {
    for receipt in news.receipts {
        report.add(&receipt, ui);
    }
    warn_of(news.repairs, news.upkeep_failures, ui);
    report.flush(ui);
}

/// Tells what appending has brought to light besides.
pub(in crate::commands) fn warn_of(repairs: Vec<Repair>, upkeep_failures: Vec<ProduceError>, ui: &mut Ui) {
    for repair in repairs {
        ui.warn(&repair.to_string());
    }
    for failure in upkeep_failures {
        ui.warn(&format!("old records are kept for now: {failure}"));
    }
}

/// Whether an error is about one record, so that those after it may be good.
pub(super) fn is_the_record(error: &anyhow::Error) -> bool {
    let of_input = error
        .downcast_ref()
        .is_some_and(|error| matches!(error, InputError::Malformed { .. } | InputError::MalformedLine(_)));
    let of_producer = error.downcast_ref().is_some_and(|error| !matches!(error, ProduceError::Log { .. }));
    of_input || of_producer || error.is::<RecordRefused>()
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
