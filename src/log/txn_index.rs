//! The `.txnindex` of a segment: the aborted transactions whose markers are in it (Kafka's `TransactionIndex`).
//!
//! An entry is written before the marker that it tells of, for a reader of Kafka's that finds the marker without
//! the entry would take the transaction for a committed one. An entry whose marker never came is written over by
//! the one that tells of the marker that did.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::LogReader;
use super::cleaner::LogSummary;
use super::segment::SegmentPath;
use crate::fs::{self, FileError, LogFile};
use crate::record::Offset;
use crate::record::header::array;

/// A transaction that was aborted, as a `.txnindex` has it (Kafka's `AbortedTxn`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct AbortedTxn {
    pub(super) producer_id: i64,
    /// Of its first batch.
    pub(super) first_offset: Offset,
    /// Of its abort marker.
    pub(super) last_offset: Offset,
    /// Up to where all transactions were decided once it was.
    pub(super) last_stable_offset: Offset,
}

impl AbortedTxn {
    /// Bytes of an entry.
    pub(super) const LEN: usize = 34;

    /// Whether both tell of the same end of a transaction.
    pub(super) fn is_of_same(&self, other: &Self) -> bool {
        (self.producer_id, self.last_offset) == (other.producer_id, other.last_offset)
    }

    /// The bytes of its entry: a version, and the fields in order.
    pub(super) fn encode(&self) -> [u8; Self::LEN] {
        let mut out = [0; Self::LEN];
        let fields = [self.producer_id, self.first_offset.0, self.last_offset.0, self.last_stable_offset.0];
        for (n, field) in fields.iter().enumerate() {
            out[2 + 8 * n..10 + 8 * n].copy_from_slice(&field.to_be_bytes());
        }
        out
    }

    /// Reads an entry. There is one version only.
    fn decode(bytes: &[u8; Self::LEN]) -> Self {
        let long = |n: usize| i64::from_be_bytes(array(bytes, 2 + 8 * n));
        Self {
            producer_id: long(0),
            first_offset: Offset(long(1)),
            last_offset: Offset(long(2)),
            last_stable_offset: Offset(long(3)),
        }
    }
}

/// Notes in the index of `segment` that `aborted` is about to end there, and puts that on the disk.
///
/// # Errors
/// When the index cannot be read or written.
pub(super) fn note(segment: &SegmentPath, aborted: &AbortedTxn) -> Result<(), FileError> {
    let path = segment.txn_index();
    let is_new = !path.exists();
    let file = LogFile::open(&path)?;
    let whole = file.len()? / AbortedTxn::LEN as u64;
    let same = match whole.checked_sub(1) {
        Some(last) => entry_at(&file, last)?.is_some_and(|entry| {
            (entry.producer_id, entry.first_offset) == (aborted.producer_id, aborted.first_offset)
        }),
        None => false,
    };
    let entries = whole - u64::from(same);
    file.write_all_at(&aborted.encode(), entries * AbortedTxn::LEN as u64)?;
    file.sync_data()?;
    if is_new && let Some(dir) = path.parent() {
        fs::sync_dir(dir)?;
    }
    Ok(())
}

/// Drops the entries of `segment` that tell of markers at `end` or behind, which are not there
/// (`TransactionIndex.truncateTo`).
///
/// # Errors
/// When the index cannot be read or cut.
pub(super) fn truncate_to(segment: &SegmentPath, end: Offset) -> Result<(), FileError> {
    let path = segment.txn_index();
    if !path.exists() {
        return Ok(());
    }
    let file = LogFile::open(&path)?;
    let length = file.len()?;
    let mut kept = length / AbortedTxn::LEN as u64;
    while let Some(last) = kept.checked_sub(1)
        && entry_at(&file, last)?.is_some_and(|entry| entry.last_offset >= end)
    {
        kept = last;
    }
    if kept * (AbortedTxn::LEN as u64) < length {
        file.truncate(kept * AbortedTxn::LEN as u64)?;
    }
    Ok(())
}

/// The entry of number `n`, from 0.
fn entry_at(file: &LogFile, n: u64) -> Result<Option<AbortedTxn>, FileError> {
    let mut bytes = [0; AbortedTxn::LEN];
    let read = file.read_at(&mut bytes, n * AbortedTxn::LEN as u64)?;
    Ok((read == AbortedTxn::LEN).then(|| AbortedTxn::decode(&bytes)))
}

/// All entries of `segment`, and whether there is nothing else: neither a part of an entry, nor one of a version that
/// does not exist.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn entries(segment: &SegmentPath) -> Result<(Vec<AbortedTxn>, bool), FileError> {
    let bytes = fs::read_if_present(&segment.txn_index())?.unwrap_or_default();
    let (whole, rest) = bytes.as_chunks::<{ AbortedTxn::LEN }>();
    let known = whole.iter().filter(|entry| entry[..2] == [0; 2]);
    let entries: Vec<AbortedTxn> = known.map(AbortedTxn::decode).collect();
    let is_whole = rest.is_empty() && entries.len() == whole.len();
    Ok((entries, is_whole))
}

/// Something that is wrong with an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// A transaction that was aborted has no entry.
    Missing(AbortedTxn),
    /// It has one that says something else than the log.
    Wrong {
        /// As the index has it.
        entry: AbortedTxn,
        /// As the log has it.
        right: AbortedTxn,
    },
    /// An entry tells of a transaction that was not aborted there. Who reads committed records alone would take
    /// others of its producer for aborted.
    Unknown(AbortedTxn),
}

/// What is wrong with the `entries` of the segment of `dir` at `base`, behind which the one at `next` comes, by
/// `summary` of the log. What has been deleted or compacted since, which the log cannot tell of any more, is believed.
pub(super) fn faults(
    dir: &Path,
    (base, next): (Offset, Option<Offset>),
    summary: &LogSummary,
    entries: &[AbortedTxn],
) -> Vec<Fault> {
    let end_of = |txn: &AbortedTxn| (txn.producer_id, txn.last_offset);
    let mut known: HashMap<_, _> =
        summary.aborted_in(base, next).map(|aborted| (end_of(aborted), (aborted, false))).collect();
    let within = base..next.unwrap_or(Offset(i64::MAX));
    let mut faults = Vec::new();
    for &entry in entries {
        match known.get_mut(&end_of(&entry)) {
            Some((right, has_entry)) => {
                *has_entry = true;
                if !summary.agrees(right, &entry) || !is_stable_end(dir, &entry, right, summary) {
                    faults.push(Fault::Wrong { entry, right: **right });
                }
            }
            None if summary.may_have_held(&entry) && within.contains(&entry.last_offset) => {}
            None => faults.push(Fault::Unknown(entry)),
        }
    }
    let mut missing: Vec<_> = known.values().filter(|(_, has)| !has).map(|(aborted, _)| **aborted).collect();
    missing.sort_by_key(|aborted| aborted.last_offset);
    faults.extend(missing.into_iter().map(Fault::Missing));
    faults
}

/// Whether the last stable offset of `entry` is what a broker may have written for the transaction that the log has as
/// `right`.
fn is_stable_end(dir: &Path, entry: &AbortedTxn, right: &AbortedTxn, summary: &LogSummary) -> bool {
    let (said, due) = (entry.last_stable_offset, right.last_stable_offset);
    let Some((start, end)) = summary.whole_span() else { return true };
    // A transaction that was open then may have begun before what is left of the log.
    if said == due || (Offset::ZERO..start).contains(&said) {
        return true;
    }
    // A follower that gets several batches at once takes note of all before it looks for the first that is open: where
    // nothing was, that may be one which begins behind the marker (`UnifiedLog.append`).
    due == right.last_offset.next()
        && (due..end).contains(&said)
        && begins_transaction(dir, said, entry.producer_id)
}

/// Whether another producer than `producer_id` has a batch of a transaction that begins at `offset`. What cannot be
/// read is found elsewhere.
fn begins_transaction(dir: &Path, offset: Offset, producer_id: i64) -> bool {
    let mut reader = LogReader::new(dir, offset);
    reader.next().is_ok_and(|batch| {
        batch.is_some_and(|batch| {
            let header = batch.header();
            header.base_offset == offset
                && header.producer_id != producer_id
                && header.attributes.is_transactional()
                && !header.attributes.is_control()
        })
    })
}

/// Adds what the index of the segment of `dir` at `base`, behind which the one at `next` comes, lacks of what was
/// aborted, puts right what is wrong, and drops what is no entry or tells of nothing; whether there was anything to do.
///
/// # Errors
/// When the index cannot be read or written.
pub(super) fn mend(
    dir: &Path,
    (base, next): (Offset, Option<Offset>),
    summary: &LogSummary,
) -> Result<bool, FileError> {
    let segment = SegmentPath::new(dir, base);
    let (mut entries, is_whole) = entries(&segment)?;
    let faults = faults(dir, (base, next), summary, &entries);
    if faults.is_empty() && is_whole {
        return Ok(false);
    }
    let mut right = Vec::new();
    let mut wrong = HashSet::new();
    for fault in faults {
        match fault {
            Fault::Missing(aborted) => right.push(aborted),
            Fault::Wrong { entry, right: aborted } => {
                wrong.insert(entry);
                right.push(aborted);
            }
            Fault::Unknown(entry) => drop(wrong.insert(entry)),
        }
    }
    entries.retain(|entry| !wrong.contains(entry));
    entries.extend(right);
    entries.sort_by_key(|entry| entry.last_offset);
    entries.dedup_by(|later, earlier| later.is_of_same(earlier));
    let bytes: Vec<u8> = entries.iter().flat_map(AbortedTxn::encode).collect();
    fs::write_atomically(&segment.txn_index(), &bytes)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aborted(producer_id: i64, first: i64, last: i64) -> AbortedTxn {
        AbortedTxn {
            producer_id,
            first_offset: Offset(first),
            last_offset: Offset(last),
            last_stable_offset: Offset(last + 1),
        }
    }

    fn all(segment: &SegmentPath) -> Vec<AbortedTxn> {
        entries(segment).expect("readable").0
    }

    #[test]
    fn what_the_log_tells_is_added_and_what_is_there_stays() {
        let dir = tempfile::tempdir().expect("a folder");
        let segment = SegmentPath::new(dir.path(), Offset(0));
        let by_log = [aborted(1, 0, 5), aborted(2, 3, 9), aborted(3, 4, 12)];
        note(&segment, &AbortedTxn { last_stable_offset: Offset(3), ..aborted(2, 3, 9) }).expect("noted");
        let mut summary = LogSummary::default();
        summary.aborted = by_log.to_vec();
        let mend = || mend(dir.path(), (Offset(0), None), &summary).expect("mended");
        assert!(mend());
        let kept = AbortedTxn { last_stable_offset: Offset(3), ..aborted(2, 3, 9) };
        assert_eq!(all(&segment), [by_log[0], kept, by_log[2]]);
        assert!(!mend());
        let torn = std::fs::read(segment.txn_index()).expect("there")[..80].to_vec();
        std::fs::write(segment.txn_index(), torn).expect("written");
        assert_eq!((all(&segment).len(), entries(&segment).expect("readable").1), (2, false));
        assert!(mend());
        assert_eq!(all(&segment), [by_log[0], kept, by_log[2]]);
        // A beginning behind the one that the log has, and a version that does not exist.
        let mut bytes = std::fs::read(segment.txn_index()).expect("there");
        bytes[AbortedTxn::LEN + 17] += 1;
        bytes[2 * AbortedTxn::LEN + 1] = 1;
        std::fs::write(segment.txn_index(), bytes).expect("written");
        assert!(mend());
        assert_eq!(all(&segment), by_log);
    }

    #[test]
    fn entries_are_added_replaced_and_dropped() {
        let dir = tempfile::tempdir().expect("a folder");
        let segment = SegmentPath::new(dir.path(), Offset(0));
        truncate_to(&segment, Offset(0)).expect("nothing to do");
        assert!(!segment.txn_index().exists());
        note(&segment, &aborted(1, 0, 5)).expect("noted");
        note(&segment, &aborted(2, 3, 9)).expect("noted");
        // Its marker did not come there, but later.
        note(&segment, &aborted(2, 3, 12)).expect("noted");
        assert_eq!(all(&segment), [aborted(1, 0, 5), aborted(2, 3, 12)]);
        truncate_to(&segment, Offset(13)).expect("cut");
        assert_eq!(all(&segment).len(), 2);
        truncate_to(&segment, Offset(12)).expect("cut");
        assert_eq!(all(&segment), [aborted(1, 0, 5)]);
        // What is no whole entry counts for nothing.
        std::fs::write(segment.txn_index(), [&aborted(1, 0, 5).encode()[..], &[0; 7]].concat()).expect("ok");
        note(&segment, &aborted(3, 6, 20)).expect("noted");
        assert_eq!(all(&segment), [aborted(1, 0, 5), aborted(3, 6, 20)]);
    }
}
