//! Putting one segment in the place of several, so that nobody ever finds a gap (`LocalLog.replaceSegments`).
//!
//! The new segment is complete and on the disk under `.cleaned` names. Everything else happens under the
//! partition's lock:
//!
//! 1. its indexes get `.swap` names, then its log does: from here on it counts, whatever happens;
//! 2. its log gets its final name besides, in the place of the first segment that it replaces;
//! 3. the other segments that it replaces go;
//! 4. the indexes get their final names, and the log loses the name in `.swap`.
//!
//! A reader takes no lock. It finds the old segments or the new one, and for a moment both: what it has
//! read already it passes over. An index that does not belong to the log beside it leads it to no batch, or to
//! one before the place it looks for; both do no harm.
//!
//! A process that dies before the end of 1 has changed nothing: the next cleaner removes its files. Behind
//! it the next writer goes on where it stopped, and so would a broker (`LogLoader.load`): segments that begin
//! within a `.swap` segment go, and `.swap` names become final.

use std::path::Path;

use super::bounds::end_of_segment;
use super::error::LogError;
use super::segment::{CLEANED_SUFFIX, DELETED_SUFFIX, SWAP_SUFFIX, SegmentList, SegmentPath};
use crate::fs::{self, FileError};
use crate::record::Offset;

/// What becomes of files that are no longer part of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposal {
    /// They are removed at once.
    Remove,
    /// They get `.deleted` names, and go when `file.delete.delay.ms` has passed.
    Rename,
}

impl Disposal {
    /// What `file.delete.delay.ms` asks for.
    pub(crate) fn after_delay(delay_ms: i64) -> Self {
        if delay_ms > 0 { Self::Rename } else { Self::Remove }
    }
}

/// Puts the `.cleaned` segment at `base` in the place of those at `replaced`, whose first is `base` too. The
/// caller holds the partition's lock.
pub(crate) fn swap_in(
    dir: &Path,
    base: Offset,
    replaced: &[Offset],
    disposal: Disposal,
) -> Result<(), FileError> {
    let cleaned = SegmentPath::new(dir, base).with_suffix(CLEANED_SUFFIX);
    let swap = cleaned.with_suffix(SWAP_SUFFIX);
    for (from, to) in index_files(&cleaned).into_iter().zip(index_files(&swap)) {
        if from.exists() {
            fs::rename_unsynced(&from, &to)?;
        }
    }
    fs::sync_dir(dir)?;
    fs::rename(&cleaned.log(), &swap.log())?;
    complete(dir, base, replaced, disposal)
}

/// The steps behind the first; any of them may have been done before.
fn complete(dir: &Path, base: Offset, replaced: &[Offset], disposal: Disposal) -> Result<(), FileError> {
    let final_name = SegmentPath::new(dir, base);
    let swap = final_name.with_suffix(SWAP_SUFFIX);
    fs::link_over(&swap.log(), &final_name.log())?;
    for &old in replaced.iter().filter(|old| **old != base) {
        dispose(&SegmentPath::new(dir, old), disposal)?;
    }
    for (from, to) in index_files(&swap).into_iter().zip(index_files(&final_name)) {
        if from.exists() {
            fs::rename_unsynced(&from, &to)?;
        }
    }
    fs::sync_dir(dir)?;
    fs::remove_file(&swap.log())?;
    fs::sync_dir(dir)
}

fn index_files(segment: &SegmentPath) -> [std::path::PathBuf; 3] {
    [segment.index(), segment.time_index(), segment.txn_index()]
}

/// Takes a segment out of the log. The caller holds the partition's lock and syncs the folder.
pub(crate) fn dispose(segment: &SegmentPath, disposal: Disposal) -> Result<(), FileError> {
    let deleted = segment.with_suffix(DELETED_SUFFIX);
    for (file, deleted) in segment.files().into_iter().zip(deleted.files()) {
        if !file.exists() {
            continue;
        }
        match disposal {
            Disposal::Remove => fs::remove_file(&file)?,
            Disposal::Rename => fs::rename_unsynced(&file, &deleted)?,
        }
    }
    Ok(())
}

/// Goes on where a process died that was putting segments in place. The caller holds the partition's lock.
/// Costs a listing of the folder where there is nothing to do.
pub(crate) fn finish_interrupted(dir: &Path) -> Result<(), LogError> {
    let mut committed = Vec::new();
    let mut others = Vec::new();
    for name in fs::list_folder(dir)? {
        let Some(name) = name.to_str() else { continue };
        if name.ends_with(".log.link") {
            fs::remove_file(&dir.join(name))?;
        }
        let Some(stem) = name.strip_suffix(SWAP_SUFFIX) else { continue };
        match (SegmentPath::parse_base_offset(stem), stem.ends_with(".log")) {
            (Some(base), true) => committed.push(base),
            (Some(base), false) => others.push((base, dir.join(name))),
            (None, _) => {}
        }
    }
    for (base, path) in others {
        if !committed.contains(&base) {
            // Its log never counted.
            fs::remove_file(&path)?;
        }
    }
    for base in committed {
        let (end, _) = end_of_segment(&SegmentPath::new(dir, base).with_suffix(SWAP_SUFFIX))?;
        let list = SegmentList::read(dir)?;
        let within = list.logs.into_iter().filter(|old| (base..end).contains(old));
        let within: Vec<Offset> = within.collect();
        complete(dir, base, &within, Disposal::Remove)?;
    }
    Ok(())
}
