//! `mkafka dump-log-segments`: shows what is in a log's files, and says what is wrong with them.

mod index;
mod log;

use std::fmt;
use std::path::Path;

use crate::cli::dump::DumpLogSegmentsArgs;
use crate::dump::{DumpError, FileKind, Limits};
use crate::log::Position;
use crate::output::dump::{Findings, Shown};
use crate::output::{StdoutError, Ui};

/// Dumps all files. The command fails if anything is wrong with any of them.
///
/// # Errors
/// When standard output cannot be written to. All else is reported as it is found.
pub fn run(args: &DumpLogSegmentsArgs, ui: &mut Ui) -> anyhow::Result<()> {
    let mut dump = Dump::new(args, ui);
    for path in args.files.iter().chain(&args.paths) {
        dump.file(path)?;
    }
    Ok(dump.finish()?)
}

/// A dump under way.
struct Dump<'a> {
    ui: &'a mut Ui,
    options: Options,
    findings: Findings,
}

/// What was asked for.
struct Options {
    /// Whether records are shown at all, and what of them.
    records: Option<Shown>,
    index_sanity_check: bool,
    verify_index_only: bool,
    max_message_size: usize,
    max_bytes: Option<u64>,
    limits: Limits,
}

/// Why the dump of a file ends early.
enum Stop {
    /// The file cannot be read any further; the next one can.
    File(DumpError),
    /// Nothing can be written any more.
    Output(StdoutError),
}

impl<E: Into<DumpError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::File(error.into())
    }
}

impl<'a> Dump<'a> {
    fn new(args: &DumpLogSegmentsArgs, ui: &'a mut Ui) -> Self {
        let shown = Shown { metadata: !args.skip_record_metadata, data: args.print_data_log };
        let options = Options {
            records: (args.deep_iteration || args.print_data_log).then_some(shown),
            index_sanity_check: args.index_sanity_check,
            verify_index_only: args.verify_index_only,
            max_message_size: args.max_message_size,
            max_bytes: args.max_bytes,
            limits: Limits::for_messages_of(args.max_message_size),
        };
        Self { ui, options, findings: Findings::default() }
    }

    /// Dumps one file. Only an output that cannot be written is an error.
    fn file(&mut self, path: &Path) -> Result<(), StdoutError> {
        use std::os::unix::ffi::OsStrExt as _;
        let out = self.ui.data().buffer();
        out.extend_from_slice(b"Dumping ");
        out.extend_from_slice(path.as_os_str().as_bytes());
        out.push(b'\n');
        let kind = FileKind::of(path);
        let result = match kind {
            FileKind::Log(_) | FileKind::MetadataSnapshot(_) | FileKind::MetadataBootstrap => {
                self.log(path, kind)
            }
            FileKind::OffsetIndex => self.offset_index(path),
            FileKind::TimeIndex => self.time_index(path),
            FileKind::TxnIndex => self.txn_index(path),
            FileKind::ProducerSnapshot => self.producer_snapshot(path),
            FileKind::Later(what) => self
                .fault(&format_args!("{}: {what} cannot be shown yet", path.display()))
                .map_err(Stop::Output),
            FileKind::Unknown => self.unknown(path),
        };
        match result {
            Ok(()) => Ok(()),
            Err(Stop::Output(error)) => Err(error),
            Err(Stop::File(error)) => self.fault(&error),
        }
    }

    /// A file that a broker does not write: not a fault, but one that is not there is.
    fn unknown(&mut self, path: &Path) -> Result<(), Stop> {
        use crate::fs::IoContext as _;
        path.metadata().context_io("open", path)?;
        self.ui.flush().map_err(Stop::Output)?;
        self.ui.note(&format!("Ignoring unknown file {}", path.display()));
        Ok(())
    }

    /// Reports a fault behind what has been printed so far.
    fn fault(&mut self, fault: &dyn fmt::Display) -> Result<(), StdoutError> {
        self.ui.flush()?;
        self.ui.error(&fault.to_string());
        Ok(())
    }

    /// Reports a fault at a place in a file.
    fn fault_at(&mut self, path: &Path, position: Position, fault: &dyn fmt::Display) -> Result<(), Stop> {
        self.fault(&format_args!("{}: byte {position}: {fault}", path.display())).map_err(Stop::Output)
    }

    /// Prints what is left, and what Kafka's tool says at the very end.
    fn finish(self) -> Result<(), StdoutError> {
        self.ui.flush()?;
        self.ui.report(|stderr| self.findings.write(stderr), self.findings.has_faults());
        Ok(())
    }
}
