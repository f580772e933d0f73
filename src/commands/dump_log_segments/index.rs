//! Dumping the files that lie beside a log.

use std::io::Write as _;
use std::path::Path;

use super::{Dump, Stop};
use crate::dump::{
    OffsetIndexDump, OffsetVerdict, ProducerSnapshot, TextFile, TextItem, TextKind, TextValue, TimeIndexDump,
    TimeVerdict, TxnIndexDump,
};
use crate::log::offset_index::OffsetEntry;
use crate::log::time_index::TimeEntry;
use crate::output::dump::{
    Finding, Pairs, write_aborted_txn, write_offset_entry, write_producer, write_text_entry, write_time_entry,
};

impl Dump<'_> {
    pub(super) fn offset_index(&mut self, path: &Path) -> Result<(), Stop> {
        let mut index = OffsetIndexDump::open(path)?;
        if index.is_empty() {
            if self.is_plain_text() {
                let _ = writeln!(self.ui.data().buffer(), "{} is empty.", path.display());
            }
            return self.fragment(path, index.fragment());
        }
        if self.options.index_sanity_check {
            index.sanity_check()?;
            return self.passed(path);
        }
        let fragment = index.fragment();
        let max_message_size = self.options.max_message_size;
        let mut check = index.against_log(max_message_size)?;
        let mut mismatches = Pairs::new(path);
        while let Some(checked) = check.next_entry()? {
            let entry = checked.entry;
            let fault = match checked.verdict {
                OffsetVerdict::Agrees | OffsetVerdict::Unused => None,
                OffsetVerdict::Mismatch(log) => {
                    mismatches.push(entry.offset.0, log.0);
                    None
                }
                OffsetVerdict::HeldLater(log) => {
                    mismatches.push_excused(entry.offset.0, log.0);
                    None
                }
                OffsetVerdict::NoBatch => Some("where no whole batch begins in the log".to_owned()),
                OffsetVerdict::TooLarge(size) => {
                    Some(format!("to a batch of {size} bytes, above --max-message-size {max_message_size}"))
                }
            };
            self.offset_entry(entry)?;
            if let Some(fault) = fault {
                let text = format!(
                    "{}: the entry for offset {} leads to byte {}, {fault}",
                    path.display(),
                    entry.offset,
                    entry.position
                );
                self.fault(&text).map_err(Stop::Output)?;
            }
        }
        self.find(Finding::IndexMismatch, mismatches);
        self.fragment(path, fragment)
    }

    pub(super) fn time_index(&mut self, path: &Path) -> Result<(), Stop> {
        let mut index = TimeIndexDump::open(path)?;
        if self.options.index_sanity_check {
            index.sanity_check()?;
            return self.passed(path);
        }
        let fragment = index.fragment();
        let mut check = index.against_log(self.options.limits)?;
        if let Some(missing) = check.missing_index() {
            let fault = format!("{}: there is no {} beside it", path.display(), missing.display());
            self.fault(&fault).map_err(Stop::Output)?;
        }
        let mut mismatches = Pairs::new(path);
        let mut out_of_order = Pairs::new(path);
        let mut not_found = Pairs::new(path);
        while let Some(checked) = check.next_entry()? {
            let entry = checked.entry;
            let fault = match checked.verdict {
                TimeVerdict::Agrees | TimeVerdict::Unused => None,
                TimeVerdict::OffsetNotFound(found) => {
                    not_found.push(entry.offset.0, found.map_or(-1, |offset| offset.0));
                    None
                }
                TimeVerdict::Mismatch(log) => {
                    mismatches.push(entry.timestamp.0, log.0);
                    None
                }
                TimeVerdict::Undecodable(error) => {
                    Some(format!("leads to a batch that cannot be decoded: {error}"))
                }
                TimeVerdict::TooLarge(size) => Some(format!(
                    "leads to a batch of {size} bytes, which takes --max-message-size {size} to be looked into"
                )),
                TimeVerdict::Unchecked => {
                    Some("is not checked: too many before it are out of order".to_owned())
                }
            };
            if let Some(previous) = checked.not_above {
                out_of_order.push(entry.timestamp.0, previous.0);
            }
            self.time_entry(entry)?;
            if let Some(fault) = fault {
                let text = format!("{}: the entry for offset {} {fault}", path.display(), entry.offset);
                self.fault(&text).map_err(Stop::Output)?;
            }
        }
        self.find(Finding::TimestampMismatch, mismatches);
        self.find(Finding::OutOfOrderTimestamp, out_of_order);
        self.find(Finding::OffsetNotFound, not_found);
        self.fragment(path, fragment)
    }

    fn offset_entry(&mut self, entry: OffsetEntry) -> Result<(), Stop> {
        let is_wanted = self.options.filter.accepts_offset(entry.offset);
        if self.options.verify_index_only || !self.counts(is_wanted) {
            return Ok(());
        }
        let out = self.ui.data().buffer();
        if self.options.is_json {
            self.json.offset_entry(out, entry)
        } else {
            write_offset_entry(out, entry)
        }
        self.printed()
    }

    fn time_entry(&mut self, entry: TimeEntry) -> Result<(), Stop> {
        let filter = &self.options.filter;
        let is_wanted = filter.accepts_offset(entry.offset) && filter.accepts_timestamp(entry.timestamp);
        if self.options.verify_index_only || !self.counts(is_wanted) {
            return Ok(());
        }
        let out = self.ui.data().buffer();
        if self.options.is_json {
            self.json.time_entry(out, entry)
        } else {
            write_time_entry(out, entry)
        }
        self.printed()
    }

    /// Counts an entry that is wanted, and answers whether it is printed.
    fn counts(&mut self, is_wanted: bool) -> bool {
        self.entries += u64::from(is_wanted);
        is_wanted && !self.options.summary
    }

    pub(super) fn txn_index(&mut self, path: &Path) -> Result<(), Stop> {
        let mut index = TxnIndexDump::open(path)?;
        while let Some(txn) = index.next_entry()? {
            let filter = &self.options.filter;
            let is_wanted =
                filter.accepts_producer(txn.producer_id) && filter.accepts_offset(txn.last_offset);
            if self.counts(is_wanted) {
                let out = self.ui.data().buffer();
                if self.options.is_json {
                    self.json.aborted_txn(out, &txn)
                } else {
                    write_aborted_txn(out, &txn)
                }
                self.printed()?;
            }
        }
        Ok(())
    }

    pub(super) fn producer_snapshot(&mut self, path: &Path) -> Result<(), Stop> {
        let mut snapshot = ProducerSnapshot::open(path)?;
        while let Some(producer) = snapshot.next_entry()? {
            let is_wanted = self.options.filter.accepts_producer(producer.producer_id);
            if self.counts(is_wanted) {
                let out = self.ui.data().buffer();
                if self.options.is_json {
                    self.json.producer(out, &producer)
                } else {
                    write_producer(out, &producer)
                }
                self.printed()?;
            }
        }
        Ok(())
    }

    pub(super) fn text_file(&mut self, path: &Path, kind: TextKind) -> Result<(), Stop> {
        let mut file = TextFile::open(path, kind)?;
        while let Some(item) = file.next_item()? {
            match item {
                TextItem::Head(head) => {
                    if !self.options.summary {
                        self.text_entry(&head);
                    }
                }
                TextItem::Entry(entry) => {
                    if self.counts(true) {
                        self.text_entry(&entry);
                        self.printed()?;
                    }
                }
                TextItem::Fault { position, line, reason } => {
                    self.fault_at(path, position, &format_args!("line {line} {reason}"))?;
                }
            }
        }
        Ok(())
    }

    fn text_entry(&mut self, entry: &[(String, TextValue)]) {
        let out = self.ui.data().buffer();
        if self.options.is_json { self.json.text_entry(out, entry) } else { write_text_entry(out, entry) }
    }

    fn passed(&mut self, path: &Path) -> Result<(), Stop> {
        let out = self.ui.data().buffer();
        if self.options.is_json {
            self.json.sanity_check_passed(out);
        } else {
            let _ = writeln!(out, "{} passed sanity check.", path.display());
        }
        Ok(())
    }

    /// Reports bytes behind the last whole entry of an index.
    fn fragment(&mut self, path: &Path, bytes: u64) -> Result<(), Stop> {
        if bytes == 0 {
            return Ok(());
        }
        let fault = format!("{}: {bytes} bytes at its end are too few for an entry", path.display());
        self.fault(&fault).map_err(Stop::Output)
    }
}
