//! Dumping a file of record batches.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::follow::Growing;
use super::{Dump, Stop};
use crate::dump::{FileKind, Found, FoundBatch, LogSummary, LogWalk, start_position};
use crate::output::StdoutError;
use crate::output::dump::{Finding, Pairs, RecordFault, RecordText, Shown, write_batch};
use crate::record::{Batch, BatchError, BatchHeader, Offset, RecordDecoder, RecordRef};

/// What is carried from batch to batch.
pub(super) struct Progress {
    path: PathBuf,
    decoder: RecordDecoder,
    last_offset: Option<Offset>,
    non_consecutive: Pairs,
    summary: LogSummary,
}

impl Progress {
    /// Goes on with another file.
    pub(super) fn move_to(&mut self, path: &Path) {
        path.clone_into(&mut self.path);
    }
}

impl Dump<'_> {
    pub(super) fn log(
        &mut self,
        path: &Path,
        kind: FileKind,
        summary: &mut Option<LogSummary>,
    ) -> Result<(), Stop> {
        let limits = self.options.limits;
        let mut walk = LogWalk::open(path, self.options.max_bytes.unwrap_or(u64::MAX), limits)?;
        self.first_line(kind);
        let mut progress = Progress {
            path: path.to_owned(),
            decoder: RecordDecoder::tolerant().with_record_size_max(limits.record_size_max),
            last_offset: None,
            non_consecutive: Pairs::new(path),
            summary: LogSummary::default(),
        };
        if let FileKind::Log(Some(base)) = kind {
            walk.start_at(start_position(path, base, &self.options.filter)?);
        }
        let growing = match kind {
            FileKind::Log(Some(base)) if self.options.follow && !Growing::is_closed(path, base) => Some(base),
            _ => None,
        };
        let result = self.batches(&mut walk, &mut progress, growing.is_some());
        *summary = Some(std::mem::take(&mut progress.summary));
        let found = std::mem::replace(&mut progress.non_consecutive, Pairs::new(path));
        self.find(Finding::NonConsecutive, found);
        if let Some(base) = growing {
            self.growing.push(Growing { path: path.to_owned(), base, walk, progress });
        }
        result
    }

    /// What the name of the file says.
    pub(super) fn first_line(&mut self, kind: FileKind) {
        if !self.is_plain_text() {
            return;
        }
        // Writing to memory does not fail.
        let _ = match kind {
            FileKind::Log(Some(base)) => writeln!(self.ui.data().buffer(), "Log starting offset: {base}"),
            FileKind::MetadataSnapshot(Some((end, epoch))) => {
                writeln!(self.ui.data().buffer(), "Snapshot end offset: {end}, epoch: {epoch}")
            }
            FileKind::MetadataBootstrap => writeln!(self.ui.data().buffer(), "KRaft bootstrap snapshot"),
            _ => Ok(()),
        };
    }

    /// Dumps the batches up to the end of the file. With `may_grow`, what is no batch at the end may become
    /// one.
    pub(super) fn batches(
        &mut self,
        walk: &mut LogWalk,
        progress: &mut Progress,
        may_grow: bool,
    ) -> Result<(), Stop> {
        loop {
            match walk.step()? {
                Found::Batch(found) => {
                    let is_last = found.damage.is_none() && self.options.filter.ends_with(&found.header);
                    self.batch(&found, progress)?;
                    if is_last {
                        return Ok(());
                    }
                }
                Found::Gap { position, bytes, damage } => {
                    let on = position.0 + bytes;
                    let fault = format_args!("{damage}; skipped {bytes} bytes, going on at byte {on}");
                    self.fault_at(&progress.path, position, &fault)?;
                }
                Found::Tail { .. } if may_grow => return Ok(()),
                Found::Tail { position, bytes, damage } => {
                    if self.options.max_bytes.is_none() && self.is_plain_text() {
                        let name = progress.path.file_name().unwrap_or_default().display();
                        let line = format_args!("Found {bytes} invalid bytes at the end of {name}");
                        let _ = writeln!(self.ui.data().buffer(), "{line}");
                    }
                    self.fault_at(&progress.path, position, &damage)?;
                }
                Found::End => return Ok(()),
            }
        }
    }

    fn batch(&mut self, found: &FoundBatch<'_>, progress: &mut Progress) -> Result<(), Stop> {
        let position = found.position;
        let may_hold = self.options.filter.may_hold(&found.header);
        // Which records are wanted may only be known when they have been looked at.
        let waits = self.options.filter.looks_at_records();
        if may_hold && !waits {
            self.batch_line(found);
            if self.options.records.is_none() && !self.options.summary {
                self.printed()?;
            }
        }
        if let Some(damage) = &found.damage {
            let on = found.resumes_at.map_or(String::new(), |on| {
                format!("; its length leads to no other batch, going on at byte {on}")
            });
            self.fault_at(&progress.path, position, &format_args!("{damage}{on}"))?;
        }
        if !may_hold {
            progress.last_offset = None;
            return Ok(());
        }
        let shown = self.options.records;
        if shown.is_none() && !waits && !self.options.summary {
            return Ok(());
        }
        let Some(batch) = &found.content else {
            let fault = format_args!(
                "the records of its {} bytes are not shown, which takes --max-message-size {0}",
                found.size
            );
            return self.fault_at(&progress.path, position, &fault);
        };
        match self.records(found, batch, shown, progress) {
            Ok(()) => Ok(()),
            Err(BatchStop::Stop(stop)) => Err(stop),
            // The codec has been reported with the header.
            Err(BatchStop::Batch(BatchError::Codec(_))) => Ok(()),
            Err(BatchStop::Fault(index, reason)) => {
                let fault = format_args!("record {index} of the batch: {reason}");
                self.fault_at(&progress.path, position, &fault)
            }
            Err(BatchStop::Batch(error @ BatchError::RecordTooLarge { size, .. })) => {
                let fault = format_args!("{error}; showing it takes --max-message-size {size}");
                self.fault_at(&progress.path, position, &fault)
            }
            Err(BatchStop::Batch(error)) => self.fault_at(&progress.path, position, &error),
        }
    }

    fn batch_line(&mut self, found: &FoundBatch<'_>) {
        let (position, size, holds) = (found.position, found.size, found.checksum_holds);
        if self.options.summary {
            return;
        }
        let out = self.ui.data().buffer();
        if self.options.is_json {
            self.json.batch(out, position, &found.header, size, holds);
        } else {
            write_batch(out, position, &found.header, size, holds);
        }
    }

    /// Goes through the records of a batch, up to the first that cannot be decoded, and prints those that
    /// are wanted.
    fn records(
        &mut self,
        found: &FoundBatch<'_>,
        batch: &Batch<'_>,
        shown: Option<Shown>,
        progress: &mut Progress,
    ) -> Result<(), BatchStop> {
        let header = batch.header();
        let text = shown.map(|shown| RecordText::new(header, shown));
        let waits = self.options.filter.looks_at_records();
        let mut is_batch_shown = !waits;
        let mut fault = None;
        let (first, last) = record_offsets(header);
        if self.options.summary {
            progress.summary.add_batch(header, found.size);
        }
        let mut records = progress.decoder.records(batch)?;
        let mut index = 0;
        while let Some(record) = records.next()? {
            // A summary counts the gaps; what goes back is told by the batches.
            if let Some(last) = progress.last_offset
                && record.offset != last.next()
                && !(self.options.summary && record.offset > last)
            {
                progress.non_consecutive.push(last.0, record.offset.0);
            }
            progress.last_offset = Some(record.offset);
            if let Err(reason) = check_record(&record, first, last) {
                fault.get_or_insert((index, RecordFault::Phrase(reason)));
            }
            index += 1;
            if waits && !self.options.filter.accepts(&record) {
                continue;
            }
            if !is_batch_shown {
                is_batch_shown = true;
                self.batch_line(found);
                if text.is_none() && !self.options.summary {
                    self.printed()?;
                }
            }
            if self.options.summary {
                progress.summary.add_record(header, &record);
            } else if let (Some(text), Some(shown)) = (&text, shown) {
                let said = self.record(found, &record, text, shown)?;
                if let Some(said) = said {
                    fault.get_or_insert((index - 1, said));
                }
                self.printed()?;
            }
        }
        match fault {
            None => Ok(()),
            Some((index, RecordFault::Phrase(reason))) => Err(BatchError::Record { index, reason }.into()),
            Some((index, RecordFault::Text(reason))) => Err(BatchStop::Fault(index, reason)),
        }
    }

    /// Prints a record, and answers what is wrong with what it says.
    #[inline]
    fn record(
        &mut self,
        found: &FoundBatch<'_>,
        record: &RecordRef<'_>,
        text: &RecordText,
        shown: Shown,
    ) -> Result<Option<RecordFault>, Stop> {
        let (data, contents) = (self.ui.data(), &self.options.contents);
        let written = if self.options.is_json {
            self.json.record(data, found.position, &found.header, record, shown, contents)
        } else {
            text.write(data, record, contents)
        };
        written.map_err(|error| Stop::Output(StdoutError::from(error)))
    }
}

/// The first and last offset that the records of a batch may have. A message of magic 0 or 1 knows only the
/// last, and some clients have left it at 0.
fn record_offsets(header: &BatchHeader) -> (Offset, Offset) {
    match (header.magic, header.base_offset) {
        (2.., base) => (base, header.last_offset()),
        (1, Offset::ZERO) => (Offset(i64::MIN), Offset(i64::MAX)),
        (_, last) => (Offset(i64::MIN), last),
    }
}

/// Looks for what Kafka's tool does not mind but a reader does.
#[inline]
fn check_record(record: &RecordRef<'_>, first: Offset, last: Offset) -> Result<(), &'static str> {
    if record.offset < first || record.offset > last {
        return Err("its offset lies outside its batch");
    }
    match record.legacy_checksum {
        Some(checksum) if !checksum.is_valid => Err("its own checksum is wrong"),
        _ => Ok(()),
    }
}

/// Why the records of a batch end early, or what is wrong with one of them.
enum BatchStop {
    Batch(BatchError),
    Fault(u32, String),
    Stop(Stop),
}

impl From<BatchError> for BatchStop {
    fn from(error: BatchError) -> Self {
        Self::Batch(error)
    }
}

impl From<Stop> for BatchStop {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}
