//! Where the records go that a consumer delivers: into a buffer, and from there to standard output or to a
//! command.

use std::ops::ControlFlow;

use super::exec::Exec;
use super::quota::Quota;
use crate::consumer::{ConsumerRecord, RecordFilter};
use crate::output::StdoutError;
use crate::output::data::DataWriter;
use crate::output::record::{RecordFormat, RecordFormatError, TextFormat};

/// Bytes of output after which reading breaks off even in the middle of a batch, where what is read has to be
/// accounted for before it is written.
const HELD_BACK_MAX: usize = 8 << 20;

/// Takes records, in the form in which they are written.
pub(super) struct Printer {
    format: RecordFormat,
    /// Which records are taken.
    pub(super) filter: RecordFilter,
    /// Whether a record that cannot be shown is told of and passed over.
    pub(super) skips_faults: bool,
    /// Bytes of keys and values after which it takes no more.
    pub(super) bytes_left: u64,
    /// How many records it takes of each partition, if that is limited.
    pub(super) quota: Option<Quota>,
    mode: Mode,
    /// How many records it has taken.
    printed: u64,
    /// How many it takes.
    limit: u64,
    /// Where in the buffer each record ends; only in [`Mode::HeldBack`].
    record_ends: Vec<usize>,
    /// Why the output was given up.
    failure: Option<anyhow::Error>,
    /// Records that could not be shown and were passed over.
    faults: Vec<RecordFormatError>,
}

enum Mode {
    /// To standard output, whenever there is enough of it.
    Free,
    /// To standard output, when the session says so.
    HeldBack,
    /// To a command, when the session says so.
    Exec(Exec),
    /// Nowhere: the bytes of keys and values are counted.
    Count(u64),
}

impl Printer {
    /// To standard output; `held_back` for a consumer that has to account for what is written.
    pub(super) fn new(format: RecordFormat, limit: u64, held_back: bool) -> Self {
        let mode = if held_back { Mode::HeldBack } else { Mode::Free };
        Self {
            format,
            filter: RecordFilter::new(),
            skips_faults: false,
            bytes_left: u64::MAX,
            quota: None,
            mode,
            printed: 0,
            limit,
            record_ends: Vec::new(),
            failure: None,
            faults: Vec::new(),
        }
    }

    /// To a command.
    pub(super) fn to_command(format: RecordFormat, limit: u64, exec: Exec) -> Self {
        let mut printer = Self::new(format, limit, true);
        printer.mode = Mode::Exec(exec);
        printer
    }

    /// To nowhere: records are only counted.
    pub(super) fn counting(limit: u64) -> Self {
        let mut printer = Self::new(RecordFormat::Text(TextFormat::default()), limit, false);
        printer.mode = Mode::Count(0);
        printer
    }

    /// The bytes of keys and values that were taken, where they are counted.
    pub(super) fn counted_bytes(&self) -> u64 {
        if let Mode::Count(bytes) = self.mode { bytes } else { 0 }
    }

    /// How many records it has taken.
    pub(super) fn printed(&self) -> u64 {
        self.printed
    }

    /// Whether it takes no more.
    pub(super) fn is_full(&self) -> bool {
        self.printed >= self.limit || self.bytes_left == 0
    }

    /// The command, if records go to one.
    pub(super) fn exec(&mut self) -> Option<&mut Exec> {
        match &mut self.mode {
            Mode::Exec(exec) => Some(exec),
            _ => None,
        }
    }

    /// Why the output was given up, if it was.
    pub(super) fn take_failure(&mut self) -> Option<anyhow::Error> {
        self.failure.take()
    }

    /// The records that could not be shown since the last call.
    pub(super) fn take_faults(&mut self) -> Vec<RecordFormatError> {
        std::mem::take(&mut self.faults)
    }

    /// Takes a record; breaks off when there are enough for now.
    #[inline]
    pub(super) fn print(&mut self, record: &ConsumerRecord<'_>, out: &mut DataWriter) -> ControlFlow<()> {
        if !self.filter.matches(record) {
            return ControlFlow::Continue(());
        }
        let taken = match &mut self.mode {
            Mode::Free => self.format.write(record, out.buffer()).map(|()| match out.spill() {
                Ok(()) => false,
                Err(error) => {
                    self.failure = Some(error.into());
                    true
                }
            }),
            Mode::HeldBack => self.format.write(record, out.buffer()).map(|()| {
                self.record_ends.push(out.buffer().len());
                out.buffer().len() >= HELD_BACK_MAX
            }),
            Mode::Exec(exec) => exec.take(record, &self.format),
            Mode::Count(bytes) => {
                *bytes += size_of_fields(record);
                Ok(false)
            }
        };
        let is_enough = match taken {
            Ok(is_enough) => is_enough,
            Err(fault) => return self.fault(fault),
        };
        self.printed += 1;
        if self.bytes_left != u64::MAX {
            self.bytes_left = self.bytes_left.saturating_sub(size_of_fields(record));
        }
        let is_enough =
            self.quota.as_mut().is_some_and(|quota| quota.take(record.topic_partition)) || is_enough;
        if is_enough || self.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// A record that cannot be shown is passed over, or the end.
    #[cold]
    fn fault(&mut self, fault: RecordFormatError) -> ControlFlow<()> {
        if self.skips_faults {
            self.faults.push(fault);
            return ControlFlow::Continue(());
        }
        self.failure = Some(fault.into());
        ControlFlow::Break(())
    }

    /// Writes out what was taken as long as `may_write` answers so; `false` once it does not.
    ///
    /// # Errors
    /// When standard output does not take it.
    pub(super) fn write_out(
        &mut self,
        out: &mut DataWriter,
        mut may_write: impl FnMut() -> bool,
    ) -> Result<bool, StdoutError> {
        let written = match self.mode {
            Mode::Free => out.flush().map(|()| true),
            Mode::Count(_) => Ok(may_write()),
            Mode::HeldBack | Mode::Exec(_) => out.flush_while(&self.record_ends, may_write),
        };
        self.record_ends.clear();
        written
    }

    /// Forgets what was taken and not written out.
    pub(super) fn drop_pending(&mut self, out: &mut DataWriter) {
        out.buffer().clear();
        self.record_ends.clear();
        if let Mode::Exec(exec) = &mut self.mode {
            exec.clear();
        }
    }
}

/// Bytes of key and value.
fn size_of_fields(record: &ConsumerRecord<'_>) -> u64 {
    let length = |field: Option<&[u8]>| field.map_or(0, <[u8]>::len) as u64;
    length(record.record.key) + length(record.record.value)
}
