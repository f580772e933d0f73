//! Checking the other files of a partition's folder.

use std::path::{Path, PathBuf};

use super::{Finding, Remedy, Verified};
use crate::fs;
use crate::log::cleaner::{self, LogSummary};
use crate::log::segment::{CLEANED_SUFFIX, DELETED_SUFFIX, SWAP_SUFFIX, SegmentList, SegmentPath};
use crate::log::txn_index::{self, AbortedTxn, Fault};
use crate::log::{LogError, checkpoint};
use crate::record::Offset;

/// Whether each aborted transaction has its entry, and nothing else has one.
pub(super) fn check_txn_indexes(
    dir: &Path,
    list: &SegmentList,
    summary: &LogSummary,
    verified: &mut Verified,
) -> Result<(), LogError> {
    for &base in &list.logs {
        let segment = SegmentPath::new(dir, base);
        let (entries, is_whole) = txn_index::entries(&segment)?;
        let mut find = |problem: String| {
            let (path, remedy) = (segment.txn_index(), Remedy::RebuildIndex);
            verified.findings.push(Finding { path, problem, remedy });
        };
        if !is_whole {
            find("it holds what is no entry".into());
        }
        for fault in txn_index::faults(dir, (base, list.after(base)), summary, &entries) {
            find(describe(&fault));
        }
    }
    Ok(())
}

/// What is wrong with an index of aborted transactions, in words.
fn describe(fault: &Fault) -> String {
    let of = |txn: &AbortedTxn| {
        format!("producer {} that was aborted at offset {}", txn.producer_id, txn.last_offset)
    };
    match fault {
        Fault::Missing(right) => format!("the transaction of {} is not in it", of(right)),
        Fault::Unknown(entry) => {
            format!("it has a transaction of {}, and the log has none such", of(entry))
        }
        Fault::Wrong { entry, right } if right.first_offset != entry.first_offset => format!(
            "it says that the transaction of {} began at {}, but that was at {}",
            of(right),
            entry.first_offset,
            right.first_offset
        ),
        Fault::Wrong { entry, right } => format!(
            "it says that the last stable offset behind the transaction of {} was {}, but that was {}",
            of(right),
            entry.last_stable_offset,
            right.last_stable_offset
        ),
    }
}

/// Whether there are files that have no business in the folder, or none any more; and the leader epochs.
pub(super) fn check_other_files(
    dir: &Path,
    list: &SegmentList,
    end: Offset,
    verified: &mut Verified,
) -> Result<(), LogError> {
    let mut find = |path: PathBuf, problem: String, remedy| {
        verified.findings.push(Finding { path, problem, remedy });
    };
    for name in fs::list_folder(dir)? {
        let Some(name) = name.to_str() else { continue };
        let path = dir.join(name);
        let of_cleaner = if name.ends_with(SWAP_SUFFIX) {
            Some(("a cleaning died while it put this in place", Remedy::NextWriter))
        } else if name.ends_with(CLEANED_SUFFIX) {
            Some(("a cleaner died while it wrote it", Remedy::Remove))
        } else {
            None
        };
        if let Some((problem, remedy)) = of_cleaner {
            if !cleaner::is_at_work(dir)? {
                find(path, problem.into(), remedy);
            }
        } else if fs::is_temporary_name(name) {
            find(path, "somebody is writing it, or died doing so".into(), Remedy::Remove);
        } else if SegmentPath::is_misnamed(name) {
            find(path, "no segment has such a name, so it is passed over".into(), Remedy::Rename);
        } else if !name.ends_with(DELETED_SUFFIX)
            && let Some(base) = SegmentPath::parse_base_offset(name)
            && (name.ends_with("index") || name.ends_with(".log"))
            && list.logs.binary_search(&base).is_err()
        {
            // A roll makes indexes before the log, without anything in them; a writer takes them away.
            if fs::look_up(&path).is_ok_and(|metadata| metadata.len() > 0) {
                find(path, "the log that belongs to it is missing".into(), Remedy::None);
            } else {
                find(path, "it has no log beside it".into(), Remedy::NextWriter);
            }
        }
    }
    if let Some(problem) = leader_epochs_problem(dir, end)? {
        find(dir.join(checkpoint::LEADER_EPOCH_CHECKPOINT), problem, Remedy::RebuildIndex);
    }
    Ok(())
}

/// What is wrong with the leader epochs of the log in `dir`, which ends at `end`.
pub(in crate::log) fn leader_epochs_problem(dir: &Path, end: Offset) -> Result<Option<String>, LogError> {
    let entries = match checkpoint::read_leader_epochs(dir) {
        Ok(entries) => entries.unwrap_or_default(),
        Err(LogError::Checkpoint(error)) => {
            return Ok(Some(format!("line {}: {}", error.line, error.reason)));
        }
        Err(error) => return Err(error),
    };
    let is_in_order = entries.is_sorted_by(|a, b| a.epoch < b.epoch && a.start_offset <= b.start_offset);
    let behind = entries.last().filter(|last| last.start_offset > end);
    Ok(match behind {
        _ if !is_in_order => Some("its epochs are not in order".into()),
        Some(last) => {
            Some(format!("epoch {} begins at {}, behind the end of the log", last.epoch, last.start_offset))
        }
        None => None,
    })
}
