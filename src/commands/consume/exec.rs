//! `--exec CMD`: records to a command's standard input, which count as consumed once it has exited with 0.

use std::io::Write as _;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, anyhow};

use super::dead_letter::DeadLetters;
use crate::commands::interrupt::Interrupt;
use crate::consumer::ConsumerRecord;
use crate::output::Ui;
use crate::output::record::{RecordFormat, RecordFormatError};

/// How long to wait before a command that failed is run again: doubled each time, up to the most.
const BACK_OFF: Duration = Duration::from_millis(100);
const BACK_OFF_MAX: Duration = Duration::from_secs(10);

/// A command, and the records for its next run.
pub(super) struct Exec {
    command: String,
    open_files: Option<u64>,
    /// Records for one run.
    batch: u64,
    /// How often it is run again.
    retries: u32,
    dead_letters: Option<DeadLetters>,
    /// What its next run will read.
    input: Vec<u8>,
    records: u64,
}

/// How a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It counts as consumed.
    Done,
    /// The process was asked to end before it did.
    Interrupted,
}

impl Exec {
    /// `open_files` is the limit on those that the command is given, where it is not that of this process.
    pub(super) fn new(
        command: &str,
        open_files: Option<u64>,
        batch: u64,
        retries: u32,
        dead_letters: Option<DeadLetters>,
    ) -> Self {
        let command = command.to_owned();
        Self { command, open_files, batch, retries, dead_letters, input: Vec::new(), records: 0 }
    }

    /// Takes a record; answers whether there are enough for a run.
    ///
    /// # Errors
    /// When it cannot be shown; it is not taken then.
    pub(super) fn take(
        &mut self,
        record: &ConsumerRecord<'_>,
        format: &RecordFormat,
    ) -> Result<bool, RecordFormatError> {
        format.write(record, &mut self.input)?;
        if let Some(dead_letters) = &mut self.dead_letters {
            dead_letters.keep(record);
        }
        self.records += 1;
        Ok(self.records >= self.batch)
    }

    /// Forgets the records.
    pub(super) fn clear(&mut self) {
        self.input.clear();
        self.records = 0;
        if let Some(dead_letters) = &mut self.dead_letters {
            dead_letters.clear();
        }
    }

    /// Runs the command with the records that were taken, if any, until it succeeds.
    ///
    /// # Errors
    /// When it keeps failing and there is nowhere else for the records to go.
    pub(super) fn run(&mut self, ui: &mut Ui, interrupt: &Interrupt) -> anyhow::Result<Outcome> {
        if self.records == 0 {
            return Ok(Outcome::Done);
        }
        let mut back_off = BACK_OFF;
        for left in (0..=self.retries).rev() {
            let failure = match self.run_once()? {
                status if status.success() => {
                    self.clear();
                    return Ok(Outcome::Done);
                }
                status => describe(status),
            };
            if interrupt.status().is_some() {
                return Ok(Outcome::Interrupted);
            }
            if left == 0 {
                return self.give_up(&failure, ui);
            }
            ui.warn(&format!(
                "'{}' {failure}: it is run again with the same {} record(s) in {} ms",
                self.command,
                self.records,
                back_off.as_millis()
            ));
            interrupt.sleep(back_off);
            if interrupt.status().is_some() {
                return Ok(Outcome::Interrupted);
            }
            back_off = (back_off * 2).min(BACK_OFF_MAX);
        }
        unreachable!("the last round returns")
    }

    fn give_up(&mut self, failure: &str, ui: &mut Ui) -> anyhow::Result<Outcome> {
        let (command, records) = (&self.command, self.records);
        let Some(dead_letters) = &mut self.dead_letters else {
            return Err(anyhow!(
                "'{command}' {failure}, for the {} time(s) it was run: stopped before its {records} record(s)",
                u64::from(self.retries) + 1
            ));
        };
        dead_letters.send(failure)?;
        ui.warn(&format!(
            "'{command}' {failure}: {records} record(s) went to topic '{}'",
            dead_letters.topic()
        ));
        self.clear();
        Ok(Outcome::Done)
    }

    fn run_once(&self) -> anyhow::Result<ExitStatus> {
        let script = match self.open_files {
            Some(limit) => &format!("ulimit -S -n {limit} 2>/dev/null; {}", self.command),
            None => &self.command,
        };
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(script)
            .stdin(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run '{}'", self.command))?;
        if let Some(mut stdin) = child.stdin.take()
            && let Err(error) = stdin.write_all(&self.input)
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            let _ = child.kill();
            let _ = child.wait();
            return Err(error).with_context(|| format!("cannot write to '{}'", self.command));
        }
        // A command that does not want all of its input says with its status whether that is a failure.
        child.wait().with_context(|| format!("cannot wait for '{}'", self.command))
    }
}

fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with {code}"),
        (None, Some(signal)) => format!("was killed by signal {signal}"),
        (None, None) => "failed".to_owned(),
    }
}
