//! What Kafka's tool says on standard error at the very end, in its words and order.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

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
}

impl Pairs {
    /// For `file`: nothing found yet.
    pub fn new(file: &Path) -> Self {
        // Kafka prints File.getAbsolutePath.
        let file = std::env::current_dir().map_or_else(|_| file.to_owned(), |dir| dir.join(file));
        Self { file, pairs: VecDeque::new(), dropped: 0, has_fall: false }
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

/// Everything found, by kind.
#[derive(Debug, Default)]
pub struct Findings {
    index_mismatches: Vec<Pairs>,
    timestamp_mismatches: Vec<Pairs>,
    out_of_order_timestamps: Vec<Pairs>,
    offsets_not_found: Vec<Pairs>,
    non_consecutive: Vec<Pairs>,
}

impl Findings {
    /// Adds pairs of the offset in an entry of an `.index` and the one in the log.
    pub fn add_index_mismatches(&mut self, pairs: Pairs) {
        add(&mut self.index_mismatches, pairs);
    }

    /// Adds pairs of the timestamp in an entry of a `.timeindex` and the one in the log.
    pub fn add_timestamp_mismatches(&mut self, pairs: Pairs) {
        add(&mut self.timestamp_mismatches, pairs);
    }

    /// Adds pairs of a timestamp in an entry of a `.timeindex` and the one in the entry before.
    pub fn add_out_of_order_timestamps(&mut self, pairs: Pairs) {
        add(&mut self.out_of_order_timestamps, pairs);
    }

    /// Adds pairs of the offset in an entry of a `.timeindex` and the one found in the log.
    pub fn add_offsets_not_found(&mut self, pairs: Pairs) {
        add(&mut self.offsets_not_found, pairs);
    }

    /// Adds pairs of an offset and the one that follows it in the log.
    pub fn add_non_consecutive(&mut self, pairs: Pairs) {
        add(&mut self.non_consecutive, pairs);
    }

    /// Whether anything was found that no sound log has. Gaps between offsets are not: compaction leaves
    /// them; offsets that do not grow are.
    pub fn has_faults(&self) -> bool {
        let mismatches = [
            &self.index_mismatches,
            &self.timestamp_mismatches,
            &self.out_of_order_timestamps,
            &self.offsets_not_found,
        ];
        mismatches.iter().any(|list| !list.is_empty())
            || self.non_consecutive.iter().any(|pairs| pairs.has_fall)
    }

    /// Writes all of it to `out`.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        for found in &self.index_mismatches {
            writeln!(out, "Mismatches in :{}", found.file.display())?;
            for (index, log) in found.pairs.iter().rev() {
                writeln!(out, "  Index offset: {index}, log offset: {log}")?;
            }
            found.write_dropped(out)?;
        }
        for found in &self.timestamp_mismatches {
            writeln!(out, "Found timestamp mismatch in :{}", found.file.display())?;
            found.write_dropped(out)?;
            for (index, log) in &found.pairs {
                writeln!(out, "  Index timestamp: {index}, log timestamp: {log}")?;
            }
        }
        for found in &self.out_of_order_timestamps {
            writeln!(out, "Found out of order timestamp in :{}", found.file.display())?;
            found.write_dropped(out)?;
            for (timestamp, previous) in &found.pairs {
                writeln!(out, "  Index timestamp: {timestamp}, Previously indexed timestamp: {previous}")?;
            }
        }
        for found in &self.offsets_not_found {
            writeln!(out, "The following indexed offsets are not found in the log.")?;
            found.write_dropped(out)?;
            for (indexed, log) in &found.pairs {
                writeln!(out, "Indexed offset: {indexed}, found log offset: {log}")?;
            }
        }
        for found in &self.non_consecutive {
            writeln!(out, "Non-consecutive offsets in {}", found.file.display())?;
            for (offset, next) in found.pairs.iter().rev() {
                writeln!(out, "  {offset} is followed by {next}")?;
            }
            found.write_dropped(out)?;
        }
        Ok(())
    }
}

fn add(list: &mut Vec<Pairs>, pairs: Pairs) {
    if !pairs.is_empty() {
        list.push(pairs);
    }
}
