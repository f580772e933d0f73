//! `mkafka dump-log-segments`: shows what is in the files of a broker, and says what is wrong with them.

mod follow;
mod index;
mod log;
mod options;
mod paths;
mod salvage;

use std::fmt;
use std::path::Path;

use self::options::Options;
use self::paths::Named;
use crate::cli::dump::DumpLogSegmentsArgs;
use crate::dump::{DumpError, FileKind, LogSummary};
use crate::log::Position;
use crate::output::dump::{FileSummary, Finding, Findings, JsonLines, Pairs, summary_line, summary_table};
use crate::output::{StdoutError, Ui};

/// Dumps all files. The command fails if anything is wrong with any of them.
///
/// # Errors
/// When an argument makes no sense, or standard output cannot be written to. All else is reported as it is
/// found.
pub fn run(args: &DumpLogSegmentsArgs, ui: &mut Ui) -> anyhow::Result<()> {
    let options = Options::new(args)?;
    if options.is_json || !options.summary {
        ui.escape_data(options.is_json);
    }
    let mut dump = Dump {
        ui,
        options,
        findings: Findings::default(),
        left: args.filter.limit.unwrap_or(u64::MAX),
        json: JsonLines::new(Path::new("")),
        faults: 0,
        entries: 0,
        summaries: Vec::new(),
        growing: Vec::new(),
    };
    let mut is_full = dump.left == 0;
    for argument in args.files.iter().chain(&args.paths) {
        for named in paths::named(argument) {
            if is_full {
                break;
            }
            is_full = match named {
                Named::File(path) => dump.file(&path)?,
                Named::Nothing(message) => {
                    dump.fault(&message)?;
                    false
                }
            };
        }
    }
    let ended = if is_full { Ok(()) } else { dump.follow() };
    dump.finish()?;
    ended
}

/// A dump under way.
struct Dump<'a> {
    ui: &'a mut Ui,
    options: Options,
    findings: Findings,
    /// How many records and entries may still be printed.
    left: u64,
    /// The JSON lines of the file that is being dumped.
    json: JsonLines,
    /// Faults of that file.
    faults: u64,
    /// Entries of that file.
    entries: u64,
    summaries: Vec<FileSummary>,
    /// The logs that are to be followed.
    growing: Vec<follow::Growing>,
}

/// Why the dump of a file ends early.
enum Stop {
    /// The file cannot be read any further; the next one can.
    File(DumpError),
    /// Nothing can be written any more.
    Output(StdoutError),
    /// As much has been printed as was asked for.
    Full,
}

impl<E: Into<DumpError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::File(error.into())
    }
}

impl Dump<'_> {
    /// Dumps one file, and answers whether that was all that was asked for. Only an output that cannot be
    /// written is an error.
    fn file(&mut self, path: &Path) -> Result<bool, StdoutError> {
        self.begin(path);
        self.faults = 0;
        self.entries = 0;
        let kind = FileKind::of(path);
        let mut log = None;
        let result = match kind {
            FileKind::Log(_) | FileKind::MetadataSnapshot(_) | FileKind::MetadataBootstrap => {
                if self.options.salvage.is_some() {
                    self.salvage(path, kind)
                } else {
                    self.log(path, kind, &mut log)
                }
            }
            // Only logs are salvaged.
            _ if self.options.salvage.is_some() => return Ok(false),
            FileKind::OffsetIndex => self.offset_index(path),
            FileKind::TimeIndex => self.time_index(path),
            FileKind::TxnIndex => self.txn_index(path),
            FileKind::ProducerSnapshot => self.producer_snapshot(path),
            FileKind::Text(kind) => self.text_file(path, kind),
            FileKind::Unknown => self.unknown(path),
        };
        let is_full = match result {
            Ok(()) => false,
            Err(Stop::Full) => true,
            Err(Stop::Output(error)) => return Err(error),
            Err(Stop::File(error)) => {
                self.fault(&error)?;
                false
            }
        };
        if self.options.summary && kind != FileKind::Unknown {
            self.summarise(path, log)?;
        }
        Ok(is_full)
    }

    /// Says which file comes next.
    fn begin(&mut self, path: &Path) {
        self.json = JsonLines::new(path);
        if self.is_plain_text() {
            let out = self.ui.data().buffer();
            out.extend_from_slice(b"Dumping ");
            out.extend_from_slice(path.as_os_str().as_encoded_bytes());
            out.push(b'\n');
        }
    }

    /// Whether the text of Kafka's tool is printed, rather than JSON, a summary or what is salvaged.
    fn is_plain_text(&self) -> bool {
        !self.options.is_json && !self.options.summary && self.options.salvage.is_none()
    }

    fn summarise(&mut self, path: &Path, log: Option<LogSummary>) -> Result<(), StdoutError> {
        let summary = FileSummary {
            file: path.display().to_string(),
            size: path.metadata().map_or(0, |m| m.len()),
            log,
            entries: self.entries,
            faults: self.faults,
        };
        if self.options.is_json {
            self.json.object(self.ui.data().buffer(), "summary", &summary.fields());
            self.ui.data().spill()
        } else if self.ui.stdout_is_terminal() {
            self.summaries.push(summary);
            Ok(())
        } else {
            self.ui.print_line(&summary_line(&summary))
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

    /// Takes note that a record or entry has been written to the buffer.
    #[inline]
    fn printed(&mut self) -> Result<(), Stop> {
        self.ui.data().spill().map_err(Stop::Output)?;
        self.left -= 1;
        if self.left == 0 { Err(Stop::Full) } else { Ok(()) }
    }

    /// Reports a fault behind what has been printed so far.
    fn fault(&mut self, fault: &dyn fmt::Display) -> Result<(), StdoutError> {
        let fault = fault.to_string();
        self.report(None, &fault, &fault)
    }

    /// Reports a fault at a place in a file.
    fn fault_at(&mut self, path: &Path, position: Position, fault: &dyn fmt::Display) -> Result<(), Stop> {
        let reason = fault.to_string();
        let line = format!("{}: byte {position}: {reason}", path.display());
        self.report(Some(position), &reason, &line).map_err(Stop::Output)
    }

    fn report(&mut self, position: Option<Position>, reason: &str, line: &str) -> Result<(), StdoutError> {
        self.faults += 1;
        if self.options.is_json {
            self.json.fault(self.ui.data().buffer(), position, reason);
        }
        self.ui.flush()?;
        self.ui.error(line);
        Ok(())
    }

    /// Takes note of what is only reported at the end.
    fn find(&mut self, finding: Finding, pairs: Pairs) {
        self.faults += self.findings.add(finding, pairs);
    }

    /// Prints what is left, and what Kafka's tool says at the very end.
    fn finish(self) -> Result<(), StdoutError> {
        if !self.summaries.is_empty() {
            let table = summary_table(&self.summaries, self.ui.colours());
            self.ui.print_styled(&table)?;
        }
        if self.options.is_json {
            self.findings.write_json(self.ui.data().buffer());
        }
        self.ui.flush()?;
        let has_faults = self.findings.has_faults();
        self.ui.report(|stderr| self.findings.write(stderr), has_faults);
        Ok(())
    }
}
