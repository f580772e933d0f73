//! What Kafka's tool says on standard error at the very end, in its words and order.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use super::json::JsonLines;

/// Pairs that are kept for a file; a file may be all findings, and memory is not.
const PAIRS_MAX: usize = 500_000;

/// Two numbers that do not fit each other, as often as that was found in one file.
#[derive(Debug, Clone)]
pub struct Pairs {
    file: PathBuf,
    pairs: VecDeque<(i64, i64)>,
    dropped: u64,
    /// Whether in any pair the second is not above the first.
    has_fall: bool,
    /// How many pairs are no fault, for a reason.
    excused: u64,
}

impl Pairs {
    /// For `file`: nothing found yet.
    pub fn new(file: &Path) -> Self {
        // Kafka prints File.getAbsolutePath.
        let file = std::env::current_dir().map_or_else(|_| file.to_owned(), |dir| dir.join(file));
        Self { file, pairs: VecDeque::new(), dropped: 0, has_fall: false, excused: 0 }
    }

    /// Adds a pair. Of very many the oldest are forgotten, and only counted.
    pub fn push(&mut self, first: i64, second: i64) {
        if self.pairs.len() == PAIRS_MAX {
            self.pairs.pop_front();
            self.dropped += 1;
        }
        self.has_fall |= second <= first;
        self.pairs.push_back((first, second));
    }

    /// Adds a pair that Kafka's tool reports and that is no fault.
    pub fn push_excused(&mut self, first: i64, second: i64) {
        self.push(first, second);
        self.excused += 1;
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    fn write_dropped(&self, out: &mut dyn io::Write) -> io::Result<()> {
        match self.dropped {
            0 => Ok(()),
            dropped => writeln!(out, "  and {dropped} before these"),
        }
    }
}

/// What two numbers are that do not fit each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The offset in an entry of an `.index`, and the one in the log.
    IndexMismatch,
    /// The timestamp in an entry of a `.timeindex`, and the one in the log.
    TimestampMismatch,
    /// A timestamp in an entry of a `.timeindex`, and the one in the entry before.
    OutOfOrderTimestamp,
    /// The offset in an entry of a `.timeindex`, and the one found in the log.
    OffsetNotFound,
    /// An offset, and the one that follows it in the log.
    NonConsecutive,
}

impl Finding {
    /// In the order in which Kafka's tool reports them.
    const ALL: [Self; 5] = [
        Self::IndexMismatch,
        Self::TimestampMismatch,
        Self::OutOfOrderTimestamp,
        Self::OffsetNotFound,
        Self::NonConsecutive,
    ];

    /// Its name in JSON, and those of the two numbers.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::IndexMismatch => ("indexMismatch", "indexOffset", "logOffset"),
            Self::TimestampMismatch => ("timestampMismatch", "indexTimestamp", "logTimestamp"),
            Self::OutOfOrderTimestamp => ("outOfOrderTimestamp", "indexTimestamp", "previousIndexTimestamp"),
            Self::OffsetNotFound => ("offsetNotFound", "indexOffset", "logOffset"),
            Self::NonConsecutive => ("nonConsecutiveOffsets", "offset", "nextOffset"),
        }
    }
}

/// Everything found, by kind.
#[derive(Debug, Default)]
pub struct Findings(Vec<(Finding, Pairs)>);

impl Findings {
    /// Adds what was found in a file. Answers how many of the pairs no sound log has: gaps between offsets
    /// are left by compaction, offsets that do not grow are not.
    pub fn add(&mut self, finding: Finding, pairs: Pairs) -> u64 {
        let faults = faults(finding, &pairs);
        if !pairs.is_empty() {
            self.0.push((finding, pairs));
        }
        faults
    }

    /// Whether anything was found that no sound file has.
    pub fn has_faults(&self) -> bool {
        self.0.iter().any(|(finding, pairs)| faults(*finding, pairs) > 0)
    }

    /// Appends all of it as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        for (finding, pairs) in &self.0 {
            let lines = JsonLines::new(&pairs.file);
            let (name, first, second) = finding.names();
            for (a, b) in &pairs.pairs {
                lines.finding(out, name, (first, *a), (second, *b));
            }
        }
    }

    /// Writes all of it to `out`, in Kafka's words and order.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        for finding in Finding::ALL {
            for (_, found) in self.0.iter().filter(|(kind, _)| *kind == finding) {
                write_finding(out, finding, found)?;
            }
        }
        Ok(())
    }
}

/// How many of the pairs no sound log has.
fn faults(finding: Finding, pairs: &Pairs) -> u64 {
    match finding {
        Finding::NonConsecutive => u64::from(pairs.has_fall),
        _ => pairs.pairs.len() as u64 + pairs.dropped - pairs.excused,
    }
}

/// Kafka keeps some of its findings in lists that it adds to at the front.
fn write_finding(out: &mut dyn io::Write, finding: Finding, found: &Pairs) -> io::Result<()> {
    let file = found.file.display();
    match finding {
        Finding::IndexMismatch => {
            writeln!(out, "Mismatches in :{file}")?;
            for (index, log) in found.pairs.iter().rev() {
                writeln!(out, "  Index offset: {index}, log offset: {log}")?;
            }
            return found.write_dropped(out);
        }
        Finding::NonConsecutive => {
            writeln!(out, "Non-consecutive offsets in {file}")?;
            for (offset, next) in found.pairs.iter().rev() {
                writeln!(out, "  {offset} is followed by {next}")?;
            }
            return found.write_dropped(out);
        }
        Finding::TimestampMismatch => writeln!(out, "Found timestamp mismatch in :{file}")?,
        Finding::OutOfOrderTimestamp => writeln!(out, "Found out of order timestamp in :{file}")?,
        Finding::OffsetNotFound => {
            writeln!(out, "The following indexed offsets are not found in the log.")?;
        }
    }
    found.write_dropped(out)?;
    for (first, second) in &found.pairs {
        match finding {
            Finding::TimestampMismatch => {
                writeln!(out, "  Index timestamp: {first}, log timestamp: {second}")?;
            }
            Finding::OutOfOrderTimestamp => {
                writeln!(out, "  Index timestamp: {first}, Previously indexed timestamp: {second}")?;
            }
            _ => writeln!(out, "Indexed offset: {first}, found log offset: {second}")?,
        }
    }
    Ok(())
}
