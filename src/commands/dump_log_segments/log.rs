//! Dumping a file of record batches.

use std::io::Write as _;
use std::path::Path;

use super::{Dump, Stop};
use crate::dump::{FileKind, Found, FoundBatch, LogWalk};
use crate::output::StdoutError;
use crate::output::dump::{Pairs, RecordText, Shown, write_batch};
use crate::record::{Batch, BatchError, BatchHeader, Offset, RecordDecoder, RecordRef};

/// What is carried from batch to batch of one file.
struct Progress<'p> {
    path: &'p Path,
    decoder: RecordDecoder,
    last_offset: Option<Offset>,
    non_consecutive: Pairs,
}

impl Dump<'_> {
    pub(super) fn log(&mut self, path: &Path, kind: FileKind) -> Result<(), Stop> {
        let limits = self.options.limits;
        let mut walk = LogWalk::open(path, self.options.max_bytes.unwrap_or(u64::MAX), limits)?;
        self.first_line(kind);
        let mut progress = Progress {
            path,
            decoder: RecordDecoder::tolerant().with_record_size_max(limits.record_size_max),
            last_offset: None,
            non_consecutive: Pairs::new(path),
        };
        let result = self.batches(&mut walk, &mut progress);
        self.findings.add_non_consecutive(progress.non_consecutive);
        result
    }

    /// What the name of the file says.
    fn first_line(&mut self, kind: FileKind) {
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

    fn batches(&mut self, walk: &mut LogWalk, progress: &mut Progress<'_>) -> Result<(), Stop> {
        let path = progress.path;
        loop {
            match walk.step()? {
                Found::Batch(found) => {
                    self.batch(&found, progress)?;
                    self.ui.data().spill().map_err(Stop::Output)?;
                }
                Found::Gap { position, bytes, damage } => {
                    let on = position.0 + bytes;
                    let fault = format_args!("{damage}; skipped {bytes} bytes, going on at byte {on}");
                    self.fault_at(path, position, &fault)?;
                }
                Found::Tail { position, bytes, damage } => {
                    if self.options.max_bytes.is_none() {
                        let name = path.file_name().unwrap_or_default().display();
                        let line = format_args!("Found {bytes} invalid bytes at the end of {name}");
                        let _ = writeln!(self.ui.data().buffer(), "{line}");
                    }
                    self.fault_at(path, position, &damage)?;
                }
                Found::End => return Ok(()),
            }
        }
    }

    fn batch(&mut self, found: &FoundBatch<'_>, progress: &mut Progress<'_>) -> Result<(), Stop> {
        let position = found.position;
        write_batch(self.ui.data().buffer(), position, &found.header, found.size, found.checksum_holds);
        if let Some(damage) = &found.damage {
            let on = found.resumes_at.map_or(String::new(), |on| {
                format!("; its length leads to no other batch, going on at byte {on}")
            });
            self.fault_at(progress.path, position, &format_args!("{damage}{on}"))?;
        }
        let Some(shown) = self.options.records else { return Ok(()) };
        let Some(batch) = &found.content else {
            let fault = format_args!(
                "the records of its {} bytes are not shown, which takes --max-message-size {0}",
                found.size
            );
            return self.fault_at(progress.path, position, &fault);
        };
        match self.records(batch, shown, progress) {
            Ok(()) => Ok(()),
            Err(BatchStop::Output(error)) => Err(Stop::Output(error)),
            // The codec has been reported with the header.
            Err(BatchStop::Batch(BatchError::Codec(_))) => Ok(()),
            Err(BatchStop::Batch(error @ BatchError::RecordTooLarge { size, .. })) => {
                let fault = format_args!("{error}; showing it takes --max-message-size {size}");
                self.fault_at(progress.path, position, &fault)
            }
            Err(BatchStop::Batch(error)) => self.fault_at(progress.path, position, &error),
        }
    }

    /// Prints the records of a batch, up to the first that cannot be decoded.
    fn records(
        &mut self,
        batch: &Batch<'_>,
        shown: Shown,
        progress: &mut Progress<'_>,
    ) -> Result<(), BatchStop> {
        let text = RecordText::new(batch.header(), shown);
        let mut fault = None;
        let (first, last) = record_offsets(batch.header());
        let mut records = progress.decoder.records(batch)?;
        let mut index = 0;
        while let Some(record) = records.next()? {
            if let Some(last) = progress.last_offset
                && record.offset != last.next()
            {
                progress.non_consecutive.push(last.0, record.offset.0);
            }
            progress.last_offset = Some(record.offset);
            let written = text.write(self.ui.data().buffer(), &record);
            if let Err(reason) = written.and_then(|()| check_record(&record, first, last)) {
                fault.get_or_insert(BatchError::Record { index, reason });
            }
            index += 1;
            self.ui.data().spill().map_err(BatchStop::Output)?;
        }
        fault.map_or(Ok(()), |error| Err(error.into()))
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

/// Why the records of a batch end early.
enum BatchStop {
    Batch(BatchError),
    Output(StdoutError),
}

impl From<BatchError> for BatchStop {
    fn from(error: BatchError) -> Self {
        Self::Batch(error)
    }
}
