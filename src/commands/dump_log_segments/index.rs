//! Dumping the files that lie beside a log.

use std::io::Write as _;
use std::path::Path;

use super::{Dump, Stop};
use crate::dump::{
    OffsetIndexDump, OffsetVerdict, ProducerSnapshot, TimeIndexDump, TimeVerdict, TxnIndexDump,
};
use crate::output::dump::{Pairs, write_aborted_txn, write_offset_entry, write_producer, write_time_entry};

impl Dump<'_> {
    pub(super) fn offset_index(&mut self, path: &Path) -> Result<(), Stop> {
        let mut index = OffsetIndexDump::open(path)?;
        if index.is_empty() {
            let _ = writeln!(self.ui.data().buffer(), "{} is empty.", path.display());
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
                OffsetVerdict::NoBatch => Some("where no whole batch begins in the log".to_owned()),
                OffsetVerdict::TooLarge(size) => {
                    Some(format!("to a batch of {size} bytes, above --max-message-size {max_message_size}"))
                }
            };
            if !self.options.verify_index_only {
                write_offset_entry(self.ui.data().buffer(), entry);
                self.ui.data().spill().map_err(Stop::Output)?;
            }
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
        self.findings.add_index_mismatches(mismatches);
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
            if !self.options.verify_index_only {
                write_time_entry(self.ui.data().buffer(), entry);
                self.ui.data().spill().map_err(Stop::Output)?;
            }
            if let Some(fault) = fault {
                let text = format!("{}: the entry for offset {} {fault}", path.display(), entry.offset);
                self.fault(&text).map_err(Stop::Output)?;
            }
        }
        self.findings.add_timestamp_mismatches(mismatches);
        self.findings.add_out_of_order_timestamps(out_of_order);
        self.findings.add_offsets_not_found(not_found);
        self.fragment(path, fragment)
    }

    pub(super) fn txn_index(&mut self, path: &Path) -> Result<(), Stop> {
        let mut index = TxnIndexDump::open(path)?;
        while let Some(txn) = index.next_entry()? {
            write_aborted_txn(self.ui.data().buffer(), &txn);
            self.ui.data().spill().map_err(Stop::Output)?;
        }
        Ok(())
    }

    pub(super) fn producer_snapshot(&mut self, path: &Path) -> Result<(), Stop> {
        let mut snapshot = ProducerSnapshot::open(path)?;
        while let Some(producer) = snapshot.next_entry()? {
            write_producer(self.ui.data().buffer(), &producer);
            self.ui.data().spill().map_err(Stop::Output)?;
        }
        Ok(())
    }

    fn passed(&mut self, path: &Path) -> Result<(), Stop> {
        let _ = writeln!(self.ui.data().buffer(), "{} passed sanity check.", path.display());
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
